import { describe, expect, it } from "vitest";
import type { JsonMap } from "../src/wire.ts";
import { Birch } from "./birch.ts";
import { failureOf, openWith, queryOf, readAll, reply, variable, yamlAt } from "./session.ts";

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

describe("pages by cursor", () => {
  it("follow each other, with the stamp on each", async () => {
    const { connection, requests } = await openWith(alder, ({ query = {} }) =>
      query["after"] === undefined
        ? reply(200, { results: [company(1)], next: "n1" })
        : reply(200, { results: [company(2)] }),
    );
    const since = "2026-01-01T00:00:00.000Z";
    expect((await readAll(connection, { entity: "accounts", since, pageSize: 200 })).ids).toEqual([
      "c1",
      "c2",
    ]);
    expect(requests.map((request) => queryOf(request))).toEqual([
      { since, limit: "10" },
      { since, after: "n1", limit: "10" },
    ]);
  });
});

describe("pages by offset that walk by the stamp", () => {
  const spread = (id: number): number => 1_700_000_000 + Math.floor(id / 3);
  const bulk = (): number => 1_700_000_000;

  it.each([
    ["one row a second", undefined, 23],
    ["three rows a second", spread, 23],
    ["all rows in one second", bulk, 23],
    ["exactly one page", undefined, 5],
    ["nothing", undefined, 0],
  ])("read every row: %s", async (_title, stampOf, count) => {
    const system = new Birch(count, stampOf);
    const { connection } = await openWith(birch, system.answer);
    const read = await readAll(connection, { entity: "accounts" });
    expect(new Set(read.ids).size).toBe(count);
    expect(read.unreadable).toEqual([]);
  });

  it.each([
    ["one row a second", undefined],
    ["three rows a second", spread],
    ["all rows in one second", bulk],
  ])("lose no row when rows move to the end while they are read: %s", async (_title, stampOf) => {
    const system = new Birch(23, stampOf);
    const { connection } = await openWith(birch, system.answer);
    system.between = (request) => {
      // Somebody saves a row that was read already, before each of the first pages.
      if (request > 1 && request < 6) system.put(request, { changed: 1_700_001_000 + request });
    };
    const read = await readAll(connection, { entity: "accounts" });
    expect(new Set(read.ids).size).toBe(23);
  });

  it("lose no row when rows are deleted while they are read", async () => {
    const system = new Birch(23, bulk);
    const { connection } = await openWith(birch, system.answer);
    system.between = (request) => {
      if (request > 1 && request < 5) system.rows.delete(request);
    };
    const read = await readAll(connection, { entity: "accounts" });
    expect([...system.rows.keys()].every((one) => read.ids.includes(String(one)))).toBe(true);
  });

  it("start at the stamp asked for, cut down to the form of the filter", async () => {
    const system = new Birch(3);
    const { connection, requests } = await openWith(birch, system.answer);
    await readAll(connection, { entity: "accounts", since: "2023-11-14T22:13:22.900Z" });
    await readAll(connection, { entity: "accounts" });
    expect(requests.map((request) => queryOf(request)["from"])).toEqual(["1700000002", "0"]);
  });

  it("are not trusted when the list is not ordered by its stamp", async () => {
    const rows = [5, 4, 3, 2, 1].map((n) => ({ id: n, changed: n, row_version: "v" }));
    const { connection } = await openWith(birch, () => reply(200, { count: 9, rows }));
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([failure.failure, failure.code]).toEqual(["transient", "list_not_ordered"]);
  });
});

