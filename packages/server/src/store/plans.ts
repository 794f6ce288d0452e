import type { Json, LinkId } from "@crossfoot/kernel";
import type { Database, Queryable } from "../ports.ts";
import type { JournalWriter } from "./journal.ts";
import type { Note } from "./chain.ts";
import type { IntentOutcome, PlanMark, PlanRow, PlanState, PlanStore } from "./port.ts";

interface Deps {
  readonly database: Database;
  readonly journal: JournalWriter;
}

/** A row of the marks of plans. */
export interface PlanWriteRow {
  readonly plan_id: string;
  readonly number: number;
  readonly intent_key: string;
  readonly state: PlanMark["state"];
}

/**
 * The marks that outcomes leave: of writes of plans whose outcome is final. A target that had moved refused
 * nothing: such a write is not marked, it is decided again.
 */
export function planMarksOf(outcomes: readonly IntentOutcome[]): readonly PlanWriteRow[] {
  return outcomes.flatMap(({ intent, state, failure }) => {
    const isFinal = state === "settled" || state === "refused" || state === "parked";
    if (intent.plan === null || !isFinal || failure?.failure === "stale") return [];
    const { id: plan_id, number } = intent.plan;
    return [{ plan_id, number, intent_key: intent.key, state: state === "settled" ? "made" : "refused" }];
  });
}

/** The journal's entry of a plan that came into a state. */
export const planNote = (state: PlanState, id: string): Note => ({
  kind: `plan_${state}`,
  entity: null,
  link: null,
  body: { plan: id },
});

/** The journal's entry of an approval. */
export const approvalNote = (id: string, by: string): Note => ({
  kind: "plan_approved",
  entity: null,
  link: null,
  body: { plan: id, by },
});

/** Marks the writes of plans whose outcome is final, in the commit of that outcome. */
export async function markPlans(tx: Queryable, outcomes: readonly IntentOutcome[]): Promise<void> {
  const rows = planMarksOf(outcomes);
  if (rows.length === 0) return;
  await tx.query(
    "insert into plan_write (plan_id, number, intent_key, state) select plan_id, number, intent_key, state " +
      "from jsonb_to_recordset($1::jsonb) as r(plan_id text, number int, intent_key text, state text) on " +
      "conflict (plan_id, number) do update set state = excluded.state, intent_key = excluded.intent_key, " +
      "marked_at = now() where plan_write.state <> 'made'",
    [JSON.stringify(rows)],
  );
}

async function bodyOf(database: Database, id: string): Promise<Json | null> {
  const [row] = await database.query<{ body: Json }>("select body from plan where id = $1", [id]);
  return row?.body ?? null;
}

/** Plans as they are made, and what becomes of them. */
function planStates({ database, journal }: Deps): Pick<PlanStore, "savePlan" | "setPlanState"> {
  return {
    async savePlan(id, body) {
      await database.transaction(async (tx) => {
        const made = await tx.query(
          "insert into plan (id, body) values ($1, $2::jsonb) on conflict (id) do nothing returning id",
          [id, JSON.stringify(body)],
        );
        if (made.length > 0) await journal.write(tx, [planNote("made", id)], null);
      });
    },
    async setPlanState(id, state) {
      await database.transaction(async (tx) => {
        const set = await tx.query(
          "update plan set state = $2, applied_at = case when $2 = 'applied' then now() else " +
            "applied_at end where id = $1 returning id",
          [id, state],
        );
        if (set.length > 0) await journal.write(tx, [planNote(state, id)], null);
      });
    },
  };
}

/** Plans and their marks. */
export function planStore(deps: Deps): Omit<PlanStore, "forgetPlans"> {
  const { database, journal } = deps;
  return {
    async storeId(offered) {
      const read = (): Promise<readonly { readonly id: string }[]> =>
        database.query<{ id: string }>("select id from store_identity");
      const [known] = await read();
      if (known !== undefined) return known.id;
      await database.query("insert into store_identity (id) values ($1) on conflict do nothing", [offered]);
      return (await read())[0]?.id ?? "";
    },
    ...planStates(deps),
    async loadPlan(id) {
      const rows = await database.query<{
        id: string;
        state: PlanState;
        applied_at: string | null;
        approved_by: string | null;
        is_void: boolean;
      }>("select id, state, applied_at, approved_by, is_void from plan where id = $1", [id]);
      const [row] = rows.map((one): PlanRow => ({
        id: one.id,
        state: one.state,
        appliedAt: one.applied_at,
        approvedBy: one.approved_by,
        isVoid: one.is_void,
      }));
      return row ?? null;
    },
    planBody: (id) => bodyOf(database, id),
    async planMarks(id) {
      return database.query<PlanMark & { [column: string]: unknown }>(
        "select number, intent_key as key, state from plan_write where plan_id = $1 order by number",
        [id],
      );
    },
    async waitersOf(parents) {
      const rows = await database.query<{ link_id: string; entity: string }>(
        "select distinct w.link_id, l.entity from wait w join link l on l.id = w.link_id where " +
          "w.parent_link in (select jsonb_array_elements_text($1::jsonb)) order by w.link_id",
        [JSON.stringify(parents)],
      );
      return rows.map(({ link_id, entity }) => ({ link: link_id as LinkId, entity }));
    },
    async approvePlan(id, by) {
      await database.transaction(async (tx) => {
        const rows = await tx.query(
          "update plan set approved_by = $2, approved_at = now() where id = $1 and approved_by is null " +
            "returning id",
          [id, by],
        );
        if (rows.length === 0) return;
        await journal.write(tx, [approvalNote(id, by)], null);
      });
    },
  };
}
