import { eventsRoute } from "@crossfoot/api";
import type { EventQuery } from "@crossfoot/api";
import type { HappenedEvent, Places } from "../../runtime/events.ts";
import type { EventStore } from "../../store/port.ts";
import { bind, done } from "./call.ts";
import type { Bound, Call } from "./call.ts";
import type { EventStreams } from "./event-stream.ts";
import { cursorOfPlaces, placesOf, toldOf } from "./event-tail.ts";
import type { Tail, Wanted } from "./event-tail.ts";

/** Batches of the journal that one page looks through at most: most entries are no events. */
const batchesMax = 20;
/** What is asked for, and where it begins. */
async function startOf(
  call: Call<unknown, EventQuery>,
  store: EventStore,
  lastEventId: string | null,
): Promise<Wanted & { readonly places: Places }> {
  const { query, caller } = call;
  const kinds = query.kinds === undefined ? null : new Set(query.kinds.split(","));
  const cursor = lastEventId ?? query.cursor;
  const heads = cursor === undefined && query.from === "now" ? await store.journalPlaces() : [];
  return { kinds, sight: caller.sight, places: cursor === undefined ? heads : placesOf(cursor) };
}

/** `GET /events`, as pages and as streams. */
export function eventRoutes(store: EventStore, tail: Tail, streams: EventStreams): readonly Bound[] {
  const page = async (call: Call<unknown, EventQuery>) => {
    const { limit } = call.query;
    const { places: start, ...wanted } = await startOf(call, store, null);
    const rows: HappenedEvent[] = [];
    let places = start;
    for (let read = 0; read < batchesMax; read += 1) {
      const batch = await tail(places);
      const { told, reached } = toldOf(batch, wanted);
      const fitting = told.slice(0, limit - rows.length);
      rows.push(...fitting.map(({ event }) => event));
      const isCut = fitting.length < told.length;
      places = isCut ? (fitting.at(-1)?.places ?? places) : reached;
      const isFull = rows.length === limit;
      if (isCut || isFull || !batch.isMore)
        return done({ rows, next: cursorOfPlaces(places), isMore: isCut || batch.isMore });
    }
    return done({ rows, next: cursorOfPlaces(places), isMore: true });
  };
  return [
    {
      ...bind(eventsRoute, page),
      stream: async (call, { lastEventId, isLive, cut }) => {
        const asked = call as Call<unknown, EventQuery>;
        const reader = { id: asked.caller.visitor.id, isLive };
        return streams.open(reader, await startOf(asked, store, lastEventId), cut);
      },
    },
  ];
}
