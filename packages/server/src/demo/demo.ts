import type { Statement } from "@crossfoot/model";
import type { Screen } from "../cli/deps.ts";
import type { PlanDocument, RunSummary } from "../runtime/engine.ts";
import { sayPlan, sayRun, sayStatement, sayTroubles } from "./say.ts";
import { openStage } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { plannedTroubles } from "./troubles.ts";
import type { Owned, Seen, Trouble } from "./troubles.ts";
import { financeWork, salesWork } from "./work.ts";

/** What the demo is asked for, and where it speaks. */
export interface DemoRequest {
  readonly isOnce: boolean;
  readonly keeps: boolean;
  readonly isJson: boolean;
  readonly seed: number;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Deeds of both departments while Crossfoot runs beside them. */
const deedsOfOnce = 60;
/** Pause between two deeds, ms: people are not machines, and nobody wants to wait. */
const pauseMs = 120;
/** Runs after the work has stopped, until one writes nothing. */
const quietRunsMax = 12;

/** How a difference was explained, or that nothing explains it. */
interface Judged {
  readonly difference: Owned;
  readonly trouble: string | null;
}

/** The demo's result, as its JSON document. */
export interface DemoResult {
  readonly isGood: boolean;
  readonly seconds: number;
  readonly entities: readonly {
    readonly entity: string;
    readonly linked: number;
    readonly fieldsCompared: number;
    readonly fieldsEqual: number;
    readonly notWanted: number;
    readonly totals: Statement["entities"][number]["totals"];
  }[];
  readonly differences: readonly Judged[];
  readonly troubles: readonly {
    readonly name: string;
    readonly expected: string;
    readonly outcome: string;
    readonly isRight: boolean;
  }[];
  readonly planned: number;
  readonly applied: number;
  readonly folder: string | null;
}

/** Runs the demo. Answers the exit code: 0 only if every difference is a planted one and every trouble ended right. */
export async function runDemo(request: DemoRequest): Promise<number> {
  const out = request.isJson ? request.stderr : request.stdout;
  const say = (text: string): void => void out.write(`${text}\n`);
  const startedAt = performance.now();
  say(
    "Crossfoot demo: a CRM and an ERP that have never met, brought into agreement while people work on both.",
  );
  const stage = await openStage({ seed: request.seed, keeps: request.keeps });
  try {
    say(`  CRM  ${stage.addresses.crm}   ERP  ${stage.addresses.erp}   folder  ${stage.folder}`);
    const { plan, applied } = await firstLoad(stage, say);
    const troubles = plannedTroubles(stage.office);
    const runs = await workTogether(stage, { request, troubles, say });
    runs.push(...(await untilQuiet(stage, say)));
    const seen = await lookAtEnd(stage, runs);
    const result = judge(stage, {
      seen,
      troubles,
      plan,
      applied,
      seconds: (performance.now() - startedAt) / 1000,
      request,
    });
    sayStatement(say, seen.statement);
    sayTroubles(say, result);
    if (request.isJson) request.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    if (!request.isOnce) await stayUp(stage, { request, say });
    return result.isGood ? 0 : 1;
  } finally {
    await stage.close();
    if (request.keeps) say(`\nKept: ${stage.folder}`);
  }
}

async function firstLoad(
  stage: Stage,
  say: (text: string) => void,
): Promise<{ plan: PlanDocument; applied: number }> {
  say("\n1. A plan: what a first load would do, before anything is written.");
  const plan = await stage.engine.plan();
  sayPlan(say, plan);
  say("\n2. Apply: exactly that.");
  const summary = await stage.engine.apply(plan, { onDrift: "skip" });
  say(
    `   ${summary.applied} of ${summary.planned} planned writes made in ${(summary.durationMs / 1000).toFixed(1)} s`,
  );
  sayRun(say, summary);
  return { plan, applied: summary.applied };
}

/** Sales and finance work at once; Crossfoot runs beside them, over and over. */
async function workTogether(
  stage: Stage,
  at: {
    readonly request: DemoRequest;
    readonly troubles: readonly Trouble[];
    readonly say: (text: string) => void;
  },
): Promise<RunSummary[]> {
  const { request, troubles, say } = at;
  say("\n3. Sales and finance at work on both sides at once, with troubles planted among it.");
  const { random } = stage.office;
  const workers = [...salesWork(stage.office), ...financeWork(stage.office)];
  let isOver = false;
  const people = async (): Promise<void> => {
    const waiting = [...troubles];
    for (let deed = 0; deed < deedsOfOnce && !request.signal.aborted; deed += 1) {
      if (deed % 6 === 3) {
        const trouble = waiting.shift();
        if (trouble !== undefined) {
          trouble.plant();
          say(`   !!    planted: ${trouble.name}: ${trouble.expected}`);
        }
      }
      const done = random.pick(workers)();
      if (done !== null) say(`   ${done.where}   ${done.who}: ${done.what}`);
      await request.sleep(pauseMs, request.signal);
    }
    isOver = true;
  };
  const runs: RunSummary[] = [];
  const engine = async (): Promise<void> => {
    while (!isOver && !request.signal.aborted) {
      const run = await stage.engine.run({ waitMsMax: 500 });
      runs.push(run);
      sayRun(say, run);
      await request.sleep(300, request.signal);
    }
  };
  await Promise.all([people(), engine()]);
  return runs;
}

function wrote(run: RunSummary): number {
  return run.entities.reduce(
    (sum, { settled }) =>
      sum +
      Object.values(settled)
        .flatMap((kinds) => Object.values(kinds))
        .reduce((all, one) => all + one, 0),
    0,
  );
}

async function untilQuiet(stage: Stage, say: (text: string) => void): Promise<RunSummary[]> {
  say("\n4. Everybody goes home; Crossfoot runs until nothing is left to do, and once more with a sweep.");
  const runs: RunSummary[] = [];
  for (let at = 0; at < quietRunsMax; at += 1) {
    const run = await stage.engine.run({ waitMsMax: 20_000 });
    runs.push(run);
    sayRun(say, run);
    if (wrote(run) === 0) break;
  }
  const sweep = await stage.engine.run({ sweep: true });
  runs.push(sweep);
  sayRun(say, sweep);
  return runs;
}

async function lookAtEnd(stage: Stage, runs: readonly RunSummary[]): Promise<Seen> {
  const { engine } = stage;
  return {
    statement: await engine.statement(),
    deadLetters: await engine.deadLetters(),
    conflicts: await engine.conflicts(),
    candidates: await engine.candidates(),
    runs,
  };
}

/** Differences that a statement shows, beside what the contract does not want. */
function ownedDifferences(statement: Statement): readonly Owned[] {
  return statement.entities.flatMap(({ entity, differences, missing, totals }) => [
    ...differences.map(({ label, field, reason }): Owned => ({ entity, label, field, reason })),
    ...missing.map(({ label, reason }): Owned => ({ entity, label, field: null, reason })),
    ...totals
      .filter(({ difference, field }) => difference !== "0" && entity !== "quotes" && field !== "")
      .map(({ field, currency }): Owned => ({
        entity,
        label: `total ${currency}`,
        field,
        reason: "unknown",
      })),
  ]);
}

const unwanted = ["not_wanted", "parent_not_wanted"];

function judge(
  stage: Stage,
  at: {
    readonly seen: Seen;
    readonly troubles: readonly Trouble[];
    readonly plan: PlanDocument;
    readonly applied: number;
    readonly seconds: number;
    readonly request: DemoRequest;
  },
): DemoResult {
  const { seen, troubles } = at;
  const differences = ownedDifferences(seen.statement)
    .filter(({ reason }) => !unwanted.includes(reason))
    .map((difference): Judged => {
      const trouble = troubles.find((one) => one.owns(difference));
      return { difference, trouble: trouble?.name ?? null };
    });
  const judged = troubles.map((trouble) => ({
    name: trouble.name,
    expected: trouble.expected,
    ...trouble.judge(seen),
  }));
  const isGood =
    differences.every(({ trouble }) => trouble !== null) && judged.every(({ isRight }) => isRight);
  return {
    isGood,
    seconds: Math.round(at.seconds * 10) / 10,
    entities: seen.statement.entities.map(
      ({ entity, linked, fieldsCompared, fieldsEqual, notWanted, totals }) => ({
        entity,
        linked,
        fieldsCompared,
        fieldsEqual,
        notWanted,
        totals,
      }),
    ),
    differences,
    troubles: judged,
    planned: at.plan.writes.length,
    applied: at.applied,
    folder: at.request.keeps ? stage.folder : null,
  };
}

async function stayUp(
  stage: Stage,
  at: { readonly request: DemoRequest; readonly say: (text: string) => void },
): Promise<void> {
  const { request, say } = at;
  say(`\nBoth systems stay up; change something and watch it arrive. Ctrl-C ends the demo.`);
  while (!request.signal.aborted) {
    const run = await stage.engine.run({ waitMsMax: 1_000, signal: request.signal });
    if (wrote(run) > 0) sayRun(say, run);
    await request.sleep(1_000, request.signal);
  }
}
