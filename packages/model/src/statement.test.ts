import { connectionId, linkId } from "@crossfoot/kernel";
import type { Fields } from "@crossfoot/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePolicy } from "./contract-compile.ts";
import { defaultContract } from "./contract.ts";
import { differenceReasons } from "./reason.ts";
import { composeStatement, stateEntity } from "./statement.ts";
import type { Pair } from "./statement.ts";

const policy = compilePolicy(defaultContract, "orders", { crm: connectionId("c"), erp: connectionId("e") });
const euro = (amount: string) => ({ amount, currency: "EUR" });
const pair = (crm: Fields, erp: Fields, more: Partial<Pair> = {}): Pair => ({
  link: linkId("l-1"),
  label: "SO-1",
  crm,
  erp,
  agreed: [],
  reasons: {},
  systems: { crm: "", erp: "" },
  parks: [],
  ...more,
});
const state = (pairs: readonly Pair[]) =>
  stateEntity({
    entity: "orders",
    fields: Object.values(policy.fields),
    pairs,
    missing: [],
    totalFields: ["gross"],
  });
const whole = (pairs: readonly Pair[]) =>
  composeStatement({ madeAt: "now", contract: "c", entities: [state(pairs)] });

const mapped = (fields: object, value: string) =>
  Object.fromEntries(Object.keys(fields).map((field) => [field, value]));

describe("statement", () => {
  test("a difference without a known reason is unknown, and the statement is not explained", () => {
    const statement = whole([pair({ number: "1" }, { number: "2" })]);
    expect(statement.entities[0]?.differences.map(({ field, reason }) => `${field} ${reason}`)).toEqual([
      "number unknown",
    ]);
    expect([statement.isExplained, statement.isEqual]).toEqual([false, false]);
  });
  test("a reason that is known is told, a lossy image before unknown", () => {
    const reasons = { number: "conflict" } as const;
    const statement = whole([
      pair({ number: "1", status: "open" }, { number: "2", status: "OPEN" }, { reasons, agreed: ["status"] }),
    ]);
    expect(statement.entities[0]?.differences.map(({ reason }) => reason).toSorted()).toEqual([
      "conflict",
      "lossy_target",
    ]);
    expect(statement.isExplained).toBe(true);
  });
  test("while a write is under way only what it may change is in flight; what was agreed has its own", () => {
    const before = { number: "A", status: "open", gross: euro("1") };
    const after = { number: "a", status: "paid", gross: euro("2") };
    const { differences } = state([
      pair(before, after, { reasons: { "*": "in_flight" }, agreed: ["number"] }),
    ]);
    expect(Object.fromEntries(differences.map(({ field, reason }) => [field, reason]))).toEqual({
      number: "lossy_target",
      status: "in_flight",
      gross: "in_flight",
    });
  });
  test("zero is not blank, null and empty text say the same to a reader", () => {
    const differs = state([pair({ gross: euro("0") }, { gross: null })]);
    expect(differs.differences.length).toBe(1);
    expect(state([pair({ number: "" }, { number: null })]).differences).toEqual([]);
  });
  test("a field that one side does not show is not compared", () => {
    expect(state([pair({ number: "1" }, {})])).toMatchObject({ fieldsCompared: 0, fieldsEqual: 0 });
  });
  test("lines are the same in any order, and a dozen equals twelve pieces", () => {
    const line = (key: string, value: string, unit: string) => ({
      key,
      fields: { quantity: { value, unit } },
    });
    const lines = state([
      pair(
        { lines: [line("a", "1", "pcs"), line("b", "2", "pcs")] },
        { lines: [line("b", "2", "pcs"), line("a", "1", "pcs")] },
      ),
    ]);
    expect(lines.differences).toEqual([]);
  });
  test("totals are exact per currency and never mix currencies", () => {
    const { totals } = state([
      pair({ gross: euro("0.1") }, { gross: euro("0.1") }),
      pair({ gross: euro("0.2") }, { gross: euro("0.2") }),
      pair({ gross: { amount: "5", currency: "USD" } }, { gross: euro("5") }),
    ]);
    expect(totals).toEqual([
      { field: "gross", currency: "EUR", crm: "0.3", erp: "5.3", difference: "-5" },
      { field: "gross", currency: "USD", crm: "5", erp: "0", difference: "5" },
    ]);
  });
  test("what the contract does not want is no difference", () => {
    const missing = [
      { link: null, label: "x", missingOn: "erp", reason: "not_wanted", command: "" },
    ] as const;
    const entity = stateEntity({ entity: "orders", fields: [], pairs: [], missing, totalFields: [] });
    expect(composeStatement({ madeAt: "", contract: "", entities: [entity] }).isEqual).toBe(true);
  });
  test("planted differences of every reason are found, named with their command, and only those", () => {
    const planted = fc.dictionary(
      fc.constantFrom("number", "status", "customerOrderNumber", "paymentTerms", "owner", "warehouse"),
      fc.constantFrom(...differenceReasons.filter((reason) => reason !== "unknown")),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(planted, { maxLength: 6 }), (pairs) => {
        const made = pairs.map((reasons, at) => {
          const crm = { number: "1", status: "a", owner: "b", ...mapped(reasons, "mine") };
          return pair(crm, { ...crm, ...mapped(reasons, "theirs") }, { link: linkId(`l-${at}`), reasons });
        });
        const { differences, fieldsCompared, fieldsEqual } = state(made);
        const told = differences.map(({ link, field, reason }) => `${link} ${field} ${reason}`);
        const expected = pairs.flatMap((reasons, at) =>
          Object.entries(reasons).map(([field, reason]) => `l-${at} ${field} ${reason}`),
        );
        expect(told.toSorted()).toEqual(expected.toSorted());
        expect(fieldsCompared - fieldsEqual).toBe(expected.length);
        for (const { reason, command } of differences) {
          expect(command).toMatch(/^crossfoot [a-z-]+/);
          seen.add(reason);
        }
      }),
      { numRuns: 300 },
    );
    expect([...seen].toSorted()).toEqual(differenceReasons.filter((each) => each !== "unknown").toSorted());
  });
});
