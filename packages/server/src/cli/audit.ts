import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFindings } from "../audit/csv.ts";
import { auditPage } from "../audit/page.ts";
import { runAudit } from "../audit/run.ts";
import type { Add } from "./add.ts";
import { listsOf } from "./audit-lists.ts";
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
        .option("--crm <lists...>", "a folder with accounts.csv, contacts.csv ..., or accounts=<file> ...")
        .option("--erp <lists...>", "the same of the ERP; one of the two is enough")
        .option("--out <folder>", "write audit.html, audit.json, findings.csv and repairs-*.csv there")
        .option("--stale-days <days>", "untouched for so long is stale", staleDaysDefault);
      act((context) => auditCommand(context, command.opts<AuditFlags & Record<string, unknown>>()));
    },
  );
}

async function auditCommand(context: Context, flags: AuditFlags): Promise<ExitCode> {
  const staleDays = Number(flags.staleDays);
  if (!Number.isSafeInteger(staleDays) || staleDays < 1) throw badInput("--stale-days is a whole number");
  if (flags.crm === undefined && flags.erp === undefined)
    throw badInput("name lists with --crm and --erp: folders with accounts.csv ..., or accounts=<file>");
  const sides = [listsOf("crm", flags.crm ?? []), listsOf("erp", flags.erp ?? [])];
  const files = flags.out === undefined ? null : openFolder(flags.out);
  const report = await runAudit({
    sources: sides.flatMap(({ sources }) => sources),
    terms: { today: new Date(context.deps.clock.now()).toISOString().slice(0, 10), staleDays },
    sink: files === null ? () => Promise.resolve() : files.write,
    onProgress: context.say,
  });
  const ignored = sides.flatMap((each) => each.ignored);
  const told = {
    ...report,
    remarks: [
      ...report.remarks,
      ...ignored.map((file) => `${file} was left alone: its name does not tell what it holds`),
    ],
  };
  const written = files === null ? [] : await files.close();
  if (flags.out !== undefined) {
    writeFileSync(join(flags.out, "audit.json"), `${JSON.stringify(told, null, 2)}\n`);
    writeFileSync(join(flags.out, "audit.html"), auditPage(told));
  }
  const out =
    flags.out === undefined ? null : { folder: flags.out, files: ["audit.html", "audit.json", ...written] };
  context.print({ ...told, out }, () => showAudit(told, { room: context.room, out }));
  return report.findings === 0 ? exitCodes.done : exitCodes.differences;
}

function openFolder(folder: string): ReturnType<typeof writeFindings> {
  mkdirSync(folder, { recursive: true });
  return writeFindings(folder);
}
