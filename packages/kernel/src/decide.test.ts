import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import { closedIn } from "./fields.ts";
import { planLife } from "./life.ts";
import { planFields } from "./fields.ts";
import { RuleFailed } from "./merge.ts";
import { membersOf, statusAt } from "./members.ts";
import type { DecideInput, MemberState } from "./plan.ts";
import type { EntityPolicy, FieldPolicy, SideAbilities } from "./policy.ts";
import { linkId } from "./record.ts";
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
import type { Fields } from "./value.ts";

interface Case {
  readonly fields?: readonly FieldPolicy[];
  readonly policy?: Partial<EntityPolicy>;
  readonly base?: Fields;
  readonly crm?: Fields;
  readonly erp?: Fields;
  readonly sides?: { readonly crm?: Partial<SideAbilities>; readonly erp?: Partial<SideAbilities> };
  readonly input?: Partial<DecideInput>;
}

function inputOf(given: Case): DecideInput {
  const { fields = [fieldPolicy()], policy, base = {}, sides, input } = given;
  const names = fields.map(({ field }) => field);
  return decideInput(entityPolicy(fields, policy), {
    sides: { crm: abilities(names, sides?.crm), erp: abilities(names, sides?.erp) },
    members: {
      crm: memberOf(viewOf(crm, { fields: given.crm ?? base, version: "c7" }), base),
      erp: memberOf(viewOf(erp, { fields: given.erp ?? base, version: "e3" }), base),
    },
    ...input,
  });
}

const city = fieldPolicy({ field: "city" });
const reference = (change: Partial<FieldPolicy> = {}) =>
  fieldPolicy({ field: "account", kind: { kind: "reference", entity: "accounts" }, ...change });

