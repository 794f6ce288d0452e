import { ConnectorError } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import type { JsonMap } from "../src/wire.ts";
import { Birch } from "./birch.ts";
import { bodyOf, id, openWith, page, reply, wordOf, writeOf, variable, yamlAt } from "./session.ts";

const alder = yamlAt("descriptions/alder.yaml");
const birch = yamlAt("descriptions/birch.yaml");
const company = (n: number, more: JsonMap = {}): JsonMap => ({
  id: `c${n}`,
  version: n + 1,
  updatedAt: "2026-01-01T00:00:00Z",
  ...more,
});

describe("a create", () => {
  it("carries our reference and idempotency key, and answers the record", async () => {
    const { connection, requests } = await openWith(alder, () =>
      reply(201, { result: company(1, { name: "X", ref: "cf-1" }) }),
    );
    const [outcome] = await connection.write([
      writeOf({ entity: "accounts", kind: "create", patch: { name: `X ${variable("id")}` } }),
    ]);
    expect(outcome).toMatchObject({
      kind: "done",
      id: "c1",
      record: { version: "2", native: { name: "X", ref: "cf-1" } },
    });
    expect(requests[0]).toMatchObject({
      method: "POST",
      path: "/api/companies",
      isWrite: true,
      headers: { authorization: "Bearer tok-1", "idempotency-key": "k1", "content-type": "application/json" },
    });
    expect(bodyOf(requests[0])).toEqual({ name: `X ${variable("id")}`, ref: "cf-1" });
  });

  it("may answer the id only", async () => {
    const { connection } = await openWith(alder, () => reply(201, { id: 99 }));
    const [outcome] = await connection.write([writeOf({ entity: "contacts", kind: "create" })]);
    expect(outcome).toEqual({ kind: "done", id: "99", record: null });
  });
});

describe("an update", () => {
  const update = { entity: "accounts", kind: "update" as const, id: id("c1"), precondition: "4" };

  it("tells the version in a header, in the form that the system wants", async () => {
    const { connection, requests } = await openWith(alder, () => reply(200, { result: company(1) }));
    await connection.write([
      writeOf({ ...update, patch: { name: "Y" } }),
      writeOf({ ...update, precondition: null }),
    ]);
    expect(requests[0]).toMatchObject({
      method: "PATCH",
      path: "/api/companies/c1",
      headers: { "if-match": '"4"' },
    });
    expect(requests[1]?.headers).not.toHaveProperty("if-match");
  });

  it("tells the version in the body", async () => {
    const system = new Birch(1);
    const { connection, requests } = await openWith(birch, system.answer);
    const write = writeOf({
      entity: "accounts",
      kind: "update",
      id: id("1"),
      precondition: "v1",
      patch: { name: "Y" },
    });
    expect(wordOf((await connection.write([write]))[0])).toBe("done 1");
    expect(bodyOf(requests[0])).toEqual({ name: "Y", expected: "v1" });
    expect(wordOf((await connection.write([write]))[0])).toBe("stale stale");
  });

  it("tells the version in the query", async () => {
    const description = {
      ...alder,
      entities: {
        accounts: {
          ...((alder["entities"] as JsonMap)["accounts"] as JsonMap),
          precondition: { header: null, value: null, query: "v" },
        },
      },
    };
    const { connection, requests } = await openWith(description, () => reply(200, { result: company(1) }));
    await connection.write([writeOf(update)]);
    expect(requests[0]?.query).toEqual({ v: "4" });
  });

  it("leaves out what is never sent, and sends a map without its amount as null", async () => {
    const { connection, requests } = await openWith(alder, () => reply(200, { result: company(1) }));
    const lines = [{ id: 1, qty: "2", total: "5" }, { qty: "3" }];
    const patch = { limit: { amount: null, currency: "EUR" }, other: { amount: null }, lines };
    await connection.write([writeOf({ ...update, patch })]);
    expect(bodyOf(requests[0])).toEqual({
      limit: null,
      other: { amount: null },
      lines: [{ id: 1, qty: "2" }, { qty: "3" }],
    });
  });

  it("may send the whole record and answer nothing", async () => {
    const { connection, requests } = await openWith(alder, () => page(204, ""));
    const write = {
      entity: "contacts",
      kind: "update" as const,
      id: id("p1"),
      current: { a: 1, b: 2 },
      patch: { b: 3 },
    };
    expect((await connection.write([writeOf(write)]))[0]).toEqual({ kind: "done", id: "p1", record: null });
    expect(requests[0]?.method).toBe("PUT");
    expect(bodyOf(requests[0])).toEqual({ person: { a: 1, b: 3 } });
  });
});

