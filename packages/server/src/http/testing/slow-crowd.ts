import { connect } from "node:net";
import type { Socket } from "node:net";

/**
 * How a connection keeps a server waiting: headers byte by byte, a body byte by byte, a stream of events
 * that is never read, a connection that is kept and not used.
 */
export const slowKinds = ["headers", "body", "reader", "idle"] as const;
type SlowKind = (typeof slowKinds)[number];

/** Many slow connections to one server. */
export interface SlowCrowd {
  /** Resolves once each of them was taken or turned away. */
  readonly begun: Promise<void>;
  /** How many are open, by kind. */
  readonly open: () => { readonly [kind in SlowKind]: number };
  /** Resolves once the server has ended all but the kept kinds. */
  readonly ended: (but: readonly SlowKind[]) => Promise<void>;
  readonly close: () => void;
}

const bodyBytes = 100_000;
const byteEveryMs = 100;

/** What each kind says first. */
function firstWords(kind: SlowKind, host: string, token: string): string {
  const key = `authorization: Bearer ${token}\r\n`;
  const of = (line: string, more = ""): string => `${line} HTTP/1.1\r\nhost: ${host}\r\n${more}`;
  return {
    headers: of("GET /healthz", "x-slow: "),
    body: of(
      "POST /api/v1/prices",
      `${key}content-type: application/json\r\nidempotency-key: slow\r\n` +
        `content-length: ${bodyBytes}\r\n\r\n{`,
    ),
    reader: of("GET /api/v1/events", `${key}\r\n`),
    idle: of("GET /healthz", "\r\n"),
  }[kind];
}

/** Opens as many connections as asked for, each kind in its turn, and keeps them slow until the close. */
export function openCrowd(
  url: string,
  { count, token }: { readonly count: number; readonly token: string },
): SlowCrowd {
  const { hostname, port, host } = new URL(url);
  const all = Array.from({ length: count }, (_none, nth) => {
    const kind = slowKinds[nth % slowKinds.length] ?? "idle";
    const socket = connect({ host: hostname, port: Number(port) });
    const ended = new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
    });
    const begun = new Promise<void>((resolve) => {
      socket.once("connect", () => {
        socket.write(firstWords(kind, host, token));
        resolve();
      });
      socket.once("close", () => resolve());
    });
    // A server that ends a slow connection resets it; that is what is waited for.
    socket.on("error", () => socket.destroy());
    if (kind !== "reader") socket.resume();
    return { kind, socket, begun, ended };
  });
  const drip = setInterval(() => all.forEach(drop), byteEveryMs);
  return {
    begun: Promise.all(all.map(({ begun }) => begun)).then(() => undefined),
    open: () => {
      const open = all.filter(({ socket }) => !socket.destroyed);
      const of = (kind: SlowKind): number => open.filter((each) => each.kind === kind).length;
      return { headers: of("headers"), body: of("body"), reader: of("reader"), idle: of("idle") };
    },
    ended: async (but) => {
      await Promise.all(all.filter(({ kind }) => !but.includes(kind)).map(({ ended }) => ended));
    },
    close: () => {
      clearInterval(drip);
      for (const { socket } of all) socket.destroy();
    },
  };
}

/** One more byte of those that never come to an end. */
function drop({ kind, socket }: { readonly kind: SlowKind; readonly socket: Socket }): void {
  if ((kind === "headers" || kind === "body") && socket.writable) socket.write(" ");
}
