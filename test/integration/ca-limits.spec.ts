import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CertificateEntity } from '../../src/certificates/adapters/certificate.entity.js';
import { TypeormCaLimitStore } from '../../src/certificates/adapters/typeorm-ca-limit-store.js';
import { TypeormCertificateProviderStore } from '../../src/certificates/adapters/typeorm-certificate-provider-store.js';
import { TypeormCertificateStore } from '../../src/certificates/adapters/typeorm-certificate-store.js';
import { TypeormRenewalStore } from '../../src/certificates/adapters/typeorm-renewal-store.js';
import type { CertificateDeployments } from '../../src/certificates/application/certificate-deployments.js';
import { CaBudget } from '../../src/certificates/application/rate-limits/ca-budget.js';
import { SettleOrders } from '../../src/certificates/application/rate-limits/settle-orders.js';
import { ChooseCa } from '../../src/certificates/application/renewal/choose-ca.js';
import { LookAtCertificate } from '../../src/certificates/application/renewal/look-at-certificate.js';
import { NoAdvice } from '../../src/certificates/application/renewal/renewal-adviser.js';
import { RenewCertificate } from '../../src/certificates/application/renewal/renew-certificate.js';
import { RenewalScheduler } from '../../src/certificates/application/renewal/renewal-scheduler.js';
import type { RequestHandshakes } from '../../src/certificates/application/renewal/request-handshakes.js';
import { RequestRenewal } from '../../src/certificates/application/renewal/request-renewal.js';
import { SchedulerChores } from '../../src/certificates/application/renewal/scheduler-chores.js';
import type { Certificate } from '../../src/certificates/domain/certificate.js';
import { newCertificate } from '../../src/certificates/domain/new-certificate.js';
import { parseAcmeSettings } from '../../src/certificates/domain/provider/acme-settings.js';
import type { CertificateProvider } from '../../src/certificates/domain/provider/certificate-provider.js';
import { DAY_MS, HOUR_MS, after } from '../../src/certificates/domain/renewal/life.js';
import { TypeormLeases } from '../../src/database/typeorm-leases.js';
import type { Operation, OperationStore, RequestOperation } from '../../src/operations/index.js';
import type { Actor } from '../../src/shared/actor.js';
import { FixedClock } from '../../src/shared/clock.js';
import { NEVER } from '../../src/shared/failure.js';
import { newId } from '../../src/shared/ids.js';
import { openDatabase, type TestDatabase } from '../support/a-database.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';

const START = new Date('2026-06-01T12:00:00.000Z');
const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';
const SERVER = newId();
const OPERATOR: Actor = { tokenId: 't', role: 'OPERATOR', clientId: null, label: 'a person' };
/** One certificate of a registered domain comes back after this. */
const DOMAIN_REFILL_MS = (7 * DAY_MS) / 50;

let mariadb: TestMariadb;
let database: TestDatabase;
let renewals: TypeormRenewalStore;
let clock: FixedClock;
let provider: CertificateProvider;
/** What the runners made of operations. */
let operations: Map<string, Operation>;
let requested: string[];

beforeAll(async () => {
  mariadb = await startTestMariadb();
});
afterAll(() => mariadb?.stop());
beforeEach(async () => {
  database = await openDatabase(await mariadb.createDatabase());
  await database.dataSource.query(
    'ALTER TABLE certificates DROP FOREIGN KEY fk_certificates_client, DROP FOREIGN KEY fk_certificates_server',
  );
  renewals = new TypeormRenewalStore(database.session);
  clock = new FixedClock(START);
  operations = new Map();
  requested = [];
  provider = await aProvider({ directoryUrl: LETS_ENCRYPT });
});
afterEach(() => database.dataSource.destroy());

async function aProvider(acme: object): Promise<CertificateProvider> {
  const made: CertificateProvider = {
    id: newId(),
    name: `p${operations.size}-${newId().slice(-8)}`,
    clientId: null,
    backupId: null,
    acme: parseAcmeSettings(acme),
    createdAt: START,
  };
  await new TypeormCertificateProviderStore(database.session).insert(made);
  return made;
}

/** Due, in force, and never issued for these names by that CA as far as it knows: a renewal is a new certificate to it. */
async function due(clientId: string, names: readonly string[], more: Partial<CertificateEntity> = {}) {
  const wish = { clientId, serverId: SERVER, provider: 'ACME', providerId: provider.id, keyType: 'EC_P256' } as const;
  const certificate: Certificate = {
    ...newCertificate({ ...wish, id: newId(), names }, START),
    status: 'ACTIVE',
    notBefore: after(START, -62 * DAY_MS),
    notAfter: after(START, 28 * DAY_MS),
    fingerprint: 'a'.repeat(64),
    ...more,
  };
  await database.session.repository(CertificateEntity).insert({ ...certificate, dueAt: START });
  return certificate;
}

