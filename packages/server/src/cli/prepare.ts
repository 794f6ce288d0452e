import { connectionId } from "@crossfoot/kernel";
import type { Project } from "../config/project.ts";
import { openSealed, sealedPlace } from "../config/sealed-store.ts";
import { readSecret, secretForm } from "../config/secret-reference.ts";
import type { Preparation, PrepareRequest } from "../runtime/engine.ts";
import { withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";

/** Flags of `prepare`. */
export interface PrepareFlags {
  readonly apply?: boolean;
  readonly as?: string;
  readonly secret?: string;
}

/** `prepare`: shows what a connection rests on in its system, and adds it when told to. */
export async function prepareCommand(context: Context, name: string, flags: PrepareFlags): Promise<ExitCode> {
  const apply = flags.apply === true;
  const found = await withEngine(context, (engine, project) =>
    engine.prepare(connectionId(name), { apply, as: administrator(context, project, flags) }),
  ).catch((error: unknown) => {
    throw refusedBy(name, error);
  });
  if (found === undefined) throw badInput(`no connection is called ${name}`);
  context.print({ connection: name, found }, () => said(name, found, context.room));
  return found.some(({ state }) => state === "missing") ? exitCodes.failed : exitCodes.done;
}

/** What the system said no to, with who may do it. */
function refusedBy(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "ConnectorError") return error;
  const who = "an administrator may: --as LOGIN --secret env:NAME";
  const message = `${name}: ${error.message}; ${who}`;
  return new Refusal(exitCodes.failed, message, { code: "refused_by_system" });
}

/** Who may add it: a login, and where its secret is kept, since a secret never stands in a command. */
function administrator(
  { deps }: Context,
  { folder, settings }: Project,
  { as: user, secret }: PrepareFlags,
): PrepareRequest["as"] {
  if (user === undefined && secret === undefined) return null;
  const reference = secretForm(secret);
  if (user === undefined || reference === undefined)
    throw badInput("--as and --secret go together; a secret is env:NAME, file:PATH or sealed:NAME");
  const sealed = openSealed(sealedPlace(folder, settings));
  const read = readSecret(reference, { folder, environment: deps.environment, sealed });
  if (!read.ok) throw badInput(read.problem);
  return { user, secret: read.secret };
}

function said(name: string, found: readonly Preparation[], room: number): string {
  if (found.length === 0) return `${name} rests on nothing that has to be added.`;
  const columns = [{ title: "" }, { title: "what", least: 30 }];
  const table = renderTable(
    columns,
    found.map(({ state, what }) => [state, what]),
    room,
  );
  const isMissing = found.some(({ state }) => state === "missing");
  const next = isMissing
    ? `\`crossfoot prepare ${name} --apply\` adds it; as an administrator with --as LOGIN --secret env:NAME.`
    : "Everything is there.";
  return `${table}\n\n${next}`;
}
