import type { Field, ObjectSchema } from "./field.ts";
import type { Json, JsonMap } from "./json.ts";
import type { Route } from "./route.ts";

/** How one system's value forms appear in JSON Schema. */
interface SchemaForms {
  readonly id: JsonMap;
  readonly date: JsonMap;
  readonly instant: JsonMap;
  readonly decimal: JsonMap;
  readonly money: JsonMap;
  readonly columns: JsonMap;
  readonly rowId: JsonMap;
}

function scalarSchema(field: Field, forms: SchemaForms): JsonMap {
  if (field.kind === "text")
    return field.max === undefined ? { type: "string" } : { type: "string", maxLength: field.max };
  if (field.kind === "choice") return { type: "string", enum: field.choices ?? [] };
  if (field.kind === "flag") return { type: "boolean" };
  if (field.kind === "integer") return { type: "integer" };
  if (field.kind === "date") return forms.date;
  if (field.kind === "instant") return forms.instant;
  if (field.kind === "money") return forms.money;
  if (field.kind === "reference") {
    const form = field.by === undefined ? forms.id : { type: "string" };
    return { ...form, description: `${field.by ?? "id"} of ${field.target}` };
  }
  return forms.decimal;
}

/** The JSON Schema of a declared field. */
function fieldSchema(field: Field, forms: SchemaForms): JsonMap {
  const inner = field.fields ?? [];
  const properties = Object.fromEntries(inner.map((part) => [part.name, fieldSchema(part, forms)]));
  if (field.kind === "list") return { type: "array", items: { type: "object" }, readOnly: true };
  if (field.kind === "group") return { type: "object", properties };
  if (field.kind === "rows") {
    const all = field.keyless === true ? properties : { id: forms.rowId, ...properties };
    return { type: "array", items: { type: "object", properties: all } };
  }
  return field.readOnly === true
    ? { ...scalarSchema(field, forms), readOnly: true }
    : scalarSchema(field, forms);
}

function objectSchema(schema: ObjectSchema, forms: SchemaForms): JsonMap {
  return {
    type: "object",
    properties: {
      id: forms.id,
      ...Object.fromEntries(schema.fields.map((field) => [field.name, fieldSchema(field, forms)])),
      ...forms.columns,
    },
  };
}

function operation(route: Route): JsonMap {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map((match): Json => ({
    name: match[1] ?? "",
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = (route.query ?? []).map((name): Json => ({
    name,
    in: "query",
    schema: { type: "string" },
  }));
  const content = (schema: JsonMap): JsonMap => ({ "application/json": { schema } });
  const good: JsonMap =
    route.response === undefined
      ? { description: "done" }
      : { description: "done", content: content(route.response) };
  return {
    operationId: route.operationId,
    summary: route.summary,
    parameters: [...inPath, ...inQuery],
    ...(route.request === undefined ? {} : { requestBody: { content: content(route.request) } }),
    responses: {
      [String(route.success)]: good,
      default: { description: "refused", content: content({ $ref: "#/components/schemas/Error" }) },
    },
  };
}

/** What the document says about the system as a whole. */
export interface OpenApiHead {
  readonly title: string;
  readonly base: string;
  readonly security: JsonMap;
  readonly error: JsonMap;
  readonly forms: SchemaForms;
}

/** The OpenAPI 3.1 document of a system, made from the tables the handler uses. */
export function openApiDocument(
  head: OpenApiHead,
  schemas: Iterable<ObjectSchema>,
  routes: readonly Route[],
): JsonMap {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = head.base + route.path.replace(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  const named = [...schemas]
    .filter((schema) => schema.hidden !== true)
    .map((schema) => [schema.name, objectSchema(schema, head.forms)] as const);
  return {
    openapi: "3.1.0",
    info: { title: head.title, version: "1", description: "A fictional system for rehearsals and tests." },
    security: Object.keys(head.security).map((name): Json => ({ [name]: [] })),
    paths,
    components: {
      securitySchemes: head.security,
      schemas: { Error: head.error, ...Object.fromEntries(named) },
    },
  };
}
