import { beforeEach, expect, test } from "vitest";
import { erpBench, type ErpBench, type TestClock } from "../testing.ts";
import type { Erp, ErpOptions, Json, JsonMap } from "../index.ts";

let erp: Erp;
let call: ErpBench["call"];
let clock: TestClock;

function open(options: Partial<ErpOptions> = {}): void {
  ({ erp, call, clock } = erpBench(options));
  const { people } = erp;
  people.create("customers", {
    name: "Quibble Pumps",
    currency: "EUR",
    terms: "N14",
    credit_limit: "5000.00",
  });
  people.create("items", {
    sku: "BOLT",
    name: "Bolt",
    uom: "EA",
    tax_code: "S19",
    list_price: "10.0000",
    currency: "EUR",
  });
  people.create("items", { sku: "FIT", name: "Fitting work", uom: "HUR", kind: "service", tax_code: "S19" });
  people.create("price_lists", {
    code: "STD",
    name: "Standard",
    currency: "EUR",
    entries: [
      { item_id: 1, uom: "EA", price: "9.5000" },
      { item_id: 1, uom: "EA", min_qty: "100", price: "8.0000" },
    ],
  });
  people.receiveStock({ itemId: 1, warehouse: "MAIN", qty: "50" });
}

beforeEach(() => open());

const bolts = (fields: JsonMap = {}): JsonMap => ({
  item_id: 1,
  qty: "10",
  uom: "EA",
  price: "9.50",
  ...fields,
});

async function draft(lines: readonly Json[], fields: JsonMap = {}): Promise<number> {
  const { status, body } = await call("POST", "/sales_quotes", {
    customer_id: 1,
    currency: "EUR",
    warehouse: "MAIN",
    lines,
    ...fields,
  });
  expect(status).toBe(201);
  return body.id;
}

const press = (id: number, action: string, body: Json = {}): ReturnType<ErpBench["call"]> =>
  call("POST", `/sales_quotes/${id}/actions/${action}`, body);

async function ordered(lines: readonly Json[], fields: JsonMap = {}): Promise<number> {
  const id = await draft(lines, fields);
  await press(id, "validate");
  const { body } = await press(id, "confirm");
  return body.order_id;
}

test("a quote becomes an order, is delivered in parts, invoiced and paid; each state follows", async () => {
  const orderId = await ordered([bolts()], {
    freight: "12.50",
    external_ref: "Q-1",
    customer_reference: "PO-7",
  });
  const order = (await call("GET", `/sales_orders/${orderId}`)).body;
  expect(order).toMatchObject({
    number: "SO-2001",
    state: "open",
    net: "107.50",
    tax: "20.43",
    gross: "127.93",
    terms: "N14",
    external_ref: "Q-1",
  });
  const lineId = order.lines[0].id;
  expect((await call("GET", "/stock?item_id=1")).body.rows[0]).toMatchObject({
    reserved: "10.000",
    available: "40.000",
  });

  erp.people.deliver(orderId, { [lineId]: "4" });
  expect((await call("GET", `/sales_orders/${orderId}`)).body).toMatchObject({
    state: "part_delivered",
    lines: [{ delivered_qty: "4.000" }],
  });
  const first = erp.people.invoice(orderId);
  expect(first).toMatchObject({
    number: "INV-3001",
    due_date: "20260316",
    gross: "60.10",
    open_balance: "60.10",
  });
  erp.people.deliver(orderId);
  const second = erp.people.invoice(orderId);
  expect(second).toMatchObject({ number: "INV-3002", gross: "67.83" });
  expect((await call("GET", `/sales_orders/${orderId}`)).body.state).toBe("invoiced");
  expect((await call("GET", "/stock?item_id=1")).body.rows[0]).toMatchObject({
    on_hand: "40.000",
    reserved: "0.000",
  });

  expect(erp.people.pay(Number(first.id), { amount: "20.00" })).toMatchObject({
    state: "posted",
    open_balance: "40.10",
  });
  erp.people.pay(Number(first.id), { amount: null });
  erp.people.pay(Number(second.id), { amount: null });
  expect((await call("GET", `/sales_orders/${orderId}`)).body.state).toBe("closed");
  const shipments = (await call("GET", `/shipments?order_id=${orderId}`)).body.rows;
  expect(shipments.map((row) => row.state)).toEqual(["shipped", "shipped"]);
  expect(erp.people.confirmDelivery(shipments[0].id)).toMatchObject({
    state: "delivered",
    delivered_date: "20260302",
  });
});

