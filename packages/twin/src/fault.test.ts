import { expect, test } from "vitest";
import type { FaultEffect } from "./index.ts";
import { crmBench, erpBench, type TestBody } from "./testing.ts";

test("a dropped call has no effect, and the next one goes through", async () => {
  const { crm, call } = crmBench();
  crm.faults.add({ method: "POST", path: "/accounts", effect: { kind: "drop" } });
  await expect(call("POST", "/accounts", { name: "A" })).rejects.toThrow("fetch failed");
  expect(crm.state.records["accounts"]).toEqual({});
  expect((await call("POST", "/accounts", { name: "A" })).status).toBe(201);
  expect(crm.faults.fired).toMatchObject([{ method: "POST", path: "/accounts", effect: { kind: "drop" } }]);
});

test("a lost answer has its effect", async () => {
  const { erp, call } = erpBench();
  erp.faults.add({ method: "POST", path: "/customers", nth: 2, effect: { kind: "lose" } });
  await call("POST", "/customers", { name: "A", currency: "EUR" });
  await expect(call("POST", "/customers", { name: "B", currency: "EUR" })).rejects.toThrow("fetch failed");
  expect((await call("GET", "/customers")).body.count).toBe(2);
});

test("a rule fires from its nth match for its number of times, or for ever with 0", async () => {
  const { crm, call } = crmBench();
  crm.faults.add({ path: "/accounts", nth: 2, times: 2, effect: { kind: "status", status: 503 } });
  const statuses: number[] = [];
  for (let n = 0; n < 5; n += 1) statuses.push((await call("GET", "/accounts")).status);
  expect(statuses).toEqual([200, 503, 503, 200, 200]);
  crm.faults.clear();
  crm.faults.add({
    path: "/accounts/*/archive",
    exact: true,
    times: 0,
    effect: { kind: "status", status: 500 },
  });
  expect((await call("GET", "/accounts")).status).toBe(200);
  expect((await call("POST", "/accounts/acc_000001/archive")).status).toBe(500);
});

test("429 may come with a hint, a strange hint, or none", async () => {
  const { call, crm } = crmBench();
  for (const retryAfter of [7, "Wed, 21 Oct 2026 07:28:00 GMT", null]) {
    crm.faults.add({ effect: { kind: "throttle", retryAfter } });
    const { status, headers } = await call("GET", "/accounts");
    expect([status, headers.get("retry-after")]).toEqual([
      429,
      retryAfter === null ? null : String(retryAfter),
    ]);
    crm.faults.clear();
  }
});

test("answers that are no answers: HTML, cut JSON, an error with status 200", async () => {
  const { crm, call } = crmBench();
  const { id } = crm.people.createAccount({ name: "A" });
  crm.faults.add({ effect: { kind: "html" } });
  crm.faults.add({ nth: 2, effect: { kind: "error-body" } });
  crm.faults.add({ nth: 3, effect: { kind: "truncate" } });
  expect((await call("GET", `/accounts/${id}`)).headers.get("content-type")).toContain("html");
  const error = await call("GET", `/accounts/${id}`);
  expect([error.status, error.body.error.code]).toEqual([200, "INTERNAL"]);
  await expect(call("GET", `/accounts/${id}`)).rejects.toThrow(SyntaxError);
});

test("lists that loop, repeat, never end, leave rows out or tell one twice", async () => {
  const { crm, call } = crmBench();
  for (let n = 1; n <= 5; n += 1) crm.people.createAccount({ name: `A${n}` });
  type Page = TestBody<string>;
  const names = (body: Page): string[] => body.results.map((row) => row.name);
  const first = (await call("GET", "/accounts?limit=2")).body;
  const after = first.paging.next?.after;
  const withFault = async (effect: FaultEffect, path: string): Promise<Page> => {
    crm.faults.clear();
    crm.faults.add({ effect });
    return (await call("GET", path)).body;
  };
  const looped = await withFault({ kind: "cursor-loop" }, `/accounts?limit=2&after=${after}`);
  expect(looped.paging.next?.after).toBe(after);
  const repeated = await withFault({ kind: "repeat-page" }, `/accounts?limit=2&after=${after}`);
  expect([names(repeated), repeated.paging.next?.after]).toEqual([["A1", "A2"], after]);
  const endless = await withFault({ kind: "endless" }, "/accounts?limit=10");
  expect(
    names((await call("GET", `/accounts?limit=10&after=${endless.paging.next?.after}`)).body),
  ).toHaveLength(5);
  expect(names(await withFault({ kind: "skip-rows", rows: [0, 3] }, "/accounts"))).toEqual([
    "A2",
    "A3",
    "A5",
  ]);
  expect(names(await withFault({ kind: "twice", row: 1 }, "/accounts?limit=3"))).toEqual([
    "A1",
    "A2",
    "A2",
    "A3",
  ]);
});

