/** When a child is killed: drawn from a seed, and set off by the systems it calls. */
import type { ChildProcess } from "node:child_process";
import type { FaultEffect, Random } from "@crossfoot/twin";
import type { KillStage } from "./kill-stage.ts";

/** Calls of one sort to one system. Any when nothing more is said. */
export interface Sort {
  readonly side: "crm" | "erp";
  readonly method?: string;
  readonly path?: string;
}

/** A moment to kill a child at. */
export type Moment =
  /** The n-th call of a sort; `before` it takes effect or `after`; some ms later, or at once. */
  | {
      readonly by: "call";
      readonly sort: Sort;
      readonly nth: number;
      readonly when: "before" | "after";
      readonly ms: number;
    }
  /** So many ms after the child was started. */
  | { readonly by: "time"; readonly ms: number };

/** Something that goes wrong on the wire while the child works. */
export interface Trouble extends Sort {
  readonly nth: number;
  readonly effect: FaultEffect;
}

/** With this many calls to the CRM every child is killed, whatever its moment was. */
const callsMax = 250;
/** Marks that kill. */
const lateMs = 81;
const startMsMax = 1_600;

/** Calls that write, the frequent ones more often. */
const writes: readonly Sort[] = [
  { side: "crm", method: "POST", path: "/*/batch" },
  { side: "crm", method: "POST", path: "/*/batch" },
  { side: "crm", method: "POST", path: "/*/batch" },
  { side: "erp", method: "POST", path: "/*/bulk" },
  { side: "erp", method: "POST", path: "/*/bulk" },
  { side: "erp", method: "POST", path: "/sales_quotes" },
  { side: "erp", method: "POST", path: "/sales_quotes/*/actions" },
];
/** Calls that ask whether a write landed. */
const probes: readonly Sort[] = [
  { side: "crm", method: "POST", path: "/*/search" },
  { side: "erp", method: "GET", path: "/customers" },
];
const anything: readonly Sort[] = [{ side: "crm" }, { side: "erp" }];

/** What a child does: a plan only reads, an apply does everything. */
export type Doing = "reading" | "writing";

/** A plan that has read everything before makes some twenty calls to each side. */
const readsMax = 16;

function drawCall(random: Random, doing: Doing): { readonly sort: Sort; readonly nth: number } {
  if (doing === "reading") return { sort: random.pick(anything), nth: random.between(1, readsMax) };
  const kind = random.next();
  if (kind < 0.18) return { sort: random.pick(anything), nth: random.between(1, 40) };
  if (kind < 0.28) return { sort: random.pick(probes), nth: random.between(1, 6) };
  return { sort: random.pick(writes), nth: random.between(1, 6) };
}

/** Draws a moment: most of them around a write, some while reading or asking, some by the clock alone. */
export function drawMoment(random: Random, doing: Doing): Moment {
  if (random.chance(0.12)) return { by: "time", ms: random.between(60, startMsMax) };
  const when = random.pick(["before", "after"] as const);
  const ms = random.chance(0.4) ? 0 : random.between(1, 80);
  return { by: "call", ...drawCall(random, doing), when, ms };
}

/** Draws what goes wrong in a life: now and then an answer is lost, cut, late, or never given. */
export function drawTroubles(random: Random): readonly Trouble[] {
  if (!random.chance(0.5)) return [];
  const effect = random.pick<FaultEffect>([
    { kind: "lose" },
    { kind: "lose" },
    { kind: "truncate" },
    { kind: "late-commit", ms: 120 },
    { kind: "drop" },
  ]);
  return [{ ...random.pick(writes), nth: random.between(1, 4), effect }];
}

/** The moment in words, for the report. */
export function momentText(moment: Moment): string {
  if (moment.by === "time") return `${moment.ms} ms after its start`;
  const { sort, nth, when, ms } = moment;
  const name = [sort.method, sort.path].filter((part) => part !== undefined).join(" ");
  return `${when} ${name === "" ? "call" : name} no. ${nth} of the ${sort.side}, ${ms} ms later`;
}

/** What is armed for one child. */
export interface Armed {
  readonly watch: (child: ChildProcess) => void;
  /** Takes everything back. */
  readonly disarm: () => void;
}

/**
 * Arms both systems for one child. A fault of theirs holds the request that is the moment, which is where
 * the child is killed; the request itself goes on, as it would on a real network.
 */
export function arm(stage: KillStage, moment: Moment, troubles: readonly Trouble[]): Armed {
  const timers: NodeJS.Timeout[] = [];
  let target: ChildProcess | null = null;
  const kill = (): void => void target?.kill("SIGKILL");
  const killIn = (ms: number): void => {
    if (ms === 0) kill();
    else timers.push(setTimeout(kill, ms));
  };
  stage.holding.hold = (ms) => {
    killIn(ms);
    return Promise.resolve();
  };
  if (moment.by === "call") {
    const { sort, nth, when, ms } = moment;
    const { side, ...match } = sort;
    stage[side].faults.add({ ...match, nth, effect: { kind: "delay", ms, when } });
  }
  for (const { side, ...rule } of troubles) stage[side].faults.add(rule);
  // Whoever does not get to its moment is killed all the same, unless it has hardly anything to do.
  stage.crm.faults.add({ nth: callsMax, effect: { kind: "delay", ms: lateMs, when: "after" } });
  return {
    watch: (child) => {
      target = child;
      if (moment.by === "time") killIn(moment.ms);
    },
    disarm: () => {
      for (const timer of timers) clearTimeout(timer);
      for (const { faults } of [stage.crm, stage.erp]) faults.clear();
      stage.holding.hold = () => Promise.resolve();
      target = null;
    },
  };
}
