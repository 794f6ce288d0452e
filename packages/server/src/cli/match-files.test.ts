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
  it("rows whose id is not their own are counted, of each file", async () => {
    const twice = [crm, "A0,Hazel Ropes Ltd,1 Low Road,York,+44 20 7000 9999"].join("\n");
    const blank = [erp, ";IVY CLOCKS;2 Low Rd.;YORK;020 70009998"].join("\r\n");
    expect((await match({ "a.csv": twice, "b.csv": blank })).out).toContain(
      "1 row of the first file has no id of its own: a_row and b_row tell the rows apart.",
    );
    const one = [blank, ";JUNIPER INKS;3 Low Rd.;YORK;020 70009997", "900;KALE;4 Low Rd.;YORK;"].join("\r\n");
    const { out } = await match({ "a.csv": crm, "b.csv": one });
    expect(out).toContain("2 rows of the other file have no id of their own: a_row and b_row");
    expect(out).not.toContain("of the first file has");
    // No column is called so: nothing is missed.
    const named = crm.replace("account_id", "label").replace("A1,", "A0,");
    expect((await match({ "a.csv": named, "b.csv": erp })).out).not.toContain("of its own");
  });

  it("with other separators, headers, line ends and order, each pair with band and evidence", async () => {
    const ended = await match({ "a.csv": crm, "b.csv": erp });
    expect(ended.code).toBe(0);
    expect(pairsOf().toSorted()).toEqual(names.map((_, row) => `A${row} ${900 + row} link`));
    const [header, first] = readFileSync(at("pairs.csv"), "utf8").split("\n");
    expect(header).toBe("a_row,b_row,a_id,b_id,band,probability,evidence,ask,decision");
    expect(first).toMatch(/(?:name|phone) is equal/);
    expect(ended.out).toContain("7 pairs linked");
  });

  it.each([
    [
      "many lines",
      Array.from({ length: 40 }, (_, row) => `N${row};"Firm ${row}, Ltd, Leeds";1 Road, ${row};Bath, UK;`),
    ],
    [
      "more than a megabyte of them",
      Array.from({ length: 30_000 }, (_, row) => `N${row};Firm ${row};${"a, b".repeat(8)};;`),
    ],
  ])("lines that end by a carriage return alone are read, and their separator: %s", async (_what, more) => {
    const old = erp.split("\r\n").concat(more).join("\r");
    const read = await match({ "a.csv": crm, "b.csv": old }, ["--a", at("a.csv"), "--b", at("b.csv")]);
    expect(read.err).not.toMatch(/crossfoot:/);
    const links = pairsOf().filter((pair) => pair.endsWith("link"));
    expect(links.toSorted()).toEqual(names.map((_, row) => `A${row} ${900 + row} link`));
  });

  it("what is wrong in such a file is told with its line", async () => {
    const old = erp.split("\r\n").concat("N1;too;few").join("\r");
    expect((await match({ "a.csv": crm, "b.csv": old })).err).toMatch(
      /b\.csv, line 9: has another number of cells/,
    );
    const latin = Buffer.from(old.replace("too", "M\xfcller"), "latin1");
    expect((await match({ "a.csv": crm, "b.csv": latin })).err).toMatch(/b\.csv, line 9: not UTF-8/);
  });

  it("columns that were not compared are named, of either file", async () => {
    const more = (text: string, head: string, cell: string, end: string): string =>
      text
        .split(end)
        .map((line, row) => line + (row === 0 ? head : cell))
        .join(end);
    const files = {
      "a.csv": more(crm, ",rank", ",gold", "\n"),
      "b.csv": more(erp, ";internal note", ";ask Ilse", "\r\n"),
    };
    const ended = await match(files);
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/Not compared, of the first file: .*rank\./);
    expect(ended.out).toMatch(/Not compared, of the other: .*internal note\./);
    const flags = ["--a", at("a.csv"), "--b", at("b.csv"), "--json"];
    const json = JSON.parse((await match(files, flags)).out) as { notCompared: { left: string[] } };
    expect(json.notCompared.left).toContain("rank");
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

  it("lines that end in several ways in one file are read, and a fault in them has its line", async () => {
    const ends = ["\r\n", "\n", "\r", "\r\n", "\r\r\n"];
    const mixed = (text: string): string =>
      text
        .split("\n")
        .map((line, at) => line + (ends[at % ends.length] ?? ""))
        .join("");
    await match({ "a.csv": crm, "b.csv": erp });
    const pairs = pairsOf();
    const ended = await match({ "a.csv": mixed(crm), "b.csv": mixed(erp.replaceAll("\r", "")) });
    expect(ended.err).toBe("");
    expect(pairsOf()).toEqual(pairs);
    const wrong = await match({ "a.csv": "id,name\r\n1,Acorn\n2,Birch\r3,Cedar,Leeds\r\n", "b.csv": erp });
    expect(wrong.err).toMatch(/a\.csv, line 4: has another number of cells/);
  });

  it("a cell with separator, quote and line end comes out whole", async () => {
    const strange = crm.replace("A0,", '"A,""0\nx",');
    await match({ "a.csv": strange, "b.csv": erp });
    expect(readFileSync(at("pairs.csv"), "utf8")).toContain('"A,""0\nx"');
  });
});

