// Made from the OpenAPI document by packages/api/src/client-code.ts; a test keeps both equal.
import type { OperationRoute } from "../operation.ts";

/** What is asked and answered by the operations of "Access". */
export interface AccessOperations {
  /** What the key that asks may do. */
  readonly me: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly key: string;
        readonly name: string;
        readonly role: string;
        readonly scopes: readonly string[];
        readonly expiresAt: string | null;
        readonly hidden: { readonly [key: string]: readonly string[] };
      };
    };
  };
}

/** Where the operations of "Access" are. */
export const accessRoutes: { readonly [id in keyof AccessOperations]: OperationRoute } = {
  me: { method: "GET", path: "/me", isKeyed: false, isTimed: false },
};
