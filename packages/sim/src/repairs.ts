import type { World } from "crossfoot/testing";
import type { Commit } from "./system/commit.ts";
import type { Entry } from "./history.ts";

type Plan = Extract<Entry, { readonly kind: "planned" }>["plan"];

/**
 * Who stands behind writes of ours: a repair, and what takes one back, are an operator's edits that we type
 * in (decision 0029). Everybody who judges a run takes them for that, as does the truth that they judge by.
 */
export class Repairs {
  readonly #operators = new Map<string, string>();

  /** Notes the writes of a plan as an operator's own. */
  note(world: World, plan: Plan, by: string): void {
    for (const { number } of plan.writes)
      for (const does of ["repair", "undo"])
        this.#operators.set(world.entropy.digest(`${does}\n${plan.id}\n${number}`), by);
  }

  /** The operator whose edit a write is, or null. */
  operatorOf(key: string): string | null {
    return this.#operators.get(key) ?? null;
  }
}

const action = "repair";

/** Whose edit a repair is, as the actor of its commit. */
export const repairer = (name: string): Commit["actor"] => ({ kind: "person", name, action });

/** Whether a commit is an operator's repair: its stamp is none that decides (I26). */
export const isRepair = ({ actor }: Commit): boolean => actor.kind === "person" && actor.action === action;
