import type { HttpAnswer } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import type { JsonMap } from "../src/wire.ts";
import { Birch } from "./birch.ts";
import {
  bodyOf,
  failureOf,
  id,
  ids,
  openWith,
  queryOf,
  readAll,
  reply,
  variable,
  yamlAt,
} from "./session.ts";

const alder = yamlAt("descriptions/alder.yaml");
const birch = yamlAt("descriptions/birch.yaml");

const company = (n: number, more: JsonMap = {}): JsonMap => ({
  id: `c${n}`,
  version: n,
  updatedAt: `2026-01-0${n}T10:00:00.000Z`,
  updatedBy: "ada",
  name: `Company ${n}`,
  ...more,
});

describe("a record", () => {
  it("has the roots that were asked for, and its version, stamp, actor and kind", async () => {
    const { connection } = await openWith(alder, () =>
      reply(200, { results: [company(1, { archived: true, tax: null })] }),
    );
    const read = await connection.read({
      entity: "accounts",
      roots: ["name", "tax", "gone"],
      since: null,
      cursor: null,
      pageSize: 5,
    });
    expect(read).toEqual({
      records: [
        {
          id: "c1",
          kind: "archived",
          native: { name: "Company 1", tax: null },
          version: "1",
          versionOrder: 1,
          modifiedAt: "2026-01-01T10:00:00.000Z",
          actor: "ada",
          into: null,
        },
      ],
      unreadable: [],
      next: null,
    });
  });

  it("shows null for what its system leaves out, at the top and in child rows", async () => {
    const row = {
      id: 7,
      changed: 1_700_000_000,
      row_version: "a",
      addresses: [{ city: "X" }, { city: "Y", zip: "1" }],
    };
    const { connection } = await openWith(birch, () => reply(200, { count: 1, rows: [row] }));
    const read = await connection.read({
      entity: "accounts",
      roots: ["addresses", "phone", "=sum"],
      since: null,
      cursor: null,
      pageSize: 5,
    });
    expect(read.records[0]?.native).toEqual({
      addresses: [
        { city: "X", zip: null },
        { city: "Y", zip: "1" },
      ],
      phone: null,
    });
    expect(read.records[0]).toMatchObject({ id: "7", version: "a", versionOrder: null, actor: null });
  });

  it("may be asked for whole", async () => {
    const { connection } = await openWith(alder, () => reply(200, { results: [company(1)] }));
    const read = await connection.read({
      entity: "accounts",
      roots: ["*"],
      since: null,
      cursor: null,
      pageSize: 5,
    });
    expect(read.records[0]?.native).toEqual(company(1));
  });

  it("of a projection has an id made of its key, and is found by it", async () => {
    const row = { article: 12, place: "MAIN", qty: "3" };
    const { connection, requests } = await openWith(birch, ({ query = {} }) =>
      query["place"] === "NONE" ? reply(200, { count: 0, rows: [] }) : reply(200, { count: 1, rows: [row] }),
    );
    expect(await readAll(connection, { entity: "inventory" })).toMatchObject({ ids: ["12|MAIN"] });
    expect(queryOf(requests[0])).toEqual({ offset: "0", limit: "5" });
    const found = await connection.readByIds({
      entity: "inventory",
      roots: ["qty"],
      ids: ids("12|MAIN", "12|NONE"),
    });
    expect(found.map(({ id, kind, native }) => [id, kind, native])).toEqual([
      ["12|MAIN", "present", { qty: "3" }],
      ["12|NONE", "deleted", {}],
    ]);
    expect(queryOf(requests[1])).toEqual({ article: "12", place: "MAIN" });
  });
});

describe("records by id", () => {
  it("come in one call; who is missing is said as the system proves it", async () => {
    const { connection, requests } = await openWith(alder, ({ query = {}, path }) => {
      if (query["ids"] === "c1,c2,c3")
        return reply(200, { results: [company(1)], missing: [{ id: "c2", into: "c9" }] });
      if (query["ids"] === "c4,c5") return reply(200, { results: [company(9)], missing: [{ id: "c8" }] });
      if (path.endsWith("/c5")) return reply(410, { id: "c5", into: "c7" });
      return reply(404, {});
    });
    const found = await connection.readByIds({
      entity: "accounts",
      roots: ["name"],
      ids: ids("c1", "c2", "c3", "c4", "c5", "c5"),
    });
    expect(found.map(({ id, kind, into }) => [id, kind, into])).toEqual([
      ["c1", "present", null],
      ["c2", "merged", "c9"],
      ["c3", "deleted", null],
      ["c4", "deleted", null],
      ["c5", "merged", "c7"],
    ]);
    expect(requests.map(({ path }) => path)).toEqual([
      "/api/companies",
      "/api/companies/c3",
      "/api/companies",
      "/api/companies/c4",
      "/api/companies/c5",
    ]);
  });

  it("are asked for singly when it is one", async () => {
    const { connection, requests } = await openWith(alder, () => reply(200, { result: company(1) }));
    const found = await connection.readByIds({ entity: "accounts", roots: ["name"], ids: ids("c1") });
    expect(found).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: "GET", path: "/api/companies/c1", isWrite: false });
  });

  it("are left out where a 404 proves nothing", async () => {
    const { connection } = await openWith(alder, () => reply(404, {}));
    const failure = await failureOf(connection.readByIds({ entity: "contacts", roots: [], ids: ids("p1") }));
    expect([failure.failure, failure.code]).toEqual(["invalid", "http_404"]);
  });

  it("are not taken for another record", async () => {
    const { connection } = await openWith(alder, () => reply(200, { result: company(2) }));
    const failure = await failureOf(connection.readByIds({ entity: "accounts", roots: [], ids: ids("c1") }));
    expect(failure.code).toBe("answer_other_id");
  });
});

