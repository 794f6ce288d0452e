import type { PlanStore } from "../port.ts";
import type { State } from "./state.ts";

/** States of a write that may still be marked in its plan. */
const openStates: readonly string[] = ["stored", "sending", "in_doubt", "parked"];

/** Plans that are old (see the SQL store). */
export function oldPlanPart(state: State): Pick<PlanStore, "forgetPlans"> {
  const { plan, planWrite, intent, consolidated } = state.tables;
  return {
    async forgetPlans(olderThanMs) {
      return state.commit((now) => {
        const isOpen = (id: string): boolean =>
          intent.all().some(({ plan_id: of, state: at }) => of === id && openStates.includes(at)) ||
          consolidated.all().some(({ plan: of }) => of === id);
        const old = plan
          .all()
          .filter((row) => row.state !== "applying" && row.made_at <= now - olderThanMs && !isOpen(row.id));
        for (const row of old) {
          for (const mark of planWrite.by("plan", row.id)) planWrite.remove(mark);
          plan.remove(row);
        }
        return old.length;
      });
    },
  };
}
