/** A seeded source of chance: the same seed gives the same numbers on every machine. */
export interface Dice {
  /** A whole number from `low` to `high`, both included. */
  readonly between: (low: number, high: number) => number;
  readonly oneOf: <T>(all: readonly T[]) => T;
  /** True in `percent` of 100 cases. */
  readonly isLucky: (percent: number) => boolean;
}

/** Dice of a seed: a linear congruential generator of 48 bits, of which the upper 32 are used. */
export function diceOf(seed: number): Dice {
  let state = (BigInt(seed) * 0x5deece66dn + 0xbn) & 0xffffffffffffn;
  const next = (): number => {
    state = (state * 0x5deece66dn + 0xbn) & 0xffffffffffffn;
    return Number(state >> 16n);
  };
  for (let warm = 0; warm < 8; warm += 1) next();
  const between = (low: number, high: number): number => low + (next() % (high - low + 1));
  return {
    between,
    oneOf: (all) => {
      const found = all[between(0, all.length - 1)];
      if (found === undefined) throw new Error("nothing to choose from");
      return found;
    },
    isLucky: (percent) => between(1, 100) <= percent,
  };
}
