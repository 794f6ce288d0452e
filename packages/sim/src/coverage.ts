import type { Json } from "@crossfoot/kernel";
import type { Dump } from "crossfoot/testing";
import type { FaultPort } from "./faults.ts";
import type { Entry, History } from "./history.ts";
import { isRepair } from "./repairs.ts";
import type { Scenario } from "./scenario.ts";

/** Counts by name. */
export interface Counts {
  readonly [name: string]: number;
}

/** What a run, or many, came through: a green check that looked at nothing is a defect. */
export interface Coverage {
  /** Runs in which a fault was switched on. */
  readonly masked: Counts;
  /** Times that a fault came. */
  readonly hits: Counts;
  /** Outcome classes of decisions. */
  readonly verdicts: Counts;
  /** Steps of intents from state to state. */
  readonly steps: Counts;
  /** Deeds of people, by entity and kind. */
  readonly deeds: Counts;
  /** What each checker judged. */
  readonly looked: Counts;
  /** Violations that a finding explains which is written down and not mended yet. */
  readonly known: Counts;
}

/** The deed that a repair is which reached its system. */
export const putRight = "value put right";

/** Coverage of nothing. */
export const noCoverage: Coverage = {
  masked: {},
  hits: {},
  verdicts: {},
  steps: {},
  deeds: {},
  looked: {},
  known: {},
};

function added(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** Both together. */
export function addCoverage(a: Coverage, b: Coverage): Coverage {
  return {
    masked: added(a.masked, b.masked),
    hits: added(a.hits, b.hits),
    verdicts: added(a.verdicts, b.verdicts),
    steps: added(a.steps, b.steps),
    deeds: added(a.deeds, b.deeds),
    looked: added(a.looked, b.looked),
    known: added(a.known, b.known),
  };
}

/** What one run came through. */
export function coverageOf(
  scenario: Scenario,
  at: {
    readonly faults: FaultPort;
    readonly history: History;
    readonly looked: Counts;
    readonly known: Counts;
  },
  dump: Dump,
): Coverage {
  const verdicts: Record<string, number> = {};
  const deeds: Record<string, number> = {};
  for (const entry of at.history.entries) {
    if (entry.kind === "worker" && entry.event === "run") count(verdicts, verdictsIn(entry.facts));
    if (entry.kind === "action") {
      const outcome = entry.outcome === "done" ? "" : " (skipped)";
      count(deeds, { [`${entry.action.entity} ${entry.action.deed.kind}${outcome}`]: 1 });
    }
    if (entry.kind === "answers") count(deeds, { "command answer": entry.count });
    if (entry.kind === "said") count(deeds, { [`word ${entry.word}, ${entry.outcome}`]: 1 });
    if (entry.kind === "clusters") count(deeds, { [`clusters ${entry.word}`]: entry.count });
    if (entry.kind === "planned") count(deeds, { [commandOf(entry)]: 1 });
    if (entry.kind === "commit" && isRepair(entry.commit)) count(deeds, { [putRight]: 1 });
    if (entry.kind === "applied") count(deeds, { [`command apply, ${entry.summary.state}`]: 1 });
  }
  return {
    masked: Object.fromEntries(scenario.mask.map((name) => [name, 1])),
    hits: Object.fromEntries(at.faults.hits),
    verdicts,
    steps: stepsIn(dump),
    deeds,
    looked: at.looked,
    known: at.known,
  };
}

function commandOf({ plan, undoes }: Extract<Entry, { readonly kind: "planned" }>): string {
  if (plan.repair !== undefined) return "command repair";
  return undoes === undefined ? "command plan" : "command undo";
}

function count(into: Record<string, number>, counts: Counts): void {
  for (const [name, more] of Object.entries(counts)) into[name] = (into[name] ?? 0) + more;
}

function verdictsIn(facts: Json): Counts {
  return (facts as { readonly verdicts?: Counts } | null)?.verdicts ?? {};
}

/** The lives of intents as the journal tells them. */
function stepsIn(dump: Dump): Counts {
  const rows = (dump["journal"] ?? [])
    .filter(({ kind }) => typeof kind === "string" && kind.startsWith("intent_"))
    .map((row) => ({ row, seq: Number(row["seq"]) }))
    .toSorted((a, b) => a.seq - b.seq);
  const states = new Map<string, string>();
  const steps: Record<string, number> = {};
  for (const { row } of rows) {
    const { kind } = row;
    const state = typeof kind === "string" && kind.startsWith("intent_") ? kind.slice(7) : undefined;
    const key = (row["body"] as { readonly key?: string } | null)?.key;
    if (state === undefined || key === undefined) continue;
    count(steps, { [`${states.get(key) ?? "stored"}>${state}`]: 1 });
    states.set(key, state);
  }
  return steps;
}
