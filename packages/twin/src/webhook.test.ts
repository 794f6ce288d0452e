import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { crmBench, erpBench } from "./testing.ts";
import type { Send } from "./index.ts";

interface Got {
  readonly body: string;
  readonly headers: Headers;
}

function inbox(status = 204): { got: Got[]; send: Send } {
  const got: Got[] = [];
  return {
    got,
    send: async (request) => {
      got.push({ body: await request.text(), headers: request.headers });
      return new Response(null, { status });
    },
  };
}

const HOOK = { url: "http://hooks.test/crm", secret: "sesame" };

function crmSigned({ body, headers }: Got, secret: string): boolean {
  const stamp = headers.get("x-brightdesk-timestamp");
  const wanted = createHmac("sha256", secret).update(`${stamp}.${body}`).digest("hex");
  return headers.get("x-brightdesk-signature") === `sha256=${wanted}`;
}

test("the CRM tells several events in one signed request, without values", async () => {
  const { crm, call } = crmBench();
  expect((await call("POST", "/webhooks", { ...HOOK, events: ["accounts.*"] })).status).toBe(201);
  const { id } = crm.people.createAccount({ name: "A" });
  crm.people.createContact({ familyName: "Crumb" });
  crm.people.archive("accounts", String(id));
  const { got, send } = inbox();
  await crm.webhooks.flush(send);
  expect(got).toHaveLength(1);
  expect(JSON.parse(got[0]?.body ?? "")).toMatchObject([
    { object: "accounts", id, change: "created", occurredAt: "2026-03-02T08:00:00.000Z" },
    { object: "accounts", id, change: "archived" },
  ]);
  expect(crmSigned(got[0] as Got, "sesame")).toBe(true);
  expect(got[0]?.body).not.toContain('"A"');
  await crm.webhooks.flush(send);
  expect(got).toHaveLength(1);
});

test("the ERP tells one event per request, signed in base64, and is silent about deletes", async () => {
  const { erp, call } = erpBench();
  await call("POST", "/webhooks", { ...HOOK, topics: ["customers.*"] });
  erp.people.create("customers", { name: "A", currency: "EUR" });
  erp.people.editCustomer(1, { phone: "1" });
  erp.people.remove("customers", 1);
  const { got, send } = inbox();
  await erp.webhooks.flush(send);
  expect(got.map(({ body }): unknown => JSON.parse(body))).toEqual([
    { topic: "customers.created", id: 1 },
    { topic: "customers.changed", id: 1 },
  ]);
  const wanted = createHmac("sha256", "sesame")
    .update(got[0]?.body ?? "")
    .digest("base64");
  expect(got[0]?.headers.get("x-northgate-hmac")).toBe(wanted);
});

test("a delivery that is refused is tried again later, and given up in the end", async () => {
  const { erp, call, clock } = erpBench();
  await call("POST", "/webhooks", HOOK);
  erp.people.create("customers", { name: "A", currency: "EUR" });
  const { got, send } = inbox(503);
  for (const wait of [0, 1000, 1000, 8000, 60_000]) {
    clock.advance(wait);
    await erp.webhooks.flush(send);
  }
  expect(got).toHaveLength(3);
  expect(erp.webhooks.pending).toEqual([]);
});

test("events can be dropped, doubled, reordered, forged and replayed", async () => {
  const { crm, call } = crmBench();
  await call("POST", "/webhooks", { ...HOOK, events: ["accounts.created"] });
  const told = async (
    effect: Parameters<typeof crm.webhooks.faults.add>[0]["effect"],
  ): Promise<{
    ids: string[];
    good: boolean[];
  }> => {
    crm.webhooks.faults.clear();
    crm.webhooks.faults.add({ effect });
    const first = Object.keys(crm.state.records["accounts"] ?? {}).length;
    for (let n = 0; n < 3; n += 1) crm.people.createAccount({ name: "A" });
    const { got, send } = inbox();
    await crm.webhooks.flush(send);
    const ids = got.flatMap(({ body }) =>
      (JSON.parse(body) as { id: string }[]).map((event) => String(Number(event.id.slice(4)) - first)),
    );
    return { ids, good: got.map((entry) => crmSigned(entry, "sesame")) };
  };
  expect((await told({ kind: "drop" })).ids).toEqual(["2", "3"]);
  expect((await told({ kind: "duplicate", copies: 1 })).ids).toEqual(["1", "1", "2", "3"]);
  expect((await told({ kind: "reorder", window: 2 })).ids).toEqual(["2", "3", "1"]);
  const forged = await told({ kind: "forge" });
  expect([forged.ids, forged.good]).toEqual([
    ["1", "1", "2", "3"],
    [false, true],
  ]);
  const replayed = await told({ kind: "replay" });
  expect(replayed.good).toEqual([true, true]);
  expect(replayed.ids.slice(-3)).toEqual(["1", "2", "3"]);
});

test("the event of a late commit comes when the commit is visible", async () => {
  const { crm, call, clock } = crmBench();
  await call("POST", "/webhooks", HOOK);
  crm.late(4000, () => crm.people.createAccount({ name: "A" }));
  const { got, send } = inbox();
  await crm.webhooks.flush(send);
  expect(got).toHaveLength(0);
  clock.advance(4000);
  await crm.webhooks.flush(send);
  expect(got).toHaveLength(1);
});

test("an ended subscription hears nothing more", async () => {
  const { crm, call } = crmBench();
  const { body } = await call("POST", "/webhooks", HOOK);
  expect((await call("DELETE", `/webhooks/${body.id}`)).status).toBe(204);
  crm.people.createAccount({ name: "A" });
  expect(crm.webhooks.pending).toEqual([]);
  expect((await call("GET", "/webhooks")).body.results).toEqual([]);
});
