import { mappedOperations } from "@crossfoot/connector-sdk";
import type { HttpRequest, OrderWay, PriceRequest } from "@crossfoot/connector-sdk";
import { checkOperations, watch } from "@crossfoot/connector-sdk/testing";
import type { OperationCases } from "@crossfoot/connector-sdk/testing";
import { openTryton } from "@crossfoot/connector-tryton";
import { dec } from "crossfoot/testing";
import { expect, it } from "vitest";
import { asId, compiled, idOf, mapIn } from "./stage.ts";
import type { Id, JsonMap, Stage } from "./stage.ts";

/** Methods of Tryton 6.0 that change nothing: the server rolls their transactions back. */
const readings =
  /^(common\.|model\.[a-z._]+\.(search_read|read|search|on_change|default_get|get_preferences)$)/;
const isReading = ({ body = "" }: HttpRequest): boolean =>
  readings.test((JSON.parse(body) as { readonly method: string }).method);

/** Models that a question about a sale could touch, numbers and background work included. */
const models: readonly string[] = [
  "sale.sale",
  "sale.line",
  "party.party",
  "party.address",
  "product.template",
  "product.product",
  "stock.move",
  "stock.shipment.out",
  "account.invoice",
  "account.invoice.line",
  "account.move",
  "account.move.line",
  "ir.sequence",
  "ir.sequence.strict",
  "res.user.warning",
];

/** Every row of those models with its stamp, and the next number of each sequence. */
async function rowsOf({ admin }: Stage): Promise<JsonMap> {
  const found: [string, JsonMap[string]][] = [];
  for (const model of models) {
    const fields = model.startsWith("ir.sequence") ? ["_timestamp", "number_next"] : ["_timestamp"];
    found.push([model, await admin.find(model, [], fields)]);
  }
  return Object.fromEntries(found);
}

/** Rules of what Tryton answers in the moment. */
export function operationCases(stage: () => Stage): void {
  it("keeps every rule of operations, and a question changes no row", async () => {
    const cases = await allCases(stage());
    const watching = watch(stage().session.http, isReading);
    const connection = openTryton({ ...stage().sessionWith({}), http: watching.http });
    const before = await rowsOf(stage());
    const report = await checkOperations(connection, { watch: watching, cases });
    expect(report.findings).toEqual([]);
    expect(report.answers).toBe(9);
    expect(await rowsOf(stage())).toEqual(before);
    const counted = Object.values(before).map((rows) => (rows as readonly unknown[]).length);
    console.log(`operations: ${report.requests} requests, ${counted.reduce((a, b) => a + b)} rows unchanged`);
  });

  it("prices as the order then charges: quantity breaks, units, discounts, an exempt customer", async () => {
    for (const customer of ["C00001", "C00002", "C00003", "C00008"]) await chargesAsPriced(stage(), customer);
  });

  it("names the rule that made a price", async () => {
    const [wholesale, retail] = await priceLists(stage());
    const rules = await stage().admin.find(
      "product.price_list.line",
      [["price_list", "=", Number(wholesale)]],
      ["quantity", "product"],
    );
    const idFrom = (quantity: number | null): string =>
      String(Number(rules.find((row) => row["quantity"] === quantity && row["product"] === null)?.["id"]));
    const ofProduct = String(Number(rules.find((row) => row["product"] !== null)?.["id"]));
    const asked = async (code: string, quantity: string, unit = "u"): Promise<unknown> => {
      const line = { product: asId(await stage().product(code)), quantity, unit };
      const request = { ...(await about(stage(), "C00001")), pricebook: wholesale, lines: [line] };
      const [row] = (await stage().connection.operations.price(request)).rows;
      return row?.ok === true ? row.rule : row;
    };
    expect(await asked("P002", "9")).toEqual({ kind: "rule", id: idFrom(null), minQuantity: null });
    expect(await asked("P002", "10")).toEqual({ kind: "rule", id: idFrom(10), minQuantity: "10" });
    expect(await asked("P002", "99")).toEqual({ kind: "rule", id: idFrom(10), minQuantity: "10" });
    expect(await asked("P002", "100")).toEqual({ kind: "rule", id: idFrom(100), minQuantity: "100" });
    expect(await asked("P002", "9", "dz")).toEqual({ kind: "rule", id: idFrom(100), minQuantity: "100" });
    expect(await asked("P001", "100")).toEqual({ kind: "rule", id: ofProduct, minQuantity: null });
    expect(retail).not.toBe(wholesale);
  });

  it("refuses a line alone: unknown product, wrong unit, too many decimals", async () => {
    const product = asId(await stage().product("P002"));
    const lines = [
      { product: asId(999_999), quantity: "1", unit: "u" },
      { product, quantity: "1", unit: "kg" },
      { product, quantity: "1.5", unit: "u" },
      { product, quantity: "2", unit: "u" },
    ];
    const request = { ...(await about(stage(), "C00001")), lines };
    const answer = await stage().connection.operations.price(request);
    const codes = answer.rows.map((row) => (row.ok ? "ok" : row.failure.code));
    expect(codes).toEqual(["product_unknown", "unit_unknown", "too_precise", "ok"]);
    expect(answer.totals).toBe(null);
  });

  it("answers in our units under the mapping", async () => {
    const { operations, manifest } = stage().connection;
    const mapped = mappedOperations({ operations, abilities: manifest.operations ?? {}, mapping: compiled });
    const product = asId(await stage().product("P002"));
    const request = { ...(await about(stage(), "C00001")), lines: [{ product, quantity: "4", unit: "pcs" }] };
    expect(await mapped.price?.(request)).toMatchObject({ rows: [{ ok: true, unit: "pcs" }] });
    const rows = [{ product, wanted: { quantity: "1", unit: "dz" } }];
    expect(await mapped.availability?.({ rows, warehouses: ["WH"], date: null })).toMatchObject({
      rows: [{ ok: true, unit: "pcs", wanted: "12" }],
    });
  });

  it("says what can be promised before and after an order takes it, by day and warehouse", async () => {
    await promises(stage());
  });

  it("measures credit as the confirmation does", async () => {
    await measuresCredit(stage());
  });

  it("tells the way from a quote to its order, one write at a time, and no second order", async () => {
    await leadsToOrder(stage());
  });

  it("says how far an order has come by its lines: a part, then all", async () => {
    await comesAlong(stage());
  });
}

