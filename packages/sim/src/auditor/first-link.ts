import type { JsonMap } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import type { Entry } from "../history.ts";
import type { Row } from "../system/model-system.ts";
import type { StoredRow } from "../store-facts.ts";
import type { Role } from "./things.ts";
import { roles } from "./things.ts";

/**
 * When two records that people had made on both sides were first decided on as one link; null for records
 * that we made. Whatever they showed until then follows the rule of the first link, not that of conflicts.
 */
export function firstDecided(
  { history }: Sight,
  pair: { readonly [role in Role]: Row },
  link: string,
): number | null {
  if (roles.some((role) => pair[role].commits[0]?.actor.kind === "us")) return null;
  const missing = new Set<string>(roles.map((role) => `${role}/${pair[role].entity}/${pair[role].id}`));
  for (const entry of history.entries) {
    if (entry.kind !== "store" || entry.step !== "done" || entry.facts === null) continue;
    const facts = entry.facts as JsonMap;
    for (const [role, entity, id] of rowsIn(entry, facts)) missing.delete(`${role}/${entity}/${id}`);
    const isDecided =
      entry.method === "commitDecisions" && (facts["links"] as readonly string[]).includes(link);
    if (isDecided && missing.size === 0) return entry.at;
  }
  return null;
}

const rowsIn = (entry: Entry & { readonly kind: "store" }, facts: JsonMap): readonly StoredRow[] =>
  entry.method === "checkpoint" ? (facts["rows"] as unknown as readonly StoredRow[]) : [];
