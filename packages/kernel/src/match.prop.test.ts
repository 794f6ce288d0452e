import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tombstone } from "./link.ts";
import { blocksCreate } from "./link.ts";
import { decideMatch, matchKeysOf } from "./match.ts";
import { connectionId, externalId, linkId } from "./record.ts";
import { entityPolicy } from "./testing/fixtures.ts";
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
    for (const field of ["phone", "mobile"])
      expect(keysOf([[field]], { [field]: "+49 (0)7-1" })).toEqual(keysOf([[field]], { [field]: "490 71" }));
    expect(keysOf([["name"]], { name: "Ann Lee" })).not.toEqual(keysOf([["name"]], { name: "AnnLee" }));
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
      "na",
      "none",
      "null",
      "test",
      "x",
      "?",
      "--",
      "00",
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

  it("two sets of fields never give one text, however their names read side by side", () => {
    const fields = { a: "ulm", bc: "x1", ab: "ulm", c: "x1" };
    expect(
      new Set(
        keysOf(
          [
            ["a", "bc"],
            ["ab", "c"],
          ],
          fields,
        ),
      ).size,
    ).toBe(2);
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
