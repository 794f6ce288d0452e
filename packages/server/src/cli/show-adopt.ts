import { adoptFindingKinds } from "../runtime/adopt-report.ts";
import type { AdoptFindingKind, AdoptReport } from "../runtime/adopt-report.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";
import { many, number, safeText } from "./text.ts";

/** Findings of one kind that are spelled out; `--json` has them all. */
const shownMax = 20;

const titles: { readonly [kind in AdoptFindingKind]: string } = {
  malformed: "Lines that cannot be read",
  blank: "Lines without one of the ids",
  unknown_id: "Ids that do not exist",
  out_of_scope: "Records out of scope, or not to be seen",
  gone: "Linked to a record that was deleted",
  merged: "Linked to a record that was merged into another; that one was taken",
  archived: "Linked to a record that is archived",
  shared: "Several records of one side for one of the other; listed for consolidation",
  linked_elsewhere: "Linked to another record already",
  keys_contradict: "Declared keys that contradict the link",
  duplicate: "Possible duplicates, which the old integration may have made",
  missed: "Records that the table missed; the declared keys join them",
};

function counts({ counts: byEntity, alone }: AdoptReport, room: number): string {
  const right = (title: string): Column => ({ title, align: "right" });
  const sides = [...new Set(Object.values(alone).flatMap((each) => Object.keys(each)))].toSorted();
  const columns: readonly Column[] = [
    { title: "entity" },
    ...["lines", "linked", "known", "aliases", "held", "rejected"].map(right),
    ...sides.map((side) => right(`alone in ${side}`)),
  ];
  const rows = Object.entries(byEntity).map(([entity, each]) => [
    entity,
    each.rows,
    each.adopted,
    each.known,
    each.aliases,
    each.held,
    each.rejected,
    ...sides.map((side) => alone[entity]?.[side] ?? 0),
  ]);
  return renderTable(columns, rows, room);
}

function findingsOf(report: AdoptReport, kind: AdoptFindingKind): readonly string[] {
  const total = report.found[kind] ?? 0;
  if (total === 0) return [];
  const listed = report.findings.filter((finding) => finding.kind === kind).slice(0, shownMax);
  const lines = listed.map(({ line, entity, records, detail }) => {
    const where = line === null ? (entity ?? "") : `line ${number(line)}`;
    const about = records.length === 0 ? "" : ` ${records.join(" and ")}`;
    return safeText(`  ${where}:${about}${detail === "" ? "" : ` ${detail}`}`);
  });
  const rest = total - listed.length;
  const more = rest > 0 ? [`  and ${many(rest, "more", "more")}; \`--json\` has them`] : [];
  return [[`${titles[kind]} (${number(total)}):`, ...lines, ...more].join("\n")];
}

function differences({ differences: byEntity }: AdoptReport): readonly string[] {
  const lines = Object.entries(byEntity).map(([entity, fields]) => {
    const listed = Object.entries(fields).map(([field, count]) => `${field} ${number(count)}`);
    return `  ${entity}: ${listed.join(", ")}`;
  });
  if (lines.length === 0) return [];
  const how =
    "Nothing is written because of them. `crossfoot conflicts` lists and decides each; for all of them " +
    "adopt again with `--on-difference keep` (they stand) or `--on-difference contract` (it decides).";
  return [["Fields in which linked records differ:", ...lines].join("\n"), how];
}

function planned({ planned: byTarget }: AdoptReport): readonly string[] {
  const listed = Object.entries(byTarget).flatMap(([target, kinds]) =>
    Object.entries(kinds).map(([kind, count]) => `${number(count)} × ${kind} in ${target}`),
  );
  if (listed.length === 0) return ["The next run would write nothing."];
  return [`The next run would write ${listed.join(", ")}; \`crossfoot plan\` shows each.`];
}

/** What was taken over and what the table got wrong, for a person. */
export function showAdopt(report: AdoptReport, room: number): string {
  const troubles = report.troubles.map(
    ({ connection, message }) => `! ${safeText(`${connection}: ${message}`)}`,
  );
  return [
    ...troubles,
    counts(report, room),
    ...adoptFindingKinds.flatMap((kind) => findingsOf(report, kind)),
    ...(report.isCheck ? ["Nothing was stored; without `--check` the links are taken over."] : []),
    ...(report.isCheck ? [] : [...differences(report), ...planned(report)]),
  ].join("\n\n");
}
