import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BadTruth, loadSets } from "./sets.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crossfoot-sets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Sets of two records each, with these truths. */
function sets(truths: { readonly [file: string]: string } = {}): ReturnType<typeof loadSets> {
  const pairs = ["fodors-zagats", "abt-buy", "dblp-acm"].flatMap((name) => [
    [`${name}/left.csv`, "id,name\n1,Acorn\n2,Birch\n"],
    [`${name}/right.csv`, "id,name\nb1,Acorn\nb2,Birch\n"],
    [`${name}/matches.csv`, "left,right\n1,b1\n"],
  ]);
  const clusters = ["dataset1", "dataset2", "dataset3"].flatMap((name) => [
    [`febrl/${name}.csv`, "rec_id,given_name\nr1,Ada\nr2,Ada\n"],
    [`febrl/${name}_truth.csv`, "rec_id,entity\nr1,1\nr2,1\n"],
  ]);
  const files = { ...Object.fromEntries([...pairs, ...clusters] as [string, string][]), ...truths };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return loadSets(pathToFileURL(`${folder}/`));
}

it("a truth that names records which are there is read", () => {
  expect(sets().map(({ truth }) => truth.size)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
});

it.each([
  [
    "abt-buy/matches.csv",
    'left,right\n"1",b1\n9,b2\n',
    /abt-buy\/matches\.csv, line 3: no record `9` in left\.csv$/,
  ],
  [
    "dblp-acm/matches.csv",
    "left,right\n1,b1\n2,2\n",
    /dblp-acm\/matches\.csv, line 3: no record `2` in right\.csv$/,
  ],
  [
    "febrl/dataset2_truth.csv",
    "rec_id,entity\nr1,1\nr2,1\nr7,2\n",
    /febrl\/dataset2_truth\.csv, line 4: no record `r7` in dataset2\.csv$/,
  ],
])("%s with an id that nobody has is refused by file, line and id", (file, text, message) => {
  expect(() => sets({ [file]: text })).toThrow(BadTruth);
  expect(() => sets({ [file]: text })).toThrow(message);
});
