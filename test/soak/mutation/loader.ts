/**
 * Loads the kernel's tests as they stand in Stryker's copy, again for each defect that acts while code is
 * loaded.
 */
import { readdirSync, readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gather } from "./vitest.ts";
import type { GatheredTest } from "./vitest.ts";

/** A test with the file that declares it. */
export interface LoadedTest extends GatheredTest {
  readonly fileName: string;
  readonly id: string;
}

const source = "packages/kernel/src";
const standIns: ReadonlyMap<string, string> = new Map(
  ["vitest", "fast-check"].map((name) => [name, new URL(`./${name}.ts`, import.meta.url).href]),
);
const javascript = new Map<string, string>();
let round = 0;

/** Files of the copy are loaded under the number of the round; what they import from packages is ours. */
function hook(home: string): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL?.startsWith(home) !== true) return next(specifier, context);
      const standIn = standIns.get(specifier);
      if (standIn !== undefined) return { url: standIn, format: "module-typescript", shortCircuit: true };
      const { href } = new URL(specifier, context.parentURL);
      return { url: `${href.split("?")[0]}?round=${round}`, format: "module", shortCircuit: true };
    },
    load(url, context, next) {
      if (!url.startsWith(home)) return next(url, context);
      return { format: "module", source: strippedSource(url.split("?")[0] as string), shortCircuit: true };
    },
  });
}

function strippedSource(url: string): string {
  const known = javascript.get(url);
  if (known !== undefined) return known;
  const text = stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8"));
  javascript.set(url, text);
  return text;
}

/** Loads every test file whose name the filter lets pass, each module once, none from an earlier round. */
export async function load(isWanted: (fileName: string) => boolean): Promise<readonly LoadedTest[]> {
  const folder = join(process.cwd(), source);
  if (round === 0) hook(pathToFileURL(folder + sep).href);
  round += 1;
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const tests: LoadedTest[] = [];
  for (const name of names.filter((path) => path.endsWith(".test.ts") && isWanted(path)).toSorted()) {
    const fileName = join(folder, name);
    const declared = await gather(() => import(`${pathToFileURL(fileName).href}?round=${round}`));
    tests.push(...declared.map((test) => ({ ...test, fileName, id: `${name}#${test.name}` })));
  }
  return tests;
}
