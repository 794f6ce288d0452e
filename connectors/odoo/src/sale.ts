import { orderCompany } from "./company-totals.ts";
import { dayOf } from "./dates.ts";
import { compare, decimalOf } from "./decimal.ts";
import type { Domain } from "./domain.ts";
import { has, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { flag, keyOf, many, one, refKey, refLabel, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { ownReferenceField } from "./options.ts";
import { accountOf, addressFields, addressOf } from "./partner-address.ts";
import {
  bookedLines,
  currencyOf,
  freightOf,
  lineJoin,
  orderLines,
  quantityOf,
  quoteLines,
  untaxedLines,
} from "./sale-line.ts";
import {
  approval,
  approvalAt,
  approvalBy,
  isConverted,
  isOrdered,
  orderedStates,
  rejectionReasons,
} from "./sale-fate.ts";
import { made, outside, plain, present } from "./shape.ts";
import type { Root, Setting, Shape } from "./shape.ts";
import type { Join } from "./tree.ts";

const model = "sale.order";

/** Roots that an order which stands takes, beside its lines. */
export const changedRoots: readonly string[] = ["client_order_ref", "origin", "commitment_date"];

const day = (field: string): Root =>
  made((row, { options }) => dayOf(text(row, field), options.timeZone), { field, isWritten: true });

const amount = (field: string): Root =>
  made((row, { facts }) => decimalOf(row, field, currencyOf(row, facts).digits), { field });

/** The account behind another partner of the order; null where it is the order's own. */
function otherAccount(row: Row, field: string): Json {
  const account = accountOf(one(row, field));
  return account === accountOf(one(row, "partner_id")) ? null : account;
}

const shared: { readonly [root: string]: Root } = {
  id: made((row) => keyOf(row)),
  name: plain("name"),
  client_order_ref: plain("client_order_ref", true),
  origin: plain("origin", true),
  reference: made((row, { options }) => text(row, options.orderReference)),
  state: plain("state"),
  date: day("date_order"),
  validity_date: plain("validity_date", true),
  commitment_date: day("commitment_date"),
  partner: made((row) => accountOf(one(row, "partner_id")), { field: "partner_id", isWritten: true }),
  invoice_partner: made((row) => otherAccount(row, "partner_invoice_id"), {
    field: "partner_invoice_id",
    isWritten: true,
  }),
  shipping_partner: made((row) => otherAccount(row, "partner_shipping_id"), {
    field: "partner_shipping_id",
    isWritten: true,
  }),
  shipping_address: made(
    (row, { facts }) => {
      const partner = one(row, "partner_shipping_id");
      return partner === null ? null : addressOf(partner, facts);
    },
    { field: "partner_shipping_id", isWritten: true },
  ),
  payment_term: made((row) => refLabel(row, "payment_term_id"), {
    field: "payment_term_id",
    isWritten: true,
  }),
  price_list: made((row) => refKey(row, "pricelist_id"), { field: "pricelist_id", isWritten: true }),
  warehouse: made((row, { facts }) => facts.warehouses[refKey(row, "warehouse_id") ?? ""]?.code ?? null, {
    field: "warehouse_id",
    isWritten: true,
  }),
  company: made((row) => refLabel(row, "company_id"), { isWritten: true }),
  currency: made((row, { facts }) => currencyOf(row, facts).code, { isWritten: true }),
  owner: made((row, { facts }) => facts.logins[refKey(row, "user_id") ?? ""] ?? null, { field: "user_id" }),
  freight: made(freightOf, { isWritten: true }),
  amount_untaxed: amount("amount_untaxed"),
  amount_tax: amount("amount_tax"),
  amount_total: amount("amount_total"),
};

/** Why Odoo warns of this customer's credit; it warns on a quote, and confirms all the same. */
const creditReason = (row: Row): string | null =>
  text(row, "partner_credit_warning") === null
    ? null
    : "the customer's credit limit is exceeded; Odoo only warns";

/** What stands in the way of giving out the quote, or should be looked at before; null when nothing does. */
function validation(row: Row, setting: Setting): string | null {
  if (isOrdered(row) || text(row, "state") === "cancel") return null;
  if (bookedLines(row).length === 0) return text(row, "state") === "draft" ? "missing: a line" : null;
  const untaxed = untaxedLines(row, setting);
  return untaxed === 0 ? null : `no tax on ${untaxed} of its lines: a fiscal position takes it away`;
}

const quoteRoots: { readonly [root: string]: Root } = {
  ...shared,
  quote_state: made((row) => (isConverted(row) ? "ordered" : (text(row, "state") ?? "")), { field: "state" }),
  lines: made(quoteLines, { isWritten: true }),
  /** Write only, on a create: Odoo has no discount of a whole quote, so it goes into those of the lines. */
  discount_percent: made(() => null, { isWritten: true }),
  approval: made(approval),
  /** Of a rejected quote the reason comes from `complete`. */
  approval_reason: made(creditReason),
  approval_by: made(approvalBy),
  approval_at: made(approvalAt),
  validation: made(validation),
};

const isGoods = (line: Row): boolean => text(one(line, "product_id"), "type") !== "service";

/** State of an order, by what its lines were delivered and invoiced: Odoo's own words can mislead. */
function orderState(row: Row, { facts }: Setting): string {
  if (text(row, "state") === "cancel") return "cancelled";
  if (!isOrdered(row)) return "draft";
  const goods = bookedLines(row).filter((line) => isGoods(line));
  const quantity = (line: Row, field: string): string =>
    decimalOf(line, field, placesOf(facts, "sale.order.line", "product_uom_qty")) ?? "0";
  const isWhole = (line: Row): boolean =>
    compare(quantity(line, "qty_delivered"), quantityOf(line, facts) ?? "0") >= 0;
  const isDelivered = goods.every(isWhole);
  const isInvoiced = ["invoiced", "upselling"].includes(text(row, "invoice_status") ?? "");
  if (isDelivered && isInvoiced) return isPaid(row) ? "closed" : "invoiced";
  if (goods.length > 0 && isDelivered) return "delivered";
  return goods.some((line) => compare(quantity(line, "qty_delivered"), "0") > 0) ? "part_delivered" : "open";
}

function isPaid(row: Row): boolean {
  const posted = many(row, "invoice_ids").filter((invoice) => text(invoice, "state") === "posted");
  const settled = ["paid", "in_payment", "reversed"];
  return (
    posted.length > 0 && posted.every((invoice) => settled.includes(text(invoice, "payment_state") ?? ""))
  );
}

/** Of an order the head stays but for what a person may have changed. */
const standing = Object.fromEntries(
  Object.entries(shared).map(([root, each]) => [
    root,
    { ...each, isWritten: each.isWritten && changedRoots.includes(root) },
  ]),
);

const orderRoots: { readonly [root: string]: Root } = {
  ...standing,
  order_state: made(orderState, { field: "state" }),
  locked: made((row) => flag(row, "locked"), { field: "locked" }),
  invoice_status: plain("invoice_status"),
  ...orderCompany,
  delivery_status: plain("delivery_status"),
  lines: made(orderLines, { isWritten: true }),
  /** Odoo has no discount on the whole of an order: what it calls so is a line, or the discounts of all. */
  discount_percent: made(() => null),
};

const fields = (facts: Facts): readonly string[] => [
  ...[
    "name",
    "state",
    "locked",
    "client_order_ref",
    "origin",
    "date_order",
    "validity_date",
    "commitment_date",
  ],
  ...["partner_id", "partner_invoice_id", "partner_shipping_id", "payment_term_id", "pricelist_id"],
  ...["warehouse_id", "company_id", "currency_id", "user_id", "order_line", "invoice_ids", "invoice_status"],
  ...["amount_untaxed", "amount_tax", "amount_total", "currency_rate"],
  ...["delivery_status", "picking_ids", "partner_credit_warning", ownReferenceField].filter((name) =>
    has(facts, model, name),
  ),
];

const partnerJoin = (field: string): Join => ({
  field,
  model: "res.partner",
  fields: ["name", "is_company", "parent_id", "commercial_partner_id", "type", ...addressFields],
});

const joins = (facts: Facts): readonly Join[] => [
  lineJoin(facts),
  ...["partner_id", "partner_invoice_id", "partner_shipping_id"].map(partnerJoin),
  {
    field: "invoice_ids",
    model: "account.move",
    fields: ["state", "payment_state", "write_date", "write_uid"],
  },
];

const company = ({ facts }: Setting): Domain => [["company_id", "=", facts.company]];

/**
 * Orders of customers that others were merged into: the merge moves them without a stamp, and is seen only by
 * what is written in the survivor's messages.
 */
async function mergedCustomers(odoo: Odoo, since: string): Promise<readonly Domain[]> {
  const domain: Domain = [
    ["model", "=", "res.partner"],
    ["date", ">=", since],
    ["body", "ilike", "(ID "],
  ];
  const found = await odoo.search({ model: "mail.message", domain, fields: ["res_id"] });
  const partners = [...new Set(found.map((row) => row["res_id"] ?? null))];
  if (partners.length === 0) return [];
  return ["partner_id", "partner_invoice_id", "partner_shipping_id"].map((field) => [
    [field, "in", partners],
  ]);
}

/** A line's text does not move its order, nor does a payment. */
const changes = (since: string): readonly Domain[] => [
  [["order_line.write_date", ">=", since]],
  [["order_line.invoice_lines.move_id.write_date", ">=", since]],
];

const documents = {
  model,
  fields,
  joins,
  company,
  changesElsewhere: mergedCustomers,
  parts: (row: Row): readonly Row[] => [row, ...many(row, "order_line"), ...many(row, "invoice_ids")],
};

/** Quotes: orders in every state; an order stays visible as the quote it was. */
export const quotes: Shape = {
  ...documents,
  roots: quoteRoots,
  scope: company,
  changes: (since) => [[["order_line.write_date", ">=", since]]],
  parts: (row) => [row, ...many(row, "order_line")],
  place: () => present,
  complete: async (odoo, rows, asked) =>
    asked.has("approval_reason") ? rejectionReasons(odoo, rows) : new Map(),
};

/** Orders: what was confirmed, under the same id as the quote. */
export const orders: Shape = {
  ...documents,
  roots: orderRoots,
  scope: (setting) => [
    ...company(setting),
    "|",
    ["state", "in", [...orderedStates]],
    "&",
    ["state", "=", "cancel"],
    ...(has(setting.facts, model, "picking_ids")
      ? ["|", ["picking_ids", "!=", false], ["order_line.invoice_lines", "!=", false]]
      : [["order_line.invoice_lines", "!=", false]]),
  ],
  changes,
  place: (row) => (isConverted(row) ? present : outside),
};
