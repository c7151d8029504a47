import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AcmeRenewalAdviser } from '../../src/certificates/adapters/acme-renewal-adviser.js';
import { CertificateRenewalEntity } from '../../src/certificates/adapters/certificate-renewal.entity.js';
import { CertificateEntity } from '../../src/certificates/adapters/certificate.entity.js';
import { KEPT_FOR_MS } from '../../src/certificates/application/events/renewal-events.js';
import type { RenewalScheduler } from '../../src/certificates/application/renewal/renewal-scheduler.js';
import type { RenewalInfoClient } from '../../src/certificates/application/renewal/renewal-info-client.js';
import { DAY_MS, after } from '../../src/certificates/domain/renewal/life.js';
import type { Certificate } from '../../src/certificates/domain/certificate.js';
import type { Operation } from '../../src/operations/index.js';
import { newId } from '../../src/shared/ids.js';
import { START, eachWithRenewalWorld, type ProcessOptions, type RenewalWorld } from '../support/renewal-world.js';

let world: RenewalWorld;
eachWithRenewalWorld((made) => {
  world = made;
});

/** Certificates whose renewal was requested, in order. */
const requested = (): readonly string[] => world.requests.map(({ subject }) => subject.id);

/** In force, and with little enough of its life left to be due. */
async function due(clientId: string, more: Partial<CertificateEntity> = {}): Promise<string> {
  const { id } = await world.inForce([`${clientId}.test`], {
    clientId,
    provider: 'SELF_SIGNED',
    providerId: null,
    ...more,
  });
  return id;
}

/** A scheduler of a process of its own. */
const aScheduler = (options: ProcessOptions = {}): RenewalScheduler => world.aProcess(options).scheduler;

