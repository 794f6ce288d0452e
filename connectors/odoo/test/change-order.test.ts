import type { NativeRecord, NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { ConnectorError } from "@crossfoot/connector-sdk";
import { expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import { fakeOdoo } from "./fake-odoo.ts";
import type { Asked, FakeOdoo, Reply } from "./fake-odoo.ts";

type JsonMap = NativeRecord["native"];
type Row = { readonly [field: string]: unknown };

const described: { readonly [model: string]: object } = {
  "sale.order": { x_crossfoot_reference: { type: "char" }, picking_ids: {} },
  "sale.order.line": {
    tax_ids: { type: "many2many" },
    product_uom_id: { type: "many2one" },
    product_uom_qty: { type: "float", digits: [16, 2] },
    price_unit: { type: "float", digits: false },
    discount: { type: "float", digits: [16, 2] },
  },
};
const tables: { readonly [model: string]: readonly Row[] } = {
  "res.company": [{ id: 1, name: "Us", currency_id: [126, "EUR"] }],
  "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
  "res.partner": [{ id: 8, name: "C", active: true, child_ids: [] }],
  "product.product": [
    { id: 2, display_name: "Bolt", uom_id: [1, "Units"], type: "consu", active: true, sale_ok: true },
    { id: 3, display_name: "Fitting", uom_id: [1, "Units"], type: "service", active: true, sale_ok: true },
  ],
  "product.pricelist": [{ id: 1, active: true, currency_id: [126, "EUR"] }],
  "uom.uom": [{ id: 1, name: "Units", parent_path: "1/", factor: 1 }],
};
const sold = { product_id: [2, "Bolt"], product_uom_id: [1, "Units"], display_type: false };
const bolt = { id: 21, ...sold, product_uom_qty: 10, price_unit: 0.125, discount: 5 };
const fitting = {
  id: 22,
  ...sold,
  product_id: [3, "Fitting"],
  product_uom_qty: 2,
  price_unit: 40,
  discount: 0,
};

interface Order {
  readonly lines?: readonly Row[];
  readonly head?: Row;
  /** What is filled in as the price of a line that is added. */
  readonly price?: number;
  readonly answer?: Reply;
}

/** A server with one order of two lines, 5 of the bolts delivered and 2 of the fittings invoiced. */
function odooWith({ lines, head = {}, price = 0.3, answer = { value: true } }: Order = {}): FakeOdoo {
  const rows = lines ?? [
    { ...bolt, qty_delivered: 5, qty_invoiced: 0 },
    { ...fitting, qty_delivered: 2, qty_invoiced: 1 },
  ];
  const order = {
    ...{ id: 5, name: "S1", state: "sale", locked: false, partner_id: [8, "C"], pricelist_id: [1, "L"] },
    ...{ company_id: [1, "Us"], currency_id: [126, "EUR"], invoice_ids: [], picking_ids: [7] },
    ...{ order_line: rows.map(({ id }) => id), ...head },
  };
  return fakeOdoo((asked): Reply | undefined => {
    const { model, method } = asked;
    if (model === "res.users" && method !== "search_read") return undefined;
    if (method === "fields_get") return { value: described[model] ?? {} };
    if (method === "write") return answer;
    if (method === "onchange") return { value: { value: filled(asked, price) } };
    if (model === "sale.order") return { value: [order] };
    if (model === "sale.order.line") return { value: rows };
    return { value: tables[model] ?? [] };
  });
}

/** What Odoo fills in on an order that nobody saves. */
function filled({ args }: Asked, price: number): object {
  const values = args["values"] as { readonly order_line?: readonly unknown[] };
  const priced = (values.order_line ?? []).map((_, at) => [0, `virtual_${at}`, { price_unit: price }]);
  return { pricelist_id: [1, "L"], currency_id: [126, "EUR"], order_line: priced };
}

const shown: readonly JsonMap[] = [
  { id: "21", product: "2", quantity: "10", unit: "Units", unit_price: "0.11875" },
  { id: "22", product: "3", quantity: "2", unit: "Units", unit_price: "40" },
];
const added: JsonMap = { product: "2", quantity: "3", unit: "Units" };

/** A change of the order from what it showed; a row for each line that is to be otherwise. */
function change(patch: JsonMap, more: Partial<NativeWrite> = {}): NativeWrite {
  return {
    ...{ key: "k", reference: "r", entity: "orders", kind: "update", id: "5" as never, transition: null },
    ...{ precondition: null, current: { lines: [...shown] }, patch, ...more },
  };
}
const withQuantities = (...quantities: readonly [string, string]): readonly JsonMap[] =>
  shown.map((row, at) => ({ ...row, quantity: quantities[at] ?? "" }));

const codeOf = (outcome: WriteOutcome | undefined): string =>
  outcome?.kind === "failed"
    ? `${outcome.failure.failure}/${outcome.failure.code}`
    : (outcome?.kind ?? "none");

async function codes(session: FakeOdoo, write: NativeWrite): Promise<string> {
  return codeOf((await openOdoo(session).write([write]))[0]);
}

const sent = (session: FakeOdoo): readonly unknown[] =>
  session.asked.filter(({ isWrite }) => isWrite).map(({ model, args }) => [model, args["vals"]]);

it("a quantity is changed with price and discount said again; a line that stays is not touched", async () => {
  const session = odooWith();
  expect(await codes(session, change({ lines: [...withQuantities("7", "2")] }))).toBe("done");
  const values = { product_uom_qty: 7, price_unit: 0.125, discount: 5 };
  expect(sent(session)).toEqual([["sale.order", { order_line: [[1, 21, values]] }]]);
});

it("all of a wish is one call: quantities, a line that is added, the date and the number", async () => {
  const session = odooWith();
  const patch = {
    lines: [...withQuantities("12", "1"), added],
    commitment_date: "2026-12-24",
    client_order_ref: "PO 7",
  };
  expect(await codes(session, change(patch))).toBe("done");
  const order_line = [
    [1, 21, { product_uom_qty: 12, price_unit: 0.125, discount: 5 }],
    [1, 22, { product_uom_qty: 1, price_unit: 40, discount: 0 }],
    [0, 0, { product_id: 2, product_uom_qty: 3, product_uom_id: 1 }],
  ];
  const head = { commitment_date: "2026-12-24 12:00:00", client_order_ref: "PO 7" };
  expect(sent(session)).toEqual([["sale.order", { ...head, order_line }]]);
});

it("what is as wanted already is done without a call", async () => {
  const session = odooWith();
  expect(await codes(session, change({ lines: [...withQuantities("10.0", "2")] }))).toBe("done");
  expect(sent(session)).toEqual([]);
});

it("a line that goes away becomes zero, also one that is left out, but none added since", async () => {
  const nothing = [
    { ...bolt, qty_delivered: 0, qty_invoiced: 0 },
    { ...fitting, qty_delivered: 0, qty_invoiced: 0 },
  ];
  const rows = [...withQuantities("10", "2")].slice(0, 1);
  for (const lines of [[...withQuantities("10", "0")], rows]) {
    const session = odooWith({ lines: nothing });
    expect(await codes(session, change({ lines }))).toBe("done");
    expect(sent(session)).toMatchObject([["sale.order", { order_line: [[1, 22, { product_uom_qty: 0 }]] }]]);
  }
  expect(await codes(odooWith(), change({ lines: rows }))).toBe("invalid/below_done");
  const unseen = change({ lines: rows }, { current: { lines: rows } });
  expect(await codes(odooWith(), unseen)).toBe("stale/stale_record");
});

it.each([
  ["below what is delivered", withQuantities("4", "2"), "invalid/below_done"],
  [
    "below what is invoiced, although services leave no delivery",
    withQuantities("10", "0"),
    "invalid/below_done",
  ],
  ["to more decimals than Odoo keeps", withQuantities("10.001", "2"), "invalid/too_precise"],
  ["of a line to another product", [{ ...shown[0], product: "3" }, shown[1]], "invalid/line_fixed"],
  ["of a line to another unit", [{ ...shown[0], unit: "Dozens" }, shown[1]], "invalid/line_fixed"],
  ["of a line that is gone", [...shown, { ...shown[0], id: "29" }], "stale/line_gone"],
  ["with a new line in an unknown unit", [...shown, { ...added, unit: "Dozens" }], "invalid/unit_unknown"],
  [
    "with a new line of an unknown product",
    [...shown, { ...added, product: "9" }],
    "invalid/product_unknown",
  ],
])("a change %s is refused as a whole", async (_, lines, code) => {
  const session = odooWith();
  const patch = { lines: lines as JsonMap[], client_order_ref: "PO 7" };
  expect(await codes(session, change(patch))).toBe(code);
  expect(sent(session)).toEqual([]);
});

it("down to what is done a line may go", async () => {
  const session = odooWith();
  expect(await codes(session, change({ lines: [...withQuantities("5", "1")] }))).toBe("done");
});

it("a line that Odoo has no price for is not added: it would cost nothing", async () => {
  const session = odooWith({ price: 0 });
  expect(await codes(session, change({ lines: [...shown, added] }))).toBe("invalid/price_missing");
  expect(sent(session)).toEqual([]);
});

it("prices, parties and orders that do not stand are not written", async () => {
  for (const root of ["partner", "amount_total", "x_own"])
    expect(await codes(odooWith(), change({ [root]: "1" }))).toBe("invalid/read_only");
  for (const state of ["draft", "cancel"])
    expect(await codes(odooWith({ head: { state } }), change({ client_order_ref: "A" }))).toBe(
      "stale/wrong_state",
    );
});

it("a locked order is refused by Odoo in its own words; a lost answer is in doubt", async () => {
  const message = "It is forbidden to modify the following fields in a locked order:\nQuantity";
  const fewer = change({ lines: [...withQuantities("7", "2")] });
  const locked = odooWith({ answer: { exception: "odoo.exceptions.UserError", message } });
  expect(await codes(locked, fewer)).toBe("invalid/document_closed");
  const lost = new ConnectorError({ failure: "in_doubt", code: "answer_lost", message: "lost" });
  expect(await codes(odooWith({ answer: { thrown: lost } }), fewer)).toBe("in_doubt/answer_lost");
});

it("a locked order says so beforehand", async () => {
  const limitsOf = async (locked: boolean): Promise<unknown> => {
    const odoo = openOdoo(odooWith({ head: { locked } }));
    const [row] = await odoo.operations.orderStatus({ orders: ["5" as never] });
    const { lines, moreLines, cancel } = row?.ok === true && row.limits !== undefined ? row.limits : {};
    return [lines, moreLines, cancel].map((each) => (each === null ? null : each?.code));
  };
  expect(await limitsOf(true)).toEqual(["document_closed", "document_closed", "document_closed"]);
  expect(await limitsOf(false)).toEqual([null, null, null]);
});

it("an order that somebody changed since it was judged is not written over", async () => {
  const roots = ["lines", "client_order_ref"];
  const [record] = await openOdoo(odooWith()).readByIds({ entity: "orders", roots, ids: ["5" as never] });
  if (record === undefined) throw new Error("no order");
  const { native, version } = record;
  const write = change({ client_order_ref: "PO 7" }, { current: native, precondition: version });
  expect(await codes(odooWith(), write)).toBe("done");
  const moved = odooWith({ head: { client_order_ref: "PO 6" } });
  expect(await codes(moved, write)).toBe("stale/stale_record");
  expect(sent(moved)).toEqual([]);
});
