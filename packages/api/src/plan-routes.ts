import type { EntityName } from "@crossfoot/model";
import { z } from "zod";
import type { KeyRole } from "./access.ts";
import type { ProblemCode } from "./problem.ts";
import type { Route } from "./route.ts";
import {
  anything,
  counted,
  entity,
  exactly,
  instant,
  line,
  noParams,
  noQuery,
  recordName,
  said,
} from "./schema.ts";

const planners: readonly KeyRole[] = ["operator", "approver", "administrator", "agent"];
const readers: readonly KeyRole[] = ["viewer", ...planners];
const appliers: readonly KeyRole[] = ["operator", "approver", "administrator"];

/** Time given to making or applying a plan before the answer is 202, ms. */
const planMs = 20_000;

/** Writes of a plan that were not made, as an answer lists them at most. */
export const unmadeMax = 1_000;

/** Body of `POST /plans`. */
export interface PlanBody {
  readonly only: readonly EntityName[] | null;
  readonly sweep: boolean;
}

/** Body of `POST /plans/{id}/apply`. */
export interface ApplyBody {
  readonly onDrift: "stop" | "skip";
  readonly only: readonly EntityName[] | null;
  readonly limit: number | null;
  readonly canary: number | null;
  readonly approve: boolean;
}

/** Body of `POST /undo`. */
export type UndoBody =
  | { readonly what: "run" | "plan" | "write" | "consolidation"; readonly id: string }
  | { readonly what: "record"; readonly id: string; readonly since: string };

const rows = z.array(z.looseObject({}));
const plan = z
  .looseObject({
    id: said("Its name, the hash of the whole plan, also of what the key's role does not see"),
    madeAt: z.string(),
    expiresAt: z.string(),
    entities: z.array(entity),
    writes: rows,
    conflicts: rows,
    parks: rows,
    waits: rows,
    candidates: rows,
    guardStops: rows,
    troubles: rows,
  })
  .describe("What would be written, and what would not and why");
const planHead = exactly({
  id: said("Its name; `Location` is its address"),
  madeAt: z.string(),
  expiresAt: z.string(),
  entities: z.array(entity),
  writes: counted("Writes that it would make"),
  conflicts: counted("Fields that wait for a person"),
  parks: counted("Records that are set aside"),
  waits: counted("Fields that wait for another record"),
  candidates: counted("Possible duplicates"),
  left: counted("Of an undo: what it leaves as it is"),
  guardStops: rows.describe("Harm beyond the guard, which an approver has to approve"),
  troubles: rows.describe("Connections that could not be read"),
});
const keptPlan = exactly({
  state: z.enum(["made", "applying", "applied", "stopped"]),
  appliedAt: z.string().nullable(),
  approvedBy: z.string().nullable(),
  isVoid: z.boolean().describe("The store was restored since; the plan is good for nothing"),
  plan,
});
const applied = z
  .looseObject({
    plan: z.string(),
    state: z.string(),
    planned: z.number(),
    applied: z.number(),
    appliedNow: z.number(),
    unmade: rows.describe("The first 1,000"),
    unmadeCount: counted("All of them"),
  })
  .describe("What the apply did; planned writes that were not made, each with its reason");
const pending = exactly({ kind: z.literal("pending"), message: anything("What is waited for") });
const later = {
  status: 202,
  what: "It goes on; ask again with the same Idempotency-Key",
  schema: pending,
} as const;

const only = z.array(entity).min(1).max(9).nullable().default(null).describe("Only these entities");
const records = z.number().int().min(1).max(1_000_000).nullable().default(null);
const blockers: readonly ProblemCode[] = ["busy", "store_held", "contract_unsigned"];
const planning = {
  tag: "Plans",
  method: "post",
  scope: "plans:write",
  roles: planners,
  params: noParams,
  query: noQuery,
  isKeyed: true,
  budgetMs: planMs,
} as const;
const planParams: z.ZodType<{ readonly id: string }> = exactly({ id: line(100, "The plan, `p-...`") });

/** Makes a plan. */
export const makePlanRoute: Route<object, object, PlanBody> = {
  ...planning,
  id: "makePlan",
  path: "/plans",
  summary: "Show, record by record, what would be written; writes nothing",
  more: "Both systems are read first. Past its budget it answers 202, and goes on.",
  body: exactly({ only, sweep: z.boolean().default(false).describe("Read everything again first") }),
  answers: [{ status: 201, what: "The plan in short; `Location` is its address", schema: planHead }, later],
  problems: blockers,
};

/** A plan that was made. */
export const planRoute: Route<{ readonly id: string }, object> = {
  ...planning,
  id: "getPlan",
  method: "get",
  path: "/plans/{id}",
  summary: "A plan that was made, and how far it is applied",
  more: "",
  scope: "plans:read",
  roles: readers,
  params: planParams,
  body: null,
  answers: [{ status: 200, what: "The plan", schema: keptPlan }],
  problems: ["plan_unknown"],
  isKeyed: false,
  budgetMs: null,
};

/** Applies a plan. */
export const applyPlanRoute: Route<{ readonly id: string }, object, ApplyBody> = {
  ...planning,
  id: "applyPlan",
  path: "/plans/{id}/apply",
  summary: "Do exactly what a plan shows, or stop where the world has moved",
  more:
    "`approve` approves harm beyond the guard and needs the role approver or administrator. Past its " +
    "budget it answers 202, and goes on; `GET /plans/{id}` shows how far it is.",
  scope: "plans:apply",
  roles: appliers,
  params: planParams,
  body: exactly({
    onDrift: z.enum(["stop", "skip"]).default("stop").describe("What to do about a record that moved"),
    only,
    limit: records.describe("At most so many records"),
    canary: records.describe("So many records of each entity are written and compared before the others"),
    approve: z.boolean().default(false).describe("Approve harm beyond the guard"),
  }),
  answers: [{ status: 200, what: "What it did", schema: applied }, later],
  problems: [...blockers, "plan_unknown", "plan_refused", "observe_only"],
};

/** Plans the inverse of what was done. */
export const undoRoute: Route<object, object, UndoBody> = {
  ...planning,
  id: "planUndo",
  path: "/undo",
  summary: "Plan the inverse of what a run, a plan, a write or all writes of a record did",
  more: "An ordinary plan, to be applied. What somebody changed since is listed and left alone.",
  body: z.discriminatedUnion("what", [
    exactly({
      what: z.enum(["run", "plan", "write", "consolidation"]),
      id: line(300, "Its name"),
    }),
    exactly({ what: z.literal("record"), id: recordName, since: instant }),
  ]),
  answers: [{ status: 201, what: "The plan in short; `Location` is its address", schema: planHead }, later],
  problems: [...blockers, "undo_refused"],
};
