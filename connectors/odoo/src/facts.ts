import { ConnectorError, wrongOption } from "@crossfoot/connector-sdk";
import { flag, idOf, isList, isMap, keyOf, odooId, refId, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import { tokens } from "./odoo.ts";
import type { Odoo } from "./odoo.ts";

/** Names by id, as text. */
type Names = { readonly [id: string]: string };

/** A currency as amounts need it. */
interface Currency {
  readonly code: string;
  readonly digits: number;
  /** Units of it for one of the company's currency, today. */
  readonly rate: number;
}

/** A field that a model has in this database. */
export interface KnownField {
  readonly type: string;
  /** Decimals that the field keeps; null for no limit of its own. */
  readonly places: number | null;
}

/** What a connection must know of the database before it can read: small, and the same for many rows. */
export interface Facts {
  /** When they were loaded, our clock in ms. */
  readonly loadedAt: number;
  readonly version: number;
  /** The user that the connection signs in as. */
  readonly user: number;
  readonly company: number;
  readonly companyName: string;
  readonly currency: Currency;
  readonly currencies: { readonly [id: string]: Currency };
  /** Partners that are the companies of this database themselves, or users that every database has. */
  readonly ownPartners: readonly number[];
  readonly countries: Names;
  readonly warehouses: {
    readonly [id: string]: { readonly code: string; readonly name: string; readonly isActive: boolean };
  };
  /** Names of taxes by id. */
  readonly taxes: Names;
  /** Taxes that a price holds already. */
  readonly includedTaxes: readonly number[];
  /** Logins by user id. */
  readonly logins: Names;
  /** Id of the tag that marks accounts; null when none is asked for. */
  readonly accountTag: number | null;
  /** Fields by model, of those that differ between versions and modules. */
  readonly fields: { readonly [model: string]: { readonly [field: string]: KnownField } };
}

/** Facts are read again after this long. */
const factsAgeMsMax = 300_000;

/** Fields whose presence or precision decides how a model is read; what is not there is not asked for. */
const asked: { readonly [model: string]: readonly string[] } = {
  "res.partner": ["credit_limit", "property_product_pricelist", "x_crossfoot_reference"],
  "product.product": ["is_storable", "lst_price", "list_price"],
  "sale.order": [
    "carrier_id",
    "partner_credit_warning",
    "x_crossfoot_reference",
    "delivery_status",
    "picking_ids",
  ],
  "sale.order.line": [
    ...["tax_ids", "tax_id", "product_uom_id", "product_uom", "price_unit", "discount", "product_uom_qty"],
    "is_delivery",
  ],
  "uom.uom": ["category_id"],
  "stock.picking": ["carrier_id", "carrier_tracking_ref", "sale_id"],
  "account.move": ["invoice_payments_widget", "invoice_currency_rate", "expected_currency_rate"],
  "account.move.line": ["sale_line_ids", "price_unit", "quantity"],
};

/** Whether a model has a field here. */
export const has = (facts: Facts, model: string, field: string): boolean =>
  facts.fields[model]?.[field] !== undefined;

/** The one of two names that a field has in this version. */
export function nameOf(facts: Facts, model: string, names: readonly [string, string]): string {
  return has(facts, model, names[0]) ? names[0] : names[1];
}

/** Decimals that a field keeps; null for no limit. */
export const placesOf = (facts: Facts, model: string, field: string): number | null =>
  facts.fields[model]?.[field]?.places ?? null;

/** The facts, from the session's token store while they are fresh. */
export async function loadFacts(odoo: Odoo): Promise<Facts> {
  const kept = odoo.session.token.load(tokens.facts);
  if (kept !== undefined && kept !== "") {
    const facts = JSON.parse(kept) as Facts;
    if (odoo.session.now() - facts.loadedAt < factsAgeMsMax) return facts;
  }
  const facts = await readFacts(odoo);
  odoo.session.token.store(tokens.facts, JSON.stringify(facts));
  return facts;
}

async function readFacts(odoo: Odoo): Promise<Facts> {
  const { company, companies: reachable, version, userId: user } = await odoo.open();
  const [own] = await odoo.read("res.company", [company], ["name", "currency_id"]);
  const companies = await odoo.search({
    ...{ model: "res.company", domain: [], fields: ["partner_id"] },
    context: { allowed_company_ids: reachable },
  });
  const currencies = currenciesOf(await table(odoo, "res.currency", ["name", "decimal_places", "rate"]));
  const countries = await table(odoo, "res.country", ["code"]);
  const places = await optional(table(odoo, "stock.warehouse", ["code", "name", "company_id", "active"]));
  const taxes = await optional(table(odoo, "account.tax", ["name", "price_include"]));
  const users = await table(odoo, "res.users", ["login", "partner_id"]);
  const currency = currencies[String(refId(own, "currency_id"))];
  if (own === undefined || currency === undefined) {
    const message = "the company of this connection, or its currency, is not shown to this user";
    throw new ConnectorError({ failure: "unauthorised", code: "company_missing", message });
  }
  const ofCompany = places.filter((row) => refId(row, "company_id") === company);
  return {
    loadedAt: odoo.session.now(),
    version,
    user,
    company,
    companyName: text(own, "name") ?? "",
    currency,
    currencies,
    ownPartners: [...companies, ...users.filter(isBuiltIn)].flatMap((row) => refId(row, "partner_id") ?? []),
    countries: namesOf(countries, "code"),
    warehouses: Object.fromEntries(
      ofCompany.map((row) => [
        keyOf(row),
        {
          ...{ code: text(row, "code") ?? "", name: text(row, "name") ?? "" },
          isActive: row["active"] !== false,
        },
      ]),
    ),
    taxes: namesOf(taxes, "name"),
    includedTaxes: taxes.filter((row) => flag(row, "price_include")).map(idOf),
    logins: namesOf(users, "login"),
    accountTag: await tagOf(odoo),
    fields: await fieldsOf(odoo),
  };
}

/** Users that every database has and nobody is; two of them count as shared with customers. */
const isBuiltIn = (user: Row): boolean =>
  ["__system__", "default", "public", "portaltemplate"].includes(text(user, "login") ?? "");

const table = async (odoo: Odoo, model: string, fields: readonly string[]): Promise<readonly Row[]> =>
  odoo.search({ model, domain: [], fields });

/** Rows that this user may not see, or of a module that is not there, are none. */
async function optional(rows: Promise<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await rows;
  } catch (error) {
    if (error instanceof ConnectorError && error.failure === "unsupported") return [];
    throw error;
  }
}

