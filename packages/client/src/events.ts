import { operationRoutes } from "./operations/all.ts";
import type { Operations } from "./operations/all.ts";
import { patiently, tryOfProblem, tryOfTrouble } from "./patience.ts";
import { readProblem } from "./problem.ts";
import { eventReader } from "./event-reader.ts";
import type { ReadEvent } from "./event-reader.ts";
import { addressOf } from "./wire.ts";
import type { Wire } from "./wire.ts";

type EventRow = Operations["listEvents"]["answer"]["body"]["rows"][number];

/** An event, with the cursor behind it: give that to go on later. */
export type ClientEvent = EventRow & { readonly cursor: string };

/** Which events are asked for. */
export interface AskedEvents {
  /** All kinds when missing. */
  readonly kinds?: readonly EventRow["kind"][];
  /** Where to begin without a cursor; `now` when missing. */
  readonly from?: "now" | "start";
  /** Cursor of the last event that was seen. */
  readonly after?: string;
}

/** How long it is tried to open a stream again before its trouble is told, ms. */
const reopenMs = 24 * 3_600_000;
/** A server says something every 15 s: one that is silent for so long is gone, ms. */
const silenceMs = 45_000;

/** Events as they happen, see the client. */
export async function* followEvents(
  wire: Wire,
  asked: AskedEvents,
  signal?: AbortSignal,
): AsyncGenerator<ClientEvent> {
  let cursor = asked.after ?? null;
  for (let comeBackMs = 0; ;) {
    if (comeBackMs > 0) await wire.sleep(comeBackMs, signal);
    const opened = await openStream(wire, asked, { cursor, signal });
    try {
      for await (const said of readStream(opened)) {
        cursor = said.id ?? cursor;
        if (said.text !== null) yield { ...(JSON.parse(said.text) as EventRow), cursor: cursor ?? "" };
        comeBackMs = said.comeBackMs ?? comeBackMs;
      }
    } catch (error) {
      // The end of a connection is no news; that of the caller's patience is.
      signal?.throwIfAborted();
      if (!(error instanceof Error)) throw error;
    } finally {
      opened.stop.abort();
    }
    comeBackMs = Math.max(comeBackMs, 1_000);
  }
}

interface Opened {
  readonly body: ReadableStream<Uint8Array>;
  readonly stop: AbortController;
}

async function openStream(
  wire: Wire,
  { kinds, from }: AskedEvents,
  at: { readonly cursor: string | null; readonly signal: AbortSignal | undefined },
): Promise<Opened> {
  const { signal, cursor } = at;
  const query = {
    ...(from === undefined ? {} : { from }),
    ...(kinds === undefined ? {} : { kinds: kinds.join(",") }),
  };
  const headers = {
    accept: "text/event-stream",
    authorization: `Bearer ${wire.options.key}`,
    ...(cursor === null ? {} : { "last-event-id": cursor }),
  };
  return patiently<Opened>({ budgetMs: reopenMs, signal, sleep: wire.sleep, now: wire.now }, async () => {
    const stop = new AbortController();
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    try {
      const address = addressOf(wire.options, operationRoutes.listEvents, { query });
      const response = await wire.fetch(address, { headers, signal: either });
      if (!response.ok || response.body === null)
        return tryOfProblem(await readProblem(response), response.headers.get("retry-after"));
      return { kind: "done", value: { body: response.body, stop } };
    } catch (error) {
      return tryOfTrouble(error, signal);
    }
  });
}

/** What a stream says until it ends, or is silent for too long. */
async function* readStream({ body, stop }: Opened): AsyncGenerator<ReadEvent> {
  const read = eventReader();
  const bytes = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const timer = setTimeout(() => stop.abort(new Error("the stream is silent")), silenceMs);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    yield* read(bytes.decode(value, { stream: true }));
  }
}
