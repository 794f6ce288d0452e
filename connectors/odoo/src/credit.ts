import type { CreditAnswer, CreditRequest } from "@crossfoot/connector-sdk";
import { bookedLines, bookedQuantity } from "./booked.ts";
import { dayOf, odooInstant } from "./dates.ts";
import { add, compare, decimalOf, divide, multiply, normal, subtract, total } from "./decimal.ts";
import { loadFacts, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { flag, idOf, odooId, refId } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { lineNames, quantityOf } from "./sale-line.ts";
import { loadUnits } from "./unit.ts";

/** Open entries of one customer that are looked through for those that fell due. */
const entriesMax = 10_000;
/** Lines of confirmed orders of one customer that are added up. */
const linesMax = 10_000;

/**
 * Credit of a customer as Odoo's own warning measures it: open receivables, what confirmed orders have not
 * been invoiced of, and the order with its tax. Odoo warns, and confirms all the same. A limit of zero, and
 * any limit while the company does not use them, is none.
 */
export async function credit(odoo: Odoo, { customer, order }: CreditRequest): Promise<CreditAnswer> {
  const facts = await loadFacts(odoo);
  const { code: currency, digits } = facts.currency;
  const company = await odoo.read("res.company", [facts.company], ["account_use_credit_limit"]);
  const [partner] = await odoo.read("res.partner", [odooId(customer) ?? 0], ["commercial_partner_id"]);
  const payer = refId(partner, "commercial_partner_id");
  if (payer === undefined) throw refusal("customer_unknown", "Odoo has no such customer");
  const [row] = await odoo.read("res.partner", [payer], ["credit", "credit_to_invoice", "credit_limit"]);
  const amount = order === null ? "0" : normal(order.amount);
  if (amount === undefined) throw refusal("amount_unreadable", "the order's amount is no decimal number");
  if (order !== null && order.currency !== currency)
    throw refusal(
      "currency_differs",
      "Odoo measures credit in the company's currency, and so must the order be",
    );
  const figure = (field: string): string => decimalOf(row, field, digits) ?? "0";
  const isUsed = flag(company[0], "account_use_credit_limit") && compare(figure("credit_limit"), "0") > 0;
  const limit = isUsed ? figure("credit_limit") : null;
  const [openInvoices, openOrders] = [figure("credit"), figure("credit_to_invoice")];
  const exposure = add(openInvoices, openOrders);
  const isOver = limit !== null && compare(add(exposure, amount), limit) > 0;
  return {
    currency,
    limit,
    openOrders,
    notHeld: subtract(await uninvoiced(odoo, facts, payer), openOrders),
    openInvoices,
    overdue: await overdueOf(odoo, facts, payer),
    exposure,
    free: limit === null ? null : subtract(limit, exposure),
    verdict: limit === null ? "no_limit" : isOver ? "over" : "within",
    isRefused: false,
    isHeld: false,
  };
}

/**
 * What confirmed orders of this payer come to, less what was invoiced of them, in the company's currency.
 * Odoo itself holds against the limit only what may be invoiced now: often nothing before the delivery.
 */
async function uninvoiced(odoo: Odoo, facts: Facts, payer: number): Promise<string> {
  const unitName = lineNames(facts).unit;
  const lines = await odoo.search({
    model: "sale.order.line",
    domain: [
      ["order_id.partner_invoice_id.commercial_partner_id", "=", payer],
      ["company_id", "=", facts.company],
      ["state", "in", ["sale", "done"]],
      ["display_type", "=", false],
    ],
    fields: ["price_total", "product_uom_qty", "currency_id", unitName],
    limit: linesMax,
  });
  const booked = await bookedLines(odoo, lines.map(idOf));
  const units = booked.length === 0 ? [] : await loadUnits(odoo, facts);
  const places = placesOf(facts, "sale.order.line", "product_uom_qty");
  return total(
    lines.map((line) => {
      const [ordered, sum] = [quantityOf(line, facts) ?? "0", decimalOf(line, "price_total", null) ?? "0"];
      if (compare(ordered, "0") === 0) return "0";
      const unit = units.find(({ id }) => id === refId(line, unitName));
      const left = subtract(ordered, bookedQuantity(booked, idOf(line), { units, unit, places }));
      const { digits, rate } = facts.currencies[String(refId(line, "currency_id"))] ?? facts.currency;
      const open = divide(multiply(sum, left), ordered, digits);
      return rate > 0 ? divide(multiply(open, String(facts.currency.rate)), String(rate), digits) : "0";
    }),
  );
}

/** Open receivables that fell due before today. */
async function overdueOf(odoo: Odoo, facts: Facts, payer: number): Promise<string> {
  const today = dayOf(odooInstant(odoo.session.now()), odoo.options.timeZone);
  const rows = await odoo.search({
    model: "account.move.line",
    domain: [
      ["partner_id", "=", payer],
      ["account_id.account_type", "=", "asset_receivable"],
      ["parent_state", "=", "posted"],
      ["reconciled", "=", false],
      ["company_id", "=", facts.company],
      ["date_maturity", "<", today],
    ],
    fields: ["amount_residual"],
    limit: entriesMax,
  });
  return total(rows.map((row) => decimalOf(row, "amount_residual", facts.currency.digits) ?? "0"));
}
