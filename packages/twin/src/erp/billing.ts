import { addDays, fromCompact, toCompact } from "../calendar.ts";
import { big, type Big } from "../decimal.ts";
import { numberIn, rowsIn, textIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { add, amend, amountText, byCode, decimalIn, quantityText, today } from "./books.ts";
import type { Acting, Books } from "./books.ts";
import type { Quantities } from "./delivery.ts";
import { withAmounts } from "./document.ts";
import { isStockLine, orderState, saveOrder } from "./order.ts";
import { businessRefusal } from "./wire.ts";

/** How a payment was made. */
export type PaymentMethod = "transfer" | "card" | "cash" | "credit_note";

/** Money that came in. An amount of null is all that is open. */
export interface Payment {
  readonly amount: string | null;
  /** Default `transfer`. */
  readonly method?: PaymentMethod;
}

const COPIED: readonly string[] = [
  "customer_id",
  "salesperson",
  "company",
  "terms",
  "customer_reference",
  "currency",
  "discount_pct",
];

function billable(books: Books, line: JsonMap): Big {
  const follows = books.invoicePolicy === "delivered" && isStockLine(books, line);
  const base = follows ? decimalIn(line, "delivered_qty") : decimalIn(line, "qty");
  return base.minus(decimalIn(line, "invoiced_qty"));
}

function invoiceLine(books: Books, line: JsonMap, quantity: Big): JsonMap {
  return {
    id: books.ledger.nextNumber("rows.invoice_lines", 1),
    order_line_id: line["id"] ?? line["order_line_id"] ?? null,
    item_id: line["item_id"] ?? null,
    qty: quantityText(quantity),
    uom: line["uom"] ?? null,
    price: line["price"] ?? null,
    discount_pct: line["discount_pct"] ?? null,
  };
}

function checkPeriod(books: Books, date: string): void {
  const closed = books.closedUntil();
  if (closed !== null && date <= closed) {
    throw businessRefusal("PERIOD_CLOSED", "invoice_date", `periods up to ${closed} are closed`);
  }
}

function addInvoice(acting: Acting, fields: JsonMap): TwinRecord {
  const computed = withAmounts(acting, fields);
  const gross = decimalIn(computed, "gross");
  const currency = textIn(computed, "currency") ?? "";
  const unpaid = {
    paid: amountText(big(0), currency),
    open_balance: amountText(gross, currency),
    payments: [],
  };
  return add(acting, "invoices", { ...computed, ...unpaid });
}

function refreshOrder(acting: Acting, invoice: TwinRecord): void {
  const order = acting.ledger.get("sales_orders", numberIn(invoice, "order_id") ?? -1);
  if (!order) return;
  const state = orderState(acting, order);
  if (state !== order["state"]) amend(acting, { object: "sales_orders", id: order.id }, { state });
}

/** Makes a draft invoice over what can be billed of an order. Throws 422 NO_LINES when that is nothing. */
export function draftInvoice(acting: Acting, orderId: number): TwinRecord {
  const order = acting.records.need("sales_orders", orderId);
  if (order["state"] === "cancelled") throw businessRefusal("STATE", "state", "the order is cancelled");
  const due = rowsIn(order, "lines").filter((line) => billable(acting, line).gt(0));
  if (due.length === 0) throw businessRefusal("NO_LINES", "lines", "nothing to invoice");
  const earlier = acting.ledger
    .where("invoices", "order_id", [orderId])
    .filter((invoice) => invoice["kind"] === "invoice" && invoice["state"] !== "cancelled");
  const copied = Object.fromEntries(COPIED.map((field) => [field, order[field] ?? null]));
  const invoice = addInvoice(acting, {
    ...copied,
    kind: "invoice",
    state: "draft",
    order_id: orderId,
    freight: earlier.length === 0 ? (order["freight"] ?? null) : null,
    lines: due.map((line) => invoiceLine(acting, line, billable(acting, line))),
  });
  const lines = rowsIn(order, "lines").map((line) => ({
    ...line,
    invoiced_qty: quantityText(
      decimalIn(line, "invoiced_qty").plus(due.includes(line) ? billable(acting, line) : 0),
    ),
  }));
  saveOrder(acting, order, lines);
  return invoice;
}

/** Posts a draft: number, date, due date. Throws 422 in a closed period or another state. */
export function postInvoice(acting: Acting, invoiceId: number): TwinRecord {
  const invoice = acting.records.need("invoices", invoiceId);
  if (invoice["state"] !== "draft") throw businessRefusal("STATE", "state", "the invoice is not a draft");
  const date = today(acting);
  checkPeriod(acting, date);
  const terms = byCode(acting, "payment_terms", textIn(invoice, "terms") ?? "N30");
  const credit = invoice["kind"] === "credit_note";
  return amend(
    acting,
    { object: "invoices", id: invoiceId },
    {
      state: "posted",
      number: credit
        ? `CN-${acting.ledger.nextNumber("creditNumber", 3001)}`
        : `INV-${acting.ledger.nextNumber("invoiceNumber", 3001)}`,
      invoice_date: date,
      due_date: toCompact(addDays(fromCompact(date), numberIn(terms, "days") ?? 0)),
    },
  );
}

function withPayment(
  acting: Acting,
  invoice: TwinRecord,
  { amount, method }: { readonly amount: Big; readonly method: PaymentMethod },
): TwinRecord {
  const currency = textIn(invoice, "currency") ?? "";
  const paid = decimalIn(invoice, "paid").plus(amount);
  const open = decimalIn(invoice, "gross").minus(paid);
  const payment: Json = {
    id: acting.ledger.nextNumber("rows.payments", 1),
    date: today(acting),
    amount: amountText(amount, currency),
    method,
  };
  return amend(
    acting,
    { object: "invoices", id: invoice.id },
    {
      paid: amountText(paid, currency),
      open_balance: amountText(open, currency),
      payments: [...rowsIn(invoice, "payments"), payment],
      state: open.eq(0) ? "paid" : "posted",
    },
  );
}

/** Books a payment on a posted invoice. Throws 422 for more than is open. */
export function payInvoice(acting: Acting, invoiceId: number, payment: Payment): TwinRecord {
  const { amount, method = "transfer" } = payment;
  const invoice = acting.records.need("invoices", invoiceId);
  if (invoice["state"] !== "posted") throw businessRefusal("STATE", "state", "the invoice is not posted");
  checkPeriod(acting, today(acting));
  const open = decimalIn(invoice, "open_balance");
  const value = amount === null ? open : big(amount);
  if (value.lte(0) || value.gt(open))
    throw businessRefusal("BAD_VALUE", "amount", "not within the open balance");
  const paid = withPayment(acting, invoice, { amount: value, method });
  refreshOrder(acting, paid);
  return paid;
}

/**
 * Posts a credit note over a posted or paid invoice: over all of it, or over quantities by invoice line id.
 * It is set off against the open balance as far as that goes.
 */
export function creditInvoice(acting: Acting, invoiceId: number, quantities: Quantities | null): TwinRecord {
  const invoice = acting.records.need("invoices", invoiceId);
  const creditable =
    invoice["kind"] === "invoice" && (invoice["state"] === "posted" || invoice["state"] === "paid");
  if (!creditable) throw businessRefusal("STATE", "state", "only a posted invoice can be credited");
  const chosen = rowsIn(invoice, "lines").filter(
    (line) => quantities === null || quantities[numberIn(line, "id") ?? -1] !== undefined,
  );
  const copied = Object.fromEntries(COPIED.map((field) => [field, invoice[field] ?? null]));
  const freight =
    quantities === null && textIn(invoice, "freight") !== null
      ? amountText(decimalIn(invoice, "freight").times(-1), textIn(invoice, "currency") ?? "")
      : null;
  const draft = addInvoice(acting, {
    ...copied,
    kind: "credit_note",
    state: "draft",
    credited_invoice_id: invoiceId,
    freight,
    order_id: invoice["order_id"] ?? null,
    lines: chosen.map((line) => {
      const quantity = big(quantities?.[numberIn(line, "id") ?? -1] ?? textIn(line, "qty") ?? "0");
      return {
        ...invoiceLine(acting, line, quantity.times(-1)),
        order_line_id: line["order_line_id"] ?? null,
      };
    }),
  });
  const note = postInvoice(acting, Number(draft.id));
  const owed = decimalIn(invoice, "open_balance");
  const credit = decimalIn(note, "gross").times(-1);
  const setOff = owed.lt(credit) ? owed : credit;
  if (setOff.lte(0)) return note;
  refreshOrder(acting, withPayment(acting, invoice, { amount: setOff, method: "credit_note" }));
  return withPayment(acting, note, { amount: setOff.times(-1), method: "credit_note" });
}

/** Throws a draft away; what it billed can be invoiced again. */
export function cancelDraft(acting: Acting, invoiceId: number): TwinRecord {
  const invoice = acting.records.need("invoices", invoiceId);
  if (invoice["state"] !== "draft") throw businessRefusal("STATE", "state", "the invoice is not a draft");
  const cancelled = amend(acting, { object: "invoices", id: invoiceId }, { state: "cancelled" });
  const order = acting.ledger.get("sales_orders", numberIn(invoice, "order_id") ?? -1);
  if (!order) return cancelled;
  const billed = rowsIn(invoice, "lines");
  const lines = rowsIn(order, "lines").map((line) => {
    const back = billed.find((candidate) => candidate["order_line_id"] === line["id"]);
    return {
      ...line,
      invoiced_qty: quantityText(decimalIn(line, "invoiced_qty").minus(decimalIn(back, "qty"))),
    };
  });
  saveOrder(acting, order, lines);
  return cancelled;
}
