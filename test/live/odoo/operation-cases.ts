import type { HttpRequest, OrderStatus, PriceRequest } from "@crossfoot/connector-sdk";
import { checkOperations, watch } from "@crossfoot/connector-sdk/testing";
import type { OperationCases } from "@crossfoot/connector-sdk/testing";
import { expect, it } from "vitest";
import { asId } from "./operation-stage.ts";
import type { Id, JsonMap, OdooStage } from "./operation-stage.ts";

/** Methods of Odoo that change nothing, in either protocol. */
const readings: ReadonlySet<string> = new Set([
  ...["search_read", "read", "onchange", "fields_get", "context_get", "version", "authenticate"],
]);

function isReading({ path, body = "" }: HttpRequest): boolean {
  if (path !== "/jsonrpc") return readings.has(path.split("/").at(-1) ?? "");
  const { params } = JSON.parse(body) as { readonly params: { method: string; args: readonly unknown[] } };
  return readings.has(params.method === "execute_kw" ? String(params.args[4]) : params.method);
}

/** Rules of what Odoo answers in the moment. */
export function operationCases(stage: () => OdooStage): void {
  for (const protocol of ["json2", "jsonrpc"] as const) {
    it(`keeps every rule of operations over ${protocol}, and a question changes no row`, async () => {
      const session = stage().session(protocol);
      const watching = watch(session.http, isReading);
      const cases = await allCases(stage());
      const before = await stage().rows();
      const connection = stage().under(session, watching.http);
      const report = await checkOperations(connection, { watch: watching, cases });
      expect(report.findings).toEqual([]);
      expect(report.answers).toBe(10);
      expect(await stage().rows()).toEqual(before);
      const counted = Object.values(before).map((rows) => (rows as readonly unknown[]).length);
      const sum = counted.reduce((total, each) => total + each);
      console.log(`operations over ${protocol}: ${report.requests} requests, ${sum} rows unchanged`);
    });
  }

  it("prices as the order then charges, under the rounding of the whole document", async () => {
    for (const customer of ["C00001", "C00002", "C00019"]) await chargesAsPriced(stage(), customer);
  });

  it("knows each quantity break and the rule behind it, also in another unit", async () => {
    const product = await stage().product("P001");
    const asked = async (quantity: string, unit = "Units") => {
      const request = { ...(await about(stage(), "C00002")), lines: [{ product, quantity, unit }] };
      const [row] = (await stage().connection.operations.price(request)).rows;
      return row?.ok === true ? [row.unitPrice, row.discountPercent, row.rule.minQuantity] : row;
    };
    expect(await asked("99")).toEqual(["0.33", "5", null]);
    expect(await asked("100")).toEqual(["0.29", "0", "100"]);
    expect(await asked("999")).toEqual(["0.29", "0", "100"]);
    expect(await asked("1000")).toEqual(["0.25", "0", "1000"]);
    expect(await asked("17", "Pack of 6")).toEqual(["1.74", "0", "100"]);
    expect(await asked("16", "Pack of 6")).toEqual(["1.98", "5", null]);
  });

  it("prices by the day of the order where a rule begins later, in the list asked for", async () => {
    await pricesByDay(stage());
  });

  it("refuses a line alone, by product, unit or decimals; another currency refuses all", async () => {
    const product = await stage().product("P002");
    const lines = [
      { product: asId(999_999), quantity: "1", unit: "Units" },
      { product, quantity: "1", unit: "kg" },
      { product, quantity: "0.333", unit: "Units" },
      { product, quantity: "2", unit: "Units" },
    ];
    const request = { ...(await about(stage(), "C00001")), lines };
    const answer = await stage().connection.operations.price(request);
    const codes = answer.rows.map((row) => (row.ok ? "ok" : row.failure.code));
    expect(codes).toEqual(["product_unknown", "unit_unknown", "too_precise", "ok"]);
    expect(answer.totals).toBe(null);
    const dollars = stage().connection.operations.price({ ...request, currency: "USD" });
    await expect(dollars).rejects.toMatchObject({ failure: "invalid", code: "currency_differs" });
  });

  it("counts stock as Odoo does, before and after an order, and forecasts it by day", async () => {
    await countsStock(stage());
  });

  it("measures credit as Odoo's own warning does, which stops nobody", async () => {
    await measuresCredit(stage());
  });

  it("says how far an order has come by its lines, when the header already says `full`", async () => {
    await comesAlong(stage());
  });
}

async function about(stage: OdooStage, customer: string): Promise<Omit<PriceRequest, "lines">> {
  return { customer: await stage.customer(customer), pricebook: null, currency: null, date: null };
}

