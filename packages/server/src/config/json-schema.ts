import type { Json } from "@crossfoot/kernel";

/** The part of JSON Schema (2020-12) that we write. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: { readonly [name: string]: JsonSchema };
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: { readonly [key: string]: JsonSchema };
  readonly patternProperties?: { readonly [pattern: string]: JsonSchema };
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly anyOf?: readonly JsonSchema[];
}

/** What `$schema` names. */
export const schemaDialect = "https://json-schema.org/draft/2020-12/schema";

/** Text of a schema file: two spaces, a line feed at the end. */
export function writeSchema(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** A value that does not fit a schema; `path` leads to it. */
export interface SchemaFault {
  readonly path: readonly string[];
  readonly problem: string;
}

/**
 * Checks a value against a schema without `$ref` and patterns: types, choices, known and missing keys. Says
 * what is expected, in words of a settings file. Never throws.
 */
export function checkSchema(
  schema: JsonSchema,
  json: Json,
  path: readonly string[] = [],
): readonly SchemaFault[] {
  const { anyOf } = schema;
  if (anyOf !== undefined) {
    const tries = anyOf.map((each) => checkSchema(each, json, path));
    const sameType = anyOf.findIndex((each) => isOfType(each, json));
    if (tries.some((faults) => faults.length === 0)) return [];
    if (sameType >= 0) return tries[sameType] ?? [];
    return [{ path, problem: `${nameOf(path)} is ${anyOf.map((each) => inWords(each)).join(", or ")}` }];
  }
  if (schema.enum !== undefined && !schema.enum.includes(json)) {
    return [{ path, problem: `${nameOf(path)} is ${inWords(schema)}` }];
  }
  if (!isOfType(schema, json)) return [{ path, problem: `${nameOf(path)} is ${inWords(schema)}` }];
  if (typeof json === "number" && schema.minimum !== undefined && json < schema.minimum) {
    return [{ path, problem: `${nameOf(path)} is ${inWords(schema)}` }];
  }
  if (Array.isArray(json)) {
    const list = json as readonly Json[];
    if (list.length < (schema.minItems ?? 0))
      return [{ path, problem: `${nameOf(path)} has at least one element` }];
    return list.flatMap((each, at) => checkSchema(schema.items ?? {}, each, [...path, String(at)]));
  }
  return typeof json === "object" && json !== null
    ? checkMap(schema, json as { readonly [key: string]: Json }, path)
    : [];
}

function checkMap(
  schema: JsonSchema,
  map: { readonly [key: string]: Json },
  path: readonly string[],
): readonly SchemaFault[] {
  const known = schema.properties ?? {};
  const faults = Object.entries(map).flatMap(([key, value]): readonly SchemaFault[] => {
    const inner = Object.hasOwn(known, key) ? known[key] : undefined;
    const rest = schema.additionalProperties;
    if (inner !== undefined) return checkSchema(inner, value, [...path, key]);
    if (typeof rest === "object") return checkSchema(rest, value, [...path, key]);
    return rest === false ? [{ path: [...path, key], problem: `unknown key \`${key}\`` }] : [];
  });
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(map, key));
  return [...faults, ...missing.map((key) => ({ path, problem: `\`${key}\` is missing here` }))];
}

const nameOf = (path: readonly string[]): string => {
  const last = path.at(-1) ?? "";
  return /^\d+$/.test(last) ? `element ${Number(last) + 1}` : last === "" ? "the file" : `\`${last}\``;
};

function isOfType({ type, enum: choices }: JsonSchema, json: Json): boolean {
  if (type === undefined) return choices === undefined || choices.includes(json);
  return (typeof type === "string" ? [type] : type).includes(typeOf(json));
}

function typeOf(json: Json): string {
  if (json === null) return "null";
  if (Array.isArray(json)) return "array";
  return typeof json;
}

const textOf = (json: Json): string => (typeof json === "string" ? json : JSON.stringify(json));

const words: { readonly [type: string]: string } = {
  null: "nothing",
  array: "a list",
  object: "a map",
  string: "a text",
  number: "a number",
  boolean: "true or false",
};

function inWords({ type, enum: choices, minimum }: JsonSchema): string {
  if (choices !== undefined) return `one of ${choices.map((each) => textOf(each)).join(", ")}`;
  const types = type === undefined ? [] : typeof type === "string" ? [type] : type;
  const text = types.map((each) => words[each] ?? each).join(" or ");
  return minimum === undefined ? text : `${text}, ${minimum} or more`;
}