test("the same for offsets", async () => {
  const { erp, call } = erpBench();
  for (let n = 1; n <= 5; n += 1) erp.people.create("customers", { name: `A${n}`, currency: "EUR" });
  const ids = async (kind: "cursor-loop" | "repeat-page" | "endless", query: string): Promise<number[]> => {
    erp.faults.clear();
    erp.faults.add({ effect: { kind } });
    return (await call("GET", `/customers?${query}`)).body.rows.map((row) => row.id);
  };
  expect(await ids("cursor-loop", "offset=2&limit=2")).toEqual([1, 2]);
  expect(await ids("repeat-page", "offset=4&limit=2")).toEqual([3, 4]);
  expect(await ids("endless", "offset=4&limit=3")).toEqual([5, 1, 2]);
});

test("a poisoned value is in the answer only", async () => {
  const { erp, call } = erpBench();
  erp.people.create("customers", { name: "A", currency: "EUR", credit_limit: "5.00" });
  erp.faults.add({ effect: { kind: "poison", field: "credit_limit", value: "lots", id: 1 } });
  expect((await call("GET", "/customers")).body.rows[0].credit_limit).toBe("lots");
  expect((await call("GET", "/customers")).body.rows[0].credit_limit).toBe("5.00");
});

test("chosen rows of a batch fail, the others are done, and results may change their order", async () => {
  const { crm, call } = crmBench();
  crm.faults.add({ effect: { kind: "fail-rows", rows: [1] } });
  const operations = ["A", "B", "C"].map((name) => ({ method: "create", body: { name } }));
  const { body } = await call("POST", "/accounts/batch", { operations });
  expect(body.results.map((row) => row.status)).toEqual([201, 500, 201]);
  const { erp, call: ask } = erpBench();
  erp.faults.add({ effect: { kind: "shuffle" } });
  const rows = ["A", "B"].map((name) => ({ name, currency: "EUR" }));
  const shuffled = await ask("POST", "/customers/bulk", { rows });
  expect(shuffled.body.results.map((row) => row.id)).toEqual([2, 1]);
});

test("a swallowed action answers OK with the unchanged record", async () => {
  const { erp, call } = erpBench();
  erp.people.create("customers", { name: "A", currency: "EUR" });
  erp.people.createQuote({ customer_id: 1, currency: "EUR" });
  erp.faults.add({ path: "/sales_quotes/*/actions/cancel", effect: { kind: "swallow" } });
  const { status, body } = await call("POST", "/sales_quotes/1/actions/cancel");
  expect([status, body.state]).toEqual([200, "draft"]);
});

test("a late commit is stamped at once, seen later, and holds its row until then", async () => {
  const { crm, clock, call } = crmBench();
  crm.faults.add({ method: "POST", path: "/accounts", effect: { kind: "late-commit", ms: 3000 } });
  const { body } = await call("POST", "/accounts", { name: "A" });
  clock.advance(1000);
  const between = crm.people.createAccount({ name: "B" });
  expect((await call("GET", "/accounts")).body.results.map((row) => row.id)).toEqual([between.id]);
  expect((await call("GET", `/accounts/${body.id}`)).status).toBe(404);
  expect((await call("PATCH", `/accounts/${body.id}`, { name: "C" })).body.error.code).toBe("LOCKED");
  clock.advance(2000);
  const { body: page } = await call("GET", "/accounts?updatedSince=2026-03-02T08:00:00Z");
  expect(page.results.map((row) => row.id)).toEqual([body.id, between.id]);
  expect(page.results[0].updatedAt).toBe("2026-03-02T08:00:00.000Z");
});

test("a delayed call takes effect although its impatient caller has left", async () => {
  let release = (): void => {};
  const { crm, call } = crmBench({
    sleep: () =>
      new Promise((resolve) => {
        release = resolve;
      }),
  });
  crm.faults.add({ method: "POST", effect: { kind: "delay", ms: 5000, when: "before" } });
  const patience = new AbortController();
  const request = new Request("http://twin.test/api/v2/accounts", {
    method: "POST",
    body: '{"name":"A"}',
    signal: patience.signal,
    headers: { authorization: `Bearer ${crm.token}` },
  });
  const waiting = crm.fetch(request);
  patience.abort();
  await expect(waiting).rejects.toThrow("aborted");
  expect((await call("GET", "/accounts")).body.results).toEqual([]);
  release();
  await expect.poll(async () => (await call("GET", "/accounts")).body.results.length).toBe(1);
});

test("over the quota is 429 with a hint, until the window ends", async () => {
  const { call, clock } = crmBench({ quota: { requests: 2, windowMs: 10_000 } });
  expect((await call("GET", "/accounts")).headers.get("x-ratelimit-remaining")).toBe("1");
  await call("GET", "/accounts");
  clock.advance(4000);
  const over = await call("GET", "/accounts");
  expect([over.status, over.headers.get("retry-after"), over.body.error.code]).toEqual([
    429,
    "6",
    "RATE_LIMIT",
  ]);
  clock.advance(6000);
  expect((await call("GET", "/accounts")).status).toBe(200);
});
