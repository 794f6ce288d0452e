import { decimalOf } from "./decimal.ts";
import type { Domain } from "./domain.ts";
import { has } from "./facts.ts";
import type { Facts } from "./facts.ts";
import {
  externalId,
  flag,
  keyOf,
  many,
  mapsOf,
  odooId,
  refId,
  refIds,
  refKey,
  refLabel,
  text,
} from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { ownReferenceField } from "./options.ts";
import { addressFields, addressesByUse, addressTypes } from "./partner-address.ts";
import { archived, made, outside, plain, present } from "./shape.ts";
import type { Placement, Root, Setting, Shape } from "./shape.ts";

/** A person's name: the last word is the family name. Odoo has one field for both. */
function personOf(name: string | null): JsonMap {
  const words = (name ?? "").trim().split(/\s+/);
  const family = words.pop() ?? "";
  return { given: words.length === 0 ? null : words.join(" "), family: family === "" ? null : family };
}

const status = (inactive: string, active: string): Root =>
  made((row) => (flag(row, "active") ? active : inactive), { field: "active", isWritten: true });

const shared: { readonly [root: string]: Root } = {
  id: made((row) => keyOf(row)),
  ref: plain("ref", true),
  name: plain("name", true),
  active: made((row) => flag(row, "active"), { field: "active" }),
  phone: plain("phone", true),
  email: plain("email", true),
  reference: made((row, { options }) => text(row, options.partnerReference)),
};

/** An amount in the company's currency; a limit that is not switched on is none. */
function creditLimit(row: Row, { facts }: Setting): Json {
  const amount = decimalOf(row, "credit_limit", facts.currency.digits);
  return flag(row, "use_partner_credit_limit") && amount !== null
    ? { amount, currency: facts.currency.code }
    : null;
}

const accountRoots: { readonly [root: string]: Root } = {
  ...shared,
  status: status("inactive", "customer"),
  website: plain("website", true),
  vat: plain("vat", true),
  parent: made((row) => refKey(row, "parent_id"), { field: "parent_id", isWritten: true }),
  invoice_address: made((row, { facts }) => addressesByUse(row, facts).invoice, { isWritten: true }),
  delivery_address: made((row, { facts }) => addressesByUse(row, facts).delivery, { isWritten: true }),
  addresses: made((row, { facts }) => addressesByUse(row, facts).others, { isWritten: true }),
  payment_term: made((row) => refLabel(row, "property_payment_term_id"), {
    field: "property_payment_term_id",
    isWritten: true,
  }),
  price_list: made((row) => refKey(row, "property_product_pricelist"), {
    field: "property_product_pricelist",
    isWritten: true,
  }),
  credit_limit: made(creditLimit, { field: "credit_limit" }),
  industry: made((row) => refLabel(row, "industry_id"), { field: "industry_id" }),
};

const contactRoots: { readonly [root: string]: Root } = {
  ...shared,
  status: status("inactive", "active"),
  person: made((row) => personOf(text(row, "name")), { field: "name", isWritten: true }),
  title: plain("function", true),
  account: made((row) => refKey(row, "parent_id"), { field: "parent_id", isWritten: true }),
};

/** Most addresses that lead to their companies one by one; beyond, every company is read. */
const changedMax = 5000;

type Role = "account" | "contact";

/** A company, or somebody without one. */
const isAccount = (row: Row): boolean => refKey(row, "parent_id") === null || flag(row, "is_company");

const isContact = (row: Row): boolean => !isAccount(row) && text(row, "type") === "contact";

const isAddress = (row: Row): boolean => !isAccount(row) && addressTypes.includes(text(row, "type") ?? "");

/** Own companies, and people who work in this Odoo, are nobody's customer. */
const isOurs = (row: Row, { facts }: Setting): boolean =>
  facts.ownPartners.includes(odooId(row["id"]) ?? 0) || row["partner_share"] === false;

const hasTag = (row: Row, { facts }: Setting): boolean =>
  facts.accountTag === null || refIds(row, "category_id").includes(facts.accountTag);

