import type { Database } from "../ports.ts";
import type { PlanStore } from "./port.ts";

/** Most plans that are forgotten in one commit. */
const forgottenMax = 1_000;

/** Plans that nobody needs any more. */
const forgettable =
  "select p.id from plan p where p.state <> 'applying' and p.made_at <= now() - $1::float8 * interval " +
  "'1 millisecond' and not exists (select from intent i where i.plan_id = p.id and i.state in ('stored', " +
  "'sending', 'in_doubt', 'parked')) and not exists (select from consolidated c where c.plan = p.id) " +
  `order by p.made_at, p.id limit ${forgottenMax} for update skip locked`;

/** Plans that are old. */
export function oldPlanStore(database: Database): Pick<PlanStore, "forgetPlans"> {
  return {
    async forgetPlans(olderThanMs) {
      return database.transaction(async (tx) => {
        const rows = await tx.query<{ id: string }>(forgettable, [olderThanMs]);
        const ids = JSON.stringify(rows.map(({ id }) => id));
        const these = "in (select jsonb_array_elements_text($1::jsonb))";
        await tx.query(`delete from plan_write where plan_id ${these}`, [ids]);
        await tx.query(`delete from plan where id ${these}`, [ids]);
        return rows.length;
      });
    },
  };
}
