import type { EntityName, Json, LinkId } from "@crossfoot/kernel";

/** States of a plan: made, being applied, applied as a whole, or left with writes that were not made. */
export type PlanState = "made" | "applying" | "applied" | "stopped";

/** A plan as the store knows it. */
export interface PlanRow {
  readonly id: string;
  readonly state: PlanState;
  /** When the last of its writes was made; null before. */
  readonly appliedAt: string | null;
  /** Who approved its harm beyond the guard, or null. */
  readonly approvedBy: string | null;
  /** The store was restored after it was made: what it made since is forgotten. */
  readonly isVoid: boolean;
}

/**
 * The mark of one write of a plan whose outcome is final. It is set in the commit of that outcome (crash
 * matrix, row 16), so that a write that was made is never made again by its plan.
 */
export interface PlanMark {
  /** Number of the write in its plan. */
  readonly number: number;
  /** Key of the intent that it became. */
  readonly key: string;
  readonly state: "made" | "refused";
}

/** Plans: what was made, what of it is done, who approved it. */
export interface PlanStore {
  /**
   * Name of this store: what was offered when it was first asked for, for ever. A plan is good for its own
   * store alone.
   */
  storeId(offered: string): Promise<string>;
  savePlan(id: string, body: Json): Promise<void>;
  setPlanState(id: string, state: Exclude<PlanState, "made">): Promise<void>;
  /** Null when this store has not made a plan of that name. */
  loadPlan(id: string): Promise<PlanRow | null>;
  /** What was saved of it; null when this store has not made it. */
  planBody(id: string): Promise<Json | null>;
  planMarks(id: string): Promise<readonly PlanMark[]>;
  /** Links that wait for one of these to have a record on some connection. */
  waitersOf(
    parents: readonly LinkId[],
  ): Promise<readonly { readonly link: LinkId; readonly entity: EntityName }[]>;
  /**
   * Forgets plans that were made longer ago than that, ms, up to a thousand at once, and answers how many:
   * not one that is being applied, of which a write is open, or by which records became one.
   */
  forgetPlans(olderThanMs: number): Promise<number>;
  /** Remembers who approved a plan, by the hash that is its name; the journal tells it. */
  approvePlan(id: string, by: string): Promise<void>;
}
