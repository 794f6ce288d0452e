import { describe, expect, it } from "vitest";
import { planFields } from "./fields.ts";
import type { DecideInput } from "./plan.ts";
import type { EntityPolicy, FieldPolicy, SideAbilities } from "./policy.ts";
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

const all = [crm, erp, web];
const everywhere = { writers: all, targets: all };

interface Case {
  readonly fields?: readonly FieldPolicy[];
  readonly policy?: Partial<EntityPolicy>;
  /** What each side shows, and what all agreed on. */
  readonly base?: Fields;
  readonly shown: { readonly [connection: string]: Fields };
  readonly sides?: { readonly [connection: string]: Partial<SideAbilities> };
  readonly input?: Partial<DecideInput>;
}

function plan({ fields = [fieldPolicy(everywhere)], policy, base = {}, shown, sides = {}, input }: Case) {
  const names = fields.map(({ field }) => field);
  const members = Object.entries(shown).map(([name, values]) => {
    const view = viewOf(name as ConnectionId, { fields: values, version: `${name}-v` });
    return [name, memberOf(view, base)] as const;
  });
  return planFields(
    decideInput(entityPolicy(fields, policy), {
      sides: Object.fromEntries(Object.keys(shown).map((name) => [name, abilities(names, sides[name])])),
      members: Object.fromEntries(members),
      ...input,
    }),
  );
}

describe("what an edit causes", () => {
  it("each target's update names every side whose news it serves, with its own fields (I07)", () => {
    const fields = ["city", "name"].map((field) => fieldPolicy({ field, ...everywhere }));
    const base = { name: "a", city: "x" };
    const { writes } = plan({
      fields,
      base,
      shown: { crm: { name: "b", city: "x" }, erp: { name: "a", city: "y" }, web: base },
    });
    expect(writes.map(({ target, causes }) => [target, causes])).toEqual([
      [crm, [{ connection: erp, version: "erp-v", fields: ["city"] }]],
      [erp, [{ connection: crm, version: "crm-v", fields: ["name"] }]],
      [
        web,
        [
          { connection: crm, version: "crm-v", fields: ["name"] },
          { connection: erp, version: "erp-v", fields: ["city"] },
        ],
      ],
    ]);
  });

  it("what two sides lose to a third is told once for each", () => {
    const { discards } = plan({
      base: { name: "a" },
      shown: { crm: { name: "b" }, erp: { name: "c" }, web: { name: "d" } },
    });
    expect(discards.map(({ connection, value }) => [connection, value])).toEqual([
      [erp, "c"],
      [web, "d"],
    ]);
  });

  it("where a mandatory parent is missing nothing is told as written", () => {
    const parent = fieldPolicy({
      field: "account",
      kind: { kind: "reference", entity: "accounts" },
      isMandatory: true,
    });
    const { writes, reasons, waits } = plan({
      fields: [fieldPolicy(), parent],
      base: { name: "a", account: null },
      shown: { crm: { name: "b", account: { link: "l9" } }, erp: { name: "a", account: null } },
    });
    expect([writes, reasons, waits.length]).toEqual([[], [], 1]);
  });
});

describe("roles in a contract", () => {
  it("a writer whose system shows nothing of the field counts as none: the edit is let stand", () => {
    const given = { base: { name: "a" }, shown: { crm: { name: "b" }, erp: { name: "a" } } };
    const only = [fieldPolicy({ writers: [web], targets: all })];
    expect(plan({ ...given, fields: only })).toMatchObject({
      writes: [],
      baseMoves: [{ connection: crm, fields: ["name"] }],
    });
  });

  it("a member of a connection that the contract does not name takes no part", () => {
    const given: Case = {
      base: { name: "a" },
      shown: { crm: { name: "b" }, erp: { name: "a" }, web: { name: "c" } },
    };
    const named = { crm: abilities(["name"]), erp: abilities(["name"]) };
    expect(plan({ ...given, input: { sides: named } }).writes).toMatchObject([
      { target: erp, fields: { name: "b" } },
    ]);
  });

  it("a projection follows its master also to a blank, and no other writer counts (I13)", () => {
    const fields = [fieldPolicy({ ...everywhere, master: erp, onFirstLink: "fill", onForeignEdit: "keep" })];
    const policy = { isProjection: true };
    const shown = { crm: { name: "x" }, erp: { name: null } };
    expect(plan({ fields, policy, shown }).writes).toMatchObject([{ target: crm, fields: { name: null } }]);
    const edited = plan({
      fields,
      policy,
      base: { name: "a" },
      shown: { crm: { name: "b" }, erp: { name: "a" } },
    });
    expect(edited.writes).toMatchObject([{ target: crm, fields: { name: "a" } }]);
    expect(edited.reasons).toMatchObject([{ reason: "last_read", winner: erp }]);
  });
});

