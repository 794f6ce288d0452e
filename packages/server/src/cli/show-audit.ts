import { auditRules } from "@crossfoot/model";
import { worstMax } from "../audit/report.ts";
import type { AuditReport } from "../audit/report.ts";
import { renderTable } from "./table.ts";
import { many } from "./text.ts";

/** Where the whole audit was written. */
export interface AuditOut {
  readonly folder: string;
  readonly files: readonly string[];
}

/** Groups whose commands a terminal shows; the page has them beside each of the worst. */
const commandsMax = 5;

/** How to go on with the worst of what a plan can put right. */
function goOn({ groups }: AuditReport): readonly string[] {
  const lines = groups
    .filter(({ repairs, commands }) => repairs > 0 && commands.length > 1)
    .slice(0, commandsMax)
    .flatMap(({ commands }) => commands.slice(0, 1));
  if (lines.length === 0) return [];
  const then = "Then look at each plan, and `crossfoot apply` it.";
  const shown = lines.map((line) => `  ${line}`).join("\n");
  return [`What is certain can be put right as plans, such as\n\n${shown}\n\n${then}`];
}

/** An audit as lines for a terminal: the score, the lists, the worst groups, what a first load would do. */
export function showAudit(
  report: AuditReport,
  { room, out }: { readonly room: number; readonly out: AuditOut | null },
): string {
  const lists = report.lists.map(({ side, entity, records, score, from }) => [
    ...[side, entity, String(records), score === null ? "" : score.toFixed(1), from],
  ]);
  const worst = report.groups
    .slice(0, worstMax)
    .map(({ severity, side, entity, field, rule, count, repairs, examples }) => [
      ...[severity, String(count), `${side} ${entity}`, field, auditRules[rule].title],
      repairs === 0 ? "" : String(repairs),
      examples[0]?.id ?? "",
    ]);
  const loads = report.firstLoad.map(({ entity, linked, reviewed, alone, creates }) => [
    ...[entity, String(linked), String(reviewed)],
    Object.entries(creates ?? alone)
      .map(([side, count]) => (creates === null ? `${count} only in ${side}` : `${count} made in ${side}`))
      .join(", "),
  ]);
  const score = report.score === null ? "no records" : `${report.score.toFixed(1)} of 100`;
  return [
    `Score ${score}: ${many(report.findings, "finding")} in ${many(report.records, "record")}.`,
    renderTable(
      [{ title: "system" }, { title: "list" }, { title: "records" }, { title: "score" }, { title: "from" }],
      lists,
      room,
    ),
    ...(worst.length === 0
      ? []
      : [
          renderTable(
            [
              ...[{ title: "" }, { title: "found" }, { title: "list" }, { title: "field" }],
              { title: "what is wrong", least: 24 },
              ...[{ title: "repairs" }, { title: "such as" }],
            ],
            worst,
            room,
          ),
        ]),
    ...goOn(report),
    ...(loads.length === 0
      ? []
      : [
          `A first load would link, ask about and leave to be created:\n\n${renderTable(
            [{ title: "list" }, { title: "linked" }, { title: "asked" }, { title: "without a counterpart" }],
            loads,
            room,
          )}`,
        ]),
    ...report.remarks,
    out === null
      ? "The whole of it, one line a finding: --out <folder>. What each rule means: docs/guide/audit.md."
      : `Written to ${out.folder}: ${out.files.join(", ")}. Nothing else was written.`,
  ].join("\n\n");
}
