import type { LinkId } from "@crossfoot/kernel";
import type { IntentOutcome, PlanStore } from "../port.ts";
import { approvalNote, planMarksOf, planNote } from "../plans.ts";
import { instantOrNull, refuseTwice } from "./basics.ts";
import { writeNotes } from "./journal.ts";
import { compareText, jsonb } from "./json.ts";
import type { State } from "./state.ts";
import { keyOf } from "./table.ts";

/** Marks the writes of plans whose outcome is final (see the SQL store). */
export function markPlans(state: State, outcomes: readonly IntentOutcome[], now: number): void {
  const { planWrite } = state.tables;
  // A row that its first mark leaves alone may be met again, as in SQL; one that it touches may not. That is
  // refused before a plan that is not there: SQL looks for plans at the end of the statement.
  const marks = planMarksOf(outcomes).filter(
    (row) => planWrite.get(row.plan_id, String(row.number))?.state !== "made",
  );
  refuseTwice(marks.map((row) => keyOf(row.plan_id, String(row.number))));
  for (const row of marks) {
    const known = planWrite.get(row.plan_id, String(row.number));
    if (known === undefined) planWrite.insert({ ...row, marked_at: now });
    else planWrite.change(known, { ...row, marked_at: now });
  }
}

/** Plans and their marks. */
export function planPart(state: State): Omit<PlanStore, "forgetPlans"> {
  const { plan, planWrite, identity, wait, link } = state.tables;
  return {
    async storeId(offered) {
      return state.commit((now) => {
        const [known] = identity.all();
        return (known ?? identity.insert({ is_one: true, id: offered, made_at: now })).id;
      });
    },
    async savePlan(id, body) {
      state.commit((now) => {
        if (plan.get(id) !== undefined) return;
        const open = {
          state: "made",
          applied_at: null,
          approved_by: null,
          approved_at: null,
          is_void: false,
        } as const;
        plan.insert({ id, made_at: now, body: jsonb(body), ...open });
        writeNotes(state, [planNote("made", id)], null);
      });
    },
    async setPlanState(id, next) {
      state.commit((now) => {
        const row = plan.get(id);
        if (row === undefined) return;
        plan.change(row, { state: next, applied_at: next === "applied" ? now : row.applied_at });
        writeNotes(state, [planNote(next, id)], null);
      });
    },
    async planBody(id) {
      return plan.get(id)?.body ?? null;
    },
    async loadPlan(id) {
      const row = plan.get(id);
      if (row === undefined) return null;
      const { state: at, applied_at, approved_by: approvedBy, is_void: isVoid } = row;
      return { id, state: at, appliedAt: instantOrNull(applied_at), approvedBy, isVoid };
    },
    async planMarks(id) {
      const rows = planWrite.by("plan", id).toSorted((a, b) => a.number - b.number);
      return rows.map(({ number, intent_key: key, state: at }) => ({ number, key, state: at }));
    },
    async waitersOf(parents) {
      const waiting = new Set(parents.flatMap((id) => wait.by("parent", id).map(({ link_id }) => link_id)));
      return [...waiting].toSorted(compareText).flatMap((id) => {
        const row = link.get(id);
        return row === undefined ? [] : [{ link: id as LinkId, entity: row.entity }];
      });
    },
    async approvePlan(id, by) {
      state.commit((now) => {
        const row = plan.get(id);
        if (row === undefined || row.approved_by !== null) return;
        plan.change(row, { approved_by: by, approved_at: now });
        writeNotes(state, [approvalNote(id, by)], null);
      });
    },
  };
}
