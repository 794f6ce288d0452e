import { apiBase, keyRoles, openApi, problemCodes, problemsOf, routes } from "@crossfoot/api";
import type { Json, Route } from "@crossfoot/api";
import fc from "fast-check";
import type { ApiWorld } from "./api-world.ts";

/** One request of the fuzz. */
export interface FuzzRequest {
  readonly route: Route;
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | null;
  /** Whose key it carries; null for none, `bad` for one that is none. */
  readonly as: (typeof keyRoles)[number] | "bad" | null;
  /** Whether a person of that role asks, by a session, instead of a key. */
  readonly isPerson: boolean;
}

/** Names that mean something in the world that is asked. */
export interface FuzzNames {
  readonly records: readonly string[];
  readonly links: readonly string[];
  readonly plans: () => readonly string[];
}

type Schema = { readonly [key: string]: Json };
const asSchema = (json: Json | undefined): Schema => (json ?? {}) as Schema;
const asList = (json: Json | undefined): readonly Json[] =>
  Array.isArray(json) ? (json as readonly Json[]) : [];

const wordIn = (json: Json | undefined): string => (typeof json === "string" ? json : "");

/** Texts that have broken programs before. */
const oddTexts = [
  ...["", " ", "0", "-1", "NaN", "null", "__proto__", "constructor", "../../etc/passwd", "%00", "a\u0000b"],
  ...["\ud800", "😀", "‮abc", "'; drop table link; --", "=cmd()", "\r\nset-cookie: a=b", "{{7*7}}", "l-"],
  ...["crm:", ":x", "nobody:1", "x".repeat(301), "1e999", "٣", "9".repeat(40), "2026-02-30"],
];
const oddText = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: "binary", maxLength: 12 }));
const junk: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, [], {}, [[[]]], { __proto__: null, a: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Values of a schema of the document; names come from the world. */
function valueOf(schema: Schema, names: FuzzNames): fc.Arbitrary<unknown> {
  const { type, enum: choices, const: only, format, pattern, description } = schema;
  const options = asList(schema["oneOf"] ?? schema["anyOf"]);
  if (options.length > 0) return fc.oneof(...options.map((each) => valueOf(asSchema(each), names)));
  if (only !== undefined) return fc.constant(only);
  if (Array.isArray(choices)) return fc.constantFrom(...(choices as unknown[]));
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "integer" || type === "number") return numberOf(schema);
  if (type === "array")
    return fc.array(valueOf(asSchema(schema["items"]), names), { minLength: 1, maxLength: 3 });
  if (type === "object") return mapOf(schema, names);
  if (format === "date") return fc.constantFrom("2026-01-05", "2026-12-31", "1999-01-01");
  if (format === "date-time") return fc.constantFrom("2026-01-05T08:00:00Z", "2020-01-01T00:00:00+02:00");
  return textOf(wordIn(pattern), wordIn(description), names);
}

const numberOf = ({ minimum, maximum }: Schema): fc.Arbitrary<number> =>
  fc.integer({ min: Number(minimum ?? 0), max: Math.min(Number(maximum ?? 1_000), 1_000) });

function mapOf(schema: Schema, names: FuzzNames): fc.Arbitrary<unknown> {
  const required = asList(schema["required"]).map(String);
  const parts = Object.entries(asSchema(schema["properties"])).map(([key, inner]) => [
    key,
    valueOf(asSchema(inner), names),
  ]);
  return fc.record(Object.fromEntries(parts) as { [key: string]: fc.Arbitrary<unknown> }, {
    requiredKeys: required,
  });
}

function textOf(pattern: string, description: string, names: FuzzNames): fc.Arbitrary<string> {
  if (description.startsWith("The plan"))
    return fc.nat(20).map((at) => names.plans()[at % Math.max(1, names.plans().length)] ?? "p-1");
  if (description.includes("link")) return fc.constantFrom(...names.links, ...names.records);
  if (description.startsWith("A record")) return fc.constantFrom(...names.records);
  if (pattern === "^-?\\d{1,18}(\\.\\d{1,12})?$") return fc.constantFrom("1", "0", "-3", "2.5", "1000000");
  if (pattern === "^[A-Z]{3}$") return fc.constantFrom("EUR", "USD", "XXX");
  return fc.oneof(
    fc.constantFrom("crm", "erp", "accounts", "quotes", "name", "creditLimit", ...names.records),
    fc.string({ minLength: 1, maxLength: 20 }),
  );
}

