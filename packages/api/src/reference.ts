import { keyRoles, roleWords, scopeWords } from "./access.ts";
import { apiBase, askedSchema, answeredSchema } from "./openapi.ts";
import type { Json } from "./openapi.ts";
import { problemCodes, problemKinds } from "./problem.ts";
import { problemsOf } from "./route.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";

const made =
  "This page is made from the table of routes in `packages/api/src/routes.ts`; a test keeps both equal.";
const cell = (text: string): string => text.replaceAll("|", String.raw`\|`);
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows.map((row) => row.map((text) => cell(text)))]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

/** Addresses and what they are for; who may call them. In Markdown: docs/reference/roles.md is this text. */
export function rolesPage(): string {
  const rows = routes.map((route) => [
    `\`${route.method.toUpperCase()} ${route.path}\``,
    route.scope === null ? "" : `\`${route.scope}\``,
    ...keyRoles.map((role) => (route.roles.includes(role) ? "yes" : "")),
  ]);
  return [
    "# Roles and routes",
    "",
    made,
    "",
    "A key has one role and some scopes (all of its role without `--scopes`); a route wants both. Without a",
    "key, and with one that is unknown, wrong, expired or revoked, every route answers 401; with a role or",
    "scope that does not cover it, 403.",
    "",
    table(["route", "scope", ...keyRoles], rows),
    "",
    table(
      ["role", "for"],
      Object.entries(roleWords).map(([role, what]) => [`\`${role}\``, what]),
    ),
    "",
    table(
      ["scope", "may"],
      Object.entries(scopeWords).map(([scope, what]) => [`\`${scope}\``, what]),
    ),
    "",
  ].join("\n");
}

type Schema = { readonly [key: string]: Json };
const isSchema = (json: Json | undefined): json is Schema =>
  typeof json === "object" && json !== null && !Array.isArray(json);

const listOf = (json: Json | undefined): readonly Json[] =>
  Array.isArray(json) ? (json as readonly Json[]) : [];

/** A schema in a few words. */
function wordsOf(schema: Schema): string {
  const { type, enum: choices, anyOf, oneOf, items: element, const: only } = schema;
  if (Array.isArray(choices)) return choices.map(String).join(", ");
  if (only !== undefined) return JSON.stringify(only).replaceAll('"', "");
  const options = listOf(anyOf ?? oneOf);
  if (options.length > 0)
    return [...new Set(options.map((each) => (isSchema(each) ? wordsOf(each) : "")))].join(" or ");
  if (type === "array" && isSchema(element)) return `list of ${wordsOf(element)}`;
  if (Array.isArray(type)) return type.join(" or ");
  return typeof type === "string" ? (type === "object" ? "map" : type) : "any value";
}

/** Keys of a schema with what each is, two steps deep at most. */
function keysOf(schema: Schema, path = ""): readonly (readonly string[])[] {
  const { properties, required = [], oneOf, anyOf, items: element } = schema;
  const options = listOf(oneOf ?? anyOf);
  if (options.length > 0) return options.flatMap((each) => (isSchema(each) ? keysOf(each, path) : []));
  if (isSchema(element) && path.split(".").length < 4) return keysOf(element, `${path}[]`);
  if (!isSchema(properties)) return [];
  return Object.entries(properties).flatMap(([key, inner]) => {
    if (!isSchema(inner)) return [];
    const name = path === "" ? key : `${path}.${key}`;
    const isNeeded = Array.isArray(required) && required.includes(key);
    const what = typeof inner["description"] === "string" ? inner["description"] : "";
    return [[`\`${name}\``, wordsOf(inner), isNeeded ? "yes" : "", what], ...keysOf(inner, name)];
  });
}

function routePart(route: Route): string {
  const { method, path, summary, more, scope, roles, params, query, body, answers, budgetMs } = route;
  const asked = [
    ...keysOf(askedSchema(params)).map(([name = "", ...rest]) => [name, "path", ...rest]),
    ...keysOf(askedSchema(query)).map(([name = "", ...rest]) => [name, "query", ...rest]),
    ...(body === null
      ? []
      : keysOf(askedSchema(body)).map(([name = "", ...rest]) => [name, "body", ...rest])),
  ];
  const facts = [
    scope === null ? "Any scope." : `Scope \`${scope}\`.`,
    `Roles: ${roles.join(", ")}.`,
    ...(route.isKeyed ? ["Needs an `Idempotency-Key`."] : []),
    ...(budgetMs === null ? [] : [`Waits ${budgetMs / 1_000} s unless \`Prefer: wait=\` says otherwise.`]),
  ];
  return [
    `### ${method.toUpperCase()} ${path}`,
    "",
    `${summary}.${more === "" ? "" : ` ${more}`}`,
    "",
    facts.join(" "),
    "",
    ...(asked.length === 0 ? [] : [table(["key", "in", "value", "needed", "meaning"], asked), ""]),
    ...answers.flatMap(({ status, what, schema }) => {
      const rows = keysOf(answeredSchema(schema));
      return [
        `${status}: ${what}.`,
        "",
        ...(rows.length === 0 ? [] : [table(["key", "value", "always", "meaning"], rows), ""]),
      ];
    }),
    `Problems: ${problemsOf(route)
      .map((code) => `\`${code}\``)
      .join(", ")}.`,
    "",
  ].join("\n");
}

/** The reference of the API in Markdown; docs/reference/api.md is this text. */
export function apiPage(): string {
  const groups = Map.groupBy(routes, ({ tag }) => tag);
  return [
    "# HTTP API",
    "",
    made,
    "",
    `Everything is below \`${apiBase}\`. As an OpenAPI 3.1 document: [openapi.json](openapi.json); who`,
    "may call what: [roles.md](roles.md); how to begin: [../guide/api.md](../guide/api.md).",
    "",
    ...[...groups].flatMap(([tag, ofTag]) => [`## ${tag}`, "", ...ofTag.map((route) => routePart(route))]),
    "## Problems",
    "",
    "`application/problem+json` (RFC 9457) with a stable `code`; `type` is `urn:crossfoot:problem:<code>`.",
    "",
    table(
      ["code", "status", "title"],
      problemCodes.map((code) => [
        `\`${code}\``,
        String(problemKinds[code].status),
        problemKinds[code].title,
      ]),
    ),
    "",
  ].join("\n");
}
