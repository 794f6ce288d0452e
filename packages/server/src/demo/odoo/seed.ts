import { dockOf } from "../erp-seed.ts";
import type { ErpSeed, SeedCustomer } from "../erp-seed.ts";
import { textIn } from "../record.ts";
import type { Desk, Row } from "./desk.ts";

/** Odoo's names of units in the words of the CRM. */
const units: { readonly [name: string]: string } = { Units: "pcs", m: "m", kg: "kg", Hours: "h" };
/** The standard rate, percent. */
const standardRate = 19;

/** Names of the rows of a model, or another field of them, by id. */
async function named(desk: Desk, model: string, field = "name"): Promise<(id: unknown) => string> {
  const rows = await desk.find(model, [], [field]);
  const names = new Map(rows.map((row) => [row["id"], textIn(row, field)]));
  return (id) => names.get(id as number) ?? "";
}

async function customers(desk: Desk): Promise<readonly SeedCustomer[]> {
  const countryOf = await named(desk, "res.country", "code");
  const listOf = await named(desk, "product.pricelist");
  const isCustomer = [
    ["ref", "=like", "C0%"],
    ["is_company", "=", true],
  ];
  const fields = ["ref", "name", "email", "vat", "property_product_pricelist"];
  const partners = await desk.find("res.partner", isCustomer, fields);
  const places = ["parent_id", "street", "zip", "city", "country_id"];
  const docks = await desk.find("res.partner", [["type", "=", "delivery"]], places);
  return partners.map((partner) => {
    const dock: Row = docks.find((row) => row["parent_id"] === partner["id"]) ?? {};
    return {
      id: textIn(partner, "id"),
      code: textIn(partner, "ref"),
      name: textIn(partner, "name"),
      email: textIn(partner, "email"),
      taxId: textIn(partner, "vat") || null,
      dock: dockOf({
        street: textIn(dock, "street"),
        city: textIn(dock, "city"),
        postalCode: textIn(dock, "zip"),
        region: "",
        country: countryOf(dock["country_id"]),
      }),
      pricebook: listOf(partner["property_product_pricelist"]),
    };
  });
}

/** Reads what Odoo's seed holds. */
export async function odooSeed(desk: Desk): Promise<ErpSeed> {
  const [company] = await desk.find("res.company", [], ["name"]);
  const lists = await desk.find("product.pricelist", [], ["name"]);
  const unitOf = await named(desk, "uom.uom");
  const goods = [
    ["default_code", "=like", "P0%"],
    ["type", "=", "consu"],
    ["taxes_id.amount", "=", standardRate],
  ];
  const rows = await desk.find("product.product", goods, ["default_code", "name", "uom_id"]);
  return {
    company: textIn(company, "name"),
    pricebooks: lists.map((list) => textIn(list, "name")),
    customers: await customers(desk),
    articles: rows.map((row) => ({
      code: textIn(row, "default_code"),
      name: textIn(row, "name"),
      unit: units[unitOf(row["uom_id"])] ?? "pcs",
    })),
  };
}
