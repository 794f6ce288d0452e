import { readFileSync, writeFileSync } from "node:fs";
import { isMap } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import type { PlanDocument, RunOptions } from "../runtime/engine.ts";
import { entityOf, onlyOf, recordOf, withEngine, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showPlan } from "./show-plan.ts";
import { runCode, showApply, showRun } from "./show-run.ts";

/** Options that several commands share. */
export interface ActOptions {
  readonly only?: readonly string[];
  readonly sweep?: boolean;
}

type Working = Pick<RunOptions, "onProgress" | "signal">;

function runOptions(options: ActOptions, working: Working): RunOptions {
  const only = onlyOf(options.only);
  return {
    ...working,
    ...(only === undefined ? {} : { only }),
    ...(options.sweep === true ? { sweep: true } : {}),
  };
}

/** `plan`: what a run would write, record by record. Writes to no connected system. */
export async function planCommand(
  context: Context,
  options: ActOptions & { readonly out?: string; readonly all?: boolean },
): Promise<ExitCode> {
  const { out } = options;
  const plan = await withProgress(context, ({ view, signal }) =>
    withEngine(context, (engine) => engine.plan(runOptions(options, { onProgress: view.report, signal }))),
  );
  if (out !== undefined) {
    // A plan holds the values that would be written: nobody else is to read it.
    writeFileSync(out, `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600 });
  }
  const view = { room: context.room, isWhole: options.all === true, out: out ?? null };
  context.print(plan, () => showPlan(plan, view));
  if (plan.troubles.length > 0) return exitCodes.failed;
  return plan.guardStops.length > 0 ? exitCodes.refused : exitCodes.done;
}

/** `apply`: does what a plan shows, or stops where the world has moved. */
export async function applyCommand(
  context: Context,
  file: string,
  options: { readonly onDrift: string },
): Promise<ExitCode> {
  const { onDrift } = options;
  if (onDrift !== "stop" && onDrift !== "skip") throw badInput("--on-drift is stop or skip");
  const plan = readPlan(file);
  const summary = await withProgress(context, ({ view, signal }) =>
    withEngine(context, (engine) => engine.apply(plan, { onDrift, onProgress: view.report, signal })),
  );
  context.print(summary, () => showApply(summary, context.room));
  return runCode(summary);
}

function readPlan(file: string): PlanDocument {
  let json: Json;
  try {
    json = JSON.parse(readFileSync(file, "utf8")) as Json;
  } catch (error) {
    throw badInput(
      `${file} cannot be read as JSON: ${error instanceof Error ? error.message : "unknown reason"}`,
    );
  }
  const lists = ["writes", "conflicts", "parks", "candidates", "waits", "guardStops"];
  const isPlan =
    isMap(json) &&
    typeof json["id"] === "string" &&
    typeof json["contract"] === "string" &&
    lists.every((key) => Array.isArray(json[key]));
  if (!isPlan) throw badInput(`${file} is no plan; make one with \`crossfoot plan --out ${file}\``);
  return json as unknown as PlanDocument;
}

/** `run`: reads, decides and writes once. */
export async function runCommand(context: Context, options: ActOptions): Promise<ExitCode> {
  const summary = await withProgress(context, ({ view, signal }) =>
    withEngine(context, (engine) => engine.run(runOptions(options, { onProgress: view.report, signal }))),
  );
  context.print(summary, () => showRun(summary, context.room));
  return runCode(summary);
}

/** `sync`: reads one record again on every side and settles it now. */
export async function syncCommand(context: Context, entity: string, record: string): Promise<ExitCode> {
  const name = entityOf(entity);
  const summary = await withEngine(context, (engine, project) =>
    engine.syncRecord({ entity: name, id: recordOf(project, record) }),
  );
  context.print(summary, () => showRun(summary, context.room));
  return runCode(summary);
}