describe("what a person decided", () => {
  const flags = (): readonly string[] =>
    ["a", "b"].flatMap((name) => [`--${name}`, at(`${name}.csv`)]).concat("--decisions", at("d.csv"));

  it("holds in the next run, is counted, and is written again with the pairs", async () => {
    const told = "a_id,b_id,decision\nA0,900,apart\nA1,900,same\nA2,902,\n";
    const ended = await match({ "a.csv": crm, "b.csv": erp, "d.csv": told }, flags());
    expect(ended.code).toBe(0);
    expect(pairsOf()).toContain("A1 900 link");
    expect(pairsOf()).not.toContain("A0 900 link");
    expect(pairsOf()).not.toContain("A1 901 link");
    expect(ended.out).toContain("2 pairs decided by a person");
    const written = readFileSync(at("pairs.csv"), "utf8");
    expect(written).toMatch(/A1,900,link,1\.0000,decided by a person,,same/);
    expect(written).toMatch(/A0,900,apart,0\.0000,decided by a person,,apart/);
    expect((await match({ "d.csv": written }, flags())).code).toBe(0);
  });

  it.each([
    ["an id that is in neither file", "A77,900,same", /line 2: no record a_id `A77`/],
    ["an id of the other file", "A0,A1,same", /line 2: no record b_id `A1`/],
    ["another word", "A0,900,perhaps", /line 2: `decision` is same or apart/],
    ["both ways", "A0,900,same\nA0,900,apart", /line 3: this pair was decided the other way/],
    ["two partners", "A0,900,same\nA0,901,same", /line 3: a record is the same as two/],
  ])("%s is refused with its line", async (_what, lines, message) => {
    const told = `a_id,b_id,decision\n${lines}\n`;
    const ended = await match({ "a.csv": crm, "b.csv": erp, "d.csv": told }, flags());
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(message);
  });

  it("an id that names two records is told by its row, else refused", async () => {
    const twins = "name,city\nAcorn Foods,Leeds\nAcorn Foods,Leeds\nBirch Steel,York\n";
    const within = ["--a", at("a.csv"), "--decisions", at("d.csv")];
    const head = "a_row,b_row,a_id,b_id,decision\n";
    const told = { "a.csv": twins, "d.csv": `${head}1,2,Acorn Foods,Acorn Foods,apart\n` };
    expect((await match(told, within)).code).toBe(0);
    expect(pairsOf()).toEqual(["Acorn Foods Acorn Foods apart"]);
    const untold = { ...told, "d.csv": `${head},,Acorn Foods,Acorn Foods,apart\n` };
    expect((await match(untold, within)).err).toMatch(/line 2: a_id `Acorn Foods` names two records/);
  });

  it("a file without the columns is refused with what is read", async () => {
    const ended = await match({ "a.csv": crm, "b.csv": erp, "d.csv": "id,x\n1,2\n" }, flags());
    expect(ended.err).toMatch(/no column `a_id`/);
  });
});

