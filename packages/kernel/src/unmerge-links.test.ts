import { describe, expect, it } from "vitest";
import type { Link, Member } from "./link.ts";
import { planMerge } from "./merge-links.ts";
import { externalId, linkId } from "./record.ts";
import type { ConnectionId, ObservationKind } from "./record.ts";
import { crm, erp, web } from "./testing/fixtures.ts";
import { planUnmerge } from "./unmerge-links.ts";
import type { Bases, Unmerge } from "./unmerge-links.ts";

const id = externalId;
const member = (connection: ConnectionId, own: string, aliases: readonly string[] = []): Member => {
  return { connection, id: id(own), aliases: aliases.map((alias) => id(alias)) };
};
const link = (name: string, members: readonly Member[]): Link => {
  return { id: linkId(name), entity: "accounts", generation: 1, state: "live", members };
};
const base = (images: Bases[string]["images"], kind: ObservationKind = "present") => ({ kind, images });

describe("systems that number their records alike", () => {
  const from = { link: linkId("l1"), members: [member(crm, "1"), member(erp, "1")], bases: {} };
  const unmerge = (members: readonly Member[], staying: Unmerge["staying"] = []) =>
    planUnmerge({
      connection: crm,
      loser: id("1"),
      from,
      into: { link: link("l2", members), bases: {} },
      staying,
    });

  it("a merge that is taken back brings back what is there in its own system, not a number's twin", () => {
    const both = [member(crm, "2", ["1"]), member(erp, "2", ["1"]), member(web, "1")];
    expect(unmerge(both).back).toEqual(from.members);
    expect(unmerge(both).stay).toEqual([member(crm, "2"), member(erp, "2"), member(web, "1")]);
    expect(unmerge([member(crm, "2", ["1"]), member(erp, "2"), member(web, "1")]).back).toEqual([
      member(crm, "1"),
    ]);
  });

  it("a record that lost another merge since holds back itself alone", () => {
    const both = [member(crm, "2", ["1"]), member(erp, "2", ["1"])];
    expect(unmerge(both, [{ connection: web, id: id("1") }]).back).toEqual(from.members);
    expect(unmerge(both, [{ connection: erp, id: id("9") }]).back).toEqual(from.members);
    expect(unmerge(both, [{ connection: erp, id: id("1") }]).back).toEqual([member(crm, "1")]);
  });

  it("a loser that was deleted stays an alias, and its link comes back with its counterparts alone", () => {
    const into = { link: link("l2", [member(crm, "2", ["1"]), member(erp, "2", ["1"])]), bases: {} };
    const bases = { crm: base({ name: "a" }), erp: base({ name: "b" }) };
    const gone = {
      connection: crm,
      loser: id("1"),
      from: { ...from, bases },
      into,
      staying: [],
      isGone: true,
    };
    const planned = planUnmerge(gone);
    expect(planned.back).toEqual([member(erp, "1")]);
    expect(planned.stay).toEqual([member(crm, "2", ["1"]), member(erp, "2")]);
    expect(planned.bases).toEqual({ erp: base({ name: "b" }) });
    expect(planned.states).toEqual({ back: "single", stay: "live" });
  });

  it("the counterpart of the same number stays when the loser had no link", () => {
    const into = { link: link("l2", [member(crm, "2", ["1"]), member(erp, "1")]), bases: {} };
    const planned = planUnmerge({ connection: crm, loser: id("1"), from: null, into, staying: [] });
    expect(planned.stay).toEqual([member(crm, "2"), member(erp, "1")]);
  });
});

