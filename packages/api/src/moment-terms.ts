import { z } from "zod";
import type { KeyRole } from "./access.ts";
import type { ProblemCode } from "./problem.ts";
import type { Route } from "./route.ts";
import { anything, exactly, noParams, noQuery } from "./schema.ts";

const askers: readonly KeyRole[] = ["sales", "operator", "approver", "administrator", "agent"];
/** Who may have an order made, changed or cancelled. */
export const orderers: readonly KeyRole[] = ["sales", "operator", "administrator"];
/** Why there may be no answer, whatever is asked. */
export const refusals: readonly ProblemCode[] = [
  "record_unknown",
  "not_in_erp",
  "not_offered",
  "held",
  "refused_by_erp",
  "erp_away",
  "question_invalid",
];

/** Time given to a question when the caller says nothing, ms. */
const questionMs = 5_000;
/** Time given to the making of an order, or to what becomes of it, ms. */
export const orderMs = 15_000;

/** What is the same of every question that somebody waits for. */
export const question: Pick<
  Route<object, object>,
  "tag" | "method" | "scope" | "roles" | "params" | "query" | "problems" | "isKeyed" | "budgetMs"
> = {
  tag: "In the moment",
  method: "post",
  scope: "moment:read",
  roles: askers,
  params: noParams,
  query: noQuery,
  problems: refusals,
  isKeyed: false,
  budgetMs: questionMs,
};

/** It is not known yet. */
export const pending: z.ZodType = exactly({
  kind: z.literal("pending"),
  message: anything("What is waited for"),
});
