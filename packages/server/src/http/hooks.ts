import type { Context, Hono } from "hono";
import type { ConnectionId } from "@crossfoot/kernel";
import type { Log } from "../ports.ts";
import type { Engine, Receipt } from "../runtime/engine.ts";
import { bytesOf } from "./body-bytes.ts";
import { showsCertificate } from "./client-certificate.ts";

/** What holds for the deliveries of a connection. */
interface HookRoute {
  readonly id: ConnectionId;
  /** Longest body; a megabyte when it is missing. */
  readonly bytesMax?: number;
  /** Fingerprints of client certificates; missing or empty where nobody has to show one. */
  readonly certificates?: readonly string[];
  readonly certificateHeader?: string;
}

/** What the receiver of deliveries knows beside the engine. */
export interface HookOptions {
  readonly connections: readonly HookRoute[];
  /** Address that senders call; missing or null where it is what they say. */
  readonly publicUrl?: string | null;
  readonly trustedProxies?: readonly string[];
  /** Address of the other end of the connection; missing or null when nobody knows. */
  readonly peerOf?: (context: Context) => string | null;
  /** Our clock, ms since 1970. */
  readonly now: () => number;
  /** Called after a delivery was stored, so that its hints are followed at once. */
  readonly onHints?: () => void;
  readonly log?: Log;
}

/** Longest body of a delivery: the largest senders stay below 256 kB; more is not a list of hints. */
const bytesMaxUsual = 1_048_576;

type Receiving = Pick<Engine, "receive" | "refuseDelivery">;

/**
 * Takes webhook deliveries in at `POST /hooks/<connection>`: reads the bytes up to a bound, hands them to the
 * engine, which proves and stores them, and answers. What a sender wrote into the address is logged nowhere:
 * some put a secret there.
 */
export function addHooks(app: Hono, engine: Receiving, options: HookOptions): void {
  const routes = new Map(options.connections.map((route) => [String(route.id), route]));
  app.post("/hooks/:connection", async (context) => {
    const route = routes.get(context.req.param("connection"));
    if (route === undefined) return context.json({ reason: "there is no such connection" }, 404);
    const { id, bytesMax = bytesMaxUsual } = route;
    const body = await bytesOf(context.req.raw, bytesMax);
    if (body === null) {
      engine.refuseDelivery(id, "too_large", `longer than ${bytesMax} bytes`);
      return context.json({ reason: "the body is too large" }, 413, { connection: "close" });
    }
    return receive(engine, options, { context, route, body });
  });
}

/** Hands a delivery to the engine. A failure of ours makes the sender try again. */
async function receive(
  engine: Receiving,
  options: HookOptions,
  given: { readonly context: Context; readonly route: HookRoute; readonly body: Uint8Array },
): Promise<Response> {
  const { context, route, body } = given;
  const { publicUrl = null, now, onHints, log } = options;
  const headers = context.req.header();
  const delivery = {
    method: context.req.method,
    url: publicUrl === null ? context.req.url : publicUrl + pathOf(context.req.url),
    headers,
    body,
    hasCertificate: hasCertificate(options, route, context),
    receivedAt: now(),
  };
  try {
    const receipt = await engine.receive(route.id, delivery);
    if (receipt.reason === "stored") onHints?.();
    return answerTo(receipt);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "an error that is no Error";
    log?.error("delivery_failed", { connection: route.id, reason });
    return Response.json(
      { reason: "not stored; send it again" },
      { status: 503, headers: { "retry-after": "10" } },
    );
  }
}

function hasCertificate(options: HookOptions, route: HookRoute, context: Context): boolean {
  const { trustedProxies = [], peerOf } = options;
  const { certificates: fingerprints = [], certificateHeader: header = "" } = route;
  if (fingerprints.length === 0) return false;
  const peer = peerOf?.(context) ?? null;
  return showsCertificate({ trustedProxies, header, fingerprints }, peer, context.req.header());
}

/** Path and query of an address. */
function pathOf(url: string): string {
  const from = url.indexOf("/", url.indexOf("//") + 2);
  return from < 0 ? "/" : url.slice(from);
}

function answerTo({ status, reason, answer, retryAfterSeconds }: Receipt): Response {
  if (answer !== undefined)
    return new Response(answer.body, { status, headers: { "content-type": answer.contentType } });
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return Response.json({ reason }, { status, headers });
}
