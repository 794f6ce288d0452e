import { afterEach, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { createDeclaredFetch } from "./declared-fetch.ts";
import type { DeclaredFetch } from "./declared-fetch.ts";
import { answer, rudeServer } from "./testing/rude-server.ts";
import type { RudeServer } from "./testing/rude-server.ts";

const servers: RudeServer[] = [];
const fetches: DeclaredFetch[] = [];
afterEach(async () => {
  await Promise.all(fetches.splice(0).map((each) => each.close()));
  await Promise.all(servers.splice(0).map((each) => each.close()));
});

async function open(text: string): Promise<{ readonly url: string; readonly fetch: DeclaredFetch["fetch"] }> {
  const server = await rudeServer((socket) => socket.write(answer(text)));
  servers.push(server);
  const made = createDeclaredFetch({ origins: [server.url], timeoutMs: 5_000, clock: systemClock });
  fetches.push(made);
  return { url: new URL(server.url).origin, fetch: made.fetch };
}

it("asks declared origins, and nobody else: not another host, port or scheme", async () => {
  const one = await open('{"a":1}');
  const other = await open("{}");
  const asked = await one.fetch(`${one.url}/x?y=1`, {
    method: "POST",
    body: new URLSearchParams({ b: "2" }),
  });
  expect([asked.status, await asked.json()]).toEqual([200, { a: 1 }]);
  for (const url of [
    other.url,
    one.url.replace("127.0.0.1", "localhost"),
    one.url.replace("http:", "https:"),
  ])
    await expect(one.fetch(`${url}/x`, {})).rejects.toThrow("is not declared; nothing was sent");
});

it("makes no request that it cannot make as it was asked", async () => {
  const { url, fetch } = await open("{}");
  await expect(fetch(`${url}/x`, { method: "TRACE" })).rejects.toThrow("is not made");
  await expect(fetch(`${url}/x`, { method: "POST", body: new Uint8Array([1]) })).rejects.toThrow(
    "is not made",
  );
});

it("reaches no address of a cloud's metadata by a declared name", async () => {
  const origins = ["http://169.254.169.254"];
  const made = createDeclaredFetch({ origins, timeoutMs: 5_000, clock: systemClock });
  fetches.push(made);
  await expect(made.fetch("http://169.254.169.254/x", {})).rejects.toThrow("link-local");
});
