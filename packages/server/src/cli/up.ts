import type { Project } from "../config/project.ts";
import type { Engine, RunSummary } from "../runtime/engine.ts";
import { giveLink } from "../runtime/people.ts";
import { linkPath } from "../runtime/person-secrets.ts";
import { projectOf } from "./context.ts";
import type { Context } from "./context.ts";
import { keepExporting } from "./export.ts";
import { startLoop } from "./loop.ts";
import type { Loop, LoopEvent } from "./loop.ts";
import { eraseAgain } from "./privacy.ts";
import { exitCodes, refusalOf } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { number, safeText, span } from "./text.ts";

/** Flags of `up` by the path of their option in crossfoot.yaml. */
export interface UpFlags {
  readonly [path: string]: string | undefined;
}

/**
 * `up`: webhooks, status page and the loop, until the program is asked to end. What is under way then ends
 * at its next safe place; what was not sent stays stored and is sent by the next run.
 */
export async function upCommand(context: Context, flags: UpFlags): Promise<ExitCode> {
  const project = projectOf(context, { needsSecrets: true, flags });
  const engine = await context.deps.openEngine(project);
  try {
    await engine.enterContract();
    await eraseAgain(context, engine);
    return await serve(context, project, engine);
  } finally {
    await engine.close();
  }
}

async function serve(context: Context, project: Project, engine: Engine): Promise<ExitCode> {
  let loop: Loop | null = null;
  const server = await context.deps.serve(engine, {
    project,
    onHints: () => loop?.wake(),
    trouble: () => loop?.trouble() ?? null,
  });
  try {
    await inviteFirst(context, { engine, url: project.server.publicUrl ?? server.url });
    context.say(
      `Crossfoot is up. Status page: ${server.url}  Webhooks: ${server.url}/hooks/<connection>  Stop: Ctrl-C`,
    );
    const ended = await untilStopped(context, { project, engine }, (started) => {
      loop = started;
    });
    context.print(
      { url: server.url, ...ended },
      () => `Stopped after ${span(ended.durationMs)}, ${number(ended.runs)} runs.`,
    );
    return exitCodes.done;
  } finally {
    await server.close();
  }
}

/** While nobody can sign in: a one-time link for the first administrator, another one at each start. */
async function inviteFirst(
  { say }: Context,
  { engine, url }: { readonly engine: Engine; readonly url: string },
): Promise<void> {
  const access = engine.access();
  if ((await access.listPeople()).length > 0) return;
  const secret = await giveLink(access, { person: null, by: "up" });
  say(
    `Nobody can sign in yet. The first administrator does so here, within a day: ${url}${linkPath(secret)}`,
  );
}

/**
 * `worker`: the loop alone, until the program is asked to end. Any number of them, on any number of machines,
 * share the work over one PostgreSQL; none of them holds anything that another could not go on with.
 */
export async function workerCommand(context: Context): Promise<ExitCode> {
  const project = projectOf(context, { needsSecrets: true });
  const engine = await context.deps.openEngine(project);
  try {
    await engine.enterContract();
    await eraseAgain(context, engine);
    context.say("A worker of Crossfoot is up. Stop: Ctrl-C");
    const ended = await untilStopped(context, { project, engine });
    context.print(ended, () => `Stopped after ${span(ended.durationMs)}, ${number(ended.runs)} runs.`);
    return exitCodes.done;
  } finally {
    await engine.close();
  }
}

/** Runs the loop until the program is asked to end. `onStart` gets the loop. */
async function untilStopped(
  { deps, say }: Context,
  { project, engine }: { readonly project: Project; readonly engine: Engine },
  onStart: (loop: Loop) => void = () => undefined,
): Promise<{ readonly runs: number; readonly durationMs: number }> {
  const stopping = new AbortController();
  const unsubscribe = deps.onStop(() => {
    if (!stopping.signal.aborted) say("Stopping: what is under way is brought to an end first.");
    stopping.abort();
  });
  const { clock, sleep } = deps;
  const startedAt = clock.monotonic();
  try {
    const { entities, cadenceMs } = project;
    const tell = (event: LoopEvent): void => say(`${time(clock.now())}  ${eventText(event)}`);
    const { signal } = stopping;
    const loop = startLoop({ engine, entities, cadenceMs, clock, sleep, signal, tell: quietly(tell) });
    onStart(loop);
    const [runs] = await Promise.all([loop.ended, keepExporting({ deps, say }, { engine, project }, signal)]);
    return { runs, durationMs: Math.round(clock.monotonic() - startedAt) };
  } finally {
    unsubscribe();
  }
}

const time = (now: number): string => new Date(now).toISOString().slice(11, 19);

/**
 * What repeats itself is told once: most runs do nothing, and a system that is away stays away for a while.
 */
function quietly(tell: (event: LoopEvent) => void): (event: LoopEvent) => void {
  let last = "";
  return (event) => {
    const isWork = event.kind === "run" && written(event.summary) !== "";
    const text = isWork
      ? ""
      : eventText(event)
          .replace(/^[^!]*: /, "")
          .replace(/; next try in .*$/, "");
    if (!isWork && text === last) return;
    last = text;
    tell(event);
  };
}

function written({ entities }: RunSummary): string {
  return entities
    .flatMap(({ entity, settled }) =>
      Object.entries(settled).flatMap(([target, kinds]) =>
        Object.entries(kinds).map(([kind, count]) => `${number(count)} × ${kind} ${entity} in ${target}`),
      ),
    )
    .join(", ");
}

function eventText(event: LoopEvent): string {
  if (event.kind === "failure") {
    const { message } = refusalOf(event.error);
    return safeText(`! ${message.split("\n")[0] ?? ""}; next try in ${span(event.pauseMs)}`);
  }
  if (event.kind === "look") {
    const { clusters, fresh, overdue } = event.report;
    return `duplicates: ${fresh.length} first seen, ${clusters.length} open, ${overdue} overdue`;
  }
  const { what, summary } = event;
  const troubles = summary.troubles.map(({ connection, failure }) => `! ${connection}: ${failure.message}`);
  const stops = summary.guardStops.map(
    ({ entity, kind, count }) => `! guard: ${count} × ${kind} of ${entity}`,
  );
  const made = written(summary);
  const did = made === "" ? (summary.whyNothing ?? "nothing to do") : made;
  return safeText([`${what}: ${did}`, ...troubles, ...stops].join("  "));
}
