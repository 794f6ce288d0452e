import { breakName } from "crossfoot/testing";
import type { Dump, World } from "crossfoot/testing";
import type { MakeChecker, StoreFacts, Violation } from "./checker.ts";
import { coverageOf } from "./coverage.ts";
import type { Coverage } from "./coverage.ts";
import { checkers as allCheckers } from "./checkers/all.ts";
import { decisionsHold } from "./checkers/i28-decisions.ts";
import { consolidationsHold } from "./checkers/i28-consolidations.ts";
import { repairsHold } from "./checkers/i18-repairs.ts";
import { isJoining } from "./draw-joins.ts";
import { isRecanting } from "./draw-minds.ts";
import { isRepairing } from "./draw-repairs.ts";
import type { Entry, History } from "./history.ts";
import { knownFinding } from "./known.ts";
import { isQuiet } from "./quiet.ts";
import type { Scenario } from "./scenario.ts";
import { setUp } from "./stage.ts";
import type { Standing } from "./system/commit.ts";
import { standing } from "./system/model-system.ts";
import { isOutside } from "./system/scope.ts";
import type { Stage } from "./stage.ts";
import type { StoreHome } from "./store-home.ts";

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
  readonly scenario: Scenario;
  /** Both systems as they stand at the end. */
  readonly systems: Stage["systems"];
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

/** Runs a scenario to its end: workload under faults, heal, quiet, idle cycles, last checks. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<RunResult> {
  const stage = await setUp(scenario, options.sabotage ?? ((world) => world));
  const violations: Violation[] = [];
  const sight = { scenario, contract: stage.contract, systems: stage.systems, history: stage.history };
  const own = [
    ...allCheckers,
    ...(isJoining(scenario) ? [consolidationsHold] : []),
    ...(isRepairing(scenario) ? [repairsHold] : []),
    ...(isRecanting(scenario) ? [decisionsHold] : []),
  ];
  const checkers = (options.checkers ?? own).map((make) => make(sight));
  const seers = checkers.flatMap(({ see }) => (see === undefined ? [] : [see]));
  stage.history.follow((entry) => {
    try {
      for (const violation of defectsIn(entry)) violations.push(violation);
      for (const see of seers) for (const violation of see(entry)) violations.push(violation);
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
  const known: Record<string, number> = {};
  const fresh = violations.filter((violation) => {
    const finding = knownFinding(sight, violation);
    if (finding !== null) known[finding] = (known[finding] ?? 0) + 1;
    return finding === null;
  });
  const verdict = fresh.length > 0 ? "fail" : reason === null ? "pass" : "unknown";
  const dump = await stage.home.dump();
  await stage.home.close();
  const looked = Object.fromEntries(checkers.map((checker) => [checker.invariant, checker.looked()]));
  return {
    seed: scenario.seed,
    verdict,
    violations: fresh,
    reason,
    digest: stage.history.digest(),
    coverage: coverageOf(scenario, { ...stage, looked, known }, dump),
    events: stage.timeline.events,
    history: stage.history,
    dump,
    scenario,
    systems: stage.systems,
  };
}

/** Errors that a program may meet by the faults of a run; any other is a defect of ours. */
const expectedErrors: ReadonlySet<string> = new Set([
  "LeaseTaken",
  "LeaseLost",
  "StoreError",
  "PlanRefused",
  "UndoRefused",
  "ConsolidationRefused",
  "StoreHeld",
]);

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
  for (const turnstile of Object.values(stage.turnstiles)) turnstile.heal();
  for (const worker of stage.workers) worker.heal();
  history.note({ kind: "phase", phase: "heal" });
  stage.liftGuard();
  const healedAt = timeline.now;
  let isCalm = false;
  let isTold = false;
  while (!isCalm && timeline.now < healedAt + boundOf(scenario) && !isTooLong()) {
    if (!isTold && timeline.now > healedAt + boundOf(scenario) / 2 && isBlind(stage)) {
      stage.desk.carryOut({ id: "none left", at: timeline.now, order: nothingIsLeft });
      isTold = true;
    }
    await timeline.run(timeline.now + lookEveryMs, isTooLong);
    isCalm = await isQuiet(stage.home.store, { history, healedAt, scenario, systems: stage.systems });
  }
  // A run that never comes to rest is a failure, not a run of which nothing is known.
  if (!isCalm) {
    report({ invariant: "I06", message: stuckMessage(stage), at: timeline.now, about: null });
    return null;
  }
  history.note({ kind: "phase", phase: "quiet" });
  check("atQuiet", await factsOf(stage.home, timeline.now));
  history.note({ kind: "phase", phase: "idle" });
  await timeline.run(timeline.now + 3 * scenario.cadenceMs + lookEveryMs, isTooLong);
  stage.desk.carryOut({ id: "last", at: timeline.now, order: { kind: "statement" } });
  await timeline.run(timeline.now + lookEveryMs, isTooLong);
  history.note({ kind: "phase", phase: "end" });
  check("atEnd", await factsOf(stage.home, timeline.now));
  return isTooLong() ? "the run took too many events" : null;
}

/** A person says that nothing is left in a system that shows nothing of what is known. */
const nothingIsLeft = { kind: "run", sweep: true, trustsEmpty: true } as const;

/**
 * Whether people deleted everything of an entity in a system, or took it out of the filter. A store that was
 * confirmed reads all of both systems before it goes on; a person has to say so where nothing is shown.
 */
const isBlind = ({ systems, scenario }: Stage): boolean =>
  (["crm", "erp"] as const).some((role) =>
    scenario.entities.some((entity) => {
      const rows = systems[role].rows(entity);
      const isNone = (at: Standing): boolean => at.life === "deleted" || isOutside(at);
      return rows.length > 0 && rows.every((row) => isNone(standing(row)));
    }),
  );

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

async function provenBy(store: StoreHome["store"]): Promise<StoreFacts["journal"]> {
  const { entries, broken } = await store.verifyJournal();
  return { entries, broken: broken.map(breakName) };
}

async function factsOf(home: StoreHome, at: number): Promise<StoreFacts> {
  const { store } = home;
  return {
    at,
    conflicts: await store.listConflicts("open"),
    candidates: await store.listCandidates(),
    parks: await store.listParks(),
    journal: await provenBy(store),
    dump: await home.dump(),
    forgotten: [...home.forgotten, ...home.torn],
    torn: home.torn,
  };
}