async function about(stage: Stage, customer: string): Promise<Omit<PriceRequest, "lines">> {
  return { customer: asId(await stage.party(customer)), pricebook: null, currency: null, date: null };
}

async function priceLists(stage: Stage): Promise<readonly [Id, Id]> {
  const named = async (name: string): Promise<Id> =>
    asId(await stage.idBy("product.price_list", [["name", "=", name]]));
  return [await named("Wholesale"), await named("Retail")];
}

/** At least one request of each operation, from the seeded company. */
export async function allCases(stage: Stage): Promise<OperationCases> {
  const [wholesale] = await priceLists(stage);
  const [first, second, freight] = await Promise.all(
    ["P001", "P002", "FREIGHT"].map(async (code) => asId(await stage.product(code))),
  );
  if (first === undefined || second === undefined || freight === undefined) throw new Error("no products");
  const line = (product: Id, quantity: string) => ({ product, quantity, unit: "u" });
  const customer = await about(stage, "C00001");
  const sale = async (reference: string): Promise<Id> =>
    asId(await stage.idBy("sale.sale", [["reference", "=", reference]]));
  const [draft, quotation, open, done] = [
    await sale("DRAFT-1"),
    await sale("QUOTE-1"),
    await sale("ORDER-1"),
    await sale("ORDER-2"),
  ];
  const wanted = { quantity: "5", unit: "u" };
  return {
    unknown: asId(999_999),
    price: [
      { ...customer, lines: [line(first, "1"), line(second, "10"), line(freight, "1")] },
      {
        ...customer,
        pricebook: wholesale,
        currency: "USD",
        date: "2026-12-01",
        lines: [line(second, "100")],
      },
    ],
    availability: [
      {
        rows: [first, second, freight].map((product) => ({ product, wanted })),
        warehouses: null,
        date: null,
      },
    ],
    credit: [
      { customer: customer.customer, order: null },
      { customer: asId(await stage.party("C00005")), order: { amount: "5000", currency: "EUR" } },
    ],
    orderStatus: [{ orders: [open, done] }],
    quoteToOrder: [{ quote: draft }, { quote: quotation }, { quote: open }],
  };
}

/** The rows of an answer as the lines of a quote, and the totals of the quote that is made of them. */
async function chargesAsPriced(stage: Stage, customer: string): Promise<void> {
  const codes = ["P001", "P002", "P003", "P004", "P011"];
  const quantities = ["1", "9", "10", "99", "100", "3"];
  const products = await Promise.all(
    codes.map(async (code) => {
      const [row] = await stage.admin.find("product.product", [["code", "=", code]], ["sale_uom.symbol"]);
      return {
        id: asId(Number(row?.["id"])),
        unit: (row?.["sale_uom."] as { readonly symbol: string } | undefined)?.symbol ?? "none",
      };
    }),
  );
  const lines = quantities.flatMap((quantity) =>
    products.map(({ id, unit }) => ({ product: id, quantity, unit })),
  );
  const answer = await stage.connection.operations.price({ ...(await about(stage, customer)), lines });
  const rows = answer.rows.flatMap((row) => (row.ok ? [row] : []));
  expect(rows.length).toBe(lines.length);
  const more = {
    price_list: answer.pricebook,
    lines: rows.map((row) => ({
      product: row.product,
      quantity: row.quantity,
      unit: row.unit,
      unit_price: row.unitPrice,
      discount_percent: row.discountPercent === "0" ? null : row.discountPercent,
    })),
  };
  const [created] = await stage.send(await stage.quote(customer, more));
  const quote = await stage.one("quotes", idOf(created));
  const { net, tax, gross } = answer.totals ?? { net: "none", tax: "none", gross: "none" };
  const { untaxed_amount, tax_amount, total_amount } = quote.native;
  expect([untaxed_amount, tax_amount, total_amount]).toEqual([net, tax, gross]);
  const sold = await stage.admin.find("sale.line", [["sale", "=", Number(quote.id)]], ["amount"]);
  const amounts = sold.map((row) => Number(mapIn({ native: row }, "amount")["decimal"]));
  expect(amounts).toEqual(rows.map((row) => Number(row.net)));
}

