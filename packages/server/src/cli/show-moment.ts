import type {
  Answered,
  AvailabilityAnswer,
  CreditAnswer,
  OrderStatus,
  Preflight,
  PriceAnswer,
} from "../runtime/engine.ts";
import { renderTable } from "./table.ts";
import { safeText, span } from "./text.ts";

/** A line that says how old an answer is; nothing of one of now. */
export function freshness(told: Answered<unknown>): readonly string[] {
  if (told.kind !== "stale") return [];
  return [safeText(`! As the ERP said ${span(told.ageMs)} ago: ${told.why.message} (${told.why.code}).`)];
}

const right = (title: string) => ({ title, align: "right" }) as const;

/** Prices as a table. */
export function showPrices({ rows, totals, currency }: PriceAnswer, room: number): string {
  const columns = [
    { title: "product" },
    right("quantity"),
    { title: "unit" },
    right("price"),
    right("discount %"),
    right("net"),
    { title: "by", least: 12 },
  ];
  const cells = rows.map((row) =>
    row.ok
      ? [
          ...[row.product, row.quantity, row.unit, row.unitPrice, row.discountPercent, row.net],
          [row.rule.kind.replaceAll("_", " "), row.rule.id ?? ""].join(" ").trim(),
        ]
      : ["", "", "", "", "", "", `refused: ${row.failure.message}`],
  );
  const sum =
    totals === null
      ? "No total: a line has no price."
      : `Net ${totals.net}, tax ${totals.tax}, gross ${totals.gross} ${currency}.`;
  return [renderTable(columns, cells, room), sum].join("\n\n");
}

/** Stock as a table, a row per product and warehouse. */
export function showStock({ rows }: AvailabilityAnswer, room: number): string {
  const columns = [
    { title: "product" },
    { title: "warehouse", least: 9 },
    right("on hand"),
    right("reserved"),
    right("incoming"),
    right("available"),
    right("on the day"),
    { title: "unit" },
    { title: "promised from" },
  ];
  const cells = rows.flatMap((row) => {
    if (!row.ok) return [["", `refused: ${row.failure.message}`]];
    if (!row.isStocked) return [[row.product, "not stocked", "", "", "", "", "", row.unit, "any day"]];
    return row.places.map((place) => [
      ...[row.product, place.warehouse, place.onHand, place.reserved, place.incoming],
      ...[
        place.available,
        place.availableAt,
        row.unit,
        promisedFrom(row, place) ?? (row.wanted === null ? "" : "never"),
      ],
    ]);
  });
  return renderTable(columns, cells, room);
}

type Stocked = Extract<AvailabilityAnswer["rows"][number], { readonly ok: true }>;

/** First day for which it can be promised: not before the ERP itself would plan to send it. */
function promisedFrom(
  { plannedFrom = null }: Stocked,
  { promisedFrom: there }: Stocked["places"][number],
): string | null {
  return there !== null && plannedFrom !== null && plannedFrom > there ? plannedFrom : there;
}

/** Credit in sentences. */
export function showCredit(credit: CreditAnswer): string {
  const held = credit.isHeld ? ["The ERP takes no order of this customer, whatever the amount."] : [];
  const { currency, limit, openOrders, notHeld, openInvoices, overdue, exposure, free } = credit;
  const money = (amount: string): string => `${amount} ${currency}`;
  return [
    ...held,
    limit === null ? "No limit is set." : `Limit ${money(limit)}, free ${money(free ?? "0")}.`,
    `Held against it: ${money(exposure)}. Open orders ${money(openOrders)}, not held ${money(notHeld)}.`,
    `Open invoices ${money(openInvoices)}, overdue ${money(overdue)}.`,
    credit.verdict === "over"
      ? `The order would go beyond it${credit.isRefused ? ", and the ERP would refuse it" : ""}.`
      : "The order fits.",
  ].join("\n");
}

/** How far an order has come. */
export function showOrder(order: OrderStatus, room: number): string {
  const columns = [
    { title: "line" },
    { title: "product", least: 8 },
    right("ordered"),
    right("delivered"),
    right("invoiced"),
    { title: "unit" },
    { title: "promised" },
  ];
  const lines = order.lines.map((line) => [
    ...[line.id, line.product ?? "", line.ordered, line.delivered ?? "never", line.invoiced, line.unit],
    line.promisedDate ?? "",
  ]);
  const shipments = order.shipments.map(
    ({ number, id, state, doneDate, plannedDate, carrier, tracking }) =>
      `Shipment ${number ?? id}: ${state}, ${doneDate ?? plannedDate ?? "no day"}` +
      `${carrier === null ? "" : `, ${carrier}`}${tracking === null ? "" : `, ${tracking}`}.`,
  );
  const promised = order.promisedDate === null ? "" : ` The rest is promised for ${order.promisedDate}.`;
  const { number, state, delivered, invoiced } = order;
  const head =
    `Order ${number ?? order.order}: ${state}, delivered ${delivered}, invoiced ${invoiced}.` + promised;
  return [safeText(head), renderTable(columns, lines, room), safeText(shipments.join("\n"))]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Everything about a quote, the worst first. */
export function showPreflight(told: Preflight, room: number): string {
  const rows = [
    ...told.findings.map((finding) => ["quote", finding] as const),
    ...told.lines.flatMap(({ place, findings }) =>
      findings.map((finding) => [`line ${place}`, finding] as const),
    ),
  ].map(([where, { verdict, message, quoted, found, fix }]) => {
    const seen = [quoted === null ? "" : `quoted ${quoted}`, found === null ? "" : `ERP ${found}`];
    return [verdict, where, [message, ...seen.filter((text) => text !== "")].join("; "), fix];
  });
  const columns = [
    { title: "verdict" },
    { title: "where" },
    { title: "what", least: 20 },
    { title: "what settles it", least: 20 },
  ];
  const sum =
    told.totals === null
      ? "The ERP told no total."
      : `The ERP would write net ${told.totals.net}, tax ${told.totals.tax}, gross ${told.totals.gross} ` +
        `${told.currency ?? ""}.`;
  const promised = told.lines.map(({ promisedFrom }) => promisedFrom);
  const days = promised.flatMap((each) => each ?? []);
  const day = days.length < promised.length ? null : (days.toSorted().at(-1) ?? null);
  const all = day === null ? "" : ` All of it can be promised for ${day}.`;
  const verdict = {
    blocked: "Blocked",
    differs: "It differs",
    warning: "Possible, with care",
    ok: "In order",
  };
  const head = `${verdict[told.verdict]}. ${sum}${all}`;
  return rows.length === 0 ? head : [head, renderTable(columns, rows, room)].join("\n\n");
}
