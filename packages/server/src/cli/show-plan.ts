import type { PlanDocument } from "../runtime/engine.ts";
import { partsOf } from "./plan-parts.ts";
import type { Part } from "./plan-parts.ts";
import { kindWords, reasonWords } from "./plan-words.ts";
import { planTime } from "./show-outlook.ts";
import { whatIfHead, whatIfParts } from "./show-what-if.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";
import { many, number, safeText } from "./text.ts";

/** How much of a plan is spelt out, and where it was written to. */
export interface PlanView {
  readonly room: number;
  /** Spells out every row instead of the first ones. */
  readonly isWhole: boolean;
  /** File the plan was written to, or null. */
  readonly out: string | null;
}

const listedMax = 40;

/** How much: a row per entity and target, with what waits for somebody beside it. */
function counts({ summary }: PlanDocument, room: number): string {
  const kinds = Object.keys(kindWords).filter((kind) =>
    summary.some(({ writes }) => Object.values(writes).some((own) => (own[kind] ?? 0) > 0)),
  );
  const open = (["conflicts", "parks", "waits", "candidates"] as const).filter((name) =>
    summary.some((entity) => entity[name] > 0),
  );
  const titles = { conflicts: "conflicts", parks: "set aside", waits: "waiting", candidates: "to review" };
  const columns: Column[] = [
    { title: "entity" },
    { title: "to" },
    ...kinds.map((kind): Column => ({ title: kindWords[kind] ?? kind, align: "right" })),
    ...open.map((name): Column => ({ title: titles[name], align: "right" })),
  ];
  const rows = summary.flatMap((entity) => {
    const targets = Object.keys(entity.writes).toSorted();
    return (targets.length === 0 ? [""] : targets).map((target, at) => [
      entity.entity,
      target,
      ...kinds.map((kind) => entity.writes[target]?.[kind] ?? 0),
      ...open.map((name) => (at === 0 ? entity[name] : "")),
    ]);
  });
  return renderTable(columns, rows, room);
}

/** Why, field by field. What comes with a record that is made is not spelt out. */
function fields({ summary }: PlanDocument, room: number): readonly string[] {
  const rows = summary.flatMap(({ entity, fields: own }) =>
    own.flatMap(({ field, writes, reasons, conflicts, parks, waits, losses }) => {
      const { created: _created, ...others } = reasons;
      const why = Object.entries(others).map(
        ([reason, count]) => `${number(count)} × ${reasonWords[reason as keyof typeof reasonWords]}`,
      );
      if (why.length === 0 && conflicts + parks + waits + losses === 0) return [];
      const to = Object.entries(writes).map(([target, count]) => `${target} ${number(count)}`);
      return [[entity, field, to.join(", "), why.join("; "), conflicts, parks, waits, losses]];
    }),
  );
  if (rows.length === 0) return [];
  const right = (title: string): Column => ({ title, align: "right" });
  const columns = [
    ...[{ title: "entity" }, { title: "field" }, { title: "written to" }, { title: "why", least: 20 }],
    ...[right("conflicts"), right("set aside"), right("waiting"), right("replaced")],
  ];
  const used = columns.map((_column, at) => at < 4 || rows.some((row) => row[at] !== 0));
  const kept = <T>(list: readonly T[]): readonly T[] => list.filter((_each, at) => used[at]);
  return ["Field by field", renderTable(kept(columns), rows.map(kept), room)];
}

function list({ title, columns, rows }: Part, view: PlanView): readonly string[] {
  if (rows.length === 0) return [];
  const shown = view.isWhole ? rows : rows.slice(0, listedMax);
  const rest = rows.length - shown.length;
  const more = rest > 0 ? [`… and ${number(rest)} more; see them with --all or in the file of --out.`] : [];
  return [`${title} (${number(rows.length)})`, renderTable(columns, shown, view.room), ...more];
}

