import { addDays, fromCompact, toCompact } from "../calendar.ts";
import { big, type Big } from "../decimal.ts";
import { numberIn, rowsIn, textIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { amountText, byCode, decimalIn, quantityText, today, type Books } from "./books.ts";
import { withAmounts } from "./document.ts";
import { isStockLine, orderState, saveOrder } from "./order.ts";
import { businessRefusal } from "./wire.ts";

/** How a payment was made. */
export type PaymentMethod = "transfer" | "card" | "cash" | "credit_note";

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

function addInvoice(books: Books, fields: JsonMap, actor: string): TwinRecord {
  const computed = withAmounts(books, fields);
  const gross = decimalIn(computed, "gross");
  const currency = textIn(computed, "currency") ?? "";
  return books.records.add(
    "invoices",
    {
      ...computed,
      paid: amountText(big(0), currency),
      open_balance: amountText(gross, currency),
      payments: [],
    },
    actor,
  );
}

function refreshOrder(books: Books, invoice: TwinRecord, actor: string): void {
  const order = books.ledger.get("sales_orders", numberIn(invoice, "order_id") ?? -1);
  if (!order) return;
  const state = orderState(books, order);
  if (state !== order["state"]) books.records.amend("sales_orders", order.id, { state }, actor);
}

/** Makes a draft invoice over what can be billed of an order. Throws 422 NO_LINES when that is nothing. */
export function draftInvoice(books: Books, orderId: number, actor: string): TwinRecord {
  const order = books.records.need("sales_orders", orderId);
  if (order["state"] === "cancelled") throw businessRefusal("STATE", "state", "the order is cancelled");
  const due = rowsIn(order, "lines").filter((line) => billable(books, line).gt(0));
  if (due.length === 0) throw businessRefusal("NO_LINES", "lines", "nothing to invoice");
  const earlier = books.ledger
    .where("invoices", "order_id", [orderId])
    .filter((invoice) => invoice["kind"] === "invoice" && invoice["state"] !== "cancelled");
  const copied = Object.fromEntries(COPIED.map((field) => [field, order[field] ?? null]));
  const invoice = addInvoice(
    books,
    {
      ...copied,
      kind: "invoice",
      state: "draft",
      order_id: orderId,
      freight: earlier.length === 0 ? (order["freight"] ?? null) : null,
      lines: due.map((line) => invoiceLine(books, line, billable(books, line))),
    },
    actor,
  );
  const lines = rowsIn(order, "lines").map((line) => ({
    ...line,
    invoiced_qty: quantityText(
      decimalIn(line, "invoiced_qty").plus(due.includes(line) ? billable(books, line) : 0),
    ),
  }));
  saveOrder(books, order, lines, actor);
  return invoice;
}

/** Posts a draft: number, date, due date. Throws 422 in a closed period or another state. */
export function postInvoice(books: Books, invoiceId: number, actor: string): TwinRecord {
  const invoice = books.records.need("invoices", invoiceId);
  if (invoice["state"] !== "draft") throw businessRefusal("STATE", "state", "the invoice is not a draft");
  const date = today(books);
  checkPeriod(books, date);
  const terms = byCode(books, "payment_terms", textIn(invoice, "terms") ?? "N30");
  const credit = invoice["kind"] === "credit_note";
  return books.records.amend(
    "invoices",
    invoiceId,
    {
      state: "posted",
      number: credit
        ? `CN-${books.ledger.nextNumber("creditNumber", 3001)}`
        : `INV-${books.ledger.nextNumber("invoiceNumber", 3001)}`,
      invoice_date: date,
      due_date: toCompact(addDays(fromCompact(date), numberIn(terms, "days") ?? 0)),
    },
    actor,
  );
}

function withPayment(
  books: Books,
  invoice: TwinRecord,
  amount: Big,
  method: PaymentMethod,
  actor: string,
): TwinRecord {
  const currency = textIn(invoice, "currency") ?? "";
  const paid = decimalIn(invoice, "paid").plus(amount);
  const open = decimalIn(invoice, "gross").minus(paid);
  const payment: Json = {
    id: books.ledger.nextNumber("rows.payments", 1),
    date: today(books),
    amount: amountText(amount, currency),
    method,
  };
  return books.records.amend(
    "invoices",
    invoice.id,
    {
      paid: amountText(paid, currency),
      open_balance: amountText(open, currency),
      payments: [...rowsIn(invoice, "payments"), payment],
      state: open.eq(0) ? "paid" : "posted",
    },
    actor,
  );
}

/** Books a payment on a posted invoice; an amount of null pays what is open. */
export function payInvoice(
  books: Books,
  invoiceId: number,
  amount: string | null,
  method: PaymentMethod,
  actor: string,
): TwinRecord {
  const invoice = books.records.need("invoices", invoiceId);
  if (invoice["state"] !== "posted") throw businessRefusal("STATE", "state", "the invoice is not posted");
  checkPeriod(books, today(books));
  const open = decimalIn(invoice, "open_balance");
  const value = amount === null ? open : big(amount);
  if (value.lte(0) || value.gt(open))
    throw businessRefusal("BAD_VALUE", "amount", "not within the open balance");
  const paid = withPayment(books, invoice, value, method, actor);
  refreshOrder(books, paid, actor);
  return paid;
}

/**
 * Posts a credit note over a posted or paid invoice: over all of it, or over quantities by invoice line id. It is set
 * off against the open balance as far as that goes.
 */
export function creditInvoice(
  books: Books,
  invoiceId: number,
  quantities: Readonly<Record<number, string>> | null,
  actor: string,
): TwinRecord {
  const invoice = books.records.need("invoices", invoiceId);
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
  const draft = addInvoice(
    books,
    {
      ...copied,
      kind: "credit_note",
      state: "draft",
      credited_invoice_id: invoiceId,
      freight,
      order_id: invoice["order_id"] ?? null,
      lines: chosen.map((line) => {
        const quantity = big(quantities?.[numberIn(line, "id") ?? -1] ?? textIn(line, "qty") ?? "0");
        return {
          ...invoiceLine(books, line, quantity.times(-1)),
          order_line_id: line["order_line_id"] ?? null,
        };
      }),
    },
    actor,
  );
  const note = postInvoice(books, Number(draft.id), actor);
  const owed = decimalIn(invoice, "open_balance");
  const credit = decimalIn(note, "gross").times(-1);
  const setOff = owed.lt(credit) ? owed : credit;
  if (setOff.lte(0)) return note;
  refreshOrder(books, withPayment(books, invoice, setOff, "credit_note", actor), actor);
  return withPayment(books, note, setOff.times(-1), "credit_note", actor);
}

/** Throws a draft away; what it billed can be invoiced again. */
export function cancelDraft(books: Books, invoiceId: number, actor: string): TwinRecord {
  const invoice = books.records.need("invoices", invoiceId);
  if (invoice["state"] !== "draft") throw businessRefusal("STATE", "state", "the invoice is not a draft");
  const cancelled = books.records.amend("invoices", invoiceId, { state: "cancelled" }, actor);
  const order = books.ledger.get("sales_orders", numberIn(invoice, "order_id") ?? -1);
  if (!order) return cancelled;
  const billed = rowsIn(invoice, "lines");
  const lines = rowsIn(order, "lines").map((line) => {
    const back = billed.find((candidate) => candidate["order_line_id"] === line["id"]);
    return {
      ...line,
      invoiced_qty: quantityText(decimalIn(line, "invoiced_qty").minus(decimalIn(back, "qty"))),
    };
  });
  saveOrder(books, order, lines, actor);
  return cancelled;
}