/** At least one request of each operation, from the seeded company. */
async function allCases(stage: OdooStage): Promise<OperationCases> {
  const product = async (code: string): Promise<Id> => stage.product(code);
  const [first, second, labour] = [await product("P001"), await product("P002"), await product("P049")];
  const retail = await about(stage, "C00001");
  const line = (id: Id, quantity: string) => ({ product: id, quantity, unit: "Units" });
  const wanted = { quantity: "5", unit: "Units" };
  const order = async (reference: string): Promise<Id> => stage.order(reference);
  return {
    unknown: asId(999_999),
    price: [
      { ...retail, lines: [line(first, "3"), line(second, "50"), line(first, "100")] },
      {
        ...(await about(stage, "C00019")),
        pricebook: await stage.idBy("product.pricelist", "name", "Wholesale"),
        currency: "EUR",
        date: "2027-02-01",
        lines: [line(second, "100")],
      },
    ],
    availability: [
      {
        rows: [
          { product: first, wanted },
          { product: second, wanted },
          { product: labour, wanted: null },
        ],
        warehouses: null,
        date: "2027-02-01",
      },
    ],
    credit: [
      { customer: retail.customer, order: null },
      { customer: await stage.customer("C00005"), order: { amount: "5000", currency: "EUR" } },
    ],
    orderStatus: [{ orders: [await order("ORDER-1"), await order("ORDER-2"), await order("ORDER-3")] }],
    quoteToOrder: [
      { quote: await order("DRAFT-1") },
      { quote: await order("QUOTE-1") },
      { quote: await order("ORDER-1") },
      { quote: await order("CANCELLED-1") },
    ],
  };
}

/** A person enters the same lines; what Odoo fills in is what was told, to the cent. */
async function chargesAsPriced(stage: OdooStage, customer: string): Promise<void> {
  const codes = ["P001", "P002", "P003", "P004", "P010", "P049"];
  const products = await Promise.all(
    codes.map(async (code) => {
      const id = await stage.product(code);
      const { uom_id: unit } = await stage.seen("product.product", id, ["uom_id"]);
      const named = await stage.seen("uom.uom", asId(Number(unit)), ["name"]);
      return { id, unit: Number(unit), name: typeof named["name"] === "string" ? named["name"] : "" };
    }),
  );
  const asked = ["1", "3", "9", "10", "25", "50", "99.5", "100", "1000"].flatMap((quantity) =>
    products.map((product) => ({ product, quantity })),
  );
  const request = await about(stage, customer);
  const answer = await stage.connection.operations.price({
    ...request,
    lines: asked.map(({ product, quantity }) => ({ product: product.id, quantity, unit: product.name })),
  });
  const rows = answer.rows.flatMap((row) => (row.ok ? [row] : []));
  expect(rows.length).toBe(asked.length);
  const order = await stage.entered(
    { partner_id: Number(request.customer) },
    asked.map(({ product, quantity }) => ({
      product_id: Number(product.id),
      product_uom_qty: Number(quantity),
      product_uom_id: product.unit,
    })),
  );
  const fields = ["amount_untaxed", "amount_tax", "amount_total", "pricelist_id"];
  const charged = await stage.seen("sale.order", order, fields);
  const { net, tax, gross } = answer.totals ?? { net: "none", tax: "none", gross: "none" };
  expect([charged["amount_untaxed"], charged["amount_tax"], charged["amount_total"]].map(String)).toEqual([
    ...[net, tax, gross],
  ]);
  expect(String(Number(charged["pricelist_id"]))).toBe(answer.pricebook);
  const lineFields = ["price_unit", "discount", "price_subtotal", "pricelist_item_id"];
  const lines = await stage.admin.find("sale.order.line", [["order_id", "=", Number(order)]], lineFields);
  const toldOf = lines.map((line) => lineFields.map((field) => Number(line[field])));
  expect(rows.map((row) => [row.unitPrice, row.discountPercent, row.net, row.rule.id].map(Number))).toEqual(
    toldOf,
  );
}