/** The same with junk in the place of one value, or with a key more, or less. */
function broken(value: unknown, with_: { readonly junk: unknown; readonly at: number }): unknown {
  if (typeof value !== "object" || value === null || with_.at % 4 === 0) return with_.junk;
  if (Array.isArray(value)) return [...(value as unknown[]), with_.junk];
  const keys = Object.keys(value);
  const key = keys[with_.at % Math.max(1, keys.length)];
  if (key === undefined || with_.at % 5 === 0) return { ...value, zzz: with_.junk };
  const inner = (value as { readonly [key: string]: unknown })[key];
  return { ...value, [key]: broken(inner, { junk: with_.junk, at: Math.floor(with_.at / 2) }) };
}

const odds = { isBroken: fc.nat(3).map((roll) => roll === 0), junk, at: fc.nat(400) };
const someone: fc.Arbitrary<FuzzRequest["as"]> = fc.oneof(
  { weight: 8, arbitrary: fc.constant("administrator" as const) },
  { weight: 6, arbitrary: fc.constantFrom(...keyRoles) },
  { weight: 1, arbitrary: fc.constantFrom(null, "bad" as const) },
);

/** Headers, sane and odd; those that no client could send are left to the wire. */
const headersOf = (route: Route): fc.Arbitrary<{ readonly [name: string]: string }> =>
  fc
    .record({
      repeat: fc.oneof(
        { weight: 6, arbitrary: fc.uuid() },
        { weight: 2, arbitrary: fc.constantFrom("same-request-1", "same-request-2") },
        { weight: 1, arbitrary: fc.constantFrom("", "x", "ü".repeat(9), "a b c d e f g h") },
      ),
      prefer: fc.constantFrom("", "", "wait=1", "wait=99", "respond-async", "wait=x"),
      match: fc.constantFrom("", "", '"x"', "*", "W/"),
      name: fc.constantFrom("", "", "web-00000001", "<script>"),
      type: fc.constantFrom(...Array<string>(12).fill("application/json"), "text/plain", ""),
    })
    .map(({ repeat, prefer, match, name, type }) => {
      const all = {
        ...(route.isKeyed ? { "idempotency-key": repeat } : {}),
        ...{ prefer, "if-none-match": match, "x-request-id": name, "content-type": type },
      };
      const isSendable = ([, value]: readonly [string, string]): boolean => /^[\x20-\x7e]+$/.test(value);
      return Object.fromEntries(Object.entries(all).filter((each) => isSendable(each)));
    });

/** Requests made from the document of the API: half of them as it says, half broken somewhere. */
export function fuzzRequests(names: FuzzNames): fc.Arbitrary<FuzzRequest> {
  const { paths } = openApi() as unknown as { readonly paths: { readonly [path: string]: Schema } };
  const ofRoute = (route: Route): fc.Arbitrary<FuzzRequest> => {
    const operation = asSchema(paths[route.path]?.[route.method]);
    const parameters = asList(operation["parameters"]).map((each) => asSchema(each));
    const inPlace = (place: string) =>
      fc.record(
        Object.fromEntries(
          parameters
            .filter((each) => each["in"] === place)
            .map((each) => {
              const schema = { ...asSchema(each["schema"]), description: each["description"] ?? "" };
              return [wordIn(each["name"]), valueOf(schema, names)];
            }),
        ),
        place === "query" ? { requiredKeys: [] } : {},
      );
    const content = asSchema(asSchema(operation["requestBody"])["content"])["application/json"];
    const body =
      content === undefined ? fc.constant(null) : valueOf(asSchema(asSchema(content)["schema"]), names);
    return fc
      .record({
        ...{ path: inPlace("path"), query: inPlace("query"), body, headers: headersOf(route), as: someone },
        ...{ ofPath: fc.record(odds), ofQuery: fc.record(odds), ofBody: fc.record(odds), cut: fc.nat(40) },
        isPerson: fc.nat(3).map((roll) => roll === 0),
        method: fc.constantFrom(...Array<string>(30).fill(route.method), "put", "delete", "patch", "head"),
      })
      .map((drawn) => {
        const { path, query, body: sent, ofPath, ofQuery, ofBody, cut, ...rest } = drawn;
        const named = ofPath.isBroken ? { ...path, ...oneOf(path, ofPath) } : path;
        const asked = ofQuery.isBroken ? { ...query, ...oddQuery(ofQuery) } : query;
        const text = JSON.stringify(ofBody.isBroken ? broken(sent, ofBody) : sent) ?? "";
        return {
          ...rest,
          route,
          method: rest.method.toUpperCase(),
          path: pathOf(route.path, named) + queryOf(asked),
          body: route.body === null ? null : cut === 0 ? text.slice(0, text.length / 2) : text,
        };
      });
  };
  return fc.oneof(...routes.map((route) => ofRoute(route)));
}

