/** A line to a business system on which calls are lost, cut, held back and left without an answer. */
import { createServer, request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What becomes of one call. */
export type Fate =
  | "pass"
  /** The caller is cut off and the server never hears of the call. */
  | "drop"
  /** The server does its work, the caller is cut off instead of answered. */
  | "lose"
  /** The server does its work, and the caller waits for an answer until it gives up. */
  | "hang"
  /** The server does its work, and a gateway answers 502 in its place. */
  | "gateway"
  /** The call reaches the server only after its caller has given up. */
  | "late"
  /** The call never reaches the server, and the caller waits for its own end. */
  | "hold"
  /** The answer takes a second longer. */
  | "slow"
  /** The server does its work, and 500 is answered in its place. */
  | "error"
  /** The call never reaches the server: too many, 429, come again in a second. */
  | "busy";

/** One call on its way. */
export interface Call {
  readonly isWrite: boolean;
  /** Method and path, or the method of JSON-RPC. */
  readonly name: string;
}

/** Whoever watches a line decides the fate of each call, and hears when its effect is there. */
export interface Watch {
  readonly meet: (call: Call) => Fate;
  readonly afterEffect: (call: Call) => void;
}

/** The line. */
export interface RudeProxy {
  readonly url: string;
  /** Calls that may have changed something, since the line was opened. */
  readonly writes: () => number;
  /** Calls by their fate, those that passed included. */
  readonly fates: ReadonlyMap<Fate, number>;
  /** By the name of a call: how many reached the server, and for how long it worked on them. */
  readonly work: ReadonlyMap<string, { readonly count: number; readonly ms: number }>;
  /** Null lets every call pass. */
  watch: Watch | null;
  close(): Promise<void>;
}

/** How to tell a call that only reads. */
export type IsReading = (incoming: {
  readonly method: string;
  readonly path: string;
  body: string;
}) => boolean;

/** A call that is held back reaches the server this long after its caller is gone. */
const lateMs = 2_000;
const slowMs = 1_000;

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The answer of the server, whole. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

async function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method = "POST", headers, url = "/" } = incoming;
  const message = await new Promise<IncomingMessage>((answered, failed) => {
    const outgoing = request(new URL(url, target), { method, headers }, answered);
    outgoing.once("error", failed);
    outgoing.end(body);
  });
  return { status: message.statusCode ?? 502, headers: message.headers, body: await bodyOf(message) };
}

function nameOf(incoming: IncomingMessage, body: string): string {
  const plain = `${incoming.method ?? ""} ${(incoming.url ?? "").split("?")[0] ?? ""}`;
  if (!body.startsWith("{")) return plain;
  const { method, params } = JSON.parse(body) as { readonly method?: unknown; readonly params?: unknown };
  // Odoo's JSON-RPC calls everything `call`, and names model and method among the arguments.
  const { args = [] } = (params ?? {}) as { readonly args?: readonly unknown[] };
  if (method === "call") return args.slice(3, 5).join("/");
  return typeof method === "string" ? method : plain;
}

/** When the caller of a call has gone away. */
async function isGone(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return;
  await new Promise<void>((gone) => void outgoing.once("close", () => gone()));
}

/** Opens a line to a server at an address. */
export async function openRudeProxy(target: string, isReading: IsReading): Promise<RudeProxy> {
  const fates = new Map<Fate, number>();
  const work = new Map<string, { readonly count: number; readonly ms: number }>();
  let writes = 0;
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const text = body.toString("utf8");
    const seen = { method: incoming.method ?? "", path: incoming.url ?? "", body: text };
    const call: Call = { isWrite: !isReading(seen), name: nameOf(incoming, text) };
    if (call.isWrite) writes += 1;
    const { watch } = proxy;
    const fate = watch?.meet(call) ?? "pass";
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
    if (fate === "drop") return void outgoing.destroy();
    if (fate === "hold") return isGone(outgoing);
    if (fate === "busy") return void outgoing.writeHead(429, { "retry-after": "1" }).end();
    if (fate === "late") {
      await isGone(outgoing);
      await pause(lateMs);
    }
    const begun = performance.now();
    const answer = await forward(target, incoming, body);
    const done = work.get(call.name) ?? { count: 0, ms: 0 };
    work.set(call.name, { count: done.count + 1, ms: done.ms + performance.now() - begun });
    watch?.afterEffect(call);
    if (fate === "lose") return void outgoing.destroy();
    if (fate === "hang") return isGone(outgoing);
    if (fate === "slow") await pause(slowMs);
    if (outgoing.destroyed) return;
    if (fate === "gateway") return void outgoing.writeHead(502).end("<html>502 Bad Gateway</html>");
    if (fate === "error") return void outgoing.writeHead(500).end();
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.body);
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  const proxy: RudeProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes: () => writes,
    fates,
    work,
    watch: null,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
  return proxy;
}

/** Whether a call to a CRM twin only reads. */
export const readsCrm: IsReading = ({ method, path }) => method === "GET" || path.includes("/search");
