import type { NativeRecord, NativeWrite } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import type { Asked, FakeOdoo } from "./fake-odoo.ts";
import { fakeOdoo } from "./fake-odoo.ts";

type Row = { readonly [field: string]: unknown };

const companies: readonly Row[] = [
  { id: 1, name: "First GmbH", partner_id: [11, "First GmbH"], currency_id: [126, "EUR"] },
  { id: 2, name: "Second AG", partner_id: [12, "Second AG"], currency_id: [126, "EUR"] },
];
const tables: { readonly [model: string]: readonly Row[] } = {
  "res.company": companies,
  "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
};

const allowedIn = ({ context }: Asked): readonly number[] =>
  (context["allowed_company_ids"] as readonly number[] | undefined) ?? [1];

/** A database of two companies, both of them the user's. Companies are shown as the context allows. */
function twoCompanies(
  options: FakeOdoo["options"],
  more: { readonly [model: string]: readonly Row[] } = {},
): FakeOdoo {
  let made = 100;
  return fakeOdoo(
    (asked) => {
      const { model, method } = asked;
      if (model === "res.users" && method === "context_get") return undefined;
      if (model === "res.users" && method === "read") {
        const user = { id: 5, login: "sync", company_id: [1, "First GmbH"], company_ids: [1, 2] };
        return { value: [user] };
      }
      if (method === "fields_get") return { value: { x_crossfoot_reference: { type: "char" } } };
      if (method === "create") return { value: [(made += 1)] };
      if (method === "write") return { value: true };
      const rows = more[model] ?? tables[model] ?? [];
      const shown =
        model === "res.company" ? rows.filter(({ id }) => allowedIn(asked).includes(Number(id))) : rows;
      return {
        value: asked.ids === null ? shown : shown.filter(({ id }) => asked.ids?.includes(Number(id))),
      };
    },
    { options },
  );
}

const read = async (session: FakeOdoo, entity: string): Promise<unknown> =>
  openOdoo(session).readIds({ entity, cursor: null });

let count = 0;
function write(more: Partial<NativeWrite> & Pick<NativeWrite, "kind" | "patch">): NativeWrite {
  count += 1;
  const none = { id: null, precondition: null, current: {}, transition: null };
  return { key: `k${count}`, reference: `r${count}`, entity: "accounts", ...none, ...more };
}

function sent(session: FakeOdoo, method: string): Asked["args"] {
  const found = session.asked.findLast((asked) => asked.method === method && asked.isWrite);
  if (found === undefined) throw new Error(`no ${method} was sent`);
  return found.args;
}

const asId = (id: number): NativeRecord["id"] => String(id) as NativeRecord["id"];

describe("the company of a connection", () => {
  it("of several none is taken by itself: the question names them, and nothing else is asked", async () => {
    const session = twoCompanies({});
    await expect(read(session, "quotes")).rejects.toMatchObject({
      ...{ failure: "unauthorised", code: "option_company" },
      message: expect.stringMatching(/several companies: First GmbH, Second AG; name one/) as string,
    });
    expect(session.asked.map(({ model }) => model)).not.toContain("sale.order");
  });

  it("one that is unknown, or not this user's, is named with those that are", async () => {
    await expect(read(twoCompanies({ company: "Third SA" }), "quotes")).rejects.toMatchObject({
      code: "option_company",
      message: expect.stringMatching(/First GmbH, Second AG\. .* an administrator has to allow it/) as string,
    });
  });

  it("goes with every call, under the one key of the context that Odoo does not ignore", async () => {
    const session = twoCompanies({ company: "Second AG" });
    await read(session, "quotes");
    const orders = session.asked.filter(({ model }) => model === "sale.order");
    expect(orders.length).toBeGreaterThan(0);
    for (const asked of orders) expect(allowedIn(asked)).toEqual([2]);
    const listed = orders.find(({ method }) => method === "search_read");
    expect(listed?.args["domain"]).toContainEqual(["company_id", "=", 2]);
  });

  it("makes a record of another one none of ours, also where no rule hides it", async () => {
    const row = { name: "S1", state: "draft", order_line: [], invoice_ids: [] };
    const orders = [
      { ...row, id: 7, company_id: [1, "First GmbH"] },
      { ...row, id: 8, company_id: [2, "Second AG"] },
    ];
    const session = twoCompanies({ company: "Second AG" }, { "sale.order": orders });
    const ids = [asId(7), asId(8)];
    const found = await openOdoo(session).readByIds({ entity: "quotes", roots: ["name"], ids });
    expect(found.map(({ id, kind }) => [id, kind])).toEqual([
      ["7", "out_of_scope"],
      ["8", "present"],
    ]);
  });

  it("has no company of the user among its customers", async () => {
    const session = twoCompanies({ company: "Second AG" });
    await read(session, "accounts");
    const listed = session.asked.find(
      ({ model, method }) => model === "res.partner" && method === "search_read",
    );
    expect(listed?.args["domain"]).toContainEqual(["id", "not in", [11, 12]]);
  });

  it("owns what we create, customers and their addresses; without the option all share them", async () => {
    const patch = { name: "a", delivery_address: { street: "1 Main", city: "Here", country: null } };
    const session = twoCompanies({ company: "Second AG" });
    await openOdoo(session).write([write({ kind: "create", patch })]);
    expect(sent(session, "create")["vals_list"]).toMatchObject([
      { company_id: 2, child_ids: [[0, 0, { type: "delivery", company_id: 2 }]] },
    ]);
    const alone = fakeOdoo((asked) => {
      if (asked.method === "fields_get") return { value: { x_crossfoot_reference: { type: "char" } } };
      if (asked.method === "create") return { value: [9] };
      if (asked.model === "res.users" && asked.method !== "search_read") return undefined;
      return { value: asked.model === "res.company" ? companies.slice(0, 1) : (tables[asked.model] ?? []) };
    });
    await openOdoo(alone).write([write({ kind: "create", patch })]);
    const [values] = sent(alone, "create")["vals_list"] as readonly Row[];
    expect(values).toMatchObject({ company_id: false });
    expect(JSON.stringify(values?.["child_ids"])).not.toContain("company_id");
  });

  it("an address that is added belongs to the company of its customer, shared or not", async () => {
    const partner = { name: "C", active: true, type: "contact", child_ids: [], parent_id: false };
    const partners = [
      { ...partner, id: 21, company_id: [2, "Second AG"] },
      { ...partner, id: 22, company_id: false },
    ];
    const session = twoCompanies({ company: "Second AG" }, { "res.partner": partners });
    const patch = { delivery_address: { street: "1 Main", city: "Here", country: null } };
    const added = async (id: number): Promise<unknown> => {
      await openOdoo(session).write([write({ kind: "update", id: asId(id), patch })]);
      const { child_ids: children } = sent(session, "write")["vals"] as Row;
      return (children as readonly (readonly unknown[])[])[0]?.[2];
    };
    expect(await added(21)).toMatchObject({ type: "delivery", company_id: 2 });
    expect(await added(22)).not.toHaveProperty("company_id");
  });

  it("is not asked of an administrator who adds our fields: they are of all companies", async () => {
    const session = twoCompanies({ company: "Second AG" });
    const as = { user: "sync", secret: "another-key" };
    const found = await openOdoo(session).prepare?.({ apply: false, as });
    expect(found?.map(({ state }) => state)).toEqual(["there", "there"]);
  });
});
