import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { crmBench, erpBench, testClock } from "./testing.ts";
import { CRM_SCHEMAS } from "./crm/schema.ts";
import { ERP_SCHEMAS } from "./erp/schema.ts";
import { textIn } from "./json.ts";
import { createCrm, createErp, seedDemo, type Twin } from "./index.ts";

function seeded(seed: number): { crm: ReturnType<typeof createCrm>; erp: ReturnType<typeof createErp> } {
  const clock = testClock();
  const crm = createCrm({ clock });
  const erp = createErp({ clock });
  seedDemo({ crm, erp, seed });
  return { crm, erp };
}

test("the same seed gives the same state, another seed another one", () => {
  const states = ([1, 1, 2] as const).map((seed) => {
    const { crm, erp } = seeded(seed);
    return JSON.stringify([crm.snapshot(), erp.snapshot()]);
  });
  expect(states[0]).toBe(states[1]);
  expect(states[0]).not.toBe(states[2]);
});

test("the demo pairs share their tax id, and the CRM does not know the customer number", () => {
  const clock = testClock();
  const crm = createCrm({ clock });
  const erp = createErp({ clock });
  const demo = seedDemo({ crm, erp, seed: 3, accounts: 50 });
  expect(demo.shared).toHaveLength(20);
  for (const { accountId, customerId } of demo.shared) {
    const account = crm.state.records["accounts"]?.[accountId];
    const customer = erp.state.records["customers"]?.[String(customerId)];
    expect(account?.["taxId"]).toBe(customer?.["vat_number"]);
    expect(account?.["customerNumber"]).toBeNull();
  }
  expect(demo.troubles.duplicateAccountIds).toHaveLength(1);
  expect(demo.orderIds.length).toBeGreaterThan(8);
  const names = Object.values(crm.state.records["accounts"] ?? {}).map((account) => account["name"]);
  expect(new Set(names).size).toBe(names.length);
});

test("a calm demo plants no trouble, and sizes are as asked", () => {
  const clock = testClock();
  const crm = createCrm({ clock });
  const erp = createErp({ clock });
  const demo = seedDemo({ crm, erp, accounts: 10, products: 20, history: 3, quotes: 2, calm: true });
  expect(Object.values(demo.troubles).flat()).toEqual([]);
  expect(Object.keys(crm.state.records["accounts"] ?? {})).toHaveLength(10);
  expect(Object.keys(erp.state.records["items"] ?? {})).toHaveLength(20);
});

test("a restored snapshot goes on as the original would", async () => {
  const clock = testClock();
  const first = createErp({ clock });
  first.people.create("customers", { name: "A", currency: "EUR" });
  first.faults.add({ path: "/customers", nth: 2, effect: { kind: "status", status: 500 } });
  const second = createErp({ clock });
  second.restore(JSON.parse(JSON.stringify(first.snapshot())) as ReturnType<Twin["snapshot"]>);
  for (const erp of [first, second]) erp.people.create("customers", { name: "B", currency: "EUR" });
  expect(second.snapshot()).toEqual(first.snapshot());
  expect(() => first.restore(createCrm({ clock }).snapshot())).toThrow(RangeError);
});

test("the commit log tells who did what in which order, with both images", () => {
  const { crm } = crmBench();
  const { id } = crm.people.createAccount({ name: "A" }, "bruno");
  crm.people.editAccount(String(id), { name: "B" });
  const [created, written] = crm.commits.slice(-2);
  expect(created).toMatchObject({ actor: "bruno", object: "accounts", id, kind: "create", before: null });
  expect(written).toMatchObject({ actor: "ada", kind: "write", before: { name: "A" }, after: { name: "B" } });
  expect(crm.commits.map((commit) => commit.seq)).toEqual(crm.commits.map((_commit, index) => index + 1));
});

test("people commit late where asked, and others see the earlier image meanwhile", async () => {
  const { erp, clock, call } = erpBench();
  erp.people.create("customers", { name: "A", currency: "EUR" });
  clock.advance(1000);
  erp.late(5000, () => erp.people.editCustomer(1, { name: "B" }));
  clock.advance(1000);
  expect((await call("GET", "/customers/1")).body.name).toBe("A");
  expect((await call("PUT", "/customers/1", { name: "C" })).status).toBe(423);
  clock.advance(4000);
  expect((await call("GET", "/customers/1")).body).toMatchObject({
    name: "B",
    changed_at: "2026-03-02 08:00:01",
  });
});

test("a silent change moves no version and no stamp", async () => {
  const { erp, clock, call } = erpBench();
  erp.people.create("customers", { name: "A", currency: "EUR" });
  clock.advance(60_000);
  erp.silently(() => erp.people.editCustomer(1, { name: "B" }));
  expect((await call("GET", "/customers/1")).body).toMatchObject({
    name: "B",
    row_version: "rv-1",
    changed_at: "2026-03-02 08:00:00",
  });
});

test("lists lag behind writes where set, reads by id do not", async () => {
  const { crm, clock, call } = crmBench({ listLagMs: 2000 });
  const { id } = crm.people.createAccount({ name: "A", externalRef: "x" });
  const find = async (): Promise<number> =>
    (await call("POST", "/accounts/search", { filters: [{ field: "externalRef", value: "x" }] })).body.results
      .length;
  expect([(await call("GET", `/accounts/${id}`)).status, await find()]).toEqual([200, 0]);
  expect((await call("GET", "/accounts")).body.results).toEqual([]);
  clock.advance(2000);
  expect(await find()).toBe(1);
});

