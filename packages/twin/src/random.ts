/** A deterministic stream of draws. One root seed gives one independent stream per label. */
export interface Random {
  /** A fraction from 0 up to but not including 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** One of the given values. Throws on an empty list. */
  pick<T>(values: readonly T[]): T;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** The values in another order. */
  shuffled<T>(values: readonly T[]): T[];
}

/** FNV-1a over the label, so that a further stream does not shift the others. */
function seedOf(seed: number, label: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < label.length; index += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The stream for a seed and a label (mulberry32). */
export function randomStream(seed: number, label: string): Random {
  let state = seedOf(seed, label);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const pick = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(next() * values.length)];
    if (value === undefined) throw new RangeError("pick from an empty list");
    return value;
  };
  const shuffled = <T>(values: readonly T[]): T[] => {
    const order = [...values];
    for (let index = order.length - 1; index > 0; index -= 1) {
      const other = between(0, index);
      const kept = order[index] as T;
      order[index] = order[other] as T;
      order[other] = kept;
    }
    return order;
  };
  return { next, between, pick, chance: (probability) => next() < probability, shuffled };
}
