import type { Places } from "../../runtime/events.ts";
import { cursorOfPlaces, toldOf } from "./event-tail.ts";
import type { Tail, Wanted } from "./event-tail.ts";
import { Problem } from "./problem.ts";

/** Open streams of one key or person in one process. */
const perReaderMax = 4;
/** Open streams of one process. */
const allMax = 64;
/** How often the store is asked for what happened, ms. */
const lookMs = 500;
/** How often a stream in which nothing happens says so, and its reader's right is looked at again, ms. */
const heartbeatMs = 15_000;
/** A reader that takes nothing for so long is dropped; it goes on where it was when it comes back, ms. */
const patienceMs = 60_000;
/** How long a reader waits before it comes back, ms. */
const comeBackMs = 2_000;

/** Streams of events. */
export interface EventStreams {
  /**
   * Opens one. Throws a Problem where too many are open.
   * @param cut ends the connection below, when its reader takes nothing more
   */
  readonly open: (reader: Reader, from: Wanted & { readonly places: Places }, cut: () => void) => Response;
  /** How many are open. */
  readonly count: () => number;
}

/** Who reads a stream. */
interface Reader {
  /** Key or person. */
  readonly id: string;
  /** Whether the key or session may still read. */
  readonly isLive: () => Promise<boolean>;
}

/** What streams need. */
export interface StreamDeps {
  readonly tail: Tail;
  readonly now: () => number;
  /** Waits, and ends early when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Aborts when the server is to end. */
  readonly signal: AbortSignal;
}

/**
 * Streams that are read as their reader takes them: nothing is buffered, the journal keeps what is not read
 * yet. They end with the server, with the right of whoever reads, and with a reader that takes nothing for
 * long.
 */
export function createStreams(deps: StreamDeps): EventStreams {
  const { signal } = deps;
  const open = new Map<AbortController, string>();
  signal.addEventListener("abort", () => open.forEach((_reader, stop) => stop.abort()));
  return {
    count: () => open.size,
    open(reader, from, cut) {
      const ofReader = [...open.values()].filter((each) => each === reader.id).length;
      if (ofReader >= perReaderMax || open.size >= allMax || signal.aborted) {
        const most = `a key or person has ${perReaderMax} open streams, a server ${allMax}`;
        throw new Problem("too_many_streams", most, { headers: { "retry-after": "15" } });
      }
      const stop = new AbortController();
      open.set(stop, reader.id);
      stop.signal.addEventListener("abort", () => open.delete(stop));
      return new Response(streamOf(deps, { reader, stop, cut, ...from }), {
        status: 200,
        // A proxy that gathers answers would hold events back; a server that ends would wait for a
        // connection that is kept for the next request.
        headers: { "content-type": "text/event-stream", "x-accel-buffering": "no", connection: "close" },
      });
    },
  };
}

interface Opened extends Wanted {
  readonly reader: Reader;
  readonly stop: AbortController;
  readonly cut: () => void;
  readonly places: Places;
}

function streamOf(deps: StreamDeps, opened: Opened): ReadableStream<Uint8Array> {
  const { stop, cut } = opened;
  const chunks = chunksOf(deps, opened);
  /** Since when its reader has asked for nothing; null while it waits for more. */
  let idleSince: number | null = deps.now();
  void watch(deps, stop, () => idleSince).catch(() => stop.abort());
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stop.signal.addEventListener("abort", () => {
          // A reader that waits is told that this is the end; one that does not would never hear it.
          if (idleSince === null) return;
          controller.error(new Error("the stream is over"));
          cut();
        });
      },
      async pull(controller) {
        idleSince = null;
        const next = await chunks.next().catch(() => null);
        // A store that does not answer ends the stream; its reader comes back to where it was.
        const isOver = next === null || next.done === true || stop.signal.aborted;
        if (isOver) {
          stop.abort();
          controller.close();
        } else controller.enqueue(new TextEncoder().encode(next.value));
        idleSince = deps.now();
      },
      async cancel() {
        idleSince = null;
        stop.abort();
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Ends a stream whose reader asks for nothing for long. */
async function watch(
  { now, sleep }: StreamDeps,
  stop: AbortController,
  idleSince: () => number | null,
): Promise<void> {
  while (!stop.signal.aborted) {
    await sleep(patienceMs, stop.signal);
    const since = idleSince();
    if (since !== null && now() - since >= patienceMs) stop.abort();
  }
}

/** The text of a stream, as its reader takes it. */
async function* chunksOf(deps: StreamDeps, opened: Opened): AsyncGenerator<string, undefined> {
  const { tail, now, sleep } = deps;
  const { reader, stop } = opened;
  let { places } = opened;
  yield `retry: ${comeBackMs}\n${markOf(places)}`;
  let saidAt = now();
  let lookedAt = now();
  while (!stop.signal.aborted) {
    if (now() - lookedAt >= heartbeatMs) {
      if (!(await reader.isLive())) return;
      lookedAt = now();
    }
    const batch = await tail(places);
    const { told, reached } = toldOf(batch, opened);
    places = reached;
    if (told.length > 0) {
      yield told.map(({ event, places: at }) => messageOf(event, at)).join("");
      saidAt = now();
    } else if (now() - saidAt >= heartbeatMs) {
      yield `: nothing happened\n${markOf(places)}`;
      saidAt = now();
    }
    if (!batch.isMore) await sleep(lookMs, stop.signal);
  }
}

/** Moves the reader's last event id without telling an event. */
const markOf = (places: Places): string => `id: ${cursorOfPlaces(places)}\n\n`;

const messageOf = (event: { readonly kind: string }, places: Places): string =>
  `id: ${cursorOfPlaces(places)}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