const namesOf = (rows: readonly Row[], field: string): Names =>
  Object.fromEntries(rows.map((row) => [keyOf(row), text(row, field) ?? ""]));

const currenciesOf = (rows: readonly Row[]): Facts["currencies"] =>
  Object.fromEntries(
    rows.map((row) => [
      keyOf(row),
      {
        code: text(row, "name") ?? "",
        digits: Number(row["decimal_places"] ?? 2),
        rate: Number(row["rate"] ?? 0),
      },
    ]),
  );

async function tagOf(odoo: Odoo): Promise<number | null> {
  const { accountTag } = odoo.options;
  if (accountTag === null) return null;
  const domain = [["name", "=", accountTag]];
  const [tag] = await odoo.search({ model: "res.partner.category", domain, fields: ["name"], limit: 1 });
  if (tag !== undefined) return idOf(tag);
  const message = "the option accountTag names no tag of partners in this database";
  throw wrongOption("accountTag", message, "unsupported");
}

async function fieldsOf(odoo: Odoo): Promise<Facts["fields"]> {
  const found: Record<string, { readonly [field: string]: KnownField }> = {};
  for (const [model, names] of Object.entries(asked)) found[model] = await knownFields(odoo, model, names);
  return found;
}

/** What this database says of some fields of a model; names that do not exist are left out. */
export async function knownFields(
  odoo: Odoo,
  model: string,
  names: readonly string[],
): Promise<{ readonly [field: string]: KnownField }> {
  const args = { allfields: names, attributes: ["type", "digits"] };
  let answer: Json;
  try {
    answer = await odoo.call({ model, method: "fields_get", args });
  } catch (error) {
    if (error instanceof ConnectorError && error.failure === "unsupported") return {};
    throw error;
  }
  const fields: JsonMap = isMap(answer) ? answer : {};
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => (isMap(field) ? [[name, knownField(field)]] : [])),
  );
}

function knownField(field: JsonMap): KnownField {
  const digits = field["digits"];
  const places = isList(digits) ? digits[1] : undefined;
  return { type: text(field, "type") ?? "", places: typeof places === "number" ? places : null };
}

/** The id of a warehouse in use with this code, or undefined: Odoo confirms no order from another one. */
export function warehouseBy(facts: Facts, code: string): number | undefined {
  const found = Object.entries(facts.warehouses).find(
    ([, { code: own, isActive }]) => own === code && isActive,
  );
  return odooId(found?.[0]);
}
