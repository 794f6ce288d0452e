import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeWrite } from "@crossfoot/connector-sdk";
import { has } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { isBlank, isList, isMap, odooId, scalar, text } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import { ownReferenceField } from "./options.ts";
import type { Options } from "./options.ts";
import { companyOfCreated } from "./owner.ts";
import { addressWrites } from "./write-address.ts";
import type { AddressSetting } from "./write-address.ts";

const plainFields: { readonly [root: string]: string } = {
  name: "name",
  ref: "ref",
  phone: "phone",
  email: "email",
  website: "website",
  vat: "vat",
  title: "function",
};

/** What a partner that is changed is now, as far as its writes depend on it. */
export interface PartnerNow {
  readonly hasParent: boolean;
  readonly type: string;
  /** Null for one that all companies share. */
  readonly company: number | null;
}

/** Values of a partner write; rejects with `invalid` when the patch cannot be said in Odoo. */
export async function preparePartner(
  write: NativeWrite,
  { lookups, options }: AddressSetting,
  now: PartnerNow | null,
): Promise<JsonMap> {
  const { patch, current, kind, entity } = write;
  const facts = await lookups.facts();
  const values: Record<string, Json> = {};
  for (const [root, field] of Object.entries(plainFields))
    if (patch[root] !== undefined) values[field] = isBlank(patch[root]) ? false : (patch[root] ?? false);
  if (patch["person"] !== undefined) values["name"] = fullName(patch["person"]);
  if (patch["status"] !== undefined) values["active"] = patch["status"] !== "inactive";
  const parent = patch[entity === "contacts" ? "account" : "parent"];
  if (parent !== undefined) values["parent_id"] = odooId(parent) ?? false;
  if (patch["payment_term"] !== undefined) {
    const name = patch["payment_term"];
    values["property_payment_term_id"] = isBlank(name) ? false : await lookups.paymentTerm(scalar(name));
  }
  if (patch["price_list"] !== undefined)
    values["property_product_pricelist"] = odooId(patch["price_list"]) ?? false;
  if (entity === "accounts" && parent !== undefined) Object.assign(values, ownAddressType(parent, now));
  const partner = odooId(write.id);
  const isShared = now?.hasParent === true && now.type === "contact" && values["type"] === undefined;
  const addresses = { partner, patch, current, isShared };
  const { own, children } = await addressWrites({ lookups, options }, addresses);
  Object.assign(values, own);
  const home = now === null ? companyOfCreated(options, facts) : (now.company ?? false);
  if (children.length > 0) values["child_ids"] = children.map((command) => inCompany(command, home));
  if (values["name"] === false || (kind === "create" && isBlank(values["name"])))
    throw refusal("required", "a partner needs a name", "name");
  return kind === "create" ? { ...values, ...roleOf(write, { values, facts, options }) } : values;
}

/** An address belongs to the company of its partner; Odoo itself would let all companies share it. */
function inCompany(command: Json, company: number | false): Json {
  if (company === false || !isList(command) || command[0] !== 0 || !isMap(command[2])) return command;
  return [0, 0, { ...command[2], company_id: company }];
}

/**
 * A company below another shares its address with it, in both directions, while it is of type `contact`: the
 * address of one would become that of all. Of another type it keeps its own.
 */
function ownAddressType(parent: Json, now: PartnerNow | null): JsonMap {
  if (odooId(parent) !== undefined) return now === null || now.type === "contact" ? { type: "other" } : {};
  return now?.type === "other" ? { type: "contact" } : {};
}

function fullName(person: Json): string | false {
  const words = isMap(person) ? [text(person, "given"), text(person, "family")] : [];
  const name = words
    .filter((word) => word !== null)
    .join(" ")
    .trim();
  return name === "" ? false : name;
}

/** What makes a partner created by us one of its role, with our reference. */
function roleOf(
  { entity, reference }: NativeWrite,
  { values, facts, options }: { readonly values: JsonMap; readonly facts: Facts; readonly options: Options },
): JsonMap {
  const field = referenceFieldOf("res.partner", options.partnerReference, facts);
  const known = { [field]: reference, company_id: companyOfCreated(options, facts) };
  if (entity === "contacts") {
    if (odooId(values["parent_id"]) === undefined)
      throw refusal(
        "required",
        "a contact needs an account: that is what makes a partner a contact",
        "account",
      );
    return { ...known, type: "contact", is_company: false };
  }
  const tag = facts.accountTag === null ? {} : { category_id: [[4, facts.accountTag]] };
  return { ...known, is_company: true, customer_rank: 1, ...tag };
}

/**
 * The field that stores our reference. A create without one could not be found again after a lost answer, so
 * it is refused while the field is not there.
 */
export function referenceFieldOf(model: string, field: string, facts: Facts): string {
  if (field !== ownReferenceField || has(facts, model, field)) return field;
  throw new ConnectorError({
    failure: "unsupported",
    code: "reference_field_missing",
    message: `${model} has no field ${field}: \`prepare\` adds it, or an option names another`,
  });
}
