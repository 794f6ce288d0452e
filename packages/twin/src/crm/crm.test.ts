import { expect, test } from "vitest";
import { crmBench } from "../testing.ts";

const LINE = { quantity: "3", unit: "pcs", unitPrice: { amount: "9.99", currency: "EUR" } };

test("a wrong or missing token is 401", async () => {
  const { crm, call } = crmBench();
  expect((await call("GET", "/accounts", undefined, { authorization: "Bearer nope" })).status).toBe(401);
  const bare = await crm.fetch(new Request("http://twin.test/api/v2/accounts"));
  expect(bare.status).toBe(401);
});

test("a created record carries id, version 1, stamps and its maker", async () => {
  const { call } = crmBench();
  const { status, body } = await call("POST", "/accounts", { name: "Quibble Pumps" });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    id: "acc_000001",
    version: 1,
    createdAt: "2026-03-02T08:00:00.000Z",
    updatedBy: "usr_integration",
    status: "lead",
    archived: false,
    taxId: null,
  });
});

test("a patch keeps what it leaves out, clears with null, and an equal patch makes no commit", async () => {
  const { crm, call } = crmBench();
  const { id } = crm.people.createAccount({
    name: "A",
    phone: "1",
    billingAddress: { city: "Neverby", street: "Paper Street 1" },
  });
  const patched = await call("PATCH", `/accounts/${id}`, {
    phone: null,
    billingAddress: { city: "Faketon" },
  });
  expect(patched.body).toMatchObject({ phone: null, version: 2 });
  expect(patched.body.billingAddress).toMatchObject({ city: "Faketon", street: "Paper Street 1" });
  const commits = crm.commits.length;
  expect((await call("PATCH", `/accounts/${id}`, { phone: null })).body.version).toBe(2);
  expect(crm.commits.length).toBe(commits);
});

test("a stale If-Match is 412 and a fresh one is written", async () => {
  const { crm, call } = crmBench();
  const { id } = crm.people.createAccount({ name: "A" });
  crm.people.editAccount(String(id), { name: "B" });
  const stale = await call("PATCH", `/accounts/${id}`, { name: "C" }, { "if-match": '"1"' });
  expect([stale.status, stale.body.error.code]).toEqual([412, "STALE"]);
  expect((await call("PATCH", `/accounts/${id}`, { name: "C" }, { "if-match": '"2"' })).body.name).toBe("C");
});

test("a replaced collection keeps known rows, numbers fresh ones and drops the rest", async () => {
  const { crm, call } = crmBench();
  const { id, phones } = crm.people.createContact({
    familyName: "Crumb",
    phones: [
      { type: "work", number: "1" },
      { type: "home", number: "2" },
    ],
  });
  const [first] = phones as { id: string }[];
  const { body } = await call("PATCH", `/contacts/${id}`, {
    phones: [
      { type: "fax", number: "9" },
      { id: first?.id ?? "", number: "11" },
    ],
  });
  expect(body.phones).toMatchObject([
    { type: "fax", number: "9" },
    { id: first?.id, type: "work", number: "11" },
  ]);
  expect(body.phones[0].id).not.toBe(first?.id);
  const foreign = await call("PATCH", `/contacts/${id}`, { phones: [{ id: "row_999999" }] });
  expect([foreign.status, foreign.body.error.field]).toEqual([400, "phones[0].id"]);
});

test.each([
  ["an unknown field", { name: "A", shoeSize: 4 }, "shoeSize"],
  ["a missing required field", { phone: "1" }, "name"],
  ["a null byte", { name: "A\u0000B" }, "name"],
  ["text over its length", { name: "x".repeat(256) }, "name"],
  ["an unknown reference", { name: "A", parentId: "acc_000099" }, "parentId"],
  [
    "an unknown currency",
    { name: "A", creditLimit: { amount: "1", currency: "XXX" } },
    "creditLimit.currency",
  ],
  ["a missing currency", { name: "A", creditLimit: { amount: "1" } }, "creditLimit.currency"],
  [
    "an amount with too many decimals",
    { name: "A", creditLimit: { amount: "1.234", currency: "EUR" } },
    "creditLimit.amount",
  ],
  [
    "a number instead of text",
    { name: "A", creditLimit: { amount: 1, currency: "EUR" } },
    "creditLimit.amount",
  ],
  ["an exponent", { name: "A", creditLimit: { amount: "1E5", currency: "EUR" } }, "creditLimit.amount"],
  ["a code that is not one", { name: "A", status: "friend" }, "status"],
  ["a system field", { name: "A", version: 7 }, "version"],
])("%s is refused with its field", async (_what, body, field) => {
  const { call } = crmBench();
  const answer = await call("POST", "/accounts", body);
  expect([answer.status, answer.body.error.code, answer.body.error.field]).toEqual([
    400,
    "VALIDATION",
    field,
  ]);
});

