import type { HttpAnswer, HttpRequest, Session } from "@crossfoot/connector-sdk";

/**
 * What the fake answers to a method: a result, an error in Tryton's form, a bare status or body, or a lost
 * answer.
 */
export type Reply =
  | { readonly result: unknown }
  | { readonly error: unknown }
  | { readonly status: number; readonly body: string }
  | { readonly thrown: Error };

/** One request that reached the fake. */
export interface Asked {
  readonly method: string;
  readonly params: readonly never[];
  readonly isWrite: boolean;
}

const facts: { readonly [method: string]: unknown } = {
  "common.db.login": [2, "key"],
  "model.res.user.get_preferences": { company: 1, language: "en" },
  "model.company.company.search_read": [
    {
      id: 1,
      party: 1,
      "party.": { id: 1, name: "Us", code: "1" },
      "currency.": { id: 1, code: "EUR", digits: 2 },
    },
  ],
  "model.company.employee.search_read": [],
  "model.carrier.search_read": [],
  "model.res.user.search_read": [{ id: 2, login: "sync" }],
  "model.ir.model.field.search_read": [],
  "model.party.relation.type.search_read": [{ id: 7, name: "any" }],
};

/**
 * A session on a server of which only the last methods are said; the rest is what every connection asks
 * first.
 */
export function fakeTryton(
  reply: (asked: Asked) => Reply | undefined,
): Session & { readonly asked: Asked[] } {
  const tokens = new Map<string, string>();
  const asked: Asked[] = [];
  return {
    asked,
    options: { database: "d", user: "u", password: "p" },
    secret: () => "secret",
    now: () => 0,
    token: { load: (name) => tokens.get(name), store: (name, value) => void tokens.set(name, value) },
    http: async (request) =>
      answerTo(request, (one) => {
        const own = reply(one);
        if (own === undefined && facts[one.method] !== undefined) return { result: facts[one.method] };
        asked.push(one);
        return own ?? { status: 500, body: "" };
      }),
  };
}

function answerTo(request: HttpRequest, reply: (asked: Asked) => Reply): HttpAnswer {
  const { method, params } = JSON.parse(request.body ?? "") as Asked;
  const said = reply({ method, params, isWrite: request.isWrite });
  if ("thrown" in said) throw said.thrown;
  if ("status" in said) return { status: said.status, headers: {}, body: said.body };
  return { status: 200, headers: {}, body: JSON.stringify({ id: 1, ...said }) };
}
