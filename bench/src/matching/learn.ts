import { matchTables, questionsOf } from "@crossfoot/matching";
import type { Decision } from "@crossfoot/matching";
import { pairKey } from "./sets.ts";
import type { MatchSet } from "./sets.ts";

/** Answers between two runs. */
const batch = 10;

/** What a set came to after some answers. */
export interface Learned {
  readonly answers: number;
  readonly f1: number;
  readonly precision: number;
  /** Pairs that still wait for a person. */
  readonly reviews: number;
  /** F1 of the pairs nobody was asked about: what was learned beyond the answers themselves. */
  readonly f1Rest: number;
}

/** Matches a set again and again, answering the most useful questions by the truth, up to each count. */
export function learnSet(set: MatchSet, counts: readonly number[]): readonly Learned[] {
  const { entity, left, right, truth } = set;
  const decisions = new Map<number, Decision>();
  const learned: Learned[] = [];
  for (;;) {
    const matching = matchTables({ entity, left, right, fields: null, decisions: [...decisions.values()] });
    if (counts.includes(decisions.size)) learned.push(scored(matching.pairs, set, decisions));
    if (decisions.size >= Math.max(...counts)) return learned;
    const open = questionsOf(matching, (one, other) => decisions.has(pairKey(one, other)));
    if (open.length === 0) return [...learned, scored(matching.pairs, set, decisions)];
    for (const at of open.slice(0, batch)) {
      const pair = matching.pairs[at];
      if (pair === undefined) continue;
      const key = pairKey(pair.left, pair.right);
      decisions.set(key, { left: pair.left, right: pair.right, isSame: truth.has(key) });
    }
  }
}

function scored(
  pairs: ReturnType<typeof matchTables>["pairs"],
  { truth }: MatchSet,
  decisions: ReadonlyMap<number, Decision>,
): Learned {
  const links = pairs.filter(({ band }) => band === "link").map((pair) => pairKey(pair.left, pair.right));
  const hits = links.filter((key) => truth.has(key)).length;
  const rest = links.filter((key) => !decisions.has(key));
  const restHits = rest.filter((key) => truth.has(key)).length;
  const restTruth = [...truth].filter((key) => !decisions.has(key)).length;
  return {
    answers: decisions.size,
    f1: (2 * hits) / Math.max(1, links.length + truth.size),
    precision: hits / Math.max(1, links.length),
    reviews: pairs.filter((pair) => pair.band === "review" && !decisions.has(pairKey(pair.left, pair.right)))
      .length,
    f1Rest: (2 * restHits) / Math.max(1, rest.length + restTruth),
  };
}
