import { readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { problemOf } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { readYaml } from "./yaml-file.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Name of the file that makes a folder a project. */
export const projectFile = "crossfoot.yaml";
/** Name of the contract's file. */
export const contractFile = "contract.yaml";
/** Folder of the mappings, one file per connection. */
export const mappingFolder = "mappings";

/** What looking for a file gave: the file, nothing there, or a problem. */
export type Found =
  | { readonly kind: "file"; readonly file: YamlFile }
  | { readonly kind: "none" }
  | { readonly kind: "problem"; readonly problem: ConfigProblem };

/** Reads a YAML file of a project. `name` is relative to the folder, or absolute. */
export function findFile(folder: string, name: string): Found {
  const path = resolve(folder, name);
  const shown = isAbsolute(name) ? name : relative(folder, path);
  try {
    return { kind: "file", file: readYaml({ name: shown, text: readFileSync(path, "utf8") }) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "none" };
    return { kind: "problem", problem: problemOf({ file: shown, line: null }, `cannot be read (${code})`) };
  }
}

/** Names of the connections that have a file in the folder of mappings. */
export function mappingNames(folder: string): readonly string[] {
  try {
    return readdirSync(join(folder, mappingFolder))
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted();
  } catch {
    return [];
  }
}
