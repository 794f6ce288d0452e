import type { HttpAnswer } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import { checkPlain } from "./plain.ts";
import { failureOf, ids, openWith, page, readAll, reply, wordOf, writeOf, yamlAt } from "./session.ts";

const alder = yamlAt("descriptions/alder.yaml");
const birch = yamlAt("descriptions/birch.yaml");
const row = { id: "c1", version: 1, updatedAt: "2026-01-01T10:00:00Z" };

const bad: readonly (readonly [title: string, answer: HttpAnswer, code: string])[] = [
  ["an HTML page", page(200, "<html>Please log in</html>"), "page_not_json"],
  ["truncated JSON", page(200, '{"results":[{"id":"c1","ver'), "page_not_json"],
  ["nothing at all", page(200, ""), "page_not_json"],
  ["a success with an error in its body", reply(200, { errors: [{ field: "x" }] }), "error_body"],
  ["no list of rows", reply(200, { result: [] }), "rows_missing"],
  ["rows that are no list", reply(200, { results: { c1: row } }), "rows_missing"],
  ["a redirect", page(302, ""), "http_302"],
  ["a server error", reply(500, { errors: [{ code: "OOPS" }] }), "oops"],
  ["a gateway's page", page(502, "<html>bad gateway</html>"), "http_502"],
  [
    "more rows than anyone asked for",
    reply(200, { results: Array.from({ length: 20_001 }, () => 1) }),
    "page_too_large",
  ],
];

describe("a bad answer to a read is transient and named", () => {
  it.each(bad)("%s", async (_title, answer, code) => {
    const { connection } = await openWith(alder, () => answer);
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([failure.failure, failure.code]).toEqual(["transient", code]);
    checkPlain(failure);
  });
});

describe("a bad answer to a write is in doubt and named", () => {
  it.each([
    ["an HTML page", page(201, "<html>ok</html>"), "answer_not_json"],
    ["truncated JSON", page(201, '{"result":{"id":"c1"'), "answer_not_json"],
    ["a success with an error in its body", reply(201, { errors: [{ field: "x" }] }), "error_body"],
    ["a success that was not agreed", reply(200, { result: row }), "status_unexpected"],
    ["a record without id", reply(201, { result: { version: 1 } }), "answer_without_id"],
    ["nothing where a record belongs", page(201, ""), "answer_without_id"],
    ["another shape", reply(201, { results: [row] }), "answer_without_id"],
    ["a redirect", page(307, ""), "http_307"],
    ["a server error", reply(500, {}), "http_500"],
    ["a time-out of the server's own", reply(408, {}), "http_408"],
    ["a gateway's page", page(504, "<html></html>"), "http_504"],
  ])("%s", async (_title, answer, code) => {
    const { connection } = await openWith(alder, () => answer);
    const [outcome] = await connection.write([
      writeOf({ entity: "accounts", kind: "create", patch: { name: "X" } }),
    ]);
    expect(wordOf(outcome)).toBe(`in_doubt ${code}`);
  });

  it("another record than the one written", async () => {
    const { connection } = await openWith(alder, () => reply(200, { result: row }));
    const [outcome] = await connection.write([
      writeOf({ entity: "accounts", kind: "update", id: ids("c2")[0] ?? null }),
    ]);
    expect(wordOf(outcome)).toBe("in_doubt answer_other_id");
  });
});

