import { imagesOf } from "@crossfoot/connector-sdk";
import type { EntityMapping } from "@crossfoot/connector-sdk";
import { canonicalBytes } from "@crossfoot/kernel";
import type { StoredObservation } from "../store/port.ts";

/**
 * What our own write shows, under the stamp and the name of the last edit that was not ours: a write of ours
 * makes nobody's edit newer (INVARIANTS.md I26), and nobody's value ours. Where the record shows more than
 * what we wrote, somebody edited it at an instant that nobody can tell: then it has no stamp, and who is
 * newer is asked.
 * @param at.before the record as it was decided on; null when that is not known
 * @param at.written fields that the write moved
 */
export function underLastEdit(
  mapping: EntityMapping,
  seen: StoredObservation,
  at: {
    readonly before: StoredObservation | null;
    /** The record is new and shows something else than what it was made with. */
    readonly isMixed: boolean;
    readonly written: ReadonlySet<string>;
    /** The target itself made sure that nobody came between. */
    readonly isConditional: boolean;
  },
): StoredObservation {
  const { before, isMixed, written, isConditional } = at;
  if (before === null) return isMixed ? { ...seen, modifiedAt: null } : seen;
  const { modifiedAt, actor } = before;
  // Of two stamps of ours the later one: the system's clock may have been set back between them.
  const ownStamp =
    seen.modifiedAt === null ? null : Math.max(seen.modifiedAt, before.ownStamp ?? seen.modifiedAt);
  return isConditional || isOursAlone(mapping, [before, seen], written)
    ? { ...seen, modifiedAt, actor, ownStamp }
    : { ...seen, modifiedAt: null, ownStamp };
}

/** Whether two sightings differ in no field but those that we wrote. */
function isOursAlone(
  mapping: EntityMapping,
  [before, seen]: readonly [StoredObservation, StoredObservation],
  written: ReadonlySet<string>,
): boolean {
  const [old, now] = [imagesOf(mapping, before.native), imagesOf(mapping, seen.native)];
  return Object.entries(now).every(
    ([field, image]) => written.has(field) || canonicalBytes(image) === canonicalBytes(old[field] ?? null),
  );
}
