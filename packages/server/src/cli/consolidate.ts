import type { ConsolidateRequest } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { recordOf, withLongEngine, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import { keepPlan } from "./plan-file.ts";
import { badInput, exitCodes, troubleCode } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showApply } from "./show-apply.ts";
import { showPlan } from "./show-plan.ts";
import { runCode } from "./show-run.ts";

/** Options of `consolidate` as the command line gives them. */
interface ConsolidateFlags {
  readonly cluster?: string;
  readonly automatic?: boolean;
  readonly survivor?: string;
  readonly take?: readonly string[];
  readonly out?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** Adds `consolidate`. */
export function addConsolidating(add: Add): void {
  add("consolidate", "make one of records that are one, on both systems, as a plan", (command, act) => {
    command
      .option("--cluster <id>", "which, by the name that `duplicates` lists, d-...")
      .option("--automatic", "all that are as likely as the contract's consolidation.automaticFrom")
      .option("--survivor <record>", "the record that stays, <connection>:<native id>; else the fullest")
      .option("--take <field=record...>", "whose value of a field stands, such as phone=crm:1001")
      .option("--out <file>", "keep the plan in a file for `apply`")
      .option("--all", "spell out every write")
      .option("--yes", "do it at once");
    act((context) => consolidateCommand(context, command.opts<ConsolidateFlags & Record<string, unknown>>()));
  });
}

async function consolidateCommand(context: Context, flags: ConsolidateFlags): Promise<ExitCode> {
  const { cluster, automatic, survivor, out } = flags;
  if ((cluster === undefined) === (automatic !== true)) throw badInput("say --cluster <id>, or --automatic");
  if (cluster === undefined && (survivor !== undefined || flags.take !== undefined))
    throw badInput("--survivor and --take are about one --cluster");
  const { plan, summary } = await withProgress(context, ({ view, signal }) =>
    withLongEngine(context, async (engine, project) => {
      const request: ConsolidateRequest = {
        cluster: cluster ?? null,
        survivor: survivor === undefined ? null : recordOf(project, survivor),
        take: takeOf(flags.take ?? []),
        by: context.deps.user,
      };
      const working = { onProgress: view.report, signal };
      const made = await engine.consolidate(request, working);
      keepPlan(out, made);
      const isNow = flags.yes === true && made.troubles.length === 0;
      return { plan: made, summary: isNow ? await engine.apply(made, working) : null };
    }),
  );
  const view = { room: context.room, isWhole: flags.all === true, out: out ?? null };
  const shown = (): string =>
    [showPlan(plan, view), ...(summary === null ? [] : [showApply(summary, context.room)])].join("\n\n");
  context.print(flags.yes === true ? { plan, apply: summary } : plan, shown);
  if (plan.troubles.length > 0) return troubleCode(plan.troubles.map(({ code }) => code));
  if (summary !== null) return runCode(summary);
  return plan.guardStops.length > 0 ? exitCodes.refused : exitCodes.done;
}

function takeOf(texts: readonly string[]): ConsolidateRequest["take"] {
  return Object.fromEntries(
    texts.map((text): [string, string] => {
      const at = text.indexOf("=");
      if (at < 1 || !text.slice(at + 1).includes(":"))
        throw badInput(`--take is <field>=<connection>:<id>, such as phone=crm:1001, not \`${text}\``);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
