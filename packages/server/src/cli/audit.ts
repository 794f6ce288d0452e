import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditFinding } from "@crossfoot/model";
import { fieldsCsv, writeFindings } from "../audit/csv.ts";
import { auditPage } from "../audit/page.ts";
import { keepRepairs, withCommands } from "../audit/repairs.ts";
import type { AuditReport } from "../audit/report.ts";
import { runAudit } from "../audit/run.ts";
import type { AuditSource } from "../audit/source.ts";
import type { Project } from "../config/project.ts";
import type { Engine, PlanDocument } from "../runtime/engine.ts";
import type { Add } from "./add.ts";
import { listsOf } from "./audit-lists.ts";
import { mappedLists } from "./audit-map.ts";
import { liveLists, plannedLoad } from "./audit-live.ts";
import { everyRepair, planRepairs, wantedOf, writeRepairPlans } from "./audit-repair.ts";
import { todayOf, withLongEngine, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import { draftOf, tryFolder } from "./draft-file.ts";
import { refuseOtherEncodings } from "./match-table.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showAudit } from "./show-audit.ts";

/** What `audit` is asked. */
interface AuditFlags {
  readonly crm?: readonly string[];
  readonly erp?: readonly string[];
  readonly map?: string;
  readonly out?: string;
  readonly staleDays: string;
  readonly repair?: string;
  readonly of?: string;
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
        .option("--map <file>", "of files: YAML that names columns which are not recognised")
        .option(
          "--out <path>",
          "folder for audit.html, audit.json, fields.csv, findings.csv, and repairs: repair-*.plan of a " +
            "project, repairs-*.csv of files; with --repair the file of its plan",
        )
        .option("--repair <rule>", "of a project: plan what puts the findings of a rule right, or `all`")
        .option("--of <place>", "with --repair: only there, <connection>:<entity> or ...:<entity>.<field>")
        .option("--stale-days <days>", "untouched for so long is stale", staleDaysDefault);
      act((context) => auditCommand(context, command.opts<AuditFlags & Record<string, unknown>>()));
    },
  );
}

async function auditCommand(context: Context, flags: AuditFlags): Promise<ExitCode> {
  const { crm, erp, repair, of, out, map } = flags;
  const staleDays = Number(flags.staleDays);
  if (!Number.isSafeInteger(staleDays) || staleDays < 1) throw badInput("--stale-days is a whole number");
  if (of !== undefined && repair === undefined) throw badInput("--of goes with --repair");
  if (map !== undefined && crm === undefined && erp === undefined)
    throw badInput("--map names columns of files; a project has its mappings");
  const isOfFiles = crm !== undefined || erp !== undefined;
  if (isOfFiles && repair !== undefined)
    throw badInput("--repair plans writes to the systems of a project; of files, --out writes repairs-*.csv");
  if (out !== undefined) tryTarget(out, repair === undefined);
  if (crm === undefined && erp === undefined) return auditProject(context, flags, staleDays);
  const sides = [listsOf("crm", crm ?? []), listsOf("erp", erp ?? [])];
  const ignored = sides.flatMap((each) => each.ignored);
  const lists = sides.flatMap((each) => each.sources);
  await refuseOtherEncodings(lists.map(({ from }) => from));
  const sources = map === undefined ? lists : await mappedLists(map, lists);
  const files = out === undefined ? null : openFolder(out, { hasRepairs: true });
  const report = await audited(context, {
    sources,
    staleDays,
    sink: files?.write ?? (() => Promise.resolve()),
  }).catch(async (error: unknown) => {
    await files?.discard();
    throw error;
  });
  const remarks = ignored.map((file) => `${file} was left alone: its name does not tell what it holds`);
  const told = { ...report, remarks: [...remarks, ...report.remarks] };
  return tell(context, told, { folder: out, files: (await files?.close()) ?? [] });
}

/**
 * Both systems are read as a plan reads them, within their limits; then what they showed is looked at. What
 * is certain becomes plans of repair: one, where it is asked for by its rule, or all beside the report.
 */
async function auditProject(context: Context, flags: AuditFlags, staleDays: number): Promise<ExitCode> {
  return withProgress(context, ({ view, signal }) =>
    withLongEngine(context, async (engine, project) => {
      const { out, repair } = flags;
      const wanted = repair === undefined ? everyRepair : wantedOf(project, repair, flags.of);
      const plan = await engine.plan({ onProgress: view.report, signal });
      view.stop();
      const found = keepRepairs(wanted);
      const planning = { context, engine, found };
      const isReport = repair === undefined && out !== undefined;
      const files = isReport ? openFolder(out, { hasRepairs: false }) : null;
      const report = await auditedLive(context, {
        ...{ engine, project, plan, staleDays },
        sink: async (findings) => {
          found.take(findings);
          await files?.write(findings);
        },
      });
      if (repair !== undefined) return planRepairs(planning, wanted, out);
      const written = (await files?.close()) ?? [];
      const isWhole = plan.troubles.length === 0;
      const repaired =
        out === undefined || !isWhole ? { files: [], report } : await writeRepairPlans(planning, out, report);
      const code = tell(context, repaired.report, { folder: out, files: [...written, ...repaired.files] });
      return isWhole ? code : exitCodes.failed;
    }),
  );
}

interface Live {
  readonly engine: Engine;
  readonly project: Project;
  /** What a run would do now. */
  readonly plan: PlanDocument;
  readonly staleDays: number;
  readonly sink: (findings: readonly AuditFinding[]) => Promise<void>;
}

async function auditedLive(
  context: Context,
  { engine, project, plan, staleDays, sink }: Live,
): Promise<AuditReport> {
  const report = await audited(context, { sources: liveLists(engine, project), staleDays, sink });
  const remarks = plan.troubles.map(
    ({ connection, entity, message }) => `${connection}${entity === null ? "" : ` ${entity}`}: ${message}`,
  );
  const firstLoad = plannedLoad(report.firstLoad, plan);
  return withCommands({ ...report, firstLoad, remarks: [...remarks, ...report.remarks] });
}

function audited(
  context: Context,
  at: {
    readonly sources: readonly AuditSource[];
    readonly staleDays: number;
    readonly sink: (findings: readonly AuditFinding[]) => Promise<void>;
  },
): Promise<AuditReport> {
  const { sources, staleDays, sink } = at;
  const today = todayOf(context);
  return runAudit({ sources, terms: { today, staleDays }, sink, onProgress: context.say });
}

/** Writes the report where a folder is named, and shows it. */
function tell(
  context: Context,
  report: AuditReport,
  { folder, files }: { readonly folder: string | undefined; readonly files: readonly string[] },
): ExitCode {
  if (folder !== undefined) {
    writeFileSync(join(folder, "audit.json"), `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(join(folder, "audit.html"), auditPage(report));
    writeFileSync(join(folder, "fields.csv"), fieldsCsv(report));
  }
  const own = ["audit.html", "audit.json", "fields.csv"];
  const out = folder === undefined ? null : { folder, files: [...own, ...files] };
  context.print({ ...report, out }, () => showAudit(report, { room: context.room, out }));
  return report.findings === 0 ? exitCodes.done : exitCodes.differences;
}

/** A report goes into a folder, a plan of repair into a file: both are tried before the work. */
function tryTarget(out: string, isFolder: boolean): void {
  const undone = "nothing was audited";
  if (isFolder) tryFolder(out, undone);
  else rmSync(draftOf(out, undone));
}

function openFolder(
  folder: string,
  holds: { readonly hasRepairs: boolean },
): ReturnType<typeof writeFindings> {
  mkdirSync(folder, { recursive: true });
  return writeFindings(folder, holds);
}
