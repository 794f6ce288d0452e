// Made from the OpenAPI document by packages/api/src/client-code.ts; a test keeps both equal.
import type { OperationRoute } from "../operation.ts";

/** What is asked and answered by the operations of "Operations". */
export interface OperationsOperations {
  /** How everything stands. */
  readonly status: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly connections: readonly { readonly [key: string]: unknown }[];
        readonly observed: readonly string[];
        readonly pauses: readonly { readonly [key: string]: unknown }[];
        readonly shards: readonly { readonly [key: string]: unknown }[];
        readonly entities: readonly { readonly [key: string]: unknown }[];
        readonly proofs: readonly ({
          readonly entity:
            | "accounts"
            | "contacts"
            | "products"
            | "pricebooks"
            | "quotes"
            | "orders"
            | "invoices"
            | "inventory"
            | "shipments";
          readonly records: number;
          readonly fields: number;
          readonly recordsEqual: number;
          readonly fieldsEqual: number;
          readonly recordsProven: number;
          readonly fieldsProven: number;
          readonly recordsApart: number;
          readonly fieldsApart: number;
          readonly oldest:
            | { readonly link: string; readonly ageMs: number }
            | null;
        })[];
        readonly cursors: readonly { readonly [key: string]: unknown }[];
        readonly runs: readonly { readonly [key: string]: unknown }[];
        readonly outlooks: readonly { readonly [key: string]: unknown }[];
        readonly webhooks: {
          readonly counts: readonly { readonly [key: string]: unknown }[];
          readonly waiting: readonly { readonly [key: string]: unknown }[];
        };
        readonly subscriptions: readonly { readonly [key: string]: unknown }[];
        readonly epoch: {
          readonly number: number;
          readonly state: string;
          readonly [key: string]: unknown;
        };
        readonly sealing: { readonly [key: string]: unknown } | null;
      };
    };
  };
  /** The last runs, the newest first. */
  readonly listRuns: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly limit?: number; readonly cursor?: string };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly rows: readonly ({
          readonly id: string;
          readonly command: string;
          readonly state: string;
          readonly startedAt: string;
          readonly endedAt: string | null;
          readonly summary: unknown;
        })[];
        readonly next: string | null;
      };
    };
  };
  /** What happened, as it happens. */
  readonly listEvents: {
    readonly path: { readonly [key: string]: never };
    readonly query: {
      readonly limit?: number;
      readonly cursor?: string;
      readonly from?: "now" | "start";
      readonly kinds?: string;
    };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly rows: readonly ({
          readonly id: string;
          readonly kind:
            | "run.started"
            | "run.ended"
            | "operation.ended"
            | "record.changed"
            | "question.opened"
            | "question.closed"
            | "plan.made"
            | "plan.approved"
            | "plan.applied"
            | "plan.stopped"
            | "connection.paused"
            | "connection.resumed"
            | "entity.paused"
            | "entity.resumed";
          readonly at: string;
          readonly entity:
            | "accounts"
            | "contacts"
            | "products"
            | "pricebooks"
            | "quotes"
            | "orders"
            | "invoices"
            | "inventory"
            | "shipments"
            | null;
          readonly link: string | null;
          readonly facts: {
            readonly run?: string;
            readonly command?: string;
            readonly state?: string;
            readonly operation?: string;
            readonly connection?: string;
            readonly record?: string;
            readonly did?: string;
            readonly fields?: readonly string[];
            readonly about?: "conflict" | "candidate" | "dead_letter";
            readonly field?: string;
            readonly reason?: string;
            readonly plan?: string;
            readonly name?: string;
          };
        })[];
        readonly next: string;
        readonly isMore: boolean;
      };
    };
  };
  /** Whom events are told to, and how it stands. */
  readonly listWebhooks: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly rows: readonly ({
          readonly name: string;
          readonly host: string;
          readonly role:
            | "viewer"
            | "sales"
            | "operator"
            | "approver"
            | "administrator"
            | "agent";
          readonly kinds:
            | readonly (
                | "run.started"
                | "run.ended"
                | "operation.ended"
                | "record.changed"
                | "question.opened"
                | "question.closed"
                | "plan.made"
                | "plan.approved"
                | "plan.applied"
                | "plan.stopped"
                | "connection.paused"
                | "connection.resumed"
                | "entity.paused"
                | "entity.resumed")[]
            | null;
          readonly entities: readonly string[] | null;
          readonly state: "new" | "open" | "stopped";
          readonly reason: string | null;
          readonly behind: number;
          readonly waiting: number;
          readonly parked: number;
          readonly deliveredAt: string | null;
        })[];
      };
    };
  };
  /** Attempts to tell a subscription, the newest first. */
  readonly listDeliveries: {
    readonly path: { readonly name: string };
    readonly query: { readonly limit?: number; readonly cursor?: string };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly rows: readonly ({
          readonly id: string;
          readonly event: string;
          readonly kind: string;
          readonly attempt: number;
          readonly at: string;
          readonly state:
            | "waiting"
            | "delivered"
            | "failed"
            | "parked"
            | "dropped";
          readonly status: number | null;
          readonly cause: string | null;
          readonly ms: number | null;
          readonly nextAt: string | null;
          readonly askedBy: string | null;
        })[];
        readonly next: string | null;
      };
    };
  };
  /** Tell the event of an attempt again, under the same `webhook-id`. */
  readonly redeliver: {
    readonly path: { readonly name: string; readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 202;
      readonly body: { readonly event: string };
    };
  };
  /** Whether both systems agree, to the field and to the cent, or what differs and why. */
  readonly statement: {
    readonly path: { readonly [key: string]: never };
    readonly query: {
      readonly entity?:
        | "accounts"
        | "contacts"
        | "products"
        | "pricebooks"
        | "quotes"
        | "orders"
        | "invoices"
        | "inventory"
        | "shipments";
      readonly asOf?: string;
    };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly madeAt: string;
        readonly contract: string;
        readonly entities: readonly { readonly [key: string]: unknown }[];
        readonly [key: string]: unknown;
      };
    };
  };
  /** Fields that wait for a person's decision. */
  readonly listConflicts: {
    readonly path: { readonly [key: string]: never };
    readonly query: {
      readonly limit?: number;
      readonly cursor?: string;
      readonly entity?:
        | "accounts"
        | "contacts"
        | "products"
        | "pricebooks"
        | "quotes"
        | "orders"
        | "invoices"
        | "inventory"
        | "shipments";
    };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly rows: readonly ({
          readonly link: string;
          readonly entity:
            | "accounts"
            | "contacts"
            | "products"
            | "pricebooks"
            | "quotes"
            | "orders"
            | "invoices"
            | "inventory"
            | "shipments";
          readonly field: string;
          readonly reason: string;
          readonly state: string;
          readonly openedAt: string;
          readonly values: { readonly [key: string]: unknown };
        })[];
        readonly next: string | null;
      };
    };
  };
  /** Settle a conflict by the value of one connection. */
  readonly decideConflict: {
    readonly path: { readonly link: string; readonly field: string };
    readonly query: { readonly [key: string]: never };
    readonly body: { readonly take: string };
    readonly answer: {
      readonly status: 200;
      readonly body: { readonly settled: true };
    };
  };
  /** What was set aside, with the reason. */
  readonly listDeadLetters: {
    readonly path: { readonly [key: string]: never };
    readonly query: {
      readonly limit?: number;
      readonly cursor?: string;
      readonly entity?:
        | "accounts"
        | "contacts"
        | "products"
        | "pricebooks"
        | "quotes"
        | "orders"
        | "invoices"
        | "inventory"
        | "shipments";
    };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly rows: readonly ({
          readonly parkId: string;
          readonly link: string | null;
          readonly entity:
            | "accounts"
            | "contacts"
            | "products"
            | "pricebooks"
            | "quotes"
            | "orders"
            | "invoices"
            | "inventory"
            | "shipments";
          readonly reason: string;
          readonly connection: string | null;
          readonly externalId: string | null;
          readonly intentKey: string | null;
          readonly problems: { readonly [key: string]: unknown };
          readonly failure:
            | {
                readonly failure: string;
                readonly code: string;
                readonly message: string;
                readonly status: number | null;
                readonly retryAt: number | null;
                readonly requestId: string | null;
                readonly field: string | null;
              }
            | null;
          readonly openedAt: string;
          readonly attempts: number;
        })[];
        readonly next: string | null;
      };
    };
  };
  /** Put back what was set aside. */
  readonly redriveDeadLetters: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: { readonly ids: readonly string[] };
    readonly answer: {
      readonly status: 200;
      readonly body: { readonly redriven: number };
    };
  };
  /** What people have paused. */
  readonly listPauses: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly rows: readonly ({
          readonly kind: "entity" | "connection";
          readonly name: string;
          readonly by: string;
          readonly since: string;
        })[];
      };
    };
  };
  /** Pause an entity or a connection, for all workers. */
  readonly pause: {
    readonly path: {
      readonly kind: "entity" | "connection";
      readonly name: string;
    };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: { readonly isChanged: boolean };
    };
  };
  /** Let what is paused go on. */
  readonly resume: {
    readonly path: {
      readonly kind: "entity" | "connection";
      readonly name: string;
    };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: { readonly isChanged: boolean };
    };
  };
}