describe("bases after a merge that was taken back", () => {
  const members = [member(crm, "r1"), member(erp, "e1")];
  const now = link("l2", [member(crm, "r2", ["r1"]), member(erp, "e1")]);
  const unmerge = (then: Bases, since: Bases) =>
    planUnmerge({
      connection: crm,
      loser: id("r1"),
      from: { link: linkId("l1"), members, bases: then },
      into: { link: now, bases: since },
      staying: [],
    }).bases;

  it("are without what was written since to a member that served both, on all sides", () => {
    const then = { crm: base({ name: "a", tel: "1" }), erp: base({ name: "a", tel: "1" }) };
    const since = { crm: base({ name: "x", tel: "2" }), erp: base({ name: "a", tel: "2" }) };
    expect(unmerge(then, since)).toEqual({ crm: base({ name: "a" }), erp: base({ name: "a" }) });
  });

  it("keep what only one of the times knows on that member: nothing was moved there", () => {
    const then = { crm: base({ name: "a", tel: "1" }), erp: base({ name: "a" }) };
    expect(unmerge(then, { erp: base({ name: "a", tel: "2" }) })).toEqual(then);
    expect(unmerge(then, { erp: base({ tel: "2" }) })).toEqual(then);
    expect(unmerge(then, {})).toEqual(then);
    expect(unmerge({ crm: base({ tel: "1" }) }, { erp: base({ tel: "2" }) })).toEqual({
      crm: base({ tel: "1" }),
    });
  });

  it("are moved by what served them in their own system alone, whatever its number", () => {
    const apart = link("l2", [member(crm, "r2", ["r1"]), member(erp, "e2", ["e1"]), member(web, "e1")]);
    const then = { crm: base({ name: "a" }), erp: base({ name: "a" }) };
    const planned = planUnmerge({
      connection: crm,
      loser: id("r1"),
      from: { link: linkId("l1"), members, bases: then },
      into: { link: apart, bases: { erp: base({ name: "b" }, "archived") } },
      staying: [],
    });
    expect(planned.bases).toEqual(then);
  });

  it("of several members that served both each takes its own kind", () => {
    const three = [...members, member(web, "w1")];
    const kinds = { crm: base({}), erp: base({}), web: base({}) };
    const planned = planUnmerge({
      connection: crm,
      loser: id("r1"),
      from: { link: linkId("l1"), members: three, bases: kinds },
      into: {
        link: link("l2", [member(crm, "r2", ["r1"]), member(erp, "e1"), member(web, "w1")]),
        bases: { erp: base({}, "archived"), web: base({}, "archived") },
      },
      staying: [],
    });
    expect(planned.bases).toEqual({ crm: base({}), erp: base({}, "archived"), web: base({}, "archived") });
  });

  it("take the kind that was last agreed on where the member was served, else that of their time", () => {
    const then = { crm: base({}), erp: base({}) };
    const since = { crm: base({}, "archived"), erp: base({}, "archived") };
    expect(unmerge(then, since)).toEqual({ crm: base({}), erp: base({}, "archived") });
  });
});

describe("a merge of two links", () => {
  const merge = { connection: crm, loser: id("1"), survivor: id("2") };

  it("gives each counterpart the aliases of its own system, never itself", () => {
    const loserLink = link("l1", [member(crm, "1"), member(erp, "11", ["21"]), member(web, "31")]);
    const survivorLink = link("l2", [member(crm, "2"), member(erp, "21"), member(web, "41")]);
    expect(planMerge({ ...merge, loserLink, survivorLink }).members).toEqual([
      member(crm, "2", ["1"]),
      member(erp, "21", ["11"]),
      member(web, "41", ["31"]),
    ]);
  });

  it("retires nothing when both records stand in one link, or when the loser's link is another's", () => {
    const one = link("l2", [member(crm, "1", ["2"]), member(erp, "11")]);
    expect(planMerge({ ...merge, loserLink: one, survivorLink: one }).retire).toBeNull();
    const others = link("l1", [member(crm, "9", ["1"]), member(erp, "1")]);
    const survivorLink = link("l2", [member(crm, "2")]);
    expect(planMerge({ ...merge, loserLink: others, survivorLink }).retire).toBeNull();
    expect(planMerge({ ...merge, loserLink: null, survivorLink })).toMatchObject({
      keep: "l2",
      retire: null,
      members: [member(crm, "2", ["1"])],
    });
  });
});
