import { compileMapping } from "@crossfoot/connector-sdk";
import type { NativeRecord } from "@crossfoot/connector-sdk";
import { entities, entityNames } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { odoo, openOdoo } from "../src/index.ts";
import { inventoryRoots } from "../src/inventory.ts";
import { shapes } from "../src/shapes.ts";
import { recordedOdoo } from "./recorded-odoo.ts";

const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));

/** Every record of an entity that the recordings of a version hold, in the roots of the default mapping. */
async function read(version: "v17" | "v19", entity: string): Promise<readonly NativeRecord[]> {
  const session = recordedOdoo(version);
  const { mapping } = compileMapping(odoo.defaultMapping(session.options), kinds);
  const roots = mapping?.entities[entity]?.roots ?? [];
  const page = await openOdoo(session).read({ entity, roots, since: null, cursor: null, pageSize: 50 });
  expect(page.unreadable).toEqual([]);
  return page.records;
}

async function one(version: "v17" | "v19", entity: string, id: string): Promise<NativeRecord["native"]> {
  const found = (await read(version, entity)).find((record) => String(record.id) === id);
  if (found === undefined) throw new Error(`no record ${id} of ${entity}`);
  return found.native;
}

describe("the default mapping", () => {
  it("compiles, and reads only roots that the connector has", () => {
    const compiled = compileMapping(odoo.defaultMapping({ database: "d", user: "u", key: "k" }), kinds);
    expect(compiled.problems ?? []).toEqual([]);
    for (const entity of entityNames) {
      const known = entity === "inventory" ? inventoryRoots : Object.keys(shapes[entity]?.roots ?? {});
      const asked = compiled.mapping?.entities[entity]?.roots ?? [];
      expect([entity, asked.length > 0, asked.filter((root) => !known.includes(root))]).toEqual([
        entity,
        true,
        [],
      ]);
    }
  });
});

describe("records of version 19, as they were recorded", () => {
  it("tell company, contact and address of partners apart", async () => {
    const accounts = await read("v19", "accounts");
    expect(accounts.map(({ id, kind }) => [id, kind])).toContainEqual(["8", "present"]);
    expect(accounts.find(({ id }) => String(id) === "13")?.kind).toBe("out_of_scope");
    expect(await one("v19", "accounts", "8")).toMatchObject({
      name: "Albatros Werkzeug GmbH",
      vat: "DE123456788",
      invoice_address: { id: "8", street: "Hafenstrasse 1", country: "DE" },
      delivery_address: null,
      credit_limit: null,
      payment_term: null,
    });
    expect(await one("v19", "contacts", "13")).toMatchObject({
      person: { given: "Ida", family: "Beispiel" },
      title: "Purchasing",
      account: "8",
    });
  });

  it("show a quote and its order under one id, in decimal text without the noise of floats", async () => {
    expect(await one("v19", "quotes", "1")).toMatchObject({
      quote_state: "draft",
      client_order_ref: "CF-Q-0001",
      currency: "EUR",
      warehouse: "WH",
      validity_date: "2026-12-23",
      amount_untaxed: "1.93",
      amount_total: "2.18",
      lines: [
        {
          id: "1",
          product: "2",
          quantity: "3",
          unit: "Units",
          unit_price: "0.33",
          discount_percent: "5",
          note: null,
        },
        {
          id: "2",
          product: "3",
          quantity: "3",
          unit: "Units",
          unit_price: "0.33",
          discount_percent: null,
          note: null,
        },
      ],
    });
    expect((await one("v19", "orders", "1"))["lines"]).toMatchObject([
      { unit_price: "0.3135", amount: "0.94", tax: "0.18" },
      { unit_price: "0.33", amount: "0.99", tax: "0.07" },
    ]);
  });

  it("price a list by the most special rule at each quantity break, of those valid today", async () => {
    const session = recordedOdoo("v19", {
      "product.pricelist": [{ id: 2, name: "Grosskunden", currency_id: [126, "EUR"], active: true }],
      "product.pricelist.item": rulesOf2,
    });
    const page = await openOdoo(session).read({
      ...{ entity: "pricebooks", roots: ["entries"], since: null, cursor: null, pageSize: 9 },
    });
    const entries = page.records[0]?.native["entries"] as readonly { readonly product: string }[];
    expect(entries.filter(({ product }) => product === "2")).toMatchObject([
      { id: "2:0", min_quantity: "0", unit_price: "0.3135", currency: "EUR", unit: "Units" },
      { id: "2:100", min_quantity: "100", unit_price: "0.29" },
    ]);
    expect(entries.filter(({ product }) => product === "4")).toMatchObject([{ unit_price: "76" }]);
  });

  it("show deliveries with their backorders, and what a posted invoice says", async () => {
    expect(await one("v19", "shipments", "1")).toMatchObject({
      name: "WH/OUT/00001",
      sale: "5",
      shipment_state: "shipped",
      tracking_number: "TRK-0001",
      lines: [{ id: "3", product: "2", unit: "Units", sale_line: "5" }],
    });
    expect((await one("v19", "shipments", "2"))["shipment_state"]).toBe("planned");
    expect(await one("v19", "invoices", "2")).toMatchObject({
      number: "INV/2026/00001",
      invoice_state: "part_paid",
      amount_total: "6.15",
      amount_residual: "5.15",
      ...{ company_total: "6.15", company_currency: "EUR", company_rate: null },
      lines: [
        { product: "2", quantity: "12", unit_price: "0.3135", amount: "3.76", tax: "0.71" },
        { product: "3", quantity: "5", unit_price: "0.3135", amount: "1.57", tax: "0.11" },
      ],
    });
  });

  it("take a credit note as negative, and one that has no number yet as no invoice", async () => {
    const credit = (await read("v19", "invoices")).find(({ id }) => String(id) === "13");
    expect([credit?.kind, credit?.native["amount_total"], credit?.native["number"]]).toEqual([
      "out_of_scope",
      "-3.18",
      null,
    ]);
  });
});

