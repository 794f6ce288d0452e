/**
 * A person at Odoo's own screens: JSON-2 calls under a key of that person, nothing of the connector.
 */

/** A value as JSON carries it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** A record, a form or a context. */
export type Row = { readonly [key: string]: Json };

/** The person's hands: methods and searches. */
export interface Desk {
  /** Calls a method; rejects with Odoo's own words when it refuses. */
  readonly call: (model: string, method: string, body?: Row) => Promise<Json>;
  /** Records that a domain finds, by id; archived ones too where the context asks for them. */
  readonly find: (
    model: string,
    domain: readonly Json[],
    fields: readonly string[],
  ) => Promise<readonly Row[]>;
}

/** Odoo's refusal, with the class of the exception that it names. */
class OdooRefusal extends Error {
  readonly status: number;
  readonly kind: string;

  constructor(at: string, status: number, body: Row) {
    const kind = typeof body["name"] === "string" ? body["name"] : "";
    const said = typeof body["message"] === "string" ? body["message"] : "";
    super(`${at}: ${status} ${kind} ${said.slice(0, 300)}`);
    this.status = status;
    this.kind = kind;
  }
}

interface Login {
  readonly url: string;
  readonly database: string;
  readonly key: string;
}

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return { message: "an answer that is not JSON" };
  }
};

/** Opens a desk under a key. Nothing is sent before the first call. */
export function deskOf({ url, database, key }: Login): Desk {
  const headers = {
    "content-type": "application/json",
    authorization: `bearer ${key}`,
    "x-odoo-database": database,
  };
  const call: Desk["call"] = async (model, method, body = {}) => {
    const at = `${model}/${method}`;
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}/json/2/${at}`, request);
    const answer = parsed(await response.text());
    if (response.ok) return answer;
    throw new OdooRefusal(at, response.status, (answer ?? {}) as Row);
  };
  return {
    call,
    find: async (model, domain, fields) =>
      (await call(model, "search_read", { domain, fields, order: "id asc", load: null })) as readonly Row[],
  };
}
