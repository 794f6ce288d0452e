import { beforeEach, expect, test } from "vitest";
import { erpBench, type ErpBench, type TestClock } from "../testing.ts";
import type { Erp, Json, JsonMap } from "../index.ts";

let erp: Erp;
let clock: TestClock;
let call: ErpBench["call"];

const entries = [
  { item_id: 1, uom: "EA", price: "9.5000", discount_pct: "10.00" },
  { item_id: 1, uom: "EA", min_qty: "100", price: "8.0000" },
];

beforeEach(() => {
  ({ erp, clock, call } = erpBench());
  const { people } = erp;
  const customer = { currency: "EUR", terms: "N14", credit_limit: "1000.00" };
  people.create("customers", { name: "Quibble Pumps", ...customer });
  const sold = { uom: "EA", tax_code: "S19", list_price: "10.0000", currency: "EUR" };
  people.create("items", { sku: "BOLT", name: "Bolt", ...sold });
  people.create("items", { sku: "FIT", name: "Fitting work", ...sold, uom: "HUR", kind: "service" });
  people.create("items", { sku: "OLD", name: "Old", ...sold, active: false });
  people.create("price_lists", { code: "STD", name: "Standard", currency: "EUR", entries });
  people.receiveStock({ itemId: 1, warehouse: "MAIN", qty: "50" });
});

async function ask(name: string, body: JsonMap): Promise<JsonMap & { rows: readonly JsonMap[] }> {
  const answer = await call("POST", `/operations/${name}`, body);
  return answer.body as unknown as JsonMap & { rows: readonly JsonMap[] };
}

const preview = async (lines: readonly JsonMap[], more: JsonMap = {}) =>
  ask("order_preview", { customer_id: 1, lines, ...more });
const bolts = (qty: string, uom = "EA"): JsonMap => ({ item_id: 1, qty, uom });

async function ordered(lines: readonly Json[]): Promise<JsonMap> {
  const draft = erp.people.createQuote({ customer_id: 1, currency: "EUR", warehouse: "MAIN", lines });
  erp.people.validateQuote(Number(draft.id));
  erp.people.approveQuote(Number(draft.id));
  const quote = erp.people.confirmQuote(Number(draft.id));
  return (await call("GET", `/sales_orders/${Number(quote["order_id"])}`)).body as unknown as JsonMap;
}

test("an order that is previewed comes to what the order then says, and nothing is stored", async () => {
  const lines = [bolts("7"), bolts("100"), bolts("9", "DZ"), { item_id: 2, qty: "1.5", uom: "HUR" }];
  const commits = erp.commits.length;
  const told = await preview(lines);
  expect(erp.commits.length).toBe(commits);
  expect(told).toMatchObject({ currency: "EUR", date: "20260302" });
  expect(
    told.rows.map((row) => [row["price"], row["discount_pct"], row["entry_id"], row["min_qty"]]),
  ).toEqual([
    ["9.5000", "10.00", 1, undefined],
    ["8.0000", undefined, 2, "100.000"],
    ["96.0000", undefined, 2, "100.000"],
    ["10.0000", undefined, undefined, undefined],
  ]);
  const order = await ordered(
    told.rows.map((row) => {
      const fields = ["item_id", "qty", "uom", "price", "discount_pct"];
      return Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
    }),
  );
  expect([told["net"], told["tax"], told["gross"]]).toEqual([order["net"], order["tax"], order["gross"]]);
  const nets = (order["lines"] as readonly JsonMap[]).map((line) => line["net"]);
  expect(told.rows.map((row) => row["net"])).toEqual(nets);
});

test("a line that cannot be ordered is refused in its row, and the header has no totals then", async () => {
  const lines = [
    { item_id: 99, qty: "1", uom: "EA" },
    { item_id: 3, qty: "1", uom: "EA" },
    bolts("1", "KG"),
    bolts("1.5"),
    bolts("0"),
    bolts("x"),
    bolts("1", "ZZ"),
    { qty: "1", uom: "EA" },
    bolts("2"),
  ];
  const told = await preview(lines);
  expect(told.rows.map(({ code = null }) => code)).toEqual([
    "UNKNOWN_REFERENCE",
    "ITEM_INACTIVE",
    "UOM_MISMATCH",
    "WHOLE_UNITS",
    "BAD_VALUE",
    "BAD_VALUE",
    "UNKNOWN_REFERENCE",
    "REQUIRED",
    null,
  ]);
  expect(told.rows.at(-1)).toMatchObject({ net: "17.10", tax: "3.25" });
  expect(["net", "tax", "gross"].filter((field) => field in told)).toEqual([]);
});

test("the header of a preview is refused as a whole", async () => {
  const codeOf = async (more: JsonMap): Promise<Json> => {
    const { status, body } = await call("POST", "/operations/order_preview", {
      customer_id: 1,
      lines: [bolts("1")],
      ...more,
    });
    return [status, body.code];
  };
  expect(await codeOf({ customer_id: 9 })).toEqual([404, "NOT_FOUND"]);
  expect(await codeOf({ currency: "XYZ" })).toEqual([422, "UNKNOWN_CURRENCY"]);
  expect(await codeOf({ date: "2026-03-02" })).toEqual([422, "BAD_VALUE"]);
  expect(await codeOf({ price_list_id: 9 })).toEqual([422, "UNKNOWN_REFERENCE"]);
  expect(await codeOf({ lines: [] })).toEqual([422, "BAD_VALUE"]);
  erp.people.edit({ object: "customers", id: 1 }, { active: false });
  expect(await codeOf({})).toEqual([422, "CUSTOMER_INACTIVE"]);
});

