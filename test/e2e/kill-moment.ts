/** When a child is killed: drawn from a seed, and set off by the systems it calls. */
import type { ChildProcess } from "node:child_process";
import type { FaultEffect, Random } from "@crossfoot/twin";
import type { KillStage } from "./kill-stage.ts";

/** A moment to kill a child at. */
export type Moment =
  /** The n-th call that a system gets; `before` it takes effect or `after`; some ms later, or at once. */
  | {
      readonly by: "call";
      readonly side: "crm" | "erp";
      readonly method: string | null;
      readonly nth: number;
      readonly when: "before" | "after";
      readonly ms: number;
    }
  /** So many ms after the child was started. */
  | { readonly by: "time"; readonly ms: number };

/** Something that goes wrong on the wire while the child works. */
export interface Trouble {
  readonly side: "crm" | "erp";
  readonly method: string;
  readonly nth: number;
  readonly effect: FaultEffect;
}

/** Within these calls or ms every child is killed, or has nothing to do any more. */
const callsMax = 45;
const startMsMax = 1_600;

const writing = { crm: ["POST", "POST", "PATCH"], erp: ["POST", "POST", "PUT"] } as const;

/** Draws a moment: most of them around a write, some while reading, some by the clock alone. */
export function drawMoment(random: Random): Moment {
  const kind = random.next();
  if (kind < 0.15) return { by: "time", ms: random.between(60, startMsMax) };
  const side = random.pick(["crm", "erp"] as const);
  const when = random.pick(["before", "after"] as const);
  const ms = random.chance(0.4) ? 0 : random.between(1, 80);
  if (kind < 0.35) return { by: "call", side, method: null, nth: random.between(1, callsMax - 15), when, ms };
  return { by: "call", side, method: random.pick(writing[side]), nth: random.between(1, 8), when, ms };
}

/** Draws what goes wrong in a life: mostly nothing, now and then an answer that is lost. */
export function drawTroubles(random: Random): readonly Trouble[] {
  if (!random.chance(0.5)) return [];
  const side = random.pick(["crm", "erp"] as const);
  const effect = random.pick<FaultEffect>([
    { kind: "lose" },
    { kind: "lose" },
    { kind: "truncate" },
    { kind: "late-commit", ms: 120 },
    { kind: "drop" },
  ]);
  return [{ side, method: random.pick(writing[side]), nth: random.between(1, 5), effect }];
}

/** The moment in words, for the report. */
export function momentText(moment: Moment): string {
  if (moment.by === "time") return `${moment.ms} ms after its start`;
  const { side, method, nth, when, ms } = moment;
  return `${when} ${method ?? "call"} ${nth} of the ${side}, ${ms} ms later`;
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
    const { side, method, nth, when, ms } = moment;
    const effect: FaultEffect = { kind: "delay", ms, when };
    stage[side].faults.add({ nth, effect, ...(method === null ? {} : { method }) });
  }
  for (const { side, ...rule } of troubles) stage[side].faults.add(rule);
  // Whoever does not get to its moment is killed all the same, unless it has hardly anything to do.
  stage.crm.faults.add({ nth: callsMax, effect: { kind: "delay", ms: 0, when: "after" } });
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
