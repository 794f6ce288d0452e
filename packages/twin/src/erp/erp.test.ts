import { expect, test } from "vitest";
import { erpBench } from "../testing.ts";

const CUSTOMER = { name: "Quibble Pumps", currency: "EUR" };

test("a key or HTTP Basic lets in, anything else is 401", async () => {
  const { erp, call } = erpBench();
  const basic = Buffer.from(`integration:${erp.password}`).toString("base64");
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await erp.fetch(new Request("http://twin.test/rest/v1/company", { headers }))).status;
  expect(await ask({ authorization: `Basic ${basic}` })).toBe(200);
  expect(await ask({ authorization: "Basic eDp5" })).toBe(401);
  expect(await ask({ "x-api-key": "nope" })).toBe(401);
  expect((await call("GET", "/company")).body.company_id).toBe("ng-1");
});

test("the ERP numbers customers, leaves nulls out, trims text; empty text is no value", async () => {
  const { call } = erpBench();
  const { status, body } = await call("POST", "/customers", {
    ...CUSTOMER,
    phone: "",
    email: " a@b.example ",
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    id: 1,
    number: "C10001",
    email: "a@b.example",
    terms: "N30",
    credit_exposure: "0.00",
  });
  expect("phone" in body || "parent_id" in body).toBe(false);
  expect((await call("PUT", "/customers/1", { number: "C1" })).body.code).toBe("READ_ONLY");
});

test.each([
  ["a JSON number for a decimal", { credit_limit: 5 }, "BAD_VALUE"],
  ["too many decimals", { credit_limit: "5.123" }, "BAD_VALUE"],
  ["text over its length", { name: "x".repeat(121) }, "TOO_LONG"],
  ["an unknown currency", { currency: "XXX" }, "UNKNOWN_CURRENCY"],
  ["a null byte", { name: "a\u0000" }, "NULL_BYTE"],
  ["an unknown reference", { parent_id: 99 }, "UNKNOWN_REFERENCE"],
  ["an unknown login", { salesperson: "nobody" }, "UNKNOWN_REFERENCE"],
  ["an unknown field", { shoe: 1 }, "UNKNOWN_FIELD"],
  ["a name of blanks", { name: "  " }, "REQUIRED"],
])("%s is 422", async (_what, fields, code) => {
  const { call } = erpBench();
  const { status, body } = await call("POST", "/customers", { ...CUSTOMER, ...fields });
  expect([status, body.code]).toEqual([422, code]);
});

test("settings make long text cut and cities upper case", async () => {
  const { call } = erpBench({ longText: "truncate", upperCaseCity: true });
  const { body } = await call("POST", "/customers", {
    ...CUSTOMER,
    name: `${"x".repeat(119)}😀`,
    addresses: [{ kind: "invoice", city: "Faketon" }],
  });
  expect(body.name).toBe("x".repeat(119));
  expect(body.addresses[0].city).toBe("FAKETON");
});

test("a stale row version is 409 and an equal write keeps the version", async () => {
  const { erp, call } = erpBench();
  const { body } = await call("POST", "/customers", CUSTOMER);
  erp.people.editCustomer(1, { phone: "1" });
  const stale = await call("PUT", "/customers/1", { expected_row_version: body.row_version, phone: "2" });
  expect([stale.status, stale.body.code]).toEqual([409, "STALE_ROW"]);
  const same = await call("PUT", "/customers/1", { expected_row_version: "rv-2", phone: "1" });
  expect(same.body.row_version).toBe("rv-2");
});

test("lists page by offset with the count of all, and filter on searchable fields only", async () => {
  const { erp, call } = erpBench();
  for (let n = 0; n < 5; n += 1) erp.people.create("customers", { ...CUSTOMER, external_ref: `r${n}` });
  const { body } = await call("GET", "/customers?offset=3&limit=10");
  expect([body.count, body.rows.map((row) => row.id)]).toEqual([5, [4, 5]]);
  const found = await call("GET", "/customers?external_ref=r1,r4&number=C10005");
  expect(found.body.rows.map((row) => row.id)).toEqual([5]);
  expect((await call("GET", "/customers?id=2,3")).body.count).toBe(2);
  expect((await call("GET", "/customers?phone=1")).body.code).toBe("UNKNOWN_FIELD");
  expect((await call("GET", "/customers?limit=201")).status).toBe(422);
});

