import { createHash } from "node:crypto";
import { linkId } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sealFaults, sealStatement } from "./seal.ts";
import type { SealedStatement } from "./seal.ts";
import { composeStatement } from "./statement.ts";
import type { EntityStatement } from "./statement.ts";
import { rootOf, treeOf } from "./tree.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const leaves = ["l-1", "l-2", "l-3"].map((link) => ({ link, crm: link, erp: link === "l-2" ? "x" : link }));
const nodes = treeOf(leaves, digest).filter(({ path }) => path.length === 2);
const invoices: EntityStatement = {
  entity: "invoices",
  linked: 3,
  missing: [
    { link: null, label: "crm:9", missingOn: "erp", reason: "not_wanted", command: "crossfoot contract" },
  ],
  notWanted: 1,
  fieldsCompared: 9,
  fieldsEqual: 8,
  differences: [
    {
      ...{ link: linkId("l-2"), label: "INV-2", field: "gross", because: [], reason: "in_flight" },
      ...{ crm: { amount: "10", currency: "EUR" }, erp: { amount: "9.5", currency: "EUR" } },
      command: "crossfoot run",
    },
  ],
  totals: [{ field: "gross", currency: "EUR", crm: "10", erp: "9.5", difference: "0.5" }],
  proof: {
    ...{ withinMs: 1_000, records: 3, recordsEqual: 2, recordsProven: 1, fields: 9, fieldsProven: 3 },
    ...{ recordsApart: 0, fieldsApart: 0 },
    oldest: { link: linkId("l-2"), label: "INV-2", ageMs: 7 },
    root: rootOf(nodes, digest),
    nodes,
  },
};
const place = { account: "a-1", period: "2026-01", currency: "EUR" };
const statement = composeStatement({
  madeAt: "2026-02-01T00:00:00.000Z",
  contract: "c",
  entities: [invoices],
  documents: [
    {
      ...{ entity: "invoices", link: linkId("l-2"), label: "INV-2" },
      crm: { ...place, amounts: { invoiced: "10", paid: "4", open: "6" } },
      erp: { ...place, amounts: { invoiced: "9.5", paid: "4", open: "5.5" } },
      ...{ reason: "in_flight", command: "crossfoot run" },
    },
  ],
  accounts: { "a-1": "Ada & Söhne" },
});
const sealed = sealStatement(statement, { store: "s", number: 2, before: "b", digest });

/** Paths of all values of a JSON. */
function pathsOf(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function changedAt(value: Json, path: readonly string[], put: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return put;
  if (isList(value)) return value.map((each, at) => (String(at) === key ? changedAt(each, rest, put) : each));
  const map = value as { readonly [name: string]: Json };
  return { ...map, [key]: changedAt(map[key] ?? null, rest, put) };
}

describe("a sealed statement", () => {
  test("is whole as it was sealed, also after it was text", () => {
    expect(sealFaults(sealed, digest)).toEqual([]);
    expect(sealFaults(JSON.parse(JSON.stringify(sealed)) as SealedStatement, digest)).toEqual([]);
  });

  test("is found out when any value of it is another, and its part is named", () => {
    const json = JSON.parse(JSON.stringify(sealed)) as Json;
    const paths = pathsOf(json);
    expect(paths.length).toBeGreaterThan(60);
    const other = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(fc.constantFrom(...paths), other, (path, put) => {
        const changed = changedAt(json, path, put);
        fc.pre(JSON.stringify(changed) !== JSON.stringify(json));
        const faults = sealFaults(changed as unknown as SealedStatement, digest);
        expect(faults.length).toBeGreaterThan(0);
        if (path[0] === "statement" && path[1] === "footing" && path[2] === "documents")
          expect(faults.join()).toMatch(/documents: /);
        if (path[0] === "statement" && path[1] === "entities")
          expect(faults.join()).toMatch(/invoices|content: /);
      }),
      { numRuns: 400 },
    );
  });

  test("sealed again after a change, it still does not add up", () => {
    const json = JSON.parse(JSON.stringify(statement)) as Json;
    const again = (path: readonly string[], put: Json): readonly string[] => {
      const changed = changedAt(json, path, put) as unknown as typeof statement;
      return sealFaults(sealStatement(changed, { store: "s", number: 2, before: "b", digest }), digest);
    };
    const grand = ["footing", "grand", "0", "crm", "invoiced"];
    expect(again(grand, "11")).toEqual(["totals: they are not the sums of the documents"]);
    expect(again(["entities", "0", "proof", "root", "erp"], "x").join()).toContain("roots");
    expect(again(["entities", "0", "proof", "recordsApart"], 1).join()).toContain("keeps apart");
    expect(again(["entities", "0", "fieldsEqual"], 9).join()).toContain("not as many");
    expect(again(["entities", "0", "totals", "0", "difference"], "0").join()).toContain("gross in EUR");
    expect(again(["isEqual"], true).join()).toContain("verdict");
  });
});
