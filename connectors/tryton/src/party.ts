import { externalId, flag, isBlank, many, one, text, trytonId } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import { archived, idOf, made, outside, plain, present } from "./shape.ts";
import type { Placement, Root, Setting, Shape } from "./shape.ts";
import { partOf, relationFields, relationPart, stampFields } from "./version.ts";
import type { PartStamp } from "./version.ts";

/**
 * Marks an identifier of a party as our reference; Tryton checks only identifiers with a type, ours has none.
 */
export const referencePrefix = "crossfoot:";

const addressFields: readonly string[] = [
  "addresses.name",
  "addresses.street",
  "addresses.postal_code",
  "addresses.city",
  "addresses.country.code",
  "addresses.subdivision.name",
  "addresses.invoice",
  "addresses.delivery",
  "addresses.active",
];
const mechanismFields = ["contact_mechanisms.type", "contact_mechanisms.value", "contact_mechanisms.active"];
const identifierFields = ["identifiers.type", "identifiers.code"];

/**
 * An address as a native row. Tryton's street has several lines: the first is `street`, the others are
 * `street2`. `country` is an ISO code, `subdivision` a name.
 */
export function addressOf(row: Row): JsonMap {
  const [street, ...more] = (text(row, "street") ?? "").split("\n");
  return {
    id: idOf(row["id"]),
    name: text(row, "name"),
    street: street === "" ? null : (street ?? null),
    street2: more.length === 0 ? null : more.join("\n"),
    postal_code: text(row, "postal_code"),
    city: text(row, "city"),
    subdivision: text(one(row, "subdivision"), "name"),
    country: text(one(row, "country"), "code"),
  };
}

const addressParts = ["street", "street2", "postal_code", "city", "subdivision", "country"] as const;

/** True for an address that leads nowhere, named or not; Tryton's screens add such rows by themselves. */
export const isBlankAddress = (address: JsonMap): boolean =>
  addressParts.every((part) => isBlank(address[part]));

/**
 * The addresses of a party by use: the first marked for it. Where no address is marked at all, the first
 * serves both, as Tryton itself would choose. Where some are, an unmarked use has none, so that what one side
 * left empty stays empty.
 */
export function addressesByUse(party: Row): {
  readonly invoice: JsonMap | null;
  readonly delivery: JsonMap | null;
  readonly others: readonly JsonMap[];
} {
  const rows = many(party, "addresses").filter(
    (row) => flag(row, "active") && !isBlankAddress(addressOf(row)),
  );
  const isMarked = rows.some((row) => flag(row, "invoice") || flag(row, "delivery"));
  const pick = (use: string): Row | undefined =>
    rows.find((row) => flag(row, use)) ?? (isMarked ? undefined : rows[0]);
  const [invoice, delivery] = [pick("invoice"), pick("delivery")];
  const others = rows.filter((row) => row !== invoice && row !== delivery);
  return {
    invoice: invoice === undefined ? null : addressOf(invoice),
    delivery: delivery === undefined ? null : addressOf(delivery),
    others: others.map(addressOf),
  };
}

/** Kinds of contact mechanism that are roots of their own: the first active one of its kind. */
export const mechanismTypes = ["phone", "mobile", "fax", "email", "website"] as const;

function mechanism(type: string): Root {
  const form = (party: Row): Json => {
    const row = many(party, "contact_mechanisms").find(
      (each) => each["type"] === type && flag(each, "active"),
    );
    return row === undefined ? null : { id: idOf(row["id"]), value: text(row, "value") };
  };
  return made(mechanismFields, form, { isWritten: true });
}

/**
 * The identifier used for tax: the first with a type, else the first without type that is not our reference.
 */
export function taxIdentifier(party: Row): JsonMap | null {
  const rows = many(party, "identifiers").filter(
    (row) => !(text(row, "code") ?? "").startsWith(referencePrefix),
  );
  const row = rows.find((each) => text(each, "type") !== null) ?? rows[0];
  return row === undefined ? null : { id: idOf(row["id"]), type: text(row, "type"), code: text(row, "code") };
}

function reference(party: Row): Json {
  const codes = many(party, "identifiers").map((row) => text(row, "code") ?? "");
  return codes.find((code) => code.startsWith(referencePrefix))?.slice(referencePrefix.length) ?? null;
}

/** The first relation of these types: the relation's own id, and the party it leads to. */
function related(party: Row, types: readonly number[]): JsonMap | null {
  const rows = many(party, "relations").filter((row) => types.includes(Number(row["type"])));
  const [row] = rows.toSorted((a, b) => Number(a["id"]) - Number(b["id"]));
  return row === undefined ? null : { relation: idOf(row["id"]), id: idOf(row["to"]) };
}

/** A person's name: the last word is the family name. Tryton has one field for both. */
export function personOf(name: string | null): JsonMap {
  const words = (name ?? "").trim().split(/\s+/);
  const family = words.pop() ?? "";
  return { given: words.length === 0 ? null : words.join(" "), family: family === "" ? null : family };
}

const status = (inactive: string, active: string): Root =>
  made(["active"], (row) => (flag(row, "active") ? active : inactive), { field: "active", isWritten: true });

const shared: { readonly [root: string]: Root } = {
  id: made([], (row) => idOf(row["id"])),
  code: plain("code", true),
  name: plain("name", true),
  active: made(["active"], (row) => flag(row, "active"), { field: "active" }),
  reference: made(identifierFields, reference),
  ...Object.fromEntries(mechanismTypes.map((type) => [type, mechanism(type)])),
};

