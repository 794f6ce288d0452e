import type { Verdict } from "../plan.ts";
import type { Value } from "../value.ts";
import { play, scenesOf, tell } from "./scenes.ts";
import type { Universe } from "./scenes.ts";

/** What was seen of a universe. */
export interface Survey {
  readonly combinations: number;
  /** Combinations that ended in an open conflict; a person decided each in three ways. */
  readonly conflicts: number;
  /** Verdicts at rest. */
  readonly verdicts: ReadonlyMap<Verdict, number>;
  /** Broken rules, each with how often and the first scene that breaks it. */
  readonly broken: { readonly [rule: string]: { readonly times: number; readonly example: string } };
}

/**
 * Plays every scene of a universe, and each open conflict on to a person's decision: either side's value, or
 * another.
 */
export function exhaust(universe: Universe): Survey {
  const broken: Record<string, { times: number; example: string }> = {};
  const verdicts = new Map<Verdict, number>();
  let combinations = 0;
  let conflicts = 0;
  for (const scene of scenesOf(universe)) {
    combinations += 1;
    const { world, last } = play(scene);
    verdicts.set(last.verdict, (verdicts.get(last.verdict) ?? 0) + 1);
    const violations = [...world.judge.violations];
    if (last.conflicts.length > 0) {
      conflicts += 1;
      for (const value of [world.station("crm").truth, world.station("erp").truth, universe.edit]) {
        const { world: decided } = play(scene);
        decided.resolve(value as Value);
        if (decided.settle().conflicts.length > 0)
          violations.push("a person's decision left the conflict open");
        violations.push(...decided.judge.violations);
      }
    }
    for (const rule of violations) {
      broken[rule] = { times: (broken[rule]?.times ?? 0) + 1, example: broken[rule]?.example ?? tell(scene) };
    }
  }
  return { combinations, conflicts, verdicts, broken };
}
