import type { World } from "crossfoot/testing";
import type { Commit, Typed } from "./system/commit.ts";
import type { Entry } from "./history.ts";

type Plan = Extract<Entry, { readonly kind: "planned" }>["plan"];

/**
 * Who stands behind writes of ours: a repair, and what takes one back, are an operator's edits that we type
 * in (decision 0029). Everybody who judges a run takes them for that, as does the truth that they judge by.
 */
export class Repairs {
  readonly #edits = new Map<string, RepairEdit>();

  /** Notes the writes of a plan as an operator's own. */
  note(world: World, plan: Plan, by: string): void {
    for (const { number } of plan.writes)
      for (const does of ["repair", "undo"])
        this.#edits.set(world.entropy.digest(`${does}\n${plan.id}\n${number}`), {
          by,
          plan: plan.id,
          number,
        });
  }

  /** The operator's edit that a write is, or null. */
  editOf(key: string): RepairEdit | null {
    return this.#edits.get(key) ?? null;
  }
}

/** An operator's edit: whose, and the write of which plan. */
export interface RepairEdit {
  readonly by: string;
  readonly plan: string;
  readonly number: number;
}

/** Whose edit a repair is, as the actor of its commit. */
export const repairer = (
  { by, plan, number }: RepairEdit,
  { call, key }: { readonly call: number; readonly key: string },
): Commit["actor"] => ({ kind: "person", name: by, action: "repair", typed: { call, key, plan, number } });

/** The planned write that a commit carries out in an operator's name, or null. */
export const repairOf = ({ actor }: Commit): Typed | null =>
  actor.kind === "person" ? (actor.typed ?? null) : null;

/** Whether a commit is an operator's repair: its stamp is none that decides (I26). */
export const isRepair = (commit: Commit): boolean => repairOf(commit) !== null;
