import { z } from "zod";
import { orderers, orderMs, pending, question, refusals } from "./moment-terms.ts";
import type { ProblemCode } from "./problem.ts";
import type { Route } from "./route.ts";
import {
  counted,
  currency,
  day,
  decimal,
  exactly,
  failure,
  line,
  recordName,
  recordParams,
  said,
  saidOrNull,
} from "./schema.ts";

/** What is asked for of a product. */
interface AskedProduct {
  readonly product: string;
  readonly quantity: string;
  readonly unit: string | null;
}

/** Body of `POST /prices`. */
export interface PricesBody {
  readonly account: string;
  readonly pricebook: string | null;
  readonly currency: string | null;
  readonly date: string | null;
  readonly lines: readonly AskedProduct[];
}

/** Body of `POST /availability`. */
export interface AvailabilityBody {
  readonly rows: readonly {
    readonly product: string;
    readonly quantity: string | null;
    readonly unit: string | null;
  }[];
  readonly warehouses: readonly string[] | null;
  readonly date: string | null;
}

/** Body of `POST /credit-checks`. */
export interface CreditBody {
  readonly account: string;
  readonly order: { readonly amount: string; readonly currency: string } | null;
}

/** Body of `POST /quotes/{id}/order`. */
export interface OrderBody {
  readonly accepted: readonly { readonly line: string; readonly quantity: string }[];
  readonly rest: "keep" | "close";
  readonly olderRevision: boolean;
}

/** Body of `POST /preflight`. */
export interface PreflightBody {
  readonly quote: string;
  readonly accepted: OrderBody["accepted"];
}

const unit = line(40, "A unit of ours; null is the product's own").nullable().default(null);
const date = day.nullable().default(null).describe("`YYYY-MM-DD`; null is the ERP's today");

const pricesBody: z.ZodType<PricesBody> = exactly({
  account: recordName,
  pricebook: recordName.nullable().default(null).describe("The price list; null is the customer's"),
  currency: currency.nullable().default(null),
  date,
  lines: z
    .array(exactly({ product: recordName, quantity: decimal, unit }))
    .min(1)
    .max(500),
});
const availabilityBody: z.ZodType<AvailabilityBody> = exactly({
  rows: z
    .array(
      exactly({
        product: recordName,
        quantity: decimal.nullable().default(null).describe("Null asks for the levels alone"),
        unit,
      }),
    )
    .min(1)
    .max(500),
  warehouses: z
    .array(line(100, "Code of a warehouse"))
    .min(1)
    .max(100)
    .nullable()
    .default(null)
    .describe("Null is all that the connection reads"),
  date,
});
const creditBody: z.ZodType<CreditBody> = exactly({
  account: recordName,
  order: exactly({ amount: decimal, currency })
    .nullable()
    .default(null)
    .describe("An order that may come on top"),
});
/** Lines of one quote: one screen. */
const acceptedMax = 500;
const accepted = z
  .array(
    exactly({
      line: line(200, "A line under its `key` as a preflight tells it, or the id of its row in the CRM"),
      quantity: decimal.describe("How much of it the customer accepts, in the line's own unit"),
    }),
  )
  .max(acceptedMax)
  .default([])
  .describe("The part that the customer accepts; empty where it is all");
const preflightBody: z.ZodType<PreflightBody> = exactly({ quote: recordName, accepted });

/** An answer with how fresh it is. */
const fresh = (answer: z.ZodType): z.ZodType =>
  exactly({
    freshness: exactly({
      kind: z.enum(["now", "stale"]),
      ageSeconds: counted("0 for an answer of now"),
      reason: saidOrNull("Why it is an older answer"),
    }),
    answer,
  });

