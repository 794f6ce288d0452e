import type { At } from "./database.ts";
import { followAll } from "./look.ts";
import { validationError } from "./refusal.ts";
import { apart, carryOut } from "./rows.ts";
import type { Writers } from "./rows.ts";
import { idOf, textIn } from "./values.ts";
import type { Row, Values } from "./values.ts";

const model = "res.partner";
const place: readonly string[] = ["street", "street2", "zip", "city", "state_id", "country_id"];
const commercial: readonly string[] = [
  ...["vat", "property_payment_term_id", "property_product_pricelist", "credit_limit"],
  ...["use_partner_credit_limit"],
];
/** A company that gets one of these moves the stamps of all its children with it. */
const loud: ReadonlySet<string> = new Set([...place, ...commercial, "phone"]);

const picked = (row: Values, names: readonly string[]): Values =>
  Object.fromEntries(names.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));

const hasPlace = (row: Row): boolean => place.some((name) => (row[name] ?? false) !== false);

function requireName(row: Row): void {
  if (textIn(row, "type") === "contact" && textIn(row, "name") === "")
    throw validationError("The operation cannot be completed: Contacts require a name");
}

/** A person has the company's address, as long as it is of type `contact`; terms come from the company. */
function takeFromParent(at: At, row: Row): void {
  const parent = at.db.find(model, row["parent_id"]);
  if (parent === undefined || row["is_company"] === true) return;
  const isPerson = textIn(row, "type") === "contact";
  if (isPerson && !hasPlace(parent) && hasPlace(row)) at.db.update(model, parent, picked(row, place), at.tx);
  if (isPerson && hasPlace(parent)) at.db.update(model, row, picked(parent, place), at.tx);
  at.db.update(model, row, picked(parent, commercial), at.tx);
}

function giveToChildren(at: At, row: Row, values: Values): void {
  const changed = Object.keys(values).filter((name) => loud.has(name));
  if (changed.length === 0) return;
  for (const child of followAll({ ...at, tx: { ...at.tx, context: {} } }, model, row, "child_ids")) {
    const isPerson = textIn(child, "type") === "contact" && child["is_company"] !== true;
    const given = [...(isPerson ? place : []), ...(child["is_company"] === true ? [] : commercial)];
    at.db.update(
      model,
      child,
      picked(
        row,
        given.filter((name) => changed.includes(name)),
      ),
      at.tx,
    );
  }
}

export function createPartner(at: At, values: Values, writers: Writers): Row {
  const { own, many } = apart(at, model, values);
  const defaults = { type: "contact", active: true, is_company: false, lang: "en_US", company_id: false };
  const row = at.db.insert(model, { ...defaults, ...own }, at.tx);
  requireName(row);
  takeFromParent(at, row);
  for (const [field, commands] of many) carryOut(at, { model, row, field, writers }, commands);
  return row;
}

export function writePartner(
  at: At,
  row: Row,
  { values, writers }: { values: Values; writers: Writers },
): void {
  const { own, many } = apart(at, model, values);
  at.db.update(model, row, own, at.tx);
  requireName(row);
  if (own["parent_id"] !== undefined || own["type"] === "contact") takeFromParent(at, row);
  for (const [field, commands] of many) carryOut(at, { model, row, field, writers }, commands);
  giveToChildren(at, row, own);
}

/** The address of a kind that documents of a customer go to: a child of that kind, or itself. */
export function addressFor(at: At, partner: Row, type: string): number {
  const children = at.db
    .rows(model)
    .filter((each) => each["parent_id"] === partner["id"] && each["active"] === true);
  return idOf(children.find((each) => each["type"] === type) ?? partner);
}