describe("records of version 17, as they were recorded", () => {
  it("say the same under the names that fields have there", async () => {
    expect(await one("v17", "accounts", "10")).toMatchObject({
      name: "Albatros Werkzeug GmbH",
      invoice_address: { id: "10", city: "Hamburg", country: "DE" },
      credit_limit: null,
    });
    expect((await one("v17", "products", "2"))["kind"]).toBe("goods");
    expect(await one("v17", "orders", "18")).toMatchObject({
      name: "S00018",
      client_order_ref: "CF-O-1700",
      amount_untaxed: "4.09",
      order_state: "open",
      lines: [
        { id: "35", quantity: "10", unit: "Units", unit_price: "0.31", amount: "3.1", tax: "0.59" },
        { id: "36", quantity: "3", unit: "Units", unit_price: "0.33", amount: "0.99", tax: "0.07" },
      ],
    });
    expect((await one("v17", "quotes", "18"))["quote_state"]).toBe("ordered");
  });

  it("read deliveries, invoices and stock", async () => {
    expect(await one("v17", "shipments", "3")).toMatchObject({ sale: "18", shipment_state: "planned" });
    expect(await one("v17", "invoices", "14")).toMatchObject({
      number: "INV/2026/00005",
      currency: "EUR",
      amount_untaxed: "4.09",
      lines: [
        { unit_price: "0.31", amount: "3.1", tax: "0.59" },
        { unit_price: "0.33", amount: "0.99", tax: "0.07" },
      ],
    });
    expect(await one("v17", "inventory", "2:1")).toMatchObject({
      product: "2",
      warehouse: "WH",
      unit: "Units",
    });
  });

  it("have a field for mobile numbers, which 19 does not: the root is absent there, never null", async () => {
    const roots = ["mobile", "name"];
    const wanted = { entity: "contacts", roots, ids: ["10" as NativeRecord["id"]] };
    const [old] = await openOdoo(recordedOdoo("v17")).readByIds(wanted);
    expect(old?.native["mobile"]).toBe("+49 170 1");
    const [young] = await openOdoo(recordedOdoo("v19")).readByIds({
      ...wanted,
      ids: ["13" as NativeRecord["id"]],
    });
    expect(Object.keys(young?.native ?? {})).toEqual(["name"]);
  });
});

const rulesOf2 = [
  {
    id: 2,
    pricelist_id: [2, "G"],
    applied_on: "0_product_variant",
    product_id: [2, "P"],
    min_quantity: 1000,
    date_start: "1980-01-01 00:00:00",
    compute_price: "fixed",
    fixed_price: 0.25,
  },
  {
    id: 1,
    pricelist_id: [2, "G"],
    applied_on: "0_product_variant",
    product_id: [2, "P"],
    min_quantity: 100,
    date_start: false,
    compute_price: "fixed",
    fixed_price: 0.29,
  },
  {
    id: 3,
    pricelist_id: [2, "G"],
    applied_on: "3_global",
    min_quantity: 0,
    compute_price: "percentage",
    percent_price: 5,
    base: "list_price",
  },
];