async function promises(stage: Stage): Promise<void> {
  const product = asId(await stage.product("P002"));
  const ask = async (quantity: string, date: string | null = null) => {
    const rows = [{ product, wanted: { quantity, unit: "u" } }];
    const { rows: told } = await stage.connection.operations.availability({ rows, warehouses: ["WH"], date });
    const [row] = told;
    if (row?.ok !== true || row.places[0] === undefined) throw new Error("not answered");
    return row.places[0];
  };
  const before = await ask("7");
  const today = new Date().toISOString().slice(0, 10);
  expect(before.promisedFrom).toBe(today);
  const lines = [await stage.line({ product: String(product), quantity: "7", unit_price: "5" })];
  const [created] = await stage.send(await stage.quote("C00002", { lines }));
  await stage.send(stage.press(idOf(created), "quote"), stage.press(idOf(created), "confirm"));
  const after = await ask("7");
  expect(Number(before.available) - Number(after.available)).toBe(7);
  expect(Number(after.reserved) - Number(before.reserved)).toBe(7);
  expect(after.onHand).toBe(before.onHand);
  const all = String(Number(after.available) + 100);
  expect((await ask(all)).promisedFrom).toBe(null);
  const [receipt, planned] = [100, new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10)];
  await receives(stage, { product: Number(product), quantity: receipt, planned });
  const later = await ask(all, planned);
  expect(later).toMatchObject({ available: after.available, availableAt: all, promisedFrom: planned });
  expect(Number(later.incoming) - Number(after.incoming)).toBe(receipt);
}

/** A receipt from a supplier that is planned for a day. */
async function receives(
  { admin }: Stage,
  at: { readonly product: number; readonly quantity: number; readonly planned: string },
): Promise<void> {
  const [place] = await admin.find("stock.location", [["code", "=", "WH"]], ["storage_location"]);
  const [supplier] = await admin.find("stock.location", [["type", "=", "supplier"]], ["id"]);
  const [uom] = await admin.find("product.product", [["id", "=", at.product]], ["default_uom"]);
  const [company] = await admin.find("company.company", [], ["currency"]);
  const [year, month, day] = at.planned.split("-").map(Number);
  await admin.call("stock.move.create", [
    {
      product: at.product,
      quantity: at.quantity,
      uom: uom?.["default_uom"] ?? null,
      from_location: supplier?.["id"] ?? null,
      to_location: place?.["storage_location"] ?? null,
      planned_date: { __class__: "date", year: year ?? 0, month: month ?? 0, day: day ?? 0 },
      unit_price: dec("1.00"),
      currency: company?.["currency"] ?? null,
      company: company?.["id"] ?? null,
    },
  ]);
}

async function measuresCredit(stage: Stage): Promise<void> {
  const customer = asId(await stage.party("C00010"));
  const ask = async (amount: string | null) =>
    stage.connection.operations.credit({
      customer,
      order: amount === null ? null : { amount, currency: "EUR" },
    });
  const before = await ask(null);
  const room = before.free ?? "0";
  expect(await ask(room)).toMatchObject({ verdict: "within", isRefused: false });
  const beyond = String(Number(room) + 0.01);
  expect(await ask(beyond)).toMatchObject({ verdict: "over", isRefused: true });
  const order = async (unit_price: string, more: JsonMap = {}): Promise<Id> => {
    const lines = [await stage.line({ quantity: "1", unit_price })];
    const [created] = await stage.send(await stage.quote("C00010", { lines, ...more }));
    await stage.send(stage.press(idOf(created), "quote"));
    return idOf(created);
  };
  expect(await stage.codes(stage.press(await order(beyond), "confirm"))).toEqual(["invalid/credit_limit"]);
  const half = String(Number(room) / 2);
  expect(await stage.codes(stage.press(await order(half), "confirm"))).toEqual(["done"]);
  const after = await ask(null);
  expect(Number(after.openOrders) - Number(before.openOrders)).toBe(Number(half));
  expect(Number(before.free) - Number(after.free)).toBe(Number(half));
  // At 1.10 dollars a euro this much would be within; Tryton compares the number as it stands.
  const dollars = String(Number(after.free) + 1);
  const inDollars = { customer, order: { amount: dollars, currency: "USD" } };
  expect(await stage.connection.operations.credit(inDollars)).toMatchObject({
    verdict: "over",
    isRefused: true,
  });
  const abroad = await order(dollars, { currency: "USD" });
  expect(await stage.codes(stage.press(abroad, "confirm"))).toEqual(["invalid/credit_limit"]);
}

