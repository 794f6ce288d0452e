import { saveRegression } from "./regression.ts";
import type { Regression } from "./regression.ts";
import { runScenario } from "./run.ts";
import type { RunResult } from "./run.ts";
import { drawScenario } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { Report } from "./seed-run.ts";
import { showHistory } from "./show-history.ts";
import { shrink } from "./shrink.ts";
import type { Wish } from "./wish.ts";

/** How a scenario is run again, and where the shortest one is kept; answers its path. */
interface Explaining {
  readonly run: (scenario: Scenario) => Promise<RunResult>;
  readonly save: (regression: Regression) => string;
  /** Runs that making it short may take. */
  readonly attemptsMax?: number;
}

/**
 * Makes a failing seed as short as it gets while it still breaks the same invariant, shows that history and
 * saves the scenario under `regressions/`.
 */
export async function explain(
  wish: Pick<Wish, "faults" | "commit" | "say" | "consolidates" | "repairs" | "recants">,
  report: Report,
  { run, save, attemptsMax }: Explaining = { run: runScenario, save: saveRegression },
): Promise<void> {
  const [first] = report.violations;
  if (first === undefined) return;
  const { say } = wish;
  const { faults, consolidates = false, repairs = false, recants = false } = wish;
  const scenario = drawScenario(report.seed, {
    consolidates,
    repairs,
    recants,
    ...(faults === null ? {} : { faults }),
  });
  say(`shrinking seed ${report.seed} (${first.invariant}) ...`);
  const breaks = async (candidate: Scenario): Promise<boolean> => {
    const { violations } = await run(candidate);
    return violations.some(({ invariant }) => invariant === first.invariant);
  };
  const shortest = await shrink(scenario, breaks, attemptsMax);
  const { history, violations } = await run(shortest);
  const shown = violations.find(({ invariant }) => invariant === first.invariant) ?? first;
  for (const line of showHistory(history, shown.at)) say(line);
  say(`${shown.invariant}: ${shown.message}`);
  const path = save({
    invariant: first.invariant,
    title: shown.message,
    seed: report.seed,
    commit: wish.commit,
    scenario: shortest,
  });
  say(
    `saved ${path}: ${shortest.actions.length} deeds, ${shortest.faults.length} faults, ` +
      `${shortest.workers.length} workers; again: npm run sim -- --replay ${path}`,
  );
}
