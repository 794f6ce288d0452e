/** A first load into a real ERP whose program is killed and whose calls are lost, and what came of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import type { Statement } from "@crossfoot/model";
import { randomStream } from "@crossfoot/twin";
import type { Random } from "@crossfoot/twin";
import { openEmbedded } from "crossfoot/testing";
import type { ApplySummary, RunSummary } from "crossfoot/testing";
import { runCli } from "../../e2e/kill-child.ts";
import type { Ended } from "../../e2e/kill-child.ts";
import { keptOf, look } from "../../e2e/kill-look.ts";
import type { Kept, Look } from "../../e2e/kill-look.ts";
import { judgeLoad } from "./load-audit.ts";
import type { LoadAudit, Told } from "./load-audit.ts";
import type { LiveStage, LoadSize } from "./live-stage.ts";
import type { Call, Fate, RudeProxy, Watch } from "./rude-proxy.ts";

/** What a trial is asked for. */
export interface LoadOptions {
  readonly size: LoadSize;
  readonly kills: number;
  /** Entities to load; empty means all. */
  readonly only: readonly string[];
  readonly say: (text: string) => void;
}

/** What a trial showed. */
export interface LoadTrial {
  readonly kills: number;
  readonly lives: number;
  /** Calls that did not simply pass, by their fate. */
  readonly fates: Readonly<Record<string, number>>;
  readonly planned: number;
  readonly applied: number;
  /** Planned and not made, as `entity reason`. */
  readonly unmade: readonly string[];
  /** Writes that went over either line in the run that must find nothing to do. */
  readonly idleWrites: number;
  readonly statement: Statement;
  readonly told: Told;
  readonly audit: LoadAudit;
  readonly kept: Kept;
  readonly seconds: { readonly load: number; readonly whole: number };
  /** What the systems worked on longest, one line each. */
  readonly work: readonly string[];
}

/**
 * A moment to kill at: the n-th call that writes, or that reads, before or after it took effect. From then on
 * the line holds what it must not let through, so that a fast machine dies as surely as a slow one.
 */
interface Moment {
  readonly counts: "writes" | "reads";
  readonly holds: "writes" | "calls";
  readonly nth: number;
  readonly when: "before" | "after";
  readonly ms: number;
}

interface Running {
  readonly stage: LiveStage;
  readonly options: LoadOptions;
  readonly random: Random;
  readonly looks: Look[];
  kills: number;
  lives: number;
  isOver: boolean;
}

/** Share of the kills that hit the plan, where a first load reads everything. */
const planShare = 0.15;
const livesPerKillMax = 3;
/** Rows of a write to the ERP and to the CRM: who has so many records makes so many calls. */
const rowsAtOnce = 100;
const restRunsMax = 8;
const appliesMax = 20;
const readCallsMax = 40;
/** Calls of an apply before its first write, about: it looks again at what its writes rest on. */
const lookCallsMax = 12;
/** Least share of the kills of an apply that hit it while it looks. */
const lookShareMin = 0.6;
/** Share of the writes that may be made before the last kill: an apply that is over cannot be killed. */
const madeShareMax = 0.5;
/** Of the calls that write, and of the others, how many do not simply pass. */
const troubleShare = { writes: 0.2, reads: 0.004 };
/** A call without an answer takes as long as its time-out: there are few of these in a life. */
const hangsPerLife = 1;

const writeFates: readonly Fate[] = ["lose", "lose", "drop", "gateway", "slow", "hang", "late"];
const readFates: readonly Fate[] = ["drop", "gateway", "slow", "lose"];
const isLong = (fate: Fate): boolean => fate === "hang" || fate === "late";

function drawMoment({ random, options }: Running, isReading: boolean): Moment {
  const { size, kills } = options;
  const when = random.pick(["before", "after"] as const);
  const ms = random.chance(0.5) ? 0 : random.between(1, 1_500);
  if (isReading) return { counts: "reads", holds: "calls", nth: random.between(1, readCallsMax), when, ms };
  // Each customer is written on both sides, each product on one.
  const calls = Math.ceil((2 * size.accounts + size.products) / rowsAtOnce);
  const lookShare = Math.max(lookShareMin, 1 - (madeShareMax * calls) / Math.max(1, kills));
  if (random.chance(lookShare))
    return { counts: "reads", holds: "writes", nth: random.between(1, lookCallsMax), when, ms };
  const nthMax = Math.max(1, Math.floor(calls / Math.max(1, kills)));
  return { counts: "writes", holds: "writes", nth: random.between(1, nthMax), when, ms };
}

function drawFate(random: Random, call: Call, left: { longs: number }): Fate {
  if (!random.chance(call.isWrite ? troubleShare.writes : troubleShare.reads)) return "pass";
  const fate = random.pick(call.isWrite ? writeFates : readFates);
  if (!isLong(fate)) return fate;
  left.longs -= 1;
  return left.longs < 0 ? "lose" : fate;
}

