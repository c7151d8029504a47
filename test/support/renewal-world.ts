import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { CertificateEntity } from '../../src/certificates/adapters/certificate.entity.js';
import { TypeormCaLimitStore } from '../../src/certificates/adapters/typeorm-ca-limit-store.js';
import { TypeormCertificateEventStore } from '../../src/certificates/adapters/typeorm-certificate-event-store.js';
import { TypeormCertificateProviderStore } from '../../src/certificates/adapters/typeorm-certificate-provider-store.js';
import { TypeormCertificateStore } from '../../src/certificates/adapters/typeorm-certificate-store.js';
import { TypeormRenewalStore } from '../../src/certificates/adapters/typeorm-renewal-store.js';
import type { CertificateDeployments } from '../../src/certificates/application/certificate-deployments.js';
import { RecordCertificateEvent } from '../../src/certificates/application/events/record-certificate-event.js';
import { RenewalEvents } from '../../src/certificates/application/events/renewal-events.js';
import { CaBudget } from '../../src/certificates/application/rate-limits/ca-budget.js';
import { SettleOrders } from '../../src/certificates/application/rate-limits/settle-orders.js';
import { AskAfterIncident } from '../../src/certificates/application/renewal/ask-after-incident.js';
import { ChooseCa } from '../../src/certificates/application/renewal/choose-ca.js';
import { ConsultIssuer } from '../../src/certificates/application/renewal/consult-issuer.js';
import { LookAtCertificate } from '../../src/certificates/application/renewal/look-at-certificate.js';
import { NoAdvice, type RenewalAdviser } from '../../src/certificates/application/renewal/renewal-adviser.js';
import { RenewCertificate } from '../../src/certificates/application/renewal/renew-certificate.js';
import { RenewalScheduler } from '../../src/certificates/application/renewal/renewal-scheduler.js';
import type { RequestHandshakes } from '../../src/certificates/application/renewal/request-handshakes.js';
import { RequestRenewal } from '../../src/certificates/application/renewal/request-renewal.js';
import { RetryFirstIssue } from '../../src/certificates/application/renewal/retry-first-issue.js';
import { ReturnLeftOutNames } from '../../src/certificates/application/renewal/return-left-out-names.js';
import { SchedulerChores } from '../../src/certificates/application/renewal/scheduler-chores.js';
import type { Certificate } from '../../src/certificates/domain/certificate.js';
import { newCertificate } from '../../src/certificates/domain/new-certificate.js';
import { parseAcmeSettings } from '../../src/certificates/domain/provider/acme-settings.js';
import type { CertificateProvider } from '../../src/certificates/domain/provider/certificate-provider.js';
import { DAY_MS, after } from '../../src/certificates/domain/renewal/life.js';
import { TypeormLeases } from '../../src/database/typeorm-leases.js';
import type {
  Operation,
  OperationFilter,
  OperationRequest,
  OperationStore,
  RequestOperation,
} from '../../src/operations/index.js';
import { FixedClock } from '../../src/shared/clock.js';
import { newId } from '../../src/shared/ids.js';
import type { Secret } from '../../src/shared/secret.js';
import { openDatabase } from './a-database.js';
import { startTestMariadb, type TestMariadb } from './private-mariadb.js';

export const START = new Date('2026-06-01T12:00:00.000Z');
export const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';
const SERVER = newId();

/** Each test of a file gets a world of its own, all of them on one MariaDB. */
export function eachWithRenewalWorld(given: (world: RenewalWorld) => void): void {
  let mariadb: TestMariadb;
  let world: RenewalWorld;
  beforeAll(async () => {
    mariadb = await startTestMariadb();
  });
  afterAll(() => mariadb?.stop());
  beforeEach(async () => {
    world = await makeRenewalWorld(await mariadb.createDatabase());
    given(world);
  });
  afterEach(() => world?.stop());
}

export type RenewalWorld = Awaited<ReturnType<typeof makeRenewalWorld>>;
export type RenewalProcess = ReturnType<RenewalWorld['aProcess']>;

export interface ProcessOptions {
  readonly adviser?: RenewalAdviser;
  readonly isUsed?: (certificateId: string) => boolean;
}

/**
 * Everything that renews, on a real database and a clock of its own; what runners make of operations is for the test to say. `provider`
 * is Let's Encrypt.
 */
