import { describe, expect, it } from 'vitest';
import { blockers, conflict, exclusive, shared, type Claim, type Lock } from './lock.js';

const claim = (seq: number, locks: readonly Lock[], holding = false): Claim => ({
  operationId: `op-${seq}`,
  seq,
  holding,
  locks,
});
const site = exclusive('site', 'a');
const platform = (mode: typeof shared | typeof exclusive): Lock => mode('platform', 'p');

describe('conflict', () => {
  it.each([
    [[exclusive('site', 'a')], [exclusive('site', 'a')], true],
    [[exclusive('site', 'a')], [shared('site', 'a')], true],
    [[shared('site', 'a')], [exclusive('site', 'a')], true],
    [[shared('site', 'a')], [shared('site', 'a')], false],
    [[exclusive('site', 'a')], [exclusive('site', 'b')], false],
    [[exclusive('site', 'a')], [exclusive('platform', 'a')], false],
    [[exclusive('site', 'a')], [], false],
  ])('of %j and %j: %s', (a, b, expected) => {
    expect(conflict(a, b)).toBe(expected);
  });
});

describe('blockers', () => {
  it('are those that hold, and those ahead in line, in the order of the line', () => {
    const mine = claim(5, [site]);
    const others = [claim(9, [site], true), claim(4, [site]), claim(2, [site]), claim(6, [site]), mine];
    expect(blockers(mine, others).map(({ seq }) => seq)).toEqual([2, 4, 9]);
  });

  it('let those who share go side by side', () => {
    expect(blockers(claim(2, [platform(shared)]), [claim(1, [platform(shared)], true)])).toEqual([]);
  });

  it('let nobody who shares overtake one who waits alone', () => {
    const waiting = claim(2, [platform(exclusive)]);
    const late = claim(3, [platform(shared)]);
    expect(blockers(late, [claim(1, [platform(shared)], true), waiting])).toEqual([waiting]);
  });

  it('never let two conflicting claims hold, and let everybody end, whatever the order of events', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      expect(play(seed)).toEqual({ conflicts: 0, ended: 24 });
    }
  });
});

interface Player extends Claim {
  holding: boolean;
}

/** A dispatcher and a runner at random: starts whatever may start, ends whatever runs, and lets some go back. */
function play(seed: number): { conflicts: number; ended: number } {
  const random = randomFrom(seed);
  const subjects = ['site:a', 'site:b', 'platform:p', 'platform:q'];
  const open: Player[] = Array.from({ length: 24 }, (_, index) => ({
    operationId: `op-${index}`,
    seq: index,
    holding: false,
    locks: subjects
      .filter(() => random() < 0.5)
      .map((subject) => ({ subject, mode: random() < 0.5 ? ('SHARED' as const) : ('EXCLUSIVE' as const) })),
  }));
  let ended = 0;
  let conflicts = 0;
  for (let step = 0; step < 5_000 && open.length > 0; step += 1) {
    const index = Math.floor(random() * open.length);
    const one = open[index]!;
    if (!one.holding) {
      one.holding = blockers(one, open).length === 0;
    } else if (random() < 0.2) {
      // The runner was lost: back to its place in line.
      one.holding = false;
    } else {
      open.splice(index, 1);
      ended += 1;
    }
    const holders = open.filter(({ holding }) => holding);
    conflicts += holders.filter((a) => holders.some((b) => b !== a && conflict(a.locks, b.locks))).length;
  }
  return { conflicts, ended };
}

/** mulberry32: a failing seed can be played again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