/** Watches both lines for one life: draws what becomes of each call, and kills at the moment. */
function watchLife(running: Running, moment: Moment, target: () => ChildProcess | null): Watch {
  const { random } = running;
  const left = { longs: hangsPerLife };
  const due = new Set<Call>();
  let count = 0;
  let hasCome = false;
  const kill = (): void => {
    setTimeout(() => target()?.kill("SIGKILL"), moment.ms);
  };
  const meetMoment = (call: Call): void => {
    hasCome = true;
    if (moment.when === "before") kill();
    else due.add(call);
  };
  return {
    meet: (call) => {
      if (hasCome) return call.isWrite || moment.holds === "calls" ? "hold" : drawFate(random, call, left);
      // Fewer reads came before the first write than the moment counts.
      if (call.isWrite && moment.counts === "reads") {
        hasCome = true;
        kill();
        return "hold";
      }
      if (!call.isWrite && moment.counts === "writes") return drawFate(random, call, left);
      count += 1;
      if (count < moment.nth) return drawFate(random, call, left);
      meetMoment(call);
      return "pass";
    },
    afterEffect: (call) => {
      if (due.delete(call)) kill();
    },
  };
}

const linesOf = ({ stage }: Running): readonly RudeProxy[] => [stage.lines.crm, stage.lines.erp];

const planFile = ({ stage }: Running): string => join(stage.folder, "plan.json");
const onlyArgs = ({ options }: Running): readonly string[] =>
  options.only.length === 0 ? [] : ["--only", ...options.only];
const planArgs = (running: Running): readonly string[] => [
  "plan",
  ...["--out", planFile(running)],
  ...onlyArgs(running),
];
const runArgs = (running: Running): readonly string[] => ["run", ...onlyArgs(running)];
function applyArgs(running: Running): readonly string[] {
  const file = planFile(running);
  const { id } = JSON.parse(readFileSync(file, "utf8")) as { readonly id: string };
  return ["apply", file, "--on-drift", "skip", "--approve", id];
}

/** Exit codes of a command that came to its end. */
const wholeCodes: readonly (number | null)[] = [0, 2, 3];

function refuseBroken(args: readonly string[], ended: Ended, isTroubled: boolean): void {
  const isWhole = wholeCodes.includes(ended.code) || (isTroubled && ended.code === 1);
  if (isWhole && !/\bdefect\b/.test(ended.stderr)) return;
  const said = `${ended.stderr.slice(-4_000)}${ended.stdout.slice(0, 2_000)}`;
  throw new Error(`${args.join(" ")} ended with ${ended.code ?? "a signal"}: ${said}`);
}

/** Runs a command that nobody kills, on lines that lose nothing, and answers its document. */
async function runWhole<T>(running: Running, args: readonly string[]): Promise<T> {
  running.lives += 1;
  const ended = await runCli(running.stage.folder, args);
  refuseBroken(args, ended, false);
  return JSON.parse(ended.stdout) as T;
}

/** One life on lines that lose calls; it is to end in a kill. */
async function liveAndDie(running: Running, args: readonly string[]): Promise<void> {
  const [command = ""] = args;
  running.lives += 1;
  let child: ChildProcess | null = null;
  const moment = drawMoment(running, command === "plan");
  const watch = watchLife(running, moment, () => child);
  for (const line of linesOf(running)) line.watch = watch;
  const ended = await runCli(running.stage.folder, args, (started) => {
    child = started;
  });
  for (const line of linesOf(running)) line.watch = null;
  const { counts, nth, when, ms } = moment;
  const place = `${command}, ${when} ${nth} ${counts} took effect, ${ms} ms later`;
  if (ended.isKilled) {
    running.kills += 1;
    running.options.say(`  kill ${running.kills}: ${place}`);
    running.looks.push(await lookInto(running));
    return;
  }
  refuseBroken(args, ended, true);
  if (command === "apply" && ended.code !== 1 && isDone(ended)) running.isOver = true;
  running.options.say(`  ${command} came to its end by itself (${ended.code ?? ""}): ${place}`);
}

const isDone = (ended: Ended): boolean => {
  const { planned, applied } = JSON.parse(ended.stdout) as ApplySummary;
  return planned === applied;
};

async function lookInto({ stage }: Running): Promise<Look> {
  const database = await openEmbedded(join(stage.folder, "store"));
  try {
    return await look(database);
  } finally {
    await database.close();
  }
}

async function killUntil(running: Running, count: number, args: readonly string[]): Promise<void> {
  const livesMax = running.lives + (count - running.kills) * livesPerKillMax;
  // What is loaded makes no more calls to be killed at.
  while (running.kills < count && running.lives < livesMax && !running.isOver)
    await liveAndDie(running, args);
}

