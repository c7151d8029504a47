import { describe, expect, it } from 'vitest';
import { SCHEDULER } from '../../src/certificates/application/renewal/scheduler-actor.js';
import type { Certificate } from '../../src/certificates/domain/certificate.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, after } from '../../src/certificates/domain/renewal/life.js';
import { START, eachWithRenewalWorld, type ProcessOptions, type RenewalWorld } from '../support/renewal-world.js';

const DEAD = 'dead.example.org';

let world: RenewalWorld;
eachWithRenewalWorld((made) => {
  world = made;
});

/** In force for years, without one of the names that were asked for. */
async function lacking(foreseen: boolean, providerId = world.provider.id): Promise<string> {
  const refused = {
    name: DEAD,
    cause: 'NAME_NOT_IN_DNS',
    owner: 'YOUR_DNS',
    message: '',
    evidence: '',
    remedy: '',
    retryAt: null,
    foreseen,
  };
  const { id } = await world.inForce(['www.example.org'], {
    requestedNames: ['www.example.org', DEAD],
    refusedNames: [refused],
    notBefore: START,
    notAfter: after(START, 800 * DAY_MS),
    providerId,
  });
  await tick();
  return id;
}

/** By another process each time. */
async function tick(afterMs = 0, process: ProcessOptions = {}): Promise<void> {
  world.clock.advance(afterMs + 61_000);
  await world.aProcess(process).scheduler.tick();
}

const requested = (): readonly object[] => world.requests.map(({ kind, input }) => ({ kind, ...input }));
const check = { kind: 'certificate.check-names', names: [DEAD] };
const orderOf = (name: string): object => ({
  kind: 'certificate.issue',
  retriedBySchedule: ['ACME_REFUSED'],
  onlyWith: [name],
});
const order = orderOf(DEAD);

/** The last operation ends so. */
const end = (state: string, warnings: readonly object[] = []): void => {
  const { operationId, input } = world.requests.at(-1)!;
  world.ended(operationId, { state, warnings, input });
};
const warning = (code: string, more: object = {}): object => ({ code, details: { name: DEAD, ...more } });

async function nextCheckIn(id: string): Promise<number | null> {
  const [name] = (await world.renewals.find(id)).leftOut.names;
  return name?.nextCheckAt ? (name.nextCheckAt.getTime() - world.clock.now().getTime()) / MINUTE_MS : null;
}

/** No name of it could be proved. */
async function failed(): Promise<Certificate> {
  const certificate = world.wanted(DEAD);
  await world.certificates.insert(certificate);
  await fail(certificate.id);
  world.clock.advance(1_000);
  return certificate;
}

/** As the relay writes it: what is due is for the store to know. */
const fail = (id: string): Promise<void> =>
  world.certificates.update(id, { status: 'FAILED', updatedAt: world.clock.now() });
const statusOf = async (id: string): Promise<string | undefined> => (await world.certificates.find(id))?.status;

describe('a certificate that could not be issued', () => {
  it('is looked at after ten minutes, and asked for again when nothing speaks against its name any more', async () => {
    const { id } = await failed();
    await tick();
    expect(requested()).toEqual([]);
    expect(await nextCheckIn(id)).toBe(10);
    await tick(10 * MINUTE_MS);
    expect(requested()).toEqual([check]);
    expect(await statusOf(id)).toBe('FAILED');
    end('SUCCEEDED');
    await tick();
    expect(requested()).toEqual([check, order]);
    expect(await statusOf(id)).toBe('PENDING');
    // It is refused: longer is waited each time.
    end('FAILED');
    await fail(id);
    await tick();
    expect(await nextCheckIn(id)).toBe(60);
    expect(requested()).toHaveLength(2);
  });

  it('is left alone when somebody cancelled its issue, until it is asked for again', async () => {
    const { id } = await failed();
    const issue = (): ReturnType<typeof world.request.execute> => {
      const subject = { type: 'certificate', id, label: DEAD } as const;
      const its = { kind: 'certificate.issue', subject, clientId: 'a', serverId: world.serverId, locks: [] };
      return world.request.execute(its, SCHEDULER);
    };
    world.ended((await issue()).id, { state: 'CANCELLED' });
    await tick();
    expect(await nextCheckIn(id)).toBeNull();
    await tick(DAY_MS);
    expect(requested()).toHaveLength(1);
    world.ended((await issue()).id, { state: 'FAILED' });
    await fail(id);
    await tick();
    expect(await nextCheckIn(id)).toBe(10);
  });

  it('is left alone while its operation tries again by itself', async () => {
    const { id } = await failed();
    const subject = { type: 'certificate', id, label: DEAD } as const;
    const its = { kind: 'certificate.issue', subject, clientId: 'a', serverId: world.serverId, locks: [] };
    world.ended((await world.request.execute(its, SCHEDULER)).id, { state: 'QUEUED' });
    await tick();
    await tick(10 * MINUTE_MS);
    expect(requested()).toHaveLength(1);
    expect(await nextCheckIn(id)).toBe(10);
  });

  it('is followed no longer when no site has its name', async () => {
    const { id } = await failed();
    await tick(0, { isUsed: () => false });
    expect((await world.renewals.find(id)).leftOut.names).toEqual([]);
    expect((await world.renewals.dueAt([id])).get(id)).toBeNull();
  });

  it.each(['ACTIVE', 'FAILED'] as const)(
    'is followed no longer when a newer one for its name is %s',
    async (status) => {
      const old = await failed();
      const newer = await failed();
      if (status === 'ACTIVE') {
        const notAfter = after(START, 800 * DAY_MS);
        await world.certificates.update(newer.id, { status, notBefore: START, notAfter, spki: 'a'.repeat(64) });
      }
      await tick();
      const followed = async (id: string): Promise<boolean> => (await world.renewals.find(id)).leftOut.names.length > 0;
      expect(await followed(old.id)).toBe(false);
      expect(await followed(newer.id)).toBe(status === 'FAILED');
    },
  );
});

