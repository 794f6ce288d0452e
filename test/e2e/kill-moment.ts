/** When a child is killed: drawn from a seed, and set off by the calls that its systems get. */
import type { ChildProcess } from "node:child_process";
import type { FaultEffect, FaultRule, Random } from "@crossfoot/twin";
import type { KillStage } from "./kill-stage.ts";

/** What a call is for: to write, to ask whether a write landed, or anything else, which is reading. */
type Purpose = "write" | "ask" | "read";

/** Calls of one sort to one system. */
interface Sort extends Pick<FaultRule, "method" | "path"> {
  readonly side: "crm" | "erp";
  readonly purpose: Purpose;
}

/** Every call is of the first sort that fits it. */
const sorts: readonly Sort[] = [
  { side: "crm", purpose: "ask", method: "POST", path: "/*/search" },
  { side: "crm", purpose: "write", method: "POST" },
  { side: "crm", purpose: "write", method: "PATCH" },
  { side: "crm", purpose: "read" },
  { side: "erp", purpose: "write", method: "POST" },
  { side: "erp", purpose: "write", method: "PUT" },
  { side: "erp", purpose: "read" },
];

/** A moment to kill a child at. */
export type Moment =
  /** The n-th call to both systems together, `before` or `after` it takes effect; or some ms later. */
  | {
      readonly by: "call";
      readonly purpose: Purpose | "any";
      readonly nth: number;
      readonly when: "before" | "after";
      readonly ms: number;
    }
  /** So many ms after the child was started. */
  | { readonly by: "time"; readonly ms: number };

/** What a child does: a plan only reads, an apply does everything. */
export type Doing = "reading" | "writing";

const startMsMax = 1_600;
/** Who has read everything before makes some forty calls to both sides together. */
const callsMax = 35;
const writesMax = 12;
const asksMax = 8;

/** Draws a moment: most of them around a write, some while reading or asking, some by the clock alone. */
export function drawMoment(random: Random, doing: Doing): Moment {
  if (random.chance(0.12)) return { by: "time", ms: random.between(60, startMsMax) };
  const when = random.pick(["before", "after"] as const);
  const ms = random.chance(0.4) ? 0 : random.between(1, 80);
  const kind = random.next();
  if (doing === "reading" || kind < 0.15) {
    return { by: "call", purpose: "any", nth: random.between(1, callsMax), when, ms };
  }
  if (kind < 0.25) return { by: "call", purpose: "ask", nth: random.between(1, asksMax), when, ms };
  return { by: "call", purpose: "write", nth: random.between(1, writesMax), when, ms };
}

/** Something that goes wrong on the wire while the child works. */
export interface Trouble extends FaultRule {
  readonly side: "crm" | "erp";
}

/** Calls that make or change records, by the path that both systems have for many at once, or for quotes. */
const writingCalls = [
  { side: "crm", method: "POST", path: "/*/batch" },
  { side: "erp", method: "POST", path: "/*/bulk" },
  { side: "erp", method: "POST", path: "/sales_quotes" },
] as const;

/**
 * Draws what goes wrong in a life: now and then an answer is lost or cut, a commit late, a call dropped, at
 * one of the first writes of each sort.
 */
export function drawTroubles(random: Random): readonly Trouble[] {
  if (!random.chance(0.6)) return [];
  const effect = random.pick<FaultEffect>([
    { kind: "lose" },
    { kind: "lose" },
    { kind: "truncate" },
    { kind: "late-commit", ms: 120 },
    { kind: "drop" },
  ]);
  return writingCalls.map((call) => ({ ...call, nth: random.between(1, 2), effect }));
}

/** The moment in words, for the report. */
export function momentText(moment: Moment): string {
  if (moment.by === "time") return `${moment.ms} ms after its start`;
  const { purpose, nth, when, ms } = moment;
  return `${when} ${purpose === "any" ? "call" : purpose} ${nth} took effect, ${ms} ms later`;
}

/** What is armed for one child. */
export interface Armed {
  readonly watch: (child: ChildProcess) => void;
  /** Takes everything back. */
  readonly disarm: () => void;
}

/** A moment by the clock counts no calls. */
const byTime = { purpose: "any", nth: Number.POSITIVE_INFINITY, when: "after" } as const;

/**
 * Arms both systems for one child. A fault of theirs holds every call for as long as it takes to count it;
 * the call that is the moment kills the child, and goes on itself, as it would on a real network.
 */
export function arm(stage: KillStage, moment: Moment, troubles: readonly Trouble[]): Armed {
  const timers: NodeJS.Timeout[] = [];
  let target: ChildProcess | null = null;
  let count = 0;
  let writes = 0;
  const killIn = (ms: number): void => {
    if (ms === 0) target?.kill("SIGKILL");
    else timers.push(setTimeout(() => target?.kill("SIGKILL"), ms));
  };
  for (const { side, ...rule } of troubles) stage[side].faults.add(rule);
  const { purpose, nth, when } = moment.by === "call" ? moment : byTime;
  for (const [index, { side, method, path }] of sorts.entries()) {
    const effect: FaultEffect = { kind: "delay", ms: index, when };
    const which = { ...(method === undefined ? {} : { method }), ...(path === undefined ? {} : { path }) };
    stage[side].faults.add({ ...which, times: 0, effect });
  }
  // The twin says how long it holds a call: that is the index of the call's sort.
  stage.holding.hold = (index) => {
    const seen = sorts[index]?.purpose;
    if (purpose === "any" || seen === purpose) count += 1;
    if (seen === "write") writes += 1;
    // Whose moment does not come before that is killed at a write: no life is to end the load.
    if (count === nth) killIn(moment.ms);
    else if (writes > writesMax) killIn(0);
    return Promise.resolve();
  };
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
