// Made from the OpenAPI document by packages/api/src/client-code.ts; a test keeps both equal.
import type { OperationRoute } from "../operation.ts";

/** What is asked and answered by the operations of "Plans". */
export interface PlansOperations {
  /** Show, record by record, what would be written; writes nothing. */
  readonly makePlan: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly only?:
        | readonly (
            | "accounts"
            | "contacts"
            | "products"
            | "pricebooks"
            | "quotes"
            | "orders"
            | "invoices"
            | "inventory"
            | "shipments")[]
        | null;
      readonly sweep?: boolean;
    };
    readonly answer:
      | {
        readonly status: 201;
        readonly body: {
          readonly id: string;
          readonly madeAt: string;
          readonly expiresAt: string;
          readonly entities: readonly (
            | "accounts"
            | "contacts"
            | "products"
            | "pricebooks"
            | "quotes"
            | "orders"
            | "invoices"
            | "inventory"
            | "shipments")[];
          readonly writes: number;
          readonly conflicts: number;
          readonly parks: number;
          readonly waits: number;
          readonly candidates: number;
          readonly left: number;
          readonly guardStops: readonly { readonly [key: string]: unknown }[];
          readonly troubles: readonly { readonly [key: string]: unknown }[];
        };
      }
      | {
        readonly status: 202;
        readonly body: { readonly kind: "pending"; readonly message: unknown };
      };
  };
  /** A plan that was made, and how far it is applied. */
  readonly getPlan: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly state: "made" | "applying" | "applied" | "stopped";
        readonly appliedAt: string | null;
        readonly approvedBy: string | null;
        readonly isVoid: boolean;
        readonly plan: {
          readonly id: string;
          readonly madeAt: string;
          readonly expiresAt: string;
          readonly entities: readonly (
            | "accounts"
            | "contacts"
            | "products"
            | "pricebooks"
            | "quotes"
            | "orders"
            | "invoices"
            | "inventory"
            | "shipments")[];
          readonly writes: readonly { readonly [key: string]: unknown }[];
          readonly conflicts: readonly { readonly [key: string]: unknown }[];
          readonly parks: readonly { readonly [key: string]: unknown }[];
          readonly waits: readonly { readonly [key: string]: unknown }[];
          readonly candidates: readonly { readonly [key: string]: unknown }[];
          readonly guardStops: readonly { readonly [key: string]: unknown }[];
          readonly troubles: readonly { readonly [key: string]: unknown }[];
          readonly [key: string]: unknown;
        };
      };
    };
  };
  /** Do exactly what a plan shows, or stop where the world has moved. */
  readonly applyPlan: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly onDrift?: "stop" | "skip";
      readonly only?:
        | readonly (
            | "accounts"
            | "contacts"
            | "products"
            | "pricebooks"
            | "quotes"
            | "orders"
            | "invoices"
            | "inventory"
            | "shipments")[]
        | null;
      readonly limit?: number | null;
      readonly canary?: number | null;
      readonly approve?: boolean;
    };
    readonly answer:
      | {
        readonly status: 200;
        readonly body: {
          readonly plan: string;
          readonly state: string;
          readonly planned: number;
          readonly applied: number;
          readonly appliedNow: number;
          readonly unmade: readonly { readonly [key: string]: unknown }[];
          readonly unmadeCount: number;
          readonly [key: string]: unknown;
        };
      }
      | {
        readonly status: 202;
        readonly body: { readonly kind: "pending"; readonly message: unknown };
      };
  };
  /** Plan the inverse of what a run, a plan, a write or all writes of a record did. */
  readonly planUndo: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body:
      | {
          readonly what: "run" | "plan" | "write" | "consolidation";
          readonly id: string;
        }
      | {
          readonly what: "record";
          readonly id: string;
          readonly since: string;
        };
    readonly answer:
      | {
        readonly status: 201;
        readonly body: {
          readonly id: string;
          readonly madeAt: string;
          readonly expiresAt: string;
          readonly entities: readonly (
            | "accounts"
            | "contacts"
            | "products"
            | "pricebooks"
            | "quotes"
            | "orders"
            | "invoices"
            | "inventory"
            | "shipments")[];
          readonly writes: number;
          readonly conflicts: number;
          readonly parks: number;
          readonly waits: number;
          readonly candidates: number;
          readonly left: number;
          readonly guardStops: readonly { readonly [key: string]: unknown }[];
          readonly troubles: readonly { readonly [key: string]: unknown }[];
        };
      }
      | {
        readonly status: 202;
        readonly body: { readonly kind: "pending"; readonly message: unknown };
      };
  };
}

/** Where the operations of "Plans" are. */
export const plansRoutes: { readonly [id in keyof PlansOperations]: OperationRoute } = {
  makePlan: { method: "POST", path: "/plans", isKeyed: true, isTimed: true },
  getPlan: { method: "GET", path: "/plans/{id}", isKeyed: false, isTimed: false },
  applyPlan: { method: "POST", path: "/plans/{id}/apply", isKeyed: true, isTimed: true },
  planUndo: { method: "POST", path: "/undo", isKeyed: true, isTimed: true },
};
