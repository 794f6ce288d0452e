import { companyRoots } from "./company-totals.ts";
import { compare, multiply, subtract } from "./decimal.ts";
import { keyOf, many, one, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import { quantityOf } from "./sale.ts";
import { idOf, made, outside, plain, present } from "./shape.ts";
import type { Placement, Root, Setting, Shape } from "./shape.ts";
import { currencyDigits, shareTax, taxFields } from "./tax.ts";
import { partOf, stampFields } from "./version.ts";

const lineFields: readonly string[] = [
  "lines.type",
  "lines.product",
  "lines.quantity",
  "lines.unit.symbol",
  "lines.unit.digits",
  "lines.unit_price",
  "lines.amount",
  "lines.description",
  "lines.origin",
];

/** Fields of a line of an accounting move that pays, with its path in front. */
const moneyFields = (prefix: string): readonly string[] =>
  ["date", "debit", "credit", "amount_second_currency", "second_currency", "move", "move.journal.name"].map(
    (field) => `${prefix}${field}`,
  );

const dueFields = ["lines_to_pay.maturity_date", "lines_to_pay.reconciliation"];
// `reconciliation_lines` breaks the server on an invoice that is not paid, so they are reached through the
// lines to pay.
const paymentFields = [
  ...moneyFields("payment_lines."),
  ...moneyFields("lines_to_pay.reconciliation.lines."),
  "move",
  "currency",
  "currency.code",
];

function lines(invoice: Row): Json {
  const rows = many(invoice, "lines").filter((line) => line["type"] === "line");
  const shares = shareTax(rows, text(invoice, "tax_amount"), currencyDigits(invoice));
  return rows.map((line) => ({
    id: idOf(line["id"]),
    product: idOf(line["product"]),
    description: text(line, "description"),
    quantity: quantityOf(line),
    unit: text(one(line, "unit"), "symbol"),
    unit_price: text(line, "unit_price"),
    amount: text(line, "amount"),
    tax: shares.get(keyOf(line)) ?? null,
  }));
}

/**
 * What a line of a move pays on a customer invoice: its credit, in the invoice's currency. Null when the line
 * says it in the company's currency only and the invoice has another: an amount is never shown under a
 * currency it is not in.
 */
function paid(line: Row, invoice: Row, { facts }: Setting): string | null {
  const foreign = text(line, "amount_second_currency");
  if (
    foreign !== null &&
    typeof invoice["currency"] === "number" &&
    line["second_currency"] === invoice["currency"]
  ) {
    return multiply(foreign, "-1");
  }
  if (text(one(invoice, "currency"), "code") !== facts.currency) return null;
  return subtract(text(line, "credit") ?? "0", text(line, "debit") ?? "0");
}

/**
 * Payments by the id of the move line that pays: those added to the invoice, and those reconciled with it.
 */
function payments(invoice: Row, setting: Setting): Json {
  const reconciled = many(invoice, "lines_to_pay")
    .flatMap((line) => many(one(line, "reconciliation"), "lines"))
    .filter((line) => line["move"] !== invoice["move"]);
  const byId = new Map(
    [...many(invoice, "payment_lines"), ...reconciled].map((line) => [Number(line["id"]), line]),
  );
  const rows = [...byId.values()].toSorted((a, b) => Number(a["id"]) - Number(b["id"]));
  return rows.map((line) => ({
    id: idOf(line["id"]),
    date: text(line, "date"),
    amount: paid(line, invoice, setting),
    method: text(one(one(line, "move"), "journal"), "name"),
  }));
}

/** When the next part falls due; once all is paid, when the last part did. */
function dueDate(invoice: Row): Json {
  const all = many(invoice, "lines_to_pay").map((line) => ({ line, date: text(line, "maturity_date") }));
  const dated = all
    .filter(({ date }) => date !== null)
    .toSorted((a, b) => (String(a.date) < String(b.date) ? -1 : 1));
  const open = dated.find(({ line }) => typeof line["reconciliation"] !== "number");
  return open?.date ?? dated.at(-1)?.date ?? null;
}

/** State of an invoice: posted ones are open, or partly paid once less is left to pay than the total. */
export function invoiceState(invoice: Row): string {
  const [state, left, sum] = [
    text(invoice, "state"),
    text(invoice, "amount_to_pay"),
    text(invoice, "total_amount"),
  ];
  if (state === "draft" || state === "validated") return "draft";
  if (state !== "posted") return state ?? "";
  return left !== null && sum !== null && compare(left, sum) !== 0 ? "part_paid" : "open";
}

const roots: { readonly [root: string]: Root } = {
  id: made([], (row) => idOf(row["id"])),
  number: plain("number"),
  reference: plain("reference"),
  description: plain("description"),
  state: plain("state"),
  invoice_state: made(["state", "amount_to_pay", "total_amount"], invoiceState, { field: "state" }),
  party: made(["party"], (row) => idOf(row["party"]), { field: "party" }),
  invoice_date: plain("invoice_date"),
  due_date: made(dueFields, dueDate),
  payment_term: made(["payment_term.name"], (row) => text(one(row, "payment_term"), "name"), {
    field: "payment_term",
  }),
  currency: made(["currency.code"], (row) => text(one(row, "currency"), "code"), { field: "currency" }),
  company: made(["company.party.name"], (row) => text(one(one(row, "company"), "party"), "name")),
  /** The sale it invoices; the first, when it gathers several. */
  sale: made(["sales"], (row) =>
    idOf(Array.isArray(row["sales"]) ? (row["sales"] as readonly Json[]).toSorted(byNumber)[0] : null),
  ),
  lines: made([...lineFields, ...taxFields("lines."), "tax_amount", "currency.digits"], lines),
  payments: made(paymentFields, payments),
  /** What is charged or taken off beside goods is a line of the invoice. */
  freight: made([], () => null),
  discount_percent: made([], () => null),
  untaxed_amount: plain("untaxed_amount"),
  tax_amount: plain("tax_amount"),
  total_amount: plain("total_amount"),
  amount_to_pay: plain("amount_to_pay"),
  ...companyRoots,
};

const byNumber = (a: Json, b: Json): number => Number(a) - Number(b);

/** Drafts stay inside the ERP unless asked for; a cancelled invoice counts once it had a number. */
function place(row: Row, { options }: Setting): Placement {
  const state = text(row, "state");
  if (state === "posted" || state === "paid" || options.draftInvoices) return present;
  return state === "cancelled" && text(row, "number") !== null ? present : outside;
}

/** Customer invoices and credit notes (`out`; a credit note has negative amounts). */
export const invoices: Shape = {
  model: "account.invoice",
  roots,
  fields: () => [
    ...stampFields(""),
    ...stampFields("lines."),
    ...stampFields("payment_lines."),
    ...stampFields("lines_to_pay."),
    "state",
    "number",
  ],
  scope: ({ facts, options }) => [
    ["type", "=", "out"],
    ["company", "=", facts.company],
    ...(options.draftInvoices
      ? []
      : [
          [
            "OR",
            ["state", "in", ["posted", "paid"]],
            [
              ["state", "=", "cancelled"],
              ["number", "!=", null],
            ],
          ],
        ]),
  ],
  changes: (stamps) => [
    [["lines", "where", stamps]],
    [["payment_lines", "where", stamps]],
    [["move", "where", [["lines", "where", ["OR", stamps, [["reconciliation", "where", stamps]]]]]]],
  ],
  place,
  parts: (row) => {
    const found = [
      partOf("account.invoice", row),
      ...many(row, "lines").map((each) => partOf("account.invoice.line", each)),
      ...[...many(row, "payment_lines"), ...many(row, "lines_to_pay")].map((each) =>
        partOf("account.move.line", each),
      ),
    ];
    return found.filter((part) => part !== undefined);
  },
};
