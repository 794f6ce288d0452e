import { imagesOf } from "@crossfoot/connector-sdk";
import type { EntityMapping } from "@crossfoot/connector-sdk";
import { canonicalBytes } from "@crossfoot/kernel";
import type { JsonMap } from "@crossfoot/kernel";
import type { Intent, StoredObservation } from "../store/port.ts";
import type { SendTarget } from "./target.ts";
import type { Session } from "./world.ts";

/** Least difference of two instants in our order of reads, ms. */
const orderStep = 0.001;

/** A write with what its target answered. */
interface Answered {
  readonly intent: Intent;
  readonly seen: StoredObservation;
}

/**
 * Answers to our own writes, in their place among readings that overlap them, where no version tells it:
 * 1. A decides on a record, and sends its write.
 * 2. B reads the record as it was before, and stores that while the write is under way.
 * 3. A is answered. By the order of reads B's reading is not older; but the target's own stamp says so, or it
 *    shows the values that A replaced. Taken for later, it would be an edit that puts the old values back.
 */
export async function inTheirPlace(
  session: Session,
  { mapping }: SendTarget,
  answers: readonly Answered[],
): Promise<ReadonlyMap<StoredObservation, StoredObservation>> {
  const unordered = answers.filter(
    ({ seen, intent }) => seen.versionOrder === null && intent.kind !== "create",
  );
  if (unordered.length === 0) return new Map();
  const views = await session.world.store.observationsOf(unordered.map(({ seen }) => seen));
  const placed = new Map<StoredObservation, StoredObservation>();
  for (const { intent, seen } of unordered) {
    const view = views.find(({ id }) => id === seen.id);
    if (view === undefined || view.readEnd < seen.readStart) continue;
    if (!isStampedBefore(view, seen) && !showsBefore(mapping, view, intent.before)) continue;
    const readStart = view.readEnd + orderStep;
    placed.set(seen, { ...seen, readStart, readEnd: Math.max(seen.readEnd, readStart) });
  }
  return placed;
}

function isStampedBefore({ modifiedAt, ownStamp }: StoredObservation, seen: StoredObservation): boolean {
  const shown = ownStamp ?? modifiedAt;
  return shown !== null && seen.modifiedAt !== null && shown < seen.modifiedAt;
}

function showsBefore(
  mapping: EntityMapping,
  view: StoredObservation,
  before: { readonly [field: string]: JsonMap },
): boolean {
  const images = imagesOf(mapping, view.native);
  const fields = Object.entries(before);
  return (
    fields.length > 0 &&
    fields.every(([field, image]) => canonicalBytes(images[field] ?? null) === canonicalBytes(image))
  );
}
