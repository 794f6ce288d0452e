import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connectionId, usable } from "@crossfoot/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { systemEntropy } from "../platform/entropy.ts";
import { openServer } from "../platform/server.ts";
import { startChild, type Child } from "../platform/testing/child.ts";
import { startPostgres, type TestPostgres } from "../platform/testing/postgres.ts";
import type { Database } from "../ports.ts";
import { createStore } from "../store/store.ts";

const worker = new URL("./testing/quota-worker.ts", import.meta.url);
const [requests, windowMs] = [40, 2_000];

let postgres: TestPostgres;
let database: Database;
let url = "";
/** When calls reached the system, ms, by a clock that does not step. */
let arrivals: number[] = [];
let system: Server;
const children: Child[] = [];

beforeAll(async () => {
  postgres = await startPostgres({ isDurable: false });
});
beforeEach(async () => {
  url = await postgres.createDatabase();
  database = await openServer(url);
  await createStore({ database, entropy: systemEntropy, clock: systemClock }).migrate();
  arrivals = [];
  system = createServer((_request, response) => {
    arrivals.push(performance.now());
    response.end("{}");
  });
  await new Promise<void>((resolve) => {
    system.listen(0, "127.0.0.1", resolve);
  });
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  system.closeAllConnections();
  system.close();
  await database.close();
});
afterAll(() => postgres.stop());

function start(calls: number): Child {
  const { port } = system.address() as AddressInfo;
  const flags = [calls, requests, windowMs].map(String);
  const child = startChild(worker, url, `http://127.0.0.1:${port}/`, ...flags);
  children.push(child);
  return child;
}

/** Most calls in any span of the window's length. */
function mostInWindow(): number {
  return Math.max(
    0,
    ...arrivals.map((at, index) => index + 1 - arrivals.findIndex((other) => other > at - windowMs)),
  );
}

it("several programs keep to one limit together, one of them killed with calls reserved (I16)", async () => {
  const workers = [start(60), start(60), start(60)];
  for (const child of workers) expect(await child.line()).toBe("there");
  await expect.poll(() => arrivals.length, { timeout: 60_000 }).toBeGreaterThan(30);
  const [killed, ...others] = workers;
  await killed?.kill();
  for (const child of others) expect(await child.line()).toBe("made 60");
  expect(arrivals.length).toBeGreaterThanOrEqual(120);
  expect(mostInWindow()).toBeLessThanOrEqual(usable(requests, 0.05));
  const store = createStore({ database, entropy: systemEntropy, clock: systemClock });
  const { rev } = await store.loadQuota(connectionId("erp"));
  // Reserved in blocks: there are far fewer commits than calls.
  expect(rev).toBeLessThan(arrivals.length);
  expect(rev).toBeGreaterThan(6);
});
