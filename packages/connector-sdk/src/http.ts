/** A request as the runtime's `http` takes it. `path` is relative to the connection's address. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  /** True when a lost answer leaves the effect unknown. */
  readonly isWrite: boolean;
}

/** An answer. Header names in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}
