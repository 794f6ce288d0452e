import { readHappened } from "../../runtime/events.ts";
import type { HappenedBatch, HappenedEvent, Places } from "../../runtime/events.ts";
import type { EventStore } from "../../store/port.ts";
import { cursorOf, placeOf } from "./page.ts";
import { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** So long what nothing followed is not asked of the store again, ms. */
const stillMs = 400;
/** Batches that are kept for others who stand at the same place. */
const keptMax = 32;

const list = "events";
const placesForm = /^\d{1,15}(\.\d{1,15}){0,63}$/;

/** The cursor behind some entries. */
export const cursorOfPlaces = (places: Places): string => cursorOf(list, places.join("."));

/** Where a cursor stands. Throws a Problem for one of another list. */
export function placesOf(cursor: string): Places {
  const place = placeOf(list, cursor) ?? "";
  if (!placesForm.test(place))
    throw new Problem("cursor_invalid", "use `next` of a page of events, or the id of an event of a stream");
  return place.split(".").map(Number);
}

/** The event as a role sees it; null for what is about hidden things alone. */
export function shownEvent(event: HappenedEvent, sight: Sight): HappenedEvent | null {
  const { entity, facts } = event;
  if (entity === null) return event;
  const { fields, field } = facts;
  if (sight.hidesEntity(entity) || (field !== undefined && sight.hides(entity, field))) return null;
  if (fields === undefined) return event;
  const left = fields.filter((name) => !sight.hides(entity, name));
  return left.length === 0 && fields.length > 0 ? null : { ...event, facts: { ...facts, fields: left } };
}

/** Reads what happened after a place. */
export type Tail = (places: Places) => Promise<HappenedBatch>;

/** A tail for many followers: those at the same place share what is read of the store. */
export function createTail(store: EventStore, now: () => number): Tail {
  const kept = new Map<string, { readonly at: number; readonly batch: Promise<HappenedBatch> }>();
  const tail: Tail = async (places) => {
    const place = places.join(".");
    const known = kept.get(place);
    if (known !== undefined) {
      // What came after a place never changes; that nothing came may change at any moment.
      const { happened } = await known.batch;
      if (happened.length > 0 || now() - known.at < stillMs) return known.batch;
      // 1. two followers find the same old batch, 2. the first reads anew, 3. the second takes what it reads.
      if (kept.get(place) !== known) return tail(places);
    }
    const batch = readHappened(store, places);
    kept.delete(place);
    kept.set(place, { at: now(), batch });
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - keptMax))) kept.delete(oldest);
    batch.catch(() => kept.delete(place));
    return batch;
  };
  return tail;
}

/** Which events a reader gets. */
export interface Wanted {
  readonly kinds: ReadonlySet<string> | null;
  readonly sight: Sight;
}

/** What a reader is told of a batch, each with the place behind it; `reached` is the place behind all. */
export function toldOf(
  { happened, from }: HappenedBatch,
  { kinds, sight }: Wanted,
): {
  readonly told: readonly { readonly event: HappenedEvent; readonly places: Places }[];
  readonly reached: Places;
} {
  const told = happened.flatMap(({ event, places }) => {
    if (event === null || (kinds !== null && !kinds.has(event.kind))) return [];
    const shown = shownEvent(event, sight);
    return shown === null ? [] : [{ event: shown, places }];
  });
  return { told, reached: happened.at(-1)?.places ?? from };
}
