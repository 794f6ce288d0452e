import { add, compare, ofFloat, subtract, total } from "./decimal.ts";
import { discountOf, grossOf } from "./discount.ts";
import { keyOf, many, one, scalar, text, trytonId } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import { addressOf } from "./party.ts";
import { idOf, made, outside, plain, present } from "./shape.ts";
import type { Placement, Root, Setting, Shape } from "./shape.ts";
import { currencyDigits, shareTax, taxFields } from "./tax.ts";
import { partOf, stampFields } from "./version.ts";
import { instantOf } from "./wire.ts";
import { loadFacts } from "./facts.ts";
import type { Rpc } from "./rpc.ts";
import { foldedNote } from "./write-sale-lines.ts";

const lineFields: readonly string[] = [
  "lines.type",
  "lines.product",
  "lines.product.code",
  "lines.product.type",
  "lines.quantity",
  "lines.unit.symbol",
  "lines.unit.digits",
  "lines.unit_price",
  "lines.amount",
  "lines.note",
];

/** A quantity of a row with its unit, as decimal text. */
export function quantityOf(row: Row, field = "quantity", unit = "unit"): string | null {
  const value = row[field];
  const digits = one(row, unit)?.["digits"];
  return typeof value === "number" ? ofFloat(value, typeof digits === "number" ? digits : 12) : null;
}

function isFreight(line: Row, { options }: Setting): boolean {
  if (text(line, "shipment_cost") !== null) return true;
  return options.freightProduct !== null && text(one(line, "product"), "code") === options.freightProduct;
}

const goods = (sale: Row, setting: Setting): readonly Row[] =>
  many(sale, "lines").filter((line) => line["type"] === "line" && !isFreight(line, setting));

/**
 * Freight: the lines of the freight product and those that a carrier added, as one amount; null without any.
 */
function freight(sale: Row, setting: Setting): Json {
  const lines = many(sale, "lines").filter((line) => line["type"] === "line" && isFreight(line, setting));
  const [first] = lines;
  if (first === undefined) return null;
  const amount = total(lines.map((line) => text(line, "amount") ?? "0"));
  return {
    id: lines.length === 1 ? idOf(first["id"]) : null,
    amount,
    currency: text(one(sale, "currency"), "code"),
  };
}

/** Fields that only some modules add to a line; asked for where they are there. */
const optionalFields = ({ facts }: Setting): readonly string[] => [
  ...(facts.hasDiscounts ? ["lines.base_price", "lines.discount_rate"] : []),
  ...(facts.hasFreightLines ? ["lines.shipment_cost"] : []),
];

function quoteLines(sale: Row, setting: Setting): Json {
  return goods(sale, setting).map((line) => ({
    id: idOf(line["id"]),
    product: idOf(line["product"]),
    quantity: quantityOf(line),
    unit: text(one(line, "unit"), "symbol"),
    unit_price: grossOf(line),
    discount_percent: discountOf(line),
    note: text(line, "note"),
  }));
}

/** Lines of an order: net prices, and the tax of each line as its share of the order's tax. */
function orderLines(sale: Row, setting: Setting): Json {
  const taxed = many(sale, "lines").filter((line) => line["type"] === "line");
  const shares = shareTax(taxed, text(sale, "tax_amount"), currencyDigits(sale));
  return goods(sale, setting).map((line) => ({
    id: idOf(line["id"]),
    product: idOf(line["product"]),
    quantity: quantityOf(line),
    unit: text(one(line, "unit"), "symbol"),
    unit_price: text(line, "unit_price"),
    amount: text(line, "amount"),
    tax: shares.get(keyOf(line)) ?? null,
    note: text(line, "note"),
  }));
}

const reference = (field: string, isWritten: boolean): Root =>
  made([field], (row) => idOf(row[field]), { field, isWritten });

const shared: { readonly [root: string]: Root } = {
  id: made([], (row) => idOf(row["id"])),
  number: plain("number"),
  reference: plain("reference", true),
  description: plain("description", true),
  comment: plain("comment", true),
  state: plain("state"),
  sale_date: plain("sale_date", true),
  shipping_date: plain("shipping_date", true),
  party: reference("party", true),
  invoice_party: reference("invoice_party", true),
  shipment_party: reference("shipment_party", true),
  shipment_address: made(
    ["name", "street", "postal_code", "city", "country.code", "subdivision.name"].map(
      (field) => `shipment_address.${field}`,
    ),
    (row) => {
      const address = one(row, "shipment_address");
      return address === null ? null : addressOf(address);
    },
    { field: "shipment_address", isWritten: true },
  ),
  payment_term: made(["payment_term.name"], (row) => text(one(row, "payment_term"), "name"), {
    field: "payment_term",
    isWritten: true,
  }),
  price_list: reference("price_list", true),
  warehouse: made(["warehouse.code"], (row) => text(one(row, "warehouse"), "code"), {
    field: "warehouse",
    isWritten: true,
  }),
  company: made(["company.party.name"], (row) => text(one(one(row, "company"), "party"), "name"), {
    isWritten: true,
  }),
  currency: made(["currency.code"], (row) => text(one(row, "currency"), "code"), {
    field: "currency",
    isWritten: true,
  }),
  freight: made([...lineFields], freight, { isWritten: true }),
  untaxed_amount: plain("untaxed_amount"),
  tax_amount: plain("tax_amount"),
  total_amount: plain("total_amount"),
};