const refusedRow = exactly({ ok: z.literal(false), failure });
const totals = exactly({ net: z.string(), tax: z.string(), gross: z.string() }).nullable();
const prices = exactly({
  currency: z.string(),
  pricebook: z.string().nullable(),
  rows: z.array(
    z.union([
      exactly({
        ok: z.literal(true),
        product: z.string(),
        quantity: z.string(),
        unit: z.string(),
        unitPrice: z.string(),
        discountPercent: z.string(),
        net: z.string(),
        taxes: z.array(exactly({ name: z.string(), percent: z.string().nullable() })),
        rule: exactly({
          kind: z.enum(["rule", "pricebook", "list_price", "unknown"]),
          id: z.string().nullable(),
          minQuantity: z.string().nullable(),
        }),
      }),
      refusedRow,
    ]),
  ),
  totals,
});
const planned = saidOrNull("First day on which the ERP itself would plan to send it: its lead time");
const stock = exactly({
  rows: z.array(
    z.union([
      exactly({
        ok: z.literal(true),
        product: z.string(),
        isStocked: z.boolean(),
        unit: z.string(),
        wanted: z.string().nullable(),
        places: z.array(
          exactly({
            warehouse: z.string(),
            onHand: z.string(),
            reserved: z.string(),
            incoming: z.string(),
            available: z.string(),
            availableAt: z.string(),
            promisedFrom: z.string().nullable(),
          }),
        ),
        plannedFrom: planned.optional(),
      }),
      refusedRow,
    ]),
  ),
});
const credit = exactly({
  currency: z.string(),
  limit: z.string().nullable().optional().describe("Null without a limit; missing where the role hides it"),
  openOrders: z.string(),
  notHeld: z.string(),
  openInvoices: z.string(),
  overdue: z.string(),
  exposure: z.string(),
  free: z.string().nullable().optional().describe("Missing where the role hides the limit"),
  verdict: z.enum(["no_limit", "within", "over"]),
  isRefused: z.boolean(),
  isHeld: z.boolean().describe("No order of this customer is taken, whatever the amounts"),
});
const share = z.enum(["none", "part", "full"]);
const orderStatus = exactly({
  ok: z.literal(true),
  order: z.string(),
  number: z.string().nullable(),
  state: z.string(),
  delivered: share,
  invoiced: share,
  promisedDate: z.string().nullable(),
  lines: z.array(
    exactly({
      id: z.string(),
      product: z.string().nullable(),
      unit: z.string(),
      ordered: z.string(),
      delivered: z.string().nullable(),
      invoiced: z.string(),
      promisedDate: z.string().nullable(),
    }),
  ),
  shipments: z.array(
    exactly({
      id: z.string(),
      number: z.string().nullable(),
      state: z.string(),
      plannedDate: z.string().nullable(),
      doneDate: z.string().nullable(),
      carrier: z.string().nullable(),
      tracking: z.string().nullable(),
    }),
  ),
});
const verdict = z.enum(["blocked", "differs", "warning", "ok"]);
const finding = exactly({
  verdict,
  code: said("Stable code, such as `price_differs`"),
  message: said("What was found"),
  quoted: saidOrNull("What the quote says"),
  found: saidOrNull("What the ERP says"),
  fix: said("What would settle it"),
});
const preflight = exactly({
  verdict,
  findings: z.array(finding),
  lines: z.array(
    exactly({
      key: z.string(),
      place: z.number().int(),
      product: z.string().nullable(),
      verdict,
      findings: z.array(finding),
      promisedFrom: saidOrNull("First day for which the whole line can be promised"),
      plannedFrom: planned,
    }),
  ),
  totals,
  currency: z.string().nullable(),
  credit: credit.nullable(),
});
const ordered = exactly({
  kind: z.literal("ordered"),
  order: exactly({
    names: z.array(z.string()).describe("By connection; the CRM's is missing until it is carried over"),
    number: z.string().nullable(),
  }),
  isMadeNow: z.boolean().describe("Whether this very call made it"),
  rest: saidOrNull("Name of the quote that is left of it in the CRM, where a part was accepted"),
});

const orderBody: z.ZodType<OrderBody> = exactly({
  accepted,
  rest: z
    .enum(["keep", "close"])
    .default("keep")
    .describe("What is left becomes a quote of its own in the CRM, or is given up"),
  olderRevision: z
    .boolean()
    .default(false)
    .describe(
      "It is ordered on purpose, though a newer revision of it is there; not where one is in the ERP",
    ),
});

const staleWords =
  "When the ERP does not answer in time, the answer is an earlier one with its age (`freshness`), or " +
  "`erp_away`.";

/** What the ERP would charge. */
export const pricesRoute: Route<object, object, PricesBody> = {
  ...question,
  id: "askPrices",
  path: "/prices",
  summary: "What the ERP would charge",
  more: `Which rule gave each price is told; a line that cannot be priced fails alone. ${staleWords}`,
  body: pricesBody,
  answers: [{ status: 200, what: "Prices, one row per line", schema: fresh(prices) }],
};

/** What is there, and what can be promised. */
export const availabilityRoute: Route<object, object, AvailabilityBody> = {
  ...question,
  id: "askAvailability",
  path: "/availability",
  summary: "What is on hand, and what can be promised by when",
  more: staleWords,
  body: availabilityBody,
  answers: [{ status: 200, what: "Stock, one row per product", schema: fresh(stock) }],
};

/** How far a customer's credit is used. */
export const creditRoute: Route<object, object, CreditBody> = {
  ...question,
  id: "checkCredit",
  path: "/credit-checks",
  summary: "How far a customer's credit is used, and what the ERP would say to one more order",
  more: staleWords,
  body: creditBody,
  answers: [{ status: 200, what: "Credit and verdict", schema: fresh(credit) }],
};