describe("decide", () => {
  it("gathers the fields of one target in one update, with each cause and the version that was seen", () => {
    const plan = decide(
      inputOf({
        fields: [fieldPolicy(), city],
        base: { name: "a", city: "x" },
        crm: { name: "b", city: "y" },
      }),
    );
    expect(plan.writes).toEqual([
      {
        target: erp,
        kind: "update",
        id: "erp-1",
        precondition: "e3",
        fields: { city: "y", name: "b" },
        transition: null,
        causes: [{ connection: crm, version: "c7", fields: ["city", "name"] }],
      },
    ]);
    expect(plan.verdict).toBe("writes");
  });

  it("edits of different fields go both ways, each with the other side as its cause", () => {
    const plan = decide(
      inputOf({
        fields: [fieldPolicy(), city],
        base: { name: "a", city: "x" },
        crm: { name: "b", city: "x" },
        erp: { name: "a", city: "y" },
      }),
    );
    expect(plan.writes.map(({ target, fields, causes }) => [target, fields, causes[0]?.connection])).toEqual([
      [crm, { city: "y" }, erp],
      [erp, { name: "b" }, crm],
    ]);
  });

  it("a write names whose news it serves: the winner's, or the foreign edit that it puts back (I07)", () => {
    const fields = [fieldPolicy({ writers: [crm], targets: [erp] })];
    const put = decide(inputOf({ fields, base: { name: "a" }, erp: { name: "b" } }));
    expect(put.writes).toMatchObject([
      { target: erp, fields: { name: "a" }, causes: [{ connection: erp, version: "e3", fields: ["name"] }] },
    ]);
    expect(put.discards).toMatchObject([
      { connection: erp, value: "b", winner: crm, reason: "not_a_writer" },
    ]);
    const carried = decide(inputOf({ fields, base: { name: "a" }, crm: { name: "c" }, erp: { name: "b" } }));
    expect(carried.writes).toMatchObject([
      { target: erp, fields: { name: "c" }, causes: [{ connection: crm, version: "c7" }] },
    ]);
  });

  it("a base moves only on sides that show the field", () => {
    const fields = [fieldPolicy({ writers: [crm, erp, web], targets: [crm, erp, web] })];
    const input = inputOf({ fields, base: { name: "a" }, crm: { name: "b" }, erp: { name: "b" } });
    const members = { ...input.members, web: memberOf(viewOf(web), { name: "a" }) };
    const plan = decide({ ...input, members, sides: { ...input.sides, web: abilities(["name"]) } });
    expect(plan.baseMoves).toEqual([
      { connection: crm, fields: ["name"] },
      { connection: erp, fields: ["name"] },
    ]);
  });

  it("a side that is not read, or cannot be written, takes no part", () => {
    const given = { base: { name: "a" }, crm: { name: "b" } };
    expect(decide(inputOf({ ...given, sides: { erp: { canUpdate: false } } }))).toMatchObject({
      writes: [],
      verdict: "agreed",
    });
    expect(decide(inputOf({ ...given, sides: { erp: { writes: new Set() } } }))).toMatchObject({
      writes: [],
    });
    expect(decide(inputOf({ ...given, sides: { crm: { reads: new Set() } } }))).toMatchObject({
      writes: [],
      baseMoves: [],
    });
  });

  it("ownership by state: the state that the target holds decides who writes, field by field (I14)", () => {
    const fields = [fieldPolicy(), city, fieldPolicy({ field: "status", writers: [erp], targets: [crm] })];
    const ownership = [
      { at: erp, statuses: ["posted"], fields: ["name"], writer: erp },
      { at: erp, statuses: ["paid"], fields: "*" as const, writer: null },
    ];
    const policy = { statusField: "status", ownership };
    const at = (status: string) => {
      const base = { name: "a", city: "x", status };
      return decide(inputOf({ fields, policy, base, crm: { name: "b", city: "y", status } })).writes.map(
        ({ target, fields }) => [target, fields],
      );
    };
    expect(at("open")).toEqual([[erp, { city: "y", name: "b" }]]);
    expect(at("posted")).toEqual([
      [crm, { name: "a" }],
      [erp, { city: "y" }],
    ]);
    expect(at("paid")).toEqual([]);
  });

  it("an edit of a field that the state closes stands, moves its base, and is told once (I01)", () => {
    const fields = [fieldPolicy(), fieldPolicy({ field: "status", writers: [erp], targets: [crm] })];
    const ownership = [{ at: erp, statuses: ["paid"], fields: "*" as const, writer: null }];
    const policy = { statusField: "status", ownership };
    const base = { name: "a", status: "paid" };
    const edited = decide(inputOf({ fields, policy, base, crm: { name: "b", status: "paid" } }));
    const given = inputOf({ fields, policy, base });
    expect([closedIn(given, fieldPolicy()), closedIn({ ...given, members: {} }, fieldPolicy())]).toEqual([
      erp,
      null,
    ]);
    expect(edited).toMatchObject({
      writes: [],
      baseMoves: [{ connection: crm, fields: ["name"] }],
      discards: [{ field: "name", connection: crm, value: "b", winner: erp, reason: "closed_by_state" }],
    });
    const both = { name: "b", status: "paid" };
    expect(decide(inputOf({ fields, policy, base, crm: both, erp: both })).discards).toEqual([]);
    expect(decide(inputOf({ fields, policy, base })).discards).toEqual([]);
  });

  it("a refused value parks the record alone; one that goes nowhere does not", () => {
    const problem = { code: "not_decimal", expected: "a decimal" } as const;
    const input = inputOf({ fields: [fieldPolicy({ writers: [crm], targets: [erp] })], base: { name: "a" } });
    const withProblem = (field: string, connection: "crm" | "erp") => {
      const member = input.members[connection] as MemberState;
      const view = viewOf(connection === "crm" ? crm : erp, { problems: { [field]: problem } });
      return decide({ ...input, members: { ...input.members, [connection]: { ...member, view } } });
    };
    expect(withProblem("name", "crm")).toMatchObject({
      verdict: "parked",
      writes: [],
      parks: [{ reason: "value_refused", connection: crm, problems: { name: problem } }],
    });
    expect(withProblem("name.part", "erp")).toMatchObject({ verdict: "parked" });
    expect(withProblem("stranger", "crm")).toMatchObject({ verdict: "agreed", parks: [] });
  });

  it("a reference that is not there yet holds back its field alone, and nothing of it is discarded", () => {
    const base = { name: "a", account: null };
    const given = {
      fields: [fieldPolicy(), reference()],
      base,
      crm: { name: "b", account: { link: "l9" } },
      erp: { name: "a", account: { link: "l8" } },
    };
    const plan = decide(inputOf({ ...given, input: { reach: { l8: [crm, erp] } } }));
    expect(plan.writes.map(({ fields }) => fields)).toEqual([{ name: "b" }]);
    expect(plan.waits).toEqual([
      { field: "account", target: erp, parent: { link: linkId("l9") }, isBlocking: false },
    ]);
    expect(plan.discards).toEqual([]);
    const reached = decide(inputOf({ ...given, input: { reach: { l8: [crm, erp], l9: [erp] } } }));
    expect(reached.writes.map(({ fields }) => fields)).toEqual([{ account: { link: "l9" }, name: "b" }]);
    expect(reached.discards).toMatchObject([{ field: "account", connection: erp, value: { link: "l8" } }]);
  });

  it("a mandatory parent that is missing holds back all that would be written beside it (I10)", () => {
    const base = { name: "a", account: null };
    const crmShows = { name: "b", account: { link: "l9" } };
    const plan = decide(
      inputOf({
        fields: [fieldPolicy(), reference({ isMandatory: true })],
        base,
        crm: crmShows,
        erp: { name: "c", account: null },
      }),
    );
    expect(plan).toMatchObject({
      verdict: "waiting",
      writes: [],
      discards: [],
      waits: [{ field: "account", target: erp, isBlocking: true }],
    });
  });

  it("a reference to a record without a link is not compared: it may be the same one", () => {
    const awaits = { entity: "accounts", connection: "erp", id: "7" };
    const plan = decide(
      inputOf({
        fields: [reference()],
        base: {},
        crm: { account: { link: "l9" } },
        erp: { account: { awaits } },
      }),
    );
    expect(plan).toMatchObject({
      verdict: "waiting",
      writes: [],
      conflicts: [],
      waits: [{ field: "account", target: erp, parent: awaits, isBlocking: false }],
    });
  });

  it("a conflict is open until a person decides it; the other fields flow", () => {
    const given = {
      fields: [fieldPolicy({ policy: "review" }), city],
      base: { name: "a", city: "x" },
      crm: { name: "b", city: "y" },
      erp: { name: "c", city: "x" },
    };
    const plan = decide(inputOf(given));
    expect(plan.conflicts).toEqual([
      { field: "name", reason: "both_changed", values: { crm: "b", erp: "c" } },
    ]);
    expect(plan.writes.map(({ fields }) => fields)).toEqual([{ city: "y" }]);
    const decided = decide(inputOf({ ...given, input: { resolutions: { name: "c" } } }));
    expect(decided.conflicts).toEqual([]);
    expect(decided.writes).toMatchObject([
      {
        target: crm,
        fields: { name: "c" },
        causes: [{ connection: "person", version: null, fields: ["name"] }],
      },
      { target: erp, fields: { city: "y" } },
    ]);
    expect(decided.discards).toMatchObject([{ connection: crm, value: "b", winner: "person" }]);
  });

  it.each([
    ["throws", new Error("a bug, with a customer's name in it"), "an answer without an error"],
    ["says how it failed", new RuleFailed("an answer within 200 ms"), "an answer within 200 ms"],
  ])("a user's rule that %s parks its field by name, and stops nothing", (_how, error, expected) => {
    const customRules = {
      mine: () => {
        throw error;
      },
    };
    const fields = [fieldPolicy({ policy: "custom", custom: "mine" })];
    const plan = decide(
      inputOf({
        fields,
        base: { name: "a" },
        crm: { name: "b" },
        erp: { name: "c" },
        input: { customRules },
      }),
    );
    const problem = { code: "rule_failed", expected: `of the rule \`mine\`: ${expected}` };
    expect(plan).toMatchObject({
      verdict: "parked",
      writes: [],
      conflicts: [],
      parks: [{ reason: "rule_failed", connection: null, problems: { name: problem } }],
    });
  });

  it("a projection follows its master: no question, no loser, and a lossy target rests (I13)", () => {
    const fields = [
      fieldPolicy({
        field: "onHand",
        kind: { kind: "decimal" },
        master: erp,
        policy: "review",
        onFirstLink: "review",
        onForeignEdit: "keep",
      }),
    ];
    const policy = { isProjection: true };
    const first = decide(inputOf({ fields, policy, crm: { onHand: "5" }, erp: { onHand: "7" } }));
    expect(first).toMatchObject({
      writes: [{ target: crm, fields: { onHand: "7" } }],
      discards: [],
      conflicts: [],
    });
    const foreign = decide(inputOf({ fields, policy, base: { onHand: "7" }, crm: { onHand: "6" } }));
    expect(foreign).toMatchObject({ writes: [{ target: crm, fields: { onHand: "7" } }], discards: [] });
    const lossy = inputOf({ fields, policy, crm: { onHand: "7.3" }, erp: { onHand: "7.333" } });
    expect(decide(lossy).writes).toHaveLength(1);
    const settled = {
      crm: memberOf(viewOf(crm, { fields: { onHand: "7.3" } }), { onHand: "7.3" }),
      erp: memberOf(viewOf(erp, { fields: { onHand: "7.333" } }), { onHand: "7.333" }),
    };
    expect(decide({ ...lossy, members: settled })).toMatchObject({
      writes: [],
      baseMoves: [],
      verdict: "agreed",
    });
    expect(decide(inputOf({ fields, policy, crm: {}, erp: { onHand: "7" } }))).toMatchObject({
      writes: [],
      verdict: "agreed",
    });
  });
});

