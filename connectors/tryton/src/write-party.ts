import type { NativeWrite } from "@crossfoot/connector-sdk";
import { refusal } from "./failures.ts";
import type { Lookups } from "./lookups.ts";
import { isBlank, isMap, isSame, mapsOf, scalar, text, trytonId } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import type { Options } from "./options.ts";
import { isBlankAddress, mechanismTypes, referencePrefix } from "./party.ts";
import { decimal } from "./wire.ts";

/** What a write sends: the values of the party, and the parts it writes, as keys of `_timestamp`. */
export interface Prepared {
  readonly values: JsonMap;
  readonly parts: readonly string[];
}

/** A one2many command of Tryton: `create`, `write`, `delete` and so on, with its arguments. */
type Command = readonly Json[];

interface Draft {
  readonly write: NativeWrite;
  readonly lookups: Lookups;
  readonly options: Options;
  readonly values: Record<string, Json>;
  readonly parts: string[];
}

/** Values and parts of a party write; rejects with `invalid` when the patch cannot be said in Tryton. */
export async function prepareParty(
  write: NativeWrite,
  lookups: Lookups,
  options: Options,
): Promise<Prepared> {
  const draft: Draft = { write, lookups, options, values: {}, parts: [] };
  const { patch } = write;
  plainFields(draft);
  if (patch["status"] !== undefined) draft.values["active"] = patch["status"] !== "inactive";
  if (patch["customer_payment_term"] !== undefined) {
    const name = patch["customer_payment_term"];
    draft.values["customer_payment_term"] = isBlank(name) ? null : await lookups.paymentTerm(scalar(name));
  }
  if (patch["credit_limit"] !== undefined)
    draft.values["credit_limit_amount"] = await creditLimit(draft, patch["credit_limit"]);
  await addresses(draft);
  mechanisms(draft);
  identifiers(draft);
  await relations(draft);
  if (write.kind === "create") await forRole(draft);
  return { values: draft.values, parts: draft.parts };
}

function plainFields({ write, values }: Draft): void {
  const { patch } = write;
  if (patch["name"] !== undefined) values["name"] = patch["name"];
  if (patch["person"] !== undefined) values["name"] = fullName(patch["person"]);
  if (patch["code"] !== undefined && !isBlank(patch["code"])) values["code"] = patch["code"];
  if (patch["sale_price_list"] !== undefined)
    values["sale_price_list"] = trytonId(patch["sale_price_list"]) ?? null;
  if (write.kind === "create" && isBlank(values["name"]))
    throw refusal("required", "a party needs a name", "name");
}

function fullName(person: Json): string {
  const words = isMap(person) ? [text(person, "given"), text(person, "family")] : [];
  return words
    .filter((word) => word !== null)
    .join(" ")
    .trim();
}

async function creditLimit({ lookups }: Draft, limit: Json): Promise<Json> {
  if (!isMap(limit) || isBlank(limit["amount"])) return null;
  const { currency } = await lookups.facts();
  if (limit["currency"] === currency) return decimal(scalar(limit["amount"]));
  throw refusal("currency_mismatch", `Tryton keeps credit limits in ${currency} only`, "credit_limit");
}

/** Adds the command for a part; a part that is written or removed is locked with the party. */
function command(
  draft: Draft,
  field: string,
  part: { readonly model: string; readonly lockId?: number; readonly command: Command },
): void {
  const commands = draft.values[field];
  draft.values[field] = [...(Array.isArray(commands) ? (commands as Json[]) : []), part.command];
  if (part.lockId !== undefined) draft.parts.push(`${part.model},${part.lockId}`);
}

const ownId = (value: Json | undefined): number | undefined =>
  isMap(value) ? trytonId(value["id"]) : undefined;

/** A row of the patch on top of what the record shows; a key that the patch leaves out stays. */
const onTop = (current: Json | undefined, patch: JsonMap): JsonMap => ({
  ...(isMap(current) ? current : {}),
  ...patch,
});

