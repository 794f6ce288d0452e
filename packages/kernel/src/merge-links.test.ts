import { describe, expect, it } from "vitest";
import { idsOf, stateWith } from "./link.ts";
import type { Link, Member } from "./link.ts";
import { planMerge, survivorOf } from "./merge-links.ts";
import type { LinkState } from "./lifecycle.ts";
import { externalId, linkId } from "./record.ts";
import type { ConnectionId, ExternalId } from "./record.ts";
import { crm, erp, web } from "./testing/fixtures.ts";
import { planUnmerge } from "./unmerge-links.ts";

const id = (text: string): ExternalId => externalId(text);
const member = (connection: ConnectionId, own: string, aliases: readonly string[] = []): Member => {
  return { connection, id: id(own), aliases: aliases.map((alias) => id(alias)) };
};
const link = (name: string, members: readonly Member[], state: LinkState = "live"): Link => ({
  id: linkId(name),
  entity: "accounts",
  generation: 1,
  state,
  members,
});
const merge = { connection: crm, loser: id("r1"), survivor: id("r2") };

describe("planMerge", () => {
  it("a loser with a link becomes an alias, and so do its counterparts, which are duplicates (I28)", () => {
    const loserLink = link("l1", [member(crm, "r1", ["r0"]), member(erp, "e1", ["e0"])]);
    const survivorLink = link("l2", [member(crm, "r2", ["r9"]), member(erp, "e2")]);
    expect(planMerge({ ...merge, loserLink, survivorLink })).toEqual({
      keep: "l2",
      retire: "l1",
      state: "live",
      members: [member(crm, "r2", ["r9", "r0", "r1"]), member(erp, "e2", ["e0", "e1"])],
      duplicates: [member(erp, "e1", ["e0"])],
      bases: [],
    });
  });

  it("a survivor without a counterpart gets the loser's, with the bases that they agreed on", () => {
    const loserLink = link("l1", [member(crm, "r1"), member(erp, "e1")]);
    const survivorLink = link("l2", [member(crm, "r2")], "single");
    expect(planMerge({ ...merge, loserLink, survivorLink })).toEqual({
      keep: "l2",
      retire: "l1",
      state: "live",
      members: [member(crm, "r2", ["r1"]), member(erp, "e1")],
      duplicates: [],
      bases: ["crm", "erp"],
    });
  });

  it("a counterpart that joins others which never agreed with it brings no base", () => {
    const loserLink = link("l1", [member(crm, "r1"), member(erp, "e1")]);
    const survivorLink = link("l2", [member(crm, "r2"), member(web, "w2")]);
    const planned = planMerge({ ...merge, loserLink, survivorLink });
    expect(planned.members).toEqual([member(crm, "r2", ["r1"]), member(web, "w2"), member(erp, "e1")]);
    expect(planned.bases).toEqual([]);
  });

  it("a survivor that nobody knew takes over the loser's link", () => {
    const loserLink = link("l1", [member(crm, "r1", ["r0"]), member(erp, "e1")]);
    expect(planMerge({ ...merge, loserLink, survivorLink: null })).toEqual({
      keep: "l1",
      retire: null,
      state: "live",
      members: [member(crm, "r2", ["r0", "r1"]), member(erp, "e1")],
      duplicates: [],
      bases: [],
    });
  });

  it("seen again, or of records without links, it retires nothing", () => {
    const done = link("l2", [member(crm, "r2", ["r1"]), member(erp, "e2")]);
    const again = planMerge({ ...merge, loserLink: done, survivorLink: done });
    expect([again.keep, again.retire, again.members]).toEqual(["l2", null, done.members]);
    const unknown = planMerge({ ...merge, loserLink: null, survivorLink: null });
    expect([unknown.keep, unknown.retire]).toEqual([null, null]);
  });

  it("a survivor that ended keeps its tombstone: what joins it does not bring it back (I05)", () => {
    const survivorLink = link("l2", [member(crm, "r2")], "ended");
    const loserLink = link("l1", [member(crm, "r1"), member(erp, "e1")]);
    expect(planMerge({ ...merge, loserLink, survivorLink }).state).toBe("ended");
  });

  it("of two duplicates of one link the survivor takes the place that its loser had", () => {
    const one = link("l2", [member(crm, "r2"), member(erp, "e2", ["e1"])]);
    const at = { connection: erp, loser: id("e2"), survivor: id("e1"), loserLink: one, survivorLink: one };
    expect(planMerge(at).members).toEqual([member(erp, "e1", ["e2"]), member(crm, "r2")]);
  });

  it("a duplicate that is merged elsewhere moves alone, without the link it is a duplicate in", () => {
    const other = link("l2", [member(crm, "r2"), member(erp, "e2", ["e1"])]);
    const survivorLink = link("l5", [member(crm, "r5"), member(erp, "e5")]);
    const at = { connection: erp, loser: id("e1"), survivor: id("e5") };
    const planned = planMerge({ ...at, loserLink: other, survivorLink });
    expect([planned.keep, planned.retire]).toEqual(["l5", null]);
    expect(planned.members).toEqual([member(erp, "e5", ["e1"]), member(crm, "r5")]);
    const alone = planMerge({ ...at, loserLink: other, survivorLink: null });
    expect(alone.members).toEqual([member(erp, "e2", ["e1", "e5"]), member(crm, "r2")]);
    expect(alone.duplicates).toEqual([member(erp, "e5")]);
  });
});

