import { serve } from "@hono/node-server";
import { setTimeout as wait } from "node:timers/promises";
import { CutConnection } from "./failure.ts";

/** How a system listens. */
export interface ListenOptions {
  /** Port on 127.0.0.1; a free one when left out. */
  readonly port?: number;
  /** Added to each answer, ms. */
  readonly latencyMs?: number;
  /** How often due webhooks are looked for, ms (default 250); fresh ones go out at once. */
  readonly deliverEveryMs?: number;
}

/** A system that listens. */
export interface Listening {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a handler over HTTP on the loopback interface. A cut connection destroys the socket. */
export function serveLoopback(
  answer: (request: Request) => Promise<Response>,
  options: ListenOptions,
  onClose: () => void,
): Promise<Listening> {
  const latencyMs = options.latencyMs ?? 0;
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        hostname: "127.0.0.1",
        port: options.port ?? 0,
        fetch: async (request, bindings) => {
          try {
            const response = await answer(request);
            if (latencyMs > 0) await wait(latencyMs);
            return response;
          } catch (failure) {
            if (!(failure instanceof CutConnection)) throw failure;
            if ("incoming" in bindings) bindings.incoming.socket.destroy();
            return new Response(null, { status: 500 });
          }
        },
      },
      (address) => {
        resolve({
          url: `http://127.0.0.1:${address.port}`,
          port: address.port,
          close: () =>
            new Promise<void>((closed) => {
              onClose();
              server.close(() => closed());
              if ("closeAllConnections" in server) server.closeAllConnections();
            }),
        });
      },
    );
    server.on("error", reject);
  });
}
