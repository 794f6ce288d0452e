import { describe, expect, it } from "vitest";
import { planDeletion, planReturn } from "./deletion.ts";
import type { DecideInput, MemberState } from "./plan.ts";
import type { ConnectionId, ObservationKind } from "./record.ts";
import {
  abilities,
  crm,
  decideInput,
  entityPolicy,
  erp,
  fieldPolicy,
  memberOf,
  testLink,
  viewOf,
  web,
} from "./testing/fixtures.ts";

const nothing = { verdict: "ended", writes: [], parks: [], tombstone: null, restore: null };
const member = (
  connection: ConnectionId,
  kind: ObservationKind,
  was: ObservationKind = "present",
): MemberState =>
  memberOf(
    viewOf(connection, { kind, version: `${connection}-v`, fields: { name: "a", city: "x" } }),
    { name: "a", city: "x" },
    was,
  );
const edited = (connection: ConnectionId): MemberState => {
  const { view, ...rest } = member(connection, "present");
  return { ...rest, view: { ...view, fields: { name: "a", city: "y" } } };
};
const fields = [fieldPolicy(), fieldPolicy({ field: "city" })];
type Rule = Partial<DecideInput["policy"]>;
const inputOf = (members: DecideInput["members"], rule: Rule = {}, change: Partial<DecideInput> = {}) =>
  decideInput(entityPolicy(fields, { onDelete: "archive", ...rule }), {
    sides: { crm: abilities([]), erp: abilities([]), web: abilities([]) },
    members,
    ...change,
  });
const tombstone = { connection: crm, id: viewOf(crm).id };
const asked = (reason: string, connection = crm) => {
  return { ...nothing, verdict: "parked", parks: [{ reason, connection, problems: {} }] };
};

describe("a deletion", () => {
  const gone = member(crm, "deleted");
  const three = { crm: gone, erp: member(erp, "present"), web: member(web, "archived") };

  it("archives the others, each against the version that was seen, in the name of the deletion", () => {
    expect(planDeletion(inputOf(three))).toEqual({
      ...nothing,
      verdict: "writes",
      tombstone,
      writes: [
        {
          target: erp,
          kind: "archive",
          id: viewOf(erp).id,
          precondition: "erp-v",
          fields: {},
          transition: null,
          causes: [{ connection: crm, version: "crm-v", fields: [] }],
        },
      ],
    });
  });

  it("asks where the contract says so, or where one of the others cannot be archived", () => {
    expect(planDeletion(inputOf(three, { onDelete: "ask" }))).toEqual(asked("deleted_elsewhere"));
    const unable = { sides: { erp: abilities([]), web: abilities([], { canArchive: false }) } };
    expect(planDeletion(inputOf(three, {}, unable))).toEqual(asked("deleted_elsewhere"));
    expect(planDeletion(inputOf(three, {}, { sides: { erp: abilities([]) } }))).toEqual(
      asked("deleted_elsewhere"),
    );
  });

  it("asks when one of the others, in one of its fields, was edited meanwhile", () => {
    expect(planDeletion(inputOf({ ...three, erp: edited(erp) }))).toEqual(asked("edited_while_deleted"));
  });

  it("is noted, and no more, where the contract ignores it; a person may still say archive", () => {
    const ignored = inputOf(three, { onDelete: "ignore" });
    expect(planDeletion(ignored)).toEqual({ ...nothing, tombstone });
    expect(planDeletion({ ...ignored, words: { deletion: "archive" } })).toMatchObject({
      verdict: "writes",
      writes: [{ target: erp }],
    });
  });

  it("asks nobody when there is no other left, whatever the contract", () => {
    const alone = { crm: gone, erp: member(erp, "deleted") };
    expect(planDeletion(inputOf(alone, { onDelete: "ask" }))).toEqual({ ...nothing, tombstone });
  });

  it("by a person's word archives those that can be, and no other", () => {
    const sides = { erp: abilities([], { canArchive: false }) };
    const said = { sides, words: { deletion: "archive" as const } };
    expect(planDeletion(inputOf({ ...three, web: member(web, "present") }, {}, said))).toEqual({
      ...nothing,
      tombstone,
    });
  });

  it("that did not happen calls for nothing", () => {
    expect(planDeletion(inputOf({ erp: member(erp, "present") }))).toEqual(nothing);
  });
});

describe("a link that ended", () => {
  const link = { id: testLink, generation: 1, state: "ended" as const };
  const ended = (members: DecideInput["members"], rule: Rule = {}, change: Partial<DecideInput> = {}) =>
    planReturn(inputOf(members, rule, { link, hasTombstone: true, ...change }));
  const gone = member(crm, "deleted");
  const stayed = member(erp, "present");
  const back = member(erp, "present", "archived");

  it("stays so while what was deleted is gone and the other was there all the time", () => {
    expect(ended({ crm: gone, erp: stayed })).toEqual(nothing);
    expect(ended({ crm: gone, erp: member(erp, "archived", "archived") })).toEqual(nothing);
  });

  it("asks when the deleted record is there again, or one that was archived because of it (I05)", () => {
    expect(ended({ crm: member(crm, "present"), erp: stayed })).toEqual(asked("returned"));
    expect(ended({ crm: gone, erp: back })).toEqual(asked("returned", erp));
  });

  it("stays so while one of its records is out of sight: it may be anything", () => {
    for (const kind of ["not_permitted", "not_seen", "out_of_scope", "merged", "converted"] as const)
      expect(ended({ crm: member(crm, kind), erp: back })).toEqual(nothing);
  });

  it("lives again by a person's word or the contract's rule; what is gone is left behind", () => {
    const restored = { ...nothing, restore: { drop: [crm], back: [erp] } };
    const members = { crm: gone, erp: back };
    expect(ended(members, {}, { words: { deletion: "restore" } })).toEqual(restored);
    expect(ended(members, { onReturn: "restore" })).toEqual(restored);
  });

  it("is not asked about again after a person's word, and the word stands above the contract", () => {
    const members = { crm: gone, erp: back };
    for (const deletion of ["keep", "archive"] as const)
      for (const onReturn of ["ask", "restore", "ignore"] as const)
        expect(ended(members, { onReturn }, { words: { deletion } })).toEqual(nothing);
    expect(ended(members, { onReturn: "ignore" })).toEqual(nothing);
  });
});
