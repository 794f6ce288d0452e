import { decimals } from "@crossfoot/connector-sdk";
import type { CreditAnswer, OrderRule, PricedRow, RefusedRow, StockedRow } from "@crossfoot/connector-sdk";
import type { FailureRecord, Fields, Line } from "@crossfoot/kernel";
import type { Preflight, PreflightFinding, PreflightVerdict } from "./moment-port.ts";
import { judgeOwnPrice, judgeWarehouse, lessPercent } from "./preflight-order.ts";
import type { Unsendable } from "./preflight-sending.ts";
import { finding, isEmpty, isZero, linesOf, part, text } from "./preflight-words.ts";

/** How a customer stands; `isMeasured` where the order was held against the limit too. */
export interface PreflightCredit extends CreditAnswer {
  readonly isMeasured: boolean;
}

/** What the ERP said of a quote's lines and customer, or why it said nothing. */
export interface PreflightFacts {
  /** Canonical fields of the quote, as the CRM shows it now. */
  readonly quote: Fields;
  /** Fields of the account and of each line's product as the ERP last showed them; null where it has none. */
  readonly account: Fields | null;
  /** Fields of an account that comes into the ERP with the order, as the CRM shows it now; else null. */
  readonly newcomer: Fields | null;
  readonly products: readonly (Fields | null)[];
  /** By line, in their order. */
  readonly prices: readonly (PricedRow | RefusedRow)[];
  readonly stock: readonly (StockedRow | RefusedRow)[];
  readonly totals: Preflight["totals"];
  readonly currency: string | null;
  readonly credit: PreflightCredit | null;
  /** What makes the ERP refuse an order beside what its answers tell. */
  readonly refuses: readonly OrderRule[];
  /** Whether the ERP plans all of an order for one day; not when missing. */
  readonly sendsTogether?: boolean;
  readonly unsendable: Unsendable;
  /** What of another revision of the quote stands in the way; null or missing where nothing does. */
  readonly superseded?: Pick<PreflightFinding, "message" | "fix"> | null;
  /** Why the ERP or its connector would refuse the quote, as its connector foresees it. */
  readonly foreseen: FailureRecord | null;
  /** `YYYY-MM-DD` by our clock. */
  readonly today: string;
}

/** Code of a row that the ERP was not asked for. */
export const notAsked = "not_asked";

type Finding = PreflightFinding;
/** Codes by which an ERP says that it has no price, and nothing else is wrong with the line. */
const noPriceCodes: ReadonlySet<string> = new Set(["no_price", "price_missing"]);
const rank: readonly PreflightVerdict[] = ["blocked", "differs", "warning", "ok"];

/** The worst of some verdicts. */
function worstOf(verdicts: readonly PreflightVerdict[]): PreflightVerdict {
  return rank.find((verdict) => verdicts.includes(verdict)) ?? "ok";
}

/** Compares a quote with what the ERP would make of it. Pure. */
export function judgeQuote(facts: PreflightFacts): Preflight {
  const rows = linesOf(facts.quote);
  const lines = rows.map((line, at) => judgeLine(facts, line, at));
  const findings = [
    ...judgeState(facts),
    ...judgeRevision(facts),
    ...facts.unsendable.header,
    ...judgeWarehouse(facts.quote, demandsOf(facts)),
    ...judgeAccount(facts),
    ...judgeWholeDiscount(facts),
    ...judgeTotals(facts),
    ...judgeCredit(facts),
  ];
  const found = worstOf([...lines, ...findings].map(({ verdict }) => verdict));
  // A refusal that is foreseen needs no telling where a finding says more of it.
  const foreseen = found === "blocked" ? [] : judgeForeseen(facts);
  return {
    verdict: foreseen.length > 0 ? "blocked" : found,
    findings: [...findings, ...foreseen],
    lines,
    totals: facts.totals,
    currency: facts.currency,
    credit: facts.credit === null ? null : answerOf(facts.credit),
  };
}

const judgeForeseen = ({ foreseen }: PreflightFacts): readonly Finding[] =>
  foreseen === null
    ? []
    : [
        finding("blocked", "not_sendable", {
          message: `the ERP would not take it: ${foreseen.message}`,
          fix: "change it on the quote, or have what it names set up in the ERP",
        }),
      ];

