import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";

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
 * Checks a value against a schema: types, choices, known and missing keys, `$ref` into its own `$defs`; no
 * patterns. Says what is expected, in words of a settings file. Never throws.
 */
export function checkSchema(root: JsonSchema, json: Json): readonly SchemaFault[] {
  const check = (schema: JsonSchema, value: Json, path: readonly string[]): readonly SchemaFault[] => {
    const { anyOf } = schema;
    if (schema.$ref !== undefined) return check(refersTo(root, schema.$ref), value, path);
    if (anyOf !== undefined) return checkAny(anyOf, value, path);
    const isChoice = schema.enum === undefined || schema.enum.includes(value);
    const isLess = typeof value === "number" && schema.minimum !== undefined && value < schema.minimum;
    if (!isChoice || !isOfType(schema, value) || isLess) {
      return [{ path, problem: `${nameOf(path)} is ${inWords(schema)}` }];
    }
    if (Array.isArray(value)) {
      const list = value as readonly Json[];
      if (list.length < (schema.minItems ?? 0))
        return [{ path, problem: `${nameOf(path)} has at least one element` }];
      return list.flatMap((each, at) => check(schema.items ?? {}, each, [...path, String(at)]));
    }
    return isMap(value) ? checkMap(schema, value, path) : [];
  };
  const checkAny = (
    choices: readonly JsonSchema[],
    value: Json,
    path: readonly string[],
  ): readonly SchemaFault[] => {
    const tries = choices.map((each) => check(each, value, path));
    if (tries.some((faults) => faults.length === 0)) return [];
    // What is wrong inside the form that was meant says more than all forms together.
    const meant = choices.findIndex((each) => isOfType(each, value));
    if (meant >= 0) return tries[meant] ?? [];
    return [{ path, problem: `${nameOf(path)} is ${choices.map((each) => inWords(each)).join(", or ")}` }];
  };
  const checkMap = (schema: JsonSchema, map: JsonMap, path: readonly string[]): readonly SchemaFault[] => {
    const { properties = {}, additionalProperties: rest, required = [] } = schema;
    const faults = Object.entries(map).flatMap(([key, value]): readonly SchemaFault[] => {
      const inner = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (inner !== undefined) return check(inner, value, [...path, key]);
      if (typeof rest === "object") return check(rest, value, [...path, key]);
      return rest === false ? [{ path: [...path, key], problem: `unknown key \`${key}\`` }] : [];
    });
    const missing = required.filter((key) => !Object.hasOwn(map, key));
    return [...faults, ...missing.map((key) => ({ path, problem: `\`${key}\` is missing here` }))];
  };
  return check(root, json, []);
}

const refersTo = (root: JsonSchema, reference: string): JsonSchema =>
  root.$defs?.[reference.replace("#/$defs/", "")] ?? {};

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
