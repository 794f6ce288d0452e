import type { Violation } from "./checker.ts";
import type { Coverage } from "./coverage.ts";
import type { RunResult } from "./run.ts";
import { runScenario } from "./run.ts";
import { saboteurOf } from "./saboteurs.ts";
import { drawScenario } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";

/** What is to be run: a seed, or a scenario that stands in a file. */
export interface Order {
  readonly seed: number;
  /** Only these faults; null draws them. */
  readonly faults: readonly string[] | null;
  readonly sabotage: string | null;
  readonly scenario: Scenario | null;
  /** Records are consolidated in it, and that is taken back. */
  readonly consolidates?: boolean;
  /** Values are put right in it, as an audit asks for. */
  readonly repairs?: boolean;
  /** Decisions about who is who are taken back in it. */
  readonly recants?: boolean;
}

/** What is told of a run across threads. */
export interface Report {
  readonly seed: number;
  readonly verdict: RunResult["verdict"];
  readonly violations: readonly Violation[];
  readonly reason: string | null;
  readonly digest: string;
  readonly events: number;
  readonly coverage: Coverage;
}

/** The scenario of an order. */
function scenarioOf(order: Order): Scenario {
  if (order.scenario !== null) return order.scenario;
  const own = order.sabotage === null ? undefined : saboteurOf(order.sabotage);
  const consolidates = order.consolidates ?? own?.consolidates ?? false;
  return drawScenario(order.seed, {
    consolidates,
    repairs: order.repairs ?? own?.repairs ?? false,
    recants: order.recants ?? own?.recants ?? false,
    ...(order.faults === null ? {} : { faults: order.faults }),
  });
}

/** Runs what is ordered, with its history. */
export function runOrder(order: Order, scenario: Scenario = scenarioOf(order)): Promise<RunResult> {
  if (order.sabotage === null) return runScenario(scenario);
  return runScenario(scenario, { sabotage: saboteurOf(order.sabotage).sabotage });
}

/** A run without its history. */
export function reportOf(result: RunResult): Report {
  const { seed, verdict, violations, reason, digest, events, coverage } = result;
  return { seed, verdict, violations, reason, digest, events, coverage };
}
