import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conflictReasons, discardReasons } from "./conflict.ts";
import { mergeField } from "./merge.ts";
import type { MergeContext, SideValue } from "./merge.ts";
import type { FieldPolicy } from "./policy.ts";
import { crm, erp, fieldPolicy, web } from "./testing/fixtures.ts";
import { agree, hasNothing, same, showsNothingElse } from "./testing/sameness.ts";
import type { Value } from "./value.ts";
import { canonicalBytes } from "./value.ts";

const connections = [crm, erp, web];
const value: fc.Arbitrary<Value> = fc.constantFrom<Value>(
  null,
  "",
  "0",
  "ann",
  "ANN",
  false,
  { city: "ulm", zip: "1" },
  { city: "ulm" },
  { city: "rom", zip: "1" },
  { link: "l7" },
  { awaits: { entity: "accounts", connection: "crm", id: "7" } },
  [{ key: "k1", fields: { quantity: "1" } }],
);
const base = fc.option(fc.array(value, { maxLength: 2 }), { nil: undefined });

const sidesOf = (count: number): fc.Arbitrary<readonly SideValue[]> =>
  fc.tuple(
    ...connections.slice(0, count).map((connection): fc.Arbitrary<SideValue> =>
      fc.record({
        connection: fc.constant(connection),
        view: fc.option(value, { nil: undefined }),
        base,
        stampMs: fc.option(fc.integer({ min: 0, max: 5_000 })),
        stampGranularityMs: fc.constantFrom(0, 1_000),
        actor: fc.constantFrom(null, "ann@example"),
      }),
    ),
  );

const some = fc.subarray(connections);
const policy: fc.Arbitrary<FieldPolicy> = fc
  .record({
    master: fc.constantFrom(...connections),
    writers: some,
    targets: some,
    policy: fc.constantFrom("master" as const, "newest" as const, "review" as const, "custom" as const),
    custom: fc.constantFrom(null, "first", "throws", "stranger", "missing"),
    onFirstLink: fc.constantFrom("fill" as const, "master" as const, "review" as const),
    onForeignEdit: fc.constantFrom("restore" as const, "keep" as const),
  })
  .map((change) => fieldPolicy(change));

const context: fc.Arbitrary<MergeContext> = fc.record(
  {
    newestToleranceMs: fc.constantFrom(0, 500),
    customRules: fc.constant({
      first: ([side]: readonly SideValue[]) => side?.connection ?? null,
      throws: () => {
        throw new Error("a rule of a user's");
      },
      stranger: () => "nobody" as SideValue["connection"],
    }),
    resolution: value,
  },
  { requiredKeys: ["newestToleranceMs", "customRules"] },
);

