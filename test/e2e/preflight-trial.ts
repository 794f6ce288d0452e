/**
 * Preflights of random quotes, held against what the ERP itself does with each of them afterwards: whether
 * it becomes an order, at which prices and totals, and whether its goods are there.
 */
import type { Engine } from "crossfoot/testing";
import { disagreementsOf, reasonOf } from "./preflight-judge.ts";
import type { Preflight, Then } from "./preflight-facts.ts";
import type { Disagreement, Reason } from "./preflight-judge.ts";

/** A quote that was drawn, as both systems have it before it is asked about. */
export interface DrawnQuote {
  /** Its id in the CRM, where it is accepted. */
  readonly id: string;
  /** What is odd about it, in the words of the one who drew it. */
  readonly marks: readonly string[];
}

/** Two systems in agreement, and somebody who draws quotes and looks at what became of them. */
export interface QuoteGround {
  readonly engine: Engine;
  readonly draw: (nth: number) => Promise<DrawnQuote>;
  /** After the conversion. `code` is what the conversion was refused with. */
  readonly look: (drawn: DrawnQuote, code: string | null) => Promise<Then>;
  readonly close: () => Promise<void>;
  /** So long a quote is asked for that does not become an order, ms; four seconds without. */
  readonly orderMs?: number;
  /** So long one is asked for against which nothing spoke, ms; `orderMs` without. */
  readonly patienceMs?: number;
}

/** One quote, asked about and converted. */
export interface Tried {
  readonly quote: DrawnQuote;
  readonly preflight: Preflight;
  readonly outcome: Then;
  /** How the conversion ended: `ordered`, `pending`, or the code of its refusal. */
  readonly ending: string;
  readonly disagreements: readonly (Disagreement & { readonly reason: Reason | null })[];
}

/** Longer than any answer takes. */
const answerMs = 60_000;
const orderMsUsual = 4_000;

/** Asks and converts one quote after the other; `hear` hears after each. */
export async function tryQuotes(
  ground: QuoteGround,
  count: number,
  hear: (sofar: readonly Tried[]) => void = () => undefined,
): Promise<readonly Tried[]> {
  const all: Tried[] = [];
  for (let nth = 1; nth <= count; nth += 1) {
    all.push(await tryQuote(ground, nth));
    hear(all);
  }
  return all;
}

async function tryQuote(
  { engine, draw, look, orderMs = orderMsUsual, patienceMs = orderMs }: QuoteGround,
  nth: number,
): Promise<Tried> {
  const quote = await draw(nth);
  const name = `crm:${quote.id}`;
  const told = await engine.moment.preflight({ quote: name, budgetMs: answerMs });
  if (told.kind !== "now")
    throw new Error(`quote ${nth} (${quote.marks.join(", ")}): ${JSON.stringify(told)}`);
  const budgetMs = told.answer.verdict === "blocked" ? orderMs : patienceMs;
  const ended = await engine.moment.quoteToOrder({ quote: name, by: "test", budgetMs });
  const failure = ended.kind === "refused" ? ended.refusal.failure : null;
  const outcome = await look(quote, failure?.code ?? null);
  const preflight = told.answer;
  const today = new Date().toISOString().slice(0, 10);
  return {
    ...{ quote, preflight, outcome },
    ending: ended.kind === "refused" ? `${ended.refusal.code} ${failure?.code ?? ""}`.trim() : ended.kind,
    disagreements: disagreementsOf(preflight, outcome).map((each) => ({
      ...each,
      reason: reasonOf(each, { preflight, outcome, today }),
    })),
  };
}

/** What came of a trial, as a table and what stands out. */
export function trialText(all: readonly Tried[]): string {
  const counts = new Map<string, number>();
  const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { preflight, outcome, ending, disagreements } of all) {
    const made = outcome.isStuck === true ? "ordered, and stuck there" : "ordered";
    const became = outcome.orders === 1 ? made : `not ordered: ${outcome.refusal ?? ending}`;
    count(`${preflight.verdict.padEnd(8)} ${became}`);
    for (const { what, reason } of disagreements) count(`! ${what}: ${reason ?? "UNEXPLAINED"}`);
  }
  const lines = all.flatMap(({ outcome }) => outcome.lines);
  const others = lines.filter(({ isOtherPrice }) => isOtherPrice === true);
  const short = lines.filter(({ isThere }) => isThere === false);
  const rows = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [
    `${all.length} quotes, ${lines.length} lines of orders`,
    `${others.length} lines at another price than the ERP's own, ${short.length} whose goods were not there`,
    ...rows.map(([key, times]) => `${String(times).padStart(5)} ${key}`),
  ].join("\n");
}

const saidOf = ({ verdict, code, quoted, found }: Preflight["findings"][number]): string =>
  `${verdict} ${code} (${quoted ?? "none"}; ${found ?? "none"})`;

/** Each verdict that nobody can explain. */
export function unexplainedOf(all: readonly Tried[]): readonly string[] {
  return all.flatMap(({ quote, disagreements, preflight, outcome, ending }) =>
    disagreements
      .filter(({ reason }) => reason === null)
      .map(({ what, line }) => {
        const findings = [...preflight.findings, ...preflight.lines.flatMap((each) => each.findings)];
        const said = findings.map(saidOf).join(", ");
        const at = line === null ? "" : ` in line ${line + 1}`;
        const marked = `${quote.id} (${quote.marks.join(", ")})`;
        return `${marked}: ${what}${at}; said ${said}; then ${ending} ${outcome.refusal ?? ""}`;
      }),
  );
}

/** What is wrong with a trial: each verdict that nobody can explain, and whatever it did not look at. */
export function trialFaults(all: readonly Tried[]): readonly string[] {
  // So few as a test draws need not hold each of them.
  const wanted = all.length < 100 ? (["blocked"] as const) : (["blocked", "differs"] as const);
  const missing = wanted.filter((verdict) => !all.some(({ preflight }) => preflight.verdict === verdict));
  const ends = [true, false].filter(
    (isOrdered) => !all.some(({ outcome }) => (outcome.orders === 1) === isOrdered),
  );
  return [
    ...unexplainedOf(all),
    ...missing.map((verdict) => `no quote was ${verdict}`),
    ...ends.map((isOrdered) => `no quote was ${isOrdered ? "" : "not "}ordered`),
    ...all
      .filter(({ outcome }) => outcome.orders > 1)
      .map(({ quote }) => `${quote.id} became several orders`),
  ];
}