describe("other writes", () => {
  it("archive, bring back, delete and merge as the description says", async () => {
    const { connection, requests } = await openWith(alder, ({ method }) =>
      method === "DELETE" ? page(204, "") : reply(200, {}),
    );
    const at = { entity: "accounts", id: id("c1"), precondition: "4" };
    const outcomes = await connection.write([
      writeOf({ ...at, kind: "archive" }),
      writeOf({ ...at, kind: "unarchive" }),
      writeOf({ ...at, kind: "delete" }),
      writeOf({ ...at, kind: "merge", patch: { loser: "c2" } }),
      writeOf({ ...at, kind: "note" }),
    ]);
    expect(outcomes.map((outcome) => wordOf(outcome))).toEqual([
      "done c1",
      "done c1",
      "done c1",
      "done c1",
      "unsupported no_note",
    ]);
    expect(
      requests.map(({ method, path, headers, body }) => [method, path, headers?.["if-match"], body]),
    ).toEqual([
      ["POST", "/api/companies/c1/archive", '"4"', undefined],
      ["POST", "/api/companies/c1/revive", '"4"', undefined],
      ["DELETE", "/api/companies/c1", '"4"', undefined],
      ["POST", "/api/companies/c1/merge", undefined, '{"loser":"c2"}'],
    ]);
  });
});

describe("a change of state", () => {
  const change = writeOf({
    entity: "quotes",
    kind: "transition",
    id: id("5"),
    precondition: "v1",
    current: { state: "draft" },
    transition: { from: "draft", to: "accepted", via: "release" },
  });
  const shown = (state: string): JsonMap => ({ id: 5, changed: 1, row_version: "v2", state });

  it("goes by its own action, and answers the record", async () => {
    const { connection, requests } = await openWith(birch, () => reply(200, shown("released")));
    expect((await connection.write([change]))[0]).toMatchObject({
      kind: "done",
      record: { native: { state: "released" } },
    });
    expect(requests[0]).toMatchObject({ method: "POST", path: "/offers/5/release" });
    expect(bodyOf(requests[0])).toEqual({ by: "accepted", expected: "v1" });
  });

  it("that did nothing is a failure, where the description says what to expect", async () => {
    const { connection } = await openWith(birch, () => reply(200, shown("draft")));
    expect(wordOf((await connection.write([change]))[0])).toBe("invalid not_done");
  });

  it("that was done already may be a success without a body", async () => {
    const { connection } = await openWith(birch, () => page(304, ""));
    expect((await connection.write([change]))[0]).toEqual({ kind: "done", id: "5", record: null });
  });

  it("that the description does not have is unsupported", async () => {
    const { connection } = await openWith(birch, () => reply(200, {}));
    const other = writeOf({ ...change, transition: { from: "accepted", to: "draft", via: "reopen" } });
    expect(wordOf((await connection.write([other]))[0])).toBe("unsupported no_transition");
  });
});

