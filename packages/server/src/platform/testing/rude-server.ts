import { createServer, type Server, type Socket } from "node:net";

/** A server that speaks bytes, so that it can misbehave in any way. */
export interface RudeServer {
  readonly url: string;
  /** Texts received so far, one per chunk. */
  readonly received: readonly string[];
  /** Ends everything. */
  close(): Promise<void>;
}

/**
 * Answers to a chunk of bytes, as far as the test cares. `at` counts the chunks of all connections from 1.
 */
export type Behaviour = (socket: Socket, at: number) => void;

/** Starts it on a free port of this machine. */
export async function rudeServer(behave: Behaviour): Promise<RudeServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      received.push(String(chunk));
      behave(socket, received.length);
    });
  });
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    resolve(typeof address === "object" && address !== null ? address.port : 0);
  });
  const port = await promise;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = Promise.withResolvers<null>();
      server.close(() => closed.resolve(null));
      await closed.promise;
    },
  };
}

/** An HTTP answer as bytes. */
export function answer(body: string, headers: readonly string[] = [], status = "200 OK"): string {
  const lines = [`HTTP/1.1 ${status}`, `content-length: ${Buffer.byteLength(body)}`, ...headers];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}
