import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Link, Member, Tombstone } from "./link.ts";
import { blocksCreate, planMerge } from "./link.ts";
import { decideMatch, matchKeysOf } from "./match.ts";
import { connectionId, externalId, linkId } from "./record.ts";
import type { ExternalId } from "./record.ts";
import { crm, entityPolicy, erp } from "./testing/fixtures.ts";
import type { Fields } from "./value.ts";

const keysOf = (matchKeys: readonly (readonly string[])[], fields: Fields) =>
  matchKeysOf(entityPolicy([], { matchKeys }), fields);

describe("matchKeysOf", () => {
  it("gives one text for each set of fields that is complete, whatever the case and the spaces", () => {
    const sets = [["email"], ["name", "city"], ["number"]];
    expect(keysOf(sets, { email: " Ann@Example.ORG ", name: "Ann  Smith", city: "Ulm" })).toEqual(
      keysOf(sets, { email: "ann@example.org", name: "ann smith", city: "ulm" }),
    );
    expect(keysOf(sets, { email: "ann@example.org", name: "Ann" })).toHaveLength(1);
    expect(keysOf([["taxId"]], { taxId: "DE 123-456" })).toEqual(keysOf([["taxId"]], { taxId: "de123456" }));
    expect(keysOf([["name"]], { name: "ＡＣＭＥ" })).toEqual(keysOf([["name"]], { name: "acme" }));
    expect(keysOf([["account", "name"]], { account: { link: "l1" }, name: "x1" })).not.toEqual(
      keysOf([["account", "name"]], { account: { link: "l2" }, name: "x1" }),
    );
  });

  it("blanks and placeholders that many records share identify nothing", () => {
    const none: readonly Fields[] = [
      "",
      "  ",
      "n/a",
      "N/A",
      "unknown",
      "-",
      "---",
      "0",
      "00000",
      "xxx",
      "XXXXX",
      "999999",
      "TBD",
    ].map((name) => ({ name }));
    for (const fields of [...none, {}, { name: null }, { name: {} }])
      expect(keysOf([["name"]], fields)).toEqual([]);
    expect(keysOf([["taxId"]], { taxId: "--/--" })).toEqual([]);
  });

  it("a short number is a number: the first records of a system have no longer one", () => {
    for (const number of ["1", "7", "11", "22", "101"])
      expect(keysOf([["number"]], { number })).toHaveLength(1);
  });

  it("two records share a key only when every field of a set is the same, whatever marks it has", () => {
    const part = fc.string({
      unit: fc.constantFrom("ab", "|", "+", '"', ",", " "),
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        const normal = (text: string) => text.trim().replaceAll(/\s+/g, " ");
        const [one] = keysOf([["name", "city"]], { name: a, city: b });
        const [other] = keysOf([["name", "city"]], { name: c, city: d });
        if (one === undefined || other === undefined) return;
        expect(one === other).toBe(normal(a) === normal(c) && normal(b) === normal(d));
      }),
      { numRuns: 3_000 },
    );
  });

  it("a set without fields would be shared by all, so it gives no key", () => {
    expect(keysOf([[]], { name: "ann" })).toEqual([]);
  });
});

describe("decideMatch", () => {
  const links = fc.array(fc.constantFrom("l1", "l2", "l3"), { maxLength: 3 });

  it("links only one open candidate that nobody else claims; all else goes to a person", () => {
    fc.assert(
      fc.property(links, links, fc.integer({ min: 0, max: 2 }), (open, taken, rivals) => {
        const verdict = decideMatch({ open, taken, rivals });
        const candidates = new Set([...open, ...taken]);
        const isCertain = new Set(open).size === 1 && taken.length === 0 && rivals === 0;
        expect(verdict.kind).toBe(isCertain ? "link" : candidates.size === 0 ? "none" : "review");
        if (verdict.kind === "link") expect(verdict.link).toBe(open[0]);
        if (verdict.kind === "review") {
          expect(verdict.links.toSorted()).toEqual([...candidates].toSorted());
          expect(new Set(verdict.links).size).toBe(verdict.links.length);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("planMerge", () => {
  const id = (text: string): ExternalId => externalId(text);
  const member = (connection: typeof crm, own: string, aliases: readonly string[] = []): Member => {
    return { connection, id: id(own), aliases: aliases.map((alias) => id(alias)) };
  };
  const link = (name: string, members: readonly Member[]): Link => ({
    id: linkId(name),
    entity: "accounts",
    generation: 1,
    members,
  });
  const merge = { connection: crm, loser: id("r1"), survivor: id("r2") };

  it("a loser with a link becomes an alias, and its counterparts are likely duplicates (I28)", () => {
    const loserLink = link("l1", [member(crm, "r1", ["r0"]), member(erp, "e1")]);
    const survivorLink = link("l2", [member(crm, "r2", ["r9"]), member(erp, "e2")]);
    expect(planMerge({ ...merge, loserLink, survivorLink })).toEqual({
      keep: "l2",
      retire: "l1",
      member: member(crm, "r2", ["r9", "r0", "r1"]),
      duplicates: [member(erp, "e1")],
    });
  });

  it("a survivor that nobody knew takes over the loser's link", () => {
    const loserLink = link("l1", [member(crm, "r1", ["r0"]), member(erp, "e1")]);
    expect(planMerge({ ...merge, loserLink, survivorLink: null })).toEqual({
      keep: "l1",
      retire: null,
      member: member(crm, "r2", ["r0", "r1"]),
      duplicates: [],
    });
  });

  it("seen again, or of records without links, it retires nothing", () => {
    const done = link("l2", [member(crm, "r2", ["r1"]), member(erp, "e2")]);
    expect(planMerge({ ...merge, loserLink: done, survivorLink: done })).toEqual({
      keep: "l2",
      retire: null,
      member: member(crm, "r2", ["r1"]),
      duplicates: [],
    });
    expect(planMerge({ ...merge, loserLink: null, survivorLink: null })).toMatchObject({
      keep: null,
      retire: null,
      duplicates: [],
    });
  });

  it("every id that either link ever had on that side is kept for ever; the survivor is no alias", () => {
    const ids = fc.constantFrom("r0", "r1", "r2", "r3", "r4");
    const linkOf = (name: string) =>
      fc.option(
        fc.tuple(ids, fc.uniqueArray(ids)).map(([own, aliases]) =>
          link(name, [
            member(
              crm,
              own,
              aliases.filter((alias) => alias !== own),
            ),
          ]),
        ),
      );
    fc.assert(
      fc.property(linkOf("l1"), linkOf("l2"), (loserLink, survivorLink) => {
        const planned = planMerge({ ...merge, loserLink, survivorLink });
        const known = [loserLink, survivorLink]
          .flatMap((each) => each?.members ?? [])
          .flatMap((each) => [each.id, ...each.aliases]);
        expect(new Set([planned.member.id, ...planned.member.aliases])).toEqual(
          new Set([...known, merge.loser, merge.survivor]),
        );
        expect(planned.member.aliases).not.toContain(merge.survivor);
      }),
    );
  });
});

it("a tombstone blocks the creates of its own link alone (I05)", () => {
  const tombstone: Tombstone = {
    link: linkId("l1"),
    entity: "accounts",
    connection: connectionId("crm"),
    id: externalId("1"),
    reason: "deleted",
  };
  expect([
    blocksCreate([tombstone], linkId("l1")),
    blocksCreate([tombstone], linkId("l2")),
    blocksCreate([], linkId("l1")),
  ]).toEqual([true, false, false]);
});
