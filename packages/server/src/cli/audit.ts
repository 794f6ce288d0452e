import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFindings } from "../audit/csv.ts";
import { auditPage } from "../audit/page.ts";
import { runAudit } from "../audit/run.ts";
import type { AuditSource } from "../audit/source.ts";
import type { PlanDocument } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { listsOf } from "./audit-lists.ts";
import { liveLists, plannedLoad } from "./audit-live.ts";
import { withEngine, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showAudit } from "./show-audit.ts";

/** What `audit` is asked. */
interface AuditFlags {
  readonly crm?: readonly string[];
  readonly erp?: readonly string[];
  readonly out?: string;
  readonly staleDays: string;
}

const staleDaysDefault = "1095";

/** Adds `audit`. */
export function addAuditing(add: Add): void {
  add(
    "audit",
    "what is wrong with the records of both systems, before anything is written",
    (command, act) => {
      command
        .option(
          "--crm <lists...>",
          "files instead of the project: a folder with accounts.csv ..., or accounts=<file> ...",
        )
        .option("--erp <lists...>", "the same of the ERP; one of the two is enough")
        .option("--out <folder>", "write audit.html, audit.json, findings.csv and repairs-*.csv there")
        .option("--stale-days <days>", "untouched for so long is stale", staleDaysDefault);
      act((context) => auditCommand(context, command.opts<AuditFlags & Record<string, unknown>>()));
    },
  );
}

interface Gathered {
  readonly sources: readonly AuditSource[];
  readonly remarks: readonly string[];
  /** Only of a project: what a run would do now. */
  readonly plan: PlanDocument | null;
}

async function auditCommand(context: Context, flags: AuditFlags): Promise<ExitCode> {
  const staleDays = Number(flags.staleDays);
  if (!Number.isSafeInteger(staleDays) || staleDays < 1) throw badInput("--stale-days is a whole number");
  if (flags.crm === undefined && flags.erp === undefined) return auditProject(context, flags, staleDays);
  const sides = [listsOf("crm", flags.crm ?? []), listsOf("erp", flags.erp ?? [])];
  const ignored = sides.flatMap((each) => each.ignored);
  const gathered: Gathered = {
    sources: sides.flatMap(({ sources }) => sources),
    remarks: ignored.map((file) => `${file} was left alone: its name does not tell what it holds`),
    plan: null,
  };
  return auditLists(context, gathered, { out: flags.out, staleDays });
}

/** Both systems are read as a plan reads them, within their limits; then what they showed is looked at. */
async function auditProject(context: Context, flags: AuditFlags, staleDays: number): Promise<ExitCode> {
  return withProgress(context, ({ view, signal }) =>
    withEngine(context, async (engine, project) => {
      const plan = await engine.plan({ onProgress: view.report, signal });
      view.stop();
      const remarks = plan.troubles.map(
        ({ connection, entity, message }) =>
          `${connection}${entity === null ? "" : ` ${entity}`}: ${message}`,
      );
      const gathered = { sources: liveLists(engine, project), remarks, plan };
      return auditLists(context, gathered, { out: flags.out, staleDays });
    }),
  );
}

async function auditLists(
  context: Context,
  { sources, remarks, plan }: Gathered,
  { out: folder, staleDays }: { readonly out: string | undefined; readonly staleDays: number },
): Promise<ExitCode> {
  const files = folder === undefined ? null : openFolder(folder);
  const report = await runAudit({
    sources,
    terms: { today: new Date(context.deps.clock.now()).toISOString().slice(0, 10), staleDays },
    sink: files === null ? () => Promise.resolve() : files.write,
    onProgress: context.say,
  });
  const told = {
    ...report,
    firstLoad: plan === null ? report.firstLoad : plannedLoad(report.firstLoad, plan),
    remarks: [...remarks, ...report.remarks],
  };
  const written = files === null ? [] : await files.close();
  if (folder !== undefined) {
    writeFileSync(join(folder, "audit.json"), `${JSON.stringify(told, null, 2)}\n`);
    writeFileSync(join(folder, "audit.html"), auditPage(told));
  }
  const out = folder === undefined ? null : { folder, files: ["audit.html", "audit.json", ...written] };
  context.print({ ...told, out }, () => showAudit(told, { room: context.room, out }));
  if (plan !== null && plan.troubles.length > 0) return exitCodes.failed;
  return report.findings === 0 ? exitCodes.done : exitCodes.differences;
}

function openFolder(folder: string): ReturnType<typeof writeFindings> {
  mkdirSync(folder, { recursive: true });
  return writeFindings(folder);
}
