import type { Clock } from "../ports.ts";
import { createHttp } from "./http.ts";
import type { Http } from "./http.ts";
import type { HttpCall } from "./http-message.ts";

/** A fetch that reaches declared hosts alone, and each of them only where its name leads outside. */
export interface DeclaredFetch {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly close: () => Promise<void>;
}

/** What {@link createDeclaredFetch} takes. */
export interface DeclaredFetchOptions {
  /** Origins such as `https://id.example.com`. */
  readonly origins: readonly string[];
  /** Whole time of a call, ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const methods: readonly HttpCall["method"][] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/**
 * A fetch over our own HTTP, for libraries that take one. Redirects are answers like any other. Rejects for
 * another origin, another method, and a body that is no text; else as {@link createHttp} does.
 */
export function createDeclaredFetch({ origins, timeoutMs, clock }: DeclaredFetchOptions): DeclaredFetch {
  const byOrigin = new Map<string, Http>(
    origins.map((baseUrl) => [new URL(baseUrl).origin, createHttp({ baseUrl, timeoutMs, clock })]),
  );
  return {
    async fetch(url, init) {
      const { origin, host, pathname, search } = new URL(url);
      const http = byOrigin.get(origin);
      if (http === undefined) throw new Error(`${host} is not declared; nothing was sent`);
      const method = methods.find((each) => each === (init.method ?? "GET").toUpperCase());
      const { body = null } = init;
      const isText = body === null || typeof body === "string" || body instanceof URLSearchParams;
      if (method === undefined || !isText) throw new Error(`such a request to ${host} is not made`);
      const reply = await http({
        ...{ method, path: `${pathname}${search}` },
        headers: Object.fromEntries(new Headers(init.headers)),
        ...(body === null ? {} : { body: String(body) }),
      });
      const { status, headers, body: text } = reply;
      const isBare = status === 204 || status === 304;
      return new Response(isBare ? null : text, { status, headers: { ...headers } });
    },
    async close() {
      await Promise.all([...byOrigin.values()].map((http) => http.close()));
    },
  };
}
