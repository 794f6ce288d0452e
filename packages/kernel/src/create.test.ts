import { describe, expect, it } from "vitest";
import { planCreates } from "./create.ts";
import { decide } from "./decide.ts";
import type { DecideInput } from "./plan.ts";
import type { EntityPolicy, FieldPolicy, SideAbilities } from "./policy.ts";
import { linkId } from "./record.ts";
import type { ConnectionId } from "./record.ts";
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

const always = { when: "always", statuses: [], onDemand: false } as const;
const reference = (change: Partial<FieldPolicy> = {}) =>
  fieldPolicy({ field: "account", kind: { kind: "reference", entity: "accounts" }, ...change });

interface Case {
  readonly fields?: readonly FieldPolicy[];
  readonly shown: Fields;
  readonly policy?: Partial<EntityPolicy>;
  readonly target?: Partial<SideAbilities>;
  readonly input?: Partial<DecideInput>;
}

function inputOf({ fields = [fieldPolicy()], shown, policy, target, input }: Case): DecideInput {
  const names = fields.map(({ field }) => field);
  return decideInput(entityPolicy(fields, { create: { erp: always }, ...policy }), {
    sides: { crm: abilities(names), erp: abilities(names, target) },
    members: { crm: memberOf(viewOf(crm, { fields: shown })) },
    readyTargets: [erp],
    ...input,
  });
}

const targetsOf = ({ policy }: DecideInput, targets: readonly ConnectionId[]) =>
  Object.fromEntries(Object.entries(policy.fields).map(([name, field]) => [name, { ...field, targets }]));

const fieldsOf = ({ policy }: DecideInput, writers: { readonly [field: string]: readonly ConnectionId[] }) =>
  Object.fromEntries(
    Object.entries(policy.fields).map(([name, field]) => [name, { ...field, writers: writers[name] ?? [] }]),
  );
const shownByBoth = { name: "ann", city: "ulm" };
const bothShown = {
  crm: memberOf(viewOf(crm, { fields: shownByBoth })),
  erp: memberOf(viewOf(erp, { fields: shownByBoth })),
};

