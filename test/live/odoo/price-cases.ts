import type { NativeRecord } from "@crossfoot/connector-sdk";
import { expect, it } from "vitest";
import type { Ground } from "./ground.ts";
import { asId } from "./reading-traps.ts";

type JsonMap = NativeRecord["native"];

const textOf = (row: JsonMap | undefined, field: string): string => {
  const value = row?.[field];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};

/** Holds some entries of a list against what Odoo would put on an order; answers how many. */
async function compared(
  { desk, live }: Ground,
  list: NativeRecord,
  isTaken: (entry: JsonMap, at: number) => boolean,
): Promise<number> {
  const customers = await desk.find("res.partner", [["ref", "=", "C00001"]], ["name"]);
  const entries = (list.native["entries"] as readonly JsonMap[]).filter(isTaken);
  const lines = entries.map((entry) => ({
    product: asId(entry["product"]),
    quantity: entry["min_quantity"] === "0" ? "1" : textOf(entry, "min_quantity"),
    unit: textOf(entry, "unit"),
  }));
  const asked = { customer: asId(customers[0]?.["id"]), pricebook: list.id, currency: null, date: null };
  const answer = await live.connection.operations?.price?.({ ...asked, lines });
  for (const [at, row] of (answer?.rows ?? []).entries()) {
    if (!row.ok) throw new Error(JSON.stringify(row));
    const net = (Number(row.unitPrice) * (100 - Number(row.discountPercent))) / 100;
    expect([lines[at], net]).toEqual([lines[at], expect.closeTo(Number(entries[at]?.["unit_price"]), 6)]);
  }
  return answer?.rows.length ?? 0;
}

/** What a price list says of a product is what Odoo charges for it. */
export function priceCases(ground: () => Ground): void {
  it("every price that a list shows is the one that Odoo puts on an order, at each break", async () => {
    const lists = (await ground().live.all("pricebooks")).records.filter(({ native }) =>
      ["Retail", "Wholesale"].includes(textOf(native, "name")),
    );
    expect(lists.length).toBe(2);
    for (const list of lists)
      expect(await compared(ground(), list, (_, at) => at % 7 === 0 || at < 12)).toBeGreaterThan(10);
  });

  it("rules of every kind are reckoned as Odoo does: formulas, other lists, variants, days", async () => {
    const { desk, live } = ground();
    const idBy = async (model: string, domain: Parameters<typeof desk.find>[1]): Promise<number> =>
      Number((await desk.find(model, domain, ["id"]))[0]?.["id"]);
    const wholesale = await idBy("product.pricelist", [["name", "=", "Wholesale"]]);
    const cables = await idBy("product.category", [["name", "=", "Cables"]]);
    const reel = await idBy("product.product", [["default_code", "=", "REEL-25"]]);
    const template = await idBy("product.template", [["default_code", "=", "P006"]]);
    const rule = (more: JsonMap): readonly [0, 0, JsonMap] => [0, 0, { applied_on: "3_global", ...more }];
    const formula = { compute_price: "formula", base: "list_price" };
    const rules = [
      rule({ ...formula, base: "pricelist", base_pricelist_id: wholesale, price_discount: 2 }),
      rule({ ...formula, price_discount: 12.5, price_round: 0.5, price_surcharge: -0.01, min_quantity: 40 }),
      rule({
        ...formula,
        base: "standard_price",
        price_discount: -30,
        price_min_margin: 3,
        price_max_margin: 999,
        min_quantity: 60,
      }),
      rule({ ...formula, price_discount: -50, price_max_margin: 2, min_quantity: 80 }),
      rule({
        applied_on: "2_product_category",
        categ_id: cables,
        compute_price: "percentage",
        percent_price: 33,
      }),
      rule({
        applied_on: "1_product",
        product_tmpl_id: template,
        compute_price: "fixed",
        fixed_price: 4.321,
      }),
      rule({ applied_on: "0_product_variant", product_id: reel, compute_price: "fixed", fixed_price: 19 }),
      rule({ compute_price: "fixed", fixed_price: 1, date_start: "2199-01-01 00:00:00" }),
      rule({ compute_price: "fixed", fixed_price: 2, date_end: "2001-01-01 00:00:00" }),
    ];
    const [made] = (await desk.call("product.pricelist", "create", {
      vals_list: [{ name: "Every kind", item_ids: rules }],
    })) as readonly number[];
    const list = await live.one("pricebooks", asId(made));
    expect(await compared(ground(), list, () => true)).toBeGreaterThan(150);
  });
}
