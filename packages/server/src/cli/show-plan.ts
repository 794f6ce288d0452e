import type { PlanDocument } from "../runtime/engine.ts";
import { showValue } from "./show-value.ts";
import { renderTable } from "./table.ts";
import { many, number, safeText } from "./text.ts";

/** How much of a plan is spelt out, and where it was written to. */
export interface PlanView {
  readonly room: number;
  /** Spells out every write instead of the first ones. */
  readonly isWhole: boolean;
  /** File the plan was written to, or null. */
  readonly out: string | null;
}

const listedMax = 40;

function counts(plan: PlanDocument, room: number): string {
  const groups = Map.groupBy(plan.writes, ({ entity, target, kind }) => `${entity}\n${target}\n${kind}`);
  const rows = [...groups].map(([key, writes]) => [...key.split("\n"), writes.length]);
  const columns = [
    { title: "entity" },
    { title: "to" },
    { title: "write" },
    { title: "records", align: "right" } as const,
  ];
  return renderTable(columns, rows, room);
}

function changeOf({ fields, transition, answers }: PlanDocument["writes"][number]): string {
  const move =
    transition === null ? [] : [`status ${transition.from} → ${transition.to} (${transition.via})`];
  const set = Object.entries(fields).map(([field, value]) => `${field}: ${showValue(value)}`);
  const back = answers.length === 0 ? [] : [`then ${answers.join(", ")}, as the other system gives it`];
  return [...move, ...set, ...back].join("; ");
}

interface Part {
  readonly title: string;
  /** Headings of the third and fourth column. */
  readonly heads: readonly [string, string];
  readonly rows: readonly (readonly string[])[];
}

function list({ title, heads, rows }: Part, view: PlanView): readonly string[] {
  if (rows.length === 0) return [];
  const shown = view.isWhole ? rows : rows.slice(0, listedMax);
  const columns = [
    { title: "entity" },
    { title: "record", least: 16 },
    { title: heads[0], least: 12 },
    { title: heads[1], least: 20 },
  ];
  const rest = rows.length - shown.length;
  const more = rest > 0 ? [`… and ${number(rest)} more; see them with --all or in the file of --out.`] : [];
  return [`${title} (${number(rows.length)})`, renderTable(columns, shown, view.room), ...more];
}

function partsOf(plan: PlanDocument): readonly Part[] {
  const why = ["what", "why"] as const;
  return [
    {
      title: "Writes",
      heads: ["write", "values"],
      rows: plan.writes.map((each) => [
        each.entity,
        each.label,
        `${each.kind} ${each.target}`,
        changeOf(each),
      ]),
    },
    {
      title: "Conflicts, for a person to decide",
      heads: ["field", "why"],
      rows: plan.conflicts.map((each) => [
        each.entity,
        each.label,
        each.field,
        each.reason.replaceAll("_", " "),
      ]),
    },
    {
      title: "Set aside",
      heads: why,
      rows: plan.parks.map((each) => [
        each.entity,
        each.label,
        each.reason.replaceAll("_", " "),
        each.detail,
      ]),
    },
    {
      title: "Waiting for a parent",
      heads: ["field", "why"],
      rows: plan.waits.map((each) => [
        each.entity,
        each.label,
        each.field,
        `its record is not in ${each.target} yet`,
      ]),
    },
    {
      title: "Possible duplicates: nothing is linked before a person says so",
      heads: why,
      rows: plan.candidates.map(({ entity, connection, id, links }) => [
        entity,
        `${connection}:${id}`,
        "candidate",
        links.length === 0 ? "may be one that is there" : `may be the same as ${links.join(", ")}`,
      ]),
    },
  ];
}

/** A plan for a person: how much, then record by record, then what it does not do and why. */
export function showPlan(plan: PlanDocument, view: PlanView): string {
  const lines = [`Plan ${plan.id}, made ${plan.madeAt} under contract ${plan.contract.slice(0, 12)}`];
  if (plan.writes.length === 0) lines.push("Nothing is to be written.");
  else lines.push(counts(plan, view.room));
  for (const part of partsOf(plan)) lines.push(...list(part, view));
  return [...lines, ...closing(plan, view)].filter((line) => line !== "").join("\n\n");
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
  const calls = Object.entries(plan.calls).map(([name, count]) => `${name} ${many(count, "call")}`);
  const cost = calls.length === 0 ? [] : [`It takes at least: ${calls.join(", ")}.`];
  if (plan.writes.length === 0) return [...away, ...stops, ...cost];
  const next =
    view.out === null
      ? "To keep it: `crossfoot plan --out plan.json`. Nothing has been written."
      : `Written to ${safeText(view.out)}. To do exactly this: \`crossfoot apply ${safeText(view.out)}\``;
  return [...stops, ...cost, next];
}