describe("ids for a sweep", () => {
  async function sweep(system: Birch): Promise<{ ids: string[]; isComplete: boolean }> {
    const { connection } = await openWith(birch, system.answer);
    const found: string[] = [];
    let isComplete = true;
    let cursor: string | null = null;
    do {
      const read = await connection.readIds({ entity: "accounts", cursor });
      found.push(...read.ids);
      isComplete &&= read.isComplete;
      cursor = read.next;
    } while (cursor !== null);
    return { ids: found, isComplete };
  }

  it("are complete when nothing moves", async () => {
    const read = await sweep(new Birch(11));
    expect([read.ids.length, read.isComplete]).toEqual([11, true]);
  });

  it("are not complete when rows went away under the list", async () => {
    const system = new Birch(11);
    system.between = (request) => void (request === 2 && system.rows.delete(1));
    const read = await sweep(system);
    expect(read.isComplete).toBe(false);
    expect(new Set(read.ids).size).toBe(11);
  });

  it("are not complete when fewer come than the system counts", async () => {
    const rows = [1, 2, 3].map((n) => ({ id: n }));
    const { connection } = await openWith(birch, ({ query = {} }) =>
      reply(200, { count: 5, rows: query["offset"] === "0" ? rows : [] }),
    );
    const first = await connection.readIds({ entity: "accounts", cursor: null });
    const second = await connection.readIds({ entity: "accounts", cursor: first.next });
    expect([second.isComplete, second.ids]).toEqual([false, []]);
  });

  it("are not complete when a row is left out without a word", async () => {
    const system = new Birch(11);
    const { connection } = await openWith(birch, (request) => {
      const answer = system.answer(request) as HttpAnswer;
      const { count, rows } = JSON.parse(answer.body) as { count: number; rows: JsonMap[] };
      return reply(200, { count, rows: request.query?.["offset"] === "0" ? rows.toSpliced(1, 1) : rows });
    });
    let isComplete = true;
    let cursor: string | null = null;
    do {
      const read = await connection.readIds({ entity: "accounts", cursor });
      isComplete &&= read.isComplete;
      cursor = read.next;
    } while (cursor !== null);
    expect(isComplete).toBe(false);
  });

  it("may be plain values", async () => {
    const { connection } = await openWith(alder, () => reply(200, { results: ["c1", "c2"] }));
    expect(await connection.readIds({ entity: "accounts", cursor: null })).toEqual({
      ids: ["c1", "c2"],
      next: null,
      isComplete: true,
    });
  });
});

describe("children", () => {
  const people = {
    results: [
      { id: "p1", version: 1, name: "A" },
      { id: "p2", version: 1, name: "B" },
    ],
  };

  it("are asked for only when the mapping needs them", async () => {
    const { connection, requests } = await openWith(alder, ({ path }) =>
      path.endsWith("/phones") ? reply(200, { results: [{ number: path }] }) : reply(200, people),
    );
    const request = { entity: "contacts", since: null, cursor: null, pageSize: 5 };
    expect((await connection.read({ ...request, roots: ["name"] })).records).toHaveLength(2);
    expect(requests).toHaveLength(1);
    const read = await connection.read({ ...request, roots: ["name", "phones"] });
    expect(read.records.map(({ native }) => native["phones"])).toEqual([
      [{ number: "/api/people/p1/phones" }],
      [{ number: "/api/people/p2/phones" }],
    ]);
  });

  it("that may be cut off set their record aside, alone", async () => {
    const { connection } = await openWith(alder, ({ path }) =>
      path.endsWith("/p1/phones")
        ? reply(200, { results: [1, 2, 3] })
        : path.endsWith("/phones")
          ? reply(200, { results: [1] })
          : reply(200, people),
    );
    const read = await connection.read({
      entity: "contacts",
      roots: ["phones"],
      since: null,
      cursor: null,
      pageSize: 5,
    });
    expect(read.records.map(({ id }) => id)).toEqual(["p2"]);
    expect(read.unreadable.map(({ id, failure }) => [id, failure.code])).toEqual([
      ["p1", "children_too_many"],
    ]);
  });

  it("of a whole page come in one call where the system can, in halves where that is too much", async () => {
    const phones = {
      path: "/phones",
      query: { of: variable("ids"), limit: variable("limit") },
      rows: "results",
      parent: "person",
      max: 3,
    };
    const entities = alder["entities"] as JsonMap;
    const contacts = { ...(entities["contacts"] as JsonMap), with: { phones } };
    const { connection, requests } = await openWith(
      { ...alder, entities: { accounts: entities["accounts"] as JsonMap, contacts } },
      ({ path, query = {} }) => {
        if (!path.endsWith("/phones")) return reply(200, people);
        const all = [
          { person: "p1", n: 1 },
          { person: "p1", n: 2 },
          { person: "p2", n: 3 },
        ];
        return reply(200, {
          results: all.filter(({ person }) => (query["of"] ?? "").split(",").includes(person)),
        });
      },
    );
    const read = await connection.read({
      entity: "contacts",
      roots: ["phones"],
      since: null,
      cursor: null,
      pageSize: 5,
    });
    expect(read.records.map(({ native }) => (native["phones"] as readonly unknown[]).length)).toEqual([2, 1]);
    expect(requests.slice(1).map((request) => queryOf(request)["of"])).toEqual(["p1,p2", "p1", "p2"]);
  });
});

