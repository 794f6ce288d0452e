import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { command } from "./testing.ts";
import type { Ended } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const at = (name: string): string => join(folder.path, name);
const names = "Acorn Foods,Birch Steel,Cedar Paints,Delta Tools,Ember Lamps,Falcon Boats,Granite Tiles".split(
  ",",
);
const crm = [
  "account_id,name,street,city,phone",
  ...names.map(
    (name, row) => `A${row},${name} Ltd,${row + 3} High Street,Leeds,+44 20 7000 ${1000 + row * 37}`,
  ),
].join("\n");
const erp = [
  "number;company;address;town;tel",
  ...names
    .map(
      (name, row) =>
        `${900 + row};"${name.toUpperCase()} LIMITED";${row + 3} High St.;LEEDS;020 7000${1000 + row * 37}`,
    )
    .toReversed(),
].join("\r\n");

/** Runs `match` on files of these contents. */
async function match(
  files: { readonly [name: string]: string | Buffer },
  flags: readonly string[] = ["--a", at("a.csv"), "--b", at("b.csv")],
): Promise<Ended> {
  writeFiles(folder.path, files as { readonly [name: string]: string });
  return command(["match", "--entity", "accounts", ...flags, "--out", at("pairs.csv")]);
}

const pairsOf = (): readonly string[] =>
  readFileSync(at("pairs.csv"), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").slice(2, 5).join(" "));

describe("files are matched without a project", () => {
  it("with other separators, headers, line ends and order, each pair with band and evidence", async () => {
    const ended = await match({ "a.csv": crm, "b.csv": erp });
    expect(ended.code).toBe(0);
    expect(pairsOf().toSorted()).toEqual(names.map((_, row) => `A${row} ${900 + row} link`));
    const [header, first] = readFileSync(at("pairs.csv"), "utf8").split("\n");
    expect(header).toBe("a_row,b_row,a_id,b_id,band,probability,evidence");
    expect(first).toMatch(/(?:name|phone) is equal/);
    expect(ended.out).toContain("7 pairs linked");
  });

  it("one file alone gives its duplicates", async () => {
    const twice = `${crm}\nA9,"Acorn Foods, Ltd.",3 High St,Leeds,+44 20 7000 1000\n`;
    expect((await match({ "a.csv": twice }, ["--a", at("a.csv")])).code).toBe(0);
    expect(pairsOf()).toEqual(["A0 A9 link"]);
  });

  it("a map names columns that their headers do not tell", async () => {
    const odd = erp.replace("number;company;address;town;tel", "number;k1;k2;k3;k4");
    const map = "columns:\n  - { a: name, b: k1, kind: name }\n  - { a: street, b: k2, kind: street }\n";
    const flags = ["--a", at("a.csv"), "--b", at("b.csv"), "--map", at("m.yaml")];
    expect((await match({ "a.csv": crm, "b.csv": odd, "m.yaml": map }, flags)).code).toBe(0);
    expect(pairsOf()).toHaveLength(names.length);
  });

  it("a cell with separator, quote and line end comes out whole", async () => {
    const strange = crm.replace("A0,", '"A,""0\nx",');
    await match({ "a.csv": strange, "b.csv": erp });
    expect(readFileSync(at("pairs.csv"), "utf8")).toContain('"A,""0\nx"');
  });
});

describe("bad input is named with its line and cause", () => {
  it.each([
    ["another encoding", Buffer.from(`${crm}\nA8,M\xfcller,1 Road,Bath,\n`, "latin1"), /line 9: not UTF-8/],
    ["UTF-16", Buffer.from(`\ufeff${crm}`, "utf16le"), /not UTF-8/],
    ["a row of another width", `${crm}\nA8,too,few\n`, /line 9: has another number of cells/],
    ["a quote that is left open", `${crm}\nA8,"open,1 Road,Bath,1\n`, /a quote was opened and never closed/],
    ["a quote in the middle", `${crm}\nA8,"a"b,1 Road,Bath,1\n`, /line 9: a quote ends in the middle/],
    ["two columns of one name", crm.replace("street", "name"), /two columns `name`/],
    ["nothing", "", /is empty/],
    ["a header only", "id,name\n", /a header and no lines/],
  ])("%s", async (_what, text, message) => {
    const ended = await match({ "a.csv": text, "b.csv": erp });
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toMatch(/too,few|open,1|ller/);
  });

  it.each([
    ["columns:\n  - { a: nme }\n", /a column nme that the first table does not have/],
    ["columns:\n  - { a: name, kind: nam }\n", /did you mean `name`/],
    ["columns:\n  - { a: name, sort: name }\n", /no key `sort`/],
    ["colums: []\n", /`columns` is a list/],
    ["columns: [\n", /not YAML/],
  ])("a map such as %j", async (map, message) => {
    const flags = ["--a", at("a.csv"), "--map", at("m.yaml")];
    const ended = await match({ "a.csv": crm, "m.yaml": map }, flags);
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(message);
  });

  it("a missing file, an --out that is read, a record beside files", async () => {
    expect((await match({}, ["--a", at("none.csv")])).err).toMatch(/cannot be read/);
    const itself = ["--a", at("pairs.csv")];
    expect((await match({ "pairs.csv": crm }, itself)).err).toMatch(/--out names one/);
    const both = ["accounts", "crm:1", "--a", at("a.csv")];
    expect((await match({ "a.csv": crm }, both)).err).toMatch(/not both/);
  });
});
