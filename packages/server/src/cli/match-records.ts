import { writeFileSync } from "node:fs";
import { csvLine } from "../audit/csv-cell.ts";
import type { MatchReport } from "../runtime/engine.ts";
import { withLongEngine, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import type { MatchFlags } from "./match-files.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";
import { many } from "./text.ts";

/** Pairs listed on a terminal; all of them go into the file. */
const shownMax = 50;
const header = ["entity", "a", "b", "band", "probability", "evidence"];

/** `match` without files: which records of the two systems that have no counterpart yet are the same. */
export async function matchRecordsCommand(context: Context, flags: MatchFlags): Promise<ExitCode> {
  if (flags.map !== undefined) throw badInput("--map is for files: --a, --b");
  if (flags.decisions !== undefined) throw badInput("--decisions is for files: --a, --b");
  if (flags.memory !== undefined) throw badInput("--memory is for files: --a, --b");
  if (flags.entity === "warehouses" || flags.entity === "users")
    throw badInput(`${flags.entity} are matched from files: --a, --b`);
  const only = flags.entity === undefined ? {} : { only: [flags.entity] };
  const reports = await withProgress(context, ({ view, signal }) =>
    withLongEngine(context, (engine) =>
      engine.matches({ ...only, isStoredOnly: flags.stored === true, onProgress: view.report, signal }),
    ),
  );
  if (flags.out !== undefined) writeFileSync(flags.out, pairsCsv(reports), { mode: 0o600 });
  context.print(reports, () => reports.map((one) => showReport(one, context.room)).join("\n\n"));
  return reports.some(({ troubles }) => troubles.length > 0) ? exitCodes.failed : exitCodes.done;
}

type Pair = MatchReport["pairs"][number];
const nameOf = ({ connection, id }: Pair["records"][number]): string => `${connection}:${id}`;

/** Pairs of records as CSV. */
export function pairsCsv(reports: readonly MatchReport[]): string {
  const rows = reports
    .flatMap(({ pairs }) => pairs)
    .map(({ entity, records: [one, other], band, probability, says }) => {
      return [entity, nameOf(one), nameOf(other), band, probability.toFixed(4), says.join("; ")];
    });
  return [header, ...rows].map(csvLine).join("");
}

function showReport(report: MatchReport, room: number): string {
  const { entity, pairs, compared, troubles } = report;
  const counts = Object.entries(compared).map(([side, count]) => `${many(count, "record")} of ${side}`);
  const of = counts.length === 0 ? "no records" : counts.join(" and ");
  const head = `${entity}: ${of} without a counterpart, ${many(pairs.length, "likely pair")}.`;
  const rows = pairs.slice(0, shownMax).map(({ records: [one, other], band, probability, says }) => {
    return [
      nameOf(one),
      one.label,
      nameOf(other),
      other.label,
      band,
      probability.toFixed(3),
      says.join("; "),
    ];
  });
  const titles = ["record", "name", "record", "name", "band", "probability", "evidence"];
  const columns = titles.map((title) => ({ title }));
  const more = pairs.length > shownMax ? [`${pairs.length - shownMax} more; --out <file> lists all.`] : [];
  const away = troubles.map(({ connection, message }) => `${connection} could not be read: ${message}`);
  return [head, ...(rows.length === 0 ? [] : [renderTable(columns, rows, room)]), ...more, ...away].join(
    "\n",
  );
}