async function pricesByDay(stage: OdooStage): Promise<void> {
  const { admin } = stage;
  const [retail, product] = [
    await stage.idBy("product.pricelist", "name", "Retail"),
    await stage.product("P006"),
  ];
  const { product_tmpl_id: template } = await stage.seen("product.product", product, ["product_tmpl_id"]);
  const rule = {
    pricelist_id: Number(retail),
    applied_on: "1_product",
    product_tmpl_id: Number(template),
    compute_price: "fixed",
    fixed_price: 77.7,
    date_start: "2027-03-01 00:00:00",
  };
  await admin.call("product.pricelist.item", "create", { vals_list: [rule] });
  const asked = async (date: string | null, pricebook: Id | null = null) => {
    const lines = [{ product, quantity: "1", unit: "Units" }];
    const request = { ...(await about(stage, "C00001")), date, pricebook, lines };
    const [row] = (await stage.connection.operations.price(request)).rows;
    return row?.ok === true ? row.unitPrice : row;
  };
  const now = await asked(null);
  expect(now).toMatch(/^\d/);
  expect(now).not.toBe("77.7");
  expect([await asked("2027-02-28"), await asked("2027-03-01")]).toEqual([now, "77.7"]);
  const wholesale = await stage.idBy("product.pricelist", "name", "Wholesale");
  expect(await asked("2027-03-01", wholesale)).toBe(now);
  const entered = await stage.entered(
    { partner_id: Number(await stage.customer("C00001")), date_order: "2027-03-01 12:00:00" },
    [{ product_id: Number(product), product_uom_qty: 1 }],
  );
  const [line] = await admin.find("sale.order.line", [["order_id", "=", Number(entered)]], ["price_unit"]);
  expect(line?.["price_unit"]).toBe(77.7);
}

async function countsStock(stage: OdooStage): Promise<void> {
  const { admin } = stage;
  const product = await stage.product("P022");
  const [warehouse] = await admin.find("stock.warehouse", [["code", "=", "WH"]], ["lot_stock_id"]);
  const here = Number(warehouse?.["id"]);
  const agrees = async (): Promise<void> => {
    const [told, shown] = [await stage.place(product, { wanted: null }), await stage.shown(product, here)];
    const { onHand, reserved, incoming } = told;
    const own = [shown["qty_available"], shown["outgoing_qty"], shown["incoming_qty"]];
    expect([onHand, reserved, incoming].map(Number)).toEqual(own);
  };
  await agrees();
  const before = await stage.place(product, { wanted: "7" });
  const customer = Number(await stage.customer("C00002"));
  const order = await stage.entered({ partner_id: customer }, [
    { product_id: Number(product), product_uom_qty: 7 },
  ]);
  expect(await stage.place(product, { wanted: "7" })).toEqual(before);
  await stage.confirm(order);
  await agrees();
  const after = await stage.place(product, { wanted: "7" });
  expect(Number(before.available) - Number(after.available)).toBe(7);
  expect([after.onHand, Number(after.reserved) - Number(before.reserved)]).toEqual([before.onHand, 7]);
  const all = String(Number(after.available) + 30);
  expect((await stage.place(product, { wanted: all })).promisedFrom).toBe(null);
  const planned = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
  const eve = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  await receives(stage, { product, quantity: 30, planned, into: Number(warehouse?.["lot_stock_id"]) });
  const later = await stage.place(product, { wanted: all, date: planned });
  expect(later).toMatchObject({ available: after.available, availableAt: all, promisedFrom: planned });
  expect((await stage.place(product, { wanted: all, date: eve })).availableAt).toBe(after.available);
  // For a day gone by Odoo's own figures mix its history with today's reservations.
  expect((await stage.place(product, { wanted: null, date: "2020-01-01" })).availableAt).toBe(
    after.available,
  );
  const forecast = await stage.shown(product, here, planned);
  expect(String(Number(forecast["virtual_available"]))).toBe(later.availableAt);
  await agrees();
  const east = await stage.place(product, { wanted: null, warehouse: "EAST" });
  expect(east.incoming).toBe("0");
  const { free_qty: free } = await stage.shown(product, here);
  expect(Number(free)).toBe(Number(after.available));
}

/** A receipt from a supplier that is planned for a day and confirmed. */
async function receives(
  { admin }: OdooStage,
  at: { readonly product: Id; readonly quantity: number; readonly planned: string; readonly into: number },
): Promise<void> {
  const [supplier] = await admin.find("stock.location", [["usage", "=", "supplier"]], ["id"]);
  const types = [
    ["code", "=", "incoming"],
    ["default_location_dest_id", "=", at.into],
  ];
  const [type] = await admin.find("stock.picking.type", types, ["id"]);
  const places = { location_id: Number(supplier?.["id"]), location_dest_id: at.into };
  const move = { product_id: Number(at.product), product_uom_qty: at.quantity, ...places };
  const picking = { picking_type_id: Number(type?.["id"]), ...places, move_ids: [[0, 0, move]] };
  const made = await admin.call("stock.picking", "create", { vals_list: [picking] });
  const ids = [...(made as readonly number[])];
  await admin.call("stock.picking", "action_confirm", { ids });
  const vals = { scheduled_date: `${at.planned} 12:00:00` };
  await admin.call("stock.picking", "write", { ids, vals });
}

