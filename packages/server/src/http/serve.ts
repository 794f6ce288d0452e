import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { serve } from "@hono/node-server";
import { askerOf, settleForwarded, trusting } from "./forwarded.ts";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, Hono } from "hono";

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /** Stops taking connections and ends idle ones; resolves when the last answer is out. */
  readonly close: () => Promise<void>;
}

/** Where and how to listen. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Own certificate with its chain, and its key, both PEM; plain HTTP without it. */
  readonly tls?: { readonly certificate: string; readonly key: () => string };
  /** Addresses and networks of proxies whose `X-Forwarded-*` counts; from anybody else they are dropped. */
  readonly trustedProxies?: readonly string[];
  readonly limits?: ConnectionLimits;
}

/** Address of the other end of a connection that {@link listen} took. */
export const peerOf = (context: Context): string | null => getConnInfo(context).remote.address ?? null;

/** How long a server waits for whom, and for how many at one time. */
export interface ConnectionLimits {
  /** A sender whose headers are not whole by then is cut off, ms. */
  readonly headersMs: number;
  /** A sender whose request is not whole by then is cut off, ms. */
  readonly requestMs: number;
  /** A connection that is kept for the next request, and is not used, is ended after this, ms. */
  readonly keepAliveMs: number;
  /** How often it is looked for those who are too slow, ms. */
  readonly lookMs: number;
  /** More connections than that are turned away at once: each takes a descriptor and some 20 KB. */
  readonly countMax: number;
}

/** What holds unless a test says otherwise. */
export const connectionLimits: ConnectionLimits = {
  ...{ headersMs: 10_000, requestMs: 30_000, keepAliveMs: 5_000, lookMs: 5_000, countMax: 4_096 },
};
/** Told where the way is encrypted: for a year no browser asks in plain (RFC 6797). */
const strictTransport = "max-age=31536000";

/** Serves an app on an address. Rejects with a message that says what to do when the port is taken. */
export function listen(app: Hono, at: ListenOptions): Promise<Listening> {
  const { host: hostname, port, tls, trustedProxies = [], limits: own = connectionLimits } = at;
  const limits = {
    headersTimeout: own.headersMs,
    requestTimeout: own.requestMs,
    keepAliveTimeout: own.keepAliveMs,
    connectionsCheckingInterval: own.lookMs,
  };
  const isTrusted = trusting(trustedProxies);
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        ...{ fetch: app.fetch, hostname, port },
        ...(tls === undefined
          ? { serverOptions: limits }
          : {
              createServer: createTlsServer,
              serverOptions: { ...limits, cert: tls.certificate, key: tls.key(), minVersion: "TLSv1.2" },
            }),
      },
      ({ address, port: taken, family }) => {
        const host = family === "IPv6" ? `[${address}]` : address;
        resolve({ url: `${tls === undefined ? "http" : "https"}://${host}:${taken}`, close });
      },
    );
    server.maxConnections = own.countMax;
    // Before the app sees the request.
    server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
      const { socket, headers } = request;
      const isTls = (socket as Partial<TLSSocket>).encrypted === true;
      const asker = askerOf({ headers, peer: socket.remoteAddress ?? "", isTls }, isTrusted);
      settleForwarded(request, asker);
      if (asker.isSecure) response.setHeader("strict-transport-security", strictTransport);
    });
    const close = (): Promise<void> =>
      new Promise((done, failed) => {
        server.close((error) => (error === undefined ? done() : failed(error)));
        if ("closeIdleConnections" in server) server.closeIdleConnections();
      });
    server.on("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      const advice = "another program listens there; stop it, or choose another with --port";
      reject(isTaken ? new Error(`${hostname}:${port} is taken: ${advice}`, { cause: error }) : error);
    });
  });
}
