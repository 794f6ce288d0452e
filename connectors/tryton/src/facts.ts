import { ConnectorError } from "@crossfoot/connector-sdk";
import { keyOf, one, text, trytonId } from "./native.ts";
import type { Json, Row } from "./native.ts";
import { tokens } from "./rpc.ts";
import type { Rpc, Search } from "./rpc.ts";

/**
 * What a connection must know of the database before it can read a role: small, and the same for many
 * records.
 */
export interface Facts {
  /** When they were loaded, our clock in ms. */
  readonly loadedAt: number;
  readonly company: number;
  readonly companyName: string;
  readonly companyCode: string;
  readonly currency: string;
  readonly currencyDigits: number;
  /** Parties that are neither accounts nor contacts: our own companies, employees, carriers. */
  readonly excluded: readonly number[];
  /** Types of the relation from a contact to its account, and from an account to its parent. */
  readonly contactTypes: readonly number[];
  readonly parentTypes: readonly number[];
  readonly accountCategory: number | null;
  readonly contactCategory: number | null;
  /** Logins by user id. */
  readonly logins: { readonly [user: string]: string };
  /** Whether lines carry a gross price and a discount (module `sale_discount`). */
  readonly hasDiscounts: boolean;
  /** Whether carriers add freight lines (module `sale_shipment_cost`). */
  readonly hasFreightLines: boolean;
  /** Whether an order in process can be amended (module `sale_amendment`). */
  readonly hasAmendments: boolean;
}

/** Facts are read again after this long; who is an employee or a carrier changes rarely. */
const factsAgeMsMax = 300_000;
/** Most users whose login is known by name. */
const usersMax = 500;

/** The facts, from the session's token store while they are fresh. */
export async function loadFacts(rpc: Rpc): Promise<Facts> {
  const kept = rpc.session.token.load(tokens.facts);
  if (kept !== undefined && kept !== "") {
    const facts = JSON.parse(kept) as Facts;
    if (rpc.session.now() - facts.loadedAt < factsAgeMsMax) return facts;
  }
  const facts = await readFacts(rpc);
  rpc.session.token.store(tokens.facts, JSON.stringify(facts));
  return facts;
}

async function readFacts(rpc: Rpc): Promise<Facts> {
  const { options } = rpc;
  const company = await ownCompany(rpc);
  const companies = await rpc.search({ model: "company.company", domain: [], fields: ["party"] });
  const [employees, carriers] = [await optional(rpc, "company.employee"), await optional(rpc, "carrier")];
  const users = await rpc.search({ model: "res.user", domain: [], fields: ["login"], limit: usersMax });
  const moduleFields = await rpc.search({
    model: "ir.model.field",
    domain: [
      "OR",
      [
        ["model.model", "=", "sale.line"],
        ["name", "in", ["base_price", "shipment_cost"]],
      ],
      [
        ["model.model", "=", "sale.amendment.line"],
        ["name", "=", "unit_price"],
      ],
    ],
    fields: ["name"],
  });
  const has = (name: string): boolean => moduleFields.some((row) => row["name"] === name);
  const currency = one(company, "currency");
  return {
    loadedAt: rpc.session.now(),
    company: trytonId(company["id"]) ?? 0,
    companyName: text(one(company, "party"), "name") ?? "",
    companyCode: text(one(company, "party"), "code") ?? "",
    currency: text(currency, "code") ?? "",
    currencyDigits: Number(currency?.["digits"] ?? 2),
    excluded: idsOf([...companies, ...employees, ...carriers], "party"),
    contactTypes:
      options.contactCategory === null
        ? await relationTypes(rpc, options.contactRelation, "contactRelation")
        : await contactTypes(rpc),
    parentTypes:
      options.parentRelation === null
        ? []
        : await relationTypes(rpc, options.parentRelation, "parentRelation"),
    accountCategory: await category(rpc, options.accountCategory, "accountCategory"),
    contactCategory: await category(rpc, options.contactCategory, "contactCategory"),
    logins: Object.fromEntries(users.map((row) => [keyOf(row), text(row, "login") ?? ""])),
    hasDiscounts: has("base_price"),
    hasFreightLines: has("shipment_cost"),
    hasAmendments: has("unit_price"),
  };
}

const idsOf = (rows: readonly Row[], field: string): readonly number[] =>
  [...new Set(rows.map((row) => trytonId(row[field])))]
    .filter((id) => id !== undefined)
    .toSorted((a, b) => a - b);

async function ownCompany(rpc: Rpc): Promise<Row> {
  const { company: id } = await rpc.context();
  const fields = ["party.name", "party.code", "currency.code", "currency.digits"];
  const found =
    typeof id === "number"
      ? await rpc.search({ model: "company.company", domain: [["id", "=", id]], fields })
      : [];
  const [company] = found;
  if (company !== undefined) return company;
  // Without a company Tryton answers null for credit limits, price lists and accounts, and never says so.
  const message =
    "this Tryton user works in no company; give the user a company, or name one in the option company";
  throw new ConnectorError({ failure: "unauthorised", code: "company_missing", message });
}

/** Parties that a module's records point at; none when the module is not there. */
async function optional(rpc: Rpc, model: string): Promise<readonly Row[]> {
  const search: Search = { model, domain: [], fields: ["party"] };
  try {
    return await rpc.search(search);
  } catch (error) {
    if (error instanceof ConnectorError && error.failure === "unsupported") return [];
    throw error;
  }
}

async function relationTypes(rpc: Rpc, name: string, option: string): Promise<readonly number[]> {
  const types = await rpc.search({
    model: "party.relation.type",
    domain: [["name", "=", name]],
    fields: ["name"],
  });
  if (types.length > 0) return idsOf(types, "id");
  const message = `the option ${option} names no relation type of this database (in English)`;
  throw new ConnectorError({ failure: "unsupported", code: "relation_type_unknown", message });
}

/** With contacts by category, the relation is only where a contact's account stands; it may be missing. */
async function contactTypes(rpc: Rpc): Promise<readonly number[]> {
  const domain: readonly Json[] = [["name", "=", rpc.options.contactRelation]];
  return idsOf(await rpc.search({ model: "party.relation.type", domain, fields: ["name"] }), "id");
}

async function category(rpc: Rpc, name: string | null, option: string): Promise<number | null> {
  if (name === null) return null;
  const [found] = await rpc.search({
    model: "party.category",
    domain: [["name", "=", name]],
    fields: ["name"],
    limit: 1,
  });
  const id = trytonId(found?.["id"]);
  if (id !== undefined) return id;
  const message = `the option ${option} names no party category of this database (in English)`;
  throw new ConnectorError({ failure: "unsupported", code: "category_unknown", message });
}