async function measuresCredit(stage: OdooStage): Promise<void> {
  const customer = await stage.customer("C00010");
  const product = Number(await stage.product("P050"));
  const ask = async (amount: string | null) =>
    stage.connection.operations.credit({
      customer,
      order: amount === null ? null : { amount, currency: "EUR" },
    });
  const before = await ask(null);
  expect(before).toMatchObject({ limit: "1000", verdict: "within" });
  // Nothing, and a part, of these orders was delivered: Odoo holds no more of them against the limit.
  const seeded = async (ref: string) =>
    stage.connection.operations.credit({ customer: await stage.customer(ref), order: null });
  expect(await seeded("C00005")).toMatchObject({ openOrders: "0", notHeld: "393.92" });
  expect(await seeded("C00006")).toMatchObject({ openOrders: "399.32", notHeld: "598.96" });
  const entered = async (gross: number): Promise<JsonMap & { readonly id: Id }> => {
    const line = {
      product_id: product,
      product_uom_qty: 1,
      price_unit: gross,
      discount: 0,
      tax_ids: [[5, 0, 0]],
    };
    const id = await stage.entered({ partner_id: Number(customer) }, [line]);
    const fields = ["partner_credit_warning", "amount_total"];
    return { ...(await stage.seen("sale.order", id, fields)), id };
  };
  const room = Number(before.free);
  const [within, over] = [await entered(room), await entered(room + 0.01)];
  expect([within["partner_credit_warning"], (await ask(String(room))).verdict]).toEqual(["", "within"]);
  expect(over["partner_credit_warning"]).toMatch(/credit limit/);
  expect(await ask(String(room + 0.01))).toMatchObject({ verdict: "over", isRefused: false });
  await stage.confirm(over.id);
  expect((await stage.seen("sale.order", over.id, ["state"]))["state"]).toBe("sale");
  const after = await ask(null);
  expect(Number(after.openOrders) - Number(before.openOrders)).toBeCloseTo(room + 0.01, 9);
  expect(after).toMatchObject({ verdict: "over", free: "-0.01" });
  const dollars = { customer, order: { amount: "1", currency: "USD" } };
  await expect(stage.connection.operations.credit(dollars)).rejects.toMatchObject({
    code: "currency_differs",
  });
}

async function comesAlong(stage: OdooStage): Promise<void> {
  const { admin } = stage;
  const customer = Number(await stage.customer("C00003"));
  const goods = { product_id: Number(await stage.product("P021")), product_uom_qty: 5 };
  const order = await stage.entered({ partner_id: customer }, [goods]);
  const ask = async (): Promise<OrderStatus | { readonly ok: false }> => {
    const [row] = await stage.connection.operations.orderStatus({ orders: [order] });
    return row ?? { ok: false };
  };
  expect(await ask()).toMatchObject({ ok: false, failure: { code: "order_unknown" } });
  await stage.confirm(order);
  expect(await ask()).toMatchObject({
    ok: true,
    delivered: "none",
    invoiced: "none",
    lines: [{ ordered: "5" }],
  });
  const [picking] = await admin.find("stock.picking", [["sale_id", "=", Number(order)]], ["move_ids"]);
  const id = Number(picking?.["id"]);
  await admin.call("stock.picking", "write", { ids: [id], vals: { carrier_tracking_ref: "1Z 999" } });
  const moves = (picking?.["move_ids"] ?? []) as readonly number[];
  await admin.call("stock.move", "write", { ids: [...moves], vals: { quantity: 2, picked: true } });
  const context = { skip_backorder: true, skip_sms: true, picking_ids_not_to_backorder: [id] };
  await admin.call("stock.picking", "button_validate", { ids: [id], context });
  expect((await stage.seen("sale.order", order, ["delivery_status"]))["delivery_status"]).toBe("full");
  expect(await ask()).toMatchObject({
    delivered: "part",
    invoiced: "none",
    lines: [{ ordered: "5", delivered: "2", promisedDate: null }],
    shipments: [{ state: "shipped", tracking: "1Z 999" }],
  });
  const active = { active_model: "sale.order", active_ids: [Number(order)], active_id: Number(order) };
  const wizard = { vals_list: [{ advance_payment_method: "delivered" }], context: active };
  const [made] = (await admin.call("sale.advance.payment.inv", "create", wizard)) as readonly number[];
  await admin.call("sale.advance.payment.inv", "create_invoices", { ids: [made ?? 0], context: active });
  const { invoice_ids: invoices } = await stage.seen("sale.order", order, ["invoice_ids"]);
  const draft = await ask();
  expect(draft).toMatchObject({ invoiced: "none", lines: [{ invoiced: "0" }] });
  await admin.call("account.move", "action_post", { ids: [...(invoices as readonly number[])] });
  expect(await ask()).toMatchObject({ delivered: "part", invoiced: "part", lines: [{ invoiced: "2" }] });
}
