import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap, Problem } from "@crossfoot/kernel";
import { isList, own, textForm, withKey } from "./mapping-json.ts";
import type { Path, Step } from "./mapping-types.ts";

/** Longest path in characters, and most steps; a mapping that needs more is a mistake. */
const pathLengthMax = 500;
const stepsMax = 20;

const name = String.raw`(?:\\.|[^.[\]\\])+`;
const rowKey = String.raw`(?:\\.|[^=\]\\])+`;
const rowValue = String.raw`'[^']*'|"[^"]*"|(?:\\.|[^\]\\'"])*`;
const segment = new RegExp(String.raw`(${name})(?:\[(${rowKey})=(${rowValue})\])?(\.|$)`, "uy");

const plain = (text: string): string => text.replaceAll(/\\(.)/gu, "$1");

function selector(key: string, value: string): Step {
  if (/^['"]/.test(value)) return { row: plain(key), equals: value.slice(1, -1), added: value.slice(1, -1) };
  const equals = plain(value);
  const row = plain(key);
  if (equals === "true" || equals === "false") return { row, equals, added: equals === "true" };
  const isNumber = /^(?:0|-?[1-9]\d{0,14})$/.test(equals);
  return { row, equals, added: isNumber ? Number(equals) : equals };
}

/**
 * Parses a path: keys joined by points, `list[key=value]` for a row, `^` before a path that starts at the
 * record. A backslash takes the next character literally. Answers the problem in words when it is none.
 * Never throws.
 */
export function parsePath(text: string): { readonly path: Path } | { readonly problem: string } {
  if (text.length > pathLengthMax) return { problem: `a path has at most ${pathLengthMax} characters` };
  const fromRecord = text.startsWith("^");
  const steps: Step[] = [];
  segment.lastIndex = fromRecord ? 1 : 0;
  let isOpen = true;
  while (isOpen) {
    const match = segment.exec(text);
    if (match === null) return { problem: "a path reads `a.b`, `list[key=value].a` or `^a`" };
    steps.push({ key: plain(match[1] ?? "") });
    if (match[2] !== undefined) steps.push(selector(match[2], match[3] ?? ""));
    isOpen = match[4] === ".";
  }
  if (steps.length > stepsMax) return { problem: `a path has at most ${stepsMax} steps` };
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || !("key" in first)) return { problem: "a path starts with a key" };
  if (last !== undefined && !("key" in last))
    return { problem: "a path ends in a key of the row, as in `list[key=value].a`" };
  if (first.key.startsWith("=")) return { problem: "a root that starts with `=` is kept for expressions" };
  return { path: { text, root: first.key, steps, fromRecord } };
}

/**
 * What stands at the end of a path: a value, nothing that was delivered, or something that cannot be
 * walked.
 */
export type Reached =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "absent" }
  | { readonly kind: "problem"; readonly problem: Problem };

const absent: Reached = { kind: "absent" };
const blocked = (problem: Problem): Reached => ({ kind: "problem", problem });

const mapExpected = (path: Path): Problem => ({
  code: "not_a_map",
  expected: `a map on the way of the path ${path.text}`,
});
const listExpected = (path: Path): Problem => ({
  code: "not_a_list",
  expected: `a list on the way of the path ${path.text}`,
});

type RowStep = Extract<Step, { readonly row: string }>;

/** Place of the row that a step selects, or -1. Rows that are no maps are passed over. */
function rowAt(list: readonly Json[], step: RowStep): number {
  return list.findIndex((row) => isMap(row) && textForm(own(row, step.row)) === step.equals);
}

/**
 * Reads the value at a path. A key that is missing is *absent*; null on the way, and a list without the
 * row, give null: the system did say that there is nothing. Never throws.
 */
export function getPath(path: Path, from: JsonMap): Reached {
  let here: Json = from;
  for (const step of path.steps) {
    if (here === null) return { kind: "value", value: null };
    if ("key" in step) {
      if (!isMap(here)) return blocked(mapExpected(path));
      const next = own(here, step.key);
      if (next === undefined) return absent;
      here = next;
    } else {
      if (!isList(here)) return blocked(listExpected(path));
      here = here[rowAt(here, step)] ?? null;
    }
  }
  return { kind: "value", value: here };
}

/**
 * The map with a value set (the very same map when there was nothing to set), or what stands in the way.
 */
export type Placed =
  | { readonly ok: true; readonly map: JsonMap }
  | { readonly ok: false; readonly problem: Problem };

/** What is set, and whether maps and rows that are missing on the way are added for it. */
export interface Placing {
  readonly value: Json;
  readonly addsMissing: boolean;
}

/**
 * Sets the value at a path without changing what was given. With `addsMissing`, maps and rows on the way
 * are added, a row with the key that selects it; without it, a way that does not exist is left alone: there
 * is nothing to empty. Never throws.
 */
export function setPath(path: Path, into: JsonMap, placing: Placing): Placed {
  const result = place(path.steps, into, { ...placing, path });
  if (result.kind === "problem") return { ok: false, problem: result.problem };
  return { ok: true, map: result.kind === "value" && isMap(result.value) ? result.value : into };
}

/** The value with the rest of the steps set in it; absent when nothing was set. */
function place(
  steps: readonly Step[],
  here: Json | undefined,
  placing: Placing & { readonly path: Path },
): Reached {
  const [step, ...rest] = steps;
  if (step === undefined) return { kind: "value", value: placing.value };
  if ((here === undefined || here === null) && !placing.addsMissing) return absent;
  if ("key" in step) {
    const map = here ?? {};
    if (!isMap(map)) return blocked(mapExpected(placing.path));
    const inner = place(rest, own(map, step.key), placing);
    return inner.kind === "value" ? { kind: "value", value: withKey(map, step.key, inner.value) } : inner;
  }
  const list = here ?? [];
  if (!isList(list)) return blocked(listExpected(placing.path));
  const at = rowAt(list, step);
  if (at === -1 && !placing.addsMissing) return absent;
  const inner = place(rest, at === -1 ? withKey({}, step.row, step.added) : list[at], placing);
  if (inner.kind !== "value") return inner;
  return { kind: "value", value: at === -1 ? [...list, inner.value] : list.with(at, inner.value) };
}