describe.each([2, 3])("mergeField over %i sides", (count) => {
  const given = fc.tuple(policy, sidesOf(count), context);
  const prove = (check: (policy: FieldPolicy, sides: readonly SideValue[], context: MergeContext) => void) =>
    fc.assert(
      fc.property(given, (all) => check(...all)),
      { numRuns: 3_000 },
    );

  it("gives one decision, the same bytes for the same input, whatever the order of the sides", () => {
    prove((policy, sides, context) => {
      const decision = mergeField(policy, sides, context);
      const again = mergeField(structuredClone(policy), structuredClone(sides), context);
      expect(JSON.stringify(again)).toBe(JSON.stringify(decision));
      expect(canonicalBytes(mergeField(policy, sides.toReversed(), context))).toBe(canonicalBytes(decision));
      expect(canonicalBytes(mergeField(policy, [...sides.slice(1), ...sides.slice(0, 1)], context))).toBe(
        canonicalBytes(decision),
      );
    });
  });

  it("writes what a winner shows or a person said, only to targets that show something else", () => {
    prove((policy, sides, context) => {
      const decision = mergeField(policy, sides, context);
      if (decision.kind !== "write") return;
      expect(Object.keys(decision.values)).not.toEqual([]);
      expect(Object.keys(decision.winners)).toEqual(Object.keys(decision.values));
      for (const [target, written] of Object.entries(decision.values)) {
        const winner = decision.winners[target];
        const shown = sides.find((side) => side.connection === target)?.view;
        expect(policy.targets).toContain(target);
        expect(winner).not.toBe(target);
        expect(
          same(
            written,
            winner === "person" ? context.resolution : sides.find((side) => side.connection === winner)?.view,
          ),
        ).toBe(true);
        expect(shown).toBeDefined();
        expect(agree(shown, written)).toBe(false);
        if (winner !== "person") expect(policy.writers).toContain(winner);
      }
    });
  });

  it("loses no value: what is overwritten is the base, or blank, or discarded by name", () => {
    prove((policy, sides, context) => {
      const decision = mergeField(policy, sides, context);
      if (decision.kind !== "write") return;
      for (const side of sides.filter(({ connection }) => connection in decision.values)) {
        const isAgreed = side.base?.some((image) => showsNothingElse(side.view, image)) ?? false;
        const lost = decision.discards.filter(({ connection }) => connection === side.connection);
        const isChanged = side.base !== undefined && side.base.length > 0 && !isAgreed;
        if (
          !isAgreed &&
          !(hasNothing(side.view) && !isChanged) &&
          decision.winners[side.connection] !== "person"
        )
          expect(lost).toHaveLength(1);
        if (lost.length > 0)
          expect(lost).toMatchObject([
            {
              field: policy.field,
              value: side.view,
              actor: side.actor,
              winner: decision.winners[side.connection],
            },
          ]);
      }
      for (const { connection, reason } of decision.discards) {
        expect(decision.values).toHaveProperty(connection);
        expect(discardReasons).toContain(reason);
      }
    });
  });

  it("an open conflict shows every value, and a reason of the list", () => {
    prove((policy, sides, context) => {
      const decision = mergeField(policy, sides, context);
      if (decision.kind !== "conflict") return;
      expect(conflictReasons).toContain(decision.reason);
      const shown = sides.filter(({ view }) => view !== undefined);
      expect(Object.keys(decision.values)).toHaveLength(shown.length);
      for (const side of shown) expect(same(decision.values[side.connection], side.view)).toBe(true);
      expect(context.resolution).toBeUndefined();
    });
  });

  it("nothing moves when every side shows what it agreed to, and absent is no change", () => {
    prove((policy, sides, { newestToleranceMs, customRules }) => {
      const settled = sides.map((side) => ({
        ...side,
        view: side.view === undefined ? undefined : (side.base?.[0] ?? null),
        base: side.base?.length ? side.base : [null],
      }));
      const decision = mergeField(policy, settled, { newestToleranceMs, customRules });
      expect(["agreed", "unknown"]).toContain(decision.kind);
    });
  });

  it("a difference is let stand only where somebody may not write or not receive", () => {
    prove((policy, sides, context) => {
      const open = { ...policy, writers: connections, targets: connections };
      if (sides.every(({ view }) => hasNothing(view))) return;
      expect(mergeField(open, sides, context).kind).not.toBe("kept");
    });
  });
});

const side = (connection: SideValue["connection"], change: Partial<SideValue>): SideValue => {
  return {
    connection,
    view: "old",
    base: ["old"],
    stampMs: null,
    stampGranularityMs: 0,
    actor: null,
    ...change,
  };
};
const plain: MergeContext = { newestToleranceMs: 0, customRules: {} };
const everywhere = { writers: connections, targets: connections };

it("the newest wins only when it is later than each other by tolerance and both granularities (I26)", () => {
  const policy = fieldPolicy({ ...everywhere, policy: "newest" });
  const first = side(crm, { view: "a", stampMs: 10_000 });
  const second = side(erp, { view: "b", stampMs: 8_000 });
  const coarse = side(web, { view: "c", stampMs: 7_000, stampGranularityMs: 86_400_000 });
  expect(mergeField(policy, [first, second, side(web, {})], plain)).toMatchObject({
    kind: "write",
    winners: { erp: "crm", web: "crm" },
  });
  expect(
    mergeField(policy, [first, second, side(web, {})], { ...plain, newestToleranceMs: 2_000 }),
  ).toMatchObject({ reason: "stamps_too_close" });
  expect(mergeField(policy, [first, second, coarse], plain)).toMatchObject({
    kind: "conflict",
    reason: "stamps_too_close",
  });
  expect(mergeField(policy, [first, side(erp, { view: "b" })], plain)).toMatchObject({
    reason: "stamps_too_close",
  });
});

