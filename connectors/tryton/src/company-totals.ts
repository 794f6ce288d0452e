import { add, subtract, total } from "./decimal.ts";
import { many, one, scalar, text } from "./native.ts";
import type { Row } from "./native.ts";
import { made } from "./shape.ts";
import type { Root } from "./shape.ts";

/** Fields of the accounting move of an invoice, whose lines are in the company's currency. */
const moveFields = ["debit", "credit", "origin"].map((field) => `move.lines.${field}`);

const isPosted = (invoice: Row): boolean => ["posted", "paid"].includes(text(invoice, "state") ?? "");

/**
 * What the lines of a posted invoice's move that come of one kind of part come to, in the company's currency;
 * a credit note is below zero. Null before it is posted, and where no line tells what it came of.
 */
function booked(invoice: Row, kind: "account.invoice.line" | "account.invoice.tax"): string | null {
  const lines = many(one(invoice, "move"), "lines");
  const from = (model: string): readonly Row[] =>
    lines.filter((line) => scalar(line["origin"] ?? null).startsWith(`${model},`));
  if (!isPosted(invoice) || from("account.invoice.line").length === 0) return null;
  return total(from(kind).map((line) => subtract(text(line, "credit") ?? "0", text(line, "debit") ?? "0")));
}

function whole(invoice: Row): string | null {
  const [net, tax] = [booked(invoice, "account.invoice.line"), booked(invoice, "account.invoice.tax")];
  return net === null || tax === null ? null : add(net, tax);
}

const ofMove = ["state", ...moveFields];

/**
 * What an invoice comes to in the company's currency, as it was posted. Tryton converts each line and each
 * tax by the rates of the invoice's date; the rates themselves are in a table by day, and are not read.
 */
export const companyRoots: { readonly [root: string]: Root } = {
  company_currency: made([], (_, { facts }) => facts.currency),
  company_net: made(ofMove, (row) => booked(row, "account.invoice.line")),
  company_tax: made(ofMove, (row) => booked(row, "account.invoice.tax")),
  company_total: made(ofMove, whole),
  company_rate_date: made(["state", "invoice_date"], (row) =>
    isPosted(row) ? text(row, "invoice_date") : null,
  ),
};