async function addresses(draft: Draft): Promise<void> {
  const { patch, current } = draft.write;
  const uses = (["invoice", "delivery"] as const).map((use) => ({ use, root: `${use}_address` }));
  const patched = uses.filter(({ root }) => patch[root] !== undefined);
  const [first, second] = patched;
  const isOneForBoth =
    first !== undefined &&
    second !== undefined &&
    isSame(content(patch[first.root]), content(patch[second.root]));
  if (isOneForBoth && (draft.write.kind === "create" || isShared(current))) {
    await defaultAddress(draft, {
      root: "invoice_address",
      flags: { invoice: true, delivery: true },
      isShared: false,
    });
  } else {
    for (const { use, root } of patched) {
      await defaultAddress(draft, { root, flags: { [use]: true }, isShared: isShared(current) });
    }
  }
  if (patch["addresses"] !== undefined) await furtherAddresses(draft, mapsOf(patch["addresses"]));
}

/** True when one row is both the invoice and the delivery address. */
function isShared(current: JsonMap): boolean {
  const id = ownId(current["invoice_address"]);
  return id !== undefined && id === ownId(current["delivery_address"]);
}

function content(address: Json | undefined): Json {
  if (!isMap(address)) return null;
  const { id: _id, ...rest } = address;
  return rest;
}

interface DefaultAddress {
  readonly root: string;
  readonly flags: JsonMap;
  /** The row serves another use too: it stays as it is for that one, and this use gets a row of its own. */
  readonly isShared: boolean;
}

async function defaultAddress(draft: Draft, { root, flags, isShared }: DefaultAddress): Promise<void> {
  const { patch, current } = draft.write;
  const [given, shown] = [patch[root], current[root]];
  const id = ownId(shown);
  const wanted = isMap(given) ? onTop(shown, given) : null;
  if (wanted === null || isBlankAddress(wanted)) {
    if (id === undefined) return;
    const values: JsonMap = isShared ? forOtherUse(flags) : { active: false };
    command(draft, "addresses", { model: "party.address", lockId: id, command: ["write", [id], values] });
    return;
  }
  const values = await addressValues(draft, wanted, isMap(shown) && !isShared ? shown : null);
  if (id === undefined || isShared) {
    command(draft, "addresses", { model: "party.address", command: ["create", [{ ...values, ...flags }]] });
    if (id === undefined) return;
    command(draft, "addresses", {
      model: "party.address",
      lockId: id,
      command: ["write", [id], forOtherUse(flags)],
    });
    return;
  }
  command(draft, "addresses", {
    model: "party.address",
    lockId: id,
    command: ["write", [id], { ...values, ...flags }],
  });
}

/** A row that served both uses keeps the one that is not written. */
const forOtherUse = (flags: JsonMap): JsonMap => {
  const isInvoice = flags["invoice"] === true;
  return { invoice: !isInvoice, delivery: isInvoice };
};

async function furtherAddresses(draft: Draft, wanted: readonly JsonMap[]): Promise<void> {
  const shown = mapsOf(draft.write.current["addresses"]);
  const kept = new Set(wanted.map(ownId));
  for (const row of shown) {
    const id = ownId(row);
    // An address may stand on documents: it is put out of use, never deleted.
    if (id !== undefined && !kept.has(id))
      command(draft, "addresses", {
        model: "party.address",
        lockId: id,
        command: ["write", [id], { active: false }],
      });
  }
  for (const row of wanted) {
    const id = ownId(row);
    const before = shown.find((each) => ownId(each) === id);
    if (id === undefined) {
      if (!isBlankAddress(row))
        command(draft, "addresses", {
          model: "party.address",
          command: ["create", [await addressValues(draft, row, null)]],
        });
    } else if (!isSame(before, onTop(before, row))) {
      const values = await addressValues(draft, onTop(before, row), before ?? null);
      command(draft, "addresses", { model: "party.address", lockId: id, command: ["write", [id], values] });
    }
  }
}

/** Tryton's values of an address; of one that exists only what changes. */
async function addressValues(draft: Draft, wanted: JsonMap, shown: JsonMap | null): Promise<JsonMap> {
  const changes = (part: string): boolean => shown === null || !isSame(wanted[part], shown[part]);
  const values: Record<string, Json> = {};
  for (const part of ["name", "postal_code", "city"]) if (changes(part)) values[part] = text(wanted, part);
  if (changes("street") || changes("street2")) {
    values["street"] = [text(wanted, "street") ?? "", text(wanted, "street2")]
      .filter((line) => line !== null)
      .join("\n");
  }
  const [country, region] = [text(wanted, "country"), text(wanted, "subdivision")];
  if (changes("country")) values["country"] = country === null ? null : await draft.lookups.country(country);
  if (changes("country") || changes("subdivision"))
    values["subdivision"] = await subdivision(draft, country, region);
  return values;
}

