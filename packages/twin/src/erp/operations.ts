import { big } from "../decimal.ts";
import { isList, numberIn, textIn, withoutNulls, type Json, type JsonMap } from "../json.ts";
import {
  amountText,
  byCode,
  catalogued,
  convertQuantity,
  quantityText,
  taxRateOf,
  today,
  type Books,
} from "./books.ts";
import type { Big } from "../decimal.ts";
import { creditExcess, creditPosition } from "./credit.ts";
import { findPrice } from "./pricing.ts";
import { answerLine, dateIn, linesIn, needCurrency, needDecimal, needNumber, needText } from "./question.ts";
import { promiseIn, stockLevel, type StockLevel } from "./stock.ts";
import { businessRefusal, erpRefusal } from "./wire.ts";

/** Where goods are looked for when nobody names a warehouse. */
const DEFAULT_WAREHOUSE = "MAIN";

/** Answers `POST /operations/price`. Throws 422 NO_PRICE when there is none. */
export function askPrice(books: Books, body: JsonMap): JsonMap {
  const customerId = needNumber(body, "customer_id");
  books.records.need("customers", customerId);
  const stocked = catalogued(books, { item_id: needNumber(body, "item_id") });
  const currency = needCurrency(body);
  const uom = needText(body, "uom");
  const answer = findPrice(books, {
    customerId,
    itemId: Number(stocked.id),
    quantity: needDecimal(body, "qty"),
    uom,
    currency,
    date: dateIn(body, "date", today(books)),
    priceListId: numberIn(body, "price_list_id"),
  });
  if (answer === null) throw businessRefusal("NO_PRICE", "item_id", "there is no price");
  const taxCode = textIn(stocked, "tax_code");
  return withoutNulls({
    price: answer.price,
    currency,
    uom,
    discount_pct: answer.discountPercent,
    min_qty: answer.minQuantity,
    price_list: textIn(answer.list, "code"),
    price_list_id: answer.list?.id ?? null,
    entry_id: answer.entryId,
    tax_code: taxCode,
    tax_rate: taxRateOf(books, taxCode),
  }) as JsonMap;
}

/** What is asked of the stock, the same for all lines. */
interface StockQuestion {
  readonly warehouses: readonly string[];
  readonly date: string;
}

function warehousesIn(books: Books, body: JsonMap): readonly string[] {
  const given = body["warehouses"];
  if (!isList(given)) {
    const all = books.ledger.all("warehouses").filter((warehouse) => warehouse["active"] === true);
    return all.map((warehouse) => textIn(warehouse, "code") ?? "").toSorted();
  }
  return given.map((code) => {
    if (typeof code !== "string") throw erpRefusal("bad-value", "warehouses", "expected codes of warehouses");
    return textIn(byCode(books, "warehouses", code), "code") ?? "";
  });
}

/** What a line needs, in the unit of its item; null where it names no quantity. */
function neededBy(books: Books, line: JsonMap, uom: string): Big | null {
  if (textIn(line, "qty") === null) return null;
  return convertQuantity(books, needDecimal(line, "qty"), { from: needText(line, "uom"), to: uom });
}

const levels = (level: StockLevel): JsonMap => ({
  on_hand: quantityText(level.onHand),
  reserved: quantityText(level.reserved),
  incoming: quantityText(level.incoming),
  available: quantityText(level.available),
});

function availabilityOf(books: Books, line: JsonMap, asked: StockQuestion): JsonMap {
  const stocked = catalogued(books, { item_id: needNumber(line, "item_id") });
  const uom = textIn(stocked, "uom") ?? "";
  const needed = neededBy(books, line, uom);
  const isWork = stocked["kind"] === "service";
  const date = dateIn(line, "date", asked.date);
  const placeOf = (warehouse: string): { level: StockLevel; promise: string | null } => {
    const level = stockLevel(books, Number(stocked.id), warehouse);
    if (needed === null) return { level, promise: null };
    return { level, promise: isWork ? today(books) : promiseIn(level, needed) };
  };
  const warehouse = textIn(line, "warehouse") ?? DEFAULT_WAREHOUSE;
  const { level, promise } = placeOf(warehouse);
  const places = asked.warehouses.map((code): Json => {
    const place = placeOf(code);
    const available_at = quantityText(availableOn(place.level, date));
    return { warehouse: code, ...levels(place.level), available_at, promise_date: place.promise };
  });
  return withoutNulls({
    item_id: stocked.id,
    warehouse,
    uom,
    stocked: !isWork,
    needed: needed === null ? null : quantityText(needed),
    ...levels(level),
    ok: needed === null ? null : promise !== null && promise <= date,
    promise_date: promise,
    places: isWork ? [] : places,
  }) as JsonMap;
}

/** What can be promised for a day; a day gone by counts as today. */
function availableOn(level: StockLevel, date: string): Big {
  const reached = level.byDate.filter((step, index) => index === 0 || step.date <= date);
  return reached.at(-1)?.quantity ?? level.available;
}

/** Answers `POST /operations/availability`; a line that cannot be answered says so in its row. */
export function askAvailability(books: Books, body: JsonMap): JsonMap {
  const asked = { warehouses: warehousesIn(books, body), date: dateIn(body, "date", today(books)) };
  return { rows: linesIn(body).map((line) => answerLine(line, () => availabilityOf(books, line, asked))) };
}

/** Answers `POST /operations/credit`. */
export function askCredit(books: Books, body: JsonMap): JsonMap {
  const customer = books.records.need("customers", needNumber(body, "customer_id"));
  const own = textIn(customer, "currency") ?? "";
  const currency = needCurrency({ currency: body["currency"] ?? own });
  const amount = textIn(body, "amount") === null ? big(0) : needDecimal(body, "amount");
  if (currency !== own) {
    throw erpRefusal("bad-value", "currency", "the credit of a customer is kept in the customer's currency");
  }
  const limit = textIn(customer, "credit_limit");
  const { openOrders, openInvoices, overdue, exposure } = creditPosition(books, customer);
  const excess = creditExcess(books, customer, amount);
  const blocked = customer["blocked"] === true;
  const reason = blocked
    ? "customer is blocked"
    : excess === null
      ? "within the limit"
      : `credit limit exceeded by ${amountText(excess, currency)} ${currency}`;
  return withoutNulls({
    ok: !blocked && excess === null,
    blocked,
    currency,
    limit,
    open_orders: amountText(openOrders, currency),
    open_invoices: amountText(openInvoices, currency),
    overdue: amountText(overdue, currency),
    exposure: amountText(exposure, currency),
    available: limit === null ? null : amountText(big(limit).minus(exposure), currency),
    reason,
  }) as JsonMap;
}
