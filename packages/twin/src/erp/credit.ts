import { big, sum, type Big } from "../decimal.ts";
import { textIn, type TwinRecord } from "../json.ts";
import { decimalIn, today, type Books } from "./books.ts";

const OPEN_ORDERS: readonly string[] = ["open", "part_delivered", "delivered"];

/** The part of an order that no invoice covers yet, gross. */
function notInvoiced(books: Books, order: TwinRecord): Big {
  const invoiced = books.ledger
    .where("invoices", "order_id", [order.id])
    .filter((invoice) => invoice["kind"] === "invoice" && invoice["state"] !== "cancelled")
    .reduce((total, invoice) => total.plus(decimalIn(invoice, "gross")), big(0));
  const left = decimalIn(order, "gross").minus(invoiced);
  return left.lt(0) ? big(0) : left;
}

/** What a customer owes or will owe, in the customer's own currency. */
export interface CreditPosition {
  /** Confirmed and not yet on a posted invoice, gross. */
  readonly openOrders: Big;
  /** Open balances of posted invoices and credit notes. */
  readonly openInvoices: Big;
  /** Open balances of invoices that fell due before today. */
  readonly overdue: Big;
  /** Open orders and open invoices. */
  readonly exposure: Big;
}

/** Where a customer stands: documents in other currencies do not count. */
export function creditPosition(books: Books, customer: TwinRecord): CreditPosition {
  const currency = textIn(customer, "currency");
  const inCurrency = (record: TwinRecord): boolean => record["currency"] === currency;
  const orders = books.ledger
    .where("sales_orders", "customer_id", [customer.id])
    .filter((order) => inCurrency(order) && OPEN_ORDERS.includes(textIn(order, "state") ?? ""))
    .map((order) => notInvoiced(books, order));
  const invoices = books.ledger.where("invoices", "customer_id", [customer.id]).filter(inCurrency);
  const drafts = invoices.filter((invoice) => invoice["state"] === "draft");
  const posted = invoices.filter((invoice) => invoice["state"] === "posted");
  const now = today(books);
  const late = posted.filter(
    (invoice) => invoice["kind"] === "invoice" && (textIn(invoice, "due_date") ?? now) < now,
  );
  const balances = (of: readonly TwinRecord[]): Big => sum(of.map((one) => decimalIn(one, "open_balance")));
  const openOrders = sum([...orders, ...drafts.map((draft) => decimalIn(draft, "gross"))]);
  const openInvoices = balances(posted);
  return { openOrders, openInvoices, overdue: balances(late), exposure: openOrders.plus(openInvoices) };
}

/** What counts against a customer's credit limit. */
export function creditExposure(books: Books, customer: TwinRecord): Big {
  return creditPosition(books, customer).exposure;
}

/** By how much a further gross amount would pass the credit limit; null when it does not or there is none. */
export function creditExcess(books: Books, customer: TwinRecord, gross: Big): Big | null {
  const limit = textIn(customer, "credit_limit");
  if (limit === null) return null;
  const excess = creditExposure(books, customer).plus(gross).minus(limit);
  return excess.gt(0) ? excess : null;
}
