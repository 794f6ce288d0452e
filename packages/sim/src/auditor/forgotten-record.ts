import type { JsonMap } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import type { History } from "../history.ts";
import type { StoredRow } from "../store-facts.ts";
import type { Row } from "../system/model-system.ts";
import { isForgotten, restoresOf } from "./restores.ts";
import { roles } from "./things.ts";
import type { Role, Thing } from "./things.ts";

/**
 * Whether a restored store knows nothing of a record: it was stored before, each time in a life that the
 * store has forgotten, and never again until an instant at which its id went to another record.
 */
export function isForgottenRecord(
  history: History,
  { role, row }: { readonly role: Role; readonly row: Row },
  until: number,
): boolean {
  const restores = restoresOf(history);
  if (restores.length === 0) return false;
  const storedAt = history.entries.flatMap((entry) => {
    if (entry.kind !== "store" || entry.step !== "done" || entry.at >= until) return [];
    const rows = ((entry.facts as JsonMap | null)?.["rows"] ?? []) as unknown as readonly StoredRow[];
    const isStored = rows.some(
      ([connection, entity, id]) => connection === role && entity === row.entity && id === row.id,
    );
    return isStored ? [entry.at] : [];
  });
  return (
    storedAt.length > 0 &&
    restores.some(({ at }) => storedAt.every((told) => isForgotten(restores, { told, by: at })))
  );
}

/** Records that got the id of one of a thing of which a restored store knows nothing: taken for that. */
export function takenFor(
  { history, systems }: Sight,
  { entity, rows }: Thing,
): readonly { readonly role: Role; readonly row: Row }[] {
  return roles.flatMap((role) => {
    const all = systems[role].everyRow(entity);
    return rows[role].flatMap((row) =>
      all
        .filter((later) => later.id === row.id && later !== row)
        .filter(({ commits: [first] }) => isForgottenRecord(history, { role, row }, first?.at ?? 0))
        .map((later) => ({ role, row: later })),
    );
  });
}