function place(row: Row, setting: Setting, role: Role): Placement {
  const isInRole = role === "contact" ? isContact(row) : isAccount(row) && hasTag(row, setting);
  if (isOurs(row, setting) || !isInRole) return outside;
  return flag(row, "active") ? present : archived;
}

const company = ({ facts }: Setting): Domain => [["company_id", "in", [false, facts.company]]];

function scope(setting: Setting, role: Role): Domain {
  const { facts } = setting;
  const ours: Domain = [
    ["partner_share", "=", true],
    ["id", "not in", [...facts.ownPartners]],
  ];
  const contact: Domain = [
    ["parent_id", "!=", false],
    ["is_company", "=", false],
    ["type", "=", "contact"],
  ];
  const account: Domain = [
    "|",
    ["parent_id", "=", false],
    ["is_company", "=", true],
    ...(facts.accountTag === null ? [] : [["category_id", "in", [facts.accountTag]]]),
  ];
  return [...company(setting), ...ours, ...(role === "contact" ? contact : account)];
}

const fields = (facts: Facts): readonly string[] => [
  ...[
    "name",
    "active",
    "type",
    "is_company",
    "parent_id",
    "company_id",
    "partner_share",
    "category_id",
    "ref",
  ],
  ...["phone", "email", "function", "website", "vat", "industry_id", "child_ids", ...addressFields],
  ...["property_payment_term_id"],
  ...[ownReferenceField, "property_product_pricelist"].filter((name) => has(facts, "res.partner", name)),
  ...(has(facts, "res.partner", "credit_limit") ? ["credit_limit", "use_partner_credit_limit"] : []),
];

const addresses = (row: Row): readonly Row[] => many(row, "child_ids").filter(isAddress);

/**
 * A changed address does not move its company, and one that was put away is not among its children any more:
 * the addresses are asked for, and lead to their companies.
 */
async function changedAddresses(odoo: Odoo, since: string): Promise<readonly Domain[]> {
  const domain: Domain = [
    ["parent_id", "!=", false],
    ["type", "in", [...addressTypes]],
    ["write_date", ">=", since],
  ];
  const found = await odoo.search({ model: "res.partner", domain, fields: ["parent_id"], limit: changedMax });
  if (found.length === changedMax) return [[["id", ">", 0]]];
  const parents = [...new Set(found.map((row) => refId(row, "parent_id")))].filter((id) => id !== undefined);
  return parents.length === 0 ? [] : [[["id", "in", parents]]];
}

/**
 * Where a partner went that is gone: Odoo deletes the losers of a merge, and only the survivor's messages
 * name their ids.
 */
async function survivorOf(odoo: Odoo, id: number): Promise<ReturnType<typeof externalId> | null> {
  const domain: Domain = [
    ["model", "=", "res.partner"],
    "|",
    ["body", "ilike", `&gt; (ID ${id})`],
    ["body", "ilike", `> (ID ${id})`],
  ];
  const found = await odoo.search({ model: "mail.message", domain, fields: ["res_id"] });
  const into = odooId(mapsOf([...found]).at(-1)?.["res_id"]);
  return into === undefined || into === id ? null : externalId(String(into));
}

function shape(role: Role, roots: { readonly [root: string]: Root }): Shape {
  const isAccount = role === "account";
  return {
    model: "res.partner",
    roots,
    fields,
    joins: () =>
      isAccount
        ? [
            {
              field: "child_ids",
              model: "res.partner",
              fields: ["name", "active", "type", "is_company", "parent_id", "write_date", "write_uid"].concat(
                addressFields,
              ),
            },
          ]
        : [],
    scope: (setting) => scope(setting, role),
    company,
    ...(isAccount ? { changesElsewhere: changedAddresses } : {}),
    place: (row, setting) => place(row, setting, role),
    parts: (row) => [row, ...(isAccount ? addresses(row) : [])],
    survivorOf,
  };
}

/** Accounts: companies and people without one, with their addresses. */
export const accounts: Shape = shape("account", accountRoots);
/** Contacts: people of a company. */
export const contacts: Shape = shape("contact", contactRoots);