const accountRoots: { readonly [root: string]: Root } = {
  ...shared,
  status: status("inactive", "customer"),
  parent: made(relationFields, (row, { facts }) => related(row, facts.parentTypes), { isWritten: true }),
  invoice_address: made(addressFields, (row) => addressesByUse(row).invoice, { isWritten: true }),
  delivery_address: made(addressFields, (row) => addressesByUse(row).delivery, { isWritten: true }),
  addresses: made(addressFields, (row) => addressesByUse(row).others, { isWritten: true }),
  tax_identifier: made(identifierFields, taxIdentifier, { isWritten: true }),
  categories: made(["categories.name"], (row) => many(row, "categories").map((each) => text(each, "name"))),
  customer_payment_term: made(
    ["customer_payment_term.name"],
    (row) => text(one(row, "customer_payment_term"), "name"),
    {
      field: "customer_payment_term",
      isWritten: true,
    },
  ),
  credit_limit: money("credit_limit_amount", true),
  credit_used: money("credit_amount", false),
  sale_price_list: made(["sale_price_list"], (row) => idOf(row["sale_price_list"]), {
    field: "sale_price_list",
    isWritten: true,
  }),
};

/** An amount in the company's currency; null stays null. */
function money(field: string, isWritten: boolean): Root {
  const form = (row: Row, { facts }: Setting): Json => {
    const amount = text(row, field);
    return amount === null ? null : { amount, currency: facts.currency };
  };
  return made([field], form, { field, isWritten });
}

const contactRoots: { readonly [root: string]: Root } = {
  ...shared,
  status: status("inactive", "active"),
  person: made(["name"], (row) => personOf(text(row, "name")), { field: "name", isWritten: true }),
  account: made(relationFields, (row, { facts }) => related(row, facts.contactTypes), { isWritten: true }),
};

type Role = "account" | "contact";

function isContact(row: Row, { facts }: Setting): boolean {
  if (facts.contactCategory !== null) return inCategory(row, facts.contactCategory);
  return many(row, "relations").some((each) => facts.contactTypes.includes(Number(each["type"])));
}

/** True for a person at our own company, or at a carrier: its account is none. */
function isOfOurs(row: Row, { facts }: Setting): boolean {
  const account = related(row, facts.contactTypes)?.["id"];
  return account !== undefined && facts.excluded.includes(trytonId(account) ?? 0);
}

const inCategory = (row: Row, category: number): boolean =>
  Array.isArray(row["categories"]) && row["categories"].includes(category);

function place(row: Row, setting: Setting, role: Role): Placement {
  const { facts } = setting;
  if (facts.excluded.includes(trytonId(row["id"]) ?? 0)) return outside;
  if (isContact(row, setting) !== (role === "contact")) return outside;
  if (role === "contact" && isOfOurs(row, setting)) return outside;
  if (role === "account" && facts.accountCategory !== null && !inCategory(row, facts.accountCategory))
    return outside;
  const survivor = idOf(row["replaced_by"]);
  if (survivor !== null) return { kind: "merged", into: externalId(survivor) };
  return flag(row, "active") ? present : archived;
}

function scope({ facts }: Setting, role: Role): readonly Json[] {
  const domain: Json[] = [["id", "not in", facts.excluded]];
  const isIn = role === "contact";
  if (isIn) {
    const ours = [
      ["type", "in", facts.contactTypes],
      ["to", "in", facts.excluded],
    ];
    domain.push(["relations", "not where", ours]);
  }
  if (facts.contactCategory === null) {
    domain.push(["relations", isIn ? "where" : "not where", [["type", "in", facts.contactTypes]]]);
  } else {
    domain.push(["categories", isIn ? "where" : "not where", [["id", "=", facts.contactCategory]]]);
  }
  if (!isIn && facts.accountCategory !== null)
    domain.push(["categories", "where", [["id", "=", facts.accountCategory]]]);
  return domain;
}

const ownTypes = ({ facts }: Setting, role: Role): readonly number[] =>
  role === "account" ? [...facts.parentTypes, ...facts.contactTypes] : facts.contactTypes;

function parts(row: Row, setting: Setting, role: Role): readonly PartStamp[] {
  const types = ownTypes(setting, role);
  const relations = many(row, "relations").filter((each) => types.includes(Number(each["type"])));
  const found = [
    partOf("party.party", row),
    ...(role === "account" ? many(row, "addresses").map((each) => partOf("party.address", each)) : []),
    ...many(row, "contact_mechanisms").map((each) => partOf("party.contact_mechanism", each)),
    ...many(row, "identifiers").map((each) => partOf("party.identifier", each)),
    ...relations.map(relationPart),
  ];
  return found.filter((part) => part !== undefined);
}

function shape(role: Role, roots: { readonly [root: string]: Root }): Shape {
  return {
    model: "party.party",
    roots,
    fields: () => [
      ...stampFields(""),
      ...(role === "account" ? stampFields("addresses.") : []),
      ...stampFields("contact_mechanisms."),
      ...stampFields("identifiers."),
      ...relationFields,
      "active",
      "replaced_by",
      "categories",
    ],
    scope: (setting) => scope(setting, role),
    changes: (stamps, setting) => [
      ...(role === "account" ? [[["addresses", "where", stamps]]] : []),
      [["contact_mechanisms", "where", stamps]],
      [["identifiers", "where", stamps]],
      [["relations", "where", [["type", "in", ownTypes(setting, role)], stamps]]],
    ],
    place: (row, setting) => place(row, setting, role),
    parts: (row, setting) => parts(row, setting, role),
  };
}

/** Accounts: parties that are no contact, with addresses, contact mechanisms, tax identifier and parent. */
export const accounts: Shape = shape("account", accountRoots);
/** Contacts: parties with a relation to an account. */
export const contacts: Shape = shape("contact", contactRoots);