describe("decide, where a side changes states by transitions", () => {
  const status = fieldPolicy({ field: "status", kind: { kind: "code" } });
  const transitions = [
    { from: "draft", to: "confirmed", via: "confirm" },
    { from: "confirmed", to: "posted", via: "post" },
  ];
  const given = {
    fields: [fieldPolicy(), status],
    policy: { statusField: "status" },
    base: { name: "a", status: "draft" },
    sides: { erp: { transitions, writes: new Set(["name"]) } },
  };

  it("the way there follows the update; only the first write to a target names the version seen", () => {
    const { writes } = decide(inputOf({ ...given, crm: { name: "b", status: "posted" } }));
    expect(
      writes.map(({ kind, precondition, fields, transition }) => [
        kind,
        precondition,
        fields,
        transition?.via ?? null,
      ]),
    ).toEqual([
      ["update", "e3", { name: "b" }, null],
      ["transition", null, {}, "confirm"],
      ["transition", null, { status: "posted" }, "post"],
    ]);
    const alone = decide(inputOf({ ...given, crm: { name: "a", status: "posted" } })).writes;
    expect(alone.map(({ precondition }) => precondition)).toEqual(["e3", null]);
  });

  it("one transition is enough to make the state a matter of steps", () => {
    const sides = { erp: { transitions: transitions.slice(0, 1), writes: new Set(["name", "status"]) } };
    const { writes } = decide(inputOf({ ...given, sides, crm: { name: "a", status: "confirmed" } }));
    expect(writes.map(({ kind, transition }) => [kind, transition?.via])).toEqual([
      ["transition", "confirm"],
    ]);
  });

  it("a state without a way is parked by name, and the other fields flow", () => {
    const plan = decide(inputOf({ ...given, crm: { name: "b", status: "lost" } }));
    expect(plan.parks).toMatchObject([
      { reason: "no_transition", connection: erp, problems: { status: { code: "code_unmapped" } } },
    ]);
    expect(plan.writes.map(({ fields }) => fields)).toEqual([{ name: "b" }]);
  });

  it.each([
    ["shows none", { crm: { name: "a", status: "posted" }, erp: { name: "a", status: null } }],
    ["shall have none", { crm: { name: "a", status: null } }],
  ])("a target that %s is parked, never silently called agreed", (_title, shown) => {
    const plan = decide(inputOf({ ...given, ...shown }));
    expect(plan).toMatchObject({
      verdict: "parked",
      writes: [],
      parks: [{ reason: "no_transition", connection: erp }],
    });
  });

  it("a state is a value where the side has no transitions", () => {
    const plan = decide(inputOf({ ...given, sides: {}, crm: { name: "a", status: "posted" } }));
    expect(plan.writes).toMatchObject([{ kind: "update", fields: { status: "posted" } }]);
  });
});

