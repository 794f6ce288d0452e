import { describe, expect, it } from "vitest";
import { planLife } from "./life.ts";
import type { DecideInput, MemberState, PlannedWrite } from "./plan.ts";
import type { FieldPolicy, SideAbilities } from "./policy.ts";
import type { ConnectionId, ObservationKind } from "./record.ts";
import {
  abilities,
  crm,
  decideInput,
  entityPolicy,
  erp,
  fieldPolicy,
  memberOf,
  viewOf,
  web,
} from "./testing/fixtures.ts";

const member = (connection: ConnectionId, kind: ObservationKind, was: ObservationKind | null): MemberState =>
  memberOf(viewOf(connection, { kind, version: `${connection}-v` }), {}, was);
const archivedNow = member(crm, "archived", "present");
const backNow = member(crm, "present", "archived");
const present = (connection: ConnectionId): MemberState => member(connection, "present", "present");
const archived = (connection: ConnectionId): MemberState => member(connection, "archived", "archived");

interface Case {
  readonly members: DecideInput["members"];
  readonly fields?: readonly FieldPolicy[];
  readonly onDelete?: "archive" | "ask";
  readonly sides?: DecideInput["sides"];
  readonly hasTombstone?: boolean;
  readonly statusField?: string;
}

function inputOf({ members, fields = [], onDelete = "archive", statusField, ...rest }: Case): DecideInput {
  const policy = entityPolicy(fields, { onDelete, statusField: statusField ?? null });
  const sides = Object.fromEntries(Object.keys(members).map((name) => [name, abilities(["name"])]));
  return decideInput(policy, { sides, members, ...rest });
}

const plan = (given: Case, updates: readonly PlannedWrite[] = []) => planLife(inputOf(given), updates);
const rests = { unarchives: [], archives: [], kindMoves: [], parks: [] };
const life = (kind: "archive" | "unarchive", target: ConnectionId): PlannedWrite => {
  return {
    target,
    kind,
    id: viewOf(target).id,
    precondition: `${target}-v`,
    fields: {},
    transition: null,
    causes: [{ connection: crm, version: "crm-v", fields: [] }],
  };
};
const update = (target: ConnectionId, fields: PlannedWrite["fields"]): PlannedWrite => {
  return { target, kind: "update", id: null, precondition: null, fields, transition: null, causes: [] };
};

describe("archived on one side since all agreed", () => {
  it("the record is archived wherever it is not, each write naming whose news it serves (I07)", () => {
    const members = { crm: archivedNow, erp: present(erp), web: present(web) };
    expect(plan({ members })).toEqual({ ...rests, archives: [life("archive", erp), life("archive", web)] });
    const two = { ...members, web: member(web, "archived", "present") };
    expect(plan({ members: two })).toEqual({ ...rests, archives: [life("archive", erp)] });
  });

  it("the difference stands, and is settled, where nobody else can be archived or the contract asks", () => {
    const members = { crm: archivedNow, erp: present(erp) };
    const settled = { ...rests, kindMoves: [{ connection: crm, kind: "archived" }] };
    const unable = { erp: abilities([], { canArchive: false }) };
    expect(plan({ members, sides: unable })).toEqual(settled);
    expect(plan({ members, sides: {} })).toEqual(settled);
    expect(plan({ members, onDelete: "ask" })).toEqual(settled);
  });

  it("one system that cannot be archived keeps no other from it", () => {
    const members = { crm: archivedNow, erp: present(erp), web: present(web) };
    const sides = { erp: abilities([], { canArchive: false }), web: abilities([]) };
    expect(plan({ members, sides }).archives).toEqual([life("archive", web)]);
  });

  it("waits on a target whose activity the decision writes, by field or by state, and on no other", () => {
    const members = { crm: archivedNow, erp: present(erp), web: present(web) };
    const left = { ...rests, archives: [life("archive", web)] };
    expect(plan({ members }, [update(erp, { active: false })])).toEqual(left);
    for (const fields of [{ status: "gone" }, { active: false }])
      expect(plan({ members, statusField: "status" }, [update(erp, fields)])).toEqual(left);
    expect(plan({ members }, [update(erp, { status: "gone" })]).archives).toHaveLength(2);
    const all = [update(erp, { active: false }), update(web, { active: false })];
    expect(plan({ members }, all)).toEqual(rests);
  });
});

