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
    | "promised before the day that the ERP plans"
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
  /** The quote's discount of the whole is in the order's prices: it is told of the whole, not of a line. */
  | "discount_of_the_whole"
  /** Goods that only come: they can be promised for the day, and are not on hand now. */
  | "goods_come_in_time"
  /** On hand, and planned for shipments of others that have not taken them yet: first come, first served. */
  | "reserved_by_others"
  /** The ERP plans each product so many days after the order, also when it is on hand and could be sent. */
  | "lead_time";

interface Facts {
  readonly preflight: Preflight;
  readonly outcome: Then;
  /** Day of the trial, `YYYY-MM-DD`. */
  readonly today: string;
}

const codes = ({ preflight }: Facts): ReadonlySet<string> =>
  new Set(
    [...preflight.findings, ...preflight.lines.flatMap(({ findings }) => findings)].map(({ code }) => code),
  );

/** Everything on which they part. */
export function disagreementsOf(preflight: Preflight, outcome: Then): readonly Disagreement[] {
  const isBlocked = preflight.verdict === "blocked";
  const isOrdered = outcome.orders > 0 && outcome.isStuck !== true;
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
  for (const [at, { isOtherPrice, isThere, planned }] of outcome.lines.entries()) {
    const said = new Set(preflight.lines[at]?.findings.map(({ code }) => code) ?? []);
    const line = (what: Disagreement["what"], holds: boolean): void =>
      void (holds && found.push({ what, line: at }));
    const isOther = said.has("price_differs") || said.has("discount_differs");
    line("price differs, and the ERP's is the same", isOther && isOtherPrice === false);
    line("price agrees, and the ERP's is another", !isOther && isOtherPrice === true);
    // What is planned for later by its lead time alone may be there all the same.
    const { promisedFrom = null, plannedFrom = null } = preflight.lines[at] ?? {};
    const isByLead = plannedFrom !== null && promisedFrom === plannedFrom;
    const isShort = said.has("stock_short") || (said.has("promised_later") && !isByLead);
    line("stock short, and it is there", isShort && isThere === true);
    line("stock there, and it is short", !isShort && isThere === false);
    const promised = preflight.lines[at]?.promisedFrom ?? null;
    const wanted = planned?.wanted ?? "";
    const isEarly =
      planned !== undefined && promised !== null && promised < planned.on && wanted < planned.on;
    line("promised before the day that the ERP plans", isEarly && !said.has("promised_later"));
  }
  return found;
}

type Totals = NonNullable<Then["totals"]>;
const isSameTotals = (one: Totals, other: Totals): boolean =>
  (["net", "tax", "gross"] as const).every((name) => Number(one[name]) === Number(other[name]));

/** The reason for a disagreement, or null where none of them holds. Each rests on a fact of its own. */
export function reasonOf(disagreement: Disagreement, facts: Facts): Reason | null {
  const { what, line } = disagreement;
  const said = codes(facts);
  const { preflight, outcome, today } = facts;
  if (line === null) {
    const isOther = outcome.lines.some(({ isOtherPrice }) => isOtherPrice === true);
    return what === "other totals than the order's" && isOther && saysOther(said) ? "priced_by_quote" : null;
  }
  const [told, then] = [preflight.lines[line], outcome.lines[line]];
  const promised = told?.promisedFrom ?? null;
  switch (what) {
    case "price agrees, and the ERP's is another":
      if (preflight.findings.some(({ code }) => code === "discount_differs")) return "discount_of_the_whole";
      return said.has("account_missing") ? "customer_not_there" : null;
    case "stock there, and it is short": {
      const isLater = promised !== null && promised > (told?.plannedFrom ?? today);
      const arrives = then?.arrives ?? null;
      const isToCome = promised !== null && arrives !== null && arrives > today && arrives <= promised;
      return isLater || isToCome ? "goods_come_in_time" : null;
    }
    case "stock short, and it is there": {
      const short = told?.findings.find(({ code }) => code === "stock_short");
      const left = Number(short?.found ?? "0") + (then?.othersNeed ?? 0);
      const isTaken = (then?.othersNeed ?? 0) > 0 && (short === undefined || left >= Number(short.quoted));
      return isTaken ? "reserved_by_others" : null;
    }
    case "promised before the day that the ERP plans":
      return then?.planned !== undefined && then.planned.on === then.planned.byLeadTime ? "lead_time" : null;
    default:
      return null;
  }
}

const saysOther = (said: ReadonlySet<string>): boolean =>
  said.has("price_differs") || said.has("discount_differs");
