import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { plainRules, recompute, systemRules } from "@crossfoot/model";
import type { RuleSet, Totals } from "@crossfoot/model";
import { describe, expect, test } from "vitest";
import { sheets } from "./by-hand/sheets.ts";
import type { Worked } from "./by-hand/sheet.ts";

/** A file of documents worked by hand. */
interface Sheet {
  readonly rule: string;
  readonly source: string;
  readonly documents: readonly Worked[];
}

const folder = join(import.meta.dirname, "worked");
const files = readdirSync(folder).toSorted();
/** Typed in by hand from what makers say of their systems. */
const typed = join(import.meta.dirname, "by-vendor");
const read = (path: string): Sheet => JSON.parse(readFileSync(path, "utf8")) as Sheet;
const all: readonly Sheet[] = [
  read(join(import.meta.dirname, "answered.json")),
  ...files.map((file) => read(join(folder, file))),
  ...readdirSync(typed)
    .toSorted()
    .map((file) => read(join(typed, file))),
];
const documents = all.flatMap((sheet) => sheet.documents);

const rulesOf = ({ system, otherwise }: Worked): RuleSet => ({
  ...(system === "plain" ? plainRules : systemRules[system]),
  ...otherwise,
});

/** What is compared: what the sheet gives, and no more. */
function asGiven(totals: Totals, { totals: given, lines }: Worked): object {
  const { company } = totals;
  return {
    totals: Object.fromEntries(
      Object.keys(given).map((name) => [
        name,
        name === "company" && company !== null
          ? { net: company.net, tax: company.tax, gross: company.gross }
          : totals[name as keyof Totals],
      ]),
    ),
    ...(lines === undefined
      ? {}
      : {
          lines: lines.map(({ tax }, at) => {
            const own = totals.lines[at];
            return tax === undefined ? { net: own?.net } : { net: own?.net, tax: own?.tax };
          }),
        }),
  };
}

describe("documents worked by hand", () => {
  test("are more than 200, each with its source, and what systems answered among them", () => {
    expect(documents.length).toBeGreaterThan(200);
    expect(new Set(documents.map(({ name }) => name)).size).toBe(documents.length);
    expect(all.every(({ rule, source }) => rule.length > 20 && source.length > 5)).toBe(true);
    expect(documents.every(({ working }) => working.length > 0)).toBe(true);
    expect(all[0]?.documents.length).toBeGreaterThan(25);
  });
  test("have a source outside of this repository, or the identity that they are worked by", () => {
    const own = all.filter(({ source }) => /docs\/(internals|guide|reference)|packages\//.test(source));
    expect(own).toEqual([]);
    const identities = all.filter(({ source }) => source.includes("arithmetic identity:"));
    expect(identities.every(({ source }) => /[=x].*[-+x]/.test(source))).toBe(true);
  });
  test.each(["netsuite_line_level", "salesforce", "hubspot", "s4hana_per_condition", "dataverse"])(
    "of %s are six or more",
    (system) => {
      expect(documents.filter((worked) => worked.system === system).length).toBeGreaterThanOrEqual(6);
    },
  );
  test.each(documents.map((worked) => [worked.name, worked] as const))("%s", (_name, worked) => {
    const made = recompute(worked.document, rulesOf(worked));
    if (!made.ok) throw new Error(JSON.stringify(made.why));
    const { totals, lines } = worked;
    expect(asGiven(made.totals, worked)).toEqual(lines === undefined ? { totals } : { totals, lines });
  });
  test("stand in the files as the program without the product's code works them", async () => {
    expect(files).toEqual(
      sheets()
        .map(({ file }) => `${file}.json`)
        .toSorted(),
    );
    for (const { file, content } of sheets())
      await expect(content).toMatchFileSnapshot(join(folder, `${file}.json`));
  });
});