describe("planCreates", () => {
  it("writes what the source shows: absent and null are left out, empty text and false are values", () => {
    const fields = ["name", "note", "phone", "fax", "isKey"].map((field) => fieldPolicy({ field }));
    const planned = planCreates(
      inputOf({ fields, shown: { name: "ann", note: "", phone: null, isKey: false } }),
    );
    expect(planned.writes).toMatchObject([
      {
        kind: "create",
        target: erp,
        id: null,
        precondition: null,
        fields: { name: "ann", note: "", isKey: false },
      },
    ]);
    expect(planned.writes[0]?.fields).not.toHaveProperty("fax");
    expect(planned.writes[0]?.fields).not.toHaveProperty("phone");
    expect(planned.writes[0]?.causes).toEqual([
      { connection: crm, version: "v1", fields: ["isKey", "name", "note"] },
    ]);
  });

  it("a field that only a create may write is written then; one that is never written is not", () => {
    const fields = [fieldPolicy({ field: "code" }), fieldPolicy({ field: "kind" })];
    const target = { writes: new Set<string>(), writesOnCreate: new Set(["code"]) };
    const { writes } = planCreates(inputOf({ fields, shown: { code: "7", kind: "a" }, target }));
    expect(writes.map((write) => write.fields)).toEqual([{ code: "7" }]);
  });

  it("a record of which nothing can be written is not wanted, and never called agreed", () => {
    const mute = inputOf({ fields: [fieldPolicy({ writers: [erp] })], shown: { name: "ann" } });
    expect(planCreates(mute)).toEqual({ writes: [], reasons: [], waits: [], isWanted: false });
    expect(decide(mute).verdict).toBe("not_wanted");
    expect(decide(inputOf({ shown: { name: null } })).verdict).toBe("not_wanted");
    expect(decide(inputOf({ shown: { name: "ann" }, target: { canCreate: false } })).verdict).toBe(
      "not_wanted",
    );
  });

  it("the value comes from the master, else from another writer that shows one", () => {
    const fields = [fieldPolicy({ master: erp, writers: [crm, erp], targets: [crm, erp, web] })];
    const members = {
      crm: memberOf(viewOf(crm, { fields: { name: "ann" } })),
      erp: memberOf(viewOf(erp, { fields: { name: "bob" } })),
    };
    const policy = { create: { web: always } };
    const base = inputOf({ fields, shown: {}, policy });
    const input = {
      ...base,
      members,
      readyTargets: [web],
      sides: { ...base.sides, web: abilities(["name"]) },
    };
    expect(planCreates(input).writes).toMatchObject([{ target: web, fields: { name: "bob" } }]);
    const silent = { ...members, erp: memberOf(viewOf(erp)) };
    expect(planCreates({ ...input, members: silent }).writes).toMatchObject([
      { target: web, fields: { name: "ann" } },
    ]);
  });

  it("a field that the target does not receive is not written, not even by a create", () => {
    const fields = [fieldPolicy(), fieldPolicy({ field: "note", targets: [crm] })];
    expect(planCreates(inputOf({ fields, shown: { name: "ann", note: "x" } })).writes[0]?.fields).toEqual({
      name: "ann",
    });
  });

  it("one member in a status that asks for it is enough", () => {
    const fields = [fieldPolicy({ targets: [crm, erp, web] }), fieldPolicy({ field: "status" })];
    const base = inputOf({ fields, shown: {}, policy: { statusField: "status" } });
    const won = { when: "status", statuses: ["won"], onDemand: false } as const;
    const members = {
      crm: memberOf(viewOf(crm, { fields: { name: "ann", status: "won" } })),
      erp: memberOf(viewOf(erp, { fields: { name: "ann", status: "open" } })),
    };
    const sides = { ...base.sides, web: abilities(["name", "status"]) };
    const policy = { ...base.policy, create: { web: won } };
    const input = { ...base, policy, members, sides, readyTargets: [web] };
    expect(planCreates(input).writes).toMatchObject([{ kind: "create", target: web }]);
    const open = { ...input, members: { erp: members.erp } };
    expect(planCreates(open)).toMatchObject({ writes: [], isWanted: false });
  });

  it("an ownership rule in the present state decides whose value is written", () => {
    const fields = [fieldPolicy(), fieldPolicy({ field: "status" })];
    const ownership = [{ at: crm, statuses: ["closed"], fields: ["name"], writer: null }];
    const policy = { statusField: "status", ownership };
    const closed = planCreates(inputOf({ fields, policy, shown: { name: "ann", status: "closed" } }));
    expect(closed.writes.map((write) => write.fields)).toEqual([{ status: "closed" }]);
    expect(
      planCreates(inputOf({ fields, policy, shown: { name: "ann", status: "open" } })).writes,
    ).toMatchObject([{ fields: { name: "ann" } }]);
  });

  it("a mandatory parent that is missing holds the create back, another only its field (I10)", () => {
    const shown = { name: "ann", account: { link: "l9" } };
    const parent = { link: linkId("l9") };
    const held = planCreates(inputOf({ fields: [fieldPolicy(), reference({ isMandatory: true })], shown }));
    expect(held).toEqual({
      writes: [],
      reasons: [],
      waits: [{ field: "account", target: erp, parent, isBlocking: true }],
      isWanted: true,
    });
    const free = planCreates(inputOf({ fields: [fieldPolicy(), reference()], shown }));
    expect(free.writes).toMatchObject([{ kind: "create", fields: { name: "ann" } }]);
    expect(free.writes[0]?.fields).not.toHaveProperty("account");
    expect(free.waits).toMatchObject([{ isBlocking: false }]);
    expect(free.isWanted).toBe(true);
    const reached = planCreates(
      inputOf({ fields: [reference({ isMandatory: true })], shown, input: { reach: { l9: [erp] } } }),
    );
    expect(reached.writes).toMatchObject([{ fields: { account: { link: "l9" } } }]);
  });

  it("lines whose product is missing hold the create back: without them it is another document", () => {
    const lines = fieldPolicy({
      field: "lines",
      kind: { kind: "collection", parts: { product: { kind: "reference", entity: "products" } } },
    });
    const shown = { name: "q1", lines: [{ key: "k1", fields: { product: { link: "l9" } } }] };
    const planned = planCreates(inputOf({ fields: [fieldPolicy(), lines], shown }));
    expect(planned.writes).toEqual([]);
    expect(planned.waits).toMatchObject([{ field: "lines", isBlocking: true }]);
  });

  it("a parent that has no link yet is waited for by the name its own system gave it", () => {
    const awaits = { entity: "accounts", connection: "crm", id: "7" };
    const planned = planCreates(
      inputOf({ fields: [reference({ isMandatory: true })], shown: { account: { awaits } } }),
    );
    expect(planned.waits).toEqual([{ field: "account", target: erp, parent: awaits, isBlocking: true }]);
  });

  it("the plan shows the state changes that follow a create, up to the state of the source", () => {
    const fields = [fieldPolicy(), fieldPolicy({ field: "status" })];
    const transitions = [
      { from: "draft", to: "confirmed", via: "confirm" },
      { from: "confirmed", to: "posted", via: "post" },
    ];
    const target = { transitions, initialStatus: "draft" };
    const planned = planCreates(
      inputOf({ fields, policy: { statusField: "status" }, shown: { name: "q", status: "posted" }, target }),
    );
    expect(planned.writes).toMatchObject([
      { kind: "create", fields: { name: "q" } },
      { kind: "transition", precondition: null, fields: {}, transition: transitions[0] },
      { kind: "transition", precondition: null, fields: { status: "posted" }, transition: transitions[1] },
    ]);
    expect(planned.writes.map((write) => write.fields)).toEqual([{ name: "q" }, {}, { status: "posted" }]);
    expect(planned.reasons.map(({ field }) => field)).toEqual(["name", "status"]);
    expect(planned.writes[2]?.causes).toEqual([{ connection: crm, version: "v1", fields: ["status"] }]);
    const single = { transitions: transitions.slice(0, 1), initialStatus: "draft" };
    const step = inputOf({
      fields,
      policy: { statusField: "status" },
      shown: { name: "q", status: "confirmed" },
      target: single,
    });
    expect(planCreates(step).writes.map((write) => write.fields)).toEqual([
      { name: "q" },
      { status: "confirmed" },
    ]);
    const own = [fieldPolicy(), fieldPolicy({ field: "status", targets: [crm] })];
    const shown = { name: "q", status: "posted" };
    const alone = inputOf({ fields: own, policy: { statusField: "status" }, shown, target });
    expect(planCreates(alone).writes).toHaveLength(1);
    const untold = inputOf({
      fields,
      policy: { statusField: "status" },
      shown: { name: "q", status: null },
      target,
    });
    expect(planCreates(untold).writes).toHaveLength(1);
    const silent = inputOf({ fields, policy: { statusField: "status" }, shown: { name: "q" }, target });
    expect(planCreates(silent).writes).toHaveLength(1);
    const unreachable = inputOf({
      fields,
      policy: { statusField: "status" },
      shown: { name: "q", status: "lost" },
      target,
    });
    expect(planCreates(unreachable).writes).toHaveLength(1);
  });

  it("a state closed to everybody is not carried on by a create", () => {
    const fields = [fieldPolicy(), fieldPolicy({ field: "status" })];
    const ownership = [{ at: crm, statuses: ["posted"], fields: ["status"], writer: null }];
    const transitions = [{ from: "draft", to: "posted", via: "post" }];
    const target = { transitions, initialStatus: "draft" };
    const shown = { name: "q", status: "posted" };
    const planned = inputOf({ fields, policy: { statusField: "status", ownership }, shown, target });
    expect(planCreates(planned).writes).toHaveLength(1);
  });

  it.each([
    ["always", { when: "always", statuses: [], onDemand: false }, [true, true, true]],
    [
      "never, not even for a child",
      { when: "never", statuses: ["won"], onDemand: true },
      [false, false, false],
    ],
    [
      "in one of some states",
      { when: "status", statuses: ["sent", "won"], onDemand: false },
      [false, true, false],
    ],
    [
      "in a status or for a child",
      { when: "status", statuses: ["won"], onDemand: true },
      [false, true, true],
    ],
  ] as const)("is made %s", (_, erpRule, expected) => {
    const fields = [fieldPolicy(), fieldPolicy({ field: "status" })];
    const isMade = (status: string, input: Partial<DecideInput> = {}) =>
      planCreates(
        inputOf({
          fields,
          policy: { statusField: "status", create: { erp: erpRule } },
          shown: { status },
          input,
        }),
      ).writes.length > 0;
    const children = { demandedOn: [erp] };
    expect([isMade("open"), isMade("won"), isMade("open", children)]).toEqual(expected);
    expect(isMade("open", { demandedOn: [web] })).toBe(expected[0]);
    expect(isMade("won", { hasTombstone: true, ...children })).toBe(false);
    expect(isMade("won", { readyTargets: [web], ...children })).toBe(false);
    const archived = { crm: memberOf(viewOf(crm, { kind: "archived", fields: { status: "won" } })) };
    expect(isMade("won", { members: archived, ...children })).toBe(false);
  });

  it("nothing is made where the contract has no rule for it", () => {
    expect(planCreates(inputOf({ policy: { create: {} }, shown: { name: "ann" } })).writes).toEqual([]);
  });

  it("targets and sources come in the order of their names", () => {
    const all = [crm, erp, web];
    const city = fieldPolicy({ field: "city", master: erp, writers: [erp], targets: all });
    const fields = [city, fieldPolicy({ writers: [crm], targets: all })];
    const names = ["city", "name"];
    const other = "aaa" as ConnectionId;
    const input = decideInput(entityPolicy(fields, { create: { web: always, aaa: always } }), {
      sides: { web: abilities(names), crm: abilities(names), aaa: abilities(names), erp: abilities(names) },
      members: {
        erp: memberOf(viewOf(erp, { fields: { city: "ulm" }, version: "e1" })),
        crm: memberOf(viewOf(crm, { fields: { name: "ann" }, version: "c1" })),
      },
      readyTargets: [web, other],
    });
    const given = { ...input, policy: { ...input.policy, fields: targetsOf(input, [...all, other]) } };
    const turned = Object.fromEntries(Object.entries(given.sides).toReversed());
    expect(planCreates({ ...given, sides: turned })).toEqual(planCreates(given));
    const { writes } = planCreates(given);
    const swapped = fieldsOf(given, { city: [crm], name: [erp] });
    const [first] = planCreates({
      ...given,
      members: bothShown,
      policy: { ...given.policy, fields: swapped },
    }).writes;
    expect(first?.causes.map(({ connection }) => connection)).toEqual([crm, erp]);
    expect(writes.map(({ target }) => target)).toEqual([other, web]);
    for (const { causes } of writes)
      expect(causes).toEqual([
        { connection: crm, version: "c1", fields: ["name"] },
        { connection: erp, version: "e1", fields: ["city"] },
      ]);
  });

  it("the order in which fields and sides were declared changes nothing", () => {
    const fields = [fieldPolicy(), fieldPolicy({ field: "city" }), reference()];
    const shown = { name: "ann", city: "ulm", account: { link: "l9" } };
    const one = planCreates(inputOf({ fields, shown }));
    expect(planCreates(inputOf({ fields: fields.toReversed(), shown }))).toEqual(one);
  });
});
