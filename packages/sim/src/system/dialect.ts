import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Shape, Shapes } from "./vocabulary.ts";
import { shapesOn } from "./vocabulary.ts";

/** The role of a model system decides how it writes things down. */
export type Role = "crm" | "erp";

/**
 * How the systems name a plain field: the CRM `BillingAddress`, the ERP `billing_address`.
 */
export function rootOf(role: Role, field: string): string {
  const known = roots[role].get(field);
  if (known !== undefined) return known;
  const root =
    role === "crm"
      ? field.slice(0, 1).toUpperCase() + field.slice(1)
      : field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  roots[role].set(field, root);
  return root;
}

/** Roots that were asked for: they are few, and asked for with every record that is shown. */
const roots = { crm: new Map<string, string>(), erp: new Map<string, string>() };

/** All native roots of an entity on one side. */
export function rootsOn(role: Role, entity: string): readonly string[] {
  return Object.entries(shapesOn(role, entity)).flatMap(([field, shape]) => {
    const root = rootOf(role, field);
    if (shape.kind !== "group" || role === "crm") return [root];
    return Object.keys(shape.parts).map((part) => `${root}_${rootOf("erp", part)}`);
  });
}

/** How the systems write a plain code: the CRM `Part_delivered`, the ERP `PART_DELIVERED`. */
export function codeOf(role: Role, code: string): string {
  return role === "crm" ? code.slice(0, 1).toUpperCase() + code.slice(1) : code.toUpperCase();
}

/** Turns a tag into a record's id, or an id into a tag; null when the system has no such record. */
export type Resolve = (entity: string, name: string) => string | null;

/** True for a JSON map (not null, not a list). */
export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textIn = (map: Json | undefined, key: string): Json => (isMap(map) ? (map[key] ?? null) : null);

/**
 * Native values of plain fields. The CRM keeps an amount beside the record's currency and a group as a map;
 * the ERP keeps an amount with its own currency and a group in roots of its own.
 */
export function encode(
  at: { readonly role: Role; readonly entity: string; readonly idOf: Resolve },
  plain: JsonMap,
): JsonMap {
  return encodeAll(at, shapesOn(at.role, at.entity), plain);
}

interface Place {
  readonly role: Role;
  readonly idOf: Resolve;
}

function encodeAll(at: Place, shapes: Shapes, plain: JsonMap): JsonMap {
  const native: Record<string, Json> = {};
  for (const [field, value] of Object.entries(plain)) {
    const shape = shapes[field];
    if (shape === undefined) continue;
    const root = rootOf(at.role, field);
    if (shape.kind === "group" && at.role === "erp") {
      for (const [part, inner] of Object.entries(shape.parts)) {
        const given = textIn(value, part);
        native[`${root}_${rootOf("erp", part)}`] = encodeOne(at, inner, given);
      }
    } else native[root] = encodeOne(at, shape, value);
  }
  return native;
}

function encodeOne(at: Place, shape: Shape, value: Json): Json {
  if (value === null) return shape.kind === "lines" ? [] : null;
  switch (shape.kind) {
    case "code":
      return typeof value === "string" && shape.codes.includes(value) ? codeOf(at.role, value) : value;
    case "ref":
      return typeof value === "string" ? at.idOf(shape.entity, value) : null;
    case "money":
      if (at.role === "crm") return textIn(value, "amount");
      return { amount: textIn(value, "amount"), currency: textIn(value, "currency") };
    case "quantity":
      return { qty: textIn(value, "value"), unit: textIn(value, "unit") };
    case "group":
      return isMap(value) ? encodeAll(at, shape.parts, value) : null;
    case "lines":
      return Array.isArray(value)
        ? value.map((line: Json) => {
            if (!isMap(line)) return line;
            const { id, ...fields } = line;
            const row = encodeAll(at, shape.parts, fields);
            return id === undefined ? row : { id, ...row };
          })
        : [];
    default:
      return value;
  }
}

/** Plain values of a native record; what is not there is left out (*absent*). */
export function decode(
  at: { readonly role: Role; readonly entity: string; readonly tagOf: Resolve },
  native: JsonMap,
): JsonMap {
  return decodeAll({ ...at, currency: native["Currency"] ?? null }, shapesOn(at.role, at.entity), native);
}

interface Origin {
  readonly role: Role;
  readonly tagOf: Resolve;
  /** What the CRM's amounts are in. */
  readonly currency: Json;
}

function decodeAll(at: Origin, shapes: Shapes, native: JsonMap): JsonMap {
  const plain: Record<string, Json> = {};
  for (const [field, shape] of Object.entries(shapes)) {
    const root = rootOf(at.role, field);
    if (shape.kind === "group" && at.role === "erp") {
      const parts = Object.entries(shape.parts).flatMap(([part, inner]): [string, Json][] => {
        const value = native[`${root}_${rootOf("erp", part)}`];
        return value === undefined ? [] : [[part, decodeOne(at, inner, value)]];
      });
      if (parts.length > 0) plain[field] = wholeGroup(parts);
      continue;
    }
    const value = native[root];
    if (value !== undefined) plain[field] = decodeOne(at, shape, value);
  }
  return plain;
}

/** A group without any value is no value. */
function wholeGroup(parts: readonly (readonly [string, Json])[]): Json {
  return parts.every(([, value]) => value === null) ? null : Object.fromEntries(parts);
}

function decodeOne(at: Origin, shape: Shape, value: Json): Json {
  if (value === null) return null;
  switch (shape.kind) {
    case "code": {
      const code = shape.codes.find((each) => codeOf(at.role, each) === value);
      return code ?? value;
    }
    case "ref":
      return typeof value === "string" ? (at.tagOf(shape.entity, value) ?? `?${value}`) : null;
    case "money":
      if (at.role === "crm") return { amount: decimal(value), currency: plainCurrency(at.currency) };
      if (textIn(value, "amount") === null) return null;
      return { amount: decimal(textIn(value, "amount")), currency: textIn(value, "currency") };
    case "quantity":
      return { value: decimal(textIn(value, "qty")), unit: textIn(value, "unit") };
    case "decimal":
      return decimal(value);
    case "group":
      return isMap(value) ? wholeGroup(Object.entries(decodeAll(at, shape.parts, value))) : null;
    case "lines":
      return Array.isArray(value)
        ? value.map((row: Json) => {
            if (!isMap(row)) return row;
            return { id: row["id"] ?? null, ...decodeAll(at, shape.parts, row) };
          })
        : [];
    default:
      return value;
  }
}

/** Currency codes are written in capitals by both. */
const plainCurrency = (native: Json): Json => (typeof native === "string" ? native.toUpperCase() : native);

/** A decimal without trailing zeros, so that 2, 2.0 and "2.00" compare as equal. */
function decimal(value: Json): Json {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || !/^-?\d+(\.\d+)?$/.test(value)) return value;
  const [whole = "0", fraction = ""] = value.split(".");
  const kept = fraction.replace(/0+$/, "");
  return kept === "" ? whole : `${whole}.${kept}`;
}
