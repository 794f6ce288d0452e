import { describe, expect, it } from "vitest";
import { mergeLines } from "./lines.ts";
import type { MergeContext, SideValue } from "./merge.ts";
import type { FieldPolicy } from "./policy.ts";
import { crm, erp, fieldPolicy, web } from "./testing/fixtures.ts";
import type { Line, Value } from "./value.ts";
import { canonicalBytes } from "./value.ts";

const context: MergeContext = { newestToleranceMs: 0, customRules: {} };
const policyOf = (change: Partial<FieldPolicy> = {}): FieldPolicy =>
  fieldPolicy({
    field: "lines",
    kind: { kind: "collection", parts: { quantity: { kind: "decimal" }, price: { kind: "decimal" } } },
    writers: [crm, erp, web],
    targets: [crm, erp, web],
    ...change,
  });
const line = (key: string, quantity = "1", price = "9"): Line => ({ key, fields: { quantity, price } });
const side = (
  connection: SideValue["connection"],
  view: readonly Line[] | undefined,
  base: readonly Line[] | undefined,
): SideValue => {
  return {
    connection,
    view,
    base: base === undefined ? undefined : [base],
    stampMs: 1_000,
    stampGranularityMs: 0,
    actor: "ann",
  };
};
const start = [line("k1"), line("k2")];

