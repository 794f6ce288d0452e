/** A first load that is killed again and again, and what is left of it in the end. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@crossfoot/twin";
import type { Random } from "@crossfoot/twin";
import type { Statement } from "@crossfoot/model";
import { busyTriesMax, wasTooBusy } from "./busy.ts";
import { audit, commitsOf } from "./kill-audit.ts";
import type { Audit, Logs } from "./kill-audit.ts";
import { runCli } from "./kill-child.ts";
import type { Ended } from "./kill-child.ts";
import type { Engine, RunSummary } from "crossfoot/testing";
import { compareLooks, expireLease, heldUntil, isOver, lookAtStore } from "./kill-look.ts";
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
interface Kill {
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
  /** Calls that a fault lost, cut or made late. */
  readonly faults: number;
  /** Restarts that waited for the end of what a killed worker held, and then went on. */
  readonly waits: number;
  /** The last apply, which nobody kills. */
  readonly apply: ApplySummary;
  /** Commits of the run that must find nothing to do. */
  readonly idleCommits: number;
  readonly statement: Statement;
  /** What waits for a person, as `entity: reason code`. */
  readonly dead: readonly string[];
  readonly logs: Logs;
  readonly audit: Audit;
  readonly kept: Kept;
  readonly seconds: number;
}

/** Lives per kill that may end by themselves before the trial gives up. */
const livesPerKillMax = 3;
/** A folder is looked into after every so-manyth kill: the others are left to the program to recover from. */
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
  waits: number;
}

const planFile = ({ stage }: Running): string => join(stage.folder, "plan.json");
const planArgs = (running: Running): readonly string[] => ["plan", "--out", planFile(running)];
/** Whoever loads for the first time approves it: it is beyond any guard. */
function applyArgs(running: Running): readonly string[] {
  const file = planFile(running);
  const { id } = JSON.parse(readFileSync(file, "utf8")) as { readonly id: string };
  return ["apply", file, "--on-drift", "skip", "--approve", id];
}

/** Exit codes of a command that came to its end: done, differences remain, stopped by guard or drift. */
const wholeCodes: readonly (number | null)[] = [0, 2, 3];

/** Whether a command came to nothing because the machine was too busy to make its calls in their time. */
function cameToNothing({ code, stdout }: Ended): boolean {
  if (code !== 1 || !stdout.startsWith("{")) return false;
  const { troubles = [] } = JSON.parse(stdout) as Partial<Pick<RunSummary, "troubles">>;
  return wasTooBusy({ troubles });
}

function refuseBroken(args: readonly string[], ended: Ended): void {
  if (wholeCodes.includes(ended.code)) return;
  const said = `${ended.stderr}${ended.stdout.slice(0, 2_000)}`;
  throw new Error(`${args.join(" ")} ended with ${ended.code ?? "a signal"}: ${said}`);
}

/** Runs a command that nobody kills, and answers its document. */
async function runWhole<T>(running: Running, args: readonly string[]): Promise<T> {
  let ended: Ended;
  let tries = 0;
  do {
    running.lives += 1;
    tries += 1;
    ended = await runCli(running.stage.folder, args);
  } while (cameToNothing(ended) && tries < busyTriesMax);
  refuseBroken(args, ended);
  return JSON.parse(ended.stdout) as T;
}

/** One life that is to end in a kill. Answers whether it did. */
async function liveAndDie(running: Running, args: readonly string[]): Promise<boolean> {
  const { stage, options, random, kills } = running;
  const [command = ""] = args;
  running.lives += 1;
  const moment = drawMoment(random, command === "plan" || running.isOver ? "reading" : "writing");
  const armed = arm(stage, moment, drawTroubles(random));
  const ended = await runCli(stage.folder, args, armed.watch);
  armed.disarm();
  if (!ended.isKilled) {
    if (cameToNothing(ended)) return false;
    refuseBroken(args, ended);
    running.isOver = command === "apply";
    return false;
  }
  const commits = commitsOf(stage);
  kills.push({ command, moment: momentText(moment), commits, isLate: running.isOver });
  options.say(`  kill ${kills.length}: ${command}, ${momentText(moment)}; ${commits} commits so far`);
  return true;
}

/** After a kill: the store is looked at now and then; the lease of the dead worker is let run out. */
async function afterKill(running: Running): Promise<void> {
  const { stage, options, kills, looks } = running;
  const { store } = options;
  if (store.home === "server") {
    const until = running.waits === 0 ? await heldUntil(stage, store) : null;
    if (until !== null) await meetLease(running, until);
    await expireLease(stage, store);
  }
  if (store.home === "embedded" && kills.length % lookEvery !== 0) return;
  looks.push(await lookAtStore(stage, store));
}

/** On a server the store cannot know that a worker is dead before its lease has run out. */
async function meetLease(running: Running, until: string): Promise<void> {
  const { stage, options } = running;
  await runWhole<unknown>(running, ["plan", "--out", join(stage.folder, "beside.json")]);
  if (await isOver(until, { stage, store: options.store })) running.waits += 1;
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
  return all.map(({ entity, reason, failure }) => `${entity}: ${reason} ${failure?.code ?? ""}`.trimEnd());
}

/** Nobody kills any more: the load is finished, a further run finds nothing to do, and all is looked at. */
async function finish(running: Running): Promise<Omit<Trial, "seconds">> {
  const { stage, options } = running;
  const { crm, erp, contents } = stage;
  const apply = await runWhole<ApplySummary>(running, applyArgs(running));
  // What came of the load itself, such as orders of accepted quotes, was in no plan.
  await runWhole<RunSummary>(running, ["run"]);
  const before = commitsOf(stage);
  await runWhole<RunSummary>(running, ["run"]);
  const idleCommits = commitsOf(stage) - before;
  const statement = await runWhole<Statement>(running, ["statement"]);
  const dead = await deadLetters(running);
  const logs: Logs = { crm: { commits: [...crm.commits] }, erp: { commits: [...erp.commits] }, contents };
  const fired = [...crm.faults.fired, ...erp.faults.fired];
  return {
    kills: running.kills,
    lives: running.lives,
    faults: fired.filter(({ effect }) => effect.kind !== "delay").length,
    waits: running.waits,
    apply,
    idleCommits,
    statement,
    dead,
    logs,
    audit: audit(logs),
    kept: await compareLooks(stage, options.store, running.looks),
  };
}

/**
 * Loads both systems for the first time by child programs that are killed at seeded moments, until one is
 * left alone. Rejects when a child ends in a way that no kill explains.
 */
export async function killAgainAndAgain(options: TrialOptions): Promise<Trial> {
  const startedAt = performance.now();
  const { size, store, kills } = options;
  const stage = await openKillStage(size, store);
  const random = randomStream(size.seed, `kill/${store.home}`);
  const counts = { isOver: false, lives: 0, waits: 0 };
  const running: Running = { stage, options, random, kills: [], looks: [], ...counts };
  try {
    await killUntil(running, Math.round(kills * planShare), planArgs(running));
    await runWhole(running, planArgs(running));
    await killUntil(running, kills, applyArgs(running));
    const ending = await finish(running);
    return { ...ending, seconds: Math.round((performance.now() - startedAt) / 100) / 10 };
  } finally {
    await stage.close();
  }
}
