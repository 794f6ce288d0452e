import { serve } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, Hono } from "hono";

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /** Stops taking connections and ends idle ones; resolves when the last answer is out. */
  readonly close: () => Promise<void>;
}

/** Address of the other end of a connection that {@link listen} took. */
export const peerOf = (context: Context): string | null => getConnInfo(context).remote.address ?? null;

/** A sender that is slower than this is cut off, ms. */
const requestTimeoutMs = 30_000;

/** Serves an app on an address. Rejects with a message that says what to do when the port is taken. */
export function listen(app: Hono, at: { readonly host: string; readonly port: number }): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: app.fetch,
        hostname: at.host,
        port: at.port,
        serverOptions: { requestTimeout: requestTimeoutMs },
      },
      ({ address, port, family }) => {
        const host = family === "IPv6" ? `[${address}]` : address;
        resolve({ url: `http://${host}:${port}`, close });
      },
    );
    const close = (): Promise<void> =>
      new Promise((done, failed) => {
        server.close((error) => (error === undefined ? done() : failed(error)));
        if ("closeIdleConnections" in server) server.closeIdleConnections();
      });
    server.on("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      const advice = "another program listens there; stop it, or choose another with --port";
      reject(isTaken ? new Error(`${at.host}:${at.port} is taken: ${advice}`, { cause: error }) : error);
    });
  });
}
