import type { NativeWrite } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import type { Asked } from "./fake-odoo.ts";
import { fakeOdoo } from "./fake-odoo.ts";

interface Place {
  /** Fields of the customer, the product and the price list that are not as usual. */
  readonly partner?: object;
  readonly product?: object;
  readonly list?: object;
}

const figures = ["product_uom_qty", "price_unit", "discount"];
const fields: { readonly [model: string]: object } = {
  "sale.order": { x_crossfoot_reference: { type: "char" } },
  "sale.order.line": {
    ...{ tax_ids: { type: "many2many" }, product_uom_id: { type: "many2one" } },
    ...Object.fromEntries(figures.map((name) => [name, { type: "float", digits: [16, 2] }])),
  },
};

const rowsBy = ({ partner, product, list }: Place): { readonly [model: string]: readonly object[] } => ({
  "res.company": [{ id: 1, name: "Us", currency_id: [126, "EUR"] }],
  "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
  "res.country": [{ id: 75, code: "FR" }],
  "res.partner": [
    {
      ...{ id: 8, name: "C", active: true, company_id: false, child_ids: [] },
      ...{ property_product_pricelist: [1, "L"], ...partner },
    },
  ],
  "product.product": [
    {
      ...{ id: 2, display_name: "[P] Bolt", description_sale: false, uom_id: [1, "Units"] },
      ...{ taxes_id: [], active: true, sale_ok: true, company_id: false, ...product },
    },
  ],
  "product.pricelist": [{ id: 1, currency_id: [126, "EUR"], active: true, ...list }],
  "uom.uom": [
    { id: 1, name: "Units", parent_path: "1/", factor: 1 },
    { id: 2, name: "Dozens", parent_path: "1/2/", factor: 12 },
    { id: 3, name: "kg", parent_path: "3/", factor: 1 },
  ],
  "stock.warehouse": [
    { id: 1, code: "WH", name: "Main", company_id: [1, "Us"], active: true },
    { id: 2, code: "OLD", name: "Old", company_id: [1, "Us"], active: false },
  ],
  "account.payment.term": [{ id: 3, name: "30 Days" }],
});

const line = { product: "2", quantity: "4", unit: "Units", unit_price: "3.5" };
const usual = { partner: "8", currency: "EUR", warehouse: "WH", payment_term: "30 Days", lines: [line] };
const write = (more: object): NativeWrite => ({
  ...{ key: "k", entity: "quotes", kind: "create", reference: "ref" },
  ...{ id: null, precondition: null, current: {}, transition: null },
  patch: { ...usual, ...more },
});

const serverOf = (place: Place) => {
  const rows = rowsBy(place);
  return fakeOdoo(({ model, method }) => {
    if (model === "res.users" && method !== "search_read") return undefined;
    if (method === "fields_get") return { value: fields[model] ?? {} };
    return { value: method === "create" ? [99] : (rows[model] ?? []) };
  });
};

const writesOf = (asked: readonly Asked[]): readonly Asked[] => asked.filter(({ isWrite }) => isWrite);

/** What is foreseen of a quote, and what its write then says. Foreseeing sends nothing that writes. */
async function codesOf(more: object, place: Place = {}): Promise<readonly (string | null)[]> {
  const session = serverOf(place);
  const failure = await openOdoo(session).foreseeRefusal?.(write(more));
  expect(writesOf(session.asked)).toEqual([]);
  const server = serverOf(place);
  const [outcome] = await openOdoo(server).write([write(more)]);
  const isRefused = outcome?.kind === "failed";
  if (isRefused) expect(writesOf(server.asked)).toEqual([]);
  return [
    failure === undefined ? "not told" : (failure?.code ?? null),
    isRefused ? outcome.failure.code : null,
  ];
}

const both = (code: string): readonly string[] => [code, code];

describe("a quote that is to become an order in Odoo", () => {
  it("meets no refusal when everything that it names is there", async () => {
    expect(await codesOf({})).toEqual([null, null]);
    expect(await codesOf({ lines: [{ ...line, unit: "Dozens" }] })).toEqual([null, null]);
    expect(await codesOf({ price_list: "1" })).toEqual([null, null]);
  });

  it("is refused for what Odoo does not have, foreseen and written alike", async () => {
    for (const [more, code] of [
      [{ warehouse: "NOWHERE" }, "warehouse_unknown"],
      [{ payment_term: "14 days" }, "payment_term_unknown"],
      [{ currency: "USD" }, "currency_mismatch"],
      [{ currency: null }, "currency_missing"],
      [{ lines: [] }, "lines_missing"],
      [{ lines: [{ ...line, unit_price: null }] }, "price_missing"],
      [{ lines: [{ ...line, quantity: "0.125" }] }, "too_precise"],
      [{ lines: [{ ...line, unit: "box" }] }, "unit_unknown"],
      [{ freight: { amount: "12", currency: "EUR" } }, "freight_unsupported"],
      [{ company: "Them" }, "company_mismatch"],
    ] as const)
      expect([more, ...(await codesOf(more))]).toEqual([more, ...both(code)]);
  });

  it("is refused for what Odoo's screens do not offer, and its server takes", async () => {
    expect(await codesOf({}, { partner: { active: false } })).toEqual(both("customer_inactive"));
    for (const product of [{ active: false }, { sale_ok: false }, { company_id: [7, "Them"] }])
      expect(await codesOf({}, { product })).toEqual(both("not_salable"));
    expect(await codesOf({}, { product: { company_id: [1, "Us"] } })).toEqual([null, null]);
    expect(await codesOf({}, { list: { active: false } })).toEqual(both("pricebook_unknown"));
    // Odoo itself would count kilograms as pieces.
    expect(await codesOf({ lines: [{ ...line, unit: "kg" }] })).toEqual(both("unit_unknown"));
    // It would take the quote, and not confirm it: no rule brings goods out of an archived warehouse.
    expect(await codesOf({ warehouse: "OLD" })).toEqual(both("warehouse_unknown"));
  });

  it("is foreseen to be refused for a customer of another company, as Odoo does", async () => {
    const partner = { company_id: [7, "Them"] };
    expect(await codesOf({}, { partner })).toEqual(["company_mismatch", null]);
  });

  it("has no address made for it while it is only looked at", async () => {
    const shipping_address = { street: "1 Quai", city: "Brest", zip: "29200", country: "FR" };
    expect(await codesOf({ shipping_address })).toEqual([null, null]);
    const unknown = { ...shipping_address, country: "XX" };
    expect(await codesOf({ shipping_address: unknown })).toEqual(both("country_unknown"));
  });

  it("of a customer who is not there yet is looked through for the rest", async () => {
    expect((await codesOf({ partner: null }))[0]).toBe(null);
    expect((await codesOf({ partner: null, warehouse: "NOWHERE" }))[0]).toBe("warehouse_unknown");
  });

  it("does not look fine when Odoo did not answer", async () => {
    const session = fakeOdoo(() => ({ status: 503, body: "" }));
    await expect(openOdoo(session).foreseeRefusal?.(write({}))).rejects.toMatchObject({
      name: "ConnectorError",
    });
  });
});
