import type { CreditAnswer, CreditRequest } from "@crossfoot/connector-sdk";
import { add, compare, normal, subtract } from "./decimal.ts";
import { loadFacts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { text, trytonId } from "./native.ts";
import type { Row } from "./native.ts";
import type { Rpc } from "./rpc.ts";
import { todayOf } from "./stock-levels.ts";
import { date } from "./wire.ts";

/** Open entries of one customer that are looked through for those that fell due. */
const entriesMax = 10_000;

/**
 * Credit of a customer as `confirm` measures it: open receivables, and what confirmed sales have not been
 * invoiced of, in the company's currency. An order counts with its amount without tax, and with that number
 * as it stands where it is in another currency: Tryton 6.0 compares it unconverted
 * (`sale_credit_limit/sale.py`), and counts it converted once it is confirmed.
 */
export async function credit(rpc: Rpc, { customer, order }: CreditRequest): Promise<CreditAnswer> {
  const { company, currency } = await loadFacts(rpc);
  const party = trytonId(customer) ?? 0;
  const [row] = await rpc.search({
    model: "party.party",
    domain: [["id", "=", party]],
    fields: ["credit_limit_amount", "credit_amount", "receivable"],
  });
  if (row === undefined) throw refusal("customer_unknown", "Tryton has no such customer");
  const amount = order === null ? "0" : normal(order.amount);
  if (amount === undefined) throw refusal("amount_unreadable", "the order's amount is no decimal number");
  const limit = text(row, "credit_limit_amount");
  const exposure = text(row, "credit_amount") ?? "0";
  const openInvoices = text(row, "receivable") ?? "0";
  const isOver = limit !== null && compare(add(exposure, amount), limit) > 0;
  return {
    currency,
    limit,
    openOrders: subtract(exposure, openInvoices),
    notHeld: "0",
    openInvoices,
    overdue: await overdueOf(rpc, { party, company }),
    exposure,
    free: limit === null ? null : subtract(limit, exposure),
    verdict: limit === null ? "no_limit" : isOver ? "over" : "within",
    isRefused: isOver && order !== null && (await isChecked(rpc)),
    isHeld: false,
  };
}

/** Open receivables that fell due before today. */
async function overdueOf(
  rpc: Rpc,
  { party, company }: { readonly party: number; readonly company: number },
): Promise<string> {
  const rows = await rpc.search({
    model: "account.move.line",
    domain: [
      ["party", "=", party],
      ["account.type.receivable", "=", true],
      ["account.company", "=", company],
      ["reconciliation", "=", null],
      ["maturity_date", "<", date(todayOf(rpc))],
    ],
    fields: ["debit", "credit"],
    limit: entriesMax,
  });
  return rows.map(balanceOf).reduce(add, "0");
}

const balanceOf = (entry: Row): string => subtract(text(entry, "debit") ?? "0", text(entry, "credit") ?? "0");

/** Whether `confirm` looks at the limit at all: only for sales that are shipped on order. */
async function isChecked(rpc: Rpc): Promise<boolean> {
  const defaults = await rpc.call("sale.sale.default_get", [["shipment_method"], false]);
  return typeof defaults === "object" && defaults !== null && "shipment_method" in defaults
    ? defaults["shipment_method"] === "order"
    : true;
}
