import type { Project } from "../config/project.ts";
import type { Engine, PlanDocument, UndoRequest } from "../runtime/engine.ts";
import { UndoRefused } from "../runtime/undo-load.ts";
import { recordOf, withLongEngine, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import { keepPlan } from "./plan-file.ts";
import { leftTitle, partsOf } from "./plan-parts.ts";
import { badInput, exitCodes, troubleCode } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showApply } from "./show-apply.ts";
import { showPlan } from "./show-plan.ts";
import { runCode } from "./show-run.ts";
import { renderTable } from "./table.ts";

/** Options of `undo` as the command line gives them. */
export interface UndoFlags {
  readonly run?: string;
  readonly plan?: string;
  readonly write?: string;
  readonly consolidation?: string;
  readonly proposal?: string;
  readonly record?: string;
  readonly since?: string;
  readonly out?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
}

const runsListed = 20;

/** `undo`: the plan that takes writes back; with `--yes` it is applied at once. */
export async function undoCommand(context: Context, flags: UndoFlags): Promise<ExitCode> {
  const isNow = flags.yes === true;
  const { plan, summary } = await withProgress(context, ({ view, signal }) =>
    withLongEngine(context, async (engine, project) => {
      const working = { onProgress: view.report, signal };
      const made = await engine.undo(await requestOf(context, flags, { engine, project }), working);
      keepPlan(flags.out, made);
      const isDone = isNow && made.troubles.length === 0 && made.writes.length > 0;
      return { plan: made, summary: isDone ? await engine.apply(made, working) : null };
    }),
  );
  const view = { room: context.room, isWhole: flags.all === true, out: flags.out ?? null };
  const shown = (): string =>
    summary === null
      ? showPlan(plan, view)
      : [leftText(plan, context.room), showApply(summary, context.room)]
          .filter((text) => text !== "")
          .join("\n\n");
  context.print(isNow ? { plan, apply: summary } : plan, shown);
  if (plan.troubles.length > 0) return troubleCode(plan.troubles.map(({ code }) => code));
  if (summary !== null) return runCode(summary);
  return plan.guardStops.length > 0 ? exitCodes.refused : exitCodes.done;
}

/** What the undo left alone: told again when it was done at once. */
function leftText(plan: PlanDocument, room: number): string {
  const left = partsOf(plan).find(({ title }) => title === leftTitle);
  return left === undefined || left.rows.length === 0
    ? ""
    : `${leftTitle}:\n\n${renderTable(left.columns, left.rows, room)}`;
}

async function requestOf(
  { deps }: Context,
  flags: UndoFlags,
  { engine, project }: { readonly engine: Engine; readonly project: Project },
): Promise<UndoRequest> {
  const { run, plan, write, consolidation, proposal, record, since } = flags;
  const by = deps.user;
  const named = [run, plan, write, consolidation, proposal, record].filter((each) => each !== undefined);
  if (named.length !== 1 || (since !== undefined) !== (record !== undefined))
    throw badInput(
      "say what to undo: --run <id>, --plan <id>, --write <key>, --consolidation <id>, " +
        "or --record <record> --since <time>",
    );
  if (record !== undefined)
    return { what: "record", id: recordOf(project, record), since: instantOf(since ?? ""), by };
  if (proposal !== undefined)
    throw new UndoRefused("nothing makes proposals in this version: there is none that could have written");
  if (plan !== undefined) return { what: "plan", id: plan, by };
  if (consolidation !== undefined) return { what: "consolidation", id: consolidation, by };
  if (write !== undefined) return { what: "write", id: write, by };
  return { what: "run", id: await runOf(engine, run ?? ""), by };
}

/** A run by its id, or by the beginning of it when only one of the last runs begins so. */
async function runOf(engine: Engine, text: string): Promise<string> {
  const { runs } = await engine.status();
  const found = runs.slice(0, runsListed).filter(({ id }) => id.startsWith(text));
  const [only] = found;
  return found.length === 1 && only !== undefined ? only.id : text;
}

/** An instant with its zone, or the beginning of a day in UTC. */
function instantOf(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = new Date(text);
  if ((isDay || isInstant) && !Number.isNaN(at.getTime())) return at.toISOString();
  throw badInput("--since is a day such as 2026-01-31 (UTC), or an instant such as 2026-01-31T10:15:00Z");
}