test("unusual but valid text arrives unharmed", async () => {
  const { call } = crmBench();
  const name = 'مرحبا 👩‍👩‍👧 e\u0301 "NULL" 0012 ';
  expect((await call("POST", "/accounts", { name })).body.name).toBe(name);
});

test("a date that is no day is refused", async () => {
  const { crm, call } = crmBench();
  const { id } = crm.people.createAccount({ name: "A" });
  const { status } = await call("POST", "/quotes", {
    accountId: id,
    currency: "EUR",
    validUntil: "2026-02-31",
  });
  expect(status).toBe(400);
});

test("a walk by id meets each record once while others are created and changed", async () => {
  const { crm, call } = crmBench();
  for (let n = 0; n < 25; n += 1) crm.people.createAccount({ name: `A${n}` });
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await call("GET", `/accounts?limit=10${after === undefined ? "" : `&after=${after}`}`);
    seen.push(...page.body.results.map((row) => row.id));
    crm.people.editAccount("acc_000001", { phone: String(seen.length) });
    after = page.body.paging.next?.after;
  } while (after !== undefined);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBe(25);
});

test("updatedSince is inclusive, and safe with equal stamps over a page border", async () => {
  const { crm, clock, call } = crmBench();
  crm.people.createAccount({ name: "old" });
  clock.advance(1000);
  for (let n = 0; n < 5; n += 1) crm.people.createAccount({ name: `A${n}` });
  const since = "2026-03-02T08:00:01.000Z";
  const first = await call("GET", `/accounts?updatedSince=${since}&limit=3`);
  const second = await call(
    "GET",
    `/accounts?updatedSince=${since}&limit=3&after=${first.body.paging.next?.after}`,
  );
  const ids = [...first.body.results, ...second.body.results].map((row) => row.id);
  expect(ids).toEqual(["acc_000002", "acc_000003", "acc_000004", "acc_000005", "acc_000006"]);
  expect((await call("GET", "/accounts?updatedSince=yesterday")).status).toBe(400);
  expect((await call("GET", "/accounts?after=abc")).status).toBe(400);
});

test("a batch answers each operation by itself and in order", async () => {
  const { crm, call } = crmBench();
  const { id } = crm.people.createAccount({ name: "A" });
  const { status, body } = await call("POST", "/accounts/batch", {
    operations: [
      { method: "create", body: { name: "B" } },
      { method: "create", body: {} },
      { method: "update", id, ifVersion: 9, body: { name: "C" } },
      { method: "update", id, ifVersion: 1, body: { name: "D" } },
    ],
  });
  expect(status).toBe(207);
  expect(body.results.map((row) => row.status)).toEqual([201, 400, 412, 200]);
  expect(body.results[1]?.error.code).toBe("VALIDATION");
  expect(body.results[3]?.body.name).toBe("D");
});

test("a search finds by equality and by list, and refuses fields that are not searchable", async () => {
  const { crm, call } = crmBench();
  for (const name of ["A", "B", "C"]) crm.people.createAccount({ name, externalRef: `ref-${name}` });
  const found = await call("POST", "/accounts/search", {
    filters: [
      { field: "externalRef", op: "in", value: ["ref-A", "ref-C", "ref-Z"] },
      { field: "name", value: "C" },
    ],
  });
  expect(found.body.results.map((row) => row.name)).toEqual(["C"]);
  crm.people.editAccount("acc_000003", { externalRef: "moved" });
  const moved = await call("POST", "/accounts/search", {
    filters: [{ field: "externalRef", value: "ref-C" }],
  });
  expect(moved.body.results).toEqual([]);
  expect((await call("POST", "/accounts/search", { filters: [{ field: "phone", value: "1" }] })).status).toBe(
    400,
  );
});