describe("a list that cannot be trusted", () => {
  it("whose cursor is its own is left at the second time", async () => {
    const { connection, requests } = await openWith(alder, ({ query = {} }) =>
      reply(200, { results: [row], next: query["after"] ?? "a" }),
    );
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([failure.failure, failure.code]).toEqual(["transient", "cursor_loop"]);
    expect(requests.length).toBeLessThan(5);
  });

  it.each([2, 3, 7, 12])("whose cursors run in a circle of %i is left", async (length) => {
    let calls = 0;
    const { connection } = await openWith(alder, () => {
      calls += 1;
      return reply(200, { results: [{ ...row, id: `c${calls}` }], next: `n${calls % length}` });
    });
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect(failure.code).toBe("cursor_loop");
    expect(calls).toBeLessThan(length * 5);
  });

  it("that answers one page twice does no harm", async () => {
    let calls = 0;
    const { connection } = await openWith(alder, ({ query = {} }) => {
      calls += 1;
      const after = query["after"] ?? "";
      if (calls === 2) return reply(200, { results: [{ ...row, id: "c1" }], next: "a" });
      return reply(
        200,
        after === "" ? { results: [{ ...row, id: "c1" }], next: "a" } : { results: [{ ...row, id: "c2" }] },
      );
    });
    const read = await readAll(connection, { entity: "accounts" });
    expect([...new Set(read.ids)]).toEqual(["c1", "c2"]);
  });

  it("that never ends is left at the page that was agreed", async () => {
    let calls = 0;
    const { connection } = await openWith(alder, () => {
      calls += 1;
      return reply(200, { results: [{ ...row, id: `c${calls}` }], next: `n${calls}` });
    });
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([failure.failure, failure.code, calls]).toEqual(["transient", "list_too_long", 50]);
  });

  it("that promises more on one empty page after the other is left", async () => {
    let calls = 0;
    const { connection } = await openWith(alder, () => {
      calls += 1;
      return reply(200, { results: [], next: `n${calls}` });
    });
    expect((await failureOf(readAll(connection, { entity: "accounts" }))).code).toBe("list_too_long");
    expect(calls).toBeLessThan(25);
  });

  it("that ignores the offset is left", async () => {
    const rows = [1, 2, 3, 4, 5].map((n) => ({ id: n, changed: 7, row_version: "v" }));
    const { connection, requests } = await openWith(birch, () => reply(200, { count: 12, rows }));
    expect((await failureOf(readAll(connection, { entity: "accounts" }))).code).toBe("cursor_loop");
    expect(requests.length).toBeLessThan(6);
  });

  it("that counts more than it shows is named", async () => {
    const { connection } = await openWith(birch, () => reply(200, { count: 12, rows: [] }));
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([failure.code, failure.message]).toEqual(["page_empty", expect.stringContaining("paging.total")]);
  });

  it("whose rows never rest is left", async () => {
    let calls = 0;
    const { connection } = await openWith(birch, () => {
      calls += 1;
      const rows = [1, 2, 3, 4, 5].map((n) => ({ id: calls * 10 + n, changed: 7, row_version: "v" }));
      return reply(200, { count: 1000, rows });
    });
    expect((await failureOf(readAll(connection, { entity: "accounts" }))).code).toBe("list_moving");
    expect(calls).toBeLessThan(300);
  });

  it("has a cursor that is none of ours", async () => {
    const { connection } = await openWith(alder, () => reply(200, { results: [] }));
    const request = { entity: "accounts", roots: [], since: null, pageSize: 5, cursor: "stolen" };
    expect((await failureOf(connection.read(request))).code).toBe("cursor_unknown");
  });
});

describe("a row that cannot be read is set aside alone", () => {
  it("whatever is wrong with it", async () => {
    const rows = [
      row,
      "text",
      { version: 2 },
      { id: "", version: 2 },
      { id: "c2", version: 1, updatedAt: "31 February" },
      { id: "c3", version: 1 },
      { id: "c4", version: 1, name: "one" },
      { id: "c4", version: 2, name: "two" },
      { id: "c5", version: 1 },
      { id: "c5", version: 1 },
    ];
    const { connection } = await openWith(alder, () => reply(200, { results: rows }));
    const read = await connection.read({
      entity: "accounts",
      roots: ["name"],
      since: null,
      cursor: null,
      pageSize: 5,
    });
    expect(read.records.map(({ id }) => id)).toEqual(["c1", "c3"]);
    expect(read.unreadable.map(({ id, failure }) => [id, failure.failure, failure.code])).toEqual([
      [null, "invalid", "row_not_a_map"],
      [null, "invalid", "id_missing"],
      [null, "invalid", "id_missing"],
      ["c2", "invalid", "stamp_unreadable"],
      ["c4", "invalid", "duplicate_id"],
      ["c5", "invalid", "duplicate_id"],
    ]);
    expect(JSON.stringify(read.unreadable)).not.toContain("February");
  });
});

describe("big numbers", () => {
  it("arrive digit by digit, also as ids and versions", async () => {
    const body =
      '{"results":[{"id":12345678901234567890,"version":98765432109876543210,"balance":1234567890123456.78,"qty":2.5}]}';
    const { connection } = await openWith(alder, () => page(200, body));
    const read = await connection.read({
      entity: "accounts",
      roots: ["balance", "qty"],
      since: null,
      cursor: null,
      pageSize: 5,
    });
    expect(read.records[0]).toMatchObject({
      id: "12345678901234567890",
      version: "98765432109876543210",
      native: { balance: "1234567890123456.78", qty: 2.5 },
    });
  });
});