describe("a batch with an outcome per row", () => {
  const create = (n: number, name = `N${n}`) =>
    writeOf({ entity: "accounts", kind: "create", key: `k${n}`, reference: `cf-${n}`, patch: { name } });
  const made = (n: number): JsonMap => ({ status: 201, body: company(n, { ref: `cf-${n}` }) });

  it("carries neighbours of one entity together, up to its size, and one alone by itself", async () => {
    const { connection, requests } = await openWith(alder, ({ path, body }) => {
      const operations =
        (JSON.parse(body ?? "{}") as { operations?: readonly { body: JsonMap }[] }).operations ?? [];
      if (!path.endsWith("/batch")) return reply(201, { result: company(9, { ref: "cf-9" }) });
      return reply(207, {
        results: operations.map((one, n) => ({
          status: 201,
          body: { ...company(n), ref: one.body["ref"] ?? null },
        })),
      });
    });
    const outcomes = await connection.write([create(1), create(2), create(3), create(4)]);
    expect(outcomes.every(({ kind }) => kind === "done")).toBe(true);
    expect(requests.map(({ path }) => path)).toEqual(["/api/companies/batch", "/api/companies"]);
  });

  it("has rows of its own form for creates and updates, without a version that is not known", async () => {
    const { connection, requests } = await openWith(alder, () =>
      reply(207, {
        results: [{ status: 200, body: company(1) }, { status: 200, body: company(2) }, made(3)],
      }),
    );
    const update = { entity: "accounts", kind: "update" as const, patch: { name: "Y" } };
    await connection.write([
      writeOf({ ...update, id: id("c1"), precondition: "4" }),
      writeOf({ ...update, id: id("c2") }),
      create(3),
    ]);
    expect(bodyOf(requests[0])).toEqual({
      operations: [
        { method: "update", id: "c1", ifVersion: 4, body: { name: "Y" } },
        { method: "update", id: "c2", body: { name: "Y" } },
        { method: "create", body: { name: "N3", ref: "cf-3" } },
      ],
    });
  });

  it("fails row by row", async () => {
    const results = [
      made(1),
      { status: 422, error: { code: "TOO_LONG", field: "name" } },
      { status: 500, error: {} },
    ];
    const { connection } = await openWith(alder, () => reply(207, { results }));
    const outcomes = await connection.write([create(1), create(2), create(3)]);
    expect(outcomes.map((outcome) => wordOf(outcome))).toEqual([
      "done c1",
      "invalid too_long",
      "in_doubt http_500",
    ]);
    expect(outcomes[1]).toMatchObject({ failure: { field: "name", status: 422 } });
  });

  it("whose outcomes come in another order are matched by reference, and the rest is in doubt", async () => {
    const results = [{ status: 422, error: { code: "TOO_LONG" } }, made(1), made(2)];
    const { connection } = await openWith(alder, () => reply(207, { results }));
    const outcomes = await connection.write([create(1), create(2), create(3)]);
    expect(outcomes.map((outcome) => wordOf(outcome))).toEqual([
      "done c1",
      "done c2",
      "in_doubt batch_order",
    ]);
  });

  it("whose updates come in another order are matched by id", async () => {
    const { connection } = await openWith(alder, () =>
      reply(207, {
        results: [
          { status: 200, body: company(2) },
          { status: 200, body: company(1) },
        ],
      }),
    );
    const update = (n: number) => writeOf({ entity: "accounts", kind: "update", id: id(`c${n}`) });
    const outcomes = await connection.write([update(1), update(2)]);
    expect(outcomes.map((outcome) => outcome.kind === "done" && outcome.record?.id)).toEqual(["c1", "c2"]);
  });

  it.each([
    ["too few", { results: [made(1)] }, "in_doubt batch_count"],
    ["none", {}, "in_doubt batch_count"],
    ["a record without id", { results: [{ status: 201, body: {} }, made(2)] }, "in_doubt answer_without_id"],
  ])("with %s outcomes is in doubt, one by one", async (_title, body, word) => {
    const { connection } = await openWith(alder, () => reply(207, body));
    const outcomes = await connection.write([create(1), create(2)]);
    expect(wordOf(outcomes[0])).toBe(word);
    expect(outcomes).toHaveLength(2);
  });

  it("that was refused whole says so of each row, and the next batch still goes", async () => {
    let calls = 0;
    const { connection } = await openWith(alder, () => {
      calls += 1;
      return calls === 1 ? reply(500, {}) : reply(207, { results: [made(4), made(5)] });
    });
    const outcomes = await connection.write([create(1), create(2), create(3), create(4), create(5)]);
    expect(outcomes.map((outcome) => wordOf(outcome))).toEqual([
      ...["in_doubt http_500", "in_doubt http_500", "in_doubt http_500"],
      ...["done c4", "done c5"],
    ]);
  });

  it("of a system without row status goes by its codes; an unknown one is in doubt", async () => {
    const system = new Birch(1);
    const { connection } = await openWith(birch, system.answer);
    const stale = writeOf({ entity: "accounts", kind: "update", id: id("1"), precondition: "v0", patch: {} });
    const outcomes = await connection.write([create(1), create(2, "bad"), create(3, "odd"), stale]);
    expect(outcomes.map((outcome) => wordOf(outcome))).toEqual([
      "done 2",
      "invalid bad",
      "in_doubt surprise",
      "stale stale",
    ]);
    expect(outcomes[1]).toMatchObject({
      failure: {
        field: "name",
        message: "accounts (customers): the system answered with a failed row BAD to create, about name",
      },
    });
  });

  it("may name its rows by a value of ours", async () => {
    const accounts = (birch["entities"] as JsonMap)["accounts"] as JsonMap;
    const batch = { ...(accounts["batch"] as JsonMap), match: { path: "key", to: "key" } };
    const description = {
      ...birch,
      webhook: null,
      entities: { accounts: { ...accounts, batch } },
    } as JsonMap;
    const { webhook: _webhook, ...plain } = description;
    const row = (n: number): JsonMap => ({
      ok: true,
      key: `k${n}`,
      row: { id: n, changed: 1, row_version: "v" },
    });
    const { connection } = await openWith(plain, () => reply(200, { results: [row(2), row(1)] }));
    expect((await connection.write([create(1), create(2)])).map((outcome) => wordOf(outcome))).toEqual([
      "done 1",
      "done 2",
    ]);
  });

  it("never holds two writes to one record", async () => {
    const system = new Birch(1);
    const { connection, requests } = await openWith(birch, system.answer);
    const update = (name: string) =>
      writeOf({ entity: "accounts", kind: "update", id: id("1"), patch: { name } });
    await connection.write([update("a"), update("b")]);
    expect(requests.map(({ path }) => path)).toEqual(["/customers/1", "/customers/1"]);
    expect(system.rows.get(1)).toMatchObject({ name: "b" });
  });
});

describe("when the connection itself fails", () => {
  const create = (n: number) => writeOf({ entity: "contacts", kind: "create", key: `k${n}` });

  it("what http says of a lost write stays as it is", async () => {
    const lost = new ConnectorError({ failure: "in_doubt", code: "connection_lost", message: "cut" });
    const { connection } = await openWith(alder, () => Promise.reject(lost));
    expect(wordOf((await connection.write([create(1)]))[0])).toBe("in_doubt connection_lost");
  });

  it.each([
    [401, "unauthorised http_401"],
    [429, "throttled http_429"],
  ])("a %i stops the rest of the writes, unsent", async (status, word) => {
    const { connection, requests } = await openWith(alder, () => page(status, ""));
    const outcomes = await connection.write([create(1), create(2), create(3)]);
    expect(outcomes.map((outcome) => wordOf(outcome))).toEqual([word, word, word]);
    expect(requests).toHaveLength(1);
  });

  it("an error of our own is a defect, and no write is lost silently", async () => {
    const { connection } = await openWith(alder, () => Promise.reject(new TypeError("ours")));
    expect(wordOf((await connection.write([create(1)]))[0])).toBe("defect defect");
  });
});
