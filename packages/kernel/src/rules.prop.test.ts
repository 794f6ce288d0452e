import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffFields, hasAgreed, imageOf, isChanged } from "./diff.ts";
import { decide } from "./decide.ts";
import { isEcho } from "./echo.ts";
import type { OwnershipRule } from "./policy.ts";
import { closedBy, isInClosedBooks, policyInState, ruleInState } from "./policy.ts";
import { shownIn } from "./members.ts";
import { carried, unreachable } from "./reach.ts";
import { linkId } from "./record.ts";
import { settledBases } from "./settle.ts";
import {
  crm,
  decideInput,
  entityPolicy,
  erp,
  fieldPolicy,
  memberOf,
  viewOf,
  web,
} from "./testing/fixtures.ts";
import { same } from "./testing/sameness.ts";
import type { TransitionStep } from "./transition.ts";
import { planTransitions } from "./transition.ts";
import type { Fields, Value } from "./value.ts";
import { settleUpdate } from "./write.ts";

describe("planTransitions", () => {
  const state = fc.constantFrom("a", "b", "c", "d", "e");
  const offered = fc
    .array(fc.tuple(state, state), { maxLength: 9 })
    .map((steps) => steps.map(([from, to], at): TransitionStep => ({ from, to, via: `t${at}` })));

  /** All ways without a circle, by brute force, in the order of what is declared first. */
  function waysOf(
    offered: readonly TransitionStep[],
    from: string,
    to: string,
    been: readonly string[] = [from],
  ): readonly (readonly TransitionStep[])[] {
    if (from === to) return [[]];
    return offered
      .filter((step) => step.from === from && !been.includes(step.to))
      .flatMap((step) => waysOf(offered, step.to, to, [...been, step.to]).map((rest) => [step, ...rest]));
  }

  it("finds the shortest way, the one declared first among equals, or that there is none", () => {
    fc.assert(
      fc.property(offered, state, state, (offered, from, to) => {
        const ways = waysOf(offered, from, to);
        const shortest = Math.min(...ways.map((way) => way.length));
        expect(planTransitions(offered, { from, to })).toEqual(ways.find((way) => way.length === shortest));
      }),
      { numRuns: 2_000 },
    );
  });
});

const value = fc.constantFrom<Value>(
  null,
  "",
  "0",
  "a",
  "b",
  { x: "1" },
  { x: "1", y: "2" },
  { x: "2", y: "2" },
);
const maybe = fc.option(value, { nil: undefined });
const fields: fc.Arbitrary<Fields> = fc.dictionary(fc.constantFrom("f", "g", "h"), value);

