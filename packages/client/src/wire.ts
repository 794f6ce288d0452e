import type { OperationRoute } from "./operation.ts";
import type { Sleep } from "./patience.ts";

/** Where the API is, and who asks. */
export interface ClientOptions {
  /** Address of the server, such as `https://crossfoot.example`; without `/api/v1`. */
  readonly baseUrl: string;
  /** A whole key, `cf_...`. */
  readonly key: string;
  /** What sends requests; the platform's own when missing. */
  readonly fetch?: typeof fetch;
  readonly sleep?: Sleep;
  /** Makes Idempotency-Keys. */
  readonly uuid?: () => string;
  /** A clock that only goes forward, ms. */
  readonly now?: () => number;
}

/** What every request needs. */
export interface Wire {
  readonly options: ClientOptions;
  readonly fetch: typeof fetch;
  readonly sleep: Sleep;
  readonly now: () => number;
}

/** Parameters by name. */
export type Values = { readonly [name: string]: unknown };
/** What any operation is asked with. */
export interface AnyAsked {
  readonly path?: Values | null;
  readonly query?: Values | null;
  readonly body?: unknown;
}
const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** The address of an operation; every part of it is escaped. */
export function addressOf(options: ClientOptions, route: OperationRoute, asked: AnyAsked): string {
  const path = route.path.replaceAll(/\{([^}]+)\}/g, (_all, name: string) =>
    encodeURIComponent(text(asked.path?.[name])),
  );
  const given = Object.entries(asked.query ?? {}).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given.map(([name, value]): [string, string] => [name, text(value)]));
  const tail = query.size === 0 ? "" : `?${query.toString()}`;
  return `${options.baseUrl.replace(/\/+$/, "")}/api/v1${path}${tail}`;
}
