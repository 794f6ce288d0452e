import { decimals } from "@crossfoot/connector-sdk";
import type { CreditAnswer, CreditRequest } from "@crossfoot/connector-sdk";
import { aroundOf, askBefore, callOf, refusal, refusalIn, sentId } from "./ask.ts";
import type { Asking } from "./ask.ts";
import { send } from "./call.ts";
import { currencyIn, decimalIn, decimalOrNull, passes, sentDecimal, viewOf } from "./figures.ts";
import type { View } from "./figures.ts";
import type { CreditSpec } from "./operation-language.ts";

/** Credit of a customer by a description; what the system does not say itself follows from what it says. */
export async function credit(
  asking: Asking,
  spec: CreditSpec,
  request: CreditRequest,
): Promise<CreditAnswer> {
  const { customer, order } = request;
  const values = await askBefore(asking, spec, {
    customer: sentId(asking, "accounts", customer),
    amount: order === null ? undefined : sentDecimal(order.amount, asking.decimals),
    currency: order?.currency,
  });
  const { body = null } = await send(asking, callOf(asking, spec, values));
  const no = refusalIn(asking, spec, body);
  if (no !== undefined) throw no;
  const view = viewOf(body, aroundOf(asking, values, asking.bad));
  const currency = currencyIn(view, spec.currency);
  if (order !== null && order.currency !== currency)
    throw refusal("currency_differs", "credit is kept in another currency than that of the order");
  const hasNone = spec.noLimit !== undefined && passes(view, spec.noLimit);
  const limit = hasNone ? null : decimalOrNull(view, spec.limit);
  const held = heldIn(view, spec);
  const amount = order === null ? "0" : (decimals.normal(order.amount) ?? "0");
  const isOver = limit !== null && decimals.compare(decimals.add(held.exposure, amount), limit) > 0;
  return {
    currency,
    limit,
    ...held,
    notHeld: decimalOrNull(view, spec.notHeld) ?? "0",
    overdue: decimalIn(view, spec.overdue),
    free: limit === null ? null : decimals.subtract(limit, held.exposure),
    verdict: limit === null ? "no_limit" : isOver ? "over" : "within",
    isRefused: spec.refuses === "confirm" && order !== null && isOver && passes(view, spec.stops),
    isHeld: spec.held !== undefined && passes(view, spec.held),
  };
}

/** What counts against the limit, and its two parts, of which the description may leave one of three out. */
function heldIn(
  view: View,
  spec: CreditSpec,
): Pick<CreditAnswer, "openOrders" | "openInvoices" | "exposure"> {
  const told = (path: string | undefined): string | null =>
    path === undefined ? null : decimalIn(view, path);
  const [exposure, orders, invoices] = [told(spec.exposure), told(spec.openOrders), told(spec.openInvoices)];
  const openOrders = orders ?? decimals.subtract(exposure ?? "0", invoices ?? "0");
  const openInvoices = invoices ?? decimals.subtract(exposure ?? "0", openOrders);
  const sum = decimals.add(openOrders, openInvoices);
  if (exposure !== null && decimals.compare(sum, exposure) !== 0)
    throw view.bad("open orders and open invoices do not add up to the exposure");
  return { openOrders, openInvoices, exposure: sum };
}
