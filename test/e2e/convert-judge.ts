/** What a course of conversions came to, judged by what the CRM and the ERP hold. */
import { textOf } from "./convert-ground.ts";
import type { ConvertGround } from "./convert-ground.ts";

/** What was asked and told. */
export interface Course {
  readonly quotes: number;
  readonly kills: number;
  /** How many programs served the API. */
  readonly programs: number;
  /** Calls that did not simply pass, by their fate. */
  readonly fates: { readonly [fate: string]: number };
  /**
   * How often the API answered what: `200`, `202`, `409 still_running`. `cut`: the program was killed over
   * the request; `away`: it was not there; `late`: it did not answer.
   */
  readonly answers: { readonly [what: string]: number };
  /** By quote, what each caller was told in the end: an order's id in the ERP, or null for none. */
  readonly told: ReadonlyMap<string, readonly (string | null)[]>;
  /** Time from the first click to the order, ms, from the shortest to the longest. */
  readonly orderMs: readonly number[];
}

/** A course and what is wrong with it. */
export interface Converted extends Course {
  /** Orders of the ERP that Crossfoot made, and entries of the journal. */
  readonly orders: number;
  readonly entries: number;
  readonly faults: readonly string[];
}

/** What `crossfoot verify` says. */
interface Proof {
  readonly entries: number;
  readonly broken: readonly unknown[];
}

/** Judges a course. */
export async function judgeCourse(
  { crm, sales }: Pick<ConvertGround, "crm" | "sales">,
  course: Course,
  proof: Proof,
): Promise<Converted> {
  const made = await sales();
  const orders = made.filter(({ isOrder }) => isOrder);
  const numberOf = new Map(orders.map(({ id, number }) => [id, number]));
  const mirrors = Map.groupBy(Object.values(crm.state.records["orders"] ?? {}), (one) =>
    textOf(one["quoteId"]),
  );
  const faults: string[] = [];
  const owners = new Map<string, string>();
  for (const [quote, told] of course.told) {
    const [first = null] = told;
    if (told.some((one) => one === null)) faults.push(`quote ${quote}: a caller was never told an order`);
    if (new Set(told).size > 1) faults.push(`quote ${quote}: callers were told ${told.join(", ")}`);
    if (first === null) continue;
    const number = numberOf.get(first);
    if (number === undefined) faults.push(`quote ${quote}: the ERP has no order ${first}`);
    const other = owners.get(first);
    if (other !== undefined) faults.push(`quotes ${other} and ${quote} share order ${first}`);
    owners.set(first, quote);
    const shown = (mirrors.get(quote) ?? []).map((one) => textOf(one["number"]));
    if (shown.length !== 1 || shown[0] !== number)
      faults.push(`quote ${quote}: the CRM shows orders ${shown.join(", ")} in place of ${number ?? "none"}`);
  }
  for (const { id, isOrder } of made)
    if (!isOrder || !owners.has(id))
      faults.push(`sale ${id} of the ERP belongs to no quote that was asked for`);
  if (course.told.size !== course.quotes)
    faults.push(`${course.told.size} of ${course.quotes} quotes were asked for`);
  if (orders.length !== course.quotes) faults.push(`${orders.length} orders of ${course.quotes} quotes`);
  if (course.kills > 0 && !((course.answers["cut"] ?? 0) > 0))
    faults.push(`none of ${course.kills} kills hit a conversion`);
  if (proof.entries === 0 || proof.broken.length > 0)
    faults.push(`the journal of ${proof.entries} entries is broken in ${proof.broken.length} places`);
  return { ...course, orders: orders.length, entries: proof.entries, faults };
}

/** A course in words. */
export function conversionText(done: Converted): string {
  const { quotes, kills, programs, fates, answers, told, orderMs, orders, entries } = done;
  const at = (share: number): string => `${Math.round(orderMs[Math.floor(orderMs.length * share)] ?? 0)} ms`;
  const callers = [...told.values()].reduce((sum, each) => sum + each.length, 0);
  return [
    `${quotes} quotes asked for by ${callers} callers of ${programs} programs, ${kills} kills`,
    `calls of the systems: ${JSON.stringify(fates)}`,
    `answers of the API: ${JSON.stringify(answers)}`,
    `from click to order p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${at(0.999_999)}`,
    `${orders} orders; journal of ${entries} entries`,
  ].join("\n");
}
