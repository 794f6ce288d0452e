import { Hono } from "hono";
import { expect, test } from "vitest";
import { createHttpApp } from "./app.ts";
import { connectionLimits, listen } from "./serve.ts";
import { apiWorld, someMoment } from "./testing/api-world.ts";
import { fuzzWorld } from "./testing/fuzz-world.ts";
import { openCrowd } from "./testing/slow-crowd.ts";

const patience = { headersMs: 1_500, requestMs: 3_000, keepAliveMs: 1_500, lookMs: 100 };

test("200 slow connections: calls are answered beside them, and all but readers are ended", async () => {
  const { engine } = await fuzzWorld();
  const world = await apiWorld(engine, { moment: someMoment });
  const app = createHttpApp(engine, {
    connections: [{ id: "crm" as never }],
    ...{ contractHash: "c", now: Date.now, api: world.api },
  });
  const limits = { ...connectionLimits, ...patience };
  const server = await listen(app, { host: "127.0.0.1", port: 0, limits });
  const token = world.tokens.sales;
  const crowd = openCrowd(server.url, { count: 200, token });
  const ask = async (nth: number): Promise<number> => {
    const answer = await fetch(`${server.url}/api/v1/credit-checks`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "idempotency-key": `beside-${nth}`,
        connection: "close",
      },
      body: JSON.stringify({ account: "crm:1" }),
    });
    await answer.text();
    return answer.status;
  };
  try {
    await crowd.begun;
    const open = crowd.open();
    const answered = await Promise.all(Array.from({ length: 10 }, (_none, nth) => ask(nth)));
    expect([open.headers, open.body, answered]).toEqual([50, 50, Array.from({ length: 10 }, () => 200)]);
    await crowd.ended(["reader"]);
    // Who reads nothing does not even hear that it was refused or ended.
    expect(crowd.open()).toEqual({ headers: 0, body: 0, idle: 0, reader: crowd.open().reader });
    expect(await ask(99)).toBe(200);
  } finally {
    crowd.close();
    await world.api.close();
    await server.close();
  }
});

test("more connections than a server holds are turned away at once", async () => {
  const app = new Hono().get("/", (context) => context.text("here"));
  const server = await listen(app, {
    ...{ host: "127.0.0.1", port: 0 },
    limits: { ...connectionLimits, countMax: 4 },
  });
  const crowd = openCrowd(server.url, { count: 4, token: "none" });
  await crowd.begun;
  const more = openCrowd(server.url, { count: 8, token: "none" });
  await more.ended([]);
  expect(Object.values(crowd.open()).filter((open) => open === 1).length).toBeGreaterThan(0);
  more.close();
  crowd.close();
  await server.close();
});
