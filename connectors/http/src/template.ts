import { at } from "./path.ts";
import { isList, isMap, textOf } from "./wire.ts";
import type { Json, JsonMap } from "./wire.ts";

/** Values of variables by name; undefined where a variable has no value now. */
export type Scope = (name: string) => Json | undefined;

const variable = /\$\$\{|\$\{([A-Za-z][\w.-]*)\}/g;
const alone = /^\$\{([A-Za-z][\w.-]*)\}$/;
/** Key of a body that spreads a map into the one around it. */
const spreadKey = "...";

/** A scope over plain values; a dotted name walks into a map (`patch.name`). */
export function scopeOf(values: { readonly [name: string]: Json | undefined }): Scope {
  return (name) => {
    if (Object.hasOwn(values, name)) return values[name];
    const point = name.indexOf(".");
    if (point < 0) return undefined;
    const head = name.slice(0, point);
    return Object.hasOwn(values, head) ? at(values[head], name.slice(point + 1)) : undefined;
  };
}

/** The first scope that has a value decides. */
export function both(first: Scope, second: Scope): Scope {
  return (name) => first(name) ?? second(name);
}

/** Names of all variables in a template, in their order. */
export function variablesOf(template: Json): readonly string[] {
  if (typeof template === "string") {
    return [...template.matchAll(variable)].flatMap((match) => (match[1] === undefined ? [] : [match[1]]));
  }
  if (isList(template)) return template.flatMap((one) => variablesOf(one));
  if (isMap(template)) return Object.values(template).flatMap((one) => variablesOf(one));
  return [];
}

/** True when a text opens a template and does not close it, or names something that is no name. */
export function isBroken(text: string): boolean {
  return text.replaceAll(variable, "").includes("${");
}

/**
 * A template with its variables filled in, or undefined when it names one without a value. Keys of a map
 * without a value are left out; an element of a list with one is left out whole.
 */
export function render(template: Json, scope: Scope): Json | undefined {
  return renderPart(template, scope, false);
}

function renderPart(template: Json, scope: Scope, isStrict: boolean): Json | undefined {
  if (typeof template === "string") return renderText(template, scope);
  if (isList(template)) {
    const rendered = template.map((one) => renderPart(one, scope, true));
    if (isStrict && rendered.includes(undefined)) return undefined;
    return rendered.filter((one) => one !== undefined);
  }
  return isMap(template) ? renderMap(template, scope, isStrict) : template;
}

function renderMap(template: JsonMap, scope: Scope, isStrict: boolean): JsonMap | undefined {
  const entries: (readonly [string, Json])[] = [];
  for (const [key, part] of Object.entries(template)) {
    const value = renderPart(part, scope, isStrict);
    if (value === undefined) {
      if (isStrict) return undefined;
    } else if (key === spreadKey && isMap(value)) entries.push(...Object.entries(value));
    else entries.push([key, value]);
  }
  return Object.fromEntries(entries);
}

/**
 * One text: alone, a variable keeps its type; inside other text it is written out, and null counts as no
 * value.
 */
function renderText(template: string, scope: Scope): Json | undefined {
  if (!template.includes("${")) return template;
  const only = alone.exec(template)?.[1];
  if (only !== undefined) return scope(only);
  return fill(template, scope, (text) => text);
}

function fill(
  template: string,
  scope: Scope,
  encode: (text: string, name: string) => string,
): string | undefined {
  let isMissing = false;
  const text = template.replaceAll(variable, (_match, name: string | undefined) => {
    if (name === undefined) return "${";
    const value = scope(name);
    if (value !== undefined && value !== null) {
      return encode(textOf(value) ?? (isList(value) ? joined(value) : JSON.stringify(value)), name);
    }
    isMissing = true;
    return "";
  });
  return isMissing ? undefined : text;
}

const joined = (values: readonly Json[]): string =>
  values.map((one) => textOf(one) ?? JSON.stringify(one)).join(",");

/** A path with its variables percent-encoded; undefined when one has no value. */
export function renderPath(template: string, scope: Scope): string | undefined {
  return fill(template, scope, (text) => encodeURIComponent(text));
}

/**
 * An address: as a path, but variables of the options (`variable.x`) may hold whole addresses and stay as
 * they are.
 */
export function renderAddress(template: string, scope: Scope): string | undefined {
  return fill(template, scope, (text, name) =>
    name.startsWith("variable.") ? text : encodeURIComponent(text),
  );
}

/**
 * Parameters or headers: texts as they are, a variable that is a list joined by commas, maps and lists of the
 * description as JSON text; what has no value is left out.
 */
export function renderTexts(template: JsonMap | undefined, scope: Scope): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [name, part] of Object.entries(template ?? {})) {
    const value = render(part, scope);
    if (value === undefined || value === null) continue;
    const isJoined = typeof part === "string" && isList(value);
    texts.push([name, textOf(value) ?? (isJoined ? joined(value) : JSON.stringify(value))]);
  }
  return Object.fromEntries(texts);
}
