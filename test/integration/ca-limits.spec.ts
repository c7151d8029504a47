import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, after } from '../../src/certificates/domain/renewal/life.js';
import type { Actor } from '../../src/shared/actor.js';
import { NEVER } from '../../src/shared/failure.js';
import { newId } from '../../src/shared/ids.js';
import {
  LETS_ENCRYPT,
  START,
  eachWithRenewalWorld,
  type RenewalProcess,
  type RenewalWorld,
} from '../support/renewal-world.js';

const OPERATOR: Actor = { tokenId: 't', role: 'OPERATOR', clientId: null, label: 'a person' };
/** One certificate of a registered domain comes back after this. */
const DOMAIN_REFILL_MS = (7 * DAY_MS) / 50;

let world: RenewalWorld;
eachWithRenewalWorld((made) => {
  world = made;
});

const requested = (): readonly string[] => world.requests.map(({ subject }) => subject.id);

async function orders(one: RenewalProcess, count: number, domain: string): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await one.charge(world.wanted(`s${index}.${domain}`));
  }
}

describe('the limits of a CA', () => {
  it('are counted for all processes alike, and outlive each', async () => {
    await orders(world.aProcess(), 50, 'example.co.uk');
    const restarted = world.aProcess();
    expect(await restarted.refusal(world.wanted('one-more.example.co.uk'))).toEqual({
      limit: 'certificates for example.co.uk',
      until: after(START, DOMAIN_REFILL_MS),
    });
    expect(await restarted.refusal(world.wanted('other.co.uk'))).toBeNull();
    world.clock.advance(DOMAIN_REFILL_MS);
    expect(await world.aProcess().refusal(world.wanted('one-more.example.co.uk'))).toBeNull();
  });

  it('lose no order when many are sent at the same moment', async () => {
    const all = Array.from({ length: 40 }, (_, index) => world.wanted(`s${index}.example.org`));
    await Promise.all(all.map((certificate) => world.aProcess().charge(certificate)));
    expect(await world.aProcess().left('www.example.org')).toMatchObject({
      'certificates for example.org': 10,
      'new orders of the account': 260,
    });
  });

  it('hold a renewal of the schedule back, say which and until when, and let it go then; other clients are not concerned', async () => {
    await orders(world.aProcess(), 49, 'example.org');
    const held = await world.inForce(['www.example.org']);
    const other = await world.inForce(['www.example.net'], { clientId: 'b' });
    expect(await world.aProcess().scheduler.tick()).toBe(1);
    expect(requested()).toEqual([other.id]);
    const until = after(START, DOMAIN_REFILL_MS);
    const { state } = await world.renewals.find(held.id);
    expect(state).toMatchObject({ failures: 0, waitsFor: { limit: 'certificates for example.org', until } });
    expect(await world.renewals.dueAt([held.id])).toEqual(new Map([[held.id, until]]));
    world.clock.advance(DOMAIN_REFILL_MS - 1);
    // A restart does not make it forget.
    expect(await world.aProcess().scheduler.tick()).toBe(0);
    // As long as the lease of the one before lasts.
    world.clock.advance(61_000);
    expect(await world.aProcess().scheduler.tick()).toBe(1);
    expect(requested()).toEqual([other.id, held.id]);
    expect((await world.renewals.find(held.id)).state.waitsFor).toBeNull();
  });

  it('leave what is held in reserve to a renewal that cannot wait', async () => {
    await orders(world.aProcess(), 49, 'example.org');
    const urgent = await world.inForce(['www.example.org'], { notAfter: after(START, 10 * DAY_MS) });
    await world.inForce(['mail.example.org']);
    expect(await world.aProcess().scheduler.tick()).toBe(1);
    expect(requested()).toEqual([urgent.id]);
  });

  it('do not concern a renewal inside the window that the CA advises, nor for account and domain the same names again', async () => {
    await orders(world.aProcess(), 50, 'example.org');
    const more = { acmeDirectoryUrl: LETS_ENCRYPT, ariId: 'a.b' };
    const again = await world.inForce(['www.example.org'], more);
    expect(await world.aProcess().refusal(again)).toBeNull();
    const another = await world.inForce(['www.example.org', 'new.example.org'], {
      ...more,
      names: ['www.example.org'],
    });
    expect(await world.aProcess().refusal(another)).toMatchObject({ limit: 'certificates for example.org' });
    const renewal = await world.renewals.find(another.id);
    const window = { start: after(START, -HOUR_MS), end: after(START, HOUR_MS) };
    await world.renewals.save({ ...renewal, state: { ...renewal.state, window } }, null);
    expect(await world.aProcess().refusal(another)).toBeNull();
    // It came from somewhere else: to this CA it is new.
    expect(await world.aProcess().refusal({ ...another, acmeDirectoryUrl: 'https://other.test/' })).not.toBeNull();
  });

  it('never stand in the way of a person, who is told, and whose order counts', async () => {
    await orders(world.aProcess(), 50, 'example.org');
    const { id } = await world.inForce(['www.example.org']);
    const answer = await world.aProcess().renew.execute(id, true, OPERATOR);
    expect(answer).toMatchObject({
      operation: { state: 'RUNNING' },
      limitReached: { limit: 'certificates for example.org', until: after(START, DOMAIN_REFILL_MS) },
    });
    world.clock.advance(DOMAIN_REFILL_MS);
    expect(await world.aProcess().refusal(world.wanted('next.example.org'))).toMatchObject({
      until: after(START, 2 * DOMAIN_REFILL_MS),
    });
  });

  it('hold back what a person asks for without force, as they hold the schedule, and say until when', async () => {
    await orders(world.aProcess(), 49, 'example.org');
    const { id } = await world.inForce(['www.example.org']);
    const urgent = await world.inForce(['mail.example.org'], { notAfter: after(START, 10 * DAY_MS) });
    for (const one of [id, urgent.id]) {
      const renewal = await world.renewals.find(one);
      await world.renewals.save({ ...renewal, state: { ...renewal.state, renewAt: START, advisedAt: START } }, START);
    }
    expect(await world.aProcess().renew.execute(id, false, OPERATOR)).toMatchObject({
      operation: null,
      limitReached: { limit: 'certificates for example.org', until: after(START, DOMAIN_REFILL_MS) },
    });
    const unused = world.aProcess({ isUsed: () => false });
    expect(await unused.renew.execute(urgent.id, false, OPERATOR)).toMatchObject({
      operation: null,
      limitReached: null,
    });
    expect(await world.aProcess().renew.execute(urgent.id, false, OPERATOR)).toMatchObject({
      operation: { state: 'RUNNING' },
      limitReached: null,
    });
    expect(requested()).toEqual([urgent.id]);
  });

  it('are given back what an order without a certificate had drawn, once, and are charged for names that failed at the CA', async () => {
    const one = world.aProcess();
    const [failed, partly, lost] = [newId(), newId(), newId()];
    await one.charge(world.wanted('failed.example.org'), failed);
    await one.charge(world.wanted('partly.example.org'), partly);
    await one.charge(world.wanted('lost.example.org'), lost);
    const about = (name: string, foreseen: boolean) => ({ identifier: { type: 'dns', value: name }, foreseen });
    for (const id of [failed, partly, lost]) {
      world.ended(id, { state: 'RUNNING' });
    }
    await one.settle.execute();
    expect(await one.left('failed.example.org')).toMatchObject({ 'certificates for example.org': 47 });
    world.operations.delete(lost);
    world.ended(failed, {
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
    world.ended(partly, {
      state: 'SUCCEEDED_WITH_WARNINGS',
      warnings: [leftOut('dead.example.org', false), leftOut('foreseen.example.org', true)],
    });
    await Promise.all([world.aProcess().settle.execute(), world.aProcess().settle.execute()]);
    await world.aProcess().settle.execute();
    const after = world.aProcess();
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
    const one = world.aProcess();
    await one.charge(world.wanted('a.example.org'));
    world.clock.advance(8 * DAY_MS);
    await one.settle.execute();
    expect(await world.database.dataSource.query('SELECT COUNT(*) AS n FROM ca_limit_levels')).toEqual([{ n: '0' }]);
  });

  it('are not counted for a CA that has none, and each CA has its own', async () => {
    await orders(world.aProcess(), 50, 'example.org');
    const others = [
      await world.aProvider({ directoryUrl: 'https://ca.example/directory' }),
      await world.aProvider({ directoryUrl: LETS_ENCRYPT, limits: 'NONE' }),
      await world.aProvider({ directoryUrl: 'https://other.example/directory', limits: 'LETS_ENCRYPT' }),
    ];
    for (const { id } of others) {
      expect(await world.aProcess().refusal({ ...world.wanted('www.example.org'), providerId: id })).toBeNull();
    }
    expect(await world.aProcess().refusal({ ...world.wanted('www.example.org'), providerId: null })).toBeNull();
    expect(await world.aProcess().budget.left(['www.example.org'], others[0]!, world.serverId)).toEqual([]);
  });
});
