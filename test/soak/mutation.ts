/**
 * Mutation score of the kernel: plants defects in its source, one by one, and asks its tests.
 * `npm run soak -- mutation [--files merge,lines] [--jobs 1] [--without-worlds] [--fresh] [--report]`. Exit
 * code 1 under 90 percent. The next run keeps what stands in code and titles of tests as it was, unless it is
 * `--fresh`. Writes to reports/ only. docs/internals/mutation.md says why the survivors live.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setPriority } from "node:os";
import { parseArgs } from "node:util";
import { shareKilled, tellScore } from "./mutation/score.ts";
import { install, plant, results } from "./mutation/stryker.ts";

const { values } = parseArgs({
  options: {
    files: { type: "string" },
    jobs: { type: "string", default: "1" },
    "without-worlds": { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
  },
});
const source = "packages/kernel/src";
const percentMin = 90;
/** Each group starts with one run of all tests; this many files share it. */
const filesPerGroup = 10;

function chosen(): readonly string[] {
  const all = readdirSync(source).filter(
    (file) => file.endsWith(".ts") && !/\.test\.ts$|^index\.ts$/u.test(file),
  );
  const names = values.files?.split(",").map((name) => `${name.replace(/\.ts$/u, "")}.ts`);
  const unknown = names?.filter((name) => !all.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`not a file of ${source}: ${unknown.join(", ")}`);
  return (names ?? all.toSorted()).map((name) => `${source}/${name}`);
}

function isStale(path: string, seen: string): boolean {
  return !existsSync(path) || readFileSync(path, "utf8") !== seen;
}

if (!values.report) {
  setPriority(15);
  await install();
  const files = chosen();
  for (let at = 0; at < files.length; at += filesPerGroup) {
    const round = { files: files.slice(at, at + filesPerGroup), jobs: Number(values.jobs) };
    await plant({ ...round, withWorlds: false, isFresh: values.fresh });
    if (!values["without-worlds"]) await plant({ ...round, withWorlds: true, isFresh: false });
  }
}
for (const line of tellScore(results(), isStale)) console.log(line);
process.exitCode = shareKilled(results()) >= percentMin ? 0 : 1;