/** Where the operations of "Operations" are. */
export const operationsRoutes: { readonly [id in keyof OperationsOperations]: OperationRoute } = {
  status: { method: "GET", path: "/status", isKeyed: false, isTimed: false },
  listRuns: { method: "GET", path: "/runs", isKeyed: false, isTimed: false },
  listEvents: { method: "GET", path: "/events", isKeyed: false, isTimed: false },
  listWebhooks: { method: "GET", path: "/webhooks", isKeyed: false, isTimed: false },
  listDeliveries: {
    method: "GET",
    path: "/webhooks/{name}/deliveries",
    isKeyed: false,
    isTimed: false,
  },
  redeliver: {
    method: "POST",
    path: "/webhooks/{name}/deliveries/{id}/redeliver",
    isKeyed: true,
    isTimed: false,
  },
  statement: { method: "GET", path: "/statement", isKeyed: false, isTimed: false },
  listConflicts: { method: "GET", path: "/conflicts", isKeyed: false, isTimed: false },
  decideConflict: {
    method: "POST",
    path: "/conflicts/{link}/{field}/decision",
    isKeyed: true,
    isTimed: false,
  },
  listDeadLetters: { method: "GET", path: "/dead-letters", isKeyed: false, isTimed: false },
  redriveDeadLetters: { method: "POST", path: "/dead-letters/redrive", isKeyed: true, isTimed: false },
  listPauses: { method: "GET", path: "/pauses", isKeyed: false, isTimed: false },
  pause: { method: "PUT", path: "/pauses/{kind}/{name}", isKeyed: false, isTimed: false },
  resume: { method: "DELETE", path: "/pauses/{kind}/{name}", isKeyed: false, isTimed: false },
};