async function leadsToOrder(stage: Stage): Promise<void> {
  const [created] = await stage.send(await stage.quote("C00001"));
  const quote = idOf(created);
  const ask = async (): Promise<OrderWay> => stage.connection.operations.quoteToOrder({ quote });
  const pressed: string[] = [];
  let way = await ask();
  while (way.kind === "write" && pressed.length < 5) {
    const { write } = way;
    pressed.push(write.transition.via);
    // Twice: a second click, or a time-out after the button was pressed, sends the same write again.
    const same = [stage.write({ ...write }), stage.write({ ...write })];
    const codes: string[] = [];
    for (const each of same) codes.push(...(await stage.codes(each)));
    expect(codes).toEqual(["done", "done"]);
    way = await ask();
  }
  expect(pressed).toEqual(["quote", "confirm"]);
  expect(way).toMatchObject({ kind: "ordered", order: quote });
  expect(await ask()).toEqual(way);
  const [sale] = await stage.admin.find("sale.sale", [["id", "=", Number(quote)]], ["shipments", "invoices"]);
  expect([sale?.["shipments"], sale?.["invoices"]].map((each) => (each as unknown[]).length)).toEqual([1, 1]);
  const [other] = await stage.send(await stage.quote("C00001"));
  await stage.send(stage.press(idOf(other), "cancel"));
  const cancelled = await stage.connection.operations.quoteToOrder({ quote: idOf(other) });
  expect(cancelled).toMatchObject({ kind: "closed", failure: { code: "wrong_state" } });
  const lines = [await stage.line({ quantity: "500", unit_price: "1000" })];
  const [big] = await stage.send(await stage.quote("C00005", { lines }));
  await stage.send(stage.press(idOf(big), "quote"));
  const concerns = await stage.connection.operations.quoteToOrder({ quote: idOf(big) });
  expect(concerns).toMatchObject({ kind: "write", concerns: [expect.stringMatching(/^credit limit/)] });
}

async function comesAlong(stage: Stage): Promise<void> {
  const lines = [await stage.line({ quantity: "5" })];
  const [created] = await stage.send(await stage.quote("C00003", { lines }));
  const order = idOf(created);
  const ask = async (): Promise<unknown> =>
    (await stage.connection.operations.orderStatus({ orders: [order] }))[0];
  expect(await ask()).toMatchObject({ ok: false, failure: { code: "order_unknown" } });
  await stage.send(stage.press(order, "quote"), stage.press(order, "confirm"));
  const line = { ordered: "5", delivered: "0", invoiced: "0", unit: "u" };
  expect(await ask()).toMatchObject({ ok: true, delivered: "none", invoiced: "none", lines: [line] });
  const { admin } = stage;
  const [sale] = await admin.find("sale.sale", [["id", "=", Number(order)]], ["shipments"]);
  const [shipment = 0] = (sale?.["shipments"] ?? []) as readonly number[];
  const [moves] = await admin.find("stock.shipment.out", [["id", "=", shipment]], ["inventory_moves"]);
  const [inner = 0] = (moves?.["inventory_moves"] ?? []) as readonly number[];
  await admin.call("stock.move.write", [inner], { quantity: 2 });
  await ship(stage, shipment);
  expect(await ask()).toMatchObject({
    state: "part_delivered",
    delivered: "part",
    lines: [{ ...line, delivered: "2" }],
    shipments: [{ state: "shipped" }, { state: "planned", doneDate: null }],
  });
  const [again] = await admin.find("sale.sale", [["id", "=", Number(order)]], ["shipments"]);
  const rest = ((again?.["shipments"] ?? []) as readonly number[]).find((id) => id !== shipment) ?? 0;
  await ship(stage, rest);
  expect(await ask()).toMatchObject({ delivered: "full", promisedDate: null, lines: [{ delivered: "5" }] });
}

async function ship({ admin }: Stage, shipment: number): Promise<void> {
  expect(await admin.call("stock.shipment.out.assign_try", [shipment])).toBe(true);
  for (const button of ["pick", "pack", "done"]) await admin.call(`stock.shipment.out.${button}`, [shipment]);
}