describe("a probe", () => {
  const probing = {
    entity: "accounts",
    roots: ["name"],
    reference: "cf-1",
    write: {
      key: "k",
      entity: "accounts",
      kind: "create" as const,
      id: null,
      precondition: null,
      patch: { name: "X" },
      current: {},
      reference: "cf-1",
      transition: null,
    },
  };

  it("finds what carries our reference, and nothing that a system without filter answers", async () => {
    const rows = [company(1, { ref: "cf-2" }), company(2, { ref: " CF-1 " }), company(3)];
    const { connection, requests } = await openWith(alder, () => reply(200, { results: rows }));
    const answer = await connection.probe(probing);
    expect([answer.by, answer.records.map(({ id }) => id)]).toEqual(["reference", ["c2"]]);
    expect(requests[0]).toMatchObject({ method: "POST", path: "/api/companies/search", isWrite: false });
    expect(bodyOf(requests[0])).toEqual({ ref: "cf-1" });
  });

  it("is no proof of absence when what it found cannot be read", async () => {
    const { connection } = await openWith(alder, () =>
      reply(200, { results: [company(1, { ref: "cf-1", updatedAt: "soon" })] }),
    );
    expect((await failureOf(connection.probe(probing))).code).toBe("stamp_unreadable");
  });

  it("goes by business values where there is no place for a reference", async () => {
    const fingerprint = { path: "/rows", query: { name: variable("patch.name") }, rows: "rows" };
    const description = {
      ...birch,
      entities: { accounts: { object: "rows", reference: null, probe: null, fingerprint } },
    };
    const { connection, requests } = await openWith(description, () =>
      reply(200, { rows: [{ id: 3, changed: 1, row_version: "v" }] }),
    );
    const answer = await connection.probe(probing);
    expect([answer.by, answer.records.map(({ id }) => id)]).toEqual(["fingerprint", ["3"]]);
    expect(queryOf(requests[0])).toEqual({ name: "X" });
  });

  it("is unsupported where the description has none", async () => {
    const { connection } = await openWith(birch, () => reply(200, {}));
    const failure = await failureOf(connection.probe({ ...probing, entity: "orders" }));
    expect([failure.failure, failure.code]).toEqual(["unsupported", "no_probe"]);
  });
});

describe("what a connection is", () => {
  it("is told with its fields", async () => {
    const { connection } = await openWith(alder, ({ path }) =>
      path === "/api/me"
        ? reply(200, { account: { id: 42, name: "Alder & Co" }, api: "3" })
        : reply(200, { fields: [{ name: "name", type: "text", required: true, max: 80 }, { type: "x" }] }),
    );
    expect(await connection.describe()).toEqual({
      tenant: "42",
      title: "Alder & Co",
      version: "3",
      fields: {
        accounts: [{ root: "name", type: "text", isRequired: true, isReadOnly: false, lengthMax: 80 }],
        contacts: [{ root: "name", type: "text", isRequired: true, isReadOnly: false, lengthMax: 80 }],
      },
    });
  });

  it("is another one than the options expect: the connection stops", async () => {
    const { connection } = await openWith(alder, () => reply(200, { account: { id: 42 } }), { tenant: "41" });
    const failure = await failureOf(connection.describe());
    expect([failure.failure, failure.code]).toEqual(["unauthorised", "tenant_other"]);
  });

  it("is what the options say where no call tells", async () => {
    const { connection } = await openWith(birch, () => reply(200, {}), { tenant: "b-1" });
    expect(await connection.describe()).toEqual({ tenant: "b-1", title: "Birch", version: null, fields: {} });
    const nameless = await openWith(birch, () => reply(200, {}));
    expect((await failureOf(nameless.connection.describe())).code).toBe("tenant_unknown");
  });

  it("has addresses for people when the site is known", async () => {
    const { connection } = await openWith(alder, () => reply(200, {}), {
      variables: { site: "https://a.test/app" },
    });
    expect(connection.recordUrl("accounts", id("c/1"))).toBe("https://a.test/app/companies/c%2F1");
    expect(connection.recordUrl("nothing", id("c1"))).toBeNull();
    expect(
      (await openWith(alder, () => reply(200, {}))).connection.recordUrl("accounts", id("c1")),
    ).toBeNull();
  });
});
