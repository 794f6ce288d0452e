import type { Json, JsonMap } from "./wire.ts";

/** HTTP methods that the session's `http` takes. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One request, with templates. */
export interface RequestSpec {
  readonly method?: Method;
  readonly path: string;
  readonly query?: JsonMap;
  readonly headers?: JsonMap;
  readonly body?: Json;
  /** Statuses that mean yes; 200 to 299 when nothing is said. */
  readonly success?: readonly number[];
}

/** Child rows that need a call of their own. */
export interface ChildSpec extends RequestSpec {
  readonly rows: string;
  readonly max: number;
  readonly parent?: string;
  readonly empty?: readonly number[];
}