test("deletes and merges are told by the feed, by 404 and by 410", async () => {
  const { crm, call } = crmBench();
  const [a, b, c] = ["A", "B", "C"].map((name) => String(crm.people.createAccount({ name, phone: name }).id));
  const contact = crm.people.createContact({ familyName: "Crumb", accountId: b ?? "" });
  expect((await call("DELETE", `/accounts/${b}`)).body.error.code).toBe("IN_USE");
  expect((await call("DELETE", `/accounts/${c}`)).status).toBe(204);
  const merged = await call("POST", `/accounts/${a}/merge`, { loserId: b ?? "" });
  expect(merged.body).toMatchObject({ id: a, phone: "A" });
  expect((await call("GET", `/contacts/${contact.id}`)).body.accountId).toBe(a);
  expect((await call("GET", `/accounts/${c}`)).status).toBe(404);
  const gone = await call("GET", `/accounts/${b}`);
  expect([gone.status, gone.body]).toEqual([410, { id: b, mergedInto: a }]);
  expect((await call("GET", `/accounts?ids=${a},${b},${c}`)).body).toMatchObject({
    results: [{ id: a }],
    missing: [
      { id: b, reason: "merged", mergedInto: a },
      { id: c, reason: "not_found" },
    ],
  });
  const feed = await call("GET", "/deleted?object=accounts");
  expect(feed.body.results).toMatchObject([
    { id: b, mergedInto: a },
    { id: c, mergedInto: null },
  ]);
  expect((await call("GET", "/accounts/ids")).body.results).toEqual([{ id: a, version: 1 }]);
  expect((await call("POST", `/accounts/${b}/unmerge`)).body).toMatchObject({ id: b, phone: "B" });
  expect((await call("GET", "/deleted")).body.results).toHaveLength(1);
});

test("an archived record stays readable and takes no writes until it is unarchived", async () => {
  const { crm, call } = crmBench();
  const { id } = crm.people.createAccount({ name: "A" });
  expect((await call("POST", `/accounts/${id}/archive`)).body).toMatchObject({ archived: true, version: 2 });
  expect((await call("PATCH", `/accounts/${id}`, { name: "B" })).body.error.code).toBe("STATE");
  expect((await call("GET", "/accounts?archived=false")).body.results).toEqual([]);
  await call("POST", `/accounts/${id}/unarchive`);
  expect((await call("PATCH", `/accounts/${id}`, { name: "B" })).status).toBe(200);
});

test("a quote computes itself, and a missing price makes totals null, never 0", async () => {
  const { crm, call } = crmBench();
  const { id: accountId } = crm.people.createAccount({ name: "A" });
  const product = crm.people.create("products", {
    name: "Bolt",
    sku: "B1",
    unit: "pcs",
    taxCategory: "standard",
  });
  const { body } = await call("POST", "/quotes", {
    accountId,
    currency: "EUR",
    lines: [{ productId: product.id, ...LINE, discountPercent: "10" }],
    freight: { amount: "5", currency: "EUR" },
  });
  expect(body).toMatchObject({ number: "Q-000001", date: "2026-03-02", revision: 1 });
  expect(body.lines[0].subtotal?.amount).toBe("26.97");
  expect(body.totals).toMatchObject({
    net: { amount: "31.97" },
    tax: { amount: "6.07" },
    gross: { amount: "38.04" },
  });
  const { body: open } = await call("PATCH", `/quotes/${body.id}`, {
    lines: [{ id: body.lines[0].id, unitPrice: null }],
  });
  expect([open.totals, open.lines[0].subtotal]).toEqual([null, null]);
  const { body: wrong } = await call("POST", "/quotes", {
    accountId,
    currency: "USD",
    lines: [{ productId: product.id, ...LINE }],
  });
  expect(wrong.error.field).toBe("lines[0].unitPrice.currency");
});

test("an accepted quote takes write-back only, and a revision reopens it under its number", async () => {
  const { crm, call } = crmBench();
  const { id: accountId } = crm.people.createAccount({ name: "A" });
  const { id } = crm.people.createQuote({ accountId, currency: "EUR" });
  crm.people.acceptQuote(String(id));
  const closed = await call("PATCH", `/quotes/${id}`, { customerOrderNumber: "X" });
  expect([closed.status, closed.body.error.code, closed.body.error.field]).toEqual([
    409,
    "STATE",
    "customerOrderNumber",
  ]);
  const back = await call("PATCH", `/quotes/${id}`, {
    erpNumber: "SO-1",
    erpState: "open",
    status: "converted",
  });
  expect(back.body.status).toBe("converted");
  expect((await call("PATCH", `/quotes/${id}`, { status: "draft" })).body.error.code).toBe("STATE");
  const { id: other } = crm.people.createQuote({ accountId, currency: "EUR" });
  crm.people.acceptQuote(String(other));
  const revised = crm.people.reviseQuote(String(other), { customerOrderNumber: "X" });
  expect(revised).toMatchObject({
    number: "Q-000002",
    revision: 2,
    status: "draft",
    customerOrderNumber: "X",
  });
});