describe("mergeLines", () => {
  it("edits of different lines, and of different parts of one line, both arrive", () => {
    const sides = [
      side(crm, [line("k1", "5"), line("k2")], start),
      side(erp, [line("k1", "1", "8"), line("k2", "7")], start),
    ];
    const merged = [line("k1", "5", "8"), line("k2", "7")];
    expect(mergeLines(policyOf({ policy: "review" }), sides, context)).toEqual({
      kind: "write",
      values: { crm: merged, erp: merged },
      winners: { crm: "erp", erp: "crm" },
      reason: "lines_merged",
      discards: [],
    });
  });

  it("lines are known by their keys: another order is no change, and position decides nothing", () => {
    expect(
      mergeLines(policyOf(), [side(crm, start.toReversed(), start), side(erp, start, start)], context),
    ).toEqual({ kind: "agreed" });
    const sides = [side(crm, [line("k2"), line("k1", "5")], start), side(erp, start, start)];
    expect(mergeLines(policyOf(), sides, context)).toMatchObject({
      values: { erp: [line("k1", "5"), line("k2")] },
    });
  });

  it("a line that only the target has survives every merge", () => {
    const freight = line("erp:9", "1", "4.90");
    const sides = [
      side(crm, [line("k1", "5"), line("k2")], start),
      side(erp, [...start, freight], [...start, freight]),
    ];
    expect(mergeLines(policyOf(), sides, context)).toMatchObject({
      values: { erp: [line("k1", "5"), line("k2"), freight] },
    });
    const removed = [side(crm, [line("k2")], start), sides[1] as SideValue];
    expect(mergeLines(policyOf(), removed, context)).toMatchObject({
      values: { erp: [line("k2"), freight] },
    });
  });

  it("the part that lost is discarded by the name of its line", () => {
    const sides = [
      side(crm, [line("k1", "5"), line("k2")], start),
      side(erp, [line("k1", "6"), line("k2")], start),
    ];
    expect(mergeLines(policyOf(), sides, context)).toMatchObject({
      values: { erp: [line("k1", "5"), line("k2")] },
      discards: [
        {
          field: "lines[k1].quantity",
          connection: erp,
          value: "6",
          actor: "ann",
          reason: "master_wins",
          winner: crm,
        },
      ],
    });
  });

  it("a line removed here and edited there: the master stands, the edit is discarded by name", () => {
    const removed = side(crm, [line("k2")], start);
    const edited = side(erp, [line("k1", "6"), line("k2")], start);
    expect(mergeLines(policyOf(), [removed, edited], context)).toMatchObject({
      values: { erp: [line("k2")] },
      discards: [
        { field: "lines", connection: erp, value: [line("k1", "6")], reason: "master_wins", winner: crm },
      ],
    });
    expect(mergeLines(policyOf({ master: erp }), [removed, edited], context)).toMatchObject({
      values: { crm: [line("k2"), line("k1", "6")] },
      discards: [],
    });
    for (const policy of ["review", "newest", "custom"] as const) {
      expect(mergeLines(policyOf({ policy }), [removed, edited], context)).toMatchObject({
        kind: "conflict",
        reason: "removed_and_changed",
      });
    }
  });

  it("a line removed on both sides is gone, and nothing is written", () => {
    const sides = [side(crm, [line("k2")], start), side(erp, [line("k2")], start)];
    expect(mergeLines(policyOf(), sides, context)).toEqual({ kind: "converged" });
  });

  it("one key added on both sides is merged by the first-link rule, never left to differ", () => {
    const sides = [
      side(crm, [...start, line("k3", "5")], start),
      side(erp, [...start, line("k3", "6")], start),
    ];
    expect(mergeLines(policyOf(), sides, context)).toMatchObject({
      values: { erp: [...start, line("k3", "5")] },
      discards: [{ field: "lines[k3].quantity", value: "6", reason: "first_link_master" }],
    });
    expect(mergeLines(policyOf({ onFirstLink: "review" }), sides, context)).toMatchObject({
      kind: "conflict",
      reason: "first_link_differs",
    });
  });

  it("what a side may not do to lines is put back, or let stand, beside what the owner does", () => {
    const owner = side(crm, [line("k1", "5"), line("k2"), line("k4")], [...start, line("k4")]);
    const foreign = side(erp, [line("k1"), line("k2", "3"), line("k3")], [...start, line("k4")]);
    expect(mergeLines(policyOf({ writers: [crm] }), [owner, foreign], context)).toMatchObject({
      values: { erp: [line("k1", "5"), line("k2"), line("k4")] },
      discards: [
        { field: "lines[k2].quantity", value: "3", reason: "not_a_writer" },
        { field: "lines", value: [line("k3")], reason: "not_a_writer" },
      ],
    });
    expect(
      mergeLines(policyOf({ writers: [crm], onForeignEdit: "keep" }), [owner, foreign], context),
    ).toMatchObject({
      values: { erp: [line("k1", "5"), line("k2", "3"), line("k3")] },
      discards: [],
    });
  });

  it("a side that receives nothing loses nothing", () => {
    const owner = side(crm, [line("k1", "5")], start);
    const foreign = side(erp, [line("k1"), line("k2", "3"), line("k3")], start);
    expect(mergeLines(policyOf({ writers: [crm], targets: [crm] }), [owner, foreign], context)).toMatchObject(
      { kind: "kept" },
    );
  });

  it("the master is found among several editors and removers", () => {
    const removed = side(web, [line("k2")], start);
    const sides = [
      side(crm, [line("k1", "4"), line("k2")], start),
      side(erp, [line("k1", "6"), line("k2")], start),
      removed,
    ];
    expect(mergeLines(policyOf({ master: erp }), sides, context)).toMatchObject({
      values: { crm: [line("k1", "6"), line("k2")], web: [line("k2"), line("k1", "6")] },
      discards: [{ connection: crm, value: "4" }],
    });
    expect(mergeLines(policyOf({ master: web }), sides, context)).toMatchObject({
      values: { crm: [line("k2")], erp: [line("k2")] },
    });
  });

  it("a line put back carries the edits that arrive with it", () => {
    const sides = [
      side(crm, [line("k1", "4"), line("k2")], start),
      side(erp, start, start),
      side(web, [line("k2")], start),
    ];
    expect(mergeLines(policyOf({ writers: [crm, erp] }), sides, context)).toMatchObject({
      values: { erp: [line("k1", "4"), line("k2")], web: [line("k2"), line("k1", "4")] },
    });
  });

  it("which conflict is told does not depend on the order of sides or lines", () => {
    const mine = [line("k1", "5"), line("k2", "5")];
    const theirs = [line("k2", "6")];
    const sides = [side(crm, mine, start), side(erp, theirs, start)];
    const turned = [side(erp, theirs, start.toReversed()), side(crm, mine.toReversed(), start)];
    for (const policy of ["review", "newest", "master"] as const) {
      const one = mergeLines(policyOf({ policy }), sides, context);
      const other = mergeLines(policyOf({ policy }), turned, context);
      expect(canonicalBytes(sorted(other))).toBe(canonicalBytes(sorted(one)));
    }
  });

  it("a part that a system never shows is not compared, in old lines and in new ones", () => {
    const short = (key: string): Line => ({ key, fields: { quantity: "1" } });
    const base = [side(crm, start, start), side(erp, [short("k1"), short("k2")], [short("k1"), short("k2")])];
    expect(mergeLines(policyOf(), base, context)).toEqual({ kind: "agreed" });
    const first = [side(crm, start, undefined), side(erp, [short("k2"), short("k1")], undefined)];
    expect(mergeLines(policyOf({ onFirstLink: "review" }), first, context)).toEqual({ kind: "converged" });
    const removed = [side(crm, [line("k2")], start), side(erp, [short("k1"), short("k2")], [...start])];
    expect(mergeLines(policyOf({ policy: "review" }), removed, context)).toMatchObject({
      values: { erp: [short("k2")] },
    });
  });

  it("a first link and a person's word treat the collection as one value", () => {
    const other = [line("k9")];
    const first = [side(crm, start, undefined), side(erp, other, undefined)];
    expect(mergeLines(policyOf(), first, context)).toMatchObject({
      values: { erp: start },
      discards: [{ field: "lines", value: other }],
    });
    const half = [side(crm, start, start), side(erp, other, undefined)];
    expect(mergeLines(policyOf(), half, context)).toMatchObject({ values: { erp: start } });
    const open = [side(crm, [line("k1", "5")], start), side(erp, [line("k1", "6")], start)];
    const resolution: Value = [line("k1", "7")];
    expect(mergeLines(policyOf(), open, { ...context, resolution })).toMatchObject({
      values: { crm: resolution, erp: resolution },
      winners: { crm: "person" },
    });
    const whole = [side(crm, undefined, start), side(erp, other, start)];
    expect(mergeLines(policyOf(), whole, context)).toEqual({ kind: "unknown" });
  });

  it("while an update is in doubt, either image counts and lines are still merged one by one", () => {
    const sent = [line("k1", "5"), line("k2")];
    const doubtful: SideValue = {
      ...side(erp, [...sent, line("erp:9")], undefined),
      base: [
        [...start, line("erp:9")],
        [...sent, line("erp:9")],
      ],
    };
    const sides = [side(crm, [line("k1", "5"), line("k2", "8")], sent), doubtful];
    expect(mergeLines(policyOf(), sides, context)).toMatchObject({
      values: { erp: [line("k1", "5"), line("k2", "8"), line("erp:9")] },
    });
  });
});

function sorted(decision: unknown): unknown {
  return JSON.parse(JSON.stringify(decision), (_key, value: unknown) =>
    Array.isArray(value) ? value.toSorted((a, b) => (canonicalBytes(a) < canonicalBytes(b) ? -1 : 1)) : value,
  );
}
