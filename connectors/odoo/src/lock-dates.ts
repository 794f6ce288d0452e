import type { ClosedPeriods } from "@crossfoot/connector-sdk";
import { knownFields, loadFacts } from "./facts.ts";
import { text } from "./native.ts";
import type { Odoo } from "./odoo.ts";

/**
 * Lock dates that hold for what is sold: of all entries, of those with taxes, of those of sales. The last two
 * are there from version 18 on, the one before them up to 17 only. Exceptions that Odoo grants to single
 * users are not asked for: what is locked for all others counts as closed.
 */
const lockDates: readonly string[] = [
  ...["fiscalyear_lock_date", "tax_lock_date", "period_lock_date", "sale_lock_date", "hard_lock_date"],
];

/** Up to which day the company's books are closed: the latest of its lock dates. */
export async function closedPeriods(odoo: Odoo): Promise<ClosedPeriods> {
  const { company, companyName } = await loadFacts(odoo);
  const known = Object.keys(await knownFields(odoo, "res.company", lockDates));
  const [row] = known.length === 0 ? [] : await odoo.read("res.company", [company], known);
  const days = known.flatMap((name) => text(row, name) ?? []).toSorted();
  return { company: companyName, through: days.at(-1) ?? null };
}
