import { keptEntities } from "../port.ts";
import type { HistoryStore, RecordKey, StoredObservation } from "../port.ts";
import { observationOf } from "../rows.ts";
import { inOrder } from "./basics.ts";
import type { FormerTable } from "./columns-statement.ts";
import type { ObservationTable } from "./columns.ts";
import type { State } from "./state.ts";

interface Place {
  readonly connection: string;
  readonly entity: string;
  readonly external_id: string;
}

function isReadable(state: State, { connection, entity, external_id }: Place): boolean {
  const isIt = (row: { readonly reason: string } & { readonly [column in keyof Place]: string | null }) =>
    row.reason === "unreadable" &&
    row.connection === connection &&
    row.entity === entity &&
    row.external_id === external_id;
  return !state.tables.park.by("open", "").some(isIt);
}

const later = (...stamps: readonly (number | string | null)[]): number | null => {
  const known = stamps.flatMap((stamp) => (stamp === null ? [] : [Number(stamp)]));
  return known.length === 0 ? null : Math.max(...known);
};

function insert(state: State, row: FormerTable): void {
  const { former } = state.tables;
  if (former.get(row.connection, row.entity, row.external_id, String(row.until_at)) === undefined)
    former.insert(row);
}

function formerOf(
  row: ObservationTable,
  at: { readonly heldUntil: number; readonly now: number },
): FormerTable {
  const number = (value: number | string | null): number | null => (value === null ? null : Number(value));
  return {
    connection: row.connection,
    entity: row.entity,
    external_id: row.external_id,
    kind: row.kind,
    native: row.native,
    modified_at: number(row.modified_at),
    own_stamp: number(row.own_stamp),
    made_at: number(row.made_at),
    shown_since: Math.min(row.shown_since, row.seen_at),
    held_until: at.heldUntil,
    until_at: at.now,
  };
}

/** Keeps what a record showed when a sighting takes the place of its view (see the SQL store). */
export function keepFormer(
  state: State,
  { row, seen }: { readonly row: ObservationTable; readonly seen: StoredObservation },
  now: number,
): void {
  if (!keptEntities.includes(row.entity)) return;
  if (row.kind === seen.kind && row.content_hash === seen.contentHash) return;
  const cursor = isReadable(state, row) ? state.tables.cursor.get(row.connection, row.entity) : undefined;
  const [before, after] = [
    later(row.modified_at, row.own_stamp),
    later(seen.modifiedAt, seen.ownStamp ?? null),
  ];
  const hasMoved = before !== null && after !== null && after > before;
  const read = hasMoved ? (cursor?.read_since ?? null) : null;
  const held = later(row.seen_at, cursor?.swept_at ?? null, read) ?? now;
  insert(state, formerOf(row, { heldUntil: Math.min(now, held), now }));
}

/** Until when a record that was never seen was known not to be there. */
export function absentUntil(state: State, { connection, entity, id }: RecordKey, now: number): number | null {
  if (!keptEntities.includes(entity)) return null;
  const cursor = state.tables.cursor.get(connection, entity);
  if (cursor === undefined || cursor.backfilled_at === null || cursor.read_since === null) return null;
  return isReadable(state, { connection, entity, external_id: id }) ? Math.min(now, cursor.read_since) : null;
}

const of = (state: State, { connection, entity, id }: RecordKey): readonly FormerTable[] =>
  state.tables.former.by("record", entity, connection, id);

/** What is kept of a record goes on under another name (see the SQL store). */
export function renameFormer(
  state: State,
  record: RecordKey,
  at: { readonly row: ObservationTable; readonly name: string; readonly now: number },
): void {
  const { row, name, now } = at;
  for (const each of of(state, record)) state.tables.former.change(each, { external_id: name });
  if (row.kind === "deleted" || !keptEntities.includes(row.entity)) return;
  insert(state, { ...formerOf(row, { heldUntil: row.seen_at, now }), external_id: name });
}

/** What was kept under an id is of a record that had it before. */
export function forgetFormer(state: State, record: RecordKey): void {
  for (const each of of(state, record)) state.tables.former.remove(each);
}

/** Deletes what the store keeps no longer. */
export function forgetOld(state: State, now: number): void {
  for (const each of state.tables.former.all())
    if (each.until_at < now - state.keepHistoryMs) state.tables.former.remove(each);
}

/** What records showed before, in memory. */
export function historyPart(state: State): HistoryStore {
  return {
    async historyOf(keys) {
      return keys.flatMap(({ connection, entity, id }) => {
        const row = state.tables.observation.get(connection, entity, id);
        if (row === undefined) return [];
        const before = inOrder(of(state, { connection, entity, id }), ({ until_at }) => [until_at]);
        return [
          {
            now: observationOf(row),
            since: Math.min(row.shown_since, row.seen_at),
            absentUntil: row.absent_until,
            before: before.map((each) => ({
              kind: each.kind,
              native: each.native,
              modifiedAt: each.modified_at,
              ownStamp: each.own_stamp,
              madeAt: each.made_at,
              since: each.shown_since,
              heldUntil: each.held_until,
              until: each.until_at,
            })),
          },
        ];
      });
    },
  };
}