test("changed_from takes whole seconds, inclusive, ordered by change and id", async () => {
  const { erp, clock, call } = erpBench();
  for (let n = 0; n < 3; n += 1) erp.people.create("customers", CUSTOMER);
  clock.advance(2500);
  erp.people.editCustomer(1, { phone: "1" });
  const { body } = await call("GET", "/customers?changed_from=2026-03-02%2008:00:02");
  expect(body.rows.map((row) => [row.id, row.changed_at])).toEqual([[1, "2026-03-02 08:00:02"]]);
  const all = await call("GET", "/customers?changed_from=2026-03-02%2008:00:00");
  expect(all.body.rows.map((row) => row.id)).toEqual([2, 3, 1]);
  expect((await call("GET", "/customers?changed_from=2026-03-02T08:00:00Z")).status).toBe(422);
});

test("bulk rows are done one by one, in order", async () => {
  const { call } = erpBench();
  await call("POST", "/customers", CUSTOMER);
  const { body } = await call("POST", "/customers/bulk", {
    rows: [
      { ...CUSTOMER, name: "B" },
      { name: "no currency" },
      { id: 1, expected_row_version: "rv-9", phone: "1" },
      { id: 1, phone: "2" },
    ],
  });
  expect(body.results.map((row) => row.ok || row.code)).toEqual([true, "REQUIRED", "STALE_ROW", true]);
  expect(body.results[3]).toMatchObject({ id: 1, row_version: "rv-2", row: { phone: "2" } });
});

test("a master in use cannot be deleted; an unused one is gone, and only the id list tells", async () => {
  const { erp, call } = erpBench();
  erp.people.create("customers", CUSTOMER);
  erp.people.create("customers", CUSTOMER);
  erp.people.create("contacts", { last_name: "Crumb", customer_id: 1 });
  expect((await call("DELETE", "/customers/1")).body.code).toBe("IN_USE");
  expect((await call("DELETE", "/customers/2")).status).toBe(204);
  expect((await call("GET", "/customers/2")).status).toBe(404);
  expect((await call("GET", "/customers/ids")).body.rows).toEqual([{ id: 1, row_version: "rv-1" }]);
});

test("ids are given out again where the setting says so", async () => {
  const { erp } = erpBench({ reuseIds: true });
  erp.people.create("customers", CUSTOMER);
  erp.people.create("customers", CUSTOMER);
  erp.people.remove("customers", 1);
  expect(erp.people.create("customers", CUSTOMER)).toMatchObject({ id: 1, number: "C10003" });
});

test("a merge of customers moves what refers to the loser and leaves a plain 404", async () => {
  const { erp, call } = erpBench();
  for (let n = 0; n < 2; n += 1) erp.people.create("customers", CUSTOMER);
  erp.people.create("contacts", { last_name: "Crumb", customer_id: 2 });
  erp.people.mergeCustomers(1, 2);
  expect((await call("GET", "/contacts/1")).body.customer_id).toBe(1);
  expect((await call("GET", "/customers/2")).body.code).toBe("NOT_FOUND");
});

test("a row that somebody has open is 423 until it is free", async () => {
  const { erp, clock, call } = erpBench();
  erp.people.create("customers", CUSTOMER);
  erp.people.lock("customers", 1, 5000);
  expect((await call("PUT", "/customers/1", { phone: "1" })).status).toBe(423);
  clock.advance(5000);
  expect((await call("PUT", "/customers/1", { phone: "1" })).status).toBe(200);
});

test("documents of the ERP cannot be written, and reference tables can be read", async () => {
  const { call } = erpBench();
  expect((await call("POST", "/sales_orders", {})).status).toBe(405);
  expect((await call("DELETE", "/sales_quotes/1")).status).toBe(405);
  expect((await call("GET", "/uoms?code=BX12")).body.rows[0]).toMatchObject({
    factor: "12",
    whole_only: true,
  });
  expect((await call("GET", "/meta/items")).body.rows[0]).toMatchObject({
    name: "sku",
    required: true,
    max_length: 40,
  });
});