const ordered: readonly Json[] = ["confirmed", "processing", "done"];

/** State of a sale seen as a quote: an order is a quote that was accepted. */
const quoteState = (row: Row): string =>
  ordered.includes(row["state"] ?? null) ? "ordered" : scalar(row["state"]);

const creditFields = ["party", "invoice_party"].flatMap((party) => [
  `${party}.credit_limit_amount`,
  `${party}.credit_amount`,
]);

/** Why `confirm` would be refused for want of credit, in plain words; null when it would not. */
function creditReason(row: Row, { facts }: Setting): string | null {
  const payer = one(row, "invoice_party") ?? one(row, "party");
  const limit = text(payer, "credit_limit_amount");
  const amount = text(row, "untaxed_amount");
  if (row["state"] !== "quotation" || limit === null || amount === null) return null;
  const used = text(payer, "credit_amount") ?? "0";
  const over = subtract(add(used, amount), limit);
  return compare(over, "0") > 0 ? `credit limit exceeded by ${over} ${facts.currency}` : null;
}

/** What is missing before the quote can be given out, in plain words; null when nothing is. */
function validation(row: Row): string | null {
  if (row["state"] !== "draft") return null;
  const hasGoods = many(row, "lines").some((line) =>
    ["goods", "assets"].includes(text(one(line, "product"), "type") ?? ""),
  );
  const missing = [
    ...(row["invoice_address"] === null ? ["an invoice address"] : []),
    ...(row["shipment_address"] === null ? ["a shipment address"] : []),
    ...(hasGoods && one(row, "warehouse") === null ? ["a warehouse"] : []),
    ...(many(row, "lines").length === 0 ? ["a line"] : []),
  ];
  return missing.length === 0 ? null : `missing: ${missing.join(", ")}`;
}

/** Who in the back office has cancelled the quote; null where nobody has, or we did at the CRM's word. */
function rejectedBy(row: Row, { facts, options }: Setting): string | null {
  if (row["state"] !== "cancelled") return null;
  const user = keyOf({ id: row["write_uid"] ?? null });
  const login = facts.logins[user] ?? `user ${user}`;
  return login === options.user ? null : login;
}

/**
 * Why quotes were rejected, by record id: what is written in the comment beside our own remark. Tryton has no
 * field for it.
 */
async function rejectionReasons(rpc: Rpc, rows: readonly Row[]): Promise<ReadonlyMap<string, JsonMap>> {
  const setting = { facts: await loadFacts(rpc), options: rpc.options };
  const ids = rows.filter((row) => rejectedBy(row, setting) !== null).map((row) => trytonId(row["id"]) ?? 0);
  if (ids.length === 0) return new Map();
  const found = await rpc.search({ model: "sale.sale", domain: [["id", "in", ids]], fields: ["comment"] });
  return new Map(
    found.flatMap((row): [string, JsonMap][] => {
      const reason = (text(row, "comment") ?? "").replaceAll(foldedNote, "").trim();
      return reason === "" ? [] : [[keyOf(row), { approval_reason: reason }]];
    }),
  );
}

function approval(row: Row, setting: Setting): string {
  if (quoteState(row) === "ordered") return "approved";
  if (rejectedBy(row, setting) !== null) return "rejected";
  return creditReason(row, setting) === null ? "none" : "pending";
}

const quoteRoots: { readonly [root: string]: Root } = {
  ...shared,
  quote_state: made(["state"], quoteState, { field: "state" }),
  lines: made(lineFields, quoteLines, { isWritten: true }),
  /** Write only, on a create: Tryton has no header discount, so it goes into the prices of the lines. */
  discount_percent: made([], () => null, { isWritten: true }),
  approval: made([...creditFields, "untaxed_amount"], approval),
  /** Of a rejected quote the reason comes from `complete`. */
  approval_reason: made([...creditFields, "untaxed_amount"], creditReason),
  /** Of a rejection alone: who confirmed a sale is an employee, whom not everybody may see. */
  approval_by: made([], rejectedBy),
  approval_at: made([], (row, setting) =>
    rejectedBy(row, setting) === null ? null : instantOf(text(row, "_timestamp") ?? ""),
  ),
  validation: made([...lineFields, "invoice_address", "shipment_address", "warehouse.code"], validation),
};

const isPosted = (invoice: Row): boolean => ["posted", "paid"].includes(text(invoice, "state") ?? "");

const isLive = (paper: Row): boolean => paper["state"] !== "cancelled";

/**
 * True of an order that was amended to nothing: Tryton has no other way to cancel one that is in process, and
 * calls it done.
 */
