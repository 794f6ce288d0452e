// Made from the OpenAPI document by packages/api/src/client-code.ts; a test keeps both equal.
import type { OperationRoute } from "../operation.ts";

/** What is asked and answered by the operations of "Records". */
export interface RecordsOperations {
  /** The records of an entity, as both systems were last read. */
  readonly listRecords: {
    readonly path: {
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
    };
    readonly query: {
      readonly limit?: number;
      readonly cursor?: string;
      readonly search?: string;
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
          readonly state: string;
          readonly verdict: string | null;
          readonly members: readonly ({
            readonly connection: string;
            readonly id: string;
            readonly kind: string;
            readonly version: string | null;
            readonly modifiedAt: string | null;
            readonly fields: { readonly [key: string]: unknown };
            readonly problems: { readonly [key: string]: unknown };
          })[];
        })[];
        readonly next: string | null;
      };
    };
  };
  /** One record. */
  readonly getRecord: {
    readonly path: {
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
    };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
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
        readonly state: string;
        readonly verdict: string | null;
        readonly members: readonly ({
          readonly connection: string;
          readonly id: string;
          readonly kind: string;
          readonly version: string | null;
          readonly modifiedAt: string | null;
          readonly fields: { readonly [key: string]: unknown };
          readonly problems: { readonly [key: string]: unknown };
        })[];
      };
    };
  };
  /** A customer at a glance: contacts, quotes, orders, invoices, shipments, and what is open. */
  readonly getCustomer360: {
    readonly path: { readonly id: string };
    readonly query: { readonly newest?: number };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly account: {
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
          readonly state: string;
          readonly verdict: string | null;
          readonly members: readonly ({
            readonly connection: string;
            readonly id: string;
            readonly kind: string;
            readonly version: string | null;
            readonly modifiedAt: string | null;
            readonly fields: { readonly [key: string]: unknown };
            readonly problems: { readonly [key: string]: unknown };
          })[];
        };
        readonly documents: readonly ({
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
          readonly status: string | null;
          readonly currency: string | null;
          readonly count: number;
          readonly gross: string | null;
          readonly open: string | null;
          readonly overdue: string | null;
        })[];
        readonly related: readonly ({
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
          readonly count: number;
          readonly records: readonly ({
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
            readonly state: string;
            readonly verdict: string | null;
            readonly members: readonly ({
              readonly connection: string;
              readonly id: string;
              readonly kind: string;
              readonly version: string | null;
              readonly modifiedAt: string | null;
              readonly fields: { readonly [key: string]: unknown };
              readonly problems: { readonly [key: string]: unknown };
            })[];
          })[];
          readonly isWhole: boolean;
        })[];
      };
    };
  };
  /** Why a record is as it is. */
  readonly explainRecord: {
    readonly path: {
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
    };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
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
        readonly state: string;
        readonly verdict: string | null;
        readonly members: readonly ({
          readonly connection: string;
          readonly id: string;
          readonly fields: { readonly [key: string]: unknown };
          readonly [key: string]: unknown;
        })[];
        readonly now: readonly string[];
        readonly journal: readonly unknown[];
        readonly [key: string]: unknown;
      };
    };
  };
  /** The records that a link holds together. */
  readonly getLink: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
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
        readonly state: string;
        readonly verdict: string | null;
        readonly members: readonly ({
          readonly connection: string;
          readonly id: string;
          readonly kind: string;
          readonly version: string | null;
          readonly modifiedAt: string | null;
          readonly fields: { readonly [key: string]: unknown };
          readonly problems: { readonly [key: string]: unknown };
        })[];
      };
    };
  };
}

/** Where the operations of "Records" are. */
export const recordsRoutes: { readonly [id in keyof RecordsOperations]: OperationRoute } = {
  listRecords: { method: "GET", path: "/records/{entity}", isKeyed: false, isTimed: false },
  getRecord: { method: "GET", path: "/records/{entity}/{id}", isKeyed: false, isTimed: false },
  getCustomer360: {
    method: "GET",
    path: "/accounts/{id}/customer-360",
    isKeyed: false,
    isTimed: false,
  },
  explainRecord: { method: "GET", path: "/records/{entity}/{id}/why", isKeyed: false, isTimed: false },
  getLink: { method: "GET", path: "/links/{id}", isKeyed: false, isTimed: false },
};
