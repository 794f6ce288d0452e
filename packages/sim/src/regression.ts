import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Scenario } from "./scenario.ts";
import { calmProfile } from "./system/profile.ts";

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

/** Parts that scenarios have got since the first ones were saved. */
const laterParts: Pick<Scenario, "commands" | "guard"> = { commands: [], guard: null };

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
  const saved = JSON.parse(readFileSync(path, "utf8")) as Regression;
  const { crm, erp } = saved.scenario.profiles;
  // What a scenario did not know yet when it was saved is as in a calm one.
  const profiles = { crm: { ...calmProfile("crm"), ...crm }, erp: { ...calmProfile("erp"), ...erp } };
  return { ...saved, scenario: { ...laterParts, ...saved.scenario, profiles } };
}

/** Saves a regression under `regressions/`; answers its path from the repository's root. */
export function saveRegression(regression: Regression): string {
  mkdirSync(folder, { recursive: true });
  const file = `${regression.invariant.toLowerCase()}-${regression.seed}.json`;
  const path = fileURLToPath(new URL(file, folder));
  writeFileSync(path, `${JSON.stringify(regression, null, 1)}\n`);
  return `packages/sim/regressions/${basename(path)}`;
}
