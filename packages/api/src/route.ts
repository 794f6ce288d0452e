import type { z } from "zod";
import { keyRoles } from "./access.ts";
import type { KeyRole, Scope } from "./access.ts";
import type { ProblemCode } from "./problem.ts";

/** What a route answers when it does what it is asked for. */
export interface RouteAnswer {
  readonly status: 200 | 201 | 202;
  readonly what: string;
  readonly schema: z.ZodType;
}

/** Part of the reference that a route stands in. */
export type RouteTag = "In the moment" | "Records" | "Operations" | "Duplicates" | "Plans" | "Access";

/**
 * One route of the API. Everything that is said of it anywhere is made from this: validation, who may call
 * it, the OpenAPI document, the reference pages and the tests.
 */
export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  /** `operationId` of the document. */
  readonly id: string;
  readonly method: "get" | "post" | "put" | "delete";
  /** Below `/api/v1`; what stands in braces is a parameter. */
  readonly path: string;
  readonly tag: RouteTag;
  readonly summary: string;
  /** More of it, in whole sentences; empty where the summary is enough. */
  readonly more: string;
  /** Null for what any key may ask. */
  readonly scope: Scope | null;
  readonly roles: readonly KeyRole[];
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  readonly body: z.ZodType<Body> | null;
  readonly answers: readonly RouteAnswer[];
  /** Problems beside those that every route answers, see {@link problemsOf}. */
  readonly problems: readonly ProblemCode[];
  /** Whether it needs an Idempotency-Key, under which a repeat gets the same answer. */
  readonly isKeyed: boolean;
  /** How long a caller waits when they do not say, ms; null where nothing is waited for. */
  readonly budgetMs: number | null;
  /** Its rows also come as server-sent events, for as long as both sides like. */
  readonly isStreamed?: true;
}

/** Longest that a caller can ask to wait (`Prefer: wait=`), ms. */
export const budgetMsMax = 60_000;

/** Every role: for what any key may ask. */
export const everyRole: readonly KeyRole[] = keyRoles;
/** Whoever may look at how things go. */
export const onlookers: readonly KeyRole[] = ["viewer", "operator", "approver", "administrator", "agent"];
/** Whoever may change what waits for a person. */
export const operators: readonly KeyRole[] = ["operator", "administrator"];

const always: readonly ProblemCode[] = [
  "key_missing",
  "key_refused",
  "session_over",
  "role_refused",
  "scope_missing",
  "csrf_refused",
  "request_invalid",
  "rate_limited",
  "defect",
  "store_away",
];
const ofBody: readonly ProblemCode[] = ["body_malformed", "body_too_large", "media_type"];
const ofKey: readonly ProblemCode[] = ["idempotency_key_missing", "idempotency_key_reused", "still_running"];

/** Every problem that a route may answer. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  return [
    ...always,
    ...(route.body === null ? [] : ofBody),
    ...(route.isKeyed ? ofKey : []),
    ...route.problems,
  ];
}
