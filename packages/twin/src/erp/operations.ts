import { compactDate } from "../calendar.ts";
import { big, currencyDecimals, parseDecimal, type Big } from "../decimal.ts";
import { numberIn, rowsIn, textIn, withoutNulls, type Json, type JsonMap } from "../json.ts";
import {
  amountText,
  convertQuantity,
  quantityText,
  catalogued,
  taxRateOf,
  today,
  type Books,
} from "./books.ts";
import { creditExcess, creditExposure } from "./credit.ts";
import { findPrice } from "./pricing.ts";
import { stockLevel } from "./stock.ts";
import { businessRefusal, erpRefusal } from "./wire.ts";

/** Where goods are looked for when nobody names a warehouse. */
const DEFAULT_WAREHOUSE = "MAIN";

function needNumber(body: JsonMap, field: string, at = ""): number {
  const value = numberIn(body, field);
  if (value === null) throw erpRefusal("required", `${at}${field}`, "a value is required");
  return value;
}

function needText(body: JsonMap, field: string, at = ""): string {
  const value = textIn(body, field);
  if (value === null) throw erpRefusal("required", `${at}${field}`, "a value is required");
  return value;
}

function needDecimal(body: JsonMap, field: string, at = ""): Big {
  const value = parseDecimal(needText(body, field, at));
  if (value === null) throw erpRefusal("bad-value", `${at}${field}`, "expected a decimal number as text");
  return value;
}

function needCurrency(body: JsonMap): string {
  const currency = needText(body, "currency");
  if (currencyDecimals(currency) === null)
    throw erpRefusal("unknown-currency", "currency", "unknown currency");
  return currency;
}

function dateIn(body: JsonMap, field: string, standard: string): string {
  const given = textIn(body, field);
  if (given !== null && compactDate(given) === null)
    throw erpRefusal("bad-value", field, "expected YYYYMMDD");
  return given ?? standard;
}

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
    tax_code: taxCode,
    tax_rate: taxRateOf(books, taxCode),
  }) as JsonMap;
}

function availabilityOf(books: Books, line: JsonMap, at: string): Json {
  const stocked = catalogued(books, { item_id: needNumber(line, "item_id", at) });
  const uom = textIn(stocked, "uom") ?? "";
  const needed = convertQuantity(books, needDecimal(line, "qty", at), {
    from: needText(line, "uom", at),
    to: uom,
  });
  const warehouse = textIn(line, "warehouse") ?? DEFAULT_WAREHOUSE;
  const level = stockLevel(books, Number(stocked.id), warehouse);
  const date = dateIn(line, "date", today(books));
  const isWork = stocked["kind"] === "service";
  const promise = isWork
    ? today(books)
    : (level.byDate.find(({ quantity }) => quantity.gte(needed))?.date ?? null);
  return withoutNulls({
    item_id: stocked.id,
    warehouse,
    uom,
    on_hand: quantityText(level.onHand),
    reserved: quantityText(level.reserved),
    incoming: quantityText(level.incoming),
    available: quantityText(level.available),
    ok: promise !== null && promise <= date,
    promise_date: promise,
  });
}

/** Answers `POST /operations/availability`. */
export function askAvailability(books: Books, body: JsonMap): JsonMap {
  const lines = rowsIn(body, "lines");
  if (lines.length === 0 || lines.length > 200)
    throw erpRefusal("bad-value", "lines", "expected 1 to 200 lines");
  return { rows: lines.map((line, index) => availabilityOf(books, line, `lines.${index}.`)) };
}

/** Answers `POST /operations/credit`. */
export function askCredit(books: Books, body: JsonMap): JsonMap {
  const customer = books.records.need("customers", needNumber(body, "customer_id"));
  const currency = needCurrency(body);
  const amount = needDecimal(body, "amount");
  if (currency !== textIn(customer, "currency")) {
    throw erpRefusal("bad-value", "currency", "the credit of a customer is kept in the customer's currency");
  }
  const limit = textIn(customer, "credit_limit");
  const exposure = creditExposure(books, customer);
  const excess = creditExcess(books, customer, amount);
  const blocked = customer["blocked"] === true;
  const text = blocked
    ? "customer is blocked"
    : excess === null
      ? "within the limit"
      : `credit limit exceeded by ${amountText(excess, currency)} ${currency}`;
  return withoutNulls({
    ok: !blocked && excess === null,
    blocked,
    limit,
    exposure: amountText(exposure, currency),
    available: limit === null ? null : amountText(big(limit).minus(exposure), currency),
    text,
  }) as JsonMap;
}
