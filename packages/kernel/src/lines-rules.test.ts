import { describe, expect, it } from "vitest";
import { mergeLines } from "./lines.ts";
import type { MergeContext, SideValue } from "./merge.ts";
import type { FieldPolicy } from "./policy.ts";
import { crm, erp, fieldPolicy, web } from "./testing/fixtures.ts";
import type { Line } from "./value.ts";

const context: MergeContext = { newestToleranceMs: 0, customRules: {} };
const all = [crm, erp, web];
const parts = { quantity: { kind: "decimal" }, price: { kind: "decimal" } } as const;
const policyOf = (change: Partial<FieldPolicy> = {}): FieldPolicy =>
  fieldPolicy({ field: "lines", kind: { kind: "collection", parts }, writers: all, targets: all, ...change });
const line = (key: string, quantity = "1"): Line => ({ key, fields: { quantity, price: "9" } });
const one = line("k1");
const two = line("k2");
const start = [one, two];
/** A side that shows these lines; it agreed to `start` unless another base is given. */
const side = (
  connection: SideValue["connection"],
  view: readonly Line[] | undefined,
  base: readonly Line[] = start,
): SideValue => {
  return { connection, view, base: [base], stampMs: null, stampGranularityMs: 0, actor: null };
};
const merged = (change: Partial<FieldPolicy>, sides: readonly SideValue[]) =>
  mergeLines(policyOf(change), sides, context);

describe("a line that is added", () => {
  it("is added on every other side that may receive it, and nowhere else", () => {
    const sides = [side(crm, [...start, line("k3")]), side(erp, start), side(web, start)];
    expect(merged({}, sides)).toEqual({
      kind: "write",
      values: { erp: [one, two, line("k3")], web: [one, two, line("k3")] },
      winners: { erp: crm, web: crm },
      reason: "only_change",
      discards: [],
    });
    expect(Object.keys((merged({ targets: [web] }, sides) as { values: object }).values)).toEqual(["web"]);
  });

  it("where it may not be is taken away in the name of one who may write, and told", () => {
    const sides = [side(crm, start), side(erp, [...start, line("k3")]), side(web, start)];
    expect(merged({ writers: [web], master: erp }, sides)).toMatchObject({
      values: { erp: start },
      winners: { erp: web },
      discards: [{ connection: erp, value: [line("k3")], reason: "not_a_writer", winner: web }],
    });
  });

  it("by a system itself, and known only there, is carried nowhere by another's edit", () => {
    const freight = line("freight");
    const sides = [side(crm, [line("k1", "5"), two]), side(erp, [...start, freight], [...start, freight])];
    expect(merged({}, sides)).toMatchObject({
      values: { erp: [line("k1", "5"), two, freight] },
      winners: { erp: crm },
    });
  });
});

describe("a line that is removed", () => {
  it("is removed elsewhere; who did not touch it loses nothing", () => {
    expect(merged({}, [side(crm, [two]), side(erp, start)])).toEqual({
      kind: "write",
      values: { erp: [two] },
      winners: { erp: crm },
      reason: "only_change",
      discards: [],
    });
  });

  it("stays, and is no loss, on a side that receives nothing", () => {
    const sides = [side(crm, [two]), side(erp, [line("k1", "7"), two]), side(web, start)];
    expect(merged({ targets: [web] }, sides)).toMatchObject({ values: { web: [two] }, discards: [] });
  });

  it("by two is removed in the name of the first, whatever the order of the sides", () => {
    const sides = [side(erp, [two]), side(crm, [two]), side(web, start)];
    for (const given of [sides, sides.toReversed()])
      expect(merged({ master: web }, given)).toMatchObject({ values: { web: [two] }, winners: { web: crm } });
  });

  it("by one who may is gone, whatever one who may not made of it, and that is told", () => {
    const sides = [side(crm, [two]), side(erp, [line("k1", "7"), two])];
    expect(merged({ writers: [crm], policy: "review" }, sides)).toMatchObject({
      values: { erp: [two] },
      discards: [{ connection: erp, value: [line("k1", "7")], reason: "not_a_writer" }],
    });
  });

  it("by one who may not comes back there as a writer has it, and to no side that never had it", () => {
    const lossy = line("k1", "1.0");
    const sides = [side(crm, [lossy, two], [lossy, two]), side(erp, start), side(web, [two])];
    expect(merged({ writers: [erp], master: web }, sides)).toMatchObject({
      values: { web: [two, one] },
      winners: { web: erp },
    });
    const without = [side(crm, [two], [two]), side(erp, start), side(web, [two])];
    const { values } = merged({ writers: [erp] }, without) as { values: object };
    expect(Object.keys(values)).toEqual(["web"]);
  });

  it("by one who may not comes back with a writer's edit, also where such edits are let stand", () => {
    const sides = [side(crm, [line("k1", "5"), two]), side(web, [two])];
    expect(merged({ writers: [crm], onForeignEdit: "keep" }, sides)).toMatchObject({
      values: { web: [two, line("k1", "5")] },
    });
  });

  it("and edited elsewhere waits for a person, unless the master's word decides", () => {
    const sides = [side(crm, [line("k1", "5"), two]), side(erp, [two])];
    const views = { crm: [line("k1", "5"), two], erp: [two] };
    for (const policy of ["review", "newest", "custom"] as const)
      expect(merged({ policy }, sides)).toEqual({
        kind: "conflict",
        reason: "removed_and_changed",
        values: views,
      });
    expect(merged({ policy: "master", master: web }, sides)).toMatchObject({ reason: "removed_and_changed" });
    expect(merged({ policy: "master", master: crm }, sides)).toMatchObject({
      values: { erp: [two, line("k1", "5")] },
    });
  });
});

describe("lines that need no write", () => {
  const own = line("own");

  it("the same edit on both sides is settled, though one has a line of its own", () => {
    const edited = line("k1", "5");
    const both = [side(crm, [edited, two]), side(erp, [edited, two, own], [...start, own])];
    expect(merged({}, both)).toEqual({ kind: "converged" });
    const late = [side(crm, [edited, two]), side(erp, [edited, two, own], [edited, two, own])];
    expect(merged({}, late)).toEqual({ kind: "converged" });
  });
});

describe("line by line", () => {
  it("is merged also while a third side does not show its lines", () => {
    const sides = [
      side(crm, [line("k1", "5"), two]),
      side(erp, [one, line("k2", "7")]),
      side(web, undefined),
    ];
    const both = [line("k1", "5"), line("k2", "7")];
    expect(merged({ policy: "review" }, sides)).toMatchObject({ values: { crm: both, erp: both } });
  });

  it("a rule that fails on one part fails the whole, whatever other parts say", () => {
    const rule = () => {
      throw new Error("no");
    };
    const rules = { ...context, customRules: { mine: rule } };
    const sides = [side(crm, [line("k1", "5"), two]), side(erp, [line("k1", "6"), line("k2", "7")])];
    expect(mergeLines(policyOf({ policy: "custom", custom: "mine" }), sides, rules)).toMatchObject({
      kind: "failed",
      problem: { code: "rule_failed" },
    });
  });
});
