import { big, type Big } from "../decimal.ts";
import { textIn, type TwinRecord } from "../json.ts";
import { decimalIn, type Books } from "./books.ts";

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

/** What a customer owes or will owe, in the customer's own currency: open orders and open balances. */
export function creditExposure(books: Books, customer: TwinRecord): Big {
  const currency = textIn(customer, "currency");
  const inCurrency = (record: TwinRecord): boolean => record["currency"] === currency;
  const orders = books.ledger
    .where("sales_orders", "customer_id", [customer.id])
    .filter((order) => inCurrency(order) && OPEN_ORDERS.includes(textIn(order, "state") ?? ""))
    .map((order) => notInvoiced(books, order));
  const invoices = books.ledger
    .where("invoices", "customer_id", [customer.id])
    .filter(
      (invoice) => inCurrency(invoice) && (invoice["state"] === "posted" || invoice["state"] === "draft"),
    )
    .map((invoice) =>
      invoice["state"] === "posted" ? decimalIn(invoice, "open_balance") : decimalIn(invoice, "gross"),
    );
  return [...orders, ...invoices].reduce((total, value) => total.plus(value), big(0));
}

/** By how much a further gross amount would pass the credit limit; null when it does not or there is none. */
export function creditExcess(books: Books, customer: TwinRecord, gross: Big): Big | null {
  const limit = textIn(customer, "credit_limit");
  if (limit === null) return null;
  const excess = creditExposure(books, customer).plus(gross).minus(limit);
  return excess.gt(0) ? excess : null;
}
