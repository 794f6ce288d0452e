import { describe, expect, it } from "vitest";
import { adoptedTerms, decideAdopted } from "./adopted.ts";
import { decide } from "./decide.ts";
import { mergeField } from "./merge.ts";
import type { SideValue } from "./merge.ts";
import type { FieldPolicy } from "./policy.ts";
import {
  crm,
  decideInput,
  entityPolicy,
  erp,
  fieldPolicy,
  memberOf,
  testLink,
  viewOf,
} from "./testing/fixtures.ts";
import type { Value } from "./value.ts";

const values: readonly (Value | undefined)[] = [undefined, null, "", "v1", "v2"];
const bases: readonly (readonly Value[] | undefined)[] = [undefined, ["v1"], ["v2"]];
const policies: readonly FieldPolicy[] = [crm, erp].flatMap((master) =>
  (["fill", "master", "review"] as const).flatMap((onFirstLink) =>
    (["master", "newest", "review"] as const).map((policy) => fieldPolicy({ master, onFirstLink, policy })),
  ),
);
const side = (connection: typeof crm, view: Value | undefined, base: SideValue["base"]): SideValue => {
  return { connection, view, base, stampMs: null, stampGranularityMs: 0, actor: null };
};

describe("a link that was taken over", () => {
  it("gets no write in a field on which it never agreed, whatever the contract and the values", () => {
    let looked = 0;
    for (const policy of policies) {
      for (const one of values) {
        for (const other of values) {
          for (const [base, otherBase] of [
            [undefined, undefined],
            [["v1"], undefined],
            [undefined, ["v2"]],
          ]) {
            const sides = [side(crm, one, base), side(erp, other, otherBase)];
            const plain = mergeField(policy, sides, { newestToleranceMs: 0, customRules: {} });
            for (const terms of adoptedTerms) {
              const decision = decideAdopted(plain, sides, terms);
              looked += 1;
              expect(decision.kind).not.toBe("write");
              const isOpen = plain.kind === "write" || plain.kind === "conflict";
              expect(decision.kind).toBe(isOpen ? (terms === "keep" ? "kept" : "conflict") : plain.kind);
            }
          }
        }
      }
    }
    expect(looked).toBe(18 * 25 * 3 * 2);
  });

  it("is decided like any other in a field that has been agreed on", () => {
    for (const policy of policies) {
      for (const one of values) {
        for (const base of bases.slice(1)) {
          const sides = [side(crm, one, base), side(erp, "v1", ["v1"])];
          const plain = mergeField(policy, sides, { newestToleranceMs: 0, customRules: {} });
          if (one === undefined) continue;
          for (const terms of adoptedTerms) expect(decideAdopted(plain, sides, terms)).toBe(plain);
        }
      }
    }
  });

  const given = (adopted: "review" | "keep" | null) =>
    decideInput(entityPolicy([fieldPolicy(), fieldPolicy({ field: "tel" })]), {
      link: { id: testLink, generation: 1, state: "live", adopted },
      members: {
        crm: memberOf(viewOf(crm, { fields: { name: "a", tel: "1" } }), {}, null),
        erp: memberOf(viewOf(erp, { fields: { name: "b", tel: "1" } }), {}, null),
      },
    });

  it("agrees on what is alike, and asks, keeps or decides the rest as a person said", () => {
    expect(decide(given("review"))).toMatchObject({
      writes: [],
      discards: [],
      conflicts: [{ field: "name", reason: "first_link_differs" }],
      baseMoves: [
        { connection: crm, fields: ["tel"] },
        { connection: erp, fields: ["tel"] },
      ],
    });
    expect(decide(given("keep"))).toMatchObject({
      verdict: "agreed",
      writes: [],
      conflicts: [],
      baseMoves: [
        { connection: crm, fields: ["name", "tel"] },
        { connection: erp, fields: ["name", "tel"] },
      ],
    });
    expect(decide(given(null)).writes).toMatchObject([{ target: erp, fields: { name: "a" } }]);
  });

  it("gets no counterpart made while a person is to look at it", () => {
    const rule = { when: "always", statuses: [], onDemand: false } as const;
    const policy = entityPolicy([fieldPolicy()], { create: { erp: rule } });
    const members = { crm: memberOf(viewOf(crm, { fields: { name: "a" } })) };
    const input = decideInput(policy, { members, readyTargets: [erp] });
    expect(decide(input).writes).toMatchObject([{ kind: "create" }]);
    const asked = { ...input, link: { ...input.link, adopted: "review" as const } };
    expect(decide(asked)).toMatchObject({ verdict: "not_wanted", writes: [] });
  });

  it("takes a person's word for a difference", () => {
    const plan = decide({ ...given("review"), resolutions: { name: "b" } });
    expect(plan).toMatchObject({ conflicts: [], writes: [{ target: crm, fields: { name: "b" } }] });
  });
});