/** Nobody kills and nothing is lost any more: applies until nothing is open, then runs to rest. */
async function finish(
  running: Running,
): Promise<Pick<LoadTrial, "planned" | "applied" | "unmade" | "idleWrites">> {
  let apply = await runWhole<ApplySummary>(running, applyArgs(running));
  for (let again = 0; again < appliesMax && apply.unmade.some(({ why }) => why === "open"); again += 1) {
    running.options.say(`  apply: ${apply.applied} of ${apply.planned}, ${apply.unmade.length} not yet`);
    apply = await runWhole<ApplySummary>(running, applyArgs(running));
  }
  const writes = (): number => linesOf(running).reduce((sum, line) => sum + line.writes(), 0);
  for (let runs = 0, before = -1; runs < restRunsMax && before !== writes(); runs += 1) {
    before = writes();
    const run = await runWhole<RunSummary>(running, runArgs(running));
    running.options.say(`  run: ${run.state}, ${writes() - before} calls that write`);
  }
  const before = writes();
  await runWhole<RunSummary>(running, runArgs(running));
  return {
    planned: apply.planned,
    applied: apply.applied,
    unmade: apply.unmade.map(({ entity, why, reason }) => `${entity} ${why} ${reason}`),
    idleWrites: writes() - before,
  };
}

async function keptAtLast(running: Running): Promise<Kept> {
  const database = await openEmbedded(join(running.stage.folder, "store"));
  try {
    return await keptOf(database, running.looks);
  } finally {
    await database.close();
  }
}

function fatesOf(running: Running): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { fates } of linesOf(running))
    for (const [fate, count] of fates) sums[fate] = (sums[fate] ?? 0) + count;
  return sums;
}

function workOf(running: Running): readonly string[] {
  const all = linesOf(running).flatMap(({ work }) => [...work]);
  const longest = all.toSorted(([, a], [, b]) => b.ms - a.ms).slice(0, 8);
  return longest.map(([name, { count, ms }]) => `${(ms / 1000).toFixed(1)} s in ${count} × ${name}`);
}

const secondsSince = (at: number): number => Math.round((performance.now() - at) / 100) / 10;

/**
 * Loads both systems for the first time by child programs that are killed at seeded moments, until one is
 * left alone. Rejects when a child ends in a way that neither a kill nor a lost call explains.
 */
export async function loadAgainAndAgain(stage: LiveStage, options: LoadOptions): Promise<LoadTrial> {
  const startedAt = performance.now();
  const { size, kills, say } = options;
  const random = randomStream(size.seed, "load");
  const counts = { kills: 0, lives: 0, isOver: false };
  const running: Running = { stage, options, random, looks: [], ...counts };
  await killUntil(running, Math.round(kills * planShare), planArgs(running));
  await runWhole<unknown>(running, planArgs(running));
  say(`  planned after ${secondsSince(startedAt)} s`);
  const loadingAt = performance.now();
  await killUntil(running, kills, applyArgs(running));
  const ending = await finish(running);
  const load = secondsSince(loadingAt);
  const statement = await runWhole<Statement>(running, ["statement"]);
  const told = { ...(await stage.erp.tell()), crm: [...stage.crm.commits] };
  return {
    ...{ kills: running.kills, lives: running.lives, fates: fatesOf(running) },
    ...ending,
    statement,
    told,
    audit: judgeLoad(told, size),
    kept: await keptAtLast(running),
    work: workOf(running),
    seconds: { load, whole: secondsSince(startedAt) },
  };
}

/** What a trial must not show; empty is good. */
export function faultsOfLoad(trial: LoadTrial): readonly string[] {
  const { audit, kept, idleWrites, statement, unmade } = trial;
  return [
    ...audit.missing.map((what) => `missing: ${what}`),
    ...audit.doubled.map((what) => `doubled: ${what}`),
    ...audit.wrong.map((what) => `wrong: ${what}`),
    ...kept.lost.map((what) => `forgotten: ${what}`),
    ...kept.broken.map((at) => `the journal's chain is broken at ${at}`),
    ...(kept.final.sending === 0 ? [] : [`${kept.final.sending} writes are still on their way`]),
    ...(idleWrites === 0 ? [] : [`a run with nothing to do wrote ${idleWrites} times`]),
    ...(statement.isExplained ? [] : ["the statement shows a difference without a known reason"]),
    ...unmade.map((what) => `not made: ${what}`),
  ];
}

/** A trial in a few lines. */
export function loadText(trial: LoadTrial): string {
  const { kills, lives, fates, planned, applied, audit, kept, seconds, idleWrites } = trial;
  const troubles = Object.entries(fates).filter(([fate]) => fate !== "pass");
  return [
    `${kills} kills before the load was over, in ${lives} lives`,
    `calls: ${fates["pass"] ?? 0} passed, ${troubles.map(([fate, count]) => `${count} ${fate}`).join(", ")}`,
    `${kept.doubted} writes in doubt of a dead program; ${kept.final.settled} settled, ` +
      `${kept.lost.length} forgotten`,
    `${applied} of ${planned} planned writes made; ${audit.created} records made in both systems`,
    `${audit.missing.length} of ${audit.wanted} missing, ${audit.doubled.length} doubled, ` +
      `${audit.wrong.length} wrong among ${audit.compared} values compared`,
    `${idleWrites} writes in the last run; load ${seconds.load} s, whole ${seconds.whole} s`,
  ].join("\n");
}