test("a number exists only after the step that gives it", async () => {
  const id = await draft([bolts()]);
  expect("number" in (await call("GET", `/sales_quotes/${id}`)).body).toBe(false);
  expect((await press(id, "validate")).body.number).toBe("QT-1001");
  const { body } = await press(id, "confirm");
  erp.people.deliver(body.order_id);
  const invoice = erp.people.draftInvoice(body.order_id);
  expect("number" in (await call("GET", `/invoices/${invoice.id}`)).body).toBe(false);
});

test("an action in the wrong state answers 200 and does nothing", async () => {
  const id = await draft([bolts()]);
  const before = erp.commits.length;
  for (const action of ["confirm", "approve", "reject", "reopen"]) {
    expect([action, (await press(id, action)).status]).toEqual([action, 200]);
  }
  expect(erp.commits.length).toBe(before);
  await press(id, "validate");
  const once = await press(id, "confirm");
  const twice = await press(id, "confirm");
  expect(twice.body.order_id).toBe(once.body.order_id);
  expect((await call("GET", "/sales_orders")).body.count).toBe(1);
});

test.each([
  ["no lines", [], {}, "NO_LINES", "lines"],
  ["a missing price", [{ item_id: 1, qty: "1", uom: "EA" }], {}, "PRICE_MISSING", "lines.0.price"],
  ["a price of 0", [bolts({ price: "0" })], {}, "PRICE_ZERO", "lines.0.price"],
  ["half a piece", [bolts({ qty: "1.5" })], {}, "WHOLE_UNITS", "lines.0.qty"],
  ["a unit of another kind", [bolts({ uom: "KG" })], {}, "UOM_MISMATCH", "lines.0.uom"],
  ["no warehouse for goods", [bolts()], { warehouse: null }, "REQUIRED", "warehouse"],
])(
  "validation refuses %s and the quote stays a draft that tells why",
  async (_what, lines, fields, code, field) => {
    const id = await draft(lines, fields);
    const refused = await press(id, "validate");
    expect([refused.status, refused.body.code, refused.body.field]).toEqual([422, code, field]);
    expect((await call("GET", `/sales_quotes/${id}`)).body).toMatchObject({
      state: "draft",
      messages: [{ code }],
    });
  },
);

test("an inactive item is refused, and a price that differs from the list is a warning only", async () => {
  const id = await draft([bolts({ price: "9.40" })]);
  erp.people.edit({ object: "items", id: 1 }, { active: false });
  expect((await press(id, "validate")).body.code).toBe("ITEM_INACTIVE");
  erp.people.edit({ object: "items", id: 1 }, { active: true });
  const { body } = await press(id, "validate");
  expect(body).toMatchObject({ state: "validated", messages: [{ level: "warning", code: "PRICE_DIFFERS" }] });
});

test("a quote over the credit limit waits for approval with its reason, then makes one order", async () => {
  const id = await draft([bolts({ qty: "500", price: "9.50" })]);
  await press(id, "validate");
  const waiting = await press(id, "confirm");
  expect(waiting.body).toMatchObject({
    state: "validated",
    approval: "pending",
    approval_reason: "credit limit exceeded by 652.50 EUR",
  });
  erp.people.approveQuote(id);
  expect((await call("GET", `/sales_quotes/${id}`)).body).toMatchObject({
    approval: "approved",
    approval_by: "dora",
    approval_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
  });
  expect((await press(id, "confirm")).body).toMatchObject({ state: "confirmed", order_id: 1 });
  const credit = await call("POST", "/operations/credit", {
    customer_id: 1,
    amount: "1.00",
    currency: "EUR",
  });
  expect(credit.body).toMatchObject({
    ok: false,
    exposure: "5652.50",
    limit: "5000.00",
    available: "-652.50",
  });
});

test("the credit exposure moves without a stamp", async () => {
  const before = (await call("GET", "/customers/1")).body;
  await ordered([bolts()]);
  const after = (await call("GET", "/customers/1")).body;
  expect([after.credit_exposure, after.row_version]).toEqual(["113.05", before.row_version]);
});

test("a blocked customer gets no order", async () => {
  const id = await draft([bolts()]);
  await press(id, "validate");
  erp.people.blockCustomer(1, true);
  expect((await press(id, "confirm")).body.code).toBe("CUSTOMER_BLOCKED");
});

