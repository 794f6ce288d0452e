import { always, condition, empty, request } from "./request-keys.ts";
import { choice, count, each, either, flag, list, map, named, path, tree, word } from "./shape.ts";
import type { MapShape, Shape } from "./shape.ts";

/** Keys of what is answered in the moment; the checker and the JSON Schema are made from them. */

const before = [...always, "before.*"];
const ofLine = ["product", "quantity", "unit", "index"];
const ofRows = [...before, "lines", "products", "limit", ...ofLine];
const ofPrice = ["customer", "pricebook", "currency", "date"];
const ofStock = ["warehouses", "date"];
const ofCredit = ["customer", "amount", "currency"];

const refusal = {
  refused: condition("holds for a row, or an answer, that says no"),
  code: path("its error code"),
  field: path("field it is about"),
};

const beforeKeys = (variables: readonly string[]): { readonly [key: string]: Shape } => ({
  before: each(
    named("before", request("", [...before, ...variables])),
    "requests that are made first, by name; their answers are `before.<name>`",
  ),
});

const rowsKeys = (variables: readonly string[]): { readonly [key: string]: Shape } => ({
  ...beforeKeys(variables),
  ...refusal,
  "max!": count("most rows in one question"),
  line: tree("what one row of the question looks like in `lines`", ofRows),
  rows: path("where the rows of the answer stand, when all are asked for at once"),
  at: path("where the row stands in the answer, when each is asked for alone"),
  match: map("how rows are matched, when not by order", {
    "path!": path("value in the row of the answer"),
    "to!": choice("what it is equal to", "product", "index"),
    many: flag("all rows with that value together are the answer"),
  }),
  limit: count("as many rows or more count as cut off"),
  split: flag("a list that is refused is asked again in halves, to find the row that it is about"),
});

const price = request("what the system would charge", [...ofRows, ...ofPrice], {
  ...rowsKeys(ofPrice),
  "currency!": path("currency in the answer"),
  pricebook: path("id of the price list in the answer"),
  product: path("id of the product in a row, to be compared with the one asked for"),
  unit: path("unit in a row, to be compared with the one asked for"),
  "unitPrice!": path("price of one unit before the discount, without tax"),
  discountPercent: path("discount in percent; none when absent"),
  "net!": path("the line without tax"),
  tax: path("amount of the taxes of the line, for totals: sum"),
  "taxes!": map("taxes of the line", {
    rows: path("where they stand; the row itself holds one when nothing is said"),
    "name!": path("name; no tax when absent"),
    percent: path("percent"),
  }),
  rule: map("what made the price", {
    id: path("id of the rule of a price list"),
    minQuantity: path("quantity from which it holds"),
    else: choice("what made a price without such an id", "pricebook", "list_price", "unknown"),
  }),
  "totals!": either(
    choice("sum: the system writes the sums of the lines into the header", "sum"),
    map("totals of the header in the answer; two of them", {
      net: path("without tax"),
      tax: path("tax"),
      gross: path("with tax"),
    }),
  ),
});

const place = map("stock of one warehouse", {
  "warehouse!": path("code of the warehouse"),
  "onHand!": path("what is there"),
  reserved: path("what is on its way to somebody; 0 when nothing is said"),
  incoming: path("what comes; 0 when nothing is said"),
  "available!": path("what can be promised today"),
  availableAt: path("what can be promised for the day asked for"),
  promisedFrom: path("first day for which what is wanted can be promised"),
  byDate: map("instead of both: what can be promised from which day on", {
    "rows!": path("where the days stand"),
    "date!": path("day"),
    "quantity!": path("what can be promised from then on"),
  }),
});

const availability = request("what is there, and what can be promised", [...ofRows, ...ofStock], {
  ...rowsKeys(ofStock),
  isStocked: condition("holds for a product that is counted; all are when nothing is said"),
  "unit!": path("unit of the quantities"),
  wanted: path("what was wanted, in that unit"),
  "places!": path("where the warehouses stand"),
  "place!": place,
});

