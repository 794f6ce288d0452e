import type { Screen } from "../cli/deps.ts";
import { exitCodes, Refusal } from "../cli/refusal.ts";
import type { Engine, PlanDocument, RunOptions, RunSummary } from "../runtime/engine.ts";
import { judge } from "./judge.ts";
import type { DemoResult } from "./judge.ts";
import { sayDeed, sayKept, sayPlan, sayPlanted, sayRun, saySides, sayStatement, sayTroubles } from "./say.ts";
import type { WatchedRun } from "./say.ts";
import type { Stage, StageOptions } from "./stage.ts";
import { plannedTroubles } from "./troubles.ts";
import type { Seen, Trouble } from "./troubles.ts";
import { demoPlace, openErpStage } from "./erp-stage.ts";
import { whyNot } from "./erp-script.ts";
import { odooInDemo } from "./odoo/demo-erp.ts";
import { odooPlace } from "./odoo/erp.ts";
import { trytonInDemo } from "./tryton/demo-erp.ts";
import { trytonPlace } from "./tryton/erp.ts";
import { openTwinStage } from "./twin-stage.ts";
import { financeWork, salesWork } from "./work.ts";

/** What the demo is asked for, and where it speaks. */
export interface DemoRequest {
  readonly isOnce: boolean;
  readonly keeps: boolean;
  readonly isJson: boolean;
  readonly seed: number;
  readonly erp: DemoResult["erp"];
  /** Brings both systems up. */
  readonly openStage: (options: StageOptions) => Promise<Stage>;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Deeds of both departments while Crossfoot runs beside them. */
const deedsOfOnce = 46;
/** A trouble is planted at every so many deeds. */
const deedsPerTrouble = 8;
/** Pause between two deeds, ms: people are not machines, and nobody wants to wait. */
const pauseMs = 120;
/** Pause between two runs, ms. */
const runPauseMs = 300;
/** Runs after the work has stopped, until one writes nothing. */
const quietRunsMax = 12;

/** Real systems that the demo can stand on, and the place that the environment names for each. */
const realErps = {
  tryton: { kind: trytonInDemo, named: trytonPlace },
  odoo: { kind: odooInDemo, named: odooPlace },
} as const;

/** How the stage with this ERP is opened, or in one line why it cannot be opened on this machine. */
export function demoStage(
  erp: DemoRequest["erp"],
  environment: { readonly [name: string]: string | undefined },
): { readonly openStage: DemoRequest["openStage"] } | { readonly whyNot: string } {
  if (erp === "twin") return { openStage: openTwinStage };
  const { kind, named } = realErps[erp];
  const place = demoPlace(named(environment), environment, kind.name);
  const reason = whyNot(place);
  return reason === null
    ? { openStage: (options) => openErpStage(kind, place, options) }
    : { whyNot: reason };
}

/** What each step of the demo works with. */
interface Show {
  readonly request: DemoRequest;
  readonly stage: Stage;
  readonly runOnce: (options: RunOptions) => Promise<WatchedRun>;
  readonly say: (text: string) => void;
}

/**
 * Runs the demo. Answers the exit code: 0 only if every difference is a planted one and every trouble ended
 * right. Rejects with a Refusal when it was stopped before the end.
 */
export async function runDemo(request: DemoRequest): Promise<number> {
  const { isJson, seed, keeps, signal } = request;
  const out = isJson ? request.stderr : request.stdout;
  const say = (text: string): void => void out.write(`${text}\n`);
  const startedAt = performance.now();
  say(
    "Crossfoot demo: a CRM and an ERP that have never met, brought into agreement while people work in both.",
  );
  try {
    const stage = await request.openStage({ seed, keeps, say, signal });
    try {
      const runOnce = watching(stage.engine);
      const result = await perform({ request, stage, runOnce, say }, startedAt);
      return result.isGood ? 0 : 1;
    } finally {
      await stage.close();
      if (keeps) sayKept(say, stage.folder);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Refusal(exitCodes.failed, "stopped before the end; nothing is left running", {
      code: "stopped",
    });
  }
}

async function perform(show: Show, startedAt: number): Promise<DemoResult> {
  const { request, stage, say } = show;
  saySides(say, stage, request.keeps);
  const { plan, applied } = await firstLoad(show);
  const troubles = plannedTroubles(stage.office);
  const runs = await workTogether(show, troubles);
  runs.push(...(await untilQuiet(show)));
  const seen = await lookAtEnd(stage, runs);
  const seconds = (performance.now() - startedAt) / 1000;
  const folder = request.keeps ? stage.folder : null;
  const result = await judge({ seen, troubles, plan, applied, erp: request.erp, seconds, folder });
  sayStatement(say, seen.statement);
  sayTroubles(say, result);
  if (request.isJson) request.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (!request.isOnce) await stayUp(show);
  return result;
}

async function firstLoad({
  stage,
  say,
  request: { signal },
}: Show): Promise<{ plan: PlanDocument; applied: number }> {
  say("\n1. Plan: what a first load would do. Nothing is written yet.");
  const plan = await stage.engine.plan({ signal });
  signal.throwIfAborted();
  sayPlan(say, plan);
  say("\n2. Apply: exactly that plan.");
  const { applied, planned, durationMs } = await stage.engine.apply(plan, {
    onDrift: "skip",
    // Whoever starts the demo asks for this load.
    approve: { plan: plan.id, by: "the demo" },
    signal,
  });
  signal.throwIfAborted();
  say(`   ${applied} of ${planned} writes made in ${(durationMs / 1000).toFixed(1)} s`);
  return { plan, applied };
}

/** One at a time: a trouble is planted between two runs, so that Crossfoot meets it as a whole. */
function takingTurns(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = last.then(act);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** Sales and finance work at once; Crossfoot runs beside them, over and over. */
async function workTogether(show: Show, troubles: readonly Trouble[]): Promise<RunSummary[]> {
  const { request, stage, runOnce, say } = show;
  const { signal, sleep } = request;
  say(
    "\n3. Sales and finance work in both at once, and Crossfoot follows. " +
      `${troubles.length} troubles are planted.\n` +
      "   crm, erp: somebody works there    cf: what Crossfoot wrote    !!: a trouble is planted\n",
  );
  const inTurn = takingTurns();
  const { office } = stage;
  const workers = [...salesWork(office), ...financeWork(office)];
  let isOver = false;
  const people = async (): Promise<void> => {
    const waiting = [...troubles];
    for (let deed = 0; deed < deedsOfOnce && !signal.aborted; deed += 1) {
      const trouble = deed % deedsPerTrouble === 4 ? waiting.shift() : undefined;
      if (trouble !== undefined) {
        await inTurn(trouble.plant);
        sayPlanted(say, trouble);
      }
      const done = await office.random.pick(workers)();
      if (done !== null) sayDeed(say, done);
      await sleep(pauseMs, signal);
    }
  };
  const runs: RunSummary[] = [];
  const runAlong = async (): Promise<void> => {
    while (!isOver && !signal.aborted) {
      const run = await inTurn(() => runOnce({ waitMsMax: 500, signal }));
      runs.push(run.summary);
      if (isNews(run)) sayRun(say, run);
      await sleep(runPauseMs, signal);
    }
  };
  const atWork = people().finally(() => {
    isOver = true;
  });
  const ends = await Promise.allSettled([atWork, runAlong()]);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  signal.throwIfAborted();
  return runs;
}

/** Runs the engine, and tells what each run set aside that was not set aside before. */
function watching(engine: Engine): (options: RunOptions) => Promise<WatchedRun> {
  const known = new Set<string>();
  return async (options) => {
    const summary = await engine.run(options);
    const letters = await engine.deadLetters();
    const setAside = letters.filter(({ parkId }) => !known.has(parkId));
    for (const { parkId } of setAside) known.add(parkId);
    return { summary, setAside };
  };
}

const isNews = ({ summary, setAside }: WatchedRun): boolean => writesOf(summary) > 0 || setAside.length > 0;

function writesOf(run: RunSummary): number {
  return run.entities.reduce(
    (sum, { settled }) =>
      sum +
      Object.values(settled)
        .flatMap((kinds) => Object.values(kinds))
        .reduce((all, one) => all + one, 0),
    0,
  );
}

async function untilQuiet({ request: { signal }, runOnce, say }: Show): Promise<RunSummary[]> {
  say(
    "\n4. Everybody goes home. Crossfoot runs until nothing is left to do, then reads everything once more.",
  );
  const runs: RunSummary[] = [];
  const run = async (options: { readonly sweep?: boolean }): Promise<number> => {
    const watched = await runOnce({ waitMsMax: 20_000, signal, ...options });
    signal.throwIfAborted();
    runs.push(watched.summary);
    sayRun(say, watched);
    return writesOf(watched.summary);
  };
  for (let at = 0; at < quietRunsMax; at += 1) if ((await run({})) === 0) break;
  await run({ sweep: true });
  return runs;
}

async function lookAtEnd({ engine }: Stage, runs: readonly RunSummary[]): Promise<Seen> {
  return {
    statement: await engine.statement(),
    deadLetters: await engine.deadLetters(),
    conflicts: await engine.conflicts(),
    candidates: await engine.candidates(),
    runs,
  };
}

async function stayUp({ request, stage, runOnce, say }: Show): Promise<void> {
  const { signal, sleep } = request;
  say(`\nBoth systems stay up. Change something and watch it arrive; Ctrl-C ends the demo.`);
  for (const line of stage.hint) say(`   ${line}`);
  while (!signal.aborted) {
    const run = await runOnce({ waitMsMax: 1_000, signal });
    if (isNews(run)) sayRun(say, run);
    await sleep(1_000, signal);
  }
}
