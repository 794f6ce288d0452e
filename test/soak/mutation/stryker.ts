/** Stryker as a program: installed on first use apart from the workspace, run, and its report read. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const home = "test/soak/mutation";
const program = join(home, "node_modules/@stryker-mutator/core/bin/stryker.js");
const report = "reports/mutation/stryker.json";
const memory = "reports/mutation/incremental.json";

/** One defect that was planted. Lines and columns count from 1. */
export interface Mutant {
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
  readonly static?: boolean;
  readonly location: { readonly start: Place; readonly end: Place };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** What Stryker said of one file, with the source that it looked at. */
export interface FileResult {
  readonly source: string;
  readonly mutants: readonly Mutant[];
}

/** Results by path. Results of files that were not asked for stay from earlier runs. */
export type Results = Readonly<Record<string, FileResult>>;

/** Which defects are tried, and on which tests. */
export interface Round {
  readonly files: readonly string[];
  /** Whether the exhaustive worlds run too; only defects that all other tests let live meet them. */
  readonly withWorlds: boolean;
  readonly jobs: number;
  /** Whether results of earlier rounds are forgotten. */
  readonly isFresh: boolean;
}

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(command, args, { stdio: "inherit", env });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with code ${code}`);
}

/** Installs Stryker by its own lock file when it is not there yet. Needs the package registry, once. */
export async function install(): Promise<void> {
  if (existsSync(program)) return;
  await run("npm", ["ci", "--prefix", home, "--no-audit", "--no-fund", "--ignore-scripts"], process.env);
}

/**
 * What lived is asked again in every round that asks for its file: Stryker would take a test that was written
 * since for no news to a defect that acts while code is loaded.
 */
function forgetSurvivors(asked: readonly string[]): void {
  if (!existsSync(memory)) return;
  const known = JSON.parse(readFileSync(memory, "utf8")) as { files: Record<string, FileResult> };
  const files = Object.entries(known.files).map(([path, result]) => {
    if (!asked.includes(path)) return [path, result] as const;
    const mutants = result.mutants.filter(({ status }) => status === "Killed" || status === "Timeout");
    return [path, { ...result, mutants }] as const;
  });
  writeFileSync(memory, JSON.stringify({ ...known, files: Object.fromEntries(files) }));
}

/** Plants the defects of some files. What died in earlier rounds, of unchanged code, is known to be dead. */
export async function plant({ files, withWorlds, jobs, isFresh }: Round): Promise<void> {
  mkdirSync("reports/mutation", { recursive: true });
  forgetSurvivors(files);
  const scope = ["--mutate", files.join(","), "--concurrency", String(jobs), ...(isFresh ? ["--force"] : [])];
  const env = { ...process.env, MUTATION_WORLDS: withWorlds ? "yes" : "no" };
  await run(process.execPath, [program, "run", join(home, "stryker.config.json"), ...scope], env);
}

/** All results so far. Throws when there are none. */
export function results(): Results {
  if (!existsSync(report)) throw new Error("no results yet: run without --report first");
  return (JSON.parse(readFileSync(report, "utf8")) as { readonly files: Results }).files;
}
