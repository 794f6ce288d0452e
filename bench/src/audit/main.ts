/**
 * `npm run bench:audit [-- --business FOLDER --seeds 1-10 --each N --keep FOLDER | --scale 100000]`
 *
 * Makes CRM and ERP extracts of the open businesses, plants errors of every rule by a seed, runs
 * `crossfoot audit` on them, and prints found, missed and false by rule over all seeds. False is what is
 * found of a record that no error touches and that the clean extracts do not show. What these show by
 * themselves stands apart, by what somebody said who looked at each of them: open-rows.csv. Then the same
 * with forms of error that no rule was written for. With --scale: seconds and memory over made-up lists, so
 * long on each side.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { audited } from "./audited.ts";
import type { Found } from "./audited.ts";
import { loadBusinesses, randomOf } from "./extracts.ts";
import { heldOutSets, plantForms } from "./held-out.ts";
import { loadVerdicts } from "./open-rows.ts";
import { plantErrors } from "./plants.ts";
import { measureScale } from "./scale.ts";
import { countOpen, countPlanted, emptyTallies, falseOnes, falseText, isFoundBy, tableOf } from "./tally.ts";

interface Bench {
  readonly folder: URL;
  readonly home: string;
  readonly seeds: readonly number[];
  readonly each: number;
}

const cleanOnes = new Map<string, readonly Found[]>();

/** What the extracts show before anything is planted, once a business. */
function cleanOf(bench: Bench, name: string): readonly Found[] {
  const known = cleanOnes.get(name);
  if (known !== undefined) return known;
  const business = loadBusinesses(bench.folder).find((each) => each.name === name);
  const found = business === undefined ? [] : audited(business, join(bench.home, name, "clean"));
  cleanOnes.set(name, found);
  return found;
}

function showPlanted(bench: Bench): void {
  const tallies = emptyTallies();
  const verdictOf = loadVerdicts();
  for (const { name } of loadBusinesses(bench.folder))
    for (const note of countOpen(cleanOf(bench, name), tallies, (each) => verdictOf(name, each)))
      console.log(`${name}: ${note}`);
  for (const seed of bench.seeds) {
    const random = randomOf(seed);
    for (const business of loadBusinesses(bench.folder)) {
      const truth = plantErrors(business, bench.each, random);
      const found = audited(business, join(bench.home, business.name, `planted-${seed}`));
      for (const note of countPlanted(cleanOf(bench, business.name), { found, truth }, tallies))
        console.log(`seed ${seed}, ${business.name}: ${note}`);
    }
  }
  console.log(tableOf(tallies, bench.seeds.length));
}

/** Forms of error that no rule was written for, set by set: which are found, which are not. */
function showHeldOut(bench: Bench, set: (typeof heldOutSets)[number]): void {
  const seen = new Map<string, { planted: number; found: number }>();
  let wrong = 0;
  for (const seed of bench.seeds.slice(0, 3)) {
    const random = randomOf(1_000 + seed);
    for (const business of loadBusinesses(bench.folder)) {
      const { name } = business;
      const truth = plantForms(business, set.forms, random);
      const found = audited(business, join(bench.home, name, `${set.name}-${seed}`));
      for (const each of truth) {
        const form = `${each.entity} ${each.form} (${each.rules.join(", ")})`;
        const tally = seen.get(form) ?? { planted: 0, found: 0 };
        seen.set(form, tally);
        tally.planted += 1;
        if (isFoundBy(each, each.rules, found)) tally.found += 1;
      }
      for (const each of falseOnes(cleanOf(bench, name), { found, truth })) {
        wrong += 1;
        console.log(`${set.name}, seed ${seed}, ${name}: ${falseText(each)}`);
      }
    }
  }
  const all = [...seen.values()];
  const sum = (key: "planted" | "found"): number => all.reduce((total, each) => total + each[key], 0);
  const whole = all.filter(({ planted, found }) => found === planted).length;
  console.log(
    `\nforms that no rule was written for, ${set.name}: ${seen.size} forms, ${whole} always found; ` +
      `${sum("planted")} planted, ${sum("found")} found, ${wrong} false. Not always found:`,
  );
  for (const [name, { planted, found }] of seen)
    if (found < planted) console.log(`  ${found} of ${planted}  ${name}`);
}

function seedsOf(text: string): readonly number[] {
  const [first = 1, last = first] = text.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      business: { type: "string" },
      seeds: { type: "string", default: "1-10" },
      each: { type: "string", default: "2" },
      keep: { type: "string" },
      scale: { type: "string" },
    },
  });
  if (values.scale !== undefined) {
    for (const count of values.scale.split(",").map(Number)) console.log(await measureScale(count));
    return;
  }
  const folder =
    values.business === undefined
      ? new URL("../../../../shared/data/business/", import.meta.url)
      : pathToFileURL(`${values.business}/`);
  if (!existsSync(folder)) {
    console.error(
      "the open businesses are not here, nothing was measured; name their folder with --business",
    );
    process.exitCode = 1;
    return;
  }
  const home = values.keep ?? mkdtempSync(join(tmpdir(), "crossfoot-audit-"));
  const bench: Bench = { folder, home, seeds: seedsOf(values.seeds), each: Number(values.each) };
  showPlanted(bench);
  for (const set of heldOutSets) showHeldOut(bench, set);
  if (values.keep === undefined) rmSync(home, { recursive: true });
}

await main();
