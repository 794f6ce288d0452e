import type { JsonMap } from "@crossfoot/twin";
import { dockOf } from "../erp-seed.ts";
import type { ErpSeed, SeedCustomer } from "../erp-seed.ts";
import { textIn } from "../record.ts";
import type { Admin, Row } from "./admin.ts";

/** Tryton's unit symbols in the words of the CRM. */
const units: { readonly [symbol: string]: string } = { u: "pcs", m: "m", kg: "kg", h: "h" };
/** A tax id that Tryton's check accepts, for the first customer. */
const knownTaxId = "FR40303265045";

const ofCustomer = ["party.code", "like", "C0%"];
/** The part of a row that a path with a point asked for. */
const partOf = (row: Row, name: string): Row | undefined => (row[`${name}.`] ?? undefined) as Row | undefined;

function dockIn(row: Row): JsonMap {
  return dockOf({
    street: textIn(row, "street"),
    city: textIn(row, "city"),
    postalCode: textIn(row, "postal_code"),
    region: textIn(partOf(row, "subdivision"), "name"),
    country: textIn(partOf(row, "country"), "code"),
  });
}

async function customers(admin: Admin): Promise<readonly SeedCustomer[]> {
  const fields = ["code", "name", "sale_price_list.name"];
  const parties = await admin.find("party.party", [["code", "like", "C0%"]], fields);
  const byEmail = [ofCustomer, ["type", "=", "email"]];
  const mails = await admin.find("party.contact_mechanism", byEmail, ["party", "value"]);
  const places = ["party", "street", "postal_code", "city", "country.code", "subdivision.name"];
  const docks = await admin.find("party.address", [ofCustomer, ["delivery", "=", true]], places);
  return parties.map((party, n) => {
    const isTheirs = (row: Row): boolean => row["party"] === party["id"];
    return {
      id: textIn(party, "id"),
      code: textIn(party, "code"),
      name: textIn(party, "name"),
      email: textIn(mails.find(isTheirs), "value"),
      taxId: n === 0 ? knownTaxId : null,
      dock: dockIn(docks.find(isTheirs) ?? {}),
      // A customer without a list of its own gets the one of the company's settings.
      pricebook: textIn(partOf(party, "sale_price_list"), "name") || "Retail",
    };
  });
}

/** Reads what Tryton's seed holds. */
export async function trytonSeed(admin: Admin): Promise<ErpSeed> {
  const [company] = await admin.find("company.company", [], ["party.name"]);
  const lists = await admin.find("product.price_list", [], ["name"]);
  const goods = [
    ["code", "like", "P0%"],
    ["type", "=", "goods"],
  ];
  const rows = await admin.find("product.product", goods, ["code", "name", "default_uom.symbol"]);
  return {
    company: textIn(partOf(company ?? {}, "party"), "name"),
    pricebooks: lists.map((list) => textIn(list, "name")),
    customers: await customers(admin),
    articles: rows.map((row) => ({
      code: textIn(row, "code"),
      name: textIn(row, "name"),
      unit: units[textIn(partOf(row, "default_uom"), "symbol")] ?? "pcs",
    })),
  };
}
