import { numberIn, textIn, withoutNulls, type JsonMap, type TwinRecord } from "../json.ts";
import { catalogued, quantityText, taxRateOf, today, type Books } from "./books.ts";
import { withAmounts } from "./document.ts";
import { findPrice, type PriceAnswer } from "./pricing.ts";
import { answerLine, dateIn, isRefused, linesIn, needCurrency } from "./question.ts";
import { needDecimal, needNumber, needText } from "./question.ts";
import { checkLine } from "./quote.ts";
import { businessRefusal, erpRefusal } from "./wire.ts";

/** The header of an order that nobody saves. */
interface Header extends JsonMap {
  readonly customer_id: number;
  readonly currency: string;
  readonly date: string;
  readonly price_list_id: number | null;
}

function listIn(books: Books, body: JsonMap): TwinRecord | null {
  const id = numberIn(body, "price_list_id");
  if (id === null) return null;
  const list = books.ledger.get("price_lists", id);
  if (!list) throw businessRefusal("UNKNOWN_REFERENCE", "price_list_id", "no such record in price_lists");
  return list;
}

function headerOf(books: Books, body: JsonMap): Header {
  const customer = books.records.need("customers", needNumber(body, "customer_id"));
  if (customer["active"] !== true)
    throw businessRefusal("CUSTOMER_INACTIVE", "customer_id", "the customer is not active");
  const list = listIn(books, body);
  const usual = textIn(list ?? customer, "currency");
  return {
    customer_id: Number(customer.id),
    currency: needCurrency({ currency: body["currency"] ?? usual }),
    date: dateIn(body, "date", today(books)),
    price_list_id: list === null ? null : Number(list.id),
  };
}

/** A line with the price that stands for it. Throws 422 for one that no quote could be confirmed with. */
function pricedLine(books: Books, quote: Header, line: JsonMap): { line: JsonMap; price: PriceAnswer } {
  const stocked = catalogued(books, { item_id: needNumber(line, "item_id") });
  const quantity = needDecimal(line, "qty");
  if (quantity.lte(0)) throw erpRefusal("bad-value", "qty", "expected a number over 0");
  const uom = needText(line, "uom");
  const found = findPrice(books, {
    customerId: quote.customer_id,
    itemId: Number(stocked.id),
    quantity,
    uom,
    currency: quote.currency,
    date: quote.date,
    priceListId: quote.price_list_id,
  });
  const priced: JsonMap = {
    item_id: stocked.id,
    qty: quantityText(quantity),
    uom,
    price: found?.price ?? null,
    discount_pct: found?.discountPercent ?? null,
  };
  const wrong = checkLine(books, { quote, line: priced, at: "" }).find(({ level }) => level === "error");
  if (wrong !== undefined && wrong.code !== "PRICE_MISSING")
    throw businessRefusal(wrong.code, wrong.field?.replace(/^\./, "") ?? null, wrong.text);
  if (found === null) throw businessRefusal("NO_PRICE", "item_id", "there is no price");
  return { line: priced, price: found };
}

function rowOf(books: Books, quote: Header, line: JsonMap): JsonMap {
  const { line: priced, price } = pricedLine(books, quote, line);
  const taxCode = textIn(catalogued(books, priced), "tax_code");
  return {
    ...priced,
    tax_code: taxCode,
    tax_rate: taxRateOf(books, taxCode),
    price_list_id: price.list?.id ?? null,
    entry_id: price.entryId,
    min_qty: price.minQuantity,
  };
}

/**
 * Answers `POST /operations/order_preview`: what an order of these lines would come to. Nothing is stored. A
 * line that is refused says so in its row; the header then has no totals.
 */
export function askOrderPreview(books: Books, body: JsonMap): JsonMap {
  const header = headerOf(books, body);
  const rows = linesIn(body).map((line) => answerLine(line, () => rowOf(books, header, line)));
  const good = rows.filter((row) => !isRefused(row));
  const computed = withAmounts<JsonMap>(books, { ...header, lines: good });
  const isWhole = good.length === rows.length;
  const amounts = [...((computed["lines"] ?? []) as readonly JsonMap[])];
  const lists = new Set(good.map((row) => row["price_list_id"] ?? null));
  const [only = null] = lists;
  return withoutNulls({
    currency: header.currency,
    date: header.date,
    price_list_id: header.price_list_id ?? (lists.size === 1 ? only : null),
    rows: rows.map((row) => (isRefused(row) ? row : (amounts.shift() ?? row))),
    net: isWhole ? (computed["net"] ?? null) : null,
    tax: isWhole ? (computed["tax"] ?? null) : null,
    gross: isWhole ? (computed["gross"] ?? null) : null,
  }) as JsonMap;
}
