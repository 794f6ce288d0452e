import { isNewer } from "@crossfoot/kernel";
import type { LinkId } from "@crossfoot/kernel";
import type { ObserveCounts, RecordKey, StoredObservation } from "./port.ts";
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
  | "read_start"
  | "read_end"
>;

/** Name of a record in the maps of {@link siftSightings}. */
export const sightingName = (record: RecordKey): string =>
  `${record.connection}\n${record.entity}\n${record.id}`;

/** Of two sightings of one record in one batch, the later one. */
export function latestSightings(observations: readonly StoredObservation[]): readonly StoredObservation[] {
  const latest = new Map<string, StoredObservation>();
  for (const seen of observations) latest.set(sightingName(seen), seen);
  return [...latest.values()];
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
  const toStore: StoredObservation[] = [];
  let added = 0;
  let same = 0;
  let changed = 0;
  const moved: StoredObservation[] = [];
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
    const { version_order: versionOrder, read_start: readStart, read_end: readEnd } = row;
    if (!isNewer(seen, { version: row.version, versionOrder, readStart, readEnd })) continue;
    const isSame =
      row.content_hash === seen.contentHash && row.kind === seen.kind && row.into_id === seen.into;
    if (isSame) same += 1;
    // A list without versions takes nothing from the version that is known.
    if (isSame && (seen.version === null || row.version === seen.version)) continue;
    toStore.push(seen);
    if (isSame) continue;
    moved.push(seen);
    changed += 1;
  }
  return { toStore, moved, counts: { added, changed, same } };
}
