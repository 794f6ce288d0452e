import { dec } from "crossfoot/testing";
import { expect, it } from "vitest";
import { asId, codeOf, idOf, moment, rowsIn } from "./stage.ts";
import type { Id, JsonMap, Stage } from "./stage.ts";

/** Rules of quotes: on the way to an order, and what is refused on it. */
export function quoteCases(stage: () => Stage): void {
  it("takes a quote to an order; a second writer ships, invoices and is paid", async () => {
    const since = moment();
    const id = await confirmedOrder(stage());
    const [sale] = await stage().admin.find(
      "sale.sale",
      [["id", "=", Number(id)]],
      ["shipments", "invoices"],
    );
    const [shipment = 0] = (sale?.["shipments"] ?? []) as readonly number[];
    const [invoice = 0] = (sale?.["invoices"] ?? []) as readonly number[];
    await isShipped(stage(), { id, shipment });
    await isPaid(stage(), { id, invoice });
    const documents = { orders: id, invoices: invoice, shipments: shipment };
    for (const [entity, document] of Object.entries(documents)) {
      expect((await stage().changedSince(entity, since)).has(String(document))).toBe(true);
    }
  });

  it("keeps a line's discount apart from its price, also when one of them changes later", async () => {
    const lines = [await stage().line({ quantity: "2", unit_price: "100", discount_percent: "12.5" })];
    const [created] = await stage().send(await stage().quote("C00001", { lines }));
    const before = await stage().one("quotes", idOf(created));
    const [row] = rowsIn(before, "lines");
    expect(before.native["untaxed_amount"]).toBe("175");
    expect(row).toMatchObject({ unit_price: "100", discount_percent: "12.5" });
    const changed = [
      { ...row, discount_percent: "10" },
      await stage().line({ quantity: "1", unit_price: "7" }),
    ];
    expect(await stage().codes(stage().update("quotes", before, { lines: changed }))).toEqual(["done"]);
    const after = await stage().one("quotes", idOf(created));
    expect(after.native["untaxed_amount"]).toBe("187");
    const expected = [{ id: row?.["id"], unit_price: "100", discount_percent: "10" }, { unit_price: "7" }];
    expect(after.native["lines"]).toMatchObject(expected);
  });

  it("takes a discount of the whole quote into the prices once, and never on top of itself", async () => {
    const [created] = await stage().send(await stage().quote("C00001", { discount_percent: "10" }));
    const before = await stage().one("quotes", idOf(created));
    expect(before.native).toMatchObject({ lines: [{ unit_price: "3.15" }], untaxed_amount: "12.6" });
    const [row] = rowsIn(before, "lines");
    const change = stage().update("quotes", before, { lines: [{ ...row, unit_price: "4" }] });
    expect(await stage().codes(change)).toEqual(["invalid/prices_folded"]);
  });

  it("refuses what would become a wrong document, each with its reason", async () => {
    const line = async (more: JsonMap): Promise<JsonMap> => ({ lines: [await stage().line(more)] });
    const cases: readonly (readonly [JsonMap, string])[] = [
      [await line({ unit_price: null }), "price_missing"],
      [await line({ quantity: "1.5" }), "too_precise"],
      [await line({ unit: "kg" }), "unit_unknown"],
      [await line({ unit: null }), "unit_missing"],
      [{ currency: null }, "currency_missing"],
      [{ currency: "XXX" }, "currency_unknown"],
      [{ company: "Another company" }, "company_mismatch"],
      [{ warehouse: "NOWHERE" }, "warehouse_unknown"],
      [{ lines: [] }, "lines_missing"],
    ];
    const writes = [];
    for (const [more] of cases) writes.push(await stage().quote("C00001", more));
    expect(await stage().codes(...writes)).toEqual(cases.map(([, code]) => `invalid/${code}`));
  });

  it("lets a quote be rewritten only after it was reopened, and a cancelled one is no order", async () => {
    const [created] = await stage().send(await stage().quote("C00001"));
    await stage().send(stage().press(idOf(created), "quote"));
    const now = await stage().one("quotes", idOf(created));
    const [row] = rowsIn(now, "lines");
    const change = stage().update("quotes", now, { lines: [{ ...row, quantity: "5" }] });
    expect(await stage().codes(change)).toEqual(["invalid/wrong_state"]);
    expect(await stage().codes(stage().update("quotes", now, { description: "PO 2" }))).toEqual(["done"]);
    expect(await stage().codes(stage().press(idOf(created), "draft"))).toEqual(["done"]);
    const reopened = await stage().one("quotes", idOf(created));
    const lines = [{ ...rowsIn(reopened, "lines")[0], product: String(await stage().product("P005")) }];
    expect(await stage().codes(stage().update("quotes", reopened, { lines }))).toEqual(["done"]);
    const again = await stage().one("quotes", idOf(created));
    expect(again.native).toMatchObject({ quote_state: "draft", lines, tax_amount: "2.8" });
    expect(await stage().codes(stage().press(idOf(created), "cancel"))).toEqual(["done"]);
    expect((await stage().one("quotes", idOf(created))).native["quote_state"]).toBe("cancelled");
    expect((await stage().one("orders", idOf(created))).kind).toBe("out_of_scope");
  });

  it("makes and confirms no sale of a product without accounts: Tryton could not process it", async () => {
    const [row] = await stage().admin.find(
      "product.product",
      [["code", "=", "P006"]],
      ["template", "template.account_category", "default_uom.symbol"],
    );
    const [template, unit] = ["template.", "default_uom."].map(
      (field) => row?.[field] as JsonMap | undefined,
    );
    const book = (account_category: JsonMap[string]): Promise<unknown> =>
      stage().admin.call("product.template.write", [Number(row?.["template"])], { account_category });
    const goods = { product: String(Number(row?.["id"])), unit: unit?.["symbol"] ?? null };
    const wanted = { lines: [await stage().line(goods)] };
    const [created] = await stage().send(await stage().quote("C00001", wanted));
    const id = idOf(created);
    expect(await stage().codes(stage().press(id, "quote"))).toEqual(["done"]);
    await book(null);
    const confirm = async (): Promise<readonly string[]> => stage().codes(stage().press(id, "confirm"));
    expect(await confirm()).toEqual(["invalid/setup_incomplete"]);
    expect((await stage().one("quotes", id)).native["quote_state"]).toBe("quotation");
    const again = await stage().quote("C00001", wanted);
    expect(await stage().codes(again)).toEqual(["invalid/setup_incomplete"]);
    await book(template?.["account_category"] ?? null);
    expect(await confirm()).toEqual(["done"]);
    expect((await stage().one("quotes", id)).native["quote_state"]).toBe("ordered");
  });

  it("reports the credit limit with a plain reason, before and after the attempt", async () => {
    const lines = [await stage().line({ quantity: "500", unit_price: "10" })];
    const [created] = await stage().send(await stage().quote("C00005", { lines }));
    const id = idOf(created);
    await stage().send(stage().press(id, "quote"));
    const reason = { approval: "pending", approval_reason: "credit limit exceeded by 4000 EUR" };
    expect((await stage().one("quotes", id)).native).toMatchObject(reason);
    const [outcome] = await stage().send(stage().press(id, "confirm"));
    expect(codeOf(outcome)).toBe("invalid/credit_limit");
    expect((await stage().one("quotes", id)).native["quote_state"]).toBe("quotation");
  });
}