test("only a draft can be edited, but for its external reference", async () => {
  const id = await draft([bolts()]);
  await press(id, "validate");
  expect((await call("PUT", `/sales_quotes/${id}`, { valid_until: "20260401" })).body.code).toBe("STATE");
  expect((await call("PUT", `/sales_quotes/${id}`, { external_ref: "x" })).status).toBe(200);
  expect((await press(id, "reopen")).body).toMatchObject({ state: "draft", number: "QT-1001" });
  expect((await call("PUT", `/sales_quotes/${id}`, { valid_until: "20260401" })).status).toBe(200);
});

test("quotes expire when their time has passed", async () => {
  const id = await draft([bolts()], { valid_until: "20260303" });
  clock.advance(2 * 86_400_000);
  erp.people.expireQuotes();
  expect((await call("GET", `/sales_quotes/${id}`)).body.state).toBe("expired");
});

test("a cancelled order frees its stock and its shipment", async () => {
  const orderId = await ordered([bolts()]);
  expect((await call("POST", `/sales_orders/${orderId}/actions/cancel`)).body.state).toBe("cancelled");
  expect((await call("GET", "/stock")).body.rows[0].reserved).toBe("0.000");
  expect((await call("GET", "/shipments")).body.rows[0].state).toBe("cancelled");
});

/** An order as it stands, and its lines. */
async function orderNow(
  id: number,
): Promise<{ readonly order: JsonMap; readonly lines: readonly JsonMap[] }> {
  const order = (await call("GET", `/sales_orders/${id}`)).body as unknown as JsonMap;
  return { order, lines: order["lines"] as readonly JsonMap[] };
}

test("an order that stands is changed: lines, amounts, stock and shipment follow", async () => {
  const orderId = await ordered([bolts(), bolts({ qty: "2" })]);
  const [first = {}, second = {}] = (await orderNow(orderId)).lines;
  const added = { item_id: 1, qty: "3", uom: "EA" };
  const body = { requested_date: "20260401", lines: [{ ...first, qty: "4" }, added] };
  const stale = await call("PUT", `/sales_orders/${orderId}`, { ...body, expected_row_version: "0" });
  expect(stale.status).toBe(409);
  expect((await call("PUT", `/sales_orders/${orderId}`, body)).status).toBe(200);
  const { order, lines } = await orderNow(orderId);
  expect(order).toMatchObject({ net: "66.50", state: "open", requested_date: "20260401" });
  expect(lines.map((line) => [line["qty"], line["price"]])).toEqual([
    ["4.000", "9.5000"],
    ["3.000", "9.5000"],
  ]);
  expect(lines.some((line) => line["id"] === second["id"])).toBe(false);
  expect((await call("GET", "/stock")).body.rows[0].reserved).toBe("7.000");
  const shipments = (await call("GET", "/shipments")).body.rows;
  expect(shipments.map(({ state }) => state)).toEqual(["cancelled", "planned"]);
  const again = await call("PUT", `/sales_orders/${orderId}`, { lines });
  expect(again.body.row_version).toBe(order["row_version"]);
  expect((await call("POST", "/sales_orders", {})).status).toBe(405);
});

test("a change never goes below what is done of an order, nor beyond its rules", async () => {
  const orderId = await ordered([bolts(), bolts({ qty: "2" })]);
  const change = async (lines: readonly Json[], more: JsonMap = {}): Promise<unknown> =>
    (await call("PUT", `/sales_orders/${orderId}`, { lines, ...more })).body.code;
  const [first] = (await orderNow(orderId)).lines;
  erp.people.deliver(orderId, { [Number(first?.["id"])]: "6" });
  const { order, lines } = await orderNow(orderId);
  const [delivered = {}, second = {}] = lines;
  expect(await change([{ ...delivered, qty: "5" }, second])).toBe("BELOW_DONE");
  expect(await change([second])).toBe("BELOW_DONE");
  expect(await change([{ ...delivered, item_id: 2 }, second])).toBe("LINE_FIXED");
  expect(await change([])).toBe("NO_LINES");
  expect(await change([...lines, { item_id: 2, qty: "1", uom: "HUR" }])).toBe("PRICE_MISSING");
  expect(await change([{ ...delivered, qty: "900" }, second])).toBe("CREDIT_LIMIT");
  expect(await change(lines, { number: "X" })).toBe("READ_ONLY");
  expect((await orderNow(orderId)).order).toEqual(order);
  expect(await change([{ ...delivered, qty: "6" }])).toBeUndefined();
  expect((await orderNow(orderId)).order["state"]).toBe("delivered");
  expect((await call("GET", "/stock")).body.rows[0]).toMatchObject({ on_hand: "44.000", reserved: "0.000" });
  expect(await change([{ ...delivered, qty: "9" }])).toBe("STATE");
});

