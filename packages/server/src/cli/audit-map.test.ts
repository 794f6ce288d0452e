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
const values = (name: string, row: number): readonly string[] => [
  ...[`${name} Ltd`, `${row + 3} High Street`, "Leeds", `LS${row + 1} 4AP`, "GB"],
  `office@${name.split(" ")[0]?.toLowerCase()}-firm.com`,
];
/** As an old system exports it: no column is called as anybody would guess. */
const crm = [
  "F01,F02,F03,F04,F05,F06,F07",
  ...names.map((name, row) => [`A${row}`, ...values(name, row)].join()),
];
const erp = [
  "DEBNO;DEBNAM;STR1;ORTB;PLZB;LKZ;MLADR",
  ...names.map((name, row) => [`9${row}`, ...values(name, row)].join(";")),
];
const map = `columns:
  - { a: F01, b: DEBNO, kind: id }
  - { a: F02, b: DEBNAM, kind: name }
  - { a: F03, b: STR1, kind: street, list: accounts }
  - { a: F04, b: ORTB, kind: city }
  - { a: F05, b: PLZB, kind: postcode }
  - { a: F06, b: LKZ, kind: country }
  - { a: F07, b: MLADR, kind: mail }
`;

/** Audits both files, by the map where there is one. */
async function audit(
  text: string | null,
  files: { readonly crm?: readonly string[]; readonly erp?: readonly string[] } = { crm, erp },
): Promise<Ended> {
  const sides = (["crm", "erp"] as const).filter((side) => files[side] !== undefined);
  writeFiles(folder.path, {
    ...Object.fromEntries(sides.map((side) => [`${side}.csv`, (files[side] ?? []).join("\n")])),
    ...(text === null ? {} : { "m.yaml": text }),
  });
  const lists = sides.flatMap((side) => [`--${side}`, `accounts=${at(`${side}.csv`)}`]);
  const told = text === null ? [] : ["--map", at("m.yaml")];
  return command(["audit", ...lists, ...told, "--out", at("out")]);
}

interface Columns {
  readonly lists: readonly {
    readonly side: string;
    readonly columns: readonly { readonly name: string; readonly meaning: string }[];
  }[];
}
const meaningsOf = (side: string): readonly string[] => {
  const { lists } = JSON.parse(readFileSync(at("out/audit.json"), "utf8")) as Columns;
  return lists.find((list) => list.side === side)?.columns.map(({ meaning }) => meaning) ?? [];
};
const rulesFound = (): readonly string[] =>
  readFileSync(at("out/findings.csv"), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").slice(1, 5).join(" "));

describe("columns that nobody would recognise", () => {
  it("are what the map says, and what is wrong in them is found; without it nothing is", async () => {
    const wrong = crm.map((line) =>
      line.replace("LS3 4AP", "4711").replace("office@birch-firm.com", "birch"),
    );
    const blind = await audit(null, { crm: wrong, erp });
    expect(blind.code).toBe(0);
    expect(rulesFound()).toEqual([]);
    const ended = await audit(map, { crm: wrong, erp });
    expect(ended.code).toBe(2);
    expect(meaningsOf("crm")).toEqual(["id", "name", "street", "city", "postcode", "country", "mail"]);
    expect(meaningsOf("erp")).toEqual(meaningsOf("crm"));
    expect(rulesFound().toSorted()).toEqual([
      ...["disagree crm accounts A1", "disagree crm accounts A2"],
      ...["mail-invalid crm accounts A1", "postcode-invalid crm accounts A2"],
    ]);
    expect(ended.out).toMatch(/accounts\s+7\s+0\s+0 only in crm, 0 only in erp/);
  });

  it("beside a map the others are recognised by their names, and none twice", async () => {
    const head = "Ref,Name,Trading,street,city,postcode,country,email";
    const rows = names.map((name, row) => [`A${row}`, "unused", ...values(name, row)].join());
    await audit("columns: [{ a: Trading, kind: name }, { a: Ref, kind: number }]", { crm: [head, ...rows] });
    const rest = ["street", "city", "postcode", "country", "mail"];
    expect(meaningsOf("crm")).toEqual(["number", "other", "name", ...rest]);
  });

  it("a kind that is left out is what either name is recognised as", async () => {
    const named = erp.map((line, row) => (row === 0 ? "id;company;street;town;zip;country;mail" : line));
    const pairs = "F01 id,F02 company,F03 street,F04 town,F05 zip,F06 country,F07 mail".split(",");
    const entries = pairs.map((pair) => `{ a: ${pair.replace(" ", ", b: ")} }`);
    expect((await audit(`columns: [${entries.join()}]`, { crm, erp: named })).code).toBe(0);
    expect(meaningsOf("crm")).toEqual(["id", "name", "street", "city", "postcode", "country", "mail"]);
  });

  it.each([
    ["columns: []", "`columns` is a list of"],
    ["columns: [{ a: F02, kinds: name }]", "no key `kinds`"],
    ["columns: [{ kind: name }]", "`a` or `b` names a column"],
    ["columns: [{ a: F02, kind: nane }]", "no kind `nane`; did you mean `name`?"],
    ["columns: [{ a: F02, kind: name, place: ship }]", "no place `ship`"],
    ["columns: [{ a: F02, kind: name, list: acounts }]", "did you mean `accounts`?"],
    ["columns: [{ a: F02, b: DEBNAN, kind: name }]", "no column `DEBNAN` in "],
    ["columns: [{ a: F99, kind: name }]", "columns 1: no column `F99`"],
    ["columns: [{ a: F02 }]", "neither name tells what the column holds"],
    ["columns: [{ a: 7, kind: name }]", "`a` is no text"],
    ["columns: [", "m.yaml"],
  ])("a map that cannot be is refused by name: %s", async (text, says) => {
    const ended = await audit(text);
    expect([ended.code, `${ended.out}${ended.err}`]).toEqual([4, expect.stringContaining(says)]);
  });

  it("a map that is not there, or beside no files, is refused", async () => {
    writeFiles(folder.path, { "crm.csv": crm.join("\n") });
    const lists = ["--crm", `accounts=${at("crm.csv")}`];
    expect((await command(["audit", ...lists, "--map", at("none.yaml")])).code).toBe(4);
    expect((await command(["audit", "--map", at("none.yaml")])).code).toBe(4);
  });
});
