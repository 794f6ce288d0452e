import { compileMapping, overlayMapping } from "@crossfoot/connector-sdk";
import type { Mapping } from "@crossfoot/connector-sdk";
import { connectionId, isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { nearestName } from "@crossfoot/model";
import type { Role } from "@crossfoot/model";
import { loadSecrets, noteDescribedSecrets, noteSecretNames } from "./connection-secrets.ts";
import { loadHooks } from "./connection-hooks.ts";
import { loadLimits } from "./connection-limits.ts";
import { note } from "./connection-work.ts";
import type { ConnectionSource, Work } from "./connection-work.ts";
import { hashOf } from "./load-contract.ts";
import { problemOf } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { findFile, mappingFolder } from "./project-files.ts";
import type { Connectors, ProjectConnection } from "./project.ts";
import { splitPath } from "./yaml-file.ts";
import type { YamlFile } from "./yaml-file.ts";

/** The connection, when enough of it is right, and everything that is not. */
export interface LoadedConnection {
  readonly connection: ProjectConnection | null;
  readonly problems: readonly ConfigProblem[];
}

/** Loads one connection: its connector, options, description, secrets and mapping. Never throws. */
export function loadConnection(source: ConnectionSource, name: string): LoadedConnection {
  const work: Work = { ...source, name, keys: ["connections", name], problems: [] };
  const value = (key: string): unknown => source.settings.get(`connections.${name}.${key}`)?.value;
  const system = value("connector");
  const connector = typeof system === "string" ? ownConnector(work, system) : undefined;
  const secrets = loadSecrets(work);
  const { options, description } = loadOptions(work, value("options") as JsonMap | undefined);
  noteSecretNames(work, options, secrets.names);
  noteDescribedSecrets(work, description, secrets.names);
  const found = connector?.checkOptions(options) ?? [];
  noteOptionProblems(work, { options, description, found });
  // A missing secret or a wrong address does not hide what is wrong with the mapping; wrong options do.
  const isKnown = connector !== undefined && found.length === 0 && (description?.problems.length ?? 0) === 0;
  const base = isKnown ? connector.defaultMapping(options) : undefined;
  const mapping = base === undefined ? undefined : loadMapping(work, { base, description });
  const declared = isKnown ? connector.limits?.(options).declared : undefined;
  const limits = loadLimits(work, declared ?? { windows: [], concurrency: null }, value);
  const hooks = loadHooks(work, value);
  if (mapping === undefined || work.problems.length > 0) return { connection: null, problems: work.problems };
  const connection: ProjectConnection = {
    id: connectionId(name),
    connector: String(system),
    role: value("role") as Role,
    address: String(value("address")),
    options,
    secret: secrets.read,
    secrets: secrets.values,
    ...mapping,
    isLocalAllowed: value("localAddresses") === true,
    timeoutMs: Number(value("timeoutSeconds")) * 1000,
    concurrency: Number(value("concurrency")),
    limits,
    hooks,
  };
  return { connection, problems: [] };
}

function ownConnector(work: Work, system: string): Connectors[string] | undefined {
  const known = Object.keys(work.connectors);
  const connector = Object.hasOwn(work.connectors, system) ? work.connectors[system] : undefined;
  if (connector === undefined) {
    const message = `unknown connector \`${system}\`; there are: ${known.join(", ")}`;
    note(work, ["connector"], { message, nearest: nearestName(system, known) });
  }
  return connector;
}

interface LoadedOptions {
  readonly options: JsonMap;
  readonly description: YamlFile | null;
}

/** An option called `description` is the path of a YAML file: the connector gets what is in it. */
function loadOptions(work: Work, given: JsonMap | undefined): LoadedOptions {
  const options = given ?? {};
  const path = options["description"];
  if (typeof path !== "string") return { options, description: null };
  const found = findFile(work.folder, path);
  if (found.kind === "none") note(work, ["options", "description"], { message: `there is no file ${path}` });
  if (found.kind === "problem") work.problems.push(found.problem);
  if (found.kind !== "file") return { options, description: null };
  work.problems.push(...found.file.problems);
  return { options: { ...options, description: found.file.json }, description: found.file };
}

/** Options that a connector refuses: at the key in crossfoot.yaml, or in the description file. */
function noteOptionProblems(
  work: Work,
  at: LoadedOptions & { readonly found: readonly { readonly path: string; readonly problem: string }[] },
): void {
  const { options, description } = at;
  // A description that is no YAML has been told already; that it is empty too is no news.
  if (description !== null && description.problems.length > 0) return;
  for (const { path, problem } of at.found) {
    const keys = splitPath(options, path);
    const name = keys.at(-1) ?? "options";
    const { message, nearest } = worded(name, path === "" ? problem : `\`${name}\`: ${problem}`);
    if (description !== null && keys[0] === "description") {
      const line = description.lineOf(keys.slice(1));
      work.problems.push(problemOf({ file: description.name, line }, message, nearest));
    } else if (!(keys[0] === "description" && work.problems.length > 0)) {
      note(work, ["options", ...keys], { message, nearest });
    }
  }
}

/** A long list of what is known gives way to the name that was most likely meant. */
function worded(name: string, message: string): { readonly message: string; readonly nearest?: string } {
  const listed = /^(.*unknown \w+); (?:there are|known(?: here)?): (.+)$/.exec(message);
  const nearest = listed?.[2] === undefined ? undefined : nearestName(name, listed[2].split(", "));
  return nearest === undefined ? { message } : { message: listed?.[1] ?? message, nearest };
}

/** The connector's default mapping with the project's file laid over it, compiled. */
function loadMapping(
  work: Work,
  at: { readonly base: Json; readonly description: YamlFile | null },
): { readonly mapping: Mapping; readonly mappingHash: string } | undefined {
  const name = `${mappingFolder}/${work.name}.yaml`;
  const found = findFile(work.folder, name);
  if (found.kind === "problem") work.problems.push(found.problem);
  const file = found.kind === "file" ? found.file : null;
  work.problems.push(...(file?.problems ?? []));
  if (found.kind === "problem" || (file?.problems.length ?? 0) > 0) return undefined;
  const json = overlayMapping(at.base, file?.json ?? null);
  const compiled = compileMapping(json, work.kinds);
  if (compiled.mapping !== undefined) return { mapping: compiled.mapping, mappingHash: hashOf(json) };
  for (const { path, problem, nearest } of compiled.problems) {
    work.problems.push(problemOf(mappingPlace(work, { path, file, ...at }), problem, nearest));
  }
  return undefined;
}

/**
 * Where a fault of the mapping stands: in the project's file, in the description, or in the connector's
 * default.
 */
function mappingPlace(
  work: Work,
  at: {
    readonly path: readonly string[];
    readonly file: YamlFile | null;
    readonly description: YamlFile | null;
    readonly base: Json;
  },
): { readonly file: string; readonly line: number } {
  const { path, file, description, base } = at;
  const inner = ["mapping", ...path];
  const isWhole = file?.has(path) === true;
  if (file !== null && (isWhole || !isMap(base))) return { file: file.name, line: file.lineOf(path) };
  if (description?.has(inner) === true) return { file: description.name, line: description.lineOf(inner) };
  if (file !== null) return { file: file.name, line: file.lineOf(path) };
  return { file: work.file.name, line: work.file.lineOf(work.keys) };
}
