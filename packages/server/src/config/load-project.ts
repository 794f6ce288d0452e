import { resolve } from "node:path";
import { defaultGuardLimits } from "@crossfoot/kernel";
import type { GuardLimits } from "@crossfoot/kernel";
import { entityNames, fieldKindsOf, nearestName } from "@crossfoot/model";
import type { Role, Roles } from "@crossfoot/model";
import type { Environment } from "./environment.ts";
import { loadAtRest } from "./load-at-rest.ts";
import { loadConnection } from "./load-connection.ts";
import { hashOf, loadContract, switched } from "./load-contract.ts";
import { loadPeople } from "./load-people.ts";
import { loadSubscriptions } from "./load-subscriptions.ts";
import { loadServer } from "./load-server.ts";
import { problemOf, sortProblems } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { contractFile, findFile, mappingFolder, mappingNames, projectFile } from "./project-files.ts";
import type { Connectors, Project, ProjectConnection, StoreHome } from "./project.ts";
import { openSealed, sealedPlace } from "./sealed-store.ts";
import { readSecret, secretForm } from "./secret-reference.ts";
import type { SecretPlaces } from "./secret-reference.ts";
import { readSettings } from "./settings.ts";
import type { Setting, Settings } from "./settings.ts";
import { routesOutOfRegion } from "./regions.ts";
import { readVisibility } from "./visibility.ts";
import type { Visibility } from "./visibility.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Beside the folder, all that a project is made from. */
export interface LoadOptions {
  readonly environment: Environment;
  readonly connectors: Connectors;
  /** Flags of the command line by the path of their option. */
  readonly flags?: { readonly [path: string]: string | undefined };
  /** False leaves secrets unread: for commands that reach no system. Default true. */
  readonly needsSecrets?: boolean;
}

/** Either the project, or everything that is wrong with it. */
export type LoadedProject =
  | { readonly project: Project; readonly problems?: never }
  | { readonly project?: never; readonly problems: readonly ConfigProblem[] };

interface Work {
  readonly folder: string;
  readonly file: YamlFile;
  readonly settings: Settings;
  readonly options: LoadOptions;
  readonly sealed: SecretPlaces["sealed"];
  readonly problems: ConfigProblem[];
}

/**
 * Reads a project folder: crossfoot.yaml, contract.yaml, mappings/*.yaml and the description files, with the
 * environment and flags over them. All problems are told at once, each with file and line. Never throws.
 */
export function loadProject(folder: string, options: LoadOptions): LoadedProject {
  const root = resolve(folder);
  const found = findFile(root, projectFile);
  if (found.kind === "problem") return { problems: [found.problem] };
  if (found.kind === "none") {
    const message = `there is none in ${root}; run \`crossfoot init\` there, or say --project`;
    return { problems: [problemOf({ file: projectFile, line: null }, message)] };
  }
  const { file } = found;
  const contract = readContractFile(root);
  if (file.problems.length > 0) return { problems: sortProblems([...file.problems, ...contract.problems]) };
  const { environment, connectors, flags = {}, needsSecrets = true } = options;
  const {
    settings,
    connections: names,
    subscriptions,
    problems,
  } = readSettings(file, { environment, flags });
  const sealed = openSealed(sealedPlace(root, settings.values()));
  const work: Work = { folder: root, file, settings, options, sealed, problems: [...problems] };
  const sides = findSides(work, names);
  const store = findStore(work, needsSecrets);
  const served = {
    ...{ folder: root, environment, sealed, settings, needsSecrets },
    note: (keys: readonly string[], message: string) => note(work, keys, message),
  };
  const server = loadServer(served);
  const people = loadPeople(served);
  const atRest = loadAtRest(served);
  const told = loadSubscriptions(served, subscriptions);
  const kinds = Object.fromEntries(
    entityNames.map((name) => [name, fieldKindsOf(name, contract.contract.entities[name])]),
  );
  const source = { folder: root, file, settings, connectors, environment, sealed, needsSecrets, kinds };
  const loaded = names.map((name) => loadConnection(source, name));
  work.problems.push(...loaded.flatMap((each) => each.problems), ...contract.problems);
  noteStrayMappings(work, names);
  const { visibility, problems: unseen } = readVisibility(file, settings, contract.contract);
  work.problems.push(...unseen);
  const connections = loaded.flatMap(({ connection }) => (connection === null ? [] : [connection]));
  const roles = sides === undefined ? undefined : rolesOf(connections, sides);
  const value = (name: string): boolean => settings.get(`entities.${name}`)?.value === true;
  const routes =
    sides === undefined ? [] : routesOutOfRegion(settings, switched(contract.contract, value), sides);
  for (const { keys, message } of routes) note(work, keys, message);
  if (work.problems.length > 0 || roles === undefined || store === undefined) {
    return { problems: sortProblems(work.problems) };
  }
  return {
    project: compose(work, { contract, connections, roles, store, atRest, server, people, visibility, told }),
  };
}

function readContractFile(root: string): ReturnType<typeof loadContract> {
  const found = findFile(root, contractFile);
  if (found.kind === "problem") return { ...loadContract(null), problems: [found.problem] };
  return loadContract(found.kind === "file" ? found.file : null);
}

const textOf = (setting: Setting | undefined): string =>
  typeof setting?.value === "string" ? setting.value : "";

const note = (work: Work, keys: readonly string[], message: string): void => {
  work.problems.push(problemOf({ file: work.file.name, line: work.file.lineOf(keys) }, message));
};

