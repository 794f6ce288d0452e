import type { HttpAnswer, HttpRequest, Session } from "@crossfoot/connector-sdk";

/** What the fake answers: a value, an exception by name, a bare status with a body, or a lost answer. */
export type Reply =
  | { readonly value: unknown }
  | { readonly exception: string; readonly message: string; readonly status?: number }
  | { readonly status: number; readonly body: string; readonly headers?: HttpAnswer["headers"] }
  | { readonly thrown: Error };

/** One call that reached the fake, from either protocol in one form. */
export interface Asked {
  readonly model: string;
  readonly method: string;
  readonly ids: readonly number[] | null;
  readonly args: { readonly [name: string]: unknown };
  readonly context: { readonly [name: string]: unknown };
  readonly isWrite: boolean;
}

/** A session on a server of which every answer is said by `reply`. */
export interface FakeOdoo extends Session {
  readonly asked: Asked[];
  readonly requests: HttpRequest[];
  readonly tokens: Map<string, string>;
}

/** What every connection asks first; a test may say it otherwise. */
const first: { readonly [call: string]: unknown } = {
  "res.users.context_get": { lang: "en_US", tz: false, uid: 5 },
  "res.users.read": [{ id: 5, login: "sync", company_id: [1, "Us"], company_ids: [1] }],
};

/** Opens a session on the fake. `version` also says which protocol a connection finds. */
export function fakeOdoo(
  reply: (asked: Asked) => Reply | undefined,
  more: { readonly version?: string; readonly options?: Session["options"] } = {},
): FakeOdoo {
  const tokens = new Map<string, string>();
  const asked: Asked[] = [];
  const requests: HttpRequest[] = [];
  return {
    ...{ asked, requests, tokens },
    options: { database: "d", user: "sync", key: "k", ...more.options },
    secret: () => "the-key",
    now: () => 0,
    token: { load: (name) => tokens.get(name), store: (name, value) => void tokens.set(name, value) },
    http: async (request) => {
      requests.push(request);
      const version = more.version ?? "19.0";
      if (request.path === "/web/version")
        return version.startsWith("19")
          ? plainAnswer({ value: { version, version_info: [] } })
          : plainAnswer({ status: 404, body: "<html>Not Found</html>" });
      const rpc = rpcOf(request);
      if (rpc?.method === "version") return rpcAnswer({ value: { server_version: version } });
      if (rpc?.method === "authenticate") {
        const isKnown = rpc.args[1] === "sync" && rpc.args[2] === "the-key";
        return rpcAnswer({ value: isKnown ? 5 : false });
      }
      const one = callOf(request);
      asked.push(one);
      const own = reply(one) ?? { value: first[`${one.model}.${one.method}`] };
      if ("value" in own && own.value === undefined) throw new Error(`not said: ${one.model}.${one.method}`);
      return request.path === "/jsonrpc" ? rpcAnswer(own) : plainAnswer(own);
    },
  };
}

interface RpcCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

const rpcOf = ({ path, body = "" }: HttpRequest): RpcCall | undefined =>
  path === "/jsonrpc" ? (JSON.parse(body) as { readonly params: RpcCall }).params : undefined;

const places: { readonly [method: string]: readonly string[] } = {
  create: ["vals_list"],
  search_read: ["domain"],
  fields_get: ["allfields"],
};

function callOf(request: HttpRequest): Asked {
  const rpc = rpcOf(request);
  const { isWrite } = request;
  if (rpc === undefined) {
    const [, , , model, method] = request.path.split("/") as [string, string, string, string, string];
    const { ids, context, ...args } = JSON.parse(request.body ?? "") as Asked;
    return { model, method, ids: ids ?? null, args, context, isWrite };
  }
  const [, , , model, method, given, named] = rpc.args as [
    ...[string, number, string, string, string],
    readonly unknown[],
    Asked["args"] & { readonly context: Asked["context"] },
  ];
  const { context, ...args } = named;
  const ofModel = places[method];
  const [ids, rest] = ofModel === undefined ? [given[0] as number[], given.slice(1)] : [null, given];
  const names = ofModel ?? { write: ["vals"], read: ["fields"] }[method] ?? [];
  const placed = Object.fromEntries(rest.map((value, at) => [names[at] ?? `argument ${at}`, value]));
  return { model, method, ids, args: { ...placed, ...args }, context, isWrite };
}

const headers = { date: "Thu, 26 Nov 2026 05:00:00 GMT" };

function plainAnswer(reply: Reply): HttpAnswer {
  if ("thrown" in reply) throw reply.thrown;
  if ("exception" in reply) {
    const { exception: name, message, status = 422 } = reply;
    return { status, headers, body: JSON.stringify({ name, message, debug: "Traceback of /opt/odoo" }) };
  }
  if ("status" in reply)
    return { status: reply.status, headers: { ...headers, ...reply.headers }, body: reply.body };
  return { status: 200, headers, body: JSON.stringify(reply.value) };
}

/** The number of an error is 200 in version 17 and 0 in 19: nobody may look at it. */
const errorOf = (about: object): object =>
  Object.fromEntries<object | number>([
    ["code", 200],
    ["data", about],
  ]);

function rpcAnswer(reply: Reply): HttpAnswer {
  const head = { jsonrpc: "2.0", id: 1 };
  if ("exception" in reply) {
    const about = { name: reply.exception, message: reply.message, debug: "Traceback of /opt/odoo" };
    return {
      status: 200,
      headers,
      body: JSON.stringify({
        ...head,
        error: errorOf(about),
      }),
    };
  }
  if (!("value" in reply)) return plainAnswer(reply);
  const said = reply.value === null ? head : { ...head, result: reply.value };
  return { status: 200, headers, body: JSON.stringify(said) };
}
