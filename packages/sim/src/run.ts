import { defaultGuardLimits } from "@crossfoot/kernel";
import { readContract } from "@crossfoot/model";
import type { Contract } from "@crossfoot/model";
import type { Dump, World } from "crossfoot/testing";
import type { MakeChecker, StoreFacts, Violation } from "./checker.ts";
import { coverageOf } from "./coverage.ts";
import type { Coverage } from "./coverage.ts";
import { checkers as allCheckers } from "./checkers/all.ts";
import { FaultPort } from "./faults.ts";
import { History } from "./history.ts";
import type { Entry } from "./history.ts";
import { PartyClock } from "./party-clock.ts";
import { act } from "./people.ts";
import { isQuiet } from "./quiet.ts";
import { prng } from "./random.ts";
import { react } from "./reactions.ts";
import type { Scenario } from "./scenario.ts";
import { openHome } from "./store-home.ts";
import type { StoreHome } from "./store-home.ts";
import { compileFor } from "./system/mapping.ts";
import { ModelSystem } from "./system/model-system.ts";
import { Desk } from "./command.ts";
import { Operator } from "./operator.ts";
import { Timeline } from "./virtual-time.ts";
import { Worker } from "./worker.ts";
import type { ProgramParts } from "./program.ts";
import type { Wire } from "./wire.ts";

/** What became of a run. `unknown` is as bad as `fail`: nothing was proved. */
export interface RunResult {
  readonly seed: number;
  readonly verdict: "pass" | "fail" | "unknown";
  readonly violations: readonly Violation[];
  /** Why nothing was proved, when it was not. */
  readonly reason: string | null;
  /** SHA-256 of everything that happened. */
  readonly digest: string;
  readonly coverage: Coverage;
  readonly events: number;
  readonly history: History;
  /** Every table of the store at the end. */
  readonly dump: Dump;
}

/** What a caller may change. */
export interface RunOptions {
  readonly checkers?: readonly MakeChecker[];
  /** Changes the ports of each engine that starts: the way in for saboteurs. */
  readonly sabotage?: (world: World) => World;
}

/** Longest time that a healed run may take to become quiet, virtual ms. */
const quietMsMax = 3_600_000;
/** How often quiet is looked for, and how long an idle run is watched after it, virtual ms. */
const lookEveryMs = 30_000;
/** A run that takes more events than this never ends. */
const eventsMax = 400_000;

interface Stage {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly history: History;
  readonly faults: FaultPort;
  readonly systems: { readonly crm: ModelSystem; readonly erp: ModelSystem };
  readonly home: StoreHome;
  readonly contract: Contract;
  readonly workers: readonly Worker[];
  readonly outages: Map<string, number>;
}

/** Runs a scenario to its end: workload under faults, heal, quiet, idle cycles, last checks. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<RunResult> {
  const stage = await setUp(scenario, options);
  const violations: Violation[] = [];
  const sight = { scenario, contract: stage.contract, systems: stage.systems, history: stage.history };
  const checkers = (options.checkers ?? allCheckers).map((make) => make(sight));
  stage.history.follow((entry) => {
    try {
      violations.push(...defectsIn(entry));
      for (const { see } of checkers) if (see !== undefined) violations.push(...see(entry));
    } catch (error) {
      // A checker that breaks down proves nothing; and what it throws may not reach the runtime.
      stage.timeline.fail(error);
    }
  });
  let reason: string | null = null;
  try {
    reason = await phases(
      stage,
      (violation) => void violations.push(violation),
      (at, facts) => {
        for (const checker of checkers) violations.push(...(checker[at]?.(facts) ?? []));
      },
    );
  } catch (error) {
    reason = error instanceof Error ? (error.stack ?? error.message) : "unknown error";
  }
  const verdict = violations.length > 0 ? "fail" : reason === null ? "pass" : "unknown";
  const dump = await stage.home.dump();
  await stage.home.close();
  return {
    seed: scenario.seed,
    verdict,
    violations,
    reason,
    digest: stage.history.digest(),
    coverage: coverageOf(scenario, stage, dump),
    events: stage.timeline.events,
    history: stage.history,
    dump,
  };
}

/** Errors that a program may meet by the faults of a run; any other is a defect of ours. */
const expectedErrors: ReadonlySet<string> = new Set(["LeaseTaken", "LeaseLost", "StoreError", "PlanRefused"]);

/** Defects of the runtime: exceptions of its own, found by itself or ending its loop. */
function defectsIn(entry: Entry): readonly Violation[] {
  if (entry.kind !== "worker" || (entry.event !== "trouble" && entry.event !== "defect")) return [];
  const { name, message } = entry.facts as { readonly name: string; readonly message: string };
  if (entry.event === "trouble" && expectedErrors.has(name)) return [];
  return [
    { invariant: "defect", message: `${entry.worker}: ${name}: ${message}`, at: entry.at, about: null },
  ];
}

