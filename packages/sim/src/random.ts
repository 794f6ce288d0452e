/** A deterministic stream of draws. */
export interface Random {
  /** A fraction from 0 up to but not including 1. */
  fraction(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** One of the given values. Throws on an empty list. */
  pick<T>(values: readonly T[]): T;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** `count` different ones of the values (all of them when there are fewer), in the order drawn. */
  some<T>(values: readonly T[], count: number): readonly T[];
}

/** FNV-1a over seed and label, then mixed, so that near seeds and near labels start far apart. */
function startOf(seed: number, label: string): number {
  let hash = 0x811c9dc5;
  const text = `${seed}/${label}`;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The stream of one root seed and one label, such as `erp/commit`: every subsystem draws from its own, so
 * that one more draw in one of them does not shift the others (INVARIANTS.md 3). The generator is mulberry32.
 */
export function prng(seed: number, label: string): Random {
  let state = startOf(seed, label);
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number): number =>
    least + Math.floor(fraction() * (most - least + 1));
  const pick = <T>(values: readonly T[]): T => {
    if (values.length === 0) throw new RangeError("nothing to pick from");
    return values[between(0, values.length - 1)] as T;
  };
  const some = <T>(values: readonly T[], count: number): readonly T[] => {
    const left = [...values];
    const drawn: T[] = [];
    while (drawn.length < count && left.length > 0) {
      drawn.push(...left.splice(between(0, left.length - 1), 1));
    }
    return drawn;
  };
  return { fraction, between, pick, chance: (probability) => fraction() < probability, some };
}
