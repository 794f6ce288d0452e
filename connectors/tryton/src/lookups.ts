import { loadFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { flag, one, text, trytonId } from "./native.ts";
import type { Json, Row } from "./native.ts";
import type { Rpc } from "./rpc.ts";

/** Reference records by the code that a native record shows, for the length of one call of `write`. */
export interface Lookups {
  readonly facts: () => Promise<Facts>;
  readonly paymentTerm: (name: string) => Promise<number>;
  readonly country: (code: string) => Promise<number>;
  /** By code (with or without the country) or name; undefined when the country has no such subdivision. */
  readonly subdivision: (country: string, region: string) => Promise<number | undefined>;
  readonly warehouse: (code: string) => Promise<number>;
  readonly currency: (code: string) => Promise<number>;
  /** A unit by its symbol, among those of the product's category. */
  readonly unit: (product: number, symbol: string) => Promise<number>;
  /** Whether a product is active and sold at all; Tryton asks for the second only. */
  readonly isSold: (product: number) => Promise<boolean>;
  /** Whether a product has the category that its accounts and taxes stand in. */
  readonly isBooked: (product: number) => Promise<boolean>;
  /** Whether a party is active; Tryton itself takes a sale of any. */
  readonly isActiveParty: (party: number) => Promise<boolean>;
  readonly productByCode: (code: string) => Promise<number>;
  readonly saleUnit: (product: number) => Promise<number>;
}

interface Table {
  readonly model: string;
  readonly field: string;
  readonly domain?: readonly Json[];
  readonly more?: readonly string[];
}

type ReadTable = (table: Table) => Promise<readonly Row[]>;

const active: Json = ["active", "=", true];

/** Builds the look-ups of one call; each table is read when it is first needed. */
export function createLookups(rpc: Rpc): Lookups {
  const read = tableReader(rpc);
  const byField = (table: Table, code: string) => async (value: string) => {
    const found = (await read(table)).filter((row) => text(row, table.field) === value);
    const id = trytonId(found[0]?.["id"]);
    if (id !== undefined && found.length === 1) return id;
    const many = found.length > 1 ? "more than one" : "no";
    throw refusal(code, `Tryton has ${many} active ${table.model} with this ${table.field}`);
  };
  const terms: Table = { model: "account.invoice.payment_term", field: "name", domain: [active] };
  const places: Table = {
    model: "stock.location",
    field: "code",
    domain: [["type", "=", "warehouse"], active],
  };
  return {
    facts: async () => loadFacts(rpc),
    paymentTerm: byField(terms, "payment_term_unknown"),
    country: byField({ model: "country.country", field: "code" }, "country_unknown"),
    subdivision: async (country, region) => findSubdivision(read, country, region),
    warehouse: byField(places, "warehouse_unknown"),
    currency: byField({ model: "currency.currency", field: "code", domain: [active] }, "currency_unknown"),
    unit: async (product, symbol) => {
      const category = one(await productOf(read, product), "default_uom")?.["category"] ?? null;
      const units: Table = {
        model: "product.uom",
        field: "symbol",
        domain: [active, ["category", "=", category]],
      };
      return byField(units, "unit_unknown")(symbol);
    },
    isSold: async (product) => {
      const row = (await productOf(read, product)) ?? {};
      return flag(row, "active") && flag(row, "salable");
    },
    isBooked: async (product) => {
      const row = (await productOf(read, product)) ?? {};
      return trytonId(one(row, "template")?.["account_category"]) !== undefined;
    },
    isActiveParty: async (party) => {
      const [row] = await read({ model: "party.party", field: "active", domain: [["id", "=", party]] });
      return row !== undefined && flag(row, "active");
    },
    productByCode: async (code) => {
      const products: Table = {
        model: "product.product",
        field: "code",
        domain: [["code", "=", code], active],
      };
      return byField(products, "product_unknown")(code);
    },
    saleUnit: async (product) => {
      const id = trytonId((await productOf(read, product))?.["sale_uom"]);
      if (id !== undefined) return id;
      throw refusal("unit_unknown", "the product has no unit of sale");
    },
  };
}

function tableReader(rpc: Rpc): ReadTable {
  const tables = new Map<string, Promise<readonly Row[]>>();
  return async (table) => {
    const key = JSON.stringify(table);
    const known = tables.get(key);
    if (known !== undefined) return known;
    const { model, domain = [], field, more = [] } = table;
    const search = rpc.search({ model, domain, fields: [field, ...more] });
    tables.set(key, search);
    return search;
  };
}

async function productOf(read: ReadTable, product: number): Promise<Row | null> {
  const more = ["active", "salable", "sale_uom", "default_uom.category", "template.account_category"];
  const found = await read({ model: "product.product", field: "code", domain: [["id", "=", product]], more });
  return found[0] ?? null;
}

async function findSubdivision(
  read: ReadTable,
  country: string,
  region: string,
): Promise<number | undefined> {
  const domain: readonly Json[] = [["country.code", "=", country]];
  const known = await read({ model: "country.subdivision", field: "code", domain, more: ["name"] });
  const wanted = region.toLowerCase();
  const row = known.find((each) => {
    const [code, name] = [text(each, "code"), text(each, "name")];
    return [code, code?.split("-")[1], name].some((given) => given?.toLowerCase() === wanted);
  });
  return trytonId(row?.["id"]);
}