test("an automation rewrites what others wrote, under its own name", async () => {
  const { crm, call } = crmBench({
    automation: (object, record) =>
      object === "accounts" ? { name: textIn(record, "name")?.toUpperCase() ?? null } : undefined,
  });
  const { body } = await call("POST", "/accounts", { name: "quibble" });
  expect(body).toMatchObject({ name: "QUIBBLE", version: 2, updatedBy: "usr_automation" });
  expect(crm.commits.slice(-2).map((commit) => commit.actor)).toEqual(["integration", "automation"]);
});

test("stamps may be coarse, and preconditions may be ignored", async () => {
  const { crm, clock, call } = crmBench({ stampGranularityMs: 60_000, ignorePreconditions: true });
  const { id } = crm.people.createAccount({ name: "A" });
  clock.advance(30_000);
  const { status, body } = await call("PATCH", `/accounts/${id}`, { name: "B" }, { "if-match": '"77"' });
  expect([status, body.updatedAt]).toEqual([200, "2026-03-02T08:00:00.000Z"]);
});

test("custom fields are fields; a renamed, removed or newly required one shows at once", async () => {
  const { crm, call } = crmBench({
    customFields: { accounts: [{ name: "vipLevel", kind: "text", searchable: true }] },
  });
  const { id } = crm.people.createAccount({ name: "A", vipLevel: "gold" });
  crm.alter("accounts", "vipLevel", { kind: "rename", to: "tier" });
  expect((await call("GET", `/accounts/${id}`)).body).toMatchObject({ tier: "gold", version: 1 });
  expect((await call("PATCH", `/accounts/${id}`, { vipLevel: "x" })).status).toBe(400);
  crm.alter("accounts", "phone", { kind: "required", required: true });
  expect((await call("POST", "/accounts", { name: "B" })).body.error.field).toBe("phone");
  crm.alter("accounts", "segment", { kind: "remove" });
  expect("segment" in (await call("GET", `/accounts/${id}`)).body).toBe(false);
  const names = (await call("GET", "/accounts/fields")).body.results.map((field) => field.name);
  expect(names).toContain("tier");
});

test("the OpenAPI document names every route and every field of every object", async () => {
  for (const [twin, schemas, base] of [
    [crmBench().crm, CRM_SCHEMAS, "/api/v2"],
    [erpBench().erp, ERP_SCHEMAS, "/rest/v1"],
  ] as const) {
    const response = await twin.fetch(new Request("http://twin.test/openapi.json"));
    const document = (await response.json()) as {
      openapi: string;
      paths: Record<string, object>;
      components: { schemas: Record<string, { properties: Record<string, unknown> }> };
    };
    expect(document.openapi).toBe("3.1.0");
    for (const schema of schemas.filter((candidate) => candidate.hidden !== true)) {
      expect(Object.keys(document.paths)).toContain(`${base}/${schema.name}/{id}`);
      const fields = Object.keys(document.components.schemas[schema.name]?.properties ?? {});
      expect(fields).toEqual(expect.arrayContaining(schema.fields.map((field) => field.name)));
    }
  }
});

test("the pages need no credentials and show text as text", async () => {
  const { crm } = crmBench();
  const { id } = crm.people.createAccount({ name: "<script>alert(1)</script>" });
  const page = await crm.fetch(new Request(`http://twin.test/ui/accounts/${id}`));
  expect(await page.text()).not.toContain("<script>");
  const status = await crm.fetch(new Request("http://twin.test/"));
  expect(await status.text()).toContain("Brightdesk CRM");
});

test("API.md names every field of every object, and no field that does not exist", () => {
  const page = readFileSync(new URL("../API.md", import.meta.url), "utf8");
  let fields = 0;
  for (const [schemas, part] of [
    [CRM_SCHEMAS, page.slice(page.indexOf("<!-- crm objects -->"), page.indexOf("### 2.4"))],
    [ERP_SCHEMAS, page.slice(page.indexOf("<!-- erp objects -->"), page.indexOf("### 3.4"))],
  ] as const) {
    for (const schema of schemas.filter((candidate) => candidate.hidden !== true)) {
      const section =
        part.split(/(?=\*\*\w+\*\*)/).find((candidate) => candidate.startsWith(`**${schema.name}**`)) ?? "";
      const nested = schema.fields.flatMap((field) => (field.kind === "rows" ? (field.fields ?? []) : []));
      const addressed = [
        "street",
        "street2",
        "city",
        "postalCode",
        "region",
        "country",
        "line1",
        "line2",
        "zip",
        "state",
      ];
      for (const { name } of [
        ...schema.fields,
        ...nested.filter((field) => !addressed.includes(field.name)),
      ]) {
        expect(section.match(new RegExp(`\\b${name}\\b`)), `${schema.name}.${name}`).not.toBeNull();
        fields += 1;
      }
      for (const [, cell = ""] of section.matchAll(/^\| ([^|]+) \|/gm)) {
        if (cell === "field" || cell === "action" || /^-+$/.test(cell) || schema.name === "users") continue;
        if (["validate", "confirm", "approve", "reject", "reopen", "cancel"].includes(cell)) continue;
        for (const name of cell
          .replace(/\(\d+\)/g, "")
          .split(/[\s,!]+/)
          .filter((word) => word.length > 1)) {
          expect(
            schema.fields.map((field) => field.name),
            `${schema.name}: ${name}`,
          ).toContain(name);
        }
      }
    }
  }
  expect(fields).toBeGreaterThan(250);
});