const credit = request("how far the credit of a customer is used", [...before, ...ofCredit], {
  ...beforeKeys(ofCredit),
  ...refusal,
  "currency!": path("currency of the amounts"),
  limit: path("credit limit; none when absent"),
  noLimit: condition("holds where there is no limit although one is told"),
  openOrders: path("confirmed and not invoiced; exposure less openInvoices when nothing is said"),
  notHeld: path("confirmed, not invoiced and not held against the limit; 0 when nothing is said"),
  openInvoices: path("invoiced and not paid; exposure less openOrders when nothing is said"),
  "overdue!": path("what fell due before today"),
  exposure: path("what counts against the limit; openOrders and openInvoices when nothing is said"),
  "refuses!": choice("when the system itself refuses an order beyond the limit", "confirm", "never"),
  stops: condition(
    "refuses: confirm; holds for an order that would be refused, any beyond it if nothing is said",
  ),
  held: condition("holds for a customer of whom no order is taken, whatever the amounts"),
  "measuredBy!": choice("what of an order counts", "net", "gross"),
});

const shipments = request("shipments of orders", [...always, "object", "id", "part.*", "ids", "limit"], {
  "rows!": path("where they stand: in the answer of the request, or without one in the row of the order"),
  max: count("as many rows or more count as cut off"),
  parent: path("id of the order, in a shipment that was read by ids"),
  empty,
  "id!": path("id"),
  number: path("number"),
  "state!": path("state"),
  plannedDate: path("planned day"),
  doneDate: path("day on which it left"),
  carrier: path("carrier"),
  tracking: path("tracking number"),
  open: condition("holds for one that is still to come: its day is promised to the lines it names"),
  lines: map("lines of the order that it holds", {
    "rows!": path("where they stand"),
    "line!": path("id of the line of the order"),
  }),
});

/** A request that may be missing: what is asked for then stands in the row of the record. */
const optional = (shape: MapShape): MapShape => ({
  ...shape,
  required: shape.required.filter((key) => key !== "path"),
});

const orderStatus = map("how far orders have come; they are read as `entities.orders`", {
  "max!": count("most orders in one question"),
  number: path("number"),
  "state!": path("state"),
  "lines!": map("lines of an order", {
    "rows!": path("where they stand"),
    "id!": path("id"),
    product: path("id of the product"),
    "unit!": path("unit of the quantities"),
    "ordered!": path("quantity ordered"),
    "delivered!": path("quantity delivered; absent where nothing is delivered at all"),
    isDelivered: condition("holds for a line of which something is delivered at all"),
    "invoiced!": path("quantity invoiced"),
    promisedDate: path("day promised for what is not delivered yet"),
  }),
  shipments: optional(shipments),
});

const quoteToOrder = map("the way from a quote to its order; quotes are read as `entities.quotes`", {
  ordered: condition("holds for a quote that is an order, or of which one was made"),
  order: path("id of the order in the quote; the quote's own id when neither this nor find is said"),
  find: request("orders that name the quote", [...always, "object", "id", "part.*"], {
    "rows!": path("where they stand"),
    "id!": path("id"),
    number: path("number"),
  }),
  number: path("number of the order in the quote"),
  orderNumber: path("number of the order in its own row, read as `entities.orders`"),
  "steps!": list(
    map("what a quote needs next; the first that fits", {
      "when!": condition("holds for such a quote"),
      via: word("name of the transition of quotes that leads on"),
      from: word("its status before, where two have that name"),
      to: word("its status after, where two have that name"),
      closed: word("code: no transition leads on, somebody has to do something in the system"),
    }),
  ),
  refuses: list(
    choice(
      "price_missing, price_zero: a line; warehouse_missing: goods; warehouse_unknown: not in places; " +
        "address_missing: a customer",
      "price_missing",
      "price_zero",
      "warehouse_missing",
      "warehouse_unknown",
      "address_missing",
    ),
    "what makes the system refuse an order, where no other answer tells it",
  ),
  concerns: list(
    either(
      path("what the system is likely to refuse, in words"),
      map("words in rows", { "rows!": path("where the rows stand"), "text!": path("the words") }),
    ),
    "what the system is likely to refuse later on the way",
  ),
});

/** All operations. */
export const operationsShape: MapShape = map("what is answered in the moment", {
  days: map("how days are written", {
    form: choice("form in which days are sent", "YYYY-MM-DD", "YYYYMMDD"),
    zone: word("zone in which an instant is a day, and today is; UTC without it"),
  }),
  decimals: choice("how quantities and amounts are sent", "text", "number"),
  price,
  availability,
  credit,
  orderStatus,
  quoteToOrder,
});
