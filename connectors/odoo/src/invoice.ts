import { companyFields, invoiceCompany, rateFields } from "./company-totals.ts";
import { compare, decimalOf, multiply, subtract } from "./decimal.ts";
import type { Domain } from "./domain.ts";
import { has, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { isMap, keyOf, many, mapsOf, one, refId, refIds, refKey, refLabel, scalar, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import { accountOf } from "./partner-address.ts";
import { currencyOf, perPiece } from "./sale-line.ts";
import { made, outside, plain, present } from "./shape.ts";
import type { Placement, Root, Setting, Shape } from "./shape.ts";
import type { Join } from "./tree.ts";

const lineModel = "account.move.line";

const isCredit = (invoice: Row): boolean => text(invoice, "move_type") === "out_refund";

/** A decimal of a credit note is shown negative, as what it takes back. */
const signed = (invoice: Row, value: string | null): string | null =>
  value === null || !isCredit(invoice) ? value : multiply(value, "-1");

const amount = (field: string): Root =>
  made((row, { facts }) => signed(row, decimalOf(row, field, currencyOf(row, facts).digits)), { field });

const goods = (invoice: Row): readonly Row[] =>
  many(invoice, "invoice_line_ids").filter((line) => text(line, "display_type") === "product");

/**
 * Net of a line. Of a posted invoice it is what stands in the journal: version 19 lets a client change the
 * price of a posted line, which then says something else than the journal and the header do.
 */
function netOf(
  invoice: Row,
  line: Row,
  digits: number,
): { readonly net: string | null; readonly isBooked: boolean } {
  const shown = signed(invoice, decimalOf(line, "price_subtotal", digits));
  const booked = decimalOf(line, "amount_currency", digits);
  if (text(invoice, "state") !== "posted" || booked === null) return { net: shown, isBooked: true };
  const net = multiply(booked, "-1");
  const apart = subtract(net, shown ?? "0");
  // Rounding of the whole document moves a line by a few of the smallest coins at most.
  const coin = digits === 0 ? "1" : `0.${"1".padStart(digits, "0")}`;
  const slack = multiply(String(goods(invoice).length + 1), coin);
  const isBooked = compare(apart, slack) <= 0 && compare(apart, multiply(slack, "-1")) >= 0;
  return { net, isBooked };
}

function lines(invoice: Row, { facts }: Setting): Json {
  const { digits } = currencyOf(invoice, facts);
  return goods(invoice).map((line) => {
    const quantity = signed(invoice, decimalOf(line, "quantity", placesOf(facts, lineModel, "quantity")));
    const { net, isBooked } = netOf(invoice, line, digits);
    const holdsTax = refIds(line, "tax_ids").some((id) => facts.includedTaxes.includes(id));
    const [gross, shown] = [
      decimalOf(line, "price_total", digits),
      decimalOf(line, "price_subtotal", digits),
    ];
    const tax = gross === null || shown === null ? null : signed(invoice, subtract(gross, shown));
    return {
      id: keyOf(line),
      product: refKey(line, "product_id"),
      description: text(line, "name"),
      quantity,
      unit: refLabel(line, "product_uom_id"),
      unit_price: isBooked && !holdsTax ? agreedPrice(line, facts) : perPiece(net, quantity),
      amount: net,
      // A line that was changed after posting says a tax that nobody booked.
      tax: isBooked ? tax : null,
    };
  });
}

function agreedPrice(line: Row, facts: Facts): string | null {
  const price = decimalOf(line, "price_unit", placesOf(facts, lineModel, "price_unit"));
  const discount = decimalOf(line, "discount", null) ?? "0";
  return price === null ? null : multiply(price, subtract("1", multiply(discount, "0.01")));
}

/** Payments by the id of their reconciliation, as Odoo's own screen of the invoice lists them. */
function payments(invoice: Row, { facts }: Setting): Json {
  const shown = invoice["invoice_payments_widget"];
  const content = isMap(shown) ? mapsOf(shown["content"]) : [];
  const { digits } = currencyOf(invoice, facts);
  return content
    .filter((row) => row["is_exchange"] !== true)
    .map((row) => ({
      id: scalar(row["partial_id"]),
      date: text(row, "date"),
      amount: signed(invoice, decimalOf(row, "amount", digits)),
      method: text(row, "journal_name"),
    }))
    .toSorted((a, b) => Number(a.id) - Number(b.id));
}

/** State of an invoice: posted ones by what was paid of them. */
function invoiceState(invoice: Row): string {
  const [state, paid] = [text(invoice, "state"), text(invoice, "payment_state")];
  if (state === "draft") return "draft";
  if (state !== "posted") return "cancelled";
  if (paid === "partial") return "part_paid";
  return ["paid", "in_payment", "reversed"].includes(paid ?? "") ? "paid" : "open";
}

/** The order it invoices; the first, when it gathers several. */
function order(invoice: Row): Json {
  const orders = goods(invoice).flatMap((line) =>
    many(line, "sale_line_ids").flatMap((each) => refId(each, "order_id") ?? []),
  );
  return orders.length === 0 ? null : String(Math.min(...orders));
}

/** The number of a document; version 17 shows `/` until there is one. */
const numberOf = (invoice: Row): string | null => {
  const name = text(invoice, "name");
  return name === "/" ? null : name;
};

const roots: { readonly [root: string]: Root } = {
  id: made((row) => keyOf(row)),
  number: made(numberOf, { field: "name" }),
  ref: plain("ref"),
  state: plain("state"),
  payment_state: plain("payment_state"),
  invoice_state: made(invoiceState, { field: "state" }),
  is_credit_note: made(isCredit, { field: "move_type" }),
  credits: made((row) => refKey(row, "reversed_entry_id"), { field: "reversed_entry_id" }),
  partner: made((row) => accountOf(one(row, "partner_id")), { field: "partner_id" }),
  invoice_date: plain("invoice_date"),
  due_date: plain("invoice_date_due"),
  payment_term: made((row) => refLabel(row, "invoice_payment_term_id"), { field: "invoice_payment_term_id" }),
  currency: made((row, { facts }) => currencyOf(row, facts).code, { field: "currency_id" }),
  company: made((row) => refLabel(row, "company_id")),
  order: made(order),
  lines: made(lines),
  payments: made(payments),
  /** What is charged or taken off beside goods is a line of the invoice. */
  freight: made(() => null),
  discount_percent: made(() => null),
  amount_untaxed: amount("amount_untaxed"),
  amount_tax: amount("amount_tax"),
  amount_total: amount("amount_total"),
  amount_residual: amount("amount_residual"),
  ...invoiceCompany,
};

/** Drafts stay inside the ERP unless asked for; a cancelled invoice counts once it had a number. */
function place(row: Row, { options }: Setting): Placement {
  if (!["out_invoice", "out_refund"].includes(text(row, "move_type") ?? "")) return outside;
  const state = text(row, "state");
  if (state === "posted" || options.draftInvoices) return present;
  return state === "cancel" && numberOf(row) !== null ? present : outside;
}

const company = ({ facts }: Setting): Domain => [
  ["company_id", "=", facts.company],
  ["move_type", "in", ["out_invoice", "out_refund"]],
];

const joins = (facts: Facts): readonly Join[] => [
  {
    field: "invoice_line_ids",
    model: lineModel,
    fields: [
      ...["display_type", "product_id", "name", "quantity", "product_uom_id", "price_unit", "discount"],
      ...["price_subtotal", "price_total", "amount_currency", "tax_ids", "write_date", "write_uid"],
      ...(has(facts, lineModel, "sale_line_ids") ? ["sale_line_ids"] : []),
    ],
    joins: [{ field: "sale_line_ids", model: "sale.order.line", fields: ["order_id"] }],
  },
  {
    field: "partner_id",
    model: "res.partner",
    fields: ["is_company", "parent_id", "commercial_partner_id", "type"],
  },
];

/** Invoices to customers and credit notes, with their payments. */
export const invoices: Shape = {
  model: "account.move",
  roots,
  fields: (facts) => [
    ...[
      "move_type",
      "name",
      "ref",
      "state",
      "payment_state",
      "partner_id",
      "invoice_date",
      "invoice_date_due",
    ],
    ...[
      "invoice_payment_term_id",
      "currency_id",
      "company_id",
      "amount_untaxed",
      "amount_tax",
      "amount_total",
    ],
    ...["amount_residual", "invoice_line_ids", "reversed_entry_id"],
    ...companyFields,
    ...["invoice_payments_widget", ...rateFields].filter((name) => has(facts, "account.move", name)),
  ],
  joins,
  scope: (setting) => [
    ...company(setting),
    ...(setting.options.draftInvoices
      ? []
      : [
          "|",
          ["state", "=", "posted"],
          "&",
          "&",
          ["state", "=", "cancel"],
          ["name", "!=", false],
          ["name", "!=", "/"],
        ]),
  ],
  company,
  changes: (since) => [[["invoice_line_ids.write_date", ">=", since]]],
  place,
  parts: (row) => [row, ...goods(row)],
};
