import { loadFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { one, text, trytonId } from "./native.ts";
import type { Json, Row } from "./native.ts";
import type { Rpc } from "./rpc.ts";

/** Reference records by the code that a native record shows, for the length of one call of `write`. */
export interface Lookups {
  readonly facts: () => Promise<Facts>;
  readonly paymentTerm: (name: string) => Promise<number>;
  readonly country: (code: string) => Promise<number>;
  /** A subdivision by its code (with or without the country) or name; undefined when the country has none such. */
  readonly subdivision: (country: string, region: string) => Promise<number | undefined>;
  readonly warehouse: (code: string) => Promise<number>;
  readonly currency: (code: string) => Promise<number>;
  /** A unit by its symbol, among those of the product's category. */
  readonly unit: (product: number, symbol: string) => Promise<number>;
  readonly productByCode: (code: string) => Promise<number>;
  readonly saleUnit: (product: number) => Promise<number>;
}

interface Table {
  readonly model: string;
  readonly field: string;
  readonly domain?: readonly Json[];
  readonly more?: readonly string[];
}

/** Builds the look-ups of one call; each table is read when it is first needed. */
export function createLookups(rpc: Rpc): Lookups {
  const tables = new Map<string, Promise<readonly Row[]>>();
  const rows = async (table: Table): Promise<readonly Row[]> => {
    const key = JSON.stringify(table);
    const known = tables.get(key);
    if (known !== undefined) return known;
    const { model, domain = [], field, more = [] } = table;
    const search = rpc.search({ model, domain, fields: [field, ...more] });
    tables.set(key, search);
    return search;
  };
  const find = async (table: Table, value: string, code: string): Promise<number> => {
    const found = (await rows(table)).filter((row) => text(row, table.field) === value);
    const id = trytonId(found[0]?.["id"]);
    if (id !== undefined && found.length === 1) return id;
    const many = found.length > 1 ? "more than one" : "no";
    throw refusal(code, `Tryton has ${many} active ${table.model} with this ${table.field}`);
  };
  const active: Json = ["active", "=", true];
  return {
    facts: async () => loadFacts(rpc),
    paymentTerm: async (name) =>
      find({ model: "account.invoice.payment_term", field: "name", domain: [active] }, name, "payment_term_unknown"),
    country: async (code) => find({ model: "country.country", field: "code" }, code, "country_unknown"),
    subdivision: async (country, region) => {
      const domain: readonly Json[] = [["country.code", "=", country]];
      const known = await rows({ model: "country.subdivision", field: "code", domain, more: ["name"] });
      const wanted = region.toLowerCase();
      const row = known.find((each) =>
        [text(each, "code"), text(each, "code")?.split("-")[1], text(each, "name")].some((name) => name?.toLowerCase() === wanted),
      );
      return trytonId(row?.["id"]);
    },
    warehouse: async (code) =>
      find({ model: "stock.location", field: "code", domain: [["type", "=", "warehouse"], active] }, code, "warehouse_unknown"),
    currency: async (code) => find({ model: "currency.currency", field: "code", domain: [active] }, code, "currency_unknown"),
    unit: async (product, symbol) => {
      const own = await rows({ model: "product.product", field: "code", domain: [["id", "=", product]], more: ["default_uom.category"] });
      const category = one(own[0] ?? null, "default_uom")?.["category"] ?? null;
      const domain: readonly Json[] = [active, ["category", "=", category]];
      return find({ model: "product.uom", field: "symbol", domain }, symbol, "unit_unknown");
    },
    productByCode: async (code) =>
      find({ model: "product.product", field: "code", domain: [["code", "=", code], active] }, code, "product_unknown"),
    saleUnit: async (product) => {
      const own = await rows({ model: "product.product", field: "sale_uom", domain: [["id", "=", product]] });
      const id = trytonId(own[0]?.["sale_uom"]);
      if (id !== undefined) return id;
      throw refusal("unit_unknown", "the product has no unit of sale");
    },
  };
}
