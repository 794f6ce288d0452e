import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
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

const empty = {
  link: testLink,
  entity: "accounts",
  generation: 1,
  writes: [],
  reasons: [],
  baseMoves: [],
  kindMoves: [],
  discards: [],
  conflicts: [],
  parks: [],
  waits: [],
  tombstone: null,
  restore: null,
};
const names = ["city", "name"];
const shows = (connection: ConnectionId, name: string, kind: ObservationKind = "present"): MemberState =>
  memberOf(viewOf(connection, { kind, version: `${connection}-v`, fields: { name, city: "x" } }), {
    name: "a",
    city: "x",
  });
const everywhere = { writers: [crm, erp, web], targets: [crm, erp, web] };

/** A link with an edit of the CRM that wants to be written to the ERP and the web shop. */
function inputOf(change: Partial<DecideInput> = {}): DecideInput {
  const fields = names.map((field) => fieldPolicy({ field, ...everywhere }));
  return decideInput(entityPolicy(fields, { onDelete: "archive" }), {
    sides: { crm: abilities(names), erp: abilities(names), web: abilities(names) },
    members: { crm: shows(crm, "b"), erp: shows(erp, "a"), web: shows(web, "a") },
    ...change,
  });
}
const inState = (state: DecideInput["link"]["state"], change: Partial<DecideInput> = {}) =>
  inputOf({ link: { id: testLink, generation: 1, state }, ...change });

describe("what comes before any field is looked at", () => {
  it("a record is not brought back before the parent is there that it must have (I10)", () => {
    const field = "account";
    const parent = { field, kind: { kind: "reference", entity: "accounts" }, isMandatory: true } as const;
    const policy = entityPolicy([fieldPolicy({ ...everywhere, ...parent })], { onDelete: "archive" });
    const archived = (connection: ConnectionId, kind: ObservationKind, account: object | null): MemberState =>
      memberOf(viewOf(connection, { kind, fields: { account } as never }), { account: null }, "archived");
    const back = (account: object | null): DecideInput =>
      decideInput(policy, {
        sides: { crm: abilities([field]), erp: abilities([field]) },
        members: { crm: archived(crm, "present", account), erp: archived(erp, "archived", null) },
      });
    expect(decide(back(null)).writes).toMatchObject([{ kind: "unarchive", target: erp }]);
    expect(decide(back({ link: "l9" }))).toMatchObject({ verdict: "waiting", writes: [], kindMoves: [] });
  });

  it("an open intent is waited for, whatever else there is to do", () => {
    expect(decide(inputOf()).verdict).toBe("writes");
    for (const input of [inputOf(), inState("merged"), inState("ended")])
      expect(decide({ ...input, inFlight: [erp] })).toEqual({ ...empty, verdict: "in_flight" });
  });

  it("a link that was merged into another is over; one that ended only looks for what came back", () => {
    expect(decide(inState("merged"))).toEqual({ ...empty, verdict: "ended" });
    const ended = inState("ended");
    expect(decide(ended)).toEqual({ ...empty, ...planReturn(ended) });
    expect(decide(ended).parks).toMatchObject([{ reason: "returned" }]);
    const restored = inState("ended", { words: { deletion: "restore" } });
    expect(decide(restored).restore).toEqual({ drop: [], back: [crm, erp, web] });
  });

  it("one member out of sight makes the link dormant: nothing is written, nothing deleted", () => {
    const kinds = ["not_permitted", "not_seen", "out_of_scope", "merged", "converted"] as const;
    for (const kind of kinds)
      for (const other of ["a", "deleted"] as const) {
        const members = { ...inputOf().members, web: shows(web, "a", kind) };
        const rest = other === "deleted" ? { erp: shows(erp, "a", "deleted") } : {};
        expect(decide(inputOf({ members: { ...members, ...rest } }))).toEqual({
          ...empty,
          verdict: "dormant",
        });
      }
  });

  it("a deletion goes by the contract's rule for deletions, and leaves a tombstone", () => {
    const input = inputOf({ members: { crm: shows(crm, "a", "deleted"), erp: shows(erp, "a") } });
    expect(decide(input)).toEqual({ ...empty, ...planDeletion(input) });
    expect(decide(input)).toMatchObject({ verdict: "writes", tombstone: { connection: crm } });
  });

  it("a refused value stops the record only where it would be read from or written to", () => {
    const problems = { "name.part": { code: "too_long" as const, expected: "at most 3" } };
    const refused = (connection: ConnectionId, role: Partial<typeof everywhere>) => {
      const input = inputOf();
      const member = input.members[connection] as MemberState;
      const members = { ...input.members, [connection]: { ...member, view: { ...member.view, problems } } };
      const fields = { ...input.policy.fields, name: fieldPolicy({ ...everywhere, ...role }) };
      return decide({ ...input, members, policy: { ...input.policy, fields } });
    };
    for (const role of [{ writers: [crm, erp] }, { targets: [crm, erp] }, {}])
      expect(refused(web, role)).toEqual({
        ...empty,
        verdict: "parked",
        parks: [{ reason: "value_refused", connection: web, problems }],
      });
    expect(refused(web, { writers: [crm, erp], targets: [crm, erp] }).parks).toEqual([]);
  });
});

describe("a plan", () => {
  it("names for each target the version that was seen there, once", () => {
    const members = { ...inputOf().members, crm: shows(crm, "b", "archived") };
    const { writes } = decide(inputOf({ members }));
    expect(writes.map(({ target, kind, precondition }) => [target, kind, precondition])).toEqual([
      [erp, "update", "erp-v"],
      [web, "update", "web-v"],
      [erp, "archive", null],
      [web, "archive", null],
    ]);
  });

  it("of records that agree settles what each is, and nothing else", () => {
    const first = { ...shows(erp, "a"), baseKind: null };
    const input = inputOf({ members: { crm: shows(crm, "a"), erp: first } });
    const readyForTwo = { ...input, sides: { crm: abilities(names), erp: abilities(names) } };
    expect(decide(readyForTwo)).toEqual({
      ...empty,
      verdict: "agreed",
      kindMoves: [{ connection: erp, kind: "present" }],
    });
  });
});
