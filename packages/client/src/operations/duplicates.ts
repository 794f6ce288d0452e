// Made from the OpenAPI document by packages/api/src/client-code.ts; a test keeps both equal.
import type { OperationRoute } from "../operation.ts";

/** What is asked and answered by the operations of "Duplicates". */
export interface DuplicatesOperations {
  /** Records that may be the same as others. */
  readonly listCandidates: {
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
          readonly connection: string;
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
          readonly id: string;
          readonly links: readonly string[];
          readonly keys: readonly string[];
          readonly openedAt: string;
        })[];
        readonly next: string | null;
      };
    };
  };
  /** Say that a record is the same as another, or one of its own. */
  readonly decideCandidate: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: {
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
      readonly connection: string;
      readonly id: string;
      readonly with: string | null;
    };
    readonly answer: {
      readonly status: 200;
      readonly body: { readonly settled: true };
    };
  };
  /** Take back what was decided about a record: it is asked about again. */
  readonly undecideCandidate: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: {
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
      readonly connection: string;
      readonly id: string;
    };
    readonly answer: {
      readonly status: 200;
      readonly body: { readonly settled: true };
    };
  };
  /** Records that one connection may have twice, those that are due first before the others. */
  readonly listDuplicates: {
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
      readonly state?: "open" | "apart" | "consolidated" | "gone";
    };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly rows: readonly ({
          readonly id: string;
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
          readonly connection: string;
          readonly state: "open" | "apart" | "consolidated" | "gone";
          readonly band: "link" | "review";
          readonly probability: number;
          readonly isAutomatic: boolean;
          readonly records: readonly ({
            readonly connection: string;
            readonly id: string;
            readonly label: string;
            readonly link: string | null;
            readonly content: string;
          })[];
          readonly evidence: readonly ({
            readonly records: readonly string[];
            readonly probability: number;
            readonly says: readonly string[];
          })[];
          readonly foundAt: string;
          readonly dueAt: string;
          readonly owner: string | null;
          readonly closedAt: string | null;
          readonly closedBy: string | null;
          readonly plan: string | null;
          readonly takenBackBy: string | null;
          readonly decidedBy: string | null;
        })[];
        readonly next: string | null;
      };
    };
  };
  /** Say that records are each their own, take that back, or say who looks at them. */
  readonly decideDuplicate: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly word: "apart" | "reopen" | "assign";
      readonly owner?: string;
      readonly due?: string;
    };
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly id: string;
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
        readonly connection: string;
        readonly state: "open" | "apart" | "consolidated" | "gone";
        readonly band: "link" | "review";
        readonly probability: number;
        readonly isAutomatic: boolean;
        readonly records: readonly ({
          readonly connection: string;
          readonly id: string;
          readonly label: string;
          readonly link: string | null;
          readonly content: string;
        })[];
        readonly evidence: readonly ({
          readonly records: readonly string[];
          readonly probability: number;
          readonly says: readonly string[];
        })[];
        readonly foundAt: string;
        readonly dueAt: string;
        readonly owner: string | null;
        readonly closedAt: string | null;
        readonly closedBy: string | null;
        readonly plan: string | null;
        readonly takenBackBy: string | null;
        readonly decidedBy: string | null;
      };
    };
  };
}

/** Where the operations of "Duplicates" are. */
export const duplicatesRoutes: { readonly [id in keyof DuplicatesOperations]: OperationRoute } = {
  listCandidates: { method: "GET", path: "/candidates", isKeyed: false, isTimed: false },
  decideCandidate: { method: "POST", path: "/candidates/decision", isKeyed: true, isTimed: false },
  undecideCandidate: { method: "POST", path: "/candidates/undecide", isKeyed: true, isTimed: false },
  listDuplicates: { method: "GET", path: "/duplicates", isKeyed: false, isTimed: false },
  decideDuplicate: {
    method: "POST",
    path: "/duplicates/{id}/decision",
    isKeyed: true,
    isTimed: false,
  },
};