/**
 * A quote with freight and an address of its own, given out and confirmed; buttons out of turn change
 * nothing.
 */
async function confirmedOrder(stage: Stage): Promise<Id> {
  const shipTo = { street: "9 Quai", city: "Brest", postal_code: "29200", country: "FR" };
  const more = {
    description: "PO 4711",
    payment_term: "60 days net",
    shipment_address: shipTo,
    freight: { amount: "15.5", currency: "EUR" },
  };
  const [created] = await stage.send(await stage.quote("C00001", more));
  const id = idOf(created);
  expect((await stage.one("quotes", id)).native).toMatchObject({
    ...more,
    quote_state: "draft",
    price_list: String(await stage.idBy("product.price_list", [["name", "=", "Wholesale"]])),
    untaxed_amount: "29.5",
    tax_amount: "5.9",
  });
  expect(await stage.codes(stage.press(id, "confirm"))).toEqual(["stale/wrong_state"]);
  expect(await stage.codes(stage.press(id, "quote"), stage.press(id, "confirm"))).toEqual(["done", "done"]);
  expect(await stage.codes(stage.press(id, "confirm"))).toEqual(["done"]);
  expect(await stage.codes(stage.press(id, "cancel"))).toEqual(["stale/wrong_state"]);
  const quote = { quote_state: "ordered", approval: "approved" };
  expect((await stage.one("quotes", id)).native).toMatchObject(quote);
  const order = {
    id: String(id),
    order_state: "open",
    total_amount: "35.4",
    lines: [{ amount: "14", tax: "2.8" }],
  };
  expect((await stage.one("orders", id)).native).toMatchObject(order);
  return id;
}

