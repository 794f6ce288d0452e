import { divide, multiply, normal, decimalOf } from "./decimal.ts";
import { has } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { idOf, refKey, text } from "./native.ts";
import type { Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";

/** A unit of measure. */
export interface Unit {
  readonly id: number;
  readonly name: string;
  /** What it can be converted within: a category up to version 18, the unit that it goes back to in 19. */
  readonly family: string;
  /** How many of its family's base one of it is. */
  readonly size: string;
}

/** Decimals of a size, and of a quantity that was brought into another unit. */
const sizePlaces = 12;

/**
 * All units that may be chosen. The field `factor` says the opposite in the two forms: pieces in a dozen in
 * version 19, dozens in a piece before.
 */
export async function loadUnits(odoo: Odoo, facts: Facts): Promise<readonly Unit[]> {
  const isByCategory = has(facts, "uom.uom", "category_id");
  const fields = isByCategory ? ["category_id", "factor_inv"] : ["parent_path", "factor"];
  const domain = [["active", "=", true]];
  const rows = await odoo.search({ model: "uom.uom", domain, fields: ["name", ...fields] });
  return rows.map((row) => ({
    id: idOf(row),
    name: text(row, "name") ?? "",
    family: (isByCategory ? refKey(row, "category_id") : rootOf(row)) ?? "",
    size: decimalOf(row, isByCategory ? "factor_inv" : "factor", sizePlaces) ?? "1",
  }));
}

const rootOf = (row: Row): string | null => text(row, "parent_path")?.split("/")[0] ?? null;

/** The unit of this name that a quantity of the product may be given in; `own` is the product's unit. */
export function unitFor(units: readonly Unit[], own: number | undefined, name: string): Unit {
  const home = units.find(({ id }) => id === own);
  const unit = units.find((each) => each.name === name && each.family === home?.family);
  if (unit !== undefined) return unit;
  throw refusal("unit_unknown", "the product is not counted in this unit");
}

/** A quantity in another unit of the same family: 2 dozen are 24 pieces. */
export const converted = (quantity: string, from: Unit | undefined, to: Unit | undefined): string =>
  divide(multiply(quantity, from?.size ?? "1"), to?.size ?? "1", sizePlaces);

/** A quantity as decimal text that Odoo keeps as it is: it would round what has more decimals. */
export function quantityIn(quantity: string, places: number | null): string {
  const given = normal(quantity);
  if (given === undefined) throw refusal("quantity_unreadable", "a quantity is no decimal number");
  const [, fraction = ""] = given.split(".");
  if (places === null || fraction.length <= places) return given;
  throw refusal("too_precise", `a quantity has more than the ${places} decimals that Odoo keeps`);
}
