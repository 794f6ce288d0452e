import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createCrm, createErp, type Listening } from "./index.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

function keep(listening: Listening): string {
  closing.push(() => listening.close());
  return listening.url;
}

test("over HTTP the same handler answers", async () => {
  const crm = createCrm({ clock: Date.now });
  const url = keep(await crm.listen());
  const headers = { authorization: `Bearer ${crm.token}`, "content-type": "application/json" };
  const created = await fetch(`${url}/api/v2/accounts`, {
    method: "POST",
    headers,
    body: '{"name":"Ümläut 😀"}',
  });
  expect([created.status, await created.json()]).toMatchObject([201, { name: "Ümläut 😀" }]);
  expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
  expect((await fetch(`${url}/api/v2/nothing`, { headers })).status).toBe(404);
  expect((await fetch(`${url}/api/v2/accounts`, { method: "POST", headers, body: "{" })).status).toBe(400);
});

test("a cut connection is a socket that closes, before or after the effect", async () => {
  const erp = createErp({ clock: Date.now });
  const url = keep(await erp.listen());
  const post = (): Promise<Response> =>
    fetch(`${url}/rest/v1/customers`, {
      method: "POST",
      headers: { "x-api-key": erp.apiKey },
      body: '{"name":"A","currency":"EUR"}',
    });
  erp.faults.add({ effect: { kind: "drop" } });
  erp.faults.add({ nth: 2, effect: { kind: "lose" } });
  await expect(post()).rejects.toThrow("fetch failed");
  expect(erp.state.records["customers"]).toEqual({});
  await expect(post()).rejects.toThrow("fetch failed");
  expect(Object.keys(erp.state.records["customers"] ?? {})).toHaveLength(1);
  expect((await post()).status).toBe(201);
});

test("while it listens, events go out by themselves", async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    request
      .setEncoding("utf8")
      .on("data", (chunk: string) => bodies.push(chunk))
      .on("end", () => response.end());
  });
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  closing.push(() => new Promise((closed) => void server.close(closed)));
  const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const erp = createErp({ clock: Date.now });
  const url = keep(await erp.listen());
  await fetch(`${url}/rest/v1/webhooks`, {
    method: "POST",
    headers: { "x-api-key": erp.apiKey },
    body: JSON.stringify({ url: hook, secret: "s", topics: ["*"] }),
  });
  erp.people.create("customers", { name: "A", currency: "EUR" });
  await expect.poll(() => bodies).toEqual(['{"topic":"customers.created","id":1}']);
});

test("a delayed call takes effect after its caller has given up", async () => {
  const crm = createCrm({ clock: Date.now });
  const url = keep(await crm.listen());
  crm.faults.add({ method: "POST", effect: { kind: "delay", ms: 120 } });
  const headers = { authorization: `Bearer ${crm.token}` };
  const impatient = fetch(`${url}/api/v2/accounts`, {
    method: "POST",
    headers,
    body: '{"name":"A"}',
    signal: AbortSignal.timeout(40),
  });
  await expect(impatient).rejects.toThrow("timeout");
  expect(crm.state.records["accounts"]).toEqual({});
  await expect.poll(() => Object.keys(crm.state.records["accounts"] ?? {})).toHaveLength(1);
});

test("latency is added to each answer", async () => {
  const crm = createCrm({ clock: Date.now });
  const url = keep(await crm.listen({ latencyMs: 40 }));
  const before = performance.now();
  await fetch(`${url}/api/v2/tenant`, { headers: { authorization: `Bearer ${crm.token}` } });
  expect(performance.now() - before).toBeGreaterThanOrEqual(38);
});
