/** Uniform in [0, 1), as `Math.random`. Decisions take it as an argument, so that tests own chance as they own time. */
export type Random = () => number;

/** The same numbers for the same seed (mulberry32): for simulations and tests, never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `value` give or take `share` of it: `spread(100, 0.2, random)` is 80 to 120. */
export function spread(value: number, share: number, random: Random): number {
  return value * (1 - share + 2 * share * random());
}