describe("a record's activity that is carried as a value", () => {
  const active = (change: Partial<FieldPolicy> = {}) => fieldPolicy({ field: "active", ...change });
  const members = { crm: archivedNow, erp: present(erp) };
  const both = { crm: abilities(["active"]), erp: abilities(["active"]) };
  const archives = (field: FieldPolicy, sides: { readonly [connection: string]: SideAbilities }) =>
    plan({ members, fields: [field], sides }).archives.length;

  it("is not carried by an archive as well, if one writer at least shows it and the target takes it", () => {
    expect(archives(active(), both)).toBe(0);
    const unread = abilities(["active"], { reads: new Set() });
    expect(archives(active({ targets: [erp] }), { ...both, erp: unread })).toBe(0);
    expect(archives(active(), { erp: both.erp })).toBe(0);
  });

  it("is carried by an archive where nobody shows the value, or the target does not take it", () => {
    const unread = abilities(["active"], { reads: new Set() });
    expect(archives(active(), { crm: unread, erp: unread })).toBe(1);
    expect(archives(active({ writers: [crm] }), { erp: both.erp })).toBe(1);
    expect(archives(active({ targets: [crm] }), both)).toBe(1);
    expect(archives(active(), { ...both, erp: abilities(["active"], { writes: new Set() }) })).toBe(1);
  });

  it("brings the record back by the value alone, too", () => {
    const back = { crm: backNow, erp: archived(erp) };
    expect(plan({ members: back, fields: [active()], sides: both })).toEqual({
      ...rests,
      kindMoves: [{ connection: crm, kind: "present" }],
    });
  });
});

describe("brought back on one side since all agreed", () => {
  const members = { crm: backNow, erp: archived(erp), web: archived(web) };

  it("the record is brought back on the others that can", () => {
    expect(plan({ members })).toEqual({
      ...rests,
      unarchives: [life("unarchive", erp), life("unarchive", web)],
    });
    const sides = { erp: abilities([], { canUnarchive: false }), web: abilities([]) };
    expect(plan({ members, sides }).unarchives).toEqual([life("unarchive", web)]);
  });

  it("the difference is let stand, and settled, where none can", () => {
    const settled = { ...rests, kindMoves: [{ connection: crm, kind: "present" }] };
    expect(plan({ members, sides: {} })).toEqual(settled);
  });

  it("a tombstone asks a person first, unless all brought it back themselves (I05)", () => {
    expect(plan({ members, hasTombstone: true })).toEqual({
      ...rests,
      parks: [{ reason: "returned", connection: crm, problems: {} }],
    });
    const all = { crm: backNow, erp: member(erp, "present", "archived") };
    expect(plan({ members: all, hasTombstone: true })).toEqual({
      ...rests,
      kindMoves: [
        { connection: crm, kind: "present" },
        { connection: erp, kind: "present" },
      ],
    });
  });
});

describe("kinds that nobody carries", () => {
  it("opposite changes stay as they are, and count as agreed from then on", () => {
    const members = { crm: archivedNow, erp: member(erp, "present", "archived") };
    expect(plan({ members })).toEqual({
      ...rests,
      kindMoves: [
        { connection: crm, kind: "archived" },
        { connection: erp, kind: "present" },
      ],
    });
  });

  it("records that never agreed are taken as they are: nothing is archived or brought back for it", () => {
    const first = { crm: member(crm, "present", null), erp: member(erp, "archived", null) };
    expect(plan({ members: first })).toEqual({
      ...rests,
      kindMoves: [
        { connection: crm, kind: "present" },
        { connection: erp, kind: "archived" },
      ],
    });
    const joined = { crm: archivedNow, erp: present(erp), web: member(web, "present", null) };
    expect(plan({ members: joined })).toEqual({
      ...rests,
      kindMoves: [
        { connection: crm, kind: "archived" },
        { connection: web, kind: "present" },
      ],
    });
  });

  it("one that joins archived waits for nobody's agreement, and nothing is archived for it", () => {
    const joined = { crm: archivedNow, erp: present(erp), web: member(web, "archived", null) };
    expect(plan({ members: joined })).toEqual({
      ...rests,
      kindMoves: [
        { connection: crm, kind: "archived" },
        { connection: web, kind: "archived" },
      ],
    });
  });

  it("where nothing moved nothing is settled, and one record alone has nobody to agree with", () => {
    expect(plan({ members: { crm: present(crm), erp: present(erp) } })).toEqual(rests);
    expect(plan({ members: { crm: present(crm), erp: archived(erp) } })).toEqual(rests);
    expect(plan({ members: { crm: archivedNow } })).toEqual(rests);
  });
});
