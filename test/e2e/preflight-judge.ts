/** Where a preflight and the ERP's own doing part, and why; both only from facts. */
import type { Preflight, Then } from "./preflight-facts.ts";

/** One point on which they part. */
export interface Disagreement {
  readonly what:
    | "blocked, and it was ordered"
    | "not blocked, and it was not ordered"
    | "credit blocked, and the ERP took it"
    | "credit not blocked, and the ERP held it"
    | "price differs, and the ERP's is the same"
    | "price agrees, and the ERP's is another"
    | "stock short, and it is there"
    | "stock there, and it is short"
    | "other totals than the order's";
  /** Place of the line from 0; null for the whole. */
  readonly line: number | null;
}

/** Why they part without either being wrong. */
export type Reason =
  /** The customer comes into the ERP with the order: nothing could be asked about it. The preflight warns. */
  | "customer_not_there"
  /** The quote's price stands in the order where it is not the ERP's own. The preflight tells both. */
  | "priced_by_quote"
  /** Goods that only come: they can be promised for the day, and are not on hand now. */
  | "goods_come_in_time";

interface Facts {
  readonly preflight: Preflight;
  readonly outcome: Then;
}

const codes = ({ preflight }: Facts): ReadonlySet<string> =>
  new Set(
    [...preflight.findings, ...preflight.lines.flatMap(({ findings }) => findings)].map(({ code }) => code),
  );

/** Everything on which they part. */
export function disagreementsOf(preflight: Preflight, outcome: Then): readonly Disagreement[] {
  const isBlocked = preflight.verdict === "blocked";
  const isOrdered = outcome.orders > 0;
  const found: Disagreement[] = [];
  const whole = (what: Disagreement["what"], holds: boolean): void =>
    void (holds && found.push({ what, line: null }));
  whole("blocked, and it was ordered", isBlocked && isOrdered);
  whole("not blocked, and it was not ordered", !isBlocked && !isOrdered);
  const isCredit = preflight.findings.some(
    ({ code, verdict }) => verdict === "blocked" && (code === "credit_over" || code === "account_blocked"),
  );
  whole("credit blocked, and the ERP took it", isCredit && isOrdered);
  whole("credit not blocked, and the ERP held it", !isCredit && outcome.isCredit);
  const { totals } = preflight;
  if (totals !== null && outcome.totals !== null)
    whole("other totals than the order's", !isSameTotals(totals, outcome.totals));
  for (const [at, { isOtherPrice, isThere }] of outcome.lines.entries()) {
    const said = new Set(preflight.lines[at]?.findings.map(({ code }) => code) ?? []);
    const line = (what: Disagreement["what"], holds: boolean): void =>
      void (holds && found.push({ what, line: at }));
    const isOther = said.has("price_differs") || said.has("discount_differs");
    line("price differs, and the ERP's is the same", isOther && isOtherPrice === false);
    line("price agrees, and the ERP's is another", !isOther && isOtherPrice === true);
    const isShort = said.has("stock_short") || said.has("promised_later");
    line("stock short, and it is there", isShort && isThere === true);
    line("stock there, and it is short", !isShort && isThere === false);
  }
  return found;
}

type Totals = NonNullable<Then["totals"]>;
const isSameTotals = (one: Totals, other: Totals): boolean =>
  (["net", "tax", "gross"] as const).every((name) => Number(one[name]) === Number(other[name]));

/** The reason for a disagreement, or null where none of them holds. */
export function reasonOf({ what, line }: Disagreement, facts: Facts): Reason | null {
  const said = codes(facts);
  if (said.has("account_missing") && !what.startsWith("blocked")) return "customer_not_there";
  const isOther = said.has("price_differs") || said.has("discount_differs");
  if (what === "other totals than the order's" && isOther) return "priced_by_quote";
  const promised = line === null ? null : (facts.preflight.lines[line]?.promisedFrom ?? null);
  if (what === "stock there, and it is short" && promised !== null) return "goods_come_in_time";
  return null;
}
