import { saveRegression } from "./regression.ts";
import { runScenario } from "./run.ts";
import { drawScenario } from "./scenario.ts";
import type { Report } from "./seed-run.ts";
import { showHistory } from "./show-history.ts";
import { shrink } from "./shrink.ts";
import type { Wish } from "./wish.ts";

/**
 * Makes a failing seed as short as it gets while it still breaks the same invariant, shows that history and
 * saves the scenario under `regressions/`.
 */
export async function explain(wish: Pick<Wish, "faults" | "commit" | "say">, report: Report): Promise<void> {
  const [first] = report.violations;
  if (first === undefined) return;
  const { say } = wish;
  const scenario = drawScenario(report.seed, wish.faults === null ? {} : { faults: wish.faults });
  say(`shrinking seed ${report.seed} (${first.invariant}) ...`);
  const shortest = await shrink(scenario, async (candidate) => {
    const { violations } = await runScenario(candidate);
    return violations.some(({ invariant }) => invariant === first.invariant);
  });
  const { history, violations } = await runScenario(shortest);
  const shown = violations.find(({ invariant }) => invariant === first.invariant) ?? first;
  for (const line of showHistory(history, shown.at)) say(line);
  say(`${shown.invariant}: ${shown.message}`);
  const path = saveRegression({
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