/** A plan for a person: how much and why, record by record, what it leaves, sets off and costs. */
export function showPlan(plan: PlanDocument, view: PlanView): string {
  const lines = [
    `Plan ${plan.id}, made ${plan.madeAt} under contract ${plan.contract.slice(0, 12)}, ` +
      `good until ${plan.expiresAt}`,
  ];
  const { undo } = plan;
  if (undo !== undefined)
    lines.push(`It takes back what ${undo.of} did: ${many(undo.writes, "write")}, for ${undo.by}.`);
  const { consolidation } = plan;
  if (consolidation !== undefined) {
    const { of, by, isBack, moves } = consolidation;
    const does = isBack ? "It takes apart again what became one by" : "It makes one of";
    lines.push(`${does} ${of.join(", ")}, for ${by}.`);
    const joins = isBack ? "comes out of" : "goes into";
    lines.push(
      moves
        .map(({ connection, loser, survivor, way }) => {
          const how = way === "merge" ? `by ${connection}'s own merge` : "and is archived";
          return `${connection}:${loser} ${joins} ${connection}:${survivor}${isBack ? "" : `, ${how}`}.`;
        })
        .join("\n"),
    );
  }
  const { repair } = plan;
  if (repair !== undefined)
    lines.push(
      `It puts right ${repair.of}, for ${repair.by}: ${number(repair.asked - repair.left.length)} of ` +
        `${many(repair.asked, "value")}. The other systems get them by the next run.`,
    );
  const { whatIf } = plan;
  if (whatIf !== null) {
    lines.push(...whatIfHead(plan, whatIf));
    for (const part of whatIfParts(whatIf)) lines.push(...list(part, view));
    if (plan.writes.length > 0)
      lines.push("The records that come out otherwise, as the other contract has them:");
  } else if (plan.writes.length === 0) lines.push("Nothing is to be written.");
  if (plan.summary.length > 0) lines.push(counts(plan, view.room), ...fields(plan, view.room));
  for (const part of partsOf(plan)) lines.push(...list(part, view));
  return [...lines, ...closing(plan, view)].filter((line) => line !== "").join("\n\n");
}

function costs(plan: PlanDocument): readonly string[] {
  const each = Object.entries(plan.costs).map(([name, { reads, writes }]) => {
    return `${name} ${many(reads + writes, "call")} (${number(reads)} to read, ${number(writes)} to write)`;
  });
  return each.length === 0 ? [] : [`To apply it takes at least: ${each.join("; ")}.\n${planTime(plan)}`];
}

function closing(plan: PlanDocument, view: PlanView): readonly string[] {
  const stops = plan.guardStops.map(
    ({ entity, kind, count, limit }) =>
      `! guard: ${number(count)} × ${kind} of ${entity}, allowed are ${limit}. ` +
      `If it is meant: \`crossfoot apply <file> --approve ${plan.id}\` approves exactly its writes.`,
  );
  const away = plan.troubles.map(
    ({ connection, message }) => `! ${connection}: ${message}. The plan does not know what it shows now.`,
  );
  if (plan.writes.length === 0) return [...away, ...stops];
  if (plan.whatIf !== null) {
    const file = view.out === null ? "a file (--out)" : safeText(view.out);
    const adopt = "Nothing has been written. To do it: put that contract in the place of contract.yaml, then";
    return [
      ...away,
      ...stops,
      ...costs(plan),
      `${adopt} \`crossfoot apply\` the plan in ${file}, or make a plan anew.`,
    ];
  }
  const keep =
    (plan.undo ?? plan.consolidation ?? plan.repair) === undefined
      ? "To keep it: `crossfoot plan --out plan.json`."
      : "To do exactly this: say --yes, or keep it with --out and apply that file.";
  const next =
    view.out === null
      ? `${keep} Nothing has been written.`
      : `Written to ${safeText(view.out)}. To do exactly this: \`crossfoot apply ${safeText(view.out)}\``;
  return [...away, ...stops, ...costs(plan), next];
}
