import { describe, expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import type { Asked, Reply } from "./fake-odoo.ts";
import { fakeOdoo } from "./fake-odoo.ts";
import type { FakeOdoo } from "./fake-odoo.ts";

const request = { entity: "products", roots: ["name"], since: null, cursor: null, pageSize: 2 };
const company = { id: 1, name: "Us", currency_id: [126, "EUR"] };
const facts: { readonly [model: string]: readonly object[] } = {
  "res.company": [company],
  "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
};

/** Answers the facts, and of the model under test what `reply` says. */
function withFacts(model: string, reply: (asked: Asked) => Reply | undefined): FakeOdoo {
  return fakeOdoo((asked) => {
    if (asked.model === model && asked.method !== "fields_get") return reply(asked);
    if (asked.method === "fields_get") return { value: {} };
    if (asked.model === "res.users" && asked.method !== "search_read") return undefined;
    return { value: facts[asked.model] ?? [] };
  });
}

type Domain = readonly (readonly [string, string, never] | string)[];
const domainOf = ({ args }: Asked): Domain => args["domain"] as Domain;
const clauseOf = (asked: Asked, field: string, operator: string): unknown =>
  domainOf(asked).find((each) => each[0] === field && each[1] === operator)?.[2];

const rowOf = (id: number, more: object = {}): object => ({
  ...{ id, name: `n${id}`, active: true, write_date: `2026-11-26 05:00:0${id}`, write_uid: [5, "Sync"] },
  ...more,
});

const asksProducts = (session: FakeOdoo): readonly Asked[] =>
  session.asked.filter(({ model, method }) => model === "product.product" && method === "search_read");

describe("reading a page", () => {
  const rows = [1, 2, 3, 4].map((id) => rowOf(id));
  const paged = (): FakeOdoo =>
    withFacts("product.product", (asked) => {
      const after = Number(clauseOf(asked, "id", ">") ?? 0);
      return { value: rows.slice(after, after + Number(asked.args["limit"])) };
    });

  it("goes on by id, never by stamp: rows of one second are not lost between two pages", async () => {
    const session = paged();
    const connection = openOdoo(session);
    const first = await connection.read(request);
    const second = await connection.read({ ...request, cursor: first.next });
    expect([...first.records, ...second.records].map(({ id }) => id)).toEqual(["1", "2", "3", "4"]);
    for (const asked of asksProducts(session)) expect(asked.args["order"]).toBe("id asc");
  });

  it("looks no further than its beginning: later writes are left to the next reading", async () => {
    const session = paged();
    const connection = openOdoo(session);
    const first = await connection.read({ ...request, since: "2026-11-26T04:59:00.250Z" });
    await connection.read({ ...request, since: "2026-11-26T04:59:00.250Z", cursor: first.next });
    const [one, two] = asksProducts(session);
    // The fake's clock says 05:00:00.
    expect(first.next).toBe("2~2026-11-26T05:00:30");
    expect([one, two].map((asked) => asked && clauseOf(asked, "write_date", "<="))).toEqual([
      undefined,
      "2026-11-26 05:00:30",
    ]);
    expect([one, two].map((asked) => asked && clauseOf(asked, "write_date", ">="))).toEqual([
      "2026-11-26 04:59:00",
      "2026-11-26 04:59:00",
    ]);
  });

  it("always names its fields, reads archived records too, and in the connection's company", async () => {
    const session = paged();
    await openOdoo(session).read(request);
    const [asked] = asksProducts(session);
    expect(asked?.context).toEqual({ lang: "en_US", allowed_company_ids: [1], active_test: false });
    expect(asked?.args["fields"]).toContain("name");
  });

  it("takes changes of the template as changes of its variants", async () => {
    const session = paged();
    await openOdoo(session).read({ ...request, since: "2026-11-26T04:59:00.000Z" });
    expect(asksProducts(session).map((asked) => domainOf(asked).slice(-3))[0]).toEqual([
      "|",
      ["write_date", ">=", "2026-11-26 04:59:00"],
      ["product_tmpl_id.write_date", ">=", "2026-11-26 04:59:00"],
    ]);
  });

  it("parks the one record that breaks the page, and reads the others", async () => {
    const session = withFacts("product.product", (asked) => {
      const isWhole = (asked.args["fields"] as readonly string[]).length > 1;
      const ids = (clauseOf(asked, "id", "in") as readonly number[] | undefined) ?? [1, 2, 3, 4];
      if (isWhole && ids.includes(3))
        return { exception: "builtins.ZeroDivisionError", message: "division by zero", status: 500 };
      return { value: ids.map((id) => (isWhole ? rowOf(id) : { id })) };
    });
    const page = await openOdoo(session).read({ ...request, pageSize: 4 });
    expect(page.records.map(({ id }) => id)).toEqual(["1", "2", "4"]);
    expect(page.unreadable).toMatchObject([{ id: "3", failure: { code: "record_unreadable" } }]);
    expect(page.next).toBe("4~2026-11-26T05:00:30");
  });

  it("fails as a whole when the server is away, so that nothing is taken as missing", async () => {
    const replies: readonly (readonly [Reply, string])[] = [
      [{ status: 503, body: "" }, "http_503"],
      [{ status: 200, body: "<html></html>" }, "answer_unreadable"],
      [{ value: { not: "a list" } }, "answer_unreadable"],
      [{ exception: "psycopg2.errors.SerializationFailure", message: "", status: 500 }, "serialization"],
    ];
    for (const [reply, code] of replies) {
      const session = withFacts("product.product", () => reply);
      await expect(openOdoo(session).read(request)).rejects.toMatchObject({ failure: "transient", code });
    }
  });

  it("refuses a cursor and an instant that are none of ours", async () => {
    const connection = openOdoo(paged());
    const cursors = ["; drop", "2~today", "-1"];
    for (const cursor of cursors)
      await expect(connection.read({ ...request, cursor })).rejects.toMatchObject({
        code: "cursor_unreadable",
      });
    await expect(connection.read({ ...request, since: "2026-01-31" })).rejects.toMatchObject({
      code: "instant_unreadable",
    });
    await expect(connection.read({ ...request, entity: "deals" })).rejects.toMatchObject({
      code: "entity_unknown",
    });
  });
});

describe("reading by id", () => {
  const ids = ["1", "8", "9"] as never;

  it("tells what is gone from what a rule hides, although Odoo leaves out the one in silence", async () => {
    const session = withFacts("product.product", ({ ids: asked }) =>
      asked?.includes(9) === true
        ? { exception: "odoo.exceptions.AccessError", message: "x", status: 403 }
        : { value: (asked ?? []).filter((id) => id === 1).map((id) => rowOf(id)) },
    );
    const records = await openOdoo(session).readByIds({ entity: "products", roots: ["name"], ids });
    expect(records.map(({ id, kind }) => [id, kind])).toEqual([
      ["1", "present"],
      ["8", "deleted"],
      ["9", "not_permitted"],
    ]);
  });

  it("finds the survivor of a merge, which Odoo tells in its messages only", async () => {
    const session = fakeOdoo((asked) => {
      if (asked.model === "mail.message") {
        const isAbout8 = JSON.stringify(asked.args["domain"]).includes("(ID 8)");
        return { value: isAbout8 ? [{ id: 1, res_id: 7 }] : [] };
      }
      if (asked.method === "fields_get") return { value: {} };
      if (asked.model === "res.users" && asked.method !== "search_read") return undefined;
      return { value: facts[asked.model] ?? [] };
    });
    const records = await openOdoo(session).readByIds({ entity: "accounts", roots: ["name"], ids });
    expect(records.map(({ kind, into }) => [kind, into])).toEqual([
      ["deleted", null],
      ["merged", "7"],
      ["deleted", null],
    ]);
  });
});

describe("a table that is read as a whole", () => {
  it("is read to its end: a price that stands beyond the first five thousand rules counts", async () => {
    const ruleOf = (id: number): object => ({
      ...{ id, pricelist_id: [1, "L"], applied_on: "0_product_variant", product_id: [id, "P"] },
      ...{ min_quantity: 0, compute_price: "fixed", fixed_price: id / 100 },
    });
    const rules = Array.from({ length: 5002 }, (_, at) => ruleOf(at + 1));
    const lists = [{ id: 1, name: "L", active: true, currency_id: [126, "EUR"] }];
    const sold = { id: 5002, product_tmpl_id: [1, "T"], uom_id: [1, "Units"], lst_price: 1, sale_ok: true };
    const session = fakeOdoo((asked) => {
      if (asked.model === "res.users" && asked.method !== "search_read") return undefined;
      if (asked.method === "fields_get") return { value: {} };
      const after = Number(
        ((asked.args["domain"] ?? []) as Domain).find((each) => each[0] === "id")?.[2] ?? 0,
      );
      const limit = Number(asked.args["limit"]);
      if (asked.model === "product.pricelist.item") return { value: rules.slice(after, after + limit) };
      if (asked.model === "product.pricelist") return { value: after === 0 ? lists : [] };
      return { value: asked.model === "product.product" ? [sold] : (facts[asked.model] ?? []) };
    });
    const page = await openOdoo(session).read({ ...request, entity: "pricebooks", roots: ["entries"] });
    expect(page.records[0]?.native["entries"]).toMatchObject([{ product: "5002", unit_price: "50.02" }]);
  });
});

describe("a version", () => {
  const versionOf = async (more: object): Promise<string | null | undefined> => {
    const session = withFacts("product.product", () => ({ value: [rowOf(1, more)] }));
    return (await openOdoo(session).read(request)).records[0]?.version;
  };

  it("is that of what a record shows, not of its stamp, which moves with other records", async () => {
    const before = await versionOf({});
    expect(await versionOf({ write_date: "2026-11-26 06:00:00" })).toBe(before);
    expect(await versionOf({ name: "other" })).not.toBe(before);
    expect(await versionOf({ active: false })).not.toBe(before);
  });
});
