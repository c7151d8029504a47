import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TypeormCertificateEventStore } from '../../src/certificates/adapters/typeorm-certificate-event-store.js';
import { TypeormCertificateStore } from '../../src/certificates/adapters/typeorm-certificate-store.js';
import { TypeormRenewalStore } from '../../src/certificates/adapters/typeorm-renewal-store.js';
import { CertificateFieldWriter } from '../../src/certificates/application/certificate-field-writer.js';
import { FindCertificateEvents } from '../../src/certificates/application/events/find-certificate-events.js';
import { RecordCertificateEvent } from '../../src/certificates/application/events/record-certificate-event.js';
import { WatchCertificateEvents } from '../../src/certificates/application/events/watch-certificate-events.js';
import { aCertificate } from '../../src/certificates/domain/events/a-certificate.fixture.js';
import type { CertificateEvent } from '../../src/certificates/domain/events/certificate-event.js';
import type { FieldSource, FieldUpdate } from '../../src/operations/index.js';
import type { Actor } from '../../src/shared/actor.js';
import type { Authenticator } from '../../src/shared/authenticator.js';
import { FixedClock } from '../../src/shared/clock.js';
import { momentOf, newId } from '../../src/shared/ids.js';
import { openDatabase, type TestDatabase } from '../support/a-database.js';
import { eventually } from '../support/eventually.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const OPERATOR: Actor = { tokenId: 'operator', role: 'OPERATOR', clientId: null, label: 'ops' };
const ALL = { direction: 'FORWARD', size: 1_000, take: 1_000, after: null, before: null } as const;

let mariadb: TestMariadb;
let database: TestDatabase;
let store: TypeormCertificateEventStore;
const clock = new FixedClock(NOW);

beforeAll(async () => {
  mariadb = await startTestMariadb();
});
afterAll(() => mariadb?.stop());
beforeEach(async () => {
  database = await openDatabase(await mariadb.createDatabase());
  store = new TypeormCertificateEventStore(database.session);
});
afterEach(() => database.dataSource.destroy());

const types = async (): Promise<readonly string[]> => (await store.list({}, ALL)).map(({ type }) => type);

function anEvent(change: Partial<CertificateEvent> = {}): Omit<CertificateEvent, 'id'> {
  const details = { fingerprint: null, notAfter: null, operationId: null, code: null, causes: [] };
  return {
    type: 'ISSUED',
    at: NOW,
    certificateId: newId(),
    clientId: 'a',
    label: 'a.test',
    message: 'It is in force.',
    details: { ...details, nextAttemptAt: null, percentLeft: null },
    ...change,
  };
}

const append = (change: Partial<CertificateEvent> = {}): Promise<void> =>
  database.unitOfWork.run(() => store.append(anEvent(change)));

