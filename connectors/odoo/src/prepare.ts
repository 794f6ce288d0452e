import type { Preparation, PrepareRequest, Requirement, Session } from "@crossfoot/connector-sdk";
import { knownFields } from "./facts.ts";
import { refusal } from "./failures.ts";
import { idOf } from "./native.ts";
import { createOdoo, tokens } from "./odoo.ts";
import type { Odoo } from "./odoo.ts";
import { ownReferenceField } from "./options.ts";
import type { Options } from "./options.ts";

interface OwnField {
  readonly model: string;
  readonly entities: readonly string[];
}

/** Models that hold our reference in a field of its own, under these options. */
const ownFields = ({ partnerReference, orderReference }: Options): readonly OwnField[] => [
  ...(partnerReference === ownReferenceField
    ? [{ model: "res.partner", entities: ["accounts", "contacts"] }]
    : []),
  ...(orderReference === ownReferenceField ? [{ model: "sale.order", entities: ["quotes"] }] : []),
];

const nameOf = ({ model }: OwnField): string => `${model}: field ${ownReferenceField}`;

async function isThere(odoo: Odoo, { model }: OwnField): Promise<boolean> {
  return (await knownFields(odoo, model, [ownReferenceField]))[ownReferenceField] !== undefined;
}

/** Fields that are not there yet. */
export async function missingFields(odoo: Odoo): Promise<readonly Requirement[]> {
  const missing: Requirement[] = [];
  for (const field of ownFields(odoo.options))
    if (!(await isThere(odoo, field)))
      missing.push({ entities: field.entities, what: nameOf(field), canBeAdded: true });
  return missing;
}

/** The same database as another user, for one call: what it finds out is forgotten with it. */
function asUser(session: Session, options: Options, as: NonNullable<PrepareRequest["as"]>): Odoo {
  const kept = new Map<string, string>();
  const other: Session = {
    ...session,
    secret: () => as.secret,
    token: { load: (name) => kept.get(name), store: (name, value) => void kept.set(name, value) },
  };
  return createOdoo(other, { ...options, user: as.user }, { company: "own" });
}

/**
 * Adds the fields for our reference, which needs the rights of an administrator. They are searched by, so
 * they have an index; and they are not copied, since a copy of a record is another record.
 */
export async function prepare(odoo: Odoo, { apply, as }: PrepareRequest): Promise<readonly Preparation[]> {
  const admin = as === null ? odoo : asUser(odoo.session, odoo.options, as);
  const found: Preparation[] = [];
  for (const field of ownFields(odoo.options)) {
    const isKnown = await isThere(admin, field);
    if (!isKnown && apply) await addField(admin, field.model);
    found.push({ what: nameOf(field), state: isKnown ? "there" : apply ? "added" : "missing" });
  }
  // What is known of the database is out of date now.
  if (found.some(({ state }) => state === "added")) odoo.session.token.store(tokens.facts, "");
  return found;
}

async function addField(odoo: Odoo, model: string): Promise<void> {
  const domain = [["model", "=", model]];
  const [row] = await odoo.search({ model: "ir.model", domain, fields: ["model"], limit: 1 });
  if (row === undefined) throw refusal("unknown_name", `Odoo has no model ${model}`);
  const values = {
    model_id: idOf(row),
    name: ownReferenceField,
    field_description: "Crossfoot reference",
    ttype: "char",
    state: "manual",
    index: true,
    copied: false,
  };
  await odoo.call({
    model: "ir.model.fields",
    method: "create",
    args: { vals_list: [values] },
    isWrite: true,
  });
}