async function isShipped(stage: Stage, { id, shipment }: { id: Id; shipment: number }): Promise<void> {
  const before = await stockOf(stage, "P002");
  expect(await stage.admin.call("stock.shipment.out.assign_try", [shipment])).toBe(true);
  for (const button of ["pick", "pack", "done"]) {
    await stage.admin.call(`stock.shipment.out.${button}`, [shipment]);
  }
  expect((await stage.one("orders", id)).native["order_state"]).toBe("delivered");
  const sent = { shipment_state: "shipped", sale: String(id), lines: [{ quantity: "4", unit: "u" }] };
  expect((await stage.one("shipments", asId(shipment))).native).toMatchObject(sent);
  const after = await stockOf(stage, "P002");
  expect(Number(before["on_hand"]) - Number(after["on_hand"])).toBe(4);
  expect(Number(before["reserved"]) - Number(after["reserved"])).toBe(4);
  expect(after["available"]).toBe(before["available"]);
}

async function stockOf(stage: Stage, code: string): Promise<JsonMap> {
  const warehouse = await stage.idBy("stock.location", [["code", "=", "WH"]]);
  return (await stage.one("inventory", asId(`${await stage.product(code)}:${warehouse}`))).native;
}

async function isPaid(stage: Stage, { id, invoice }: { id: Id; invoice: number }): Promise<void> {
  const [method] = await stage.admin.find("account.invoice.payment.method", [], ["id"]);
  const on = { model: "account.invoice", id: invoice };
  const choice = (amount: string) => ({ payment_method: Number(method?.["id"]), amount: dec(amount) });
  const shown = async (): Promise<JsonMap> => (await stage.one("invoices", asId(invoice))).native;
  expect((await stage.one("invoices", asId(invoice))).kind).toBe("out_of_scope");
  await stage.admin.call("account.invoice.post", [invoice]);
  expect((await stage.one("orders", id)).native["order_state"]).toBe("invoiced");
  const posted = await shown();
  const open = { invoice_state: "open", sale: String(id), amount_to_pay: "35.4", payments: [] };
  expect(posted).toMatchObject(open);
  // In the company's own currency what its move says is what the invoice says.
  const { untaxed_amount: net = null, tax_amount: tax = null, total_amount: sum = null } = posted;
  expect(posted).toMatchObject({
    company_net: net,
    company_tax: tax,
    company_total: sum,
    total_amount: "35.4",
  });
  expect([posted["company_currency"], posted["company_rate_date"]]).toEqual([
    posted["currency"],
    posted["invoice_date"],
  ]);
  const days = Date.parse(posted["due_date"] as string) - Date.parse(posted["invoice_date"] as string);
  expect(days / 86_400_000).toBe(60);
  const part = [
    ["choice", choice("10.00")],
    ["pay", { type: "partial" }],
  ] as const;
  await stage.admin.wizard("account.invoice.pay", part, on);
  const partly = { invoice_state: "part_paid", amount_to_pay: "25.4", payments: [{ amount: "10" }] };
  expect(await shown()).toMatchObject(partly);
  await stage.admin.wizard("account.invoice.pay", [["choice", choice("25.40")]], on);
  const payments = [{ amount: "10" }, { amount: "25.4" }];
  expect(await shown()).toMatchObject({ invoice_state: "paid", amount_to_pay: "0", payments });
  expect((await stage.one("orders", id)).native["order_state"]).toBe("closed");
}