async function subdivision(draft: Draft, country: string | null, region: string | null): Promise<Json> {
  if (region === null) return null;
  const id = country === null ? undefined : await draft.lookups.subdivision(country, region);
  if (id !== undefined) return id;
  if (draft.options.unknownRegion === "leave_out") return null;
  const message =
    "Tryton knows no such subdivision of the country; load it there, or set the option unknownRegion";
  throw refusal("region_unknown", message, "subdivision");
}

function mechanisms(draft: Draft): void {
  const { patch, current } = draft.write;
  for (const type of mechanismTypes) {
    const given = patch[type];
    if (given === undefined) continue;
    const id = ownId(current[type]);
    const value = isMap(given) ? text(given, "value") : null;
    const part = { model: "party.contact_mechanism" };
    if (id === undefined) {
      if (value !== null)
        command(draft, "contact_mechanisms", { ...part, command: ["create", [{ type, value }]] });
      continue;
    }
    const values: JsonMap = value === null ? { active: false } : { value };
    command(draft, "contact_mechanisms", { ...part, lockId: id, command: ["write", [id], values] });
  }
}

const euCountries = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI";

/**
 * Type of a tax identifier that we add. Tryton checks what has a type; a text without one is kept as it is.
 */
function taxIdType(code: string, options: Options): Json {
  if (options.taxIdType !== "auto") return options.taxIdType === "none" ? null : options.taxIdType;
  const isEuropean =
    /^[A-Z]{2}[0-9A-Z+*]{2,13}$/.test(code) && euCountries.split(" ").includes(code.slice(0, 2));
  return isEuropean ? "eu_vat" : null;
}

function identifiers(draft: Draft): void {
  const { patch, current, kind, reference } = draft.write;
  const part = { model: "party.identifier" };
  const given = patch["tax_identifier"];
  if (given !== undefined) {
    const id = ownId(current["tax_identifier"]);
    const code = isMap(given) ? text(given, "code") : null;
    if (id === undefined && code !== null) {
      command(draft, "identifiers", {
        ...part,
        command: ["create", [{ type: taxIdType(code, draft.options), code }]],
      });
    } else if (id !== undefined) {
      // Identifiers cannot be deactivated.
      const done: Command = code === null ? ["delete", [id]] : ["write", [id], { code }];
      command(draft, "identifiers", { ...part, lockId: id, command: done });
    }
  }
  if (kind !== "create") return;
  const code = `${referencePrefix}${reference}`;
  command(draft, "identifiers", { ...part, command: ["create", [{ type: null, code }]] });
}

async function relations(draft: Draft): Promise<void> {
  const facts = await draft.lookups.facts();
  const roots = [
    { root: "parent", type: facts.parentTypes[0] },
    { root: "account", type: facts.contactTypes[0] },
  ];
  for (const { root, type } of roots) {
    const given = draft.write.patch[root];
    if (given === undefined) continue;
    const shown = draft.write.current[root];
    const relation = isMap(shown) ? trytonId(shown["relation"]) : undefined;
    const target = ownId(given);
    if (type === undefined)
      throw refusal("relation_type_unknown", "no type of relation is set for this", root);
    // A row of `party.relation.all` stands for the record `party.relation` with half its id.
    const part = {
      model: "party.relation",
      ...(relation === undefined ? {} : { lockId: Math.floor(relation / 2) }),
    };
    if (relation === undefined && target !== undefined)
      command(draft, "relations", { ...part, command: ["create", [{ to: target, type }]] });
    else if (relation !== undefined && target === undefined)
      command(draft, "relations", { ...part, command: ["delete", [relation]] });
    else if (relation !== undefined && target !== undefined)
      command(draft, "relations", { ...part, command: ["write", [relation], { to: target }] });
  }
}

/** What makes a party created by us one of its role, beyond the relation. */
async function forRole({ write, lookups, values }: Draft): Promise<void> {
  const facts = await lookups.facts();
  const category = write.entity === "accounts" ? facts.accountCategory : facts.contactCategory;
  if (category !== null) values["categories"] = [["add", [category]]];
  if (write.entity === "contacts" && facts.contactCategory === null && values["relations"] === undefined) {
    throw refusal(
      "required",
      "a contact needs an account: the relation is what makes a party a contact",
      "account",
    );
  }
}