function demandsOf({ refuses, stock }: PreflightFacts): Parameters<typeof judgeWarehouse>[1] {
  const counted = stock.filter((row) => row.ok && row.isStocked);
  const places = counted.flatMap((row) => (row.ok ? row.places : []));
  const warehouses = [...new Set(places.map(({ warehouse }) => warehouse))];
  return { refuses, warehouses, hasGoods: counted.length > 0 };
}

const isSame = (a: string, b: string): boolean => decimals.compare(a, b) === 0;

function judgeLine(facts: PreflightFacts, line: Line, at: number): Preflight["lines"][number] {
  const stock = facts.stock[at];
  const planned = planOf(facts, stock);
  const promised = later(promiseOf(stock, text(facts.quote["warehouse"])), planned);
  const findings = [
    ...judgeProduct(facts.products[at] ?? null),
    ...(facts.unsendable.lines[at] ?? []),
    ...judgeOwnPrice(line, facts.refuses),
    ...judgePrice(line, facts.prices[at], facts.products[at] ?? null),
    ...judgeStock(facts, { line, stock, promised, planned }),
  ];
  return {
    key: line.key,
    place: at + 1,
    product: part(line.fields["product"], "link"),
    verdict: worstOf(findings.map(({ verdict }) => verdict)),
    findings,
    promisedFrom: promised,
    plannedFrom: planned,
  };
}

function judgeProduct(product: Fields | null): readonly Finding[] {
  if (product === null)
    return [
      finding("blocked", "product_missing", {
        message: "the ERP has no such product",
        fix: "create it in the ERP, or choose another product on the line",
      }),
    ];
  if (product["active"] === false)
    return [
      finding("blocked", "product_blocked", {
        message: "the ERP does not sell this product any more",
        fix: "choose another product, or make it active in the ERP",
      }),
    ];
  return [];
}

function judgePrice(
  { fields }: Line,
  row: PricedRow | RefusedRow | undefined,
  product: Fields | null,
): readonly Finding[] {
  if (row === undefined || !row.ok) {
    // The customer is not there yet, or the ERP offers no prices: nothing of that refuses an order.
    if (product !== null && row?.failure.code === notAsked)
      return [
        finding("warning", "price_unknown", {
          message: row.failure.message,
          fix: "ask again once the customer is in the ERP, or have the price checked there",
        }),
      ];
    // An order carries the quote's own price: the ERP need not know one.
    if (noPriceCodes.has(row?.failure.code ?? "") && part(fields["unitPrice"], "amount") !== null)
      return [
        finding("warning", "price_unknown", {
          message: "the ERP has no price of its own for it; the order would carry the quote's",
          fix: "have the price checked, or add one to the ERP's price list",
        }),
      ];
    const isUnit = row?.failure.code.includes("unit") === true || row?.failure.code.includes("uom") === true;
    return [
      finding("blocked", isUnit ? "unit_unknown" : "price_unknown", {
        message: row?.failure.message ?? "the ERP told no price",
        fix: isUnit
          ? "choose a unit that the ERP sells the product in"
          : "add a price in the ERP's price list",
      }),
    ];
  }
  const found: Finding[] = [];
  const quoted = part(fields["unitPrice"], "amount");
  // The same money for the customer, however it is split into a price and a discount.
  if (
    quoted !== null &&
    isSame(netOf(quoted, text(fields["discountPercent"])), netOf(row.unitPrice, row.discountPercent))
  )
    return found;
  if (quoted !== null && !isSame(quoted, row.unitPrice))
    found.push(
      finding("differs", "price_differs", {
        message: `the ERP's own price is another one (${ruleWords(row)})`,
        quoted,
        found: row.unitPrice,
        fix: "take the ERP's price over into the quote, or have the difference approved",
      }),
    );
  const discount = text(fields["discountPercent"]) ?? "0";
  if (!isSame(discount, row.discountPercent))
    found.push(
      finding("differs", "discount_differs", {
        message: "the ERP grants another discount on this line",
        quoted: discount,
        found: row.discountPercent,
        fix: "take the ERP's discount over into the quote, or have the difference approved",
      }),
    );
  return found;
}

const netOf = (price: string, discountPercent: string | null): string =>
  decimals.multiply(price, lessPercent(discountPercent));

function ruleWords({ rule }: PricedRow): string {
  const from = rule.minQuantity === null ? "" : ` from ${rule.minQuantity}`;
  const words = {
    rule: `rule ${rule.id ?? ""}${from} of the price list`,
    pricebook: "the price list",
    list_price: "the product's list price",
    unknown: "its rule is not told",
  };
  return words[rule.kind].replaceAll(/\s+/gu, " ").trim();
}

