import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import { fieldReasons } from "./merge.ts";
import type { FieldReason } from "./merge.ts";
import type { DecideInput } from "./plan.ts";
import type { FieldPolicy } from "./policy.ts";
import {
  abilities,
  crm,
  decideInput,
  entityPolicy,
  erp,
  fieldPolicy,
  memberOf,
  viewOf,
} from "./testing/fixtures.ts";
import type { Line, Value } from "./value.ts";

interface Case {
  readonly field?: Partial<FieldPolicy>;
  readonly base?: Value;
  readonly crm?: Value;
  readonly erp?: Value;
  readonly isProjection?: boolean;
  readonly input?: Partial<DecideInput>;
  readonly stamps?: readonly [crm: number, erp: number];
}

function reasonOf(given: Case): readonly (readonly [target: string, winner: string, reason: FieldReason])[] {
  const fields = [fieldPolicy(given.field)];
  const base = given.base === undefined ? {} : { name: given.base };
  const [crmStamp, erpStamp] = given.stamps ?? [1, 1];
  const shown = (value: Value | undefined) => (value === undefined ? base : { name: value });
  const policy = entityPolicy(fields, { isProjection: given.isProjection ?? false });
  const input = decideInput(policy, {
    sides: { crm: abilities(["name"]), erp: abilities(["name"]) },
    members: {
      crm: memberOf(viewOf(crm, { fields: shown(given.crm), modifiedAt: crmStamp }), base),
      erp: memberOf(viewOf(erp, { fields: shown(given.erp), modifiedAt: erpStamp }), base),
    },
    ...given.input,
  });
  return decide(input).reasons.map(({ target, winner, reason }) => [target, winner, reason]);
}

const line = (quantity: string, price: string): readonly Line[] => [
  { key: "k1", fields: { quantity, price } },
];
const collection: Partial<FieldPolicy> = {
  kind: { kind: "collection", parts: { quantity: { kind: "decimal" }, price: { kind: "decimal" } } },
};
const writesCrm = { writers: [crm], targets: [crm, erp] } as const;

const cases: readonly (readonly [reason: FieldReason, winner: string, given: Case])[] = [
  ["only_change", crm, { base: "a", crm: "b" }],
  ["only_writer", crm, { base: "a", crm: "b", erp: "c", field: writesCrm }],
  ["master_wins", crm, { base: "a", crm: "b", erp: "c" }],
  ["newest_wins", erp, { base: "a", crm: "b", erp: "c", field: { policy: "newest" }, stamps: [1, 90_000] }],
  [
    "custom_rule",
    erp,
    {
      base: "a",
      crm: "b",
      erp: "c",
      field: { policy: "custom", custom: "mine" },
      input: { customRules: { mine: () => erp } },
    },
  ],
  ["person_decided", "person", { base: "a", crm: "b", input: { resolutions: { name: "z" } } }],
  ["put_back", crm, { base: "a", erp: "c", field: writesCrm }],
  ["first_link_master", crm, { crm: "b", erp: "c" }],
  ["fills_blank", crm, { crm: "b", erp: null }],
  [
    "lines_merged",
    erp,
    { base: line("1", "5"), crm: line("2", "5"), erp: line("1", "6"), field: collection },
  ],
  ["last_read", crm, { crm: "b", erp: "c", isProjection: true }],
];

describe("why a value is written", () => {
  it.each(cases)("%s", (reason, winner, given) => {
    const told = reasonOf(given);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]?.slice(1)).toEqual([winner, reason]);
  });

  it("created: what a record that is made gets, from where it is", () => {
    const policy = entityPolicy([fieldPolicy()], {
      create: { erp: { when: "always", statuses: [], onDemand: false } },
    });
    const plan = decide(
      decideInput(policy, {
        sides: { crm: abilities(["name"]), erp: abilities(["name"]) },
        members: { crm: memberOf(viewOf(crm, { fields: { name: "ann" } }), {}) },
        readyTargets: [erp],
      }),
    );
    expect(plan.reasons).toEqual([{ target: erp, field: "name", winner: crm, reason: "created" }]);
  });

  it("every reason has a case here", () => {
    expect([...cases.map(([reason]) => reason), "created"].toSorted()).toEqual(fieldReasons.toSorted());
  });

  it("lines that only one side touched are its change, not a merge of both", () => {
    expect(reasonOf({ base: line("1", "5"), crm: line("2", "5"), field: collection })).toEqual([
      [erp, crm, "only_change"],
    ]);
  });

  it("a field that is held back by a missing parent has no reason, since it has no write", () => {
    const held = reasonOf({
      base: "a",
      crm: { link: "l9" },
      field: { kind: { kind: "reference", entity: "accounts" }, isMandatory: true },
    });
    expect(held).toEqual([]);
  });
});
