import type { Project } from "../config/project.ts";
import type { PauseOf } from "../store/port.ts";
import { withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";

/** `pause` and `resume`: an entity everywhere, or a connection with all of its entities, for all workers. */
export async function pauseCommand(
  context: Context,
  action: "pause" | "resume",
  name: string,
): Promise<ExitCode> {
  const by = context.deps.user;
  const { what, isChanged } = await withEngine(context, async (engine, project) => {
    const named = pauseOf(project, name);
    return { what: named, isChanged: await engine[action](named, by) };
  });
  context.print({ action, ...what, by, isChanged }, () => said({ action, name, isChanged }));
  return exitCodes.done;
}

function pauseOf(project: Project, name: string): PauseOf {
  if (project.connections.some(({ id }) => id === name)) return { kind: "connection", name };
  if (project.entities.some((entity) => entity === name)) return { kind: "entity", name };
  const known = [...project.connections.map(({ id }) => id), ...project.entities];
  throw badInput(`nothing is called ${name}; connections and entities are ${known.join(", ")}`);
}

function said(at: {
  readonly action: "pause" | "resume";
  readonly name: string;
  readonly isChanged: boolean;
}): string {
  const { action, name, isChanged } = at;
  if (action === "resume")
    return isChanged ? `${name} goes on with the next run.` : `${name} was not paused.`;
  if (!isChanged) return `${name} was paused already.`;
  return (
    `${name} is paused for all workers: what was sent is brought to an end, nothing more is read or ` +
    `written. Webhooks are kept. \`crossfoot resume ${name}\` lets it go on.`
  );
}
