import { apiBase, applyPlanRoute, makePlanRoute, planRoute, undoRoute, unmadeMax } from "@crossfoot/api";
import type { ApplyBody } from "@crossfoot/api";
import type { ApplyOptions, ApplySummary, Engine, PlanDocument } from "../../runtime/engine.ts";
import type { KeptPlan } from "../../runtime/looking-port.ts";
import { bind, done } from "./call.ts";
import type { Answer, Bound, Caller } from "./call.ts";
import { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** What the routes of plans need of the engine. */
export type PlanEngine = Pick<Engine, "plan" | "apply" | "undo" | "keptPlan">;

const approvers: readonly string[] = ["approver", "administrator"];

/** A plan in short; as a whole it may be longer than anybody wants in an answer. */
function madeAnswer(plan: PlanDocument, sight: Sight): Answer {
  const { id, madeAt, expiresAt, entities, guardStops, troubles, undo } = plan;
  const counts = Object.fromEntries(
    (["writes", "conflicts", "parks", "waits", "candidates"] as const).map((name) => [
      name,
      plan[name].length,
    ]),
  );
  const left = undo?.left.length ?? 0;
  const body = { id, madeAt, expiresAt, entities, ...counts, left, guardStops, troubles };
  return { status: 201, body: sight.conceal(body), location: `${apiBase}/plans/${encodeURIComponent(id)}` };
}

function applyOptions(body: ApplyBody, plan: string, caller: Caller): ApplyOptions {
  const { onDrift, only, limit, canary, approve } = body;
  if (approve && !approvers.includes(caller.visitor.role))
    throw new Problem("role_refused", "harm beyond the guard is approved by an approver or administrator");
  return {
    onDrift,
    ...(only === null ? {} : { only }),
    ...(limit === null ? {} : { limit }),
    ...(canary === null ? {} : { canary }),
    ...(approve ? { approve: { plan, by: caller.by } } : {}),
  };
}

function appliedAnswer(summary: ApplySummary, sight: Sight): Answer {
  const { unmade, ...rest } = summary;
  return done(sight.conceal({ ...rest, unmade: unmade.slice(0, unmadeMax), unmadeCount: unmade.length }));
}

/** Plans: made, shown, applied, taken back. */
export function planRoutes(engine: PlanEngine): readonly Bound[] {
  const isLong = { isLong: true } as const;
  return [
    bind(
      makePlanRoute,
      async ({ body: { only, sweep }, caller, signal }) =>
        madeAnswer(await engine.plan({ sweep, signal, ...(only === null ? {} : { only }) }), caller.sight),
      isLong,
    ),
    bind(planRoute, async ({ params, caller: { sight } }) =>
      done(sight.conceal(await keptPlan(engine, params.id))),
    ),
    bind(
      applyPlanRoute,
      async ({ params, body, caller, signal }) => {
        const options = applyOptions(body, params.id, caller);
        const { plan } = await keptPlan(engine, params.id);
        return appliedAnswer(await engine.apply(plan, { ...options, signal }), caller.sight);
      },
      isLong,
    ),
    bind(
      undoRoute,
      async ({ body, caller, signal }) =>
        madeAnswer(await engine.undo({ ...body, by: caller.by }, { signal }), caller.sight),
      isLong,
    ),
  ];
}

async function keptPlan(engine: PlanEngine, id: string): Promise<KeptPlan> {
  const kept = await engine.keptPlan(id);
  if (kept === null) throw new Problem("plan_unknown", "this store has made no plan of that name");
  return kept;
}