/** One crm and one erp: which connection plays which side. */
function findSides(work: Work, names: readonly string[]): { readonly [role in Role]: string } | undefined {
  const byRole = (role: Role): readonly string[] =>
    names.filter((name) => work.settings.get(`connections.${name}.role`)?.value === role);
  const found = { crm: byRole("crm"), erp: byRole("erp") };
  for (const role of ["crm", "erp"] as const) {
    const [first, second] = found[role];
    if (second !== undefined) {
      note(
        work,
        ["connections", second, "role"],
        `there is one ${role} for now, and \`${first ?? ""}\` is it already`,
      );
    } else if (first === undefined && !isRoleBroken(work, names)) {
      note(
        work,
        ["connections"],
        `a project has one crm and one erp for now, and no connection has \`role: ${role}\``,
      );
    }
  }
  const [crm] = found.crm;
  const [erp] = found.erp;
  return crm === undefined || erp === undefined ? undefined : { crm, erp };
}

/** A role that is missing or misspelt has been told; that a side is missing follows from it. */
const isRoleBroken = (work: Work, names: readonly string[]): boolean =>
  names.some((name) => work.settings.get(`connections.${name}.role`) === undefined);

function rolesOf(
  connections: readonly ProjectConnection[],
  sides: { readonly [role in Role]: string },
): Roles | undefined {
  const crm = connections.find(({ id }) => id === sides.crm)?.id;
  const erp = connections.find(({ id }) => id === sides.erp)?.id;
  return crm === undefined || erp === undefined ? undefined : { crm, erp };
}

function findStore(work: Work, needsSecrets: boolean): StoreHome | undefined {
  const embedded = work.settings.get("store.embedded");
  const url = work.settings.get("store.url");
  if (url === undefined) {
    return { home: "embedded", folder: resolve(work.folder, textOf(embedded)) };
  }
  if (embedded !== undefined && embedded.origin !== "default") {
    note(work, ["store"], "the store is either `embedded` or at a `url`, not both");
    return undefined;
  }
  const form = secretForm(url.value);
  if (form === undefined) return undefined;
  if (!needsSecrets) return { home: "server", url: () => "" };
  const { folder, sealed } = work;
  const read = readSecret(form, { folder, environment: work.options.environment, sealed });
  if (read.ok && /^postgres(ql)?:\/\//.test(read.secret)) return { home: "server", url: () => read.secret };
  note(work, ["store", "url"], read.ok ? "the address of the store starts with postgres://" : read.problem);
  return undefined;
}

function noteStrayMappings(work: Work, names: readonly string[]): void {
  for (const file of mappingNames(work.folder)) {
    const name = file.replace(/\.ya?ml$/, "");
    const place = { file: `${mappingFolder}/${file}`, line: null };
    if (!names.includes(name)) {
      const message = `no connection is called \`${name}\``;
      work.problems.push(problemOf(place, message, nearestName(name, names)));
    } else if (!file.endsWith(".yaml")) {
      work.problems.push(problemOf(place, `is not read; call it ${name}.yaml`));
    }
  }
}

function compose(
  work: Work,
  at: {
    readonly contract: ReturnType<typeof loadContract>;
    readonly connections: readonly ProjectConnection[];
    readonly roles: Roles;
    readonly store: StoreHome;
    readonly atRest: Project["atRest"];
    readonly server: Project["server"];
    readonly people: Project["people"];
    readonly visibility: Visibility;
    readonly told: Project["subscriptions"];
  },
): Project {
  const value = (path: string): string | number | boolean | undefined =>
    work.settings.get(path)?.value as string | number | boolean | undefined;
  const contract = switched(at.contract.contract, (name) => value(`entities.${name}`) === true);
  return {
    folder: work.folder,
    settings: [...work.settings.values()],
    store: at.store,
    atRest: at.atRest,
    connections: at.connections,
    roles: at.roles,
    observed: at.connections
      .map(({ id }) => id)
      .filter((id) => value("observe") === true || value(`connections.${id}.observe`) === true),
    contract,
    contractVersion: at.contract.version,
    contractHash: hashOf(contract),
    requireSignature: value("contract.requireSignature") as Project["requireSignature"],
    entities: entityNames.filter((name) => contract.entities[name].enabled),
    cadenceMs: Object.fromEntries(
      entityNames.map((name) => [name, Number(value(`cadence.${name}`))]),
    ) as Project["cadenceMs"],
    sweepMs: Number(value("sweep")),
    historyMs: Number(value("history")),
    keepPlansMs: Math.max(Number(value("retention.plans")), Number(value("plan.expires"))),
    planExpiresMs: Number(value("plan.expires")),
    exports: exportsOf(work.folder, value),
    guard: guardOf(value),
    retry: {
      attemptsMax: Number(value("retry.attemptsMax")),
      delayMsMin: Number(value("retry.delayMin")),
      delayMsMax: Number(value("retry.delayMax")),
    },
    server: at.server,
    people: at.people,
    subscriptions: at.told,
    keepDeliveriesMs: Number(value("retention.deliveries")),
    visibility: at.visibility,
  };
}

function guardOf(value: (path: string) => string | number | boolean | undefined): GuardLimits {
  const limits = Object.keys(defaultGuardLimits).map((kind) => [
    kind,
    {
      countFree: Number(value(`guard.${kind}.countFree`)),
      countMax: Number(value(`guard.${kind}.countMax`)),
      shareMax: Number(value(`guard.${kind}.shareMax`)),
    },
  ]);
  return Object.fromEntries(limits) as GuardLimits;
}

function exportsOf(
  folder: string,
  value: (path: string) => string | number | boolean | undefined,
): Project["exports"] {
  const everyMs = value("exports.every");
  if (typeof everyMs !== "number") return null;
  return {
    everyMs,
    folder: resolve(folder, String(value("exports.folder"))),
    format: value("exports.format") === "jsonl" ? "jsonl" : "csv",
    keep: Number(value("exports.keep")),
  };
}