/** All of one process; another one is a restart. */
function aProcess() {
  const { session, unitOfWork } = database;
  const request = {
    execute: async ({ subject }: { subject: { id: string } }) => {
      requested.push(subject.id);
      const operation = { id: newId(), state: 'RUNNING', attempt: 1, warnings: [], failure: null };
      operations.set(operation.id, operation as unknown as Operation);
      return operation;
    },
  } as unknown as RequestOperation;
  const found = {
    find: async (id: string) => operations.get(id) ?? null,
    findMany: async (ids: readonly string[]) => ids.flatMap((id) => operations.get(id) ?? []),
  } as unknown as OperationStore;
  const deployments = {
    locks: async () => [],
    usedNames: async ({ names }: Certificate) => names,
  } as unknown as CertificateDeployments;
  const limits = new TypeormCaLimitStore(session);
  const providers = new TypeormCertificateProviderStore(session);
  const chooseCa = new ChooseCa(providers, found);
  const budget = new CaBudget(limits, providers, renewals, clock);
  const settle = new SettleOrders(limits, found, unitOfWork, clock);
  const requestRenewal = new RequestRenewal(renewals, deployments, request, chooseCa, budget, clock);
  const certificates = new TypeormCertificateStore(session);
  const look = new LookAtCertificate(
    renewals,
    found,
    new NoAdvice(),
    deployments,
    requestRenewal,
    certificates,
    chooseCa,
    clock,
  );
  const handshakes = { execute: async () => undefined } as unknown as RequestHandshakes;
  const chores = new SchedulerChores(handshakes, settle);
  const leases = new TypeormLeases(session, unitOfWork);
  return {
    budget,
    settle,
    scheduler: new RenewalScheduler(renewals, look, chores, leases, unitOfWork, clock),
    renew: new RenewCertificate(renewals, requestRenewal, found, unitOfWork, clock),
    charge: (certificate: Certificate, operationId = newId()) =>
      unitOfWork.run(() => budget.charge(operationId, certificate, certificate.providerId)),
    refusal: (certificate: Certificate, keepReserve = false) =>
      unitOfWork.run(() => budget.refusal(certificate, certificate.providerId, keepReserve)),
    left: async (name: string) =>
      Object.fromEntries((await budget.left([name], provider, SERVER)).map(({ limit, left }) => [limit, left])),
  };
}

type Process = ReturnType<typeof aProcess>;

const wanted = (name: string): Certificate =>
  newCertificate(
    {
      id: newId(),
      clientId: 'a',
      serverId: SERVER,
      provider: 'ACME',
      providerId: provider.id,
      keyType: 'EC_P256',
      names: [name],
    },
    START,
  );

async function orders(one: Process, count: number, domain: string): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await one.charge(wanted(`s${index}.${domain}`));
  }
}

