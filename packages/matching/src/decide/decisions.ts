import type { Candidates } from "../block/candidates.ts";

/** What a person said about two rows. Within one table the smaller row is `left`. */
export interface Decision {
  readonly left: number;
  readonly right: number;
  readonly isSame: boolean;
}

/** Log odds of a pair that a person decided; no weights come near it. */
export const decided = 1000;

/** The decisions of a person by pair; of two about one pair the later one holds. */
export class Decisions {
  readonly list: readonly Decision[];
  readonly #byPair = new Map<string, boolean>();
  /** Records whose one partner is told. */
  readonly #lefts = new Set<number>();
  readonly #rights = new Set<number>();

  /** `isExclusive`: a record has one partner at most, so that who is one with it parts it from all others. */
  constructor(list: readonly Decision[], isExclusive: boolean) {
    this.list = list;
    for (const { left, right, isSame } of list) {
      this.#byPair.set(`${left} ${right}`, isSame);
      if (!isSame || !isExclusive) continue;
      this.#lefts.add(left);
      this.#rights.add(right);
    }
  }

  /** What was said about a pair; null: nothing. */
  of(left: number, right: number): boolean | null {
    if (this.#byPair.size === 0) return null;
    return this.#byPair.get(`${left} ${right}`) ?? null;
  }

  /** The log odds of a pair, which a decision overrules. */
  logOdds({ left, right }: { readonly left: number; readonly right: number }, told: number): number {
    const isSame = this.of(left, right);
    if (isSame === null) return this.#lefts.has(left) || this.#rights.has(right) ? -decided : told;
    return isSame ? decided : -decided;
  }
}

/** The candidates and the pairs that a person decided which were not among them, by rising left record. */
export function withDecided(candidates: Candidates, decisions: Decisions): Candidates {
  const lefts = new Set(decisions.list.map(({ left }) => left));
  const open = new Map(decisions.list.map((each) => [`${each.left} ${each.right}`, each]));
  for (let pair = 0; pair < candidates.left.length && open.size > 0; pair++) {
    const left = candidates.left[pair] ?? 0;
    if (lefts.has(left)) open.delete(`${left} ${candidates.right[pair] ?? 0}`);
  }
  if (open.size === 0) return candidates;
  const added = [...open.values()].toSorted((one, other) => one.left - other.left || one.right - other.right);
  const count = candidates.left.length + added.length;
  const all = {
    left: new Int32Array(count),
    right: new Int32Array(count),
    likeness: new Float32Array(count),
  };
  let next = 0;
  for (let at = 0, pair = 0; at < count; at++) {
    const decision = added[next];
    const isAdded =
      decision !== undefined &&
      (pair >= candidates.left.length || decision.left < (candidates.left[pair] ?? 0));
    all.left[at] = isAdded ? decision.left : (candidates.left[pair] ?? 0);
    all.right[at] = isAdded ? decision.right : (candidates.right[pair] ?? 0);
    all.likeness[at] = isAdded ? 0 : (candidates.likeness[pair] ?? 0);
    if (isAdded) next++;
    else pair++;
  }
  return all;
}

/** Decisions about rows as decisions about the records that were kept of them; see `collapseCopies`. */
export function decisionsOfKept(
  said: readonly Decision[],
  origin: Int32Array,
  copies: ReadonlyMap<number, readonly number[]>,
): Decisions {
  if (said.length === 0) return new Decisions([], false);
  const places = new Map(Array.from(origin, (row, place) => [row, place]));
  for (const [row, equal] of copies) for (const each of equal) places.set(each, places.get(row) ?? -1);
  return new Decisions(
    said.flatMap(({ left, right, isSame }) => {
      const [one, other] = [places.get(left) ?? -1, places.get(right) ?? -1];
      if (one === other) return [];
      return [{ left: Math.min(one, other), right: Math.max(one, other), isSame }];
    }),
    false,
  );
}
