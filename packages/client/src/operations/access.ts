// Made from the OpenAPI document by packages/api/src/client-code.ts; a test keeps both equal.
import type { OperationRoute } from "../operation.ts";

/** What is asked and answered by the operations of "Access". */
export interface AccessOperations {
  /** What the key or the person that asks may do. */
  readonly me: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly kind: "key" | "person";
        readonly key: string | null;
        readonly csrfToken: string | null;
        readonly name: string;
        readonly role: string;
        readonly scopes: readonly string[];
        readonly expiresAt: string | null;
        readonly hidden: { readonly [key: string]: readonly string[] };
      };
    };
  };
  /** Who may sign in. */
  readonly listPeople: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly rows: readonly ({
          readonly name: string;
          readonly role: string;
          readonly state: "invited" | "active" | "disabled";
          readonly isExternal: boolean;
          readonly createdAt: string;
          readonly signedInAt: string | null;
        })[];
      };
    };
  };
  /** Invite somebody by a one-time link. */
  readonly invitePerson: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly name: string;
      readonly role:
        | "viewer"
        | "sales"
        | "operator"
        | "approver"
        | "administrator"
        | "agent";
    };
    readonly answer: {
      readonly status: 201;
      readonly body: {
        readonly name: string;
        readonly link: string;
        readonly expiresAt: string;
      };
    };
  };
  /** Change somebody's role, or disable them. */
  readonly changePerson: {
    readonly path: { readonly name: string };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly role?:
        | "viewer"
        | "sales"
        | "operator"
        | "approver"
        | "administrator"
        | "agent";
      readonly isDisabled?: boolean;
    };
    readonly answer: {
      readonly status: 200;
      readonly body: { readonly isChanged: boolean };
    };
  };
  /** Give somebody a one-time link that sets a password anew. */
  readonly linkPerson: {
    readonly path: { readonly name: string };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 201;
      readonly body: { readonly link: string; readonly expiresAt: string };
    };
  };
  /** Sign somebody out everywhere. */
  readonly endSessions: {
    readonly path: { readonly name: string };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: { readonly ended: number };
    };
  };
}

/** Where the operations of "Access" are. */
export const accessRoutes: { readonly [id in keyof AccessOperations]: OperationRoute } = {
  me: { method: "GET", path: "/me", isKeyed: false, isTimed: false },
  listPeople: { method: "GET", path: "/people", isKeyed: false, isTimed: false },
  invitePerson: { method: "POST", path: "/people", isKeyed: false, isTimed: false },
  changePerson: { method: "PUT", path: "/people/{name}", isKeyed: false, isTimed: false },
  linkPerson: { method: "POST", path: "/people/{name}/link", isKeyed: false, isTimed: false },
  endSessions: { method: "DELETE", path: "/people/{name}/sessions", isKeyed: false, isTimed: false },
};
