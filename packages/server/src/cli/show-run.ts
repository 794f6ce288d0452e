import type { EntitySummary, RunSummary } from "../runtime/engine.ts";
import { exitCodes, troubleCode } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";
import { number, safeText, span } from "./text.ts";

/** What the exit code says of a run. */
export function runCode({ state, troubles }: Pick<RunSummary, "state" | "troubles">): ExitCode {
  const trouble = troubleCode(troubles.map(({ failure }) => failure.code));
  if (trouble === exitCodes.misconfigured) return trouble;
  const codes = {
    done: exitCodes.done,
    differences: exitCodes.differences,
    stopped: exitCodes.refused,
    failed: exitCodes.failed,
  } as const;
  return codes[state];
}

const sum = (counts: { readonly [key: string]: number } | undefined): number =>
  Object.values(counts ?? {}).reduce((total, count) => total + count, 0);

const headings: { readonly [verdict: string]: string } = {
  agreed: "agreed",
  waiting: "waiting",
  conflict: "conflicts",
  parked: "parked",
  not_wanted: "not wanted",
  in_flight: "in flight",
  dormant: "dormant",
  ended: "ended",
};

/** Whether an entity is worth a row: something came in, was decided or went out. */
function isBusy(each: EntitySummary): boolean {
  const { decided, refused, postponed, probed, deleted, settled, read } = each;
  const came = Object.values(read).map(({ added, changed, unreadable }) => added + changed + unreadable);
  const went = Object.values(settled).map((kinds) => sum(kinds));
  return [decided, refused, postponed, probed, deleted, ...came, ...went].some((count) => count > 0);
}

/** Columns for outcomes that nobody had are left out. */
function tableOf(entities: readonly EntitySummary[], room: number): string {
  const busy = entities.filter((each) => isBusy(each));
  const connections = [
    ...new Set(
      busy.flatMap(({ read, settled, observed }) => [
        ...Object.keys(read),
        ...Object.keys(settled),
        ...Object.keys(observed),
      ]),
    ),
  ];
  const verdicts = Object.keys(headings).filter((verdict) =>
    busy.some((each) => (each.verdicts[verdict as keyof EntitySummary["verdicts"]] ?? 0) > 0),
  );
  const extras = (["refused", "postponed", "probed", "deleted"] as const).filter((name) =>
    busy.some((each) => each[name] > 0),
  );
  const held = connections.filter((name) => busy.some(({ observed }) => sum(observed[name]) > 0));
  const columns: Column[] = [
    { title: "entity" },
    ...connections.map((name): Column => ({ title: `from ${name}`, align: "right" })),
    ...connections.map((name): Column => ({ title: `to ${name}`, align: "right" })),
    ...held.map((name): Column => ({ title: `held from ${name}`, align: "right" })),
    ...verdicts.map((verdict): Column => ({ title: headings[verdict] ?? verdict, align: "right" })),
    ...extras.map((name): Column => ({ title: name, align: "right" })),
  ];
  const rows = busy.map((each) => [
    each.entity,
    ...connections.map((name) => (each.read[name]?.added ?? 0) + (each.read[name]?.changed ?? 0)),
    ...connections.map((name) => sum(each.settled[name])),
    ...held.map((name) => sum(each.observed[name])),
    ...verdicts.map((verdict) => each.verdicts[verdict as keyof EntitySummary["verdicts"]] ?? 0),
    ...extras.map((name) => each[name]),
  ]);
  return renderTable(columns, rows, room);
}

const endings: { readonly [state in RunSummary["state"]]: string } = {
  done: "Done.",
  differences:
    "Done, but something is left: `crossfoot statement` lists what differs and why, `crossfoot conflicts` " +
    "and `crossfoot dead-letters` what waits for a person.",
  stopped:
    "Stopped by a guard; nothing beyond it was written. If it is meant: `crossfoot plan --out plan.json`, " +
    "look at it, then `crossfoot apply plan.json --approve <the plan's name>` approves exactly that plan.",
  failed: "Failed.",
};

/** What a run did, for a person. */
export function showRun(summary: RunSummary, room: number): string {
  const lines = [tableOf(summary.entities, room)];
  for (const { connection, entity, failure } of summary.troubles) {
    const where = entity === null ? connection : `${connection}, ${entity}`;
    lines.push(`! ${safeText(`${where}: ${failure.message} (${failure.code})`)}`);
  }
  for (const { entity, kind, count, limit } of summary.guardStops) {
    lines.push(`! guard: ${number(count)} × ${kind} of ${entity}, allowed are ${limit} (guard.${kind})`);
  }
  if (summary.whyNothing !== null) lines.push(`Nothing was written: ${safeText(summary.whyNothing)}.`);
  const calls = Object.entries(summary.calls).map(([name, count]) => `${name} ${number(count)}`);
  const spent = calls.length === 0 ? "" : ` Calls: ${calls.join(", ")}.`;
  const isGuarded = summary.state === "stopped" && summary.guardStops.length > 0;
  const ending = summary.state === "stopped" && !isGuarded ? "Stopped." : endings[summary.state];
  lines.push(`${ending} It took ${span(summary.durationMs)}.${spent}`);
  const wrote = summary.entities.some(({ settled }) =>
    Object.values(settled).some((kinds) => sum(kinds) > 0),
  );
  if (wrote) lines.push(`To take back what it wrote: \`crossfoot undo --run ${summary.runId}\`.`);
  return lines.filter((line) => line !== "").join("\n\n");
}
