import { connect, createServer, type Socket } from "node:net";

/** A line to a server that can be cut at a chosen moment. */
export interface CuttingProxy {
  /** The server's address through the proxy. */
  readonly url: string;
  /** From now on connections are cut as soon as the client sends something that holds `text`. */
  cutAt(text: string, when: "before" | "after"): void;
  /** From now on nothing goes through in either direction, and nothing is closed. */
  freeze(): void;
  /** What clients sent since then. */
  swallowed(): string;
  close(): void;
}

/** Starts a proxy before the server of a `postgres:` address. */
export async function cuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let cut: { readonly text: string; readonly when: "before" | "after" } | null = null;
  let isFrozen = false;
  let swallowed = "";
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    client.on("data", (chunk) => {
      if (isFrozen) {
        swallowed += chunk.toString("latin1");
        return;
      }
      const isDue = cut !== null && chunk.includes(cut.text);
      if (isDue && cut?.when === "before") return end();
      if (!isDue) return void upstream.write(chunk);
      // The server gets it whole and acts on it; its answer is never seen.
      client.destroy();
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (!isFrozen) client.write(chunk);
    });
    client.on("close", () => upstream.end());
    upstream.on("close", () => client.destroy());
  });
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    resolve(typeof address === "object" && address !== null ? address.port : 0);
  });
  const url = new URL(target);
  url.port = String(await promise);
  return {
    url: url.href,
    cutAt(text, when) {
      cut = { text, when };
    },
    freeze() {
      isFrozen = true;
    },
    swallowed: () => swallowed,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
