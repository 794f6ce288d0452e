import { describe, expect, it } from "vitest";
import { LostSession, RefusedStatement, StoreError, storeErrorOf, type Moment } from "./store-error.ts";

const refused = (code: string, message = "refused"): RefusedStatement =>
  new RefusedStatement({ code, message, constraint: null, table: null, column: null });

const judged = (cause: unknown, moment: Moment): readonly [string, boolean, boolean] => {
  const { code, isRetryable, isUnknownOutcome } = storeErrorOf(cause, {
    moment,
    sql: "update  a\n set b = $1",
  });
  return [code, isRetryable, isUnknownOutcome];
};

describe("what a caller may do after a failure", () => {
  it("serialisation failures, deadlocks and lock time-outs may be tried again, also at the commit", () => {
    for (const code of ["40001", "40P01", "55P03"]) {
      expect(judged(refused(code), "transaction")).toEqual([code, true, false]);
      expect(judged(refused(code), "commit")).toEqual([code, true, false]);
    }
  });

  it("a violated rule is neither retried nor in doubt", () => {
    expect(judged(refused("23505"), "commit")).toEqual(["23505", false, false]);
  });

  it("a connection that breaks is retryable before the commit and in doubt during it", () => {
    const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    for (const cause of [reset, refused("57P01"), new Error("Connection terminated unexpectedly")]) {
      expect(judged(cause, "transaction").slice(1)).toEqual([true, false]);
      expect(judged(cause, "commit")).toEqual(["08007", false, true]);
      expect(judged(cause, "alone")).toEqual(["08007", false, true]);
      expect(judged(cause, "connect").slice(1)).toEqual([true, false]);
    }
    expect(judged(refused("53300"), "connect")).toEqual(["53300", true, false]);
    expect(judged(refused("28P01"), "connect")).toEqual(["28P01", false, false]);
  });

  it("an embedded database that is gone is never retried, and in doubt only where it was asked", () => {
    expect(judged(new LostSession("its thread ended", false), "transaction")).toEqual([
      "08006",
      false,
      false,
    ]);
    expect(judged(new LostSession("its thread ended", false), "commit")).toEqual(["08007", false, true]);
    expect(judged(new LostSession("its thread ended", true), "commit")).toEqual(["08003", false, false]);
  });

  it("a StoreError stays as it is", () => {
    const error = new StoreError({ code: "25P02", message: "as it was" });
    expect(storeErrorOf(error, { moment: "commit" })).toBe(error);
  });
});

describe("what a message shows", () => {
  it.each([
    ["22P02", 'invalid input syntax for type integer: "Acme Ltd"', "invalid input syntax for type integer"],
    [
      "22003",
      'value "98765432109" is out of range for type integer',
      "a value is out of range for type integer",
    ],
    ["22021", 'invalid byte sequence for encoding "UTF8": 0x00', 'invalid byte sequence for encoding "UTF8"'],
    ["42703", 'column "nowhere" does not exist', 'column "nowhere" does not exist'],
  ])("%s without the value", (code, message, shown) => {
    expect(storeErrorOf(refused(code, message), { moment: "alone" }).message).toBe(shown);
  });

  it("the statement on one line, cut short", () => {
    const sql = `select\n  1 ${"x".repeat(500)}`;
    const { statement } = storeErrorOf(refused("42703"), { moment: "alone", sql });
    expect(statement?.startsWith("select 1 xxx")).toBe(true);
    expect(statement?.length).toBe(201);
  });
});
