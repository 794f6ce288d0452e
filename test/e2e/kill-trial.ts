/** A first load that is killed again and again, and what is left of it in the end. */
import { join } from "node:path";
import { randomStream } from "@crossfoot/twin";
import type { Random } from "@crossfoot/twin";
import type { Statement } from "@crossfoot/model";
import { audit, commitsOf } from "./kill-audit.ts";
import type { Audit } from "./kill-audit.ts";
import { runCli } from "./kill-child.ts";
import type { Ended } from "./kill-child.ts";
import type { Engine, RunSummary } from "crossfoot/testing";
import { compareLooks, expireLease, isLeaseHeld, lookAtStore } from "./kill-look.ts";
import type { Kept, Look } from "./kill-look.ts";
import { arm, drawMoment, drawTroubles, momentText } from "./kill-moment.ts";
import { openKillStage } from "./kill-stage.ts";
import type { KillStage, StageSize, StoreChoice } from "./kill-stage.ts";

type ApplySummary = Awaited<ReturnType<Engine["apply"]>>;

/** What a trial is asked for. */
export interface TrialOptions {
  readonly size: StageSize;
  readonly store: StoreChoice;
  readonly kills: number;
  readonly say: (text: string) => void;
}

/** One kill. */
export interface Kill {
  readonly command: string;
  readonly moment: string;
  /** Commits that the load had made by then. */
  readonly commits: number;
  /** The load was over by then. */
  readonly isLate: boolean;
}

/** What a trial showed. */
export interface Trial {
  readonly kills: readonly Kill[];
  /** Children started, the ones that came to their end by themselves among them. */
  readonly lives: number;
  /** Writes found in `sending` after a kill: their outcome was unknown. */
  readonly doubted: number;
  /** Answers lost, cut or late by a fault. */
  readonly faults: number;
  /** Restarts refused while the lease of the killed worker was still running. */
  readonly refusals: number;
  /** The last apply, which nobody kills. */
  readonly apply: ApplySummary;
  /** Commits of the run that must find nothing to do. */
  readonly idleCommits: number;
  readonly idle: RunSummary;
  readonly statement: Statement;
  /** What waits for a person, as `entity: reason code`. */
  readonly dead: readonly string[];
  readonly audit: Audit;
  readonly kept: Kept;
  readonly seconds: number;
}

/** Lives per kill that may end by themselves before the trial gives up. */
const livesPerKillMax = 3;
/** The store is looked at after every so-manyth kill: the others are left to the program to recover from. */
const lookEvery = 3;
/** Share of the kills that hit the plan, where a first load reads everything. */
const planShare = 0.2;

interface Running {
  readonly stage: KillStage;
  readonly options: TrialOptions;
  readonly random: Random;
  readonly kills: Kill[];
  readonly looks: Look[];
  /** An apply came to its end by itself: later kills hit one that finds little to do. */
  isOver: boolean;
  lives: number;
  doubted: number;
  refusals: number;
}

const planFile = ({ stage }: Running): string => join(stage.folder, "plan.json");
const planArgs = (running: Running): readonly string[] => ["plan", "--out", planFile(running)];
const applyArgs = (running: Running): readonly string[] => [
  "apply",
  planFile(running),
  "--on-drift",
  "skip",
];

function failure(what: string, ended: Ended): Error {
  return new Error(`${what} ended with ${ended.code ?? "a signal"}: ${ended.stderr}${ended.stdout.slice(0, 2_000)}`);
}

/** Runs a command that nobody kills. Any exit code that tells of a whole run is good. */
async function runWhole<T>(running: Running, args: readonly string[]): Promise<T> {
  running.lives += 1;
  const ended = await runCli(running.stage.folder, args);
  if (ended.code === null || ended.code === 1 || ended.code === 4) throw failure(args.join(" "), ended);
  return JSON.parse(ended.stdout) as T;
}