describe('the renewal scheduler', () => {
  it('requests what is due once, however often it looks', async () => {
    const ids = [await due('a'), await due('b')];
    const scheduler = aScheduler();
    expect(await scheduler.tick()).toBe(2);
    expect(await scheduler.tick()).toBe(0);
    expect(requested().toSorted()).toEqual(ids.toSorted());
  });

  it('works in one process at a time; another takes over when that one is gone', async () => {
    const first = aScheduler();
    const second = aScheduler();
    expect(await first.tick()).toBe(0);
    await due('a');
    expect(await second.tick()).toBeNull();
    world.clock.advance(61_000);
    expect(await second.tick()).toBe(1);
    expect(await first.tick()).toBeNull();
    expect(requested()).toHaveLength(1);
  });

  it('renews nothing twice when ten processes look at the same moment', async () => {
    for (let index = 0; index < 20; index += 1) {
      await due(`client${index % 3}`);
    }
    await Promise.all(Array.from({ length: 10 }, () => aScheduler().tick()));
    expect(requested()).toHaveLength(20);
    expect(new Set(requested()).size).toBe(20);
  });

  it('has no more than 32 on the way, and does not let one client have them all', async () => {
    for (let index = 0; index < 45; index += 1) {
      await due('huge', { dueAt: after(START, -DAY_MS) });
    }
    const small = await due('small');
    expect(await aScheduler().tick()).toBe(32);
    expect(requested().indexOf(small)).toBeLessThanOrEqual(1);
    expect(await world.database.session.repository(CertificateRenewalEntity).countBy({})).toBe(46);
  });

  it('leaves alone what nobody is shown, and looks again in a day', async () => {
    const id = await due('a');
    expect(await aScheduler({ isUsed: () => false }).tick()).toBe(0);
    expect(await world.renewals.dueAt([id])).toEqual(new Map([[id, after(START, DAY_MS)]]));
    world.clock.advance(DAY_MS);
    expect(await aScheduler().tick()).toBe(1);
  });

  it('asks the issuer of an advised certificate, keeps to its window, and asks again before it begins', async () => {
    const id = await due('a', { provider: 'ACME', notBefore: START, notAfter: after(START, 90 * DAY_MS) });
    const window = { start: after(START, 59 * DAY_MS), end: after(START, 61 * DAY_MS) };
    const asked: Date[] = [];
    const ask = async () => {
      asked.push(world.clock.now());
      return { window, askAgainAt: after(world.clock.now(), 6 * 3_600_000) };
    };
    const scheduler = aScheduler({ adviser: { ask } });
    expect(await scheduler.tick()).toBe(0);
    const { state } = await world.renewals.find(id);
    expect(asked).toEqual([START]);
    expect(state.window).toEqual(window);
    expect(state.renewAt! >= window.start && state.renewAt! < after(window.start, 1.5 * DAY_MS)).toBe(true);
    world.clock.advance(state.renewAt!.getTime() - START.getTime() - 4 * 60_000);
    expect(await scheduler.tick()).toBe(0);
    world.clock.advance(4 * 60_000);
    expect(await scheduler.tick()).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it('is not held up by a CA that hangs: it is asked once in a while, and whoever comes from another CA is renewed', async () => {
    const directoryOf = { hanging: 'https://hangs.test/directory', healthy: 'https://healthy.test/directory' };
    const providerIds = {
      hanging: (await world.aProvider({ directoryUrl: directoryOf.hanging })).id,
      healthy: (await world.aProvider({ directoryUrl: directoryOf.healthy })).id,
    };
    const dueAt = (ca: 'hanging' | 'healthy', client: string): Promise<string> =>
      due(client, {
        provider: 'ACME',
        providerId: providerIds[ca],
        acmeDirectoryUrl: directoryOf[ca],
        chainPem: '-----END CERTIFICATE-----\n',
        dueAt: after(START, ca === 'hanging' ? -DAY_MS : 0),
      });
    for (let index = 0; index < 20; index += 1) {
      await dueAt('hanging', 'h');
    }
    const healthy = await dueAt('healthy', 'h');
    const asked: string[] = [];
    const hangsMs = 500;
    const client: RenewalInfoClient = {
      ask: async ({ directoryUrl }, _, now) => {
        asked.push(directoryUrl);
        if (directoryUrl === directoryOf.hanging) {
          await sleep(hangsMs);
          throw new Error('It did not answer in time.');
        }
        const window = { start: after(now, -DAY_MS), end: after(now, -1) };
        return { window, explanationUrl: null, askAgainAt: after(now, DAY_MS) };
      },
    };
    const adviser = new AcmeRenewalAdviser(world.providers, client, world.clock);
    const scheduler = aScheduler({ adviser });
    const began = performance.now();
    expect(await scheduler.tick()).toBe(21);
    expect(performance.now() - began).toBeLessThan(5 * hangsMs);
    expect(requested()).toContain(healthy);
    // Eight questions at a time: those that were on their way when the first had no answer.
    expect(asked.toSorted()).toEqual(
      [...Array.from({ length: 8 }, () => directoryOf.hanging), directoryOf.healthy].toSorted(),
    );
    await dueAt('hanging', 'h');
    world.clock.advance(4 * 60_000);
    await scheduler.tick();
    expect(asked).toHaveLength(9);
    await dueAt('hanging', 'h');
    world.clock.advance(60_000);
    await scheduler.tick();
    expect(asked).toHaveLength(10);
  });

  it('asks about all certificates of a CA soon when it announces an incident with one of them, and replaces them', async () => {
    const [revoking, other] = ['https://revokes.test/', 'https://other.test/'];
    const inForce = { provider: 'ACME' as const, notBefore: START, notAfter: after(START, 90 * DAY_MS) };
    const ids = [];
    for (let index = 0; index < 30; index += 1) {
      ids.push(await due('a', { ...inForce, acmeDirectoryUrl: revoking }));
    }
    const elsewhere = await due('a', { ...inForce, acmeDirectoryUrl: other });
    let revokedAt = Infinity;
    const asked: string[] = [];
    const ask = async ({ id, acmeDirectoryUrl }: Certificate) => {
      asked.push(id);
      const now = world.clock.now();
      const isRevoked = now.getTime() >= revokedAt && acmeDirectoryUrl === revoking;
      const window = isRevoked
        ? { start: after(START, -2 * DAY_MS), end: after(START, -DAY_MS) }
        : { start: after(START, 59 * DAY_MS), end: after(START, 61 * DAY_MS) };
      return { window, askAgainAt: after(now, DAY_MS) };
    };
    const scheduler = aScheduler({ adviser: { ask } });
    await scheduler.tick();
    expect(asked).toHaveLength(31);
    world.clock.advance(3_600_000);
    const noticedAt = world.clock.now();
    revokedAt = noticedAt.getTime();
    const { state, ...first } = await world.renewals.find(ids[0]!);
    await world.renewals.save({ ...first, state: { ...state, nextAdviceAt: noticedAt } }, noticedAt);
    expect(await scheduler.tick()).toBe(1);
    const moments = await world.renewals.dueAt(ids.slice(1));
    const dueAt = [...moments.values()].map((at) => at!.getTime() - revokedAt);
    expect(Math.max(...dueAt)).toBeLessThan(15 * 60_000);
    expect(new Set(dueAt).size).toBeGreaterThan(20);
    const nextAdviceAt = async (id: string) => (await world.renewals.find(id)).state.nextAdviceAt;
    expect(await nextAdviceAt(ids[1]!)).toEqual(moments.get(ids[1]!));
    expect(await nextAdviceAt(elsewhere)).toEqual(after(START, DAY_MS));
    for (let minute = 0; minute < 15; minute += 1) {
      world.clock.advance(60_000);
      await scheduler.tick();
    }
    expect(requested().toSorted()).toEqual(ids.toSorted());
    expect(asked.filter((id) => id === elsewhere)).toHaveLength(1);
  });

  it('never renews an upload, and raises its alarm', async () => {
    const id = await due('a', { provider: 'UPLOAD', notAfter: after(START, 10 * DAY_MS) });
    expect(await aScheduler().tick()).toBe(0);
    expect((await world.renewals.find(id)).alarm).toMatchObject({
      level: 'WARNING',
      reason: 'NOT_RENEWED',
      since: START,
    });
  });

  describe('tells', () => {
    const told = async () =>
      (await world.events.list({}, { direction: 'FORWARD', size: 100, take: 100, after: null, before: null })).map(
        ({ type, certificateId, clientId, label, message, details }) => ({
          type,
          certificateId,
          clientId,
          label,
          message,
          ...details,
        }),
      );

    async function endOperation(id: string, failure: Partial<NonNullable<Operation['failure']>>): Promise<string> {
      const { operationId } = await world.renewals.find(id);
      const whole = { summary: 'It failed.', hint: '', task: null, retry: { policy: 'NEVER' }, ...failure } as const;
      world.ended(operationId!, { state: 'FAILED', failure: whole });
      return operationId!;
    }

    it('of a renewal that fails once for each reason, however often it is tried', async () => {
      const id = await due('a');
      const scheduler = aScheduler();
      const operations: string[] = [];
      const reasons = ['ACME_UNAVAILABLE', 'ACME_UNAVAILABLE', 'ACME_REFUSED', 'ACME_REFUSED'] as const;
      for (const code of reasons) {
        expect(await scheduler.tick()).toBe(1);
        operations.push(await endOperation(id, { code, summary: `${code} it was.` }));
        await scheduler.tick();
        const { state } = await world.renewals.find(id);
        world.clock.advance(state.nextAttemptAt!.getTime() - world.clock.now().getTime());
      }
      expect((await world.renewals.find(id)).state.failures).toBe(4);
      expect((await told()).filter(({ type }) => type === 'FAILING')).toEqual(
        [0, 2].map((index) => ({
          type: 'FAILING',
          certificateId: id,
          clientId: 'a',
          label: 'a.test',
          message: `${reasons[index]} it was.`,
          fingerprint: 'a'.repeat(64),
          notAfter: after(START, 28 * DAY_MS).toISOString(),
          operationId: operations[index],
          code: reasons[index],
          causes: [],
          nextAttemptAt: expect.stringMatching(/^2026-06-0\d/),
          percentLeft: null,
        })),
      );
    });

    it('of each threshold of its life once, and of its end', async () => {
      const id = await due('a', { provider: 'UPLOAD' });
      const scheduler = aScheduler();
      for (let day = 0; day <= 30; day += 1) {
        await world.database.session.repository(CertificateEntity).update({ id }, { dueAt: world.clock.now() });
        await scheduler.tick();
        world.clock.advance(DAY_MS);
      }
      expect((await told()).map(({ type, percentLeft, operationId }) => ({ type, percentLeft, operationId }))).toEqual([
        { type: 'EXPIRING', percentLeft: 25, operationId: null },
        { type: 'EXPIRING', percentLeft: 10, operationId: null },
        { type: 'EXPIRED', percentLeft: null, operationId: null },
      ]);
    });

    it('nobody about a certificate that nobody is shown', async () => {
      await due('a', { provider: 'UPLOAD', notAfter: after(START, -DAY_MS) });
      await aScheduler({ isUsed: () => false }).tick();
      expect(await told()).toEqual([]);
    });

    it('nothing of a look that was not written down', async () => {
      await due('a', { provider: 'UPLOAD', notAfter: after(START, DAY_MS) });
      const scheduler = aScheduler();
      await world.database.dataSource.query('ALTER TABLE certificate_events RENAME COLUMN label TO no_label');
      await scheduler.tick();
      expect(await world.database.session.repository(CertificateRenewalEntity).countBy({})).toBe(0);
      await world.database.dataSource.query('ALTER TABLE certificate_events RENAME COLUMN no_label TO label');
      await scheduler.tick();
      expect((await told()).map(({ type, percentLeft }) => [type, percentLeft])).toEqual([['EXPIRING', 10]]);
    });

    it('and forgets what is older than 400 days', async () => {
      const event = { type: 'ISSUED', certificateId: newId(), clientId: 'a', label: 'x', message: 'x' } as const;
      for (const at of [0, 1, 2]) {
        await world.database.unitOfWork.run(() =>
          world.events.append({ ...event, at: after(START, at), details: {} as never }),
        );
      }
      world.clock.advance(KEPT_FOR_MS + 1);
      await aScheduler().tick();
      expect(await world.events.count({})).toBe(2);
      world.clock.advance(61_000);
      await aScheduler().tick();
      expect(await world.events.count({})).toBe(0);
    });
  });
});