function isAnnulled(row: Row): boolean {
  const lines = many(row, "lines").filter((line) => line["type"] === "line");
  return (
    ["processing", "done"].includes(text(row, "state") ?? "") &&
    lines.length > 0 &&
    lines.every((line) => line["quantity"] === 0) &&
    !many(row, "shipments").some(isLive) &&
    !many(row, "invoices").some(isLive)
  );
}

/** State of a sale seen as an order, from its own state and those of its shipments and invoices. */
export function orderState(row: Row): string {
  const state = text(row, "state");
  if (state === "cancelled" || isAnnulled(row)) return "cancelled";
  if (state === "done") return "closed";
  if (state === "draft" || state === "quotation") return "draft";
  if (state === "confirmed") return "open";
  const [shipments, invoices] = [many(row, "shipments"), many(row, "invoices").filter(isLive)];
  const isInvoiced = invoices.length > 0 && invoices.every(isPosted);
  const isSent = row["shipment_state"] === "sent";
  const hasNothingToSend = row["shipment_state"] === "none" && shipments.length === 0;
  if (isSent || (hasNothingToSend && isInvoiced)) return isInvoiced ? "invoiced" : "delivered";
  return shipments.some((each) => each["state"] === "done") ? "part_delivered" : "open";
}

/** Roots that an order which stands takes, beside its lines. */
export const changedRoots: readonly string[] = ["reference", "description"];

const standing = Object.fromEntries(
  Object.entries(shared).map(([root, each]) => [
    root,
    { ...each, isWritten: each.isWritten && changedRoots.includes(root) },
  ]),
);

const stateFields = ["state", "shipment_state", "shipments.state", "invoices.state", "lines.quantity"];

const orderRoots: { readonly [root: string]: Root } = {
  ...standing,
  order_state: made(stateFields, orderState, { field: "state" }),
  shipment_state: plain("shipment_state"),
  invoice_state: plain("invoice_state"),
  lines: made([...lineFields, ...taxFields("lines."), "tax_amount", "currency.digits"], orderLines, {
    isWritten: true,
  }),
  /** Tryton has no discount on the whole of a sale. */
  discount_percent: made([], () => null),
};

const always: readonly string[] = [...stampFields(""), ...stampFields("lines."), "state", "lines.type"];

/** A sale that was never confirmed is no order; a cancelled one was if it left a trace. */
function placeOrder(row: Row): Placement {
  if (ordered.includes(row["state"] ?? null)) return present;
  const wasConfirmed =
    trytonId(row["confirmed_by"]) !== undefined ||
    many(row, "lines").some((line) => typeof line["actual_quantity"] === "number");
  return row["state"] === "cancelled" && wasConfirmed ? present : outside;
}

const evidence: Json = [
  "OR",
  ["state", "in", ordered],
  [
    ["state", "=", "cancelled"],
    ["OR", ["confirmed_by", "!=", null], [["lines", "where", [["actual_quantity", "!=", null]]]]],
  ],
];

/** Quotes: sales in every state; an order stays visible as the quote it was. */
export const quotes: Shape = {
  model: "sale.sale",
  roots: quoteRoots,
  fields: (setting) => [...always, ...optionalFields(setting)],
  scope: ({ facts }) => [["company", "=", facts.company]],
  changes: (stamps) => [[["lines", "where", stamps]]],
  place: () => present,
  parts: (row) =>
    [partOf("sale.sale", row), ...many(row, "lines").map((each) => partOf("sale.line", each))].filter(
      (part) => part !== undefined,
    ),
  marks: (native: JsonMap) =>
    native["approval"] === undefined && native["approval_reason"] === undefined
      ? []
      : [`approval=${scalar(native["approval_reason"] ?? native["approval"])}`],
  complete: async (rpc, rows, asked) =>
    asked.has("approval_reason") && rows.some((row) => row["state"] === "cancelled")
      ? rejectionReasons(rpc, rows)
      : new Map(),
};

/** Orders: sales that were confirmed, under the same id as the quote. */
export const orders: Shape = {
  model: "sale.sale",
  roots: orderRoots,
  fields: (setting) => [
    ...always,
    ...optionalFields(setting),
    ...stampFields("shipments."),
    ...stampFields("invoices."),
    "confirmed_by",
    "lines.actual_quantity",
  ],
  scope: ({ facts }) => [["company", "=", facts.company], evidence],
  changes: (stamps) => {
    const parts = [
      "OR",
      stamps,
      [["invoice_lines", "where", [["invoice", "where", stamps]]]],
      [["moves", "where", stamps]],
    ];
    return [[["lines", "where", parts]]];
  },
  place: placeOrder,
  parts: (row) => {
    const found = [
      partOf("sale.sale", row),
      ...many(row, "lines").map((each) => partOf("sale.line", each)),
      ...many(row, "shipments").map((each) => partOf("stock.shipment.out", each)),
      ...many(row, "invoices").map((each) => partOf("account.invoice", each)),
    ];
    return found.filter((part) => part !== undefined);
  },
};