function oneOf(path: object, { junk: value, at }: { readonly junk: unknown; readonly at: number }): object {
  const keys = Object.keys(path);
  const key = keys[at % Math.max(1, keys.length)];
  return key === undefined ? {} : { [key]: value };
}

const oddQuery = ({ junk: value, at }: { readonly junk: unknown; readonly at: number }): object => ({
  [["limit", "cursor", "entity", "asOf", "zzz"][at % 5] ?? "zzz"]: value,
});

const wordOf = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return encodeURIComponent(text.toWellFormed());
};
const pathOf = (path: string, named: object): string =>
  path.replaceAll(/\{([^}]+)\}/g, (_all, name: string) =>
    wordOf((named as { readonly [name: string]: unknown })[name]),
  );

function queryOf(asked: object): string {
  const parts = Object.entries(asked).map(([name, value]) => `${name}=${wordOf(value)}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/** What a request shows of who asks. */
function credentialsOf(
  { tokens, sessions }: ApiWorld,
  { as, isPerson }: FuzzRequest,
): { readonly [name: string]: string } {
  if (as === null) return {};
  if (as === "bad")
    return isPerson ? { cookie: "crossfoot=x" } : { authorization: "Bearer cf_000000000000_x" };
  return isPerson ? sessions[as] : { authorization: `Bearer ${tokens[as]}` };
}

/** Sends one, and says what of the answer is not as the document says; null when all is. */
export async function faultOf(
  world: ApiWorld,
  request: FuzzRequest,
): Promise<{ readonly status: number; readonly fault: string | null }> {
  const { method, path, body } = request;
  const headers = { ...request.headers, ...credentialsOf(world, request) };
  const hasBody = body !== null && method !== "GET" && method !== "HEAD";
  const init = { method, headers, ...(hasBody ? { body } : {}) };
  const response = await world.api.fetch(new Request(`http://localhost${apiBase}${path}`, init));
  const { status } = response;
  const text = await response.text();
  return { status, fault: judged(request, response, text) };
}

/** What is wrong with an answer; null when nothing is. */
function judged(request: FuzzRequest, response: Response, text: string): string | null {
  const { route, method, path, body, as } = request;
  const { status } = response;
  const told = `${method} ${path} as ${String(as)} ${body ?? ""} -> ${status} ${text.slice(0, 300)}`;
  if (response.headers.get("x-request-id") === null) return `no request id: ${told}`;
  if (response.headers.get("cache-control") !== "no-store") return `may be kept: ${told}`;
  if (method === "HEAD") return status !== 500 && text === "" ? null : told;
  if (status === 304) return text === "" && method === "GET" ? null : told;
  if (status < 400) {
    const own = routes.find(({ id }) => id === route.id);
    const isOther = method.toLowerCase() !== route.method;
    const answer = isOther
      ? anyAnswer(route.path, method, status)
      : own?.answers.find((each) => each.status === status);
    const read = answer?.schema.safeParse(JSON.parse(text));
    return read?.success === true
      ? null
      : `not as documented ${JSON.stringify(read?.error?.issues)}: ${told}`;
  }
  const {
    code = "",
    status: said,
    requestId,
  } = JSON.parse(text) as {
    readonly code?: string;
    readonly status?: number;
    readonly requestId?: string;
  };
  const isProblem = said === status && requestId === response.headers.get("x-request-id");
  if (!isProblem || !problemCodes.some((each) => each === code) || code === "defect") return told;
  const others = ["route_unknown", "method_unknown"];
  const isListed = problemsOf(route).some((each) => each === code) || others.includes(code);
  return isListed || method.toLowerCase() !== route.method ? null : `${code} is not documented: ${told}`;
}

const anyAnswer = (path: string, method: string, status: number): Route["answers"][number] | undefined =>
  routes
    .find((route) => route.path === path && route.method === method.toLowerCase())
    ?.answers.find((each) => each.status === status);