async function phases(
  stage: Stage,
  report: (violation: Violation) => void,
  check: (at: "atQuiet" | "atEnd", facts: StoreFacts) => void,
): Promise<string | null> {
  const { timeline, history, scenario } = stage;
  const isTooLong = (): boolean => timeline.events > eventsMax;
  history.note({ kind: "phase", phase: "workload" });
  await timeline.run(scenario.endsAt, isTooLong);
  stage.faults.heal();
  stage.outages.clear();
  for (const worker of stage.workers) worker.heal();
  history.note({ kind: "phase", phase: "heal" });
  const healedAt = timeline.now;
  let isCalm = false;
  while (!isCalm && timeline.now < healedAt + boundOf(scenario) && !isTooLong()) {
    await timeline.run(timeline.now + lookEveryMs, isTooLong);
    isCalm = await isQuiet(stage.home.store, { history, healedAt, scenario, systems: stage.systems });
  }
  // A run that never comes to rest is a failure, not a run of which nothing is known.
  if (!isCalm) {
    report({ invariant: "I06", message: stuckMessage(stage), at: timeline.now, about: null });
    return null;
  }
  history.note({ kind: "phase", phase: "quiet" });
  check("atQuiet", await factsOf(stage.home));
  history.note({ kind: "phase", phase: "idle" });
  await timeline.run(timeline.now + 3 * scenario.cadenceMs + lookEveryMs, isTooLong);
  history.note({ kind: "phase", phase: "end" });
  check("atEnd", await factsOf(stage.home));
  return isTooLong() ? "the run took too many events" : null;
}

/** A machine whose wall clock was set back makes its worker wait as much longer for what it had planned. */
function boundOf(scenario: Scenario): number {
  const steps = scenario.faults.flatMap(({ name, params }) =>
    name === "C2" && typeof params["ms"] === "number" ? [Math.abs(params["ms"])] : [],
  );
  return steps.reduce((sum, ms) => sum + ms, quietMsMax);
}

/** What a run that did not become quiet was last heard of. */
function stuckMessage({ history }: Stage): string {
  const last = history.entries.findLast(
    (entry) => entry.kind === "worker" && (entry.event === "trouble" || entry.event === "run"),
  );
  const heard = last?.kind === "worker" ? `${last.event} ${JSON.stringify(last.facts)}` : "nothing";
  return `the healed run did not become quiet in time; last heard: ${heard}`;
}

async function factsOf(home: StoreHome): Promise<StoreFacts> {
  const { store } = home;
  return {
    conflicts: await store.listConflicts("open"),
    candidates: await store.listCandidates(),
    parks: await store.listParks(),
    journal: await store.verifyJournal(),
    dump: await home.dump(),
  };
}

async function setUp(scenario: Scenario, options: RunOptions): Promise<Stage> {
  const timeline = new Timeline();
  const history = new History(() => timeline.now);
  const faults = new FaultPort(scenario.faults, (fault) => history.note({ kind: "fault", fault }));
  const storeClock = new PartyClock(timeline);
  const home = await openHome(scenario.store, storeClock);
  const { contract, problems } = readContract(scenario.contract);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const systemOf = (role: "crm" | "erp"): ModelSystem => {
    const profile = scenario.profiles[role];
    const clock = new PartyClock(timeline, { offsetMs: profile.clockOffsetMs, rate: profile.clockRate });
    const tell = (commit: ModelSystem["log"][number]): void => {
      history.note({ kind: "commit", commit });
      const { system, entity, op, actor } = commit;
      faults.at("commit", { system, entity, op, actor: actor.kind });
    };
    const felt = (name: string): void => faults.felt(name);
    if (profile.clockOffsetMs !== 0) felt("C1");
    if (profile.clockRate !== 1) felt("C5");
    return new ModelSystem({
      profile,
      timeline,
      clock,
      random: prng(scenario.seed, `${role}/commit`),
      tell,
      felt,
    });
  };
  const systems = { crm: systemOf("crm"), erp: systemOf("erp") };
  let calls = 0;
  const outages = new Map<string, number>();
  const wires = [systems.crm, systems.erp].map((system): Wire => {
    return {
      timeline,
      history,
      faults,
      system,
      outages,
      entities: scenario.entities,
      random: prng(scenario.seed, `${system.name}/wire`),
      nextCall: () => (calls += 1),
      receive: () => ({ ok: false, reason: "no webhooks yet" }),
    };
  });
  const parts: ProgramParts = {
    timeline,
    history,
    wires,
    contract,
    store: { store: home.store, timeline, history, faults, random: prng(scenario.seed, "store") },
    mappings: { crm: compileFor("crm", scenario.entities), erp: compileFor("erp", scenario.entities) },
    entities: scenario.entities,
    guard: defaultGuardLimits,
    cadenceMs: scenario.cadenceMs,
    sweepEveryMs: scenario.sweepEveryMs,
    sabotage: options.sabotage ?? ((world) => world),
  };
  const restart = prng(scenario.seed, "restart");
  const workers = scenario.workers.map(({ name, startAt, clockOffsetMs }) => {
    const clock = new PartyClock(timeline, { offsetMs: clockOffsetMs });
    const worker = new Worker(parts, { name, clock, restartMs: () => restart.between(500, 20_000) });
    timeline.after(startAt, () => worker.start());
    return worker;
  });
  for (const action of scenario.actions) {
    timeline.after(action.at, () => {
      const isDone = act(timeline, systems[action.system], action);
      history.note({ kind: "action", action, outcome: isDone ? "done" : "skipped" });
    });
  }
  const clocks = new Map<string, PartyClock>([
    ["crm", systems.crm.clock],
    ["erp", systems.erp.clock],
    ...workers.map(({ name, clock }) => [name, clock] as const),
  ]);
  const random = prng(scenario.seed, "reactions");
  const theatre = { scenario, timeline, history, systems, workers, clocks, outages, random };
  faults.reaction = (fault) => react(theatre, fault);
  const operator = new Operator(parts, { name: "op", clock: new PartyClock(timeline) });
  const desk = new Desk(operator, history);
  for (const command of scenario.commands) timeline.after(command.at, () => desk.carryOut(command));
  for (const fault of scenario.faults) {
    if (fault.trigger.on === "time") timeline.after(fault.trigger.at, () => faults.fire(fault));
  }
  return { scenario, timeline, history, faults, systems, home, contract, workers, outages };
}
