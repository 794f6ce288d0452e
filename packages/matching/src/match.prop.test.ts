import fc from "fast-check";
import { expect, it } from "vitest";
import { matchTables } from "./match.ts";
import type { Table } from "./kinds.ts";

const cell = fc.constantFrom(
  "",
  "n/a",
  "Acme Ltd",
  "Acme",
  "Birch Foods",
  "Cedar AG",
  "1 High Street",
  "Leeds",
  "0000",
);
const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 12 });
const columns = ["name", "street", "city"];
const tableOf = (rows: readonly (readonly string[])[]): Table => ({ columns, rows });

it("swapping the two tables swaps the pairs and changes nothing else", () => {
  fc.assert(
    fc.property(rows, rows, (left, right) => {
      const forth = matchTables({
        entity: "accounts",
        left: tableOf(left),
        right: tableOf(right),
        fields: null,
      });
      const back = matchTables({
        entity: "accounts",
        left: tableOf(right),
        right: tableOf(left),
        fields: null,
      });
      const sum = (pairs: typeof forth.pairs): number =>
        pairs.reduce((all, { probability }) => all + probability, 0);
      const links = (pairs: typeof forth.pairs): number => pairs.filter(({ band }) => band === "link").length;
      expect(links(back.pairs)).toBe(links(forth.pairs));
      expect(sum(back.pairs)).toBeCloseTo(sum(forth.pairs), 6);
    }),
    { numRuns: 60 },
  );
});

it("each row is linked once at most, and never without a name on both sides", () => {
  fc.assert(
    fc.property(rows, rows, (left, right) => {
      const input = { entity: "accounts", left: tableOf(left), right: tableOf(right), fields: null } as const;
      const links = matchTables(input).pairs.filter(({ band }) => band === "link");
      expect(new Set(links.map((pair) => pair.left)).size).toBe(links.length);
      expect(new Set(links.map((pair) => pair.right)).size).toBe(links.length);
      const nothing = ["", "n/a", "0000"];
      for (const pair of links) {
        expect(nothing).not.toContain(left[pair.left]?.[0]);
        expect(nothing).not.toContain(right[pair.right]?.[0]);
      }
    }),
    { numRuns: 60 },
  );
});