describe('the limits of a CA', () => {
  it('are counted for all processes alike, and outlive each', async () => {
    await orders(aProcess(), 50, 'example.co.uk');
    const restarted = aProcess();
    expect(await restarted.refusal(wanted('one-more.example.co.uk'))).toEqual({
      limit: 'certificates for example.co.uk',
      until: after(START, DOMAIN_REFILL_MS),
    });
    expect(await restarted.refusal(wanted('other.co.uk'))).toBeNull();
    clock.advance(DOMAIN_REFILL_MS);
    expect(await aProcess().refusal(wanted('one-more.example.co.uk'))).toBeNull();
  });

  it('lose no order when many are sent at the same moment', async () => {
    const all = Array.from({ length: 40 }, (_, index) => wanted(`s${index}.example.org`));
    await Promise.all(all.map((certificate) => aProcess().charge(certificate)));
    expect(await aProcess().left('www.example.org')).toMatchObject({
      'certificates for example.org': 10,
      'new orders of the account': 260,
    });
  });

  it('hold a renewal of the schedule back, say which and until when, and let it go then; other clients are not concerned', async () => {
    await orders(aProcess(), 49, 'example.org');
    const held = await due('a', ['www.example.org']);
    const other = await due('b', ['www.example.net']);
    expect(await aProcess().scheduler.tick()).toBe(1);
    expect(requested).toEqual([other.id]);
    const until = after(START, DOMAIN_REFILL_MS);
    const { state } = await renewals.find(held.id);
    expect(state).toMatchObject({ failures: 0, waitsFor: { limit: 'certificates for example.org', until } });
    expect(await renewals.dueAt([held.id])).toEqual(new Map([[held.id, until]]));
    clock.advance(DOMAIN_REFILL_MS - 1);
    // A restart does not make it forget.
    expect(await aProcess().scheduler.tick()).toBe(0);
    // As long as the lease of the one before lasts.
    clock.advance(61_000);
    expect(await aProcess().scheduler.tick()).toBe(1);
    expect(requested).toEqual([other.id, held.id]);
    expect((await renewals.find(held.id)).state.waitsFor).toBeNull();
  });

  it('leave what is held in reserve to a renewal that cannot wait', async () => {
    await orders(aProcess(), 49, 'example.org');
    const urgent = await due('a', ['www.example.org'], { notAfter: after(START, 10 * DAY_MS) });
    await due('a', ['mail.example.org']);
    expect(await aProcess().scheduler.tick()).toBe(1);
    expect(requested).toEqual([urgent.id]);
  });

  it('do not concern a renewal inside the window that the CA advises, nor for account and domain the same names again', async () => {
    await orders(aProcess(), 50, 'example.org');
    const more = { acmeDirectoryUrl: LETS_ENCRYPT, ariId: 'a.b' };
    const again = await due('a', ['www.example.org'], more);
    expect(await aProcess().refusal(again)).toBeNull();
    const another = await due('a', ['www.example.org', 'new.example.org'], { ...more, names: ['www.example.org'] });
    expect(await aProcess().refusal(another)).toMatchObject({ limit: 'certificates for example.org' });
    const renewal = await renewals.find(another.id);
    const window = { start: after(START, -HOUR_MS), end: after(START, HOUR_MS) };
    await renewals.save({ ...renewal, state: { ...renewal.state, window } }, null);
    expect(await aProcess().refusal(another)).toBeNull();
    // It came from somewhere else: to this CA it is new.
    expect(await aProcess().refusal({ ...another, acmeDirectoryUrl: 'https://other.test/' })).not.toBeNull();
  });

  it('never stand in the way of a person, who is told, and whose order counts', async () => {
    await orders(aProcess(), 50, 'example.org');
    const { id } = await due('a', ['www.example.org']);
    const answer = await aProcess().renew.execute(id, true, OPERATOR);
    expect(answer).toMatchObject({
      operation: { state: 'RUNNING' },
      limitReached: { limit: 'certificates for example.org', until: after(START, DOMAIN_REFILL_MS) },
    });
    clock.advance(DOMAIN_REFILL_MS);
    expect(await aProcess().refusal(wanted('next.example.org'))).toMatchObject({
      until: after(START, 2 * DOMAIN_REFILL_MS),
    });
  });

  it('are given back what an order without a certificate had drawn, once, and are charged for names that failed at the CA', async () => {
    const one = aProcess();
    const [failed, partly, lost] = [newId(), newId(), newId()];
    await one.charge(wanted('failed.example.org'), failed);
    await one.charge(wanted('partly.example.org'), partly);
    await one.charge(wanted('lost.example.org'), lost);
    const about = (name: string, foreseen: boolean) => ({ identifier: { type: 'dns', value: name }, foreseen });
    const ended = (id: string, more: object): void =>
      void operations.set(id, { id, attempt: 1, warnings: [], failure: null, ...more } as unknown as Operation);
    for (const id of [failed, partly, lost]) {
      ended(id, { state: 'RUNNING' });
    }
    await one.settle.execute();
    expect(await one.left('failed.example.org')).toMatchObject({ 'certificates for example.org': 47 });
    operations.delete(lost);
    ended(failed, {
      state: 'FAILED',
      attempt: 2,
      failure: {
        code: 'ACME_REFUSED',
        retry: NEVER,
        details: { problems: [about('failed.example.org', false), about('foreseen.example.org', true)] },
      },
    });
    const leftOut = (name: string, foreseen: boolean) => ({
      code: 'CERTIFICATE_NAME_LEFT_OUT',
      details: { name, foreseen },
    });
    ended(partly, {
      state: 'SUCCEEDED_WITH_WARNINGS',
      warnings: [leftOut('dead.example.org', false), leftOut('foreseen.example.org', true)],
    });
    await Promise.all([aProcess().settle.execute(), aProcess().settle.execute()]);
    await aProcess().settle.execute();
    const after = aProcess();
    const failures = async (name: string): Promise<number | undefined> =>
      (await after.left(name))[`failed authorizations of ${name}`];
    // The one that has succeeded is left; that of an operation that is gone, too: nobody knows what came of it.
    expect(await after.left('failed.example.org')).toMatchObject({
      'certificates for example.org': 48,
      // Three, one more attempt, and two orders more for the names that were left out.
      'new orders of the account': 300 - 6,
    });
    expect(await failures('failed.example.org')).toBe(4);
    expect(await failures('dead.example.org')).toBe(4);
    expect(await failures('foreseen.example.org')).toBe(5);
  });

  it('are forgotten where they are full again', async () => {
    const one = aProcess();
    await one.charge(wanted('a.example.org'));
    clock.advance(8 * DAY_MS);
    await one.settle.execute();
    expect(await database.dataSource.query('SELECT COUNT(*) AS n FROM ca_limit_levels')).toEqual([{ n: '0' }]);
  });

  it('are not counted for a CA that has none, and each CA has its own', async () => {
    await orders(aProcess(), 50, 'example.org');
    const others = [
      await aProvider({ directoryUrl: 'https://ca.example/directory' }),
      await aProvider({ directoryUrl: LETS_ENCRYPT, limits: 'NONE' }),
      await aProvider({ directoryUrl: 'https://other.example/directory', limits: 'LETS_ENCRYPT' }),
    ];
    for (const { id } of others) {
      expect(await aProcess().refusal({ ...wanted('www.example.org'), providerId: id })).toBeNull();
    }
    expect(await aProcess().refusal({ ...wanted('www.example.org'), providerId: null })).toBeNull();
    expect(await aProcess().budget.left(['www.example.org'], others[0]!, SERVER)).toEqual([]);
  });
});