describe("other kinds of paging", () => {
  const list = (paging: JsonMap, query: JsonMap, more: JsonMap = {}): JsonMap => ({
    ...birch,
    entities: {
      accounts: {
        object: "rows",
        list: {
          path: "/rows",
          since: null,
          rows: "rows",
          paging: { total: null, walk: null, ...paging },
          query: { from: null, offset: null, ...query },
          ...more,
        },
      },
    },
  });
  const rows = (...numbers: readonly number[]): readonly JsonMap[] =>
    numbers.map((n) => ({ id: n, changed: n, row_version: "v" }));
  const named = (name: string): string => `\${${name}}`;

  it("page numbers end at a short page", async () => {
    const description = list({ kind: "page", first: 0 }, { page: named("page") });
    const { connection, requests } = await openWith(description, ({ query = {} }) =>
      reply(200, { rows: query["page"] === "0" ? rows(1, 2, 3) : rows(4) }),
    );
    expect((await readAll(connection, { entity: "accounts", pageSize: 3 })).ids).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
    expect(requests.map((request) => queryOf(request)["page"])).toEqual(["0", "1"]);
  });

  it("read on until a page is empty where pages may be cut short", async () => {
    const description = list({ kind: "page", endsOn: "empty" }, { page: named("page") }, { empty: [404] });
    const { connection, requests } = await openWith(description, ({ query = {} }) =>
      query["page"] === "1"
        ? reply(200, { rows: rows(1) })
        : query["page"] === "2"
          ? reply(200, { rows: rows(2) })
          : reply(404, {}),
    );
    expect((await readAll(connection, { entity: "accounts", pageSize: 3 })).ids).toEqual(["1", "2"]);
    expect(requests).toHaveLength(3);
  });

  it("links are followed below our own address only", async () => {
    const description = { ...list({ kind: "link", next: "next" }, {}), base: "/v1" };
    const { connection, requests } = await openWith(description, ({ path }) =>
      path === "/v1/rows"
        ? reply(200, { rows: rows(1), next: `https://evil.test/x/v1/rows/p2?a=1%2B1&b=${variable("id")}` })
        : reply(200, { rows: rows(2) }),
    );
    expect((await readAll(connection, { entity: "accounts" })).ids).toEqual(["1", "2"]);
    expect(requests[1]).toMatchObject({ path: "/v1/rows/p2", query: { a: "1+1", b: variable("id") } });
  });

  it("links stand in a header too", async () => {
    const description = list({ kind: "link", header: "Link" }, {});
    const { connection } = await openWith(description, ({ path }) =>
      path === "/rows"
        ? reply(200, { rows: rows(1) }, { link: '</rows/2>; rel="next"' })
        : reply(200, { rows: rows(2) }),
    );
    expect((await readAll(connection, { entity: "accounts" })).ids).toEqual(["1", "2"]);
  });

  it("keysets go on after the last row", async () => {
    const where = [
      { after: named("last.stamp") },
      { and: [{ same: named("last.stamp") }, { beyond: named("last.id") }] },
    ];
    const description = list({ kind: "keyset", more: { path: "more", in: [true] } }, { where });
    const { connection, requests } = await openWith(description, ({ query = {} }) =>
      query["where"] === "[]"
        ? reply(200, { rows: rows(1, 2), more: true })
        : reply(200, { rows: rows(3), more: false }),
    );
    expect((await readAll(connection, { entity: "accounts" })).ids).toEqual(["1", "2", "3"]);
    const stamp = "1970-01-01T00:00:02.000Z";
    expect(JSON.parse(queryOf(requests[1])["where"] ?? "")).toEqual([
      { after: stamp },
      { and: [{ same: stamp }, { beyond: "2" }] },
    ]);
  });

  it("a filter that means later than is given one step less", async () => {
    const description = list(
      { kind: "none" },
      { from: named("since") },
      { since: { form: "epoch", exclusive: true } },
    );
    const { connection, requests } = await openWith(description, () => reply(200, { rows: [] }));
    await readAll(connection, { entity: "accounts", since: "2023-11-14T22:13:22.500Z" });
    expect(queryOf(requests[0])["from"]).toBe("1700000001");
  });

  it("changes may be asked for at another place than the whole", async () => {
    const description = list({ kind: "none" }, {});
    const entity = (description["entities"] as JsonMap)["accounts"] as JsonMap;
    const changes = { path: "/changes", query: { at: named("since") } };
    const { connection, requests } = await openWith(
      { ...description, entities: { accounts: { ...entity, changes } } },
      () => reply(200, { rows: [] }),
    );
    await readAll(connection, { entity: "accounts" });
    await readAll(connection, { entity: "accounts", since: "2026-01-01T00:00:00Z" });
    expect(requests.map(({ path, query }) => [path, query?.["at"]])).toEqual([
      ["/rows", undefined],
      ["/changes", "2026-01-01T00:00:00Z"],
    ]);
  });
});