async function makeRenewalWorld(databaseUrl: Secret) {
  const database = await openDatabase(databaseUrl);
  const { session, unitOfWork } = database;
  await database.dataSource.query(
    'ALTER TABLE certificates DROP FOREIGN KEY fk_certificates_client, DROP FOREIGN KEY fk_certificates_server',
  );
  const clock = new FixedClock(START);
  const operations = new Map<string, Operation>();
  const requests: (OperationRequest & { readonly operationId: string })[] = [];
  const providers = new TypeormCertificateProviderStore(session);
  const renewals = new TypeormRenewalStore(session);
  const events = new TypeormCertificateEventStore(session);

  async function aProvider(acme: object): Promise<CertificateProvider> {
    const id = newId();
    const made = { id, name: `p-${id.slice(-8)}`, clientId: null, backupId: null, createdAt: START };
    const provider = { ...made, acme: parseAcmeSettings(acme) };
    await providers.insert(provider);
    return provider;
  }
  const provider = await aProvider({ directoryUrl: LETS_ENCRYPT });

  /** How an operation ended. */
  const ended = (id: string, more: object): void =>
    void operations.set(id, {
      id,
      attempt: 1,
      warnings: [],
      failure: null,
      input: {},
      ...more,
    } as unknown as Operation);

  const request = {
    execute: async (wanted: OperationRequest) => {
      const id = newId();
      requests.push({ ...wanted, operationId: id });
      ended(id, { state: 'RUNNING', input: wanted.input ?? {} });
      return operations.get(id);
    },
  } as unknown as RequestOperation;

  const newestOf = (id: string, ofKind?: string): readonly (readonly [string, Operation])[] => {
    const newest = requests.findLast(({ subject, kind }) => subject.id === id && kind === (ofKind ?? kind));
    const operation = newest && operations.get(newest.operationId);
    return operation ? [[id, operation]] : [];
  };

  /** One that is asked for. */
  const wanted = (...names: readonly string[]): Certificate =>
    newCertificate(
      {
        id: newId(),
        clientId: 'a',
        serverId: SERVER,
        provider: 'ACME',
        providerId: provider.id,
        keyType: 'EC_P256',
        names,
      },
      clock.now(),
    );

  /** One that is in force and due. To its CA, as far as it says, a renewal is a new certificate. */
  async function inForce(names: readonly string[], more: Partial<CertificateEntity> = {}): Promise<Certificate> {
    const certificate: Certificate = {
      ...wanted(...names),
      status: 'ACTIVE',
      notBefore: after(START, -62 * DAY_MS),
      notAfter: after(START, 28 * DAY_MS),
      fingerprint: 'a'.repeat(64),
      ...more,
    };
    await session.repository(CertificateEntity).insert({ ...certificate, dueAt: START });
    return certificate;
  }

  /** All of one process of the control plane; another one is a restart. `isUsed`: whether visitors are shown it. */
  function aProcess({ adviser = new NoAdvice(), isUsed = () => true }: ProcessOptions = {}) {
    const found = {
      find: async (id: string) => operations.get(id) ?? null,
      findMany: async (ids: readonly string[]) => ids.flatMap((id) => operations.get(id) ?? []),
      newestOf: async (_: string, ids: readonly string[]) => new Map(ids.flatMap((id) => newestOf(id))),
      list: async ({ kind, subjectId }: OperationFilter) => newestOf(subjectId!, kind).map(([, newest]) => newest),
    } as unknown as OperationStore;
    const deployments = {
      locks: async () => [],
      usedNames: async ({ id, names }: Certificate) => (isUsed(id) ? names : []),
      wantedNames: async ({ id, requestedNames }: Certificate) => (isUsed(id) ? requestedNames : []),
    } as unknown as CertificateDeployments;
    const limits = new TypeormCaLimitStore(session);
    const chooseCa = new ChooseCa(providers, found);
    const budget = new CaBudget(limits, providers, renewals, clock);
    const settle = new SettleOrders(limits, found, unitOfWork, clock);
    const requestRenewal = new RequestRenewal(renewals, deployments, request, chooseCa, budget, clock);
    const certificates = new TypeormCertificateStore(session);
    const returnNames = new ReturnLeftOutNames(found, request, deployments, providers, budget, clock);
    const look = new LookAtCertificate(
      renewals,
      found,
      deployments,
      requestRenewal,
      chooseCa,
      returnNames,
      new RetryFirstIssue(certificates, renewals, found, deployments, returnNames, clock),
      clock,
    );
    const consult = new ConsultIssuer(
      certificates,
      renewals,
      adviser,
      new AskAfterIncident(renewals, unitOfWork, clock),
      clock,
    );
    const handshakes = { execute: async () => undefined } as unknown as RequestHandshakes;
    const leases = new TypeormLeases(session, unitOfWork);
    const watched = new RenewalEvents(events, new RecordCertificateEvent(events, clock), renewals, found, clock);
    const chores = new SchedulerChores(handshakes, settle, watched);
    return {
      budget,
      settle,
      scheduler: new RenewalScheduler(renewals, consult, look, chores, watched, leases, unitOfWork, clock),
      renew: new RenewCertificate(renewals, requestRenewal, deployments, found, unitOfWork, clock),
      charge: (certificate: Certificate, operationId = newId()) =>
        unitOfWork.run(() => budget.charge(operationId, certificate, certificate.providerId)),
      refusal: (certificate: Certificate, keepReserve = false) =>
        unitOfWork.run(() => budget.refusal(certificate, certificate.providerId, keepReserve)),
      left: async (name: string) =>
        Object.fromEntries((await budget.left([name], provider, SERVER)).map(({ limit, left }) => [limit, left])),
    };
  }

  return {
    database,
    clock,
    renewals,
    events,
    provider,
    operations,
    /** Every operation that was requested, in order. */
    requests,
    serverId: SERVER,
    providers,
    aProvider,
    aProcess,
    ended,
    wanted,
    certificates: new TypeormCertificateStore(session),
    request,
    inForce,
    stop: () => database.dataSource.destroy(),
  };
}
