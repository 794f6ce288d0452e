/**
 * `npm run bench:audit [-- --business FOLDER --seed N --each N --keep FOLDER]`
 *
 * Makes CRM and ERP extracts of the open businesses, plants errors of every rule by a seed, runs
 * `crossfoot audit` on them, and prints found, missed and false by rule. False is what is found of a record
 * that no error touches and that the clean extracts do not show; what they show is listed apart: these are
 * faults of the open rows themselves.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { auditRuleIds } from "@crossfoot/model";
import { parse } from "csv-parse/sync";
import { loadBusinesses, randomOf } from "./extracts.ts";
import type { Business } from "./extracts.ts";
import { filesOf, plantErrors } from "./plants.ts";
import type { Planted } from "./plants.ts";

interface Found {
  readonly rule: string;
  readonly side: string;
  readonly entity: string;
  readonly id: string;
  readonly field: string;
  readonly other_id: string;
}

/** The command line of this repository, as `npm run crossfoot` starts it. */
const program = fileURLToPath(new URL("main.ts", import.meta.resolve("crossfoot")));

/** Runs the command on extracts of a business, and reads what it wrote. */
function audited(business: Business, folder: string): readonly Found[] {
  for (const side of ["crm", "erp"] as const) {
    mkdirSync(join(folder, side), { recursive: true });
    for (const [file, text] of Object.entries(filesOf(business[side], side)))
      writeFileSync(join(folder, side, file), text);
  }
  const out = join(folder, "out");
  const flags = ["audit", "--crm", join(folder, "crm"), "--erp", join(folder, "erp"), "--out", out];
  const ended = spawnSync(execPath, ["--conditions=source", program, ...flags], { encoding: "utf8" });
  if (ended.status !== 0 && ended.status !== 2)
    throw new Error(`audit ended with ${ended.status}: ${ended.stderr}`);
  return parse(readFileSync(join(out, "findings.csv")), { columns: true });
}

interface Tally {
  planted: number;
  found: number;
  wrong: number;
  own: number;
}

const keyOf = (each: Found): string => [each.rule, each.side, each.entity, each.id, each.field].join("\n");

/** Counts one business into the table; answers what is false and what was missed, for a person to look at. */
function score(
  clean: readonly Found[],
  { found, truth }: { readonly found: readonly Found[]; readonly truth: readonly Planted[] },
  tallies: ReadonlyMap<string, Tally>,
): readonly string[] {
  const own = new Set(clean.map(keyOf));
  const touched = new Set(truth.flatMap(({ entity, touched: ids }) => ids.map((id) => `${entity}\n${id}`)));
  const isTouched = (each: Found): boolean =>
    touched.has(`${each.entity}\n${each.id}`) ||
    touched.has(`${each.entity}\n${each.other_id}`) ||
    /^[DU]\d+$/.test(each.id);
  const notes: string[] = [];
  for (const each of clean) {
    const tally = tallies.get(each.rule);
    if (tally !== undefined) tally.own += 1;
  }
  for (const each of truth) {
    const tally = tallies.get(each.rule);
    if (tally === undefined) continue;
    tally.planted += 1;
    const isFound = found.some(
      (one) =>
        one.rule === each.rule &&
        one.entity === each.entity &&
        (one.id === each.id || one.other_id === each.id),
    );
    if (isFound) tally.found += 1;
    else notes.push(`missed: ${each.rule} ${each.entity} ${each.id}`);
  }
  for (const each of found) {
    if (own.has(keyOf(each)) || isTouched(each)) continue;
    const tally = tallies.get(each.rule);
    if (tally !== undefined) tally.wrong += 1;
    notes.push(`false: ${each.rule} ${each.side} ${each.entity} ${each.id} ${each.field} ${each.other_id}`);
  }
  return notes;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      business: { type: "string" },
      seed: { type: "string", default: "1" },
      each: { type: "string", default: "2" },
      keep: { type: "string" },
    },
  });
  const folder =
    values.business === undefined
      ? new URL("../../../../shared/data/business/", import.meta.url)
      : pathToFileURL(`${values.business}/`);
  const home = values.keep ?? mkdtempSync(join(tmpdir(), "crossfoot-audit-"));
  const random = randomOf(Number(values.seed));
  const tallies = new Map(
    auditRuleIds.map((rule): [string, Tally] => [rule, { planted: 0, found: 0, wrong: 0, own: 0 }]),
  );
  for (const business of loadBusinesses(folder)) {
    const clean = audited(business, join(home, business.name, "clean"));
    const truth = plantErrors(business, Number(values.each), random);
    const found = audited(business, join(home, business.name, "planted"));
    for (const note of score(clean, { found, truth }, tallies)) console.log(`${business.name}: ${note}`);
  }
  console.log(
    [
      "rule".padEnd(22),
      ...["planted", "found", "missed", "false", "open rows"].map((word) => word.padStart(9)),
    ].join(" "),
  );
  const sum: Tally = { planted: 0, found: 0, wrong: 0, own: 0 };
  const line = (name: string, tally: Tally): void => {
    const cells = [tally.planted, tally.found, tally.planted - tally.found, tally.wrong, tally.own];
    console.log([name.padEnd(22), ...cells.map((cell) => String(cell).padStart(9))].join(" "));
  };
  for (const [rule, tally] of tallies) {
    line(rule, tally);
    for (const key of ["planted", "found", "wrong", "own"] as const) sum[key] += tally[key];
  }
  line("all", sum);
  if (values.keep === undefined) rmSync(home, { recursive: true });
}

main();