test("availability is told for each warehouse, for a day, and line by line", async () => {
  erp.people.receiveStock({ itemId: 1, warehouse: "NORTH", qty: "5" });
  erp.people.orderStock({ itemId: 1, warehouse: "NORTH", qty: "60", dueDate: "20260310" });
  await ordered([{ item_id: 1, qty: "20", uom: "EA", price: "9.50" }]);
  const { rows } = await ask("availability", {
    date: "20260310",
    lines: [bolts("4", "DZ"), { item_id: 2, qty: "1", uom: "HUR" }, { item_id: 99 }, { item_id: 1 }],
  });
  const north = { warehouse: "NORTH", on_hand: "5.000", reserved: "0.000", incoming: "60.000" };
  expect(rows[0]).toMatchObject({
    stocked: true,
    needed: "48.000",
    places: [
      {
        warehouse: "MAIN",
        on_hand: "50.000",
        reserved: "20.000",
        available: "30.000",
        available_at: "30.000",
      },
      { ...north, available: "5.000", available_at: "65.000", promise_date: "20260310" },
    ],
  });
  expect(rows[1]).toMatchObject({ stocked: false, places: [], ok: true });
  expect(rows[2]).toMatchObject({ item_id: 99, code: "UNKNOWN_REFERENCE", field: "item_id" });
  expect(rows[3]).not.toHaveProperty("needed");
  const only = await ask("availability", { warehouses: ["NORTH"], lines: [bolts("1")] });
  expect(only.rows[0]?.["places"]).toMatchObject([{ ...north, available_at: "5.000" }]);
  const nowhere = await call("POST", "/operations/availability", { warehouses: ["X"], lines: [bolts("1")] });
  expect([nowhere.status, nowhere.body.code]).toEqual([422, "UNKNOWN_REFERENCE"]);
});

test("a delivery that is late cannot be promised until it is received", async () => {
  erp.people.orderStock({ itemId: 1, warehouse: "MAIN", qty: "30", dueDate: "20260303" });
  const asked = async (): Promise<JsonMap | undefined> => {
    const { rows } = await ask("availability", { lines: [bolts("60")] });
    const places = (rows[0]?.["places"] ?? []) as readonly JsonMap[];
    return places[0];
  };
  expect(await asked()).toMatchObject({ incoming: "30.000", promise_date: "20260303" });
  clock.advance(2 * 86_400_000);
  const late = await asked();
  expect(late).toMatchObject({ incoming: "30.000", available_at: "50.000" });
  expect(late).not.toHaveProperty("promise_date");
  erp.people.receiveStock({ purchaseLineId: 1 });
  expect(await asked()).toMatchObject({ on_hand: "80.000", incoming: "0.000", promise_date: "20260304" });
});

test("credit is told in its parts: open orders, open invoices, what is overdue", async () => {
  const order = await ordered([{ item_id: 1, qty: "10", uom: "EA", price: "10" }]);
  const credit = async (more: JsonMap = {}): Promise<JsonMap> => ask("credit", { customer_id: 1, ...more });
  expect(await credit()).toMatchObject({ currency: "EUR", open_orders: "119.00", open_invoices: "0.00" });
  erp.people.deliver(Number(order["id"]));
  const draft = erp.people.draftInvoice(Number(order["id"]));
  expect(await credit()).toMatchObject({ open_orders: "119.00", open_invoices: "0.00", exposure: "119.00" });
  erp.people.postInvoice(Number(draft.id));
  expect(await credit()).toMatchObject({ open_orders: "0.00", open_invoices: "119.00", overdue: "0.00" });
  clock.advance(15 * 86_400_000);
  erp.people.pay(Number(draft.id), { amount: "19.00" });
  expect(await credit({ amount: "900.01" })).toMatchObject({
    open_invoices: "100.00",
    overdue: "100.00",
    exposure: "100.00",
    available: "900.00",
    ok: false,
    reason: "credit limit exceeded by 0.01 EUR",
  });
});

test("nothing is delivered of a service, and its line says no such quantity", async () => {
  const order = await ordered([
    { item_id: 2, qty: "2", uom: "HUR", price: "10" },
    { item_id: 1, qty: "3", uom: "EA", price: "10" },
  ]);
  const lines = order["lines"] as readonly JsonMap[];
  expect(lines.map((line) => line["delivered_qty"] ?? null)).toEqual([null, "0.000"]);
  erp.people.deliver(Number(order["id"]));
  const after = (await call("GET", `/sales_orders/${Number(order["id"])}`)).body as unknown as JsonMap;
  const told = (after["lines"] as readonly JsonMap[]).map((line) => line["delivered_qty"] ?? null);
  expect([after["state"], ...told]).toEqual(["delivered", null, "3.000"]);
});

/** Names of all fields of an answer, rows and places included. */
function namesIn(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

test("the OpenAPI document names what is answered", async () => {
  const response = await erp.fetch(new Request("http://twin.test/openapi.json"));
  const { paths } = (await response.json()) as { paths: JsonMap };
  const money = { customer_id: 1, amount: "1.00", currency: "EUR" };
  const asked: readonly (readonly [string, JsonMap])[] = [
    ["price", { ...money, ...bolts("100") }],
    ["order_preview", { customer_id: 1, lines: [bolts("1"), bolts("100"), { item_id: 9 }] }],
    ["availability", { lines: [bolts("1"), { item_id: 9 }] }],
    ["credit", money],
  ];
  for (const [name, body] of asked) {
    const told = namesIn(await ask(name, body));
    expect(told.length).toBeGreaterThan(7);
    const known = namesIn(paths[`/rest/v1/operations/${name}`]);
    expect(told.filter((field) => !known.includes(field))).toEqual([]);
  }
});