describe("decide, where a record was archived", () => {
  const policy = { onDelete: "archive" as const };
  const archived = (change: Partial<DecideInput["members"][string]> = {}): DecideInput => {
    const input = inputOf({ policy, base: { name: "a" } });
    const view = viewOf(crm, { kind: "archived", fields: { name: "a" }, version: "c7" });
    return { ...input, members: { ...input.members, crm: { ...memberOf(view, { name: "a" }), ...change } } };
  };

  it("the others are archived, once, where they can be", () => {
    const input = archived();
    expect(decide(input).writes).toMatchObject([
      { target: erp, kind: "archive", precondition: "e3", causes: [{ connection: crm, version: "c7" }] },
    ]);
    expect(decide(archived({ baseKind: "archived" })).writes).toEqual([]);
    expect(
      decide({ ...input, sides: { ...input.sides, erp: abilities(["name"], { canArchive: false }) } }).writes,
    ).toEqual([]);
    expect(decide({ ...input, policy: { ...input.policy, onDelete: "ask" } }).writes).toEqual([]);
  });

  it("a field that carries it already is not doubled by an archive", () => {
    const active = { active: fieldPolicy({ field: "active" }) };
    const sides = { crm: abilities(["name", "active"]), erp: abilities(["name", "active"]) };
    const input = archived();
    const policyWith = { ...input.policy, fields: { ...input.policy.fields, ...active } };
    expect(decide({ ...input, sides, policy: policyWith }).writes).toEqual([]);
    // A side that is not given the field is archived.
    expect(decide({ ...input, policy: policyWith }).writes).toMatchObject([{ kind: "archive" }]);
  });

  it("waits for a state that the same decision writes, and follows when that did not bring it", () => {
    const fields = { name: "a", status: "gone" };
    const view = viewOf(crm, { kind: "archived", fields, version: "c8" });
    const input = archived({ view, base: { name: ["a"], status: ["here"] } });
    const status = fieldPolicy({ field: "status", kind: { kind: "code" } });
    const policyWith = {
      ...input.policy,
      statusField: "status",
      fields: { ...input.policy.fields, status },
    };
    const erpView = viewOf(erp, { fields: { name: "a", status: "here" }, version: "e3" });
    const both = ["name", "status"];
    const given: DecideInput = {
      ...input,
      policy: policyWith,
      sides: { crm: abilities(both), erp: abilities(both) },
      members: { ...input.members, erp: memberOf(erpView, { name: "a", status: "here" }) },
    };
    expect(decide(given).writes).toMatchObject([{ kind: "update", fields: { status: "gone" } }]);
    const written = { ...erpView, fields: { name: "a", status: "gone" } };
    const after = { crm: memberOf(view, fields), erp: memberOf(written, fields) };
    expect(decide({ ...given, members: after }).writes).toMatchObject([{ kind: "archive", target: erp }]);
  });

  it("a record brought back on one side is brought back on the other, before it gets any value", () => {
    const crmView = viewOf(crm, { fields: { name: "b" }, version: "c9" });
    const erpView = viewOf(erp, { kind: "archived", fields: { name: "a" }, version: "e3" });
    const members = {
      crm: memberOf(crmView, { name: "a" }, "archived"),
      erp: memberOf(erpView, { name: "a" }, "archived"),
    };
    const input: DecideInput = { ...archived(), members };
    expect(decide(input).writes).toMatchObject([
      { kind: "unarchive", target: erp, precondition: "e3" },
      { kind: "update", target: erp, fields: { name: "b" }, precondition: null },
    ]);
    expect(planLife(input, [])).toMatchObject({ unarchives: [{ target: erp }], archives: [], kindMoves: [] });
    // Never against a tombstone, and never by itself.
    expect(decide({ ...input, hasTombstone: true })).toMatchObject({
      parks: [{ reason: "returned", connection: crm }],
    });
    const alone = { ...members, crm: memberOf(crmView, { name: "a" }, "present") };
    expect(decide({ ...input, members: alone }).writes).toMatchObject([{ kind: "update" }]);
  });

  it("an edit made meanwhile arrives first, and the archive follows it", () => {
    const view = viewOf(crm, { kind: "archived", fields: { name: "b" }, version: "c8" });
    const { writes } = decide(archived({ view }));
    expect(writes.map(({ kind, precondition }) => [kind, precondition])).toEqual([
      ["update", "e3"],
      ["archive", null],
    ]);
  });
});

it("members come in the order of their names, and a status is a text or nothing", () => {
  const input = inputOf({
    policy: { statusField: "status" },
    crm: { status: "open" },
    erp: { status: null },
  });
  const turned = { members: Object.fromEntries(Object.entries(input.members).toReversed()) };
  expect(membersOf(turned).map(([connection]) => connection)).toEqual([crm, erp]);
  expect([statusAt(input, crm), statusAt(input, erp), statusAt(input, web)]).toEqual([
    "open",
    undefined,
    undefined,
  ]);
  expect(planFields(input).writes).toEqual([]);
});