describe('the store of events', () => {
  it('hands out what it was given, by client, certificate and type', async () => {
    const event = anEvent({ type: 'RENEWED' });
    await database.unitOfWork.run(() => store.append(event));
    await append({ clientId: 'b' });
    const { certificateId } = event;
    for (const filter of [{ clientId: 'a' }, { certificateId }, { types: ['RENEWED'] }] as const) {
      expect(await store.list(filter, ALL)).toEqual([{ ...event, id: expect.any(String) }]);
      expect(await store.count(filter)).toBe(1);
    }
    expect(await store.newestOf(certificateId, ['RENEWED'])).toMatchObject(event);
    expect(await store.newestOf(certificateId, ['ISSUED'])).toBeNull();
  });

  it('shows a reader every event once, in one order, while twenty writers add some and some give up', async () => {
    const seen: string[] = [];
    let isWriting = true;
    const read = async (): Promise<void> => {
      for (let last = false; !last;) {
        last = !isWriting;
        const events = await store.list({}, { ...ALL, after: seen.at(-1) ?? null });
        seen.push(...events.map(({ id }) => id));
      }
    };
    const reading = read();
    await Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        for (let n = 0; n < 10; n += 1) {
          const write = database.unitOfWork.run(async () => {
            // Clocks differ: some are behind.
            await store.append(anEvent({ at: new Date(NOW.getTime() - writer * 1_000 + n) }));
            await sleep(Math.random() * 4);
            if (n === 9) {
              throw new Error('given up');
            }
          });
          await write.catch(() => undefined);
        }
      }),
    );
    isWriting = false;
    await reading;
    expect(seen).toHaveLength(180);
    expect(seen).toEqual((await store.list({}, ALL)).map(({ id }) => id));
  }, 60_000);

  it('removes the oldest, so many at a time, and goes on counting from the newest there ever was', async () => {
    for (const at of [1, 2, 3, 4]) {
      await append({ at: new Date(NOW.getTime() + at) });
    }
    expect(await store.removeBefore(new Date(NOW.getTime() + 4), 2)).toBe(2);
    expect(await store.removeBefore(new Date(NOW.getTime() + 4), 2)).toBe(1);
    expect((await store.list({}, ALL)).map(({ at }) => at.getTime() - NOW.getTime())).toEqual([4]);
    const last = await store.lastId();
    expect(await store.removeBefore(new Date(NOW.getTime() + 9), 2)).toBe(1);
    expect(await store.lastId()).toBe(last);
    await append();
    expect(momentOf((await store.lastId())!).getTime() - NOW.getTime()).toBe(5);
  });
});

describe('a report', () => {
  let id: string;
  beforeEach(async () => {
    await database.dataSource.query(
      'ALTER TABLE certificates DROP FOREIGN KEY fk_certificates_client, DROP FOREIGN KEY fk_certificates_server',
    );
    id = newId();
    const { clientId, serverId } = { clientId: newId(), serverId: newId() };
    const wanted = { status: 'PENDING', fingerprint: null, notBefore: null, notAfter: null } as const;
    await new TypeormCertificateStore(database.session).insert(aCertificate({ id, clientId, serverId, ...wanted }));
  });

  async function report(
    fields: FieldUpdate['fields'],
    source: Partial<FieldSource> = {},
    fails = false,
  ): Promise<void> {
    const record = new RecordCertificateEvent(store, clock);
    const certificates = new TypeormCertificateStore(database.session);
    const writer = new CertificateFieldWriter(certificates, new TypeormRenewalStore(database.session), record, clock);
    const operation = { id: newId(), kind: 'certificate.issue' } as FieldSource['operation'];
    const whole = { operation, takesBack: false, failure: null, nextAttemptAt: null, ...source };
    await database.unitOfWork.run(async () => {
      await writer.write(id, fields, whole);
      if (fails) {
        throw new Error('refused');
      }
    });
  }

  const inForce = (digit: string): FieldUpdate['fields'] => ({
    status: 'ACTIVE',
    fingerprint: digit.repeat(64),
    notBefore: '2026-06-01T00:00:00.000Z',
    notAfter: '2026-08-30T00:00:00.000Z',
  });

  it('is an event exactly when it changes what is in force', async () => {
    await report(inForce('1'));
    await report(inForce('1'));
    await report(inForce('2'));
    await report(inForce('1'), { takesBack: true });
    // Of what was in force before: it is not this one that nobody must trust.
    await report({ revokedFingerprint: '2'.repeat(64) });
    expect(await types()).toEqual(['ISSUED', 'RENEWED', 'ROLLED_BACK']);
    await report({ revokedFingerprint: '1'.repeat(64) });
    expect(await types()).toEqual(['ISSUED', 'RENEWED', 'ROLLED_BACK', 'REVOKED']);
    const [issued] = await store.list({}, ALL);
    expect(issued).toMatchObject({
      certificateId: id,
      label: 'a.test',
      at: NOW,
      details: { fingerprint: '1'.repeat(64) },
    });
  });

  it('that is refused leaves neither the change nor its event', async () => {
    await expect(report(inForce('1'), {}, true)).rejects.toThrow('refused');
    expect(await types()).toEqual([]);
    expect(await store.lastId()).toBeNull();
  });

  it('of a failure is one event for each reason', async () => {
    const failed = (code: 'ACME_REFUSED' | 'ACME_UNAVAILABLE') => ({
      takesBack: true,
      failure: { code, summary: 'No.', hint: '', task: null, retry: { policy: 'NEVER' } } as const,
    });
    await report({ status: 'FAILED' }, failed('ACME_REFUSED'));
    await report({ status: 'FAILED' }, failed('ACME_REFUSED'));
    await report({ status: 'FAILED' }, failed('ACME_UNAVAILABLE'));
    await report(inForce('1'));
    expect(await types()).toEqual(['FAILING', 'FAILING', 'ISSUED']);
  });

  it('of a handshake is one event when something is wrong, and one when it is not any more', async () => {
    for (const servedProblem of [null, 'a.test shows another.', 'a.test shows no certificate.', null, null]) {
      await report({ servedProblem });
    }
    expect(await types()).toEqual(['MISMATCH', 'RECOVERED']);
  });
});

