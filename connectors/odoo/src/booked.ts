import { decimalOf, multiply, round, total } from "./decimal.ts";
import { refId, refIds, text } from "./native.ts";
import type { Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { converted } from "./unit.ts";
import type { Unit } from "./unit.ts";

/** A line of a posted invoice or credit note, and the line of an order that it bills. */
export interface BookedLine {
  readonly line: number;
  readonly row: Row;
}

/** Decimals of a sum of quantities where Odoo keeps them without a limit. */
const openPlaces = 6;

/**
 * What was invoiced of lines of orders: lines of posted invoices and credit notes. Odoo's own figure counts
 * drafts too.
 */
export async function bookedLines(odoo: Odoo, lines: readonly number[]): Promise<readonly BookedLine[]> {
  const rows = await odoo.search({
    model: "account.move.line",
    domain: [
      ["sale_line_ids", "in", [...lines]],
      ["parent_state", "=", "posted"],
      ["display_type", "=", "product"],
    ],
    fields: ["sale_line_ids", "quantity", "product_uom_id", "move_type"],
  });
  return rows.flatMap((row) => refIds(row, "sale_line_ids").map((line) => ({ line, row })));
}

/** How much of a line of an order was invoiced, in its own unit; a credit note takes off. */
export function bookedQuantity(
  booked: readonly BookedLine[],
  line: number,
  at: {
    readonly units: readonly Unit[];
    readonly unit: Unit | undefined;
    readonly places: number | null;
  },
): string {
  const quantities = booked
    .filter((each) => each.line === line)
    .map(({ row }) => {
      const from = at.units.find(({ id }) => id === refId(row, "product_uom_id"));
      const quantity = converted(decimalOf(row, "quantity", at.places) ?? "0", from, at.unit);
      return text(row, "move_type") === "out_refund" ? multiply(quantity, "-1") : quantity;
    });
  return round(total(quantities), at.places ?? openPlaces);
}
