import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { checkDescription } from "./check.ts";
import { overlay } from "./compile.ts";
import type { JsonMap } from "./wire.ts";

const fileAt = (name: string): JsonMap =>
  parse(readFileSync(new URL(`../test/descriptions/${name}.yaml`, import.meta.url), "utf8")) as JsonMap;
const files = { cedar: fileAt("cedar"), dogwood: fileAt("dogwood") };
const v = (name: string): string => `\${${name}}`;

/** The description with something laid over its operations, checked: one line for each problem. */
function problemsWith(name: keyof typeof files, operations: JsonMap, more: JsonMap = {}): readonly string[] {
  const laid = overlay(files[name], { operations, ...more }) as JsonMap;
  return checkDescription(laid).map(({ path, problem }) => `${path}: ${problem}`);
}

it.each(["cedar", "dogwood"] as const)("%s has no problem", (name) => {
  expect(problemsWith(name, {})).toEqual([]);
});

const step = (words: JsonMap): JsonMap => ({
  quoteToOrder: { steps: [{ when: { path: "s", in: [1] }, ...words }] },
});

it.each<readonly [keyof typeof files, JsonMap, string]>([
  ["cedar", { prices: {} }, "operations.prices: unknown key; did you mean price?"],
  [
    "cedar",
    { price: { unitprice: "x" } },
    "operations.price.unitprice: unknown key; did you mean unitPrice?",
  ],
  ["cedar", { price: { net: null } }, "operations.price.net: is missing; say the line without tax"],
  ["cedar", { price: { max: 0 } }, "operations.price.max: is no whole number from 1; write one"],
  ["cedar", { decimals: "words" }, "operations.decimals: is text, but needs one of text, number"],
  [
    "cedar",
    { price: { path: `/x/${v("custmer")}` } },
    "operations.price.path: unknown variable custmer; did you mean customer?",
  ],
  [
    "cedar",
    { availability: { path: `/x/${v("customer")}` } },
    "operations.availability.path: unknown variable customer; known here: tenant, variable.*, before.*, " +
      "lines, products, limit, product, quantity, unit, index, warehouses, date",
  ],
  [
    "cedar",
    { days: { zone: "Mars" } },
    "operations.days.zone: is no time zone; write a name such as Europe/Berlin",
  ],
  [
    "cedar",
    { price: { path: "/x" } },
    `operations.price: needs ${v("lines")} or ${v("products")} or ${v("product")}; say what is asked for`,
  ],
  [
    "cedar",
    { price: { rows: "rows" } },
    "operations.price.rows: is for all rows in one request, and here each is alone",
  ],
  [
    "cedar",
    { price: { line: { a: v("product") } } },
    `operations.price.line: is said, but the request does not use ${v("lines")}; add it to body`,
  ],
  [
    "cedar",
    { price: { tax: null } },
    "operations.price.tax: is missing; totals: sum needs the amount of each line's taxes",
  ],
  [
    "cedar",
    { price: { totals: { net: "a", tax: "b" } } },
    "operations.price.totals: has no common answer, each line being asked alone; write sum",
  ],
  [
    "cedar",
    { price: { currency: "before.clent.currency" } },
    "operations.price: uses before.clent.currency, and no request of that name goes before; see before",
  ],
  [
    "cedar",
    { price: { before: { client: { path: `/x/${v("before.tariff.y")}` } } } },
    "operations.price.before.client: uses before.tariff.y, and no request of that name goes before; " +
      "see before",
  ],
  [
    "cedar",
    { credit: { exposure: null } },
    "operations.credit: needs two of openOrders, openInvoices, exposure",
  ],
  [
    "cedar",
    { credit: { stops: { path: "x", in: [1] } } },
    "operations.credit.stops: needs refuses: confirm; leave it out",
  ],
  [
    "cedar",
    { orderStatus: { shipments: { open: { path: "x", in: [1] } } } },
    "operations.orderStatus.shipments: needs open and lines together, or none of them",
  ],
  [
    "dogwood",
    { orderStatus: { shipments: { max: null } } },
    "operations.orderStatus.shipments.max: is missing; say how many rows count as cut off",
  ],
  [
    "dogwood",
    { orderStatus: { shipments: { path: `/x/${v("ids")}` } } },
    "operations.orderStatus.shipments.parent: is missing; say where a shipment names its order",
  ],
  [
    "dogwood",
    { orderStatus: { shipments: { path: "/x" } } },
    `operations.orderStatus.shipments: needs ${v("id")} or ${v("ids")}; say whose shipments are asked for`,
  ],
  [
    "dogwood",
    { orderStatus: { shipments: { plannedDate: null } } },
    "operations.orderStatus.shipments.plannedDate: is missing; it is what is promised",
  ],
  [
    "dogwood",
    { price: { line: null } },
    `operations.price.line: is missing; say what one row looks like in ${v("lines")}`,
  ],
  [
    "dogwood",
    { price: { rows: null } },
    "operations.price.rows: is missing; say where the rows of the answer stand",
  ],
  [
    "dogwood",
    { price: { query: { sku: v("product") } } },
    `operations.price: uses ${v("product")} beside all rows; write it in line`,
  ],
  [
    "dogwood",
    { price: { line: { n: null } } },
    `operations.price.match: needs ${v("index")} in line, or nothing tells it`,
  ],
  [
    "dogwood",
    { price: { match: { many: true } } },
    "operations.price.match.many: is for availability; a line has one price",
  ],
  [
    "dogwood",
    { price: { totals: { gross: null } } },
    "operations.price.totals: needs two of net, tax, gross",
  ],
  [
    "dogwood",
    { credit: { refused: { path: "found", in: null } } },
    "operations.credit.refused: holds for everything; say in, exists or startsWith",
  ],
  [
    "dogwood",
    { quoteToOrder: { find: null, ordered: null } },
    "operations.quoteToOrder: needs ordered, order or find; say how one sees that there is an order",
  ],
  [
    "dogwood",
    { quoteToOrder: { order: "order" } },
    "operations.quoteToOrder.find: is said beside order; one of them is enough",
  ],
  [
    "dogwood",
    step({ via: "wn" }),
    "operations.quoteToOrder.steps.0.via: is no transition of quotes; known: win",
  ],
  ["dogwood", step({}), "operations.quoteToOrder.steps.0: needs via or closed, and not both"],
  [
    "cedar",
    step({ via: "accept" }),
    "operations.quoteToOrder.steps.0.via: is the name of several transitions of quotes; say from and to",
  ],
])("%s with %j", (name, operations, line) => {
  expect(problemsWith(name, operations)).toEqual([line]);
});

it("an operation needs the entity that it reads", () => {
  const orderNumber = { quoteToOrder: { orderNumber: "no" } };
  const entities = { orders: null as unknown as JsonMap, quotes: { get: null } };
  expect(problemsWith("dogwood", orderNumber, { entities })).toEqual([
    "operations.orderStatus: needs entities.orders with get or getMany, by which it is read",
    "operations.quoteToOrder: needs entities.quotes with get or getMany, by which it is read",
    "operations.quoteToOrder.orderNumber: needs entities.orders with get or getMany, by which it is read",
  ]);
});