describe("bad input is named with its line and cause", () => {
  it.each([
    ["another encoding", Buffer.from(`${crm}\nA8,M\xfcller,1 Road,Bath,\n`, "latin1"), /line 9: not UTF-8/],
    ["UTF-16", Buffer.from(`\ufeff${crm}`, "utf16le"), /not UTF-8/],
    ["a row of another width", `${crm}\nA8,too,few\n`, /line 9: has another number of cells/],
    [
      "a quote that is left open",
      `${crm}\nA8,"open,1 Road,Bath,1\nA9,x\n`,
      /line 9: a quote was opened and never/,
    ],
    [
      "a quote that is left open in the last row",
      `${crm}\nA8,"open,1 Road,Bath,1\n`,
      /line 9: a quote was opened and never closed/,
    ],
    ["a quote in the middle", `${crm}\nA8,"a"b,1 Road,Bath,1\n`, /line 9: a quote ends in the middle/],
    ["two columns of one name", crm.replace("street", "name"), /two columns `name`/],
    ["nothing", "", /is empty/],
    ["another separator", crm.replaceAll(",", "^"), /parted by "\^", and only comma, semicolon, tab/],
    ["zero bytes", `${crm}\nA8,a\u0000b,1 Road,Bath,1\n`, /line 9: not UTF-8 \(zero bytes/],
    ["a header only", "id,name\n", /a header and no lines/],
  ])("%s", async (_what, text, message) => {
    const ended = await match({ "a.csv": text, "b.csv": erp });
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toMatch(/too,few|open,1|ller/);
  });

  it("another encoding is named before anything else is looked at, in either file", async () => {
    const latin = Buffer.from(`${crm}\nA8,too,few\nA9,M\xfcller,1 Road,Bath,\n`, "latin1");
    for (const files of [
      { "a.csv": latin, "b.csv": erp },
      { "a.csv": `${crm}\nA8,too,few\n`, "b.csv": latin },
    ])
      expect((await match(files)).err).toMatch(/line 10: not UTF-8/);
  });

  it.each([
    ["columns:\n  - { a: nme }\n", /a column nme that the first table does not have/],
    ["columns:\n  - { a: name, kind: nam }\n", /did you mean `name`/],
    ["columns:\n  - { a: name, sort: name }\n", /no key `sort`/],
    ["columns:\n  - { a: name, b: 5 }\n", /columns 1: `b` is no text/],
    ["columns:\n  - { a: name, kind: [name] }\n", /columns 1: `kind` is no text/],
    ["colums: []\n", /`columns` is a list/],
    ["columns: [\n", /not YAML/],
  ])("a map such as %j", async (map, message) => {
    const flags = ["--a", at("a.csv"), "--map", at("m.yaml")];
    const ended = await match({ "a.csv": crm, "m.yaml": map }, flags);
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(message);
  });

  it("one file on both sides, and columns of which none names a record", async () => {
    const same = ["--a", at("a.csv"), "--b", at("./a.csv")];
    expect((await match({ "a.csv": crm }, same)).err).toMatch(/--a and --b are one file/);
    const sums = "paid,open\n1.5,2\n3,4\n";
    const ended = await match({ "a.csv": sums }, ["--a", at("a.csv")]);
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(/no column names a record \(paid is read as number/);
  });

  it.each([
    [
      "a line of several megabytes",
      `${crm}\nA8,${"x".repeat(3_000_000)},1 Road,Bath,1\n`,
      /line 9: longer than/,
    ],
    [
      "a quote left open early",
      `id,name,city\n1,"open,x\n${"2,Acorn,Leeds\n".repeat(100_000)}`,
      /line 2: .* left open/,
    ],
    ["lines parted in another way than the header", "id;name;city\n1,Acorn,Leeds\n", /line 2: has another/],
  ])("%s is named and not held", async (_what, text, message) => {
    const ended = await match({ "a.csv": text }, ["--a", at("a.csv")]);
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(message);
    expect(ended.err.length).toBeLessThan(400);
  });

  it("a missing file, an --out that is read, a record beside files", async () => {
    expect((await match({}, ["--a", at("none.csv")])).err).toMatch(/cannot be read/);
    const itself = ["--a", at("pairs.csv")];
    expect((await match({ "pairs.csv": crm }, itself)).err).toMatch(/--out names one/);
    const lost = ["match", "--entity", "accounts", "--a", at("none.csv"), "--out", at("gone/pairs.csv")];
    const ended = await command(lost);
    expect(ended.code).toBe(4);
    // Said before the work: the file to be read is not there either.
    expect(ended.err).toMatch(
      /nothing can be written to .*gone.*pairs\.csv. \(ENOENT\); nothing was matched/,
    );
    const both = ["accounts", "crm:1", "--a", at("a.csv")];
    expect((await match({ "a.csv": crm }, both)).err).toMatch(/not both/);
    for (const flags of [
      ["--entity", "users"],
      ["--decisions", "d.csv"],
    ])
      expect((await command(["match", ...flags])).err).toMatch(/from files|for files/);
  });
});
