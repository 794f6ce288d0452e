import { loadOtherContract } from "../config/other-contract.ts";
import type { ApplyOptions, PlanOptions, RunOptions } from "../runtime/engine.ts";
import {
  entityOf,
  onlyOf,
  projectOf,
  recordOf,
  withEngine,
  withLongEngine,
  withProgress,
} from "./context.ts";
import type { Context } from "./context.ts";
import { keepPlan, readPlan } from "./plan-file.ts";
import { eraseAgain } from "./privacy.ts";
import { badInput, badProject, exitCodes, troubleCode } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showPlan } from "./show-plan.ts";
import { showApply } from "./show-apply.ts";
import { runCode, showRun } from "./show-run.ts";

/** Options that several commands share. */
export interface ActOptions {
  readonly only?: readonly string[];
  readonly sweep?: boolean;
  readonly trustEmpty?: boolean;
  readonly observe?: boolean;
}

type Working = Pick<RunOptions, "onProgress" | "signal">;

function runOptions(options: ActOptions, working: Working): RunOptions {
  const only = onlyOf(options.only);
  return {
    ...working,
    ...(only === undefined ? {} : { only }),
    ...(options.sweep === true ? { sweep: true } : {}),
    ...(options.trustEmpty === true ? { trustsEmpty: true } : {}),
    ...(options.observe === true ? { observe: true } : {}),
  };
}

/** `plan`: what a run would write, record by record. Writes to no connected system. */
export async function planCommand(
  context: Context,
  options: ActOptions & { readonly out?: string; readonly all?: boolean; readonly contract?: string },
): Promise<ExitCode> {
  const { out } = options;
  const other = otherOf(context, options.contract);
  const plan = await withProgress(context, ({ view, signal }) =>
    withLongEngine(context, (engine) =>
      engine.plan({ ...runOptions(options, { onProgress: view.report, signal }), ...other }),
    ),
  );
  keepPlan(out, plan);
  const view = { room: context.room, isWhole: options.all === true, out: out ?? null };
  context.print(plan, () => showPlan(plan, view));
  if (plan.troubles.length > 0) return troubleCode(plan.troubles.map(({ code }) => code));
  return plan.guardStops.length > 0 ? exitCodes.refused : exitCodes.done;
}

/** The contract that is asked about, read as if it were in force. Throws a Refusal with all its problems. */
function otherOf(context: Context, file: string | undefined): Pick<PlanOptions, "other"> {
  if (file === undefined) return {};
  const { problems, ...other } = loadOtherContract(projectOf(context, { needsSecrets: false }), file);
  if (problems.length > 0) throw badProject(problems);
  return { other };
}

/** Options of `apply` as the command line gives them. */
export interface ApplyFlags {
  readonly onDrift: string;
  readonly only?: readonly string[];
  readonly limit?: string;
  readonly canary?: string;
  readonly approve?: string;
}

function countOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw badInput(`--${name} is a number of records, 1 or more`);
  return count;
}

function applyOptions(context: Context, flags: ApplyFlags): ApplyOptions {
  const { onDrift, approve } = flags;
  if (onDrift !== "stop" && onDrift !== "skip") throw badInput("--on-drift is stop or skip");
  const only = onlyOf(flags.only);
  const limit = countOf("limit", flags.limit);
  const canary = countOf("canary", flags.canary);
  return {
    onDrift,
    ...(only === undefined ? {} : { only }),
    ...(limit === undefined ? {} : { limit }),
    ...(canary === undefined ? {} : { canary }),
    ...(approve === undefined ? {} : { approve: { plan: approve, by: context.deps.user } }),
  };
}

/** `apply`: does what a plan shows, or stops where the world has moved. */
export async function applyCommand(context: Context, file: string, flags: ApplyFlags): Promise<ExitCode> {
  const options = applyOptions(context, flags);
  const plan = readPlan(file);
  if (flags.approve !== undefined && flags.approve !== plan.id)
    throw badInput(
      `--approve names ${flags.approve}, and ${file} is ${plan.id}; look at it, then approve it`,
    );
  const summary = await withProgress(context, ({ view, signal }) =>
    withLongEngine(context, (engine) => engine.apply(plan, { ...options, onProgress: view.report, signal })),
  );
  context.print(summary, () => showApply(summary, context.room));
  return runCode(summary);
}

/** `run`: reads, decides and writes once. */
export async function runCommand(context: Context, options: ActOptions): Promise<ExitCode> {
  const summary = await withProgress(context, ({ view, signal }) =>
    withLongEngine(context, async (engine) => {
      await eraseAgain(context, engine);
      return engine.run(runOptions(options, { onProgress: view.report, signal }));
    }),
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
