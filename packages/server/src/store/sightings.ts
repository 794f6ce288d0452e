import { isNewer } from "@crossfoot/kernel";
import type { LinkId } from "@crossfoot/kernel";
import type { CursorState, ObserveCounts, RecordKey, StoredObservation } from "./port.ts";
import type { ObservationRow } from "./rows.ts";

/** What tells whether a record changed. Its fields are not among it: a sweep compares all records. */
export type MarkRow = Pick<
  ObservationRow,
  | "connection"
  | "entity"
  | "external_id"
  | "link_id"
  | "kind"
  | "content_hash"
  | "into_id"
  | "version"
  | "version_order"
  | "modified_at"
  | "own_stamp"
  | "made_at"
  | "read_start"
  | "read_end"
  | "via"
> & {
  /** How long ago the view was stored, ms by the store's clock; below zero when that was set back since. */
  readonly seen_ms_ago: number;
};

/** Name of a record in the maps of {@link siftSightings}. */
export const sightingName = (record: RecordKey): string =>
  `${record.connection}\n${record.entity}\n${record.id}`;

/** Of two sightings of one record in one batch, the later one. */
export function latestSightings(observations: readonly StoredObservation[]): readonly StoredObservation[] {
  const latest = new Map<string, StoredObservation>();
  for (const seen of observations) latest.set(sightingName(seen), seen);
  return [...latest.values()];
}

/** Readings of one record by its id: lists may lag behind them, one of them does not behind another. */
const byRecord: ReadonlySet<string> = new Set(["probe", "hint"]);
/** A clock that was set back by more than this cannot tell how long ago anything was, ms. */
const setBackMsMax = 1_000;

/**
 * Whether a sighting may show what was there before the view, because it was made while the system may
 * still lag behind what was written or read by id (fault R1) and no version tells which is later. It says
 * nothing: neither that somebody edited the record nor that it is gone. Whatever is true then is listed
 * again, since the watermark is held back. A stamp of the system's own that is later than all that is known
 * was not there before.
 */
function isTooSoon(seen: StoredObservation, row: MarkRow): boolean {
  if (seen.lagMs === undefined) return false;
  const mayLag = row.via === "answer" || (byRecord.has(row.via) && !byRecord.has(seen.via));
  if (!mayLag) return false;
  if (seen.versionOrder !== null && row.version_order !== null) return false;
  if (isStampedLater(seen, row)) return false;
  return row.seen_ms_ago <= seen.lagMs && row.seen_ms_ago > -setBackMsMax;
}

/**
 * Later than the last edit and than our own write. Where the write has the earlier stamp of the two, the
 * system's clock was set back, and its stamps say nothing.
 */
function isStampedLater({ modifiedAt, kind }: StoredObservation, row: MarkRow): boolean {
  if (modifiedAt === null || row.modified_at === null || kind === "deleted") return false;
  const edited = Number(row.modified_at);
  const own = row.own_stamp === null ? edited : Number(row.own_stamp);
  return own >= edited && modifiedAt > own;
}

/**
 * Whether a sighting may be of another record than the view: its system gave the id away (fault R14). By
 * the system's own stamps of creation, the later one is the later life. Without them a record that was
 * deleted and is there again may be another one, and so may one with a lower version than is known; the
 * latter is not trusted while an older reading may still be on its way.
 */
function contradicts(seen: StoredObservation, row: MarkRow): "later" | "earlier" | null {
  const isThere = seen.kind === "present" || seen.kind === "archived";
  if (!isThere || seen.ageMs === undefined) return null;
  const isRead = seen.readStart > row.read_end;
  const isSettled = isRead && row.seen_ms_ago > seen.ageMs;
  const mine = seen.madeAt ?? null;
  const theirs = row.made_at === null ? null : Number(row.made_at);
  if (mine !== null && theirs !== null && mine !== theirs)
    return mine > theirs || isSettled ? "later" : "earlier";
  if (row.kind === "deleted" && isRead && (mine === null || theirs === null)) return "later";
  const isLower =
    seen.versionOrder !== null && row.version_order !== null && seen.versionOrder < row.version_order;
  return isLower && isSettled ? "later" : null;
}

/** A cursor that does not pass what has to be listed again. */
export function heldCursor(cursor: CursorState, heldAt: number | null): CursorState {
  const { watermark } = cursor;
  if (heldAt === null || watermark === null || watermark < heldAt) return cursor;
  return { ...cursor, watermark: heldAt - 1 };
}

/**
 * Which sightings are newer than the views they meet, and which of them show something else. A record that
 * is a member
 * of a link before it was ever seen (its create was answered without the record, and could not be read
 * back)
 * belongs to that link from its first sighting on.
 * @param known rows by {@link sightingName}
 * @param members links of those that have no row yet and are members
 */
export function siftSightings(
  latest: readonly StoredObservation[],
  known: ReadonlyMap<string, MarkRow>,
  members: ReadonlyMap<string, LinkId>,
): {
  readonly toStore: readonly StoredObservation[];
  /** Those of them that show something else than the view did. */
  readonly moved: readonly StoredObservation[];
  readonly counts: ObserveCounts;
} {
  const contradictions: StoredObservation[] = [];
  const toStore: StoredObservation[] = [];
  let added = 0;
  let same = 0;
  let changed = 0;
  const moved: StoredObservation[] = [];
  let heldAt: number | null = null;
  for (const seen of latest) {
    const row = known.get(sightingName(seen));
    if (row === undefined) {
      const link = members.get(sightingName(seen));
      // A record that was never here and is gone already leaves nothing behind.
      if (link === undefined && (seen.kind === "deleted" || seen.kind === "out_of_scope")) continue;
      added += 1;
      toStore.push(seen);
      if (link !== undefined) moved.push(seen);
      continue;
    }
    const other = contradicts(seen, row);
    if (other !== null) {
      if (other === "earlier") continue;
      // Who it is has to be found out first: until then it is listed again.
      contradictions.push(seen);
      if (seen.modifiedAt !== null) heldAt = Math.min(seen.modifiedAt, heldAt ?? seen.modifiedAt);
      continue;
    }
    const { version_order: versionOrder, read_start: readStart, read_end: readEnd } = row;
    if (!isNewer(seen, { version: row.version, versionOrder, readStart, readEnd })) continue;
    const isSame =
      row.content_hash === seen.contentHash && row.kind === seen.kind && row.into_id === seen.into;
    if (!isSame && isTooSoon(seen, row)) {
      if (seen.modifiedAt !== null) heldAt = Math.min(seen.modifiedAt, heldAt ?? seen.modifiedAt);
      continue;
    }
    if (isSame) same += 1;
    // A list without versions takes nothing from the version that is known.
    if (isSame && (seen.version === null || row.version === seen.version)) continue;
    toStore.push(seen);
    if (isSame) continue;
    moved.push(seen);
    changed += 1;
  }
  const unknown = contradictions.length === 0 ? {} : { contradictions };
  return { toStore, moved, counts: { added, changed, same, heldAt, ...unknown } };
}
