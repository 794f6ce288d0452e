import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { nearestName } from "@crossfoot/model";
import type { Environment } from "./environment.ts";
import { optionTable } from "./option-table.ts";
import { readOption, readOptionText, variableOf } from "./option.ts";
import type { Option, OptionValue } from "./option.ts";
import { problemOf } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { secretForm } from "./secret-reference.ts";
import type { YamlFile } from "./yaml-file.ts";

/** One option with its value, and who said so. `path` has the user's own names instead of `*`. */
export interface Setting {
  readonly path: string;
  readonly option: Option;
  readonly value: OptionValue;
  readonly origin: "flag" | "environment" | "file" | "default";
}

/** All settings by path. */
export type Settings = ReadonlyMap<string, Setting>;

/** What may say otherwise than the file: the environment, and flags by the path of their option. */
export interface Overrides {
  readonly environment: Environment;
  readonly flags: { readonly [path: string]: string | undefined };
}

interface Branch {
  readonly option: Option | null;
  readonly below: ReadonlyMap<string, Branch>;
}

/** The options as a tree of keys; a leaf has an option and nothing below it. */
function grow(options: readonly Option[], depth: number): Branch {
  const groups = Map.groupBy(options, ({ path }) => path.split(".")[depth] ?? "");
  const below = [...groups].map(([key, group]): [string, Branch] => {
    const leaf = group.find(({ path }) => path.split(".").length === depth + 1);
    return [key, leaf === undefined ? grow(group, depth + 1) : { option: leaf, below: new Map() }];
  });
  return { option: null, below: new Map(below) };
}

const tree = grow(optionTable, 0);

interface Reading {
  readonly file: YamlFile;
  readonly problems: ConfigProblem[];
  readonly found: Map<string, Setting>;
}

type Told = readonly [message: string, nearest?: string | undefined];

function note({ file, problems }: Reading, path: readonly string[], told: Told): void {
  problems.push(problemOf({ file: file.name, line: file.lineOf(path) }, ...told));
}

/**
 * Reads crossfoot.yaml against the table of options: file, environment and flags, in rising order, over the
 * defaults. Every unknown key, every value of the wrong form and every missing option is a problem. Never
 * throws.
 */
export function readSettings(
  file: YamlFile,
  overrides: Overrides,
): {
  readonly settings: Settings;
  readonly connections: readonly string[];
  readonly subscriptions: readonly string[];
  readonly problems: readonly ConfigProblem[];
} {
  const reading: Reading = { file, problems: [], found: new Map() };
  readBranch(reading, { branch: tree, path: [], json: file.json });
  const names = {
    connections: namesIn(reading, "connections"),
    subscriptions: namesIn(reading, "subscriptions"),
  };
  for (const option of optionTable) {
    for (const path of concretePaths(option, names)) settle(reading, { option, path }, overrides);
  }
  noteStrangeVariables(reading, names, overrides.environment);
  return { settings: reading.found, ...names, problems: reading.problems };
}

/** Fills in what the file says; a map key with nothing after it counts as an empty map. */
function readBranch(
  reading: Reading,
  at: { readonly branch: Branch; readonly path: readonly string[]; readonly json: Json },
): void {
  const { branch, path, json } = at;
  const { option } = branch;
  if (option !== null) {
    const read = readOption(option, json);
    if (!read.ok) note(reading, path, [read.problem]);
    else
      reading.found.set(path.join("."), { path: path.join("."), option, value: read.value, origin: "file" });
    return;
  }
  if (json === null) return;
  if (!isMap(json)) {
    note(reading, path, [
      path.length === 0 ? "the file is a map of options" : `\`${path.at(-1) ?? ""}\` is a map`,
    ]);
    return;
  }
  const known = [...branch.below.keys()];
  for (const [key, value] of Object.entries(json)) {
    const next = branch.below.get(key) ?? branch.below.get("*");
    const inner = [...path, key];
    if (next !== undefined) readBranch(reading, { branch: next, path: inner, json: value });
    else note(reading, inner, [`unknown ${wordFor(path)} \`${key}\``, nearestName(key, known)]);
  }
}