test("quantities convert between units, and more than is on hand does not leave", async () => {
  const orderId = await ordered([bolts({ qty: "5", uom: "DZ", price: "114.00" })]);
  expect((await call("GET", "/stock")).body.rows[0]).toMatchObject({
    reserved: "60.000",
    available: "-10.000",
  });
  expect(() => erp.people.deliver(orderId)).toThrow(/not enough on hand/);
  expect((await call("GET", `/sales_orders/${orderId}`)).body.state).toBe("open");
  erp.people.receiveStock({ itemId: 1, warehouse: "MAIN", qty: "10" });
  erp.people.deliver(orderId);
  expect((await call("GET", "/stock")).body.rows[0]).toMatchObject({ on_hand: "0.000", reserved: "0.000" });
});

test("the price follows breaks, units and lists, and is never made up", async () => {
  const ask = async (fields: JsonMap): Promise<[number, string]> => {
    const { status, body } = await call("POST", "/operations/price", {
      customer_id: 1,
      item_id: 1,
      qty: "1",
      uom: "EA",
      currency: "EUR",
      ...fields,
    });
    return [status, body.price ?? body.code];
  };
  expect(await ask({})).toEqual([200, "9.5000"]);
  expect(await ask({ qty: "100" })).toEqual([200, "8.0000"]);
  expect(await ask({ qty: "9", uom: "DZ" })).toEqual([200, "96.0000"]);
  expect(await ask({ currency: "USD" })).toEqual([422, "NO_PRICE"]);
  expect(await ask({ item_id: 2, uom: "HUR" })).toEqual([422, "NO_PRICE"]);
  erp.people.create("price_lists", {
    code: "C1",
    name: "Agreed",
    currency: "EUR",
    customer_id: 1,
    entries: [{ item_id: 1, uom: "EA", price: "7.7" }],
  });
  expect(await ask({ qty: "100" })).toEqual([200, "7.7000"]);
  erp.people.changePrice({ listId: 2, itemId: 1, price: "7.1" });
  expect(await ask({})).toEqual([200, "7.1000"]);
});

test("availability tells the day on which enough is there", async () => {
  erp.people.orderStock({ itemId: 1, warehouse: "MAIN", qty: "30", dueDate: "20260310" });
  const { body } = await call("POST", "/operations/availability", {
    lines: [
      { item_id: 1, qty: "50", uom: "EA" },
      { item_id: 1, qty: "6", uom: "DZ" },
      { item_id: 1, qty: "99", uom: "EA" },
    ],
  });
  expect(body.rows.map((row) => [row.ok, row.promise_date])).toEqual([
    [true, "20260302"],
    [false, "20260310"],
    [false, undefined],
  ]);
  expect((await call("GET", "/stock")).body.rows[0].atp).toEqual([
    { date: "20260302", qty: "50.000" },
    { date: "20260310", qty: "80.000" },
  ]);
});

test("a credit note sets off the open balance", async () => {
  const orderId = await ordered([bolts()]);
  erp.people.deliver(orderId);
  const invoice = erp.people.invoice(orderId);
  const note = erp.people.creditNote(Number(invoice.id), {
    [Number((invoice["lines"] as { id: number }[])[0]?.id)]: "2",
  });
  expect(note).toMatchObject({ number: "CN-3001", gross: "-22.61", open_balance: "0.00", state: "paid" });
  expect((await call("GET", `/invoices/${invoice.id}`)).body).toMatchObject({
    open_balance: "90.44",
    payments: [{ amount: "22.61", method: "credit_note" }],
  });
});

test("a closed period takes no invoice, and a draft thrown away can be invoiced again", async () => {
  const orderId = await ordered([bolts()]);
  erp.people.deliver(orderId);
  const first = erp.people.draftInvoice(orderId);
  erp.people.closePeriod("20260302");
  expect(() => erp.people.postInvoice(Number(first.id))).toThrow(/closed/);
  erp.people.cancelInvoice(Number(first.id));
  clock.advance(86_400_000);
  expect(erp.people.invoice(orderId)).toMatchObject({ number: "INV-3001", invoice_date: "20260303" });
});

test("what goes wrong in the middle of an action leaves nothing behind", async () => {
  const orderId = await ordered([bolts({ qty: "50" }), bolts({ qty: "5" })]);
  const commits = erp.commits.length;
  expect(() => erp.people.deliver(orderId)).toThrow(/not enough on hand/);
  expect(erp.commits.length).toBe(commits);
  expect((await call("GET", "/stock")).body.rows[0].on_hand).toBe("50.000");
});
