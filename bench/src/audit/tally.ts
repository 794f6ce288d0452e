import { auditRuleIds } from "@crossfoot/model";
import type { Found } from "./audited.ts";
import type { Verdict } from "./open-rows.ts";
import type { Planted } from "./plants.ts";

/** Counts of one rule. */
export interface Tally {
  planted: number;
  found: number;
  wrong: number;
  readonly open: { [verdict in Verdict | "unjudged"]: number };
}

/** Counts of every rule, none yet. */
export function emptyTallies(): ReadonlyMap<string, Tally> {
  const none = (): Tally => {
    return { planted: 0, found: 0, wrong: 0, open: { fault: 0, question: 0, none: 0, unjudged: 0 } };
  };
  return new Map(auditRuleIds.map((rule): [string, Tally] => [rule, none()]));
}

const keyOf = (each: Found): string => [each.rule, each.side, each.entity, each.id, each.field].join("\n");

/** Counts what the open rows show by themselves, by what somebody said of it. */
export function countOpen(
  clean: readonly Found[],
  tallies: ReadonlyMap<string, Tally>,
  verdictOf: (finding: Found) => Verdict | null,
): readonly string[] {
  return clean.flatMap((each) => {
    const tally = tallies.get(each.rule);
    const verdict = verdictOf(each) ?? "unjudged";
    if (tally !== undefined) tally.open[verdict] += 1;
    return verdict === "unjudged" ? [`not judged: ${each.rule} ${each.side} ${each.entity} ${each.id}`] : [];
  });
}

/** Whether a planted error was found: by one of `rules`, on its record or as the other one. */
export function isFoundBy(each: Planted, rules: readonly string[], found: readonly Found[]): boolean {
  return found.some(
    (one) =>
      rules.includes(one.rule) &&
      one.entity === each.entity &&
      [one.id, one.other_id].some((id) => id !== "" && (id === each.id || isOf(id, each))),
  );
}

const isOf = (id: string, { touched }: Planted): boolean => touched.includes(id);

/** Findings on records that no error touches and that the clean extracts do not show. */
export function falseOnes(
  clean: readonly Found[],
  { found, truth }: { readonly found: readonly Found[]; readonly truth: readonly Planted[] },
): readonly Found[] {
  const own = new Set(clean.map(keyOf));
  const touched = new Set(truth.flatMap(({ entity, touched: ids }) => ids.map((id) => `${entity}\n${id}`)));
  const isTouched = (each: Found): boolean =>
    touched.has(`${each.entity}\n${each.id}`) ||
    touched.has(`${each.entity}\n${each.other_id}`) ||
    /^[DU]\d+$/.test(each.id);
  return found.filter((each) => !own.has(keyOf(each)) && !isTouched(each));
}

/** A false finding in a line. */
export function falseText({ rule, side, entity, id, field, other_id: other }: Found): string {
  return `false: ${rule} ${side} ${entity} ${id} ${field} ${other}`;
}

/** Counts one business of one seed; answers what was missed and what is false, one line each. */
export function countPlanted(
  clean: readonly Found[],
  at: { readonly found: readonly Found[]; readonly truth: readonly Planted[] },
  tallies: ReadonlyMap<string, Tally>,
): readonly string[] {
  const notes: string[] = [];
  for (const each of at.truth) {
    const tally = tallies.get(each.rule);
    if (tally === undefined) continue;
    tally.planted += 1;
    const isFound = at.found.some(
      (one) =>
        one.rule === each.rule &&
        one.entity === each.entity &&
        (one.id === each.id || one.other_id === each.id),
    );
    if (isFound) tally.found += 1;
    else {
      const others = at.found.filter(
        (one) => one.entity === each.entity && [one.id, one.other_id].includes(each.id),
      );
      const told = [...new Set(others.map(({ rule }) => rule))].join(", ");
      notes.push(`missed: ${each.rule} ${each.entity} ${each.id}; told of it: ${told}`);
    }
  }
  for (const each of falseOnes(clean, at)) {
    const tally = tallies.get(each.rule);
    if (tally !== undefined) tally.wrong += 1;
    notes.push(falseText(each));
  }
  return notes;
}

const widths = [22, 9, 9, 9, 9, 9, 9, 9, 9];
const line = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell, at) =>
      at === 0 ? String(cell).padEnd(widths[0] ?? 0) : String(cell).padStart(widths[at] ?? 9),
    )
    .join(" ");

/** The table of all rules, with their sums and the mean of found and false a seed. */
export function tableOf(tallies: ReadonlyMap<string, Tally>, seeds: number): string {
  const sum: Tally = [...emptyTallies().values()][0] as Tally;
  const row = (name: string, { planted, found, wrong, open }: Tally): string => {
    const share = planted === 0 ? "" : `${((100 * found) / planted).toFixed(1)} %`;
    const judged = [open.fault, open.question, open.none, open.unjudged];
    return line([name, planted, found, planted - found, share, wrong, ...judged]);
  };
  const rows = [...tallies].map(([rule, tally]) => {
    for (const key of ["planted", "found", "wrong"] as const) sum[key] += tally[key];
    for (const key of ["fault", "question", "none", "unjudged"] as const) sum.open[key] += tally.open[key];
    return row(rule, tally);
  });
  const heads = [
    "rule",
    "planted",
    "found",
    "missed",
    "share",
    "false",
    "fault",
    "question",
    "nothing",
    "unjudged",
  ];
  const mean = (count: number): string => (count / seeds).toFixed(1);
  return [
    line(heads),
    ...rows,
    row("all", sum),
    `mean of ${seeds} seeds: ${mean(sum.planted)} planted, ${mean(sum.found)} found, ` +
      `${mean(sum.planted - sum.found)} missed, ${mean(sum.wrong)} false`,
  ].join("\n");
}
