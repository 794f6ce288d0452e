import { describe, expect, it } from "vitest";
import type { JsonMap } from "../src/wire.ts";
import { bodyOf, id, openWith, reply, variable, wordOf, writeOf } from "./session.ts";

/** A system that says no in the body of a success, and shows its versions in a header only. */
const strict: JsonMap = {
  language: 1,
  title: "Strict",
  auth: { kind: "none" },
  errors: { code: "err.code", bodies: [{ path: "ok", in: [false] }] },
  entities: {
    accounts: {
      object: "cust",
      record: { id: "id", version: { header: "etag" }, absentIsNull: true },
      list: {
        method: "POST",
        path: "/query",
        body: { where: [["changed", ">=", variable("since")]], take: variable("limit") },
        since: { form: "epoch" },
        rows: "rows",
      },
      get: {
        path: `/cust/${variable("id")}`,
        at: "row",
        gone: [{ when: { path: "err.code", in: ["GONE"] }, kind: "deleted" }],
      },
      precondition: { header: "if-match" },
      create: { path: "/cust", at: "row" },
      update: { path: `/cust/${variable("id")}`, at: "row" },
    },
  },
};

const read = { entity: "accounts", roots: ["name", "phone"] } as const;

describe("a stamp in epoch seconds", () => {
  it("is a number where it stands alone in a body", async () => {
    const { connection, requests } = await openWith(strict, () => reply(200, { rows: [] }));
    await connection.read({ ...read, since: "2026-03-02T09:00:00.500Z", cursor: null, pageSize: 50 });
    await connection.read({ ...read, since: null, cursor: null, pageSize: 50 });
    expect(bodyOf(requests[0])).toEqual({ where: [["changed", ">=", 1_772_442_000]], take: 50 });
    expect(bodyOf(requests[1])).toEqual({ where: [], take: 50 });
  });
});

describe("a record that is gone", () => {
  const ask = async (code: string) => {
    const { connection } = await openWith(strict, () => reply(200, { ok: false, err: { code } }));
    return connection.readByIds({ ...read, ids: [id("7")] });
  };

  it("is proved by the body of a success that says no", async () => {
    expect(await ask("GONE")).toMatchObject([{ id: "7", kind: "deleted" }]);
  });

  it("is not proved by another no", async () => {
    await expect(ask("BUSY")).rejects.toMatchObject({ failure: "transient", code: "error_body" });
  });
});

describe("a version that stands in a header only", () => {
  const write = writeOf({
    entity: "accounts",
    kind: "update",
    id: id("7"),
    patch: { phone: "2" },
    current: { name: "X", phone: null, "=net": 1 },
  });
  const shown = (name: string) => reply(200, { row: { id: 7, name } }, { etag: 'W/"3"' });

  it("is asked for just before a write that does not know it", async () => {
    const { connection, requests } = await openWith(strict, () => shown("X"));
    expect(wordOf((await connection.write([write]))[0])).toBe("done 7");
    expect(requests.map(({ method }) => method)).toEqual(["GET", "PATCH"]);
    expect(requests[1]?.headers).toMatchObject({ "if-match": 'W/"3"' });
  });

  it("is worth nothing when the record has moved since the decision", async () => {
    const { connection, requests } = await openWith(strict, () => shown("Y"));
    expect(wordOf((await connection.write([write]))[0])).toBe("stale target_moved");
    expect(requests).toHaveLength(1);
  });

  it("is not asked for when it is known", async () => {
    const { connection, requests } = await openWith(strict, () => shown("X"));
    await connection.write([{ ...write, precondition: 'W/"2"' }]);
    expect(requests.map(({ headers }) => headers?.["if-match"])).toEqual(['W/"2"']);
  });
});

describe("an answer that leaves out what has no value", () => {
  it("shows null for the roots that the view before shows", async () => {
    const { connection } = await openWith(strict, () => reply(200, { row: { id: 7, name: "X" } }));
    const [outcome] = await connection.write([
      writeOf({
        entity: "accounts",
        kind: "update",
        id: id("7"),
        precondition: "1",
        current: { name: "X", phone: "2" },
      }),
    ]);
    expect(outcome).toMatchObject({ kind: "done", record: { native: { name: "X", phone: null } } });
  });

  it("is no whole record after a create, when nobody knows the roots: it is read back", async () => {
    const { connection } = await openWith(strict, () => reply(200, { row: { id: 7, name: "X" } }));
    const [outcome] = await connection.write([writeOf({ entity: "accounts", kind: "create" })]);
    expect(outcome).toEqual({ kind: "done", id: "7", record: null });
    expect(connection.manifest.entities["accounts"]?.answersRecord).toBe(false);
  });
});