/** First day of all warehouses, or of the one that the quote names where the ERP tells of it. */
function promiseOf(stock: StockedRow | RefusedRow | undefined, named: string | null): string | null {
  if (stock === undefined || !stock.ok) return null;
  const own = stock.places.filter(({ warehouse }) => warehouse === named);
  const days = (own.length > 0 ? own : stock.places).flatMap(({ promisedFrom }) => promisedFrom ?? []);
  return days.toSorted()[0] ?? null;
}

/** First day on which the ERP would plan to send a line of counted goods; null where it does not tell. */
function planOf(
  { stock, sendsTogether = false }: PreflightFacts,
  own: StockedRow | RefusedRow | undefined,
): string | null {
  if (own?.ok !== true || !own.isStocked) return null;
  const rows = sendsTogether ? stock.flatMap((row) => (row.ok && row.isStocked ? [row] : [])) : [own];
  return (
    rows
      .flatMap(({ plannedFrom }) => plannedFrom ?? [])
      .toSorted()
      .at(-1) ?? null
  );
}

/** A promise that is not before a day; none stays none. */
const later = (promised: string | null, planned: string | null): string | null =>
  promised !== null && planned !== null && planned > promised ? planned : promised;

function judgeStock(
  { quote, today }: PreflightFacts,
  at: {
    readonly line: Line;
    readonly stock: StockedRow | RefusedRow | undefined;
    readonly promised: string | null;
    readonly planned: string | null;
  },
): readonly Finding[] {
  const { line, stock, promised, planned } = at;
  if (stock === undefined || !stock.ok)
    return [
      finding("warning", "stock_unknown", {
        message: stock?.failure.message ?? "the ERP told nothing of its stock",
        fix: "ask the warehouse before you promise a day",
      }),
    ];
  if (!stock.isStocked) return [];
  // Where nobody asks for a day, what the ERP plans for all it sends is as good as any.
  const wanted = text(line.fields["requestedDate"]) ?? text(quote["requestedDate"]) ?? planned ?? today;
  const own = stock.places.find(({ warehouse }) => warehouse === text(quote["warehouse"]));
  const places = own === undefined ? stock.places : [own];
  const available = decimals.total(places.map((place) => place.available));
  if (promised === null)
    return [
      finding("warning", "stock_short", {
        message:
          `${own?.warehouse ?? "no warehouse"} can${own === undefined ? "" : "not"} promise ` +
          `${stock.wanted ?? "it"} ${stock.unit} by what is planned, with what the lines before it take`,
        quoted: stock.wanted,
        found: available,
        fix: split(stock) ?? "agree on a part delivery, or have it bought or made",
      }),
    ];
  if (promised <= (wanted < today ? today : wanted)) return [];
  return [
    finding("warning", "promised_later", {
      message:
        promised === planned
          ? "the ERP plans to send it on a later day, by its lead time"
          : "the whole quantity can be promised for a later day only",
      quoted: wanted,
      found: promised,
      fix: (promised === planned ? undefined : split(stock)) ?? `agree on ${promised}, or on a part delivery`,
    }),
  ];
}

/** How the quantity could come out of several warehouses now; undefined where all of them are too short. */
function split({ places, wanted }: StockedRow): string | undefined {
  if (wanted === null) return undefined;
  let left = wanted;
  const parts: string[] = [];
  const full = places.toSorted((a, b) => decimals.compare(b.available, a.available));
  for (const { warehouse, available } of full) {
    if (decimals.compare(left, "0") <= 0 || decimals.compare(available, "0") <= 0) break;
    const taken = decimals.compare(available, left) < 0 ? available : left;
    parts.push(`${taken} from ${warehouse}`);
    left = decimals.subtract(left, taken);
  }
  return decimals.compare(left, "0") <= 0 && parts.length > 1
    ? `deliver it today in parts: ${parts.join(", ")}`
    : undefined;
}

const openStates: ReadonlySet<string> = new Set(["draft", "sent", "accepted"]);

function judgeRevision({ superseded = null }: PreflightFacts): readonly Finding[] {
  if (superseded === null) return [];
  const { message, fix } = superseded;
  return [finding("blocked", "quote_superseded", { message, fix })];
}