it("a link with counterparts is live and one without is single; ended and dormant ones stay so", () => {
  expect(idsOf(member(crm, "r1", ["r0"]))).toEqual(["r0", "r1"]);
  const states = ["single", "live", "dormant", "ended"] as const;
  expect(states.map((state) => stateWith(state, 2))).toEqual(["live", "live", "dormant", "ended"]);
  expect(states.map((state) => stateWith(state, 1))).toEqual(["single", "single", "dormant", "ended"]);
});

describe("survivorOf", () => {
  const follow = (into: { readonly [loser: string]: string }) =>
    survivorOf(id("a"), (at) => (into[at] === undefined ? null : id(into[at])));

  it("follows a chain of merges to its end, in one step or many", () => {
    expect([follow({ a: "b" }), follow({ a: "b", b: "c", c: "d" })]).toEqual(["b", "d"]);
  });

  it("a circle, or a record merged into itself, has no survivor", () => {
    expect([follow({ a: "a" }), follow({ a: "b", b: "a" }), follow({ a: "b", b: "c", c: "b" })]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("planUnmerge", () => {
  const base = (name: string) => ({ kind: "present" as const, images: { name: { n: name }, tel: { t: 1 } } });
  const from = {
    link: linkId("l1"),
    members: [member(crm, "r1", ["r0"]), member(erp, "e1")],
    bases: { crm: base("one"), erp: base("one") },
  };

  it("former members are back with the bases of that time, so that later edits count (I28)", () => {
    const now = link("l2", [member(crm, "r2", ["r0", "r1"]), member(erp, "e2", ["e1"])]);
    const into = { link: now, bases: { crm: base("two"), erp: base("two") } };
    expect(planUnmerge({ connection: crm, loser: id("r1"), from, into, staying: [] })).toEqual({
      back: from.members,
      stay: [member(crm, "r2"), member(erp, "e2")],
      states: { back: "live", stay: "live" },
      bases: from.bases,
    });
  });

  it("what the other link wrote to a member that served it is no edit of a person", () => {
    const now = link("l2", [member(crm, "r2", ["r0", "r1"]), member(erp, "e1")]);
    const into = { link: now, bases: { crm: base("two"), erp: base("two") } };
    const planned = planUnmerge({ connection: crm, loser: id("r1"), from, into, staying: [] });
    expect(planned.stay).toEqual([member(crm, "r2")]);
    expect(planned.states).toEqual({ back: "live", stay: "single" });
    const tel = { kind: "present", images: { tel: { t: 1 } } };
    expect(planned.bases).toEqual({ crm: tel, erp: tel });
  });

  it("a member that lost another merge since stays where that one brought it", () => {
    const now = link("l2", [member(crm, "r2", ["r0", "r1"]), member(erp, "e2", ["e1"])]);
    const into = { link: now, bases: {} };
    const staying = [{ connection: erp, id: id("e1") }];
    const planned = planUnmerge({ connection: crm, loser: id("r1"), from, into, staying });
    expect([planned.back, planned.states.back]).toEqual([[member(crm, "r1", ["r0"])], "single"]);
    expect(planned.stay).toEqual([member(crm, "r2"), member(erp, "e2", ["e1"])]);
  });

  it("a loser that had no link only leaves the other one", () => {
    const now = link("l2", [member(crm, "r2", ["r1"]), member(erp, "e2")]);
    const into = { link: now, bases: {} };
    const planned = planUnmerge({ connection: crm, loser: id("r1"), from: null, into, staying: [] });
    expect([planned.back, planned.stay]).toEqual([[], [member(crm, "r2"), member(erp, "e2")]]);
  });
});
