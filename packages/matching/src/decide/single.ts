import type { Candidates } from "../block/candidates.ts";
import type { Compared } from "../weigh/levels.ts";
import type { Weighing } from "../weigh/weighing.ts";
import { Contradictions } from "./contradiction.ts";
import { decided } from "./decisions.ts";
import { isNamed } from "./guard.ts";

/** What a pair is taken for at most that only a person can link: a question. */
const askedLogOdds = -0.04;
/** What colleagues, or companies of one town, are taken for: nobody is asked about each pair of them. */
const strangersLogOdds = -4;
/**
 * Likely pairs with other given names are people with two names and slips up to this share; where there are
 * more, the table holds households or colleagues. The open sets of people hold 12 % of the former.
 */
const otherGivenMax = 0.15;
/**
 * A record that fits two who are surely two is the better one's only from these odds on, natural logarithm.
 */
const betterMin = 3;
/** Partners of one record that are held against each other. */
const partnersMax = 30;

/** What the pairs of one table come to. */
export interface SingleJudged {
  /** Log odds, lowered where a pair is a question. */
  readonly logOdds: Float64Array;
  /** Whether two records are surely two, and no cluster may hold both. */
  readonly areTwo: (left: number, right: number) => boolean;
  /** What makes two records a question however well the rest agrees, in words. */
  readonly reasonsOf: (left: number, right: number) => readonly string[];
}

/**
 * Judges the pairs of one table. What the names do not speak for, what contradicts, and a record that fits
 * two records that contradict each other are questions. Deterministic; never throws.
 */
export function judgeSingle(within: Compared, weighing: Weighing): SingleJudged {
  const { candidates, measures, weights } = weighing;
  const { left, right } = candidates;
  const { entity } = within;
  const contradictions = new Contradictions(within);
  const isOpen = (each: number): boolean => each > 0 && each < decided;
  const pairOf = (pair: number): { readonly left: number; readonly right: number } => ({
    left: left[pair] ?? 0,
    right: right[pair] ?? 0,
  });
  const named = weighing.logOdds.map((each, pair) =>
    isOpen(each) && !isNamed(measures, { weights, entity, pair, isCautious: false }) ? askedLogOdds : each,
  );
  if (haveManyGiven(named, (pair) => contradictions.haveOtherGiven(pairOf(pair))))
    contradictions.expectHouseholds();
  const areTwo = (one: number, other: number): boolean =>
    contradictions.areTwo({ left: Math.min(one, other), right: Math.max(one, other) });
  const spoken = named.map((each, at) => {
    if (!isOpen(weighing.logOdds[at] ?? 0)) return each;
    const pair = pairOf(at);
    if (contradictions.areStrangers(pair)) return strangersLogOdds;
    if (!isOpen(each)) return each;
    return contradictions.in(pair) || contradictions.hasOtherWords(pair) ? askedLogOdds : each;
  });
  const reasonsOf = (one: number, other: number): readonly string[] =>
    contradictions.reasonsOf({ left: one, right: other });
  return { logOdds: withoutTorn(candidates, spoken, areTwo), areTwo, reasonsOf };
}

function haveManyGiven(logOdds: Float64Array, haveOtherGiven: (pair: number) => boolean): boolean {
  let [likely, others] = [0, 0];
  for (const [pair, each] of logOdds.entries()) {
    if (each <= 0) continue;
    likely++;
    if (haveOtherGiven(pair)) others++;
  }
  return others > otherGivenMax * likely;
}

/** Makes questions of the pairs of a record that is torn between two who are surely two. */
function withoutTorn(
  { left, right }: Candidates,
  logOdds: Float64Array,
  areTwo: (left: number, right: number) => boolean,
): Float64Array {
  const partners = new Map<number, { readonly mate: number; readonly pair: number }[]>();
  const note = (record: number, mate: number, pair: number): void => {
    const known = partners.get(record);
    if (known === undefined) partners.set(record, [{ mate, pair }]);
    else if (known.length < partnersMax) known.push({ mate, pair });
  };
  for (const [pair, each] of logOdds.entries()) {
    if (each <= 0) continue;
    note(left[pair] ?? 0, right[pair] ?? 0, pair);
    note(right[pair] ?? 0, left[pair] ?? 0, pair);
  }
  const settled = logOdds.slice();
  const ask = (pair: number): void => {
    if ((logOdds[pair] ?? 0) < decided) settled[pair] = askedLogOdds;
  };
  for (const mates of partners.values())
    for (const [at, one] of mates.entries())
      for (const other of mates.slice(at + 1)) {
        if (!areTwo(one.mate, other.mate)) continue;
        const better = (logOdds[one.pair] ?? 0) - (logOdds[other.pair] ?? 0);
        if (better < betterMin) ask(one.pair);
        if (-better < betterMin) ask(other.pair);
      }
  return settled;
}
