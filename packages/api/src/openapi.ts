import { z } from "zod";
import { keyRoles, roleWords, scopeWords } from "./access.ts";
import { problemCodes, problemKinds, problemType } from "./problem.ts";
import { budgetMsMax, problemsOf } from "./route.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";

/** JSON of a document. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

type JsonMap = { readonly [key: string]: Json };

/** Where the API is below the address of the server. */
export const apiBase = "/api/v1";

function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonMap {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    unrepresentable: "any",
    io,
  });
  return rest as unknown as JsonMap;
}

/** The schema of what is asked with; what has a default may be missing. */
export const askedSchema = (schema: z.ZodType): JsonMap => schemaOf(schema, "input");
/** The schema of what is answered. */
export const answeredSchema = (schema: z.ZodType): JsonMap => schemaOf(schema, "output");

function parametersOf(route: Route): readonly JsonMap[] {
  const named = (schema: z.ZodType, place: "path" | "query"): readonly JsonMap[] => {
    const { properties = {}, required = [] } = askedSchema(schema) as {
      readonly properties?: { readonly [name: string]: JsonMap };
      readonly required?: readonly string[];
    };
    return Object.entries(properties).map(([name, { description, ...rest }]): JsonMap => ({
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }));
  };
  return [
    ...named(route.params, "path"),
    ...named(route.query, "query"),
    ...(route.isKeyed ? [reference("parameters", "idempotencyKey")] : []),
    ...(route.budgetMs === null ? [] : [reference("parameters", "prefer")]),
    ...(route.method === "get" ? [reference("parameters", "ifNoneMatch")] : []),
    ...(route.isStreamed === true ? [reference("parameters", "lastEventId")] : []),
    reference("parameters", "requestId"),
  ];
}

const reference = (kind: string, name: string): JsonMap => ({ $ref: `#/components/${kind}/${name}` });

/** Problems by status, with the codes that may come with it. */
function problemAnswers(route: Route): JsonMap {
  const byStatus = Map.groupBy(problemsOf(route), (code) => problemKinds[code].status);
  const sorted = [...byStatus].toSorted(([a], [b]) => a - b);
  return Object.fromEntries(
    sorted.map(([status, codes]): [string, Json] => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\` ${problemKinds[code].title}`).join(" · "),
        "x-codes": codes,
        content: { "application/problem+json": { schema: reference("schemas", "Problem") } },
      },
    ]),
  );
}

function operationOf(route: Route): JsonMap {
  const { id, tag, summary, more, scope, roles, body, answers, budgetMs } = route;
  const streamed: JsonMap =
    route.isStreamed === true
      ? { "text/event-stream": { schema: text("Events as `data`, a row each") } }
      : {};
  const done = answers.map(({ status, what, schema }): [string, Json] => [
    String(status),
    { description: what, content: { "application/json": { schema: answeredSchema(schema) }, ...streamed } },
  ]);
  const unchanged = route.method === "get" ? [["304", { description: "As in `If-None-Match`" }]] : [];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(more === "" ? {} : { description: more }),
    security: [{ key: [] }, route.method === "get" ? { session: [] } : { session: [], csrf: [] }],
    "x-scope": scope,
    "x-roles": roles,
    "x-budget-ms": budgetMs,
    parameters: parametersOf(route),
    ...(body === null
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: askedSchema(body) } } } }),
    responses: { ...(Object.fromEntries([...done, ...unchanged]) as JsonMap), ...problemAnswers(route) },
  };
}

const text = (description: string): JsonMap => ({ type: "string", description });

const problem: JsonMap = {
  type: "object",
  description: "RFC 9457. `detail` names things, never values of customers' fields.",
  required: ["type", "title", "status", "code", "detail", "requestId"],
  properties: {
    type: { enum: problemCodes.map((code) => problemType(code)) },
    title: text("The same for every problem of its code"),
    status: { type: "integer" },
    code: { enum: problemCodes },
    detail: text("What is wrong, and what to do"),
    requestId: text("As in the header X-Request-Id and in the log"),
    faults: {
      type: "array",
      description: "What is wrong with a request, by path; never the value that was sent",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: text("Such as `body.lines.0.quantity`"), message: text("What is expected") },
      },
    },
    system: {
      type: "object",
      description: "What the ERP said",
      required: ["code", "message", "field", "requestId"],
      properties: {
        code: text("Stable code"),
        message: text("In words"),
        field: { type: ["string", "null"] },
        requestId: { type: ["string", "null"] },
      },
    },
  },
};

const parameters: JsonMap = {
  idempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    required: true,
    description:
      "A name of the caller's choice for this very request, such as a UUID. For 24 hours a repeat under " +
      "the same name gets the same answer, with the header `Idempotency-Replayed`.",
    schema: { type: "string", pattern: "^[A-Za-z0-9._:-]{8,128}$" },
  },
  prefer: {
    name: "Prefer",
    in: "header",
    required: false,
    description: `How long to wait, RFC 7240: \`wait=5\`, in seconds, ${budgetMsMax / 1_000} at most.`,
    schema: { type: "string", pattern: "^wait=\\d{1,2}$" },
  },
  ifNoneMatch: {
    name: "If-None-Match",
    in: "header",
    required: false,
    description: "The ETag of an earlier answer; 304 when nothing has changed.",
    schema: { type: "string" },
  },
  lastEventId: {
    name: "Last-Event-ID",
    in: "header",
    required: false,
    description: "Id of the last event that a stream told: it goes on behind that one.",
    schema: { type: "string" },
  },
  requestId: {
    name: "X-Request-Id",
    in: "header",
    required: false,
    description: "Taken over into answers and the log; made where it is missing or odd.",
    schema: { type: "string", pattern: "^[A-Za-z0-9._-]{8,64}$" },
  },
};

const rows = (words: { readonly [name: string]: string }): string =>
  Object.entries(words)
    .map(([name, what]) => `- \`${name}\`: ${what}`)
    .join("\n");

/** The OpenAPI 3.1 document of the API. */
export function openApi(): JsonMap {
  const byPath = Map.groupBy(routes, ({ path }) => path);
  return {
    openapi: "3.1.0",
    info: {
      title: "Crossfoot",
      version: "1",
      description:
        "Every request carries a key, `Authorization: Bearer cf_...`, made by `crossfoot keys create`, or " +
        "the session of a person who signed in; what such a session changes carries the `csrfToken` of " +
        "`GET /me` in `X-CSRF-Token`.\n\n" +
        `Roles:\n${rows(roleWords)}\n\nScopes:\n${rows(scopeWords)}`,
    },
    servers: [{ url: apiBase }],
    tags: ["In the moment", "Records", "Operations", "Duplicates", "Plans", "Access"].map((name) => ({
      name,
    })),
    paths: Object.fromEntries(
      [...byPath].map(([path, ofPath]): [string, Json] => [
        path,
        Object.fromEntries(ofPath.map((route) => [route.method, operationOf(route)])),
      ]),
    ),
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "__Host-crossfoot" },
        csrf: { type: "apiKey", in: "header", name: "X-CSRF-Token" },
      },
      parameters,
      schemas: { Problem: problem },
    },
    "x-roles": keyRoles,
  };
}
