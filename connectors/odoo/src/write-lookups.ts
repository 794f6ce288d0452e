import { loadFacts, warehouseBy } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { flag, idOf, odooId, refId, refIds, refLabel, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { loadUnits } from "./unit.ts";

/** A product as a line of a quote needs it. */
interface LineProduct {
  /** Unit that it is counted in. */
  readonly unit: number | undefined;
  readonly unitName: string | null;
  /** What Odoo fills in as a line's text: the product's label and its text for sales. */
  readonly filled: readonly string[];
  /** Whether its prices hold their tax. */
  readonly holdsTax: boolean;
  /** Whether it is active and sold at all, by this company; Odoo's server asks for the last only. */
  readonly isSold: boolean;
}

/** A customer as a quote needs it. */
interface QuotedCustomer {
  /** Odoo's server takes a quote of any. */
  readonly isActive: boolean;
  /** Its price list; undefined where it has none. */
  readonly list: number | undefined;
}

/** A price list as a quote needs it. */
interface QuotedList {
  /** Odoo's server takes any. */
  readonly isActive: boolean;
  readonly currency: string | undefined;
}

/** Reference records by the code that a native record shows, for the length of one call of `write`. */
export interface Lookups {
  readonly facts: () => Promise<Facts>;
  readonly paymentTerm: (name: string) => Promise<number>;
  readonly country: (code: string) => Promise<number>;
  /** By code or name; undefined when the country has no such state. */
  readonly state: (country: number, region: string) => Promise<number | undefined>;
  readonly warehouse: (code: string) => Promise<number>;
  /** Id of a unit by its name, of those that a product may be counted in: Odoo's server takes any. */
  readonly unit: (product: number, name: string) => Promise<number>;
  readonly product: (id: number) => Promise<LineProduct>;
  readonly productByCode: (code: string) => Promise<number>;
  /** Undefined when there is no such list. */
  readonly priceList: (list: number) => Promise<QuotedList | undefined>;
  /** Undefined when there is no such customer. */
  readonly customer: (partner: number) => Promise<QuotedCustomer | undefined>;
}

interface Table {
  readonly model: string;
  readonly fields: readonly string[];
  readonly domain?: readonly Json[];
}

/** Builds the look-ups of one call; each table is read when it is first needed. */
export function createLookups(odoo: Odoo): Lookups {
  const tables = new Map<string, Promise<readonly Row[]>>();
  const read = async ({ model, fields, domain = [] }: Table): Promise<readonly Row[]> => {
    const key = JSON.stringify([model, fields, domain]);
    const rows = tables.get(key) ?? odoo.search({ model, domain, fields });
    tables.set(key, rows);
    return rows;
  };
  const product = async (id: number): Promise<LineProduct> => {
    const fields = [
      "display_name",
      "description_sale",
      "uom_id",
      "taxes_id",
      "active",
      "sale_ok",
      "company_id",
    ];
    const [row] = await read({ model: "product.product", fields, domain: [["id", "=", id]] });
    if (row === undefined) throw refusal("product_unknown", "Odoo has no such product", "lines");
    const filled = [text(row, "display_name"), text(row, "description_sale")].filter((each) => each !== null);
    const { includedTaxes, company } = await loadFacts(odoo);
    const holdsTax = refIds(row, "taxes_id").some((each) => includedTaxes.includes(each));
    const isOurs = [undefined, company].includes(refId(row, "company_id"));
    const isSold = flag(row, "active") && flag(row, "sale_ok") && isOurs;
    return { unit: refId(row, "uom_id"), unitName: refLabel(row, "uom_id"), filled, holdsTax, isSold };
  };
  return {
    facts: async () => loadFacts(odoo),
    paymentTerm: async (name) => {
      const table: Table = {
        model: "account.payment.term",
        fields: ["name"],
        domain: [["active", "=", true]],
      };
      return only(await read(table), { field: "name", value: name, code: "payment_term_unknown" });
    },
    country: async (code) => {
      const { countries } = await loadFacts(odoo);
      const id = odooId(Object.entries(countries).find(([, each]) => each === code)?.[0]);
      if (id !== undefined) return id;
      throw refusal("country_unknown", "Odoo knows no country with this code", "country");
    },
    state: async (country, region) => stateOf(read, country, region),
    warehouse: async (code) => {
      const id = warehouseBy(await loadFacts(odoo), code);
      if (id !== undefined) return id;
      throw refusal("warehouse_unknown", "Odoo has no warehouse with this code in the company", "warehouse");
    },
    ...quoteLookups(odoo, { read, product }),
    product,
    productByCode: async (code) => {
      const domain = [
        ["default_code", "=", code],
        ["active", "=", true],
      ];
      const rows = await read({ model: "product.product", fields: ["default_code"], domain });
      return only(rows, { field: "default_code", value: code, code: "product_unknown" });
    },
  };
}

/** Look-ups of what a quote names: its customer, its price list and the units of its lines. */
function quoteLookups(
  odoo: Odoo,
  { read, product }: { readonly read: (table: Table) => Promise<readonly Row[]> } & Pick<Lookups, "product">,
): Pick<Lookups, "unit" | "priceList" | "customer"> {
  let units: ReturnType<typeof loadUnits> | undefined;
  const unitsOnce = async (): ReturnType<typeof loadUnits> => {
    units ??= loadFacts(odoo).then(async (facts) => loadUnits(odoo, facts));
    return units;
  };
  return {
    unit: async (id, name) => {
      const { unit, unitName } = await product(id);
      if (unit !== undefined && unitName === name) return unit;
      const units = await unitsOnce();
      const home = units.find((each) => each.id === unit);
      const found = units.filter((each) => each.name === name && each.family === home?.family);
      const [first] = found;
      if (first !== undefined && found.length === 1) return first.id;
      const many = found.length === 0 ? "no unit" : "more than one unit";
      throw refusal("unit_unknown", `Odoo has ${many} of this name that the product may be counted in`);
    },
    priceList: async (list) => {
      const fields = ["currency_id", "active"];
      const [row] = await read({ model: "product.pricelist", fields, domain: [["id", "=", list]] });
      if (row === undefined) return undefined;
      const { currencies } = await loadFacts(odoo);
      const currency = currencies[String(refId(row, "currency_id"))]?.code;
      return { isActive: flag(row, "active"), currency };
    },
    customer: async (partner) => {
      const [row] = await odoo.read("res.partner", [partner], ["active", "property_product_pricelist"]);
      if (row === undefined) return undefined;
      return { isActive: flag(row, "active"), list: refId(row, "property_product_pricelist") };
    },
  };
}

async function stateOf(
  read: (table: Table) => Promise<readonly Row[]>,
  country: number,
  region: string,
): Promise<number | undefined> {
  const domain = [["country_id", "=", country]];
  const rows = await read({ model: "res.country.state", fields: ["name", "code"], domain });
  const wanted = region.toLowerCase();
  const row = rows.find((each) =>
    [text(each, "name"), text(each, "code")].some((given) => given?.toLowerCase() === wanted),
  );
  return row === undefined ? undefined : idOf(row);
}

/** The one row with this value; none and several are refused. */
function only(
  rows: readonly Row[],
  wanted: { readonly field: string; readonly value: string; readonly code: string },
): number {
  const found = rows.filter((row) => text(row, wanted.field) === wanted.value);
  const [first] = found;
  if (first !== undefined && found.length === 1) return idOf(first);
  const what = wanted.code.replace(/_unknown$/, "").replaceAll("_", " ");
  throw refusal(wanted.code, `Odoo has ${found.length === 0 ? "no" : "more than one"} ${what} of this name`);
}
