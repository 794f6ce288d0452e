import type { JsonMap } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import type { History } from "../history.ts";
import type { StoredRow } from "../store-facts.ts";
import type { Row } from "../system/model-system.ts";
import { isForgotten, restoresOf } from "./restores.ts";
import { roles, thingsOf } from "./things.ts";
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

interface Placed {
  readonly role: Role;
  readonly row: Row;
}

/** Records that got the id of one of a thing of which a restored store knows nothing: taken for that. */
function takenFor({ history, systems }: Sight, { entity, rows }: Thing): readonly Placed[] {
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

/** Records of things whose id one of this thing got, and of which a restored store knows nothing. */
function takenOver(sight: Sight, { entity, rows }: Thing): readonly Placed[] {
  const { history, systems } = sight;
  return roles.flatMap((role) =>
    rows[role].flatMap(({ id, commits: [made] }): readonly Placed[] => {
      const since = made?.at ?? 0;
      const tags = systems[role]
        .everyRow(entity)
        .filter((before) => before.id === id && (before.commits[0]?.at ?? 0) < since)
        .filter((before) => isForgottenRecord(history, { role, row: before }, since))
        .map((before) => systems[role].names.of(entity, before.tag));
      return thingsOf(sight)
        .filter((thing) => thing.entity === entity && tags.includes(thing.tag))
        .flatMap((thing) => roles.flatMap((each) => thing.rows[each].map((row) => ({ role: each, row }))));
    }),
  );
}

/**
 * Records that a restored store cannot tell from those of a thing, since one of each had one id, and it knows
 * nothing of the first: what we made of the first is joined with the second, and values go from either to
 * the other (decision 0017).
 */
export function mistakenFor(sight: Sight, thing: Thing): readonly Placed[] {
  if (restoresOf(sight.history).length === 0) return [];
  return [...takenFor(sight, thing), ...takenOver(sight, thing)].filter(
    ({ role, row }) => !thing.rows[role].includes(row),
  );
}
