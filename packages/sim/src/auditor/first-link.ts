import type { JsonMap } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import type { Entry } from "../history.ts";
import type { Row } from "../system/model-system.ts";
import type { StoredRow } from "../store-facts.ts";
import { restoredBy } from "./restores.ts";
import type { Role } from "./things.ts";
import { roles } from "./things.ts";

/**
 * When two records that people had made on both sides were first decided on as one link, as far as the store
 * knew at an instant; null where we made one of them, and know of it. Whatever they showed until then
 * follows the rule of the first link, not that of conflicts. A store that was restored from before that
 * links them anew.
 */
export function firstDecided(
  { history }: Sight,
  pair: { readonly [role in Role]: Row },
  { link, until }: { readonly link: string; readonly until: number },
): number | null {
  // One that we made was linked from its beginning.
  const made = roles
    .flatMap((role) => pair[role].commits.slice(0, 1))
    .find(({ actor }) => actor.kind === "us");
  const names = roles.map((role) => `${role}/${pair[role].entity}/${pair[role].id}`);
  const storedAt = new Map<string, number>();
  let decidedAt: number | null = made?.at ?? null;
  let isForgotten = false;
  for (const entry of history.entries) {
    if (entry.at > until) break;
    const { asOf = Infinity } = restoredBy(entry) ?? {};
    for (const [name, at] of storedAt) if (at > asOf) storedAt.delete(name);
    if (decidedAt !== null && decidedAt > asOf) {
      decidedAt = null;
      isForgotten = true;
    }
    if (entry.kind !== "store" || entry.step !== "done" || entry.facts === null) continue;
    const facts = entry.facts as JsonMap;
    for (const [role, entity, id] of rowsIn(entry, facts)) {
      const name = `${role}/${entity}/${id}`;
      if (names.includes(name) && !storedAt.has(name)) storedAt.set(name, entry.at);
    }
    const isDecided =
      entry.method === "commitDecisions" && (facts["links"] as readonly string[]).includes(link);
    if (isDecided && storedAt.size === names.length) decidedAt ??= entry.at;
  }
  return made !== undefined && !isForgotten ? null : decidedAt;
}

const rowsIn = (entry: Entry & { readonly kind: "store" }, facts: JsonMap): readonly StoredRow[] =>
  entry.method === "checkpoint" ? (facts["rows"] as unknown as readonly StoredRow[]) : [];