/** One life that is to end in a kill. Answers whether it did. */
async function liveAndDie(running: Running, args: readonly string[]): Promise<boolean> {
  const { stage, options, random, kills } = running;
  running.lives += 1;
  const isReading = args[0] === "plan" || running.isOver;
  const moment = drawMoment(random, isReading ? "reading" : "writing");
  const armed = arm(stage, moment, drawTroubles(random));
  const ended = await runCli(stage.folder, args, armed.watch);
  armed.disarm();
  if (!ended.isKilled) {
    if (ended.code === null || ended.code === 1 || ended.code === 4) throw failure(args.join(" "), ended);
    running.isOver = args[0] === "apply";
    return false;
  }
  const commits = commitsOf(stage);
  const [command = ""] = args;
  kills.push({ command, moment: momentText(moment), commits, isLate: running.isOver });
  options.say(`  kill ${kills.length}: ${command}, ${momentText(moment)}; ${commits} commits so far`);
  return true;
}

/** After a kill: the store is looked at now and then; the lease of the dead worker is let run out. */
async function afterKill(running: Running): Promise<void> {
  const { stage, options, kills, looks } = running;
  const { store } = options;
  if (store.home === "server") {
    if ((await isLeaseHeld(stage, store)) && running.refusals === 0) await meetLease(running);
    await expireLease(stage, store);
  }
  if (store.home === "embedded" && kills.length % lookEvery !== 0) return;
  const seen = await lookAtStore(stage, store);
  running.doubted += seen.sending;
  looks.push(seen);
}

/** On a server the store cannot know that a worker is dead before its lease has run out. */
async function meetLease(running: Running): Promise<void> {
  running.lives += 1;
  const ended = await runCli(running.stage.folder, planArgs(running));
  if (ended.code === 1 && ended.stdout.includes("worker_running")) running.refusals += 1;
}

async function killUntil(running: Running, count: number, args: readonly string[]): Promise<void> {
  const { kills, options } = running;
  const livesMax = running.lives + (count - kills.length) * livesPerKillMax;
  while (kills.length < count) {
    if (running.lives >= livesMax) {
      throw new Error(`only ${kills.length} of ${options.kills} kills after ${running.lives} lives`);
    }
    if (await liveAndDie(running, args)) await afterKill(running);
  }
}

interface DeadLetters {
  readonly deadLetters: readonly {
    readonly entity: string;
    readonly reason: string;
    readonly failure: { readonly code: string } | null;
  }[];
}

async function deadLetters(running: Running): Promise<readonly string[]> {
  const { deadLetters: all } = await runWhole<DeadLetters>(running, ["dead-letters"]);
  return all.map(({ entity, reason, failure: why }) => `${entity}: ${reason} ${why?.code ?? ""}`.trimEnd());
}

async function finish(running: Running): Promise<Omit<Trial, "seconds" | "kills" | "faults">> {
  const { stage, options } = running;
  const apply = await runWhole<ApplySummary>(running, applyArgs(running));
  // What came of the load itself, such as orders of accepted quotes, was in no plan.
  await runWhole<RunSummary>(running, ["run"]);
  const before = commitsOf(stage);
  const idle = await runWhole<RunSummary>(running, ["run"]);
  const statement = await runWhole<Statement>(running, ["statement"]);
  return {
    lives: running.lives,
    doubted: running.doubted,
    refusals: running.refusals,
    apply,
    idle,
    idleCommits: commitsOf(stage) - before,
    statement,
    dead: await deadLetters(running),
    audit: audit(stage),
    kept: await compareLooks(stage, options.store, running.looks),
  };
}

/**
 * Loads both systems for the first time by child programs that are killed at seeded moments, until one is
 * left alone. The stage is handed to `then` before it is closed.
 */
export async function killAgainAndAgain(
  options: TrialOptions,
  then: (stage: KillStage) => Promise<void> = () => Promise.resolve(),
): Promise<Trial> {
  const startedAt = performance.now();
  const { size, store } = options;
  const stage = await openKillStage(size, store);
  try {
    const random = randomStream(size.seed, `kill/${store.home}`);
    const running: Running = {
      stage,
      options,
      random,
      kills: [],
      looks: [],
      isOver: false,
      lives: 0,
      doubted: 0,
      refusals: 0,
    };
    await killUntil(running, Math.round(options.kills * planShare), planArgs(running));
    await runWhole(running, planArgs(running));
    await killUntil(running, options.kills, applyArgs(running));
    const ending = await finish(running);
    const faults = [stage.crm, stage.erp]
      .flatMap((twin) => twin.faults.fired)
      .filter(({ effect }) => effect.kind !== "delay").length;
    await then(stage);
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    return { ...ending, kills: running.kills, faults, seconds };
  } finally {
    await stage.close();
  }
}
