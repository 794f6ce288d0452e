import { isEntityName, entityNames, nearestName } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import { loadProject } from "../config/load-project.ts";
import type { Project } from "../config/project.ts";
import type { Engine } from "../runtime/engine.ts";
import type { CliDeps } from "./deps.ts";
import { viewProgress } from "./progress.ts";
import type { ProgressView } from "./progress.ts";
import { badInput, badProject } from "./refusal.ts";

/** Width of a line where nobody says how wide the terminal is. */
const roomDefault = 100;

/** What every command works with. */
export interface Context {
  readonly deps: CliDeps;
  readonly isJson: boolean;
  /** Folder of the project, as given. */
  readonly folder: string;
  /** Columns of a line of results; unlimited when they do not go to a terminal. */
  readonly room: number;
  /** Prints the result: the document with `--json`, else the text. Called once per command. */
  readonly print: (document: unknown, text: () => string) => void;
  /** A line on the screen for messages. */
  readonly say: (text: string) => void;
}

/** The context of one command. */
export function contextOf(
  deps: CliDeps,
  options: { readonly json: boolean; readonly project: string },
): Context {
  const { stdout, stderr } = deps;
  const isJson = options.json;
  return {
    deps,
    isJson,
    folder: options.project,
    room: stdout.isTTY === true ? (stdout.columns ?? roomDefault) : Number.POSITIVE_INFINITY,
    print: (document, text) => {
      stdout.write(isJson ? `${JSON.stringify(document, null, 2)}\n` : `${text().trimEnd()}\n`);
    },
    say: (text) => {
      stderr.write(`${text}\n`);
    },
  };
}

/** Loads the project. Throws a Refusal with all of its problems. */
export function projectOf(
  context: Context,
  options: {
    readonly needsSecrets: boolean;
    readonly flags?: { readonly [path: string]: string | undefined };
  },
): Project {
  const { environment, connectors } = context.deps;
  const loaded = loadProject(context.folder, { environment, connectors, ...options });
  if (loaded.project === undefined) throw badProject(loaded.problems);
  return loaded.project;
}

/** Runs `work`, soon done, on an engine over the project, and closes it whatever happens. */
export const withEngine = <T>(context: Context, work: OnEngine<T>): Promise<T> =>
  onEngine(context, { isBrief: true }, work);

/** Like {@link withEngine}, for work that goes through all that there is. */
export const withLongEngine = <T>(context: Context, work: OnEngine<T>): Promise<T> =>
  onEngine(context, { isBrief: false }, work);

type OnEngine<T> = (engine: Engine, project: Project) => Promise<T>;

async function onEngine<T>(
  context: Context,
  how: { readonly isBrief: boolean },
  work: OnEngine<T>,
): Promise<T> {
  const project = projectOf(context, { needsSecrets: true });
  const engine = await context.deps.openEngine(project, how);
  try {
    return await work(engine, project);
  } finally {
    await engine.close();
  }
}

/** Runs long work with bars, and with a signal that tells it when the program is asked to end. */
export async function withProgress<T>(
  context: Context,
  work: (at: { readonly view: ProgressView; readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const view = viewProgress(context.deps.stderr);
  const stopping = new AbortController();
  const unsubscribe = context.deps.onStop(() => stopping.abort());
  try {
    return await work({ view, signal: stopping.signal });
  } finally {
    unsubscribe();
    view.stop();
  }
}

/** The day it is in UTC, `YYYY-MM-DD`. */
export const todayOf = ({ deps }: Context): string => new Date(deps.clock.now()).toISOString().slice(0, 10);

/** One entity name from the command line. Throws a Refusal with the nearest one. */
export function entityOf(text: string): EntityName {
  if (isEntityName(text)) return text;
  const nearest = nearestName(text, entityNames);
  const asked =
    nearest === undefined ? `; there are: ${entityNames.join(", ")}` : ` (did you mean \`${nearest}\`?)`;
  throw badInput(`unknown entity \`${text}\`${asked}`);
}

/** Entities from `--only accounts,orders`; undefined means all. */
export function onlyOf(texts: readonly string[] | undefined): readonly EntityName[] | undefined {
  if (texts === undefined) return undefined;
  const names = texts.flatMap((text) => text.split(",")).filter((name) => name.trim() !== "");
  return names.map((name) => entityOf(name.trim()));
}

/**
 * A record named on the command line: `<connection>:<native id>` or the id of a link. Throws a Refusal for
 * any other.
 */
export function recordOf(project: Project, text: string): string {
  if (text.startsWith("l-")) return text;
  const at = text.indexOf(":");
  const known = project.connections.map(({ id }): string => id);
  if (at < 1 || at === text.length - 1) {
    throw badInput(
      `\`${text}\` is no record: write <connection>:<native id>, such as crm:1001, or the id of a link`,
    );
  }
  const name = text.slice(0, at);
  if (known.includes(name)) return text;
  throw badInput(unknownConnection(project, name));
}

/** A connection by its name or its role, `crm` or `erp`. Throws a Refusal with the nearest one. */
export function connectionNamed(project: Project, name: string): Project["connections"][number] {
  const { connections } = project;
  const connection =
    connections.find(({ id }) => id === name) ?? connections.find(({ role }) => role === name);
  if (connection !== undefined) return connection;
  throw badInput(unknownConnection(project, name));
}

function unknownConnection({ connections }: Project, name: string): string {
  const known = connections.map(({ id }): string => id);
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `; there are: ${known.join(", ")}` : ` (did you mean \`${nearest}\`?)`;
  return `no connection is called \`${name}\`${hint}`;
}