it("a user's rule is found by its name, sees the changed sides, and its winner stands", () => {
  const asked: (readonly string[])[] = [];
  const rule = (sides: readonly SideValue[]) => {
    asked.push(sides.map(({ connection }) => connection));
    return erp;
  };
  const policy = fieldPolicy({ ...everywhere, policy: "custom", custom: "mine" });
  const sides = [side(web, {}), side(erp, { view: "b" }), side(crm, { view: "a" })];
  expect(mergeField(policy, sides, { ...plain, customRules: { mine: rule } })).toMatchObject({
    values: { crm: "b", web: "b" },
    discards: [{ connection: crm, value: "a", reason: "custom_rule", winner: erp }],
  });
  expect(asked).toEqual([["crm", "erp"]]);
  const other = { ...plain, customRules: { other: rule, "": rule } };
  expect(mergeField(policy, sides, other)).toMatchObject({ kind: "conflict", reason: "custom_rule_asks" });
});

it("a restored value goes to the side that left it, not to one that keeps it in its own form", () => {
  const policy = fieldPolicy({ ...everywhere, writers: [crm] });
  const sides = [side(crm, {}), side(erp, { view: "other" }), side(web, { view: "OLD", base: ["OLD"] })];
  expect(mergeField(policy, sides, plain)).toMatchObject({
    kind: "write",
    values: { erp: "old" },
    discards: [{ connection: erp, reason: "not_a_writer" }],
  });
});

it("a third system that shows what two agreed on joins them; equal edits are led by the master", () => {
  const lossy = side(web, { view: "OLD", base: ["OLD"] });
  const joined = [side(crm, {}), side(erp, { base: undefined }), lossy];
  expect(mergeField(fieldPolicy(everywhere), joined, plain)).toEqual({ kind: "converged" });
  const edited = [side(crm, {}), side(erp, { view: "x" }), side(web, { view: "x" })];
  const decision = mergeField(fieldPolicy({ ...everywhere, master: web }), edited, plain);
  expect(decision).toMatchObject({ values: { crm: "x" }, winners: { crm: "web" } });
});

it("a third system that joins two that agree takes their value, and no stale one beats an edit", () => {
  const policy = fieldPolicy({ ...everywhere, master: erp });
  const sides = [side(crm, { view: "edited" }), side(erp, {}), side(web, { view: "third", base: undefined })];
  expect(mergeField(policy, sides, plain)).toMatchObject({
    kind: "write",
    values: { erp: "edited", web: "edited" },
    discards: [{ connection: web, value: "third" }],
  });
});

it("nobody's edit is judged while no writer shows the field; where nobody may write, it is let stand", () => {
  const sides = [side(crm, { view: undefined }), side(erp, { view: "x" }), side(web, {})];
  expect(mergeField(fieldPolicy({ ...everywhere, writers: [crm] }), sides, plain)).toEqual({
    kind: "unknown",
  });
  expect(mergeField(fieldPolicy({ ...everywhere, writers: [] }), sides, plain)).toEqual({
    kind: "kept",
    connections: [erp],
  });
});

it("a person's word goes to the sides that may receive the field, and no further", () => {
  const policy = fieldPolicy({ targets: [erp] });
  const sides = [side(crm, { view: "a" }), side(erp, { view: "b" })];
  expect(mergeField(policy, sides, { ...plain, resolution: "c" })).toMatchObject({
    values: { erp: "c" },
    winners: { erp: "person" },
  });
  expect(mergeField(policy, sides, { ...plain, resolution: "b" })).toEqual({
    kind: "kept",
    connections: [crm, erp],
  });
  expect(mergeField(policy, [side(crm, {}), side(erp, {})], { ...plain, resolution: "old" })).toEqual({
    kind: "converged",
  });
});

it("review asks about two values, not about a value and a blank", () => {
  const policy = fieldPolicy({ onFirstLink: "review" });
  const first = (view: Value) => side(erp, { view, base: undefined });
  const filled = mergeField(policy, [side(crm, { view: null, base: undefined }), first("x")], plain);
  expect(filled).toMatchObject({ kind: "write", values: { crm: "x" } });
  expect(mergeField(policy, [side(crm, { view: "y", base: undefined }), first("x")], plain)).toMatchObject({
    reason: "first_link_differs",
  });
});

it.each(["fill", "master", "review"] as const)(
  "two blanks that meet stand as they are (%s)",
  (onFirstLink) => {
    const first = (connection: SideValue["connection"], view: Value) =>
      side(connection, { view, base: undefined });
    for (const [one, other] of [
      [null, ""],
      ["", null],
      [null, []],
      [{ city: null }, { city: "" }],
    ] as const) {
      const decision = mergeField(fieldPolicy({ onFirstLink }), [first(crm, one), first(erp, other)], plain);
      expect(decision).toEqual({ kind: "kept", connections: [crm, erp] });
    }
  },
);