/** Everything about a quote before it becomes an order. */
export const preflightRoute: Route<object, object, PreflightBody> = {
  ...question,
  id: "preflightQuote",
  path: "/preflight",
  summary: "Everything about a quote before it becomes an order, without any effect",
  more:
    "Prices, stock, promised days, credit, tax and missing master data, with a verdict per line and what " +
    `would settle it. ${staleWords}`,
  body: preflightBody,
  answers: [{ status: 200, what: "Verdicts", schema: fresh(preflight) }],
};

/** How far one order has come. */
export const orderStatusRoute: Route<{ readonly id: string }> = {
  ...question,
  id: "orderStatus",
  method: "get",
  path: "/orders/{id}/status",
  summary: "How far an order has come",
  more: staleWords,
  params: recordParams,
  body: null,
  answers: [{ status: 200, what: "State, lines and shipments", schema: fresh(orderStatus) }],
};

const orderAnswers: Route["answers"] = [
  { status: 200, what: "The order", schema: ordered },
  { status: 202, what: "It is being made; `Location` says where to look", schema: pending },
];
const orderProblems: readonly ProblemCode[] = [
  ...refusals,
  "not_accepted",
  "quote_closed",
  "quote_superseded",
  "quote_bound",
];

/** Makes the order of a quote. */
export const quoteToOrderRoute: Route<{ readonly id: string }, object, OrderBody> = {
  ...question,
  id: "orderQuote",
  path: "/quotes/{id}/order",
  summary: "Make the order of a quote that is accepted in the CRM, or of a part of one",
  more:
    "Where `accepted` names a part, an open quote is split in the CRM first: it keeps what is accepted and " +
    "becomes accepted, what is left becomes a quote of its own (`rest`). " +
    "Asked again, by whomever and at the same time, it answers the same order: there is never a second " +
    "one. It answers once the ERP has the order, which is carried to the CRM behind the answer: `GET` of " +
    "the same address names it there then. Who repeats it under the same Idempotency-Key while it is at " +
    "work waits for it. Past its budget it answers 202, and the order is made all the same.",
  scope: "orders:write",
  roles: orderers,
  params: recordParams,
  body: orderBody,
  answers: orderAnswers,
  problems: orderProblems,
  isKeyed: true,
  budgetMs: orderMs,
};

/** Where a quote stands on its way to its order. */
export const orderOfQuoteRoute: Route<{ readonly id: string }> = {
  ...question,
  id: "orderOfQuote",
  method: "get",
  path: "/quotes/{id}/order",
  summary: "Where a quote stands on its way to its order, without doing anything",
  more: "",
  params: recordParams,
  body: null,
  answers: orderAnswers,
  problems: orderProblems,
};

/** Body of `POST /orders/{id}/cancel`. */
export interface CancelBody {
  readonly reason: string;
}

const cancelled = exactly({
  kind: z.literal("cancelled"),
  order: exactly({ names: z.array(z.string()), number: z.string().nullable() }),
  isDoneNow: z.boolean().describe("Whether this very call did it"),
});
const cancelAnswers: Route["answers"] = [
  { status: 200, what: "The order is cancelled in the ERP", schema: cancelled },
  { status: 202, what: "It is not known yet; ask again, or look at `Location`", schema: pending },
];
const cancelProblems: readonly ProblemCode[] = [...refusals, "order_bound"];

/** Has the ERP cancel an order. */
export const cancelOrderRoute: Route<{ readonly id: string }, object, CancelBody> = {
  ...question,
  id: "cancelOrder",
  path: "/orders/{id}/cancel",
  summary: "Have the ERP cancel an order, where the contract leaves that to the CRM",
  more:
    "Refused as `order_bound` once the contract gives the order's state to the ERP alone, or part of it is " +
    "delivered or invoiced. Asked again, by whomever, it is cancelled once; the reason stands as a note on " +
    "the CRM's order where the CRM takes notes.",
  scope: "orders:write",
  roles: orderers,
  params: recordParams,
  body: exactly({ reason: z.string().trim().min(1).max(500).describe("Told to who looks at the order") }),
  answers: cancelAnswers,
  problems: cancelProblems,
  isKeyed: true,
  budgetMs: orderMs,
};

/** Whether an order would be cancelled. */
export const cancellationRoute: Route<{ readonly id: string }> = {
  ...question,
  id: "cancellationOfOrder",
  method: "get",
  path: "/orders/{id}/cancel",
  summary: "Whether an order would be cancelled if somebody asked now, without doing anything",
  more: "A problem says why not.",
  params: recordParams,
  body: null,
  answers: [
    {
      status: 200,
      what: "It is cancelled, or would be",
      schema: z.union([cancelled, exactly({ kind: z.literal("possible"), state: z.string() })]),
    },
    { status: 202, what: "It is not known yet", schema: pending },
  ],
  problems: cancelProblems,
};