describe("diff", () => {
  it("names exactly the fields that differ, in order, with before and after", () => {
    fc.assert(
      fc.property(fields, fields, (before, after) => {
        const names = ["f", "g", "h"].filter((name) => !same(before[name], after[name]));
        expect(diffFields(before, after)).toEqual(
          names.map((field) => ({ field, before: before[field], after: after[field] })),
        );
      }),
    );
  });

  it("a side changed a field when it shows none of its images; absent, or without a base, it did not", () => {
    fc.assert(
      fc.property(maybe, fc.array(value, { maxLength: 2 }), (view, base) => {
        expect(isChanged(undefined, base)).toBe(false);
        expect(isChanged(view, undefined)).toBe(false);
        expect(isChanged(view, [])).toBe(false);
        if (base.length > 0 && typeof view === "string")
          expect(isChanged(view, base)).toBe(!base.includes(view));
        if (view !== undefined) expect(isChanged(view, [...base, view])).toBe(false);
      }),
    );
    expect(isChanged({ x: "1" }, [{ x: "1", y: "2" }])).toBe(false);
    expect(isChanged({ x: "2" }, [{ x: "1", y: "2" }])).toBe(true);
    expect(isChanged(null, [""])).toBe(true);
    expect(isChanged(null, [{ x: null }])).toBe(true);
  });

  it("a part that the base lacks has never been agreed on", () => {
    expect(hasAgreed({ x: "1", y: "2" }, [{ x: "1" }])).toBe(false);
    expect(hasAgreed({ x: "9" }, [{ x: "1", y: "2" }])).toBe(true);
    expect(hasAgreed({ x: { z: "1" } }, [{ x: {} }])).toBe(false);
    expect(hasAgreed({ link: "l1" }, [{ awaits: { entity: "a", connection: "c", id: "1" } }])).toBe(true);
    expect(hasAgreed("a", ["b"])).toBe(true);
    expect([hasAgreed("a", undefined), hasAgreed("a", []), hasAgreed(undefined, ["a"])]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("of two images the one that is shown counts, else the older", () => {
    expect(imageOf("sent", ["old", "sent"])).toBe("sent");
    expect(imageOf("else", ["old", "sent"])).toBe("old");
    expect(imageOf("else", undefined)).toBeUndefined();
  });
});

describe("isEcho", () => {
  const nothing = { version: null, answeredVersion: null, fields: {}, base: {}, sent: {} };

  it("is ours by the answered version alone, or when every field shows its image or what was sent", () => {
    fc.assert(
      fc.property(fields, fields, fields, (shown, base, sent) => {
        const isOurs = Object.entries(shown).every(
          ([field, value]) => same(value, base[field]) || same(value, sent[field]),
        );
        expect(isEcho({ ...nothing, fields: shown, base, sent })).toBe(isOurs);
        expect(isEcho({ ...nothing, version: "7", answeredVersion: "7", fields: shown })).toBe(true);
      }),
    );
  });

  it("one field that is neither makes it somebody's, and two missing versions are not one version", () => {
    expect(
      isEcho({ ...nothing, fields: { f: "x", g: "a" }, base: { f: "x", g: "b" }, sent: { g: "c" } }),
    ).toBe(false);
    expect(isEcho({ ...nothing, fields: { f: "x" } })).toBe(false);
  });
});

describe("policyInState", () => {
  const status = fc.constantFrom("open", "posted", "paid");
  const rule: fc.Arbitrary<OwnershipRule> = fc.record({
    at: fc.constantFrom(crm, erp),
    statuses: fc.subarray(["open", "posted", "paid"]),
    fields: fc.constantFrom("*" as const, ["name"], ["city"]),
    writer: fc.constantFrom(null, crm, erp),
  });

  it("the first rule that matches field and state decides; without one the contract stands (I14)", () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 4 }),
        fc.option(status, { nil: undefined }),
        fc.option(status, { nil: undefined }),
        (ownership, atCrm, atErp) => {
          const field = fieldPolicy();
          const statusOf = (connection: string) => (connection === "crm" ? atCrm : atErp);
          const shown = (connection: string, name: string) =>
            name === "status" ? statusOf(connection) : undefined;
          const policy = entityPolicy([field], { ownership, statusField: "status" });
          const narrowed = policyInState(policy, field, shown);
          const match = ownership.find((each) => {
            const status = statusOf(each.at);
            return (
              (each.fields === "*" || each.fields.includes("name")) &&
              status !== undefined &&
              each.statuses.includes(status)
            );
          });
          expect(ruleInState(policy, field, shown)).toEqual(match);
          expect(closedBy(policy, field, shown)).toBe(match?.writer === null ? match.at : null);
          if (match === undefined) expect(narrowed).toBe(field);
          else if (match.writer === null) expect(narrowed).toEqual({ ...field, writers: [], targets: [] });
          else expect(narrowed).toEqual({ ...field, master: match.writer, writers: [match.writer] });
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("closed books", () => {
  const day = fc.constantFrom("2026-09-30", "2026-10-31", "2026-11-01", "", null);
  const closed = { at: erp, field: "date", through: "2026-10-31" };
  const writers = fc.subarray([crm, erp], { minLength: 1 });

  it("take no value of a record that is dated in them, and nothing else is kept from its way", () => {
    fc.assert(
      fc.property(day, day, writers, (atCrm, atErp, from) => {
        const targets = from.length === 2 ? [crm, erp] : [from[0] === crm ? erp : crm];
        const field = fieldPolicy({ writers: from, targets });
        const policy = entityPolicy([field], { closed });
        const narrowed = policyInState(policy, field, (at) => (at === crm ? atCrm : atErp));
        const isClosed = atErp === "2026-09-30" || atErp === "2026-10-31";
        expect(isInClosedBooks(closed, atErp)).toBe(isClosed);
        if (!isClosed) expect(narrowed).toBe(field);
        else {
          expect(narrowed.targets).not.toContain(erp);
          expect(narrowed.targets.includes(crm)).toBe(from.includes(erp) && targets.includes(crm));
          expect(narrowed.writers).toEqual(from.filter((each) => each === erp));
        }
      }),
    );
  });

  it("take no record, no archiving, no bringing back; a person is told, nothing counts as done", () => {
    const date = fieldPolicy({ field: "date" });
    const create = { erp: { when: "always", statuses: [], onDemand: false } } as const;
    const policy = entityPolicy([date], { closed, create, onDelete: "archive" });
    const dated = (at: typeof crm, on: string, kind: "present" | "archived" | "deleted" = "present") =>
      memberOf(viewOf(at, { kind, fields: kind === "deleted" ? {} : { date: on } }), { date: on });
    const at = (on: string) => [
      decideInput(policy, { members: { crm: dated(crm, on) }, readyTargets: [crm, erp] }),
      decideInput(policy, { members: { crm: dated(crm, on, "archived"), erp: dated(erp, on) } }),
      decideInput(policy, { members: { crm: dated(crm, on, "deleted"), erp: dated(erp, on) } }),
    ];
    for (const input of at("2026-10-31")) {
      expect(shownIn(input)(erp, "date")).toBe(input.members[erp]?.view.fields["date"]);
      expect(decide(input)).toMatchObject({
        ...{ verdict: "parked", writes: [], tombstone: null, kindMoves: [] },
        parks: [{ reason: "period_closed", connection: erp }],
      });
    }
    expect(at("2026-11-01").map((input) => decide(input).writes.map(({ kind }) => kind))).toEqual([
      ["create"],
      ["archive"],
      ["archive"],
    ]);
  });
});

describe("references", () => {
  const awaits = { entity: "accounts", connection: "crm", id: "7" };
  const product = (key: string, link: string) => ({ key, fields: { product: { link }, note: "x" } });

  it("are found in values, groups and lines, in their order", () => {
    expect(carried({ link: "l1" })).toEqual([{ link: "l1" }]);
    expect(carried({ awaits })).toEqual([{ awaits }]);
    expect(carried([product("k1", "l1"), product("k2", "l2")])).toEqual([{ link: "l1" }, { link: "l2" }]);
    expect(carried({ a: { link: "l3" }, b: null })).toEqual([{ link: "l3" }]);
    for (const plain of [undefined, null, "l1", true, [], {}]) expect(carried(plain)).toEqual([]);
  });

  it("a group that happens to have a part of that name refers to nothing", () => {
    expect(carried({ label: "our site", link: "https://example.org" })).toEqual([]);
  });

  it("reach a target that has a member of the parent; the rest is waited for by name", () => {
    const reach = { l1: [erp], l2: [crm] };
    expect(
      unreachable({ reach }, erp, [product("k1", "l1"), product("k2", "l2"), product("k3", "l3")]),
    ).toEqual([{ link: linkId("l2") }, { link: linkId("l3") }]);
    expect(unreachable({ reach }, erp, { awaits })).toEqual([awaits]);
    expect(unreachable({ reach }, erp, { link: "l1" })).toEqual([]);
  });

  it("a parent that many lines name is waited for once", () => {
    expect(unreachable({ reach: {} }, erp, [product("k1", "l1"), product("k2", "l1")])).toEqual([
      { link: linkId("l1") },
    ]);
  });
});

describe("settleUpdate", () => {
  const evidence = fc.array(fc.record({ isSent: fc.boolean(), isOld: fc.boolean() }), { maxLength: 4 });

  it("takes evidence only when nothing speaks against it; without any it is left open", () => {
    fc.assert(
      fc.property(evidence, (fields) => {
        const sent = fields.some(({ isSent, isOld }) => isSent && !isOld);
        const old = fields.some(({ isSent, isOld }) => isOld && !isSent);
        const settled = settleUpdate(fields);
        if (sent && old) expect(settled).toBe("mixed");
        else if (sent) expect(settled).toBe("landed");
        else if (old) expect(settled).toBe("not_landed");
        else
          expect(settled).toBe(
            fields.length > 0 && fields.every(({ isSent }) => isSent) ? "landed" : "mixed",
          );
      }),
    );
  });

  it("nothing to compare proves nothing", () => {
    expect(settleUpdate([])).toBe("mixed");
  });
});

describe("settledBases", () => {
  const write = (target: typeof crm, fields: Fields, change = {}) => {
    return {
      target,
      kind: "update" as const,
      id: null,
      precondition: null,
      fields,
      transition: null,
      causes: [],
      ...change,
    };
  };
  const members = [crm, erp, web];

  it("a field moves on all members once each write that carries it has settled, else on none", () => {
    const writes = [write(crm, { a: "1" }), write(erp, { a: "1", b: "2" })];
    const all = settledBases({ writes, isSettled: () => true, members, statusField: null });
    expect(all).toEqual([
      { connection: crm, field: "a", to: "now" },
      { connection: erp, field: "a", to: "now" },
      { connection: web, field: "a", to: "decided" },
      { connection: erp, field: "b", to: "now" },
      { connection: crm, field: "b", to: "decided" },
      { connection: web, field: "b", to: "decided" },
    ]);
    const half = settledBases({
      writes,
      isSettled: ({ target }) => target === erp,
      members,
      statusField: null,
    });
    expect(half.map(({ field }) => field)).toEqual(["b", "b", "b"]);
  });

  it("a state that is only passed through moves the target alone, whatever becomes of the next step", () => {
    const step = { kind: "transition" as const, id: null };
    const writes = [write(erp, {}, step), write(erp, { status: "posted" }, step)];
    const half = settledBases({
      writes,
      isSettled: (each) => each === writes[0],
      members: [crm, erp],
      statusField: "status",
    });
    expect(half).toEqual([{ connection: erp, field: "status", to: "now" }]);
    const whole = settledBases({ writes, isSettled: () => true, members: [crm, erp], statusField: "status" });
    expect(whole).toEqual([
      { connection: erp, field: "status", to: "now" },
      { connection: crm, field: "status", to: "decided" },
    ]);
    const putBack = writes.map((each) => ({
      ...each,
      causes: [{ connection: erp, version: "2", fields: ["status"] }],
    }));
    expect(
      settledBases({
        writes: putBack,
        isSettled: (each) => each === putBack[0],
        members: [crm, erp],
        statusField: "status",
      }),
    ).toEqual([]);
    expect(
      settledBases({ writes, isSettled: () => false, members: [crm, erp], statusField: "status" }),
    ).toEqual([]);
  });
});