describe('a name that a certificate was issued without', () => {
  it('is looked at after ten minutes, and ordered when nothing speaks against it any more', async () => {
    const id = await lacking(true);
    expect(requested()).toEqual([]);
    expect(await nextCheckIn(id)).toBe(10);
    await tick(10 * MINUTE_MS);
    expect(requested()).toEqual([check]);
    await tick();
    expect(requested()).toEqual([check]);
    end('SUCCEEDED');
    await tick();
    expect(requested()).toEqual([check, order]);
    // It is counted as any order is.
    expect(await world.aProcess().left('www.example.org')).toMatchObject({ 'certificates for example.org': 49 });
    end('SUCCEEDED');
    await world.database.dataSource.query(
      "UPDATE certificates SET refused_names = '[]', names = requested_names WHERE id = ?",
      [id],
    );
    await tick();
    expect((await world.renewals.find(id)).leftOut).toEqual({ names: [], work: null });
    expect(requested()).toEqual([check, order]);
  });

  it('is looked at again after an hour when something certain speaks against it, and nothing is ordered', async () => {
    const id = await lacking(true);
    await tick(10 * MINUTE_MS);
    end('SUCCEEDED_WITH_WARNINGS', [warning('DOMAIN_BLOCKED')]);
    await tick();
    expect(await nextCheckIn(id)).toBe(60);
    await tick(HOUR_MS);
    expect(requested()).toEqual([check, check]);
    end('FAILED');
    await tick();
    expect(await nextCheckIn(id)).toBe(360);
  });

  it('is tried where this server only has its doubts, and not more often than the CA allows', async () => {
    const id = await lacking(false);
    await tick(10 * MINUTE_MS);
    end('SUCCEEDED_WITH_WARNINGS', [warning('DOMAIN_DOUBTFUL')]);
    await tick();
    expect(requested()).toEqual([check, order]);
    end('SUCCEEDED_WITH_WARNINGS', [warning('CERTIFICATE_NAME_LEFT_OUT', { foreseen: false })]);
    await tick();
    const { leftOut } = await world.renewals.find(id);
    expect(leftOut).toMatchObject({
      work: null,
      names: [{ checks: 1, failures: [expect.any(Date), world.clock.now()] }],
    });
    expect(await nextCheckIn(id)).toBe(60);
    // No certificate came of it, so none was drawn; its authorization has failed.
    const left = await world.aProcess().left(DEAD);
    expect(left).toMatchObject({ 'certificates for example.org': 50, [`failed authorizations of ${DEAD}`]: 4 });
  });

  it('waits for a limit of the CA', async () => {
    const id = await lacking(true);
    for (let index = 0; index < 49; index += 1) {
      await world.aProcess().charge(world.wanted(`s${index}.example.org`));
    }
    await tick(10 * MINUTE_MS);
    end('SUCCEEDED');
    await tick();
    expect(requested()).toEqual([check]);
    expect(await nextCheckIn(id)).toBeGreaterThan(2 * 60);
  });

  it('is ordered at once where names are not looked at first', async () => {
    const { id: providerId } = await world.aProvider({
      directoryUrl: 'https://ca.example/directory',
      preflight: { enabled: false },
    });
    await lacking(true, providerId);
    await tick(10 * MINUTE_MS);
    expect(requested()).toEqual([order]);
  });
});