describe("an edit that stands where it was made", () => {
  const closed = { at: erp, statuses: ["posted"], fields: ["name"], writer: null };
  const fields = [fieldPolicy(), fieldPolicy({ field: "status" })];
  const policy = { statusField: "status", ownership: [closed] };
  const base = { name: "a", status: "posted" };

  it("is told when a state closed the field, as soon as another side shows it, and not before (I01)", () => {
    const edited = { name: "b", status: "posted" };
    expect(plan({ fields, policy, base, shown: { crm: edited, erp: base } }).discards).toMatchObject([
      { field: "name", connection: crm, value: "b", reason: "closed_by_state", winner: erp },
    ]);
    const alone = { crm: edited, erp: { status: "posted" } };
    expect(plan({ fields, policy, base, shown: alone })).toMatchObject({ discards: [], baseMoves: [] });
    expect(plan({ fields, policy, base, shown: { crm: edited, erp: edited } }).discards).toEqual([]);
    expect(
      plan({ fields, policy: { ...policy, isProjection: true }, base, shown: { crm: edited, erp: base } })
        .discards,
    ).toEqual([]);
  });

  it("is told when two documents first meet and the state of one has closed the field (I01)", () => {
    const edited = { name: "b", status: "posted" };
    const first = { fields, policy, base: { status: "posted" } };
    expect(plan({ ...first, shown: { crm: edited, erp: base } })).toMatchObject({
      discards: [{ field: "name", connection: crm, value: "b", reason: "closed_by_state", winner: erp }],
      baseMoves: [
        { connection: crm, fields: ["name"] },
        { connection: erp, fields: ["name"] },
      ],
    });
    const blank = { name: "", status: "posted" };
    expect(plan({ ...first, shown: { crm: blank, erp: base } }).discards).toEqual([]);
    expect(plan({ ...first, shown: { crm: base, erp: base } }).discards).toEqual([]);
    expect(plan({ ...first, shown: { crm: edited, erp: { status: "posted" } } }).discards).toEqual([]);
  });

  it("is no loss where the contract lets it stand", () => {
    const keeps = [fieldPolicy({ writers: [crm], onForeignEdit: "keep" })];
    expect(
      plan({ fields: keeps, base: { name: "a" }, shown: { crm: { name: "a" }, erp: { name: "b" } } }),
    ).toMatchObject({ discards: [], baseMoves: [{ connection: erp, fields: ["name"] }] });
  });
});

describe("a state that is changed by steps", () => {
  const fields = [fieldPolicy({ field: "status" })];
  const policy = { statusField: "status" };
  const transitions = [
    { from: "draft", to: "sent", via: "send" },
    { from: "sent", to: "won", via: "win" },
  ];
  const sides = { erp: { transitions } };
  const steps = (from: Fields, to: Fields) =>
    plan({ fields, policy, sides, base: from, shown: { crm: to, erp: from } });

  it("goes there in the name of the side that changed it, and says why once", () => {
    const causes = [{ connection: crm, version: "crm-v", fields: ["status"] }];
    const planned = steps({ status: "draft" }, { status: "won" });
    expect(planned.writes).toMatchObject(transitions.map((transition) => ({ transition, causes })));
    expect(planned.writes.map((write) => write.fields)).toEqual([{}, { status: "won" }]);
    expect(planned.writes.map(({ causes: named }) => named)).toEqual([causes, causes]);
    expect(planned.reasons).toEqual([{ target: erp, field: "status", winner: crm, reason: "only_change" }]);
  });

  it.each([
    ["no way leads there", { status: "won" }, { status: "draft" }, "a way from won to draft"],
    ["one side shows no state", { status: "draft" }, { status: null }, "a state on both sides"],
    ["the target shows no state", { status: null }, { status: "won" }, "a state on both sides"],
  ])("is parked when %s, and says what was expected", (_how, from, to, expected) => {
    const planned = steps(from, to);
    expect(planned.parks).toEqual([
      { reason: "no_transition", connection: erp, problems: { status: { code: "code_unmapped", expected } } },
    ]);
    expect([planned.writes, planned.reasons]).toEqual([[], []]);
  });
});