const wordFor = (path: readonly string[]): string =>
  path.length === 1 && (path[0] === "entities" || path[0] === "cadence") ? "entity" : "key";

/** A name is part of addresses, file names and environment variables. */
const nameForm = /^[a-z][a-z0-9-]{0,30}$/;
const nameRule = "name is lower case letters, digits and `-`, 31 at most";
/** Names of the user's choice, by the key they stand under. */
interface Names {
  readonly connections: readonly string[];
  readonly subscriptions: readonly string[];
}

function namesIn(reading: Reading, group: keyof Names): readonly string[] {
  const top: JsonMap = isMap(reading.file.json) ? reading.file.json : {};
  const given = top[group];
  const names = isMap(given) ? Object.keys(given) : [];
  for (const name of names) {
    if (nameForm.test(name)) continue;
    note(reading, [group, name], [`a ${group.slice(0, -1)}'s ${nameRule}: \`${name}\` is not`]);
  }
  return names.filter((name) => nameForm.test(name));
}

function concretePaths(option: Option, names: Names): readonly string[] {
  if (!option.path.includes("*")) return [option.path];
  // Secrets have names of the user's choice: nobody but the file can say them.
  if (option.path.endsWith("*")) return [];
  const of = option.path.startsWith("subscriptions.") ? names.subscriptions : names.connections;
  return of.map((name) => option.path.replace("*", name));
}

/** Lets environment and flag speak, then the default; what is required and still missing is a problem. */
function settle(
  reading: Reading,
  at: { readonly option: Option; readonly path: string },
  { environment, flags }: Overrides,
): void {
  const { option, path } = at;
  const variable = variableOf({ path, kind: option.kind });
  const told = [
    {
      origin: "environment",
      name: variable ?? "",
      text: variable === null ? undefined : environment[variable],
    },
    { origin: "flag", name: option.flag ?? "", text: flags[path] },
  ] as const;
  for (const { origin, name, text } of told) {
    if (text === undefined || text === "") continue;
    const read = readOptionText(option, text);
    if (read.ok) reading.found.set(path, { path, option, value: read.value, origin });
    else
      reading.problems.push(
        problemOf(
          { file: origin === "flag" ? "command line" : origin, line: null },
          `${name}: ${read.problem}`,
        ),
      );
  }
  if (reading.found.has(path)) return;
  const keys = path.split(".");
  if (option.fallback !== null) {
    const read = readOption(option, option.fallback);
    if (read.ok) reading.found.set(path, { path, option, value: read.value, origin: "default" });
  } else if (option.isRequired && !reading.file.has(keys)) {
    note(reading, keys, [`\`${keys.at(-1) ?? ""}\` is missing: ${option.help}`]);
  }
}

/** A variable that looks like one of ours but is none would be ignored in silence. */
function noteStrangeVariables(reading: Reading, names: Names, environment: Environment): void {
  const known = optionTable.flatMap((option) =>
    concretePaths(option, names).map((path) => variableOf({ path, kind: option.kind }) ?? ""),
  );
  const secrets = new Set(
    [...reading.found.values()].flatMap(({ value }) => {
      const form = secretForm(value);
      return form?.kind === "env" ? [form.name] : [];
    }),
  );
  const prefix = "CROSSFOOT_";
  const endings = known.filter((name) => name !== "").map((name) => name.slice(prefix.length));
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(prefix) || known.includes(name) || secrets.has(name)) continue;
    const near = nearestName(name.slice(prefix.length), endings);
    if (near !== undefined) {
      const message = `${name} is no option of ours`;
      reading.problems.push(problemOf({ file: "environment", line: null }, message, `${prefix}${near}`));
    }
  }
}

/** The variable that overrides a setting, or null when nothing but the file can say it. */
export function variableOfSetting({ path, option }: Pick<Setting, "path" | "option">): string | null {
  return option.path.endsWith("*") ? null : variableOf({ path, kind: option.kind });
}