function judgeState({ quote, today }: PreflightFacts): readonly Finding[] {
  const status = text(quote["status"]);
  const found: Finding[] = [];
  if (status !== null && !openStates.has(status))
    found.push(
      finding("blocked", "quote_state", {
        message: "no order is made of a quote in this state",
        quoted: status,
        fix: status === "converted" ? "its order is there already" : "copy it into a new quote",
      }),
    );
  const until = text(quote["validUntil"]);
  if (until !== null && until < today)
    found.push(
      finding("warning", "quote_state", {
        message: "the quote is not valid any more",
        quoted: until,
        found: today,
        fix: "extend its validity, or check the prices anew",
      }),
    );
  for (const [field, word] of [
    ["account", "an account"],
    ["currency", "a currency"],
  ] as const)
    if ((quote[field] ?? null) === null)
      found.push(
        finding("blocked", "data_missing", { message: `the quote has not ${word}`, fix: `give it ${word}` }),
      );
  if (linesOf(quote).length === 0)
    found.push(finding("blocked", "data_missing", { message: "the quote has no lines", fix: "add a line" }));
  return found;
}

function judgeAccount(facts: PreflightFacts): readonly Finding[] {
  const { account, quote, credit } = facts;
  if ((quote["account"] ?? null) === null) return [];
  if (account === null)
    return [
      ...judgeNewcomer(facts),
      finding("warning", "account_missing", {
        message: "the ERP does not have the customer yet",
        fix: "nothing: it is created with the order, if its data are whole",
      }),
    ];
  if (credit?.isHeld === true)
    return [
      finding("blocked", "account_blocked", {
        message: "the ERP takes no order of this customer at present",
        fix: "have finance release the customer",
      }),
    ];
  if (account["status"] === "inactive")
    return [
      finding("blocked", "account_blocked", {
        message: "the customer is not active in the ERP",
        fix: "have the customer made active again",
      }),
    ];
  return [];
}

/** Addresses of an account. */
const addressFields = ["billingAddress", "shippingAddress", "otherAddresses"] as const;

function judgeNewcomer({ newcomer, refuses }: PreflightFacts): readonly Finding[] {
  if (newcomer === null || !refuses.includes("address_missing")) return [];
  if (addressFields.some((field) => !isEmpty(newcomer[field]))) return [];
  return [
    finding("blocked", "data_missing", {
      message: "the ERP takes no order of a customer without an address",
      fix: "give the account a billing address",
    }),
  ];
}

/** No ERP is asked for a discount of the whole: what it grants by itself stands on the lines. */
function judgeWholeDiscount({ quote }: PreflightFacts): readonly Finding[] {
  const discount = text(quote["discountPercent"]);
  if (isZero(discount)) return [];
  return [
    finding("differs", "discount_differs", {
      message: "the quote gives a discount on the whole, which the ERP's own prices do not have",
      quoted: discount,
      found: "0",
      fix: "take the discount out of the quote, or have it approved",
    }),
  ];
}

function judgeTotals({ quote, totals, prices }: PreflightFacts): readonly Finding[] {
  // Where lines differ, their own findings say why the totals do.
  if (totals === null || prices.some(({ ok }) => !ok)) return [];
  return (["net", "tax", "gross"] as const).flatMap((name) => {
    const quoted = part(quote[name], "amount");
    if (quoted === null || isSame(quoted, totals[name])) return [];
    const code = name === "tax" ? ("tax_differs" as const) : ("total_differs" as const);
    return [
      finding("warning", code, {
        message: `the ERP's ${name} is another one`,
        quoted,
        found: totals[name],
        fix: "see the lines; what is left is rounding or tax, which the ERP decides",
      }),
    ];
  });
}

const answerOf = ({ isMeasured: _isMeasured, ...answer }: PreflightCredit): CreditAnswer => answer;

function judgeCredit({ credit, account }: PreflightFacts): readonly Finding[] {
  if (credit === null)
    return account === null
      ? []
      : [
          finding("warning", "credit_unknown", {
            message: "the ERP told nothing of the customer's credit",
            fix: "ask finance before you promise",
          }),
        ];
  if (credit.verdict === "within" && !credit.isMeasured)
    return [
      finding("warning", "credit_unknown", {
        message: "the order could not be held against the customer's credit limit",
        fix: "ask finance before you promise",
      }),
    ];
  if (credit.verdict !== "over") return [];
  return [
    finding(credit.isRefused ? "blocked" : "warning", "credit_over", {
      message: "the order would go beyond the customer's credit limit",
      quoted: credit.limit,
      found: credit.exposure,
      fix: "have the limit raised, ask for a payment, or have the order approved",
    }),
  ];
}
