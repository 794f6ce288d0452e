import { big } from "../decimal.ts";
import { equalJson, numberIn, rowsIn, textIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { amend, decimalIn, quantityText, today, type Acting } from "./books.ts";
import { creditExcess } from "./credit.ts";
import { withAmounts } from "./document.ts";
import { isStockLine, orderState, planShipment, reserve } from "./order.ts";
import { findPrice } from "./pricing.ts";
import { checkLine } from "./quote.ts";
import { businessRefusal, erpRefusal } from "./wire.ts";

/** States in which an order is still changed. */
const CHANGED_IN: readonly string[] = ["open", "part_delivered"];

/**
 * Changes the lines, the requested date or the customer's reference of an order that stands. What is
 * delivered or invoiced stays: no line goes below it or goes away. Stock is reserved anew, and what is to be
 * shipped is planned anew. Throws 409 STATE in a wrong state, 422 for what the rules of an order refuse.
 */
export function changeOrder(acting: Acting, before: TwinRecord, body: JsonMap): TwinRecord {
  const ref = { object: "sales_orders", id: before.id };
  const [first] = Object.keys(body);
  const state = textIn(before, "state") ?? "";
  if (!CHANGED_IN.includes(state)) throw erpRefusal("state", first ?? "", `the order is ${state}`);
  const draft = acting.records.draft(ref, body);
  const lines = rowsIn(draft, "lines").map((line, at) => checkedLine(acting, { before, draft, line, at }));
  refuseLost(before, lines);
  const changed: TwinRecord = withAmounts<TwinRecord>(acting, { ...draft, lines });
  if (equalJson(changed, before)) return before;
  refuseBeyondCredit(acting, before, changed);
  return acting.ledger.transaction(() => {
    reserve(acting, before, -1);
    const { lines: kept = null, net = null, tax = null, gross = null } = changed;
    const said = {
      requested_date: draft["requested_date"] ?? null,
      customer_reference: draft["customer_reference"] ?? null,
    };
    const reached = orderState(acting, changed);
    const after = amend(acting, ref, { ...said, lines: kept, net, tax, gross, state: reached });
    reserve(acting, after, 1);
    replan(acting, after);
    return after;
  });
}

interface Changing {
  readonly before: TwinRecord;
  readonly draft: TwinRecord;
  readonly line: JsonMap;
  readonly at: number;
}

/** A line as it is stored: priced by the ERP where it is new and has no price. Throws 422. */
function checkedLine(acting: Acting, { before, draft, line, at }: Changing): JsonMap {
  const path = `lines.${at}`;
  const own = rowsIn(before, "lines").find((each) => each["id"] === line["id"]);
  if (own !== undefined) {
    const moved = ["item_id", "uom"].find((field) => own[field] !== line[field]);
    if (moved !== undefined)
      throw businessRefusal("LINE_FIXED", `${path}.${moved}`, "a line keeps its item and unit");
    const quantity = decimalIn(line, "qty");
    const done = ["delivered_qty", "invoiced_qty"].find((field) => quantity.lt(decimalIn(own, field)));
    if (done !== undefined)
      throw businessRefusal("BELOW_DONE", `${path}.qty`, `less than its ${done}: ${textIn(own, done)}`);
    return line;
  }
  const nothing = quantityText(big(0));
  const blank = { delivered_qty: isStockLine(acting, line) ? nothing : null, invoiced_qty: nothing };
  const priced = { ...line, ...priceOf(acting, draft, line), ...blank };
  if (isStockLine(acting, line) && textIn(draft, "warehouse") === null)
    throw businessRefusal("REQUIRED", "warehouse", "stock goods need a warehouse");
  const wrong = checkLine(acting, { quote: draft, line: priced, at: path }).find(
    ({ level }) => level === "error",
  );
  if (wrong !== undefined) throw businessRefusal(wrong.code, wrong.field ?? null, wrong.text);
  return priced;
}

function priceOf(acting: Acting, order: TwinRecord, line: JsonMap): JsonMap {
  if (textIn(line, "price") !== null) return {};
  const listed = findPrice(acting, {
    customerId: numberIn(order, "customer_id") ?? -1,
    itemId: numberIn(line, "item_id") ?? -1,
    quantity: decimalIn(line, "qty"),
    uom: textIn(line, "uom") ?? "",
    currency: textIn(order, "currency") ?? "",
    date: today(acting),
    priceListId: null,
  });
  return listed === null ? {} : { price: listed.price, discount_pct: listed.discountPercent };
}

/** Refuses a change by which a line goes away of which something is done, or all of them. */
function refuseLost(before: TwinRecord, lines: readonly JsonMap[]): void {
  if (lines.length === 0) throw businessRefusal("NO_LINES", "lines", "an order without lines is cancelled");
  const kept = new Set<Json | undefined>(lines.map((line) => line["id"]));
  const lost = rowsIn(before, "lines").find(
    (line) =>
      !kept.has(line["id"]) &&
      (decimalIn(line, "delivered_qty").gt(0) || decimalIn(line, "invoiced_qty").gt(0)),
  );
  if (lost !== undefined)
    throw businessRefusal("BELOW_DONE", "lines", "a line of which something is done stays");
}

/** An order that stands counts against the limit already: only what comes on top is asked about. */
function refuseBeyondCredit(acting: Acting, before: TwinRecord, after: TwinRecord): void {
  const customer = acting.records.need("customers", numberIn(before, "customer_id") ?? -1);
  const more = decimalIn(after, "gross").minus(decimalIn(before, "gross"));
  if (more.lte(0) || before["currency"] !== customer["currency"]) return;
  if (creditExcess(acting, customer, more) !== null)
    throw businessRefusal("CREDIT_LIMIT", "lines", "the change would pass the customer's credit limit");
}

/** Plans anew what an order still has to deliver. Throws 422 while goods are picked. */
function replan(acting: Acting, order: TwinRecord): void {
  for (const shipment of acting.ledger.where("shipments", "order_id", [order.id])) {
    if (shipment["state"] === "picked")
      throw businessRefusal("PICKED", "lines", "goods are picked for a shipment that has not left");
    if (shipment["state"] === "planned")
      amend(acting, { object: "shipments", id: shipment.id }, { state: "cancelled" });
  }
  planShipment(acting, order);
}
