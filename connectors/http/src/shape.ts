import { textOf } from "./wire.ts";
import type { Json } from "./wire.ts";

/** What may stand at a place of a description. `doc` goes into the JSON Schema and into messages. */
export type Shape =
  | { readonly is: "text"; readonly doc: string; readonly variables: readonly string[] | null }
  | { readonly is: "path" | "flag" | "scalar" | "any"; readonly doc: string }
  | { readonly is: "count"; readonly doc: string; readonly min: number }
  | { readonly is: "choice"; readonly doc: string; readonly of: readonly Json[] }
  | { readonly is: "tree"; readonly doc: string; readonly variables: readonly string[] }
  | { readonly is: "list" | "each"; readonly doc: string; readonly of: Shape }
  | { readonly is: "either"; readonly doc: string; readonly of: readonly Shape[] }
  | MapShape;

/** A map with named keys. */
export interface MapShape {
  readonly is: "map";
  readonly doc: string;
  readonly keys: { readonly [key: string]: Shape };
  readonly required: readonly string[];
  /** Name in the JSON Schema of a map that stands in several places. */
  readonly name?: string;
}

/** Plain text without templates. */
export const word = (doc: string): Shape => ({ is: "text", doc, variables: null });
/** Text with templates; a name that ends in `.*` allows every name below it. */
export const template = (doc: string, variables: readonly string[]): Shape => ({
  is: "text",
  doc,
  variables,
});
/** A dotted path into an answer. */
export const path = (doc: string): Shape => ({ is: "path", doc });
/** A whole number. */
export const count = (doc: string, min = 1): Shape => ({ is: "count", doc, min });
/** True or false. */
export const flag = (doc: string): Shape => ({ is: "flag", doc });
/** Text, number, true, false or null. */
export const scalar = (doc: string): Shape => ({ is: "scalar", doc });
/** Anything; somebody else checks it. */
export const any = (doc: string): Shape => ({ is: "any", doc });
/** One of a closed list. */
export const choice = (doc: string, ...of: readonly Json[]): Shape => ({ is: "choice", doc, of });
/** Any JSON with templates in its texts. */
export const tree = (doc: string, variables: readonly string[]): Shape => ({ is: "tree", doc, variables });
/** A list. */
export const list = (of: Shape, doc: string = of.doc): Shape => ({ is: "list", doc, of });
/** A map with names of the user's choice. */
export const each = (of: Shape, doc: string = of.doc): Shape => ({ is: "each", doc, of });
/** One of several shapes, told apart by their JSON type. */
export const either = (...of: readonly Shape[]): Shape => ({ is: "either", doc: of[0]?.doc ?? "", of });
/** A map with named keys; a key that ends in `!` is required. */
export function map(doc: string, keys: { readonly [key: string]: Shape }): MapShape {
  const names = Object.keys(keys);
  return {
    is: "map",
    doc,
    keys: Object.fromEntries(Object.entries(keys).map(([key, shape]) => [key.replace(/!$/, ""), shape])),
    required: names.filter((key) => key.endsWith("!")).map((key) => key.slice(0, -1)),
  };
}

/** The same map under a name, for the JSON Schema. */
export const named = (name: string, shape: MapShape): MapShape => ({ ...shape, name });

/** True when a value is of the JSON type that a shape wants, whatever is in it. */
export function fits(value: Json, shape: Shape): boolean {
  switch (shape.is) {
    case "text":
    case "path":
      return typeof value === "string";
    case "count":
      return typeof value === "number";
    case "flag":
      return typeof value === "boolean";
    case "scalar":
      return value === null || typeof value !== "object";
    case "choice":
      return shape.of.includes(value);
    case "list":
      return Array.isArray(value);
    case "map":
    case "each":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "either":
      return shape.of.some((one) => fits(value, one));
    case "tree":
    case "any":
      return true;
  }
}

/** What a shape wants, in words. */
export function wanted(shape: Shape): string {
  switch (shape.is) {
    case "text":
    case "path":
      return "text";
    case "count":
      return `a whole number from ${shape.min}`;
    case "flag":
      return "true or false";
    case "scalar":
      return "text, a number, true, false or null";
    case "choice":
      return `one of ${shape.of.map((one) => textOf(one) ?? "null").join(", ")}`;
    case "list":
      return "a list";
    case "map":
    case "each":
      return "a map";
    case "either":
      return shape.of.map((one) => wanted(one)).join(", or ");
    case "tree":
    case "any":
      return "anything";
  }
}
