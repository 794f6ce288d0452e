import { expect, it } from "vitest";
import { decideAdopted } from "./adopted.ts";
import type { FieldDecision, SideValue } from "./merge.ts";
import { settledBases } from "./settle.ts";
import { crm, erp, web } from "./testing/fixtures.ts";

const side = (connection: SideValue["connection"], view: SideValue["view"]): SideValue => {
  return { connection, view, base: undefined, stampMs: null, stampGranularityMs: 0, actor: null };
};

it("what a link that was taken over leaves open names the sides that show it, in their order", () => {
  const sides = [side(web, "c"), side(erp, "b"), side(crm, undefined)];
  const decision: FieldDecision = { kind: "conflict", reason: "both_changed", values: {} };
  for (const given of [sides, sides.toReversed()]) {
    expect(decideAdopted(decision, given, "keep")).toEqual({ kind: "kept", connections: [erp, web] });
    expect(decideAdopted(decision, given, "review")).toEqual({
      kind: "conflict",
      reason: "first_link_differs",
      values: { erp: "b", web: "c" },
    });
  }
});

it("a state that was only passed through moves beside other fields, by a settled step alone", () => {
  const write = { target: erp, id: null, precondition: null, transition: null, causes: [] };
  const step = { ...write, kind: "transition" as const, fields: {} };
  const update = { ...write, kind: "update" as const, fields: { name: "a" } };
  const settled = (writes: readonly (typeof step | typeof update)[], statusField: string | null) =>
    settledBases({ writes, isSettled: () => true, members: [erp], statusField });
  const name = { connection: erp, field: "name", to: "now" };
  expect(settled([update, step], "status")).toEqual([name, { connection: erp, field: "status", to: "now" }]);
  expect(settled([update], "status")).toEqual([name]);
  expect(settled([update, step], null)).toEqual([name]);
});