describe('a watch', () => {
  let isValid: boolean;
  const gone = new AbortController();
  const authenticator = { isStillValid: async () => isValid } as unknown as Authenticator;
  beforeEach(() => {
    isValid = true;
  });
  afterAll(() => gone.abort());

  const watch = (filter: object, after: string | null, actor = OPERATOR, { signal } = gone) =>
    new WatchCertificateEvents(
      new FindCertificateEvents(store),
      store,
      new TypeormCertificateStore(database.session),
      authenticator,
      clock,
    ).execute(filter, after, actor, signal);

  it('begins now, or after an event that was seen, and goes on with what happens', async () => {
    await append({ label: 'before' });
    const fromNow = await watch({}, null);
    for (let n = 0; n < 120; n += 1) {
      await append({ label: String(n) });
    }
    const seen = await fromNow.next();
    expect(seen.value).toMatchObject({ label: '0' });
    await fromNow.return(undefined);
    const goesOn = await watch({}, (seen.value as CertificateEvent).id);
    for (let n = 1; n < 120; n += 1) {
      expect((await goesOn.next()).value).toMatchObject({ label: String(n) });
    }
    const live = goesOn.next();
    await append({ label: 'live' });
    expect((await live).value).toMatchObject({ label: 'live' });
    await goesOn.return(undefined);
  });

  it('shows a client its own only, and refuses what is another’s', async () => {
    const client: Actor = { tokenId: 't', role: 'CLIENT', clientId: newId(), label: 'a' };
    const other = newId();
    const events = await watch({}, null, client);
    await append({ clientId: other });
    await append({ clientId: client.clientId!, label: 'mine' });
    expect((await events.next()).value).toMatchObject({ label: 'mine' });
    await events.return(undefined);
    await expect(watch({ clientId: other }, null, client)).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' });
    await expect(watch({ certificateId: newId() }, null)).rejects.toMatchObject({ code: 'CERTIFICATE_NOT_FOUND' });
    await expect(watch({ certificateId: 'x' }, null)).rejects.toMatchObject({ code: 'ID_INVALID' });
  });

  it('hands out nothing any more once the token is revoked, and ends in a quiet time as well', async () => {
    const busy = await watch({}, null);
    const quiet = await watch({ clientId: 'quiet' }, null);
    const waiting = quiet.next();
    isValid = false;
    await append();
    await expect(busy.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    clock.advance(30_000);
    await expect(waiting).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('ends at once when its caller leaves', async () => {
    const leaving = new AbortController();
    const events = await watch({}, null, OPERATOR, leaving);
    const started = performance.now();
    const waiting = events.next();
    await eventually(async () => expect(performance.now() - started).toBeGreaterThan(100));
    leaving.abort();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(performance.now() - started).toBeLessThan(900);
  });
});
