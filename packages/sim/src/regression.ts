import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Scenario } from "./scenario.ts";

/** A scenario that once broke an invariant, kept to be replayed by every later run. */
export interface Regression {
  readonly invariant: string;
  /** What happened, in one sentence. */
  readonly title: string;
  /** Seed and commit it was found with. */
  readonly seed: number;
  readonly commit: string;
  readonly scenario: Scenario;
}

const folder = new URL("../regressions/", import.meta.url);

/** All regressions, by file name. */
export function loadRegressions(): readonly (Regression & { readonly file: string })[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .toSorted();
  return files.map((file) => ({ file, ...loadRegression(fileURLToPath(new URL(file, folder))) }));
}

/** One regression by its path. */
export function loadRegression(path: string): Regression {
  return JSON.parse(readFileSync(path, "utf8")) as Regression;
}

/** Saves a regression under `regressions/`; answers its path from the repository's root. */
export function saveRegression(regression: Regression): string {
  mkdirSync(folder, { recursive: true });
  const file = `${regression.invariant.toLowerCase()}-${regression.seed}.json`;
  const path = fileURLToPath(new URL(file, folder));
  writeFileSync(path, `${JSON.stringify(regression, null, 1)}\n`);
  return `packages/sim/regressions/${basename(path)}`;
}
