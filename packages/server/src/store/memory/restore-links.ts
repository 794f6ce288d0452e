import type { DecisionRecord } from "../port.ts";
import { answeredBy, restoredBy } from "../restore-links.ts";
import type { RestoredLink } from "../restore-links.ts";
import { markLinks } from "./basics.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

/** Brings links back to life (see the SQL store). */
export function restoreLinks(state: State, records: readonly DecisionRecord[], now: number): void {
  for (const link of answeredBy(records)) {
    const word = state.tables.word.get(link, "deletion");
    if (word !== undefined) state.tables.word.remove(word);
  }
  bringBack(state, restoredBy(records), now);
}

/** Brings these links back to life. */
export function bringBack(state: State, restored: readonly RestoredLink[], now: number): void {
  for (const one of restored) restore(state, one, now);
  markLinks(
    state,
    restored.map(({ link }) => link),
    { reason: "restored", now },
  );
}

function restore(state: State, { link: id, drop, back }: RestoredLink, now: number): void {
  const { tombstone, member, observation, base, link } = state.tables;
  for (const row of tombstone.by("link", id)) tombstone.remove(row);
  for (const row of member.by("link", id))
    if (drop.includes(row.connection)) member.change(row, { until_at: now });
  for (const row of observation.by("link", id))
    if (drop.includes(row.connection)) observation.change(row, { link_id: null });
  for (const row of base.by("link", id)) {
    if (drop.includes(row.connection)) base.remove(row);
    else {
      const { "*": _undone, ...marks } = row.undone ?? {};
      const undone = Object.keys(marks).length === 0 ? null : jsonb(marks);
      base.change(row, { undone, ...(back.includes(row.connection) ? { kind: "archived" } : {}) });
    }
  }
  const row = link.get(id);
  if (row === undefined) return;
  const members = member.by("link", id).filter(({ is_alias }) => !is_alias).length;
  link.change(row, {
    generation: row.generation + (drop.length > 0 ? 1 : 0),
    adopted: null,
    state: members > 1 ? "live" : "single",
  });
}