test("a unique code that was given up can be taken by another record", async () => {
  const { crm, call } = crmBench();
  const { id } = crm.people.create("products", { name: "Bolt", sku: "B1", unit: "pcs" });
  const taken = await call("POST", "/products", { name: "Nut", sku: "B1", unit: "pcs" });
  expect([taken.status, taken.body.error.code, taken.body.error.field]).toEqual([409, "DUPLICATE", "sku"]);
  crm.people.edit({ object: "products", id }, { sku: "B2" });
  expect((await call("POST", "/products", { name: "Nut", sku: "B1", unit: "pcs" })).status).toBe(201);
});

test("inventory is unique by product and warehouse, and the refusal names the one that exists", async () => {
  const { crm, call } = crmBench();
  const { id: productId } = crm.people.create("products", { name: "Bolt", sku: "B1", unit: "pcs" });
  const first = await call("POST", "/inventory", { productId, warehouse: "MAIN", available: "5" });
  const again = await call("POST", "/inventory", { productId, warehouse: "MAIN" });
  expect([again.status, again.body.error.existingId]).toEqual([409, first.body.id]);
  expect((await call("POST", "/inventory", { productId, warehouse: "NORTH" })).status).toBe(201);
});

test("context objects are read-only for callers", async () => {
  const { call } = crmBench();
  expect((await call("POST", "/deals", { name: "x" })).status).toBe(403);
  expect((await call("GET", "/users")).body.results).toHaveLength(4);
});

test("a note is there once under its key, and changes no record", async () => {
  const { crm, call } = crmBench();
  const { id } = crm.people.createAccount({ name: "A" });
  const commits = crm.commits.length;
  const leave = (key: string, text: string) => call("POST", `/accounts/${id}/notes`, { key, text });
  expect([(await leave("k1", "one")).status, (await leave("k1", "again")).status]).toEqual([201, 200]);
  await leave("k2", "two");
  const { body } = await call("GET", `/accounts/${id}/notes`);
  expect(body.results.map(({ text }: { text: string }) => text)).toEqual(["one", "two"]);
  expect([(await leave("k3", "")).status, crm.commits.length]).toEqual([400, commits]);
  expect((await call("POST", "/accounts/acc_999999/notes", { key: "k", text: "t" })).status).toBe(404);
});

test("a record that is kept from the API is in no list, and its id is refused; people see it", async () => {
  const { crm, call } = crmBench();
  const [kept = "", shown = ""] = ["A", "B"].map((name) =>
    String(crm.people.createAccount({ name, email: "x@y.example" }).id),
  );
  crm.people.withhold({ object: "accounts", id: kept }, true);
  const idsIn = async (path: string): Promise<unknown> =>
    (await call("GET", path)).body.results.map(({ id }: { id: string }) => id);
  for (const path of ["/accounts", "/accounts/ids", "/accounts?updatedSince=1970-01-01T00:00:00Z"])
    expect([path, await idsIn(path)]).toEqual([path, [shown]]);
  const filters = [{ field: "email", op: "eq", value: "x@y.example" }];
  expect((await call("POST", "/accounts/search", { filters })).body.results).toHaveLength(1);
  const { body } = await call("GET", `/accounts?ids=${kept},${shown}`);
  expect([body.results.length, body.missing]).toEqual([1, [{ id: kept, reason: "forbidden" }]]);
  const name = { name: "C" };
  const operations = [{ method: "update", id: kept, body: name }];
  expect((await call("POST", "/accounts/batch", { operations })).body.results[0].status).toBe(403);
  for (const [method, path] of [
    ["GET", `/accounts/${kept}`],
    ["PATCH", `/accounts/${kept}`],
    ["DELETE", `/accounts/${kept}`],
    ["POST", `/accounts/${kept}/archive`],
  ] as const)
    expect([path, (await call(method, path, method === "GET" ? undefined : name)).status]).toEqual([
      path,
      403,
    ]);
  expect(crm.people.editAccount(kept, name)["name"]).toBe("C");
  crm.people.withhold({ object: "accounts", id: kept }, false);
  expect((await call("GET", `/accounts/${kept}`)).body.name).toBe("C");
});
