import { isMap, parseValue } from "@crossfoot/kernel";
import type { FieldKind, FieldKinds, Json, JsonMap } from "@crossfoot/kernel";
import { below, flagAt, mapAt, quoted, report } from "./mapping-check.ts";
import type { Spot } from "./mapping-check.ts";
import { checkFieldKeys, compileForm, formKeys } from "./mapping-compile-form.ts";
import { parseExpression } from "./mapping-expression.ts";
import { own, pick, textForm } from "./mapping-json.ts";
import { nearestName } from "@crossfoot/model";
import { parsePath } from "./mapping-path.ts";
import type { FieldMapping, FieldSource, Path } from "./mapping-types.ts";

const directions = ["read", "write", "onCreate"];
const scalarSources = ["path", "constant", "expression"];

type KindOf<Name extends FieldKind["kind"]> = Extract<FieldKind, { readonly kind: Name }>;
/** What a mapping needs beside its kind and directions. */
type Origin = Pick<FieldMapping, "source" | "roots" | "needs">;

/**
 * Compiles one field, part or field of a row. Faults are noted; answers undefined when nothing can be made
 * of it.
 */
function compileField(spot: Spot, kind: FieldKind, json: Json): FieldMapping | undefined {
  switch (kind.kind) {
    case "money":
    case "quantity":
      return compileMeasure(spot, kind, json);
    case "group":
      return compileGroup(spot, kind, json);
    case "collection":
      return compileList(spot, kind, json);
    default:
      return compileScalar(spot, kind, json);
  }
}

const lastName = (spot: Spot): string => spot.name.slice(spot.name.lastIndexOf(".") + 1);

/** Reads the directions, and answers how the mapping is put together; a fixed one is never written. */
function build(
  spot: Spot,
  kind: FieldKind,
  map: JsonMap,
): (origin: Origin, isFixed?: boolean) => FieldMapping {
  const isRead = flagAt(spot, map, { key: "read", fallback: true });
  const isWritten = flagAt(spot, map, { key: "write", fallback: true });
  const onCreateOnly = flagAt(spot, map, { key: "onCreate", fallback: false });
  const field = lastName(spot);
  return (origin, isFixed = false) => ({
    field,
    kind,
    ...origin,
    isRead,
    isWritten: isWritten && !isFixed,
    onCreateOnly,
  });
}

const kindWords: { readonly [kind in FieldKind["kind"]]: string } = {
  text: "a text field",
  code: "a code",
  decimal: "a decimal",
  boolean: "a truth value",
  date: "a date",
  instant: "an instant",
  money: "an amount of money",
  quantity: "a quantity",
  reference: "a reference",
  group: "a group",
  collection: "a list of lines",
};

function compileScalar(spot: Spot, kind: FieldKind, json: Json): FieldMapping | undefined {
  const what = kindWords[kind.kind];
  const isReference = kind.kind === "reference";
  const sources = scalarSources.filter((key) => !(isReference && key === "constant"));
  if (typeof json === "string") return compileScalar(spot, kind, { path: json });
  const map = mapAt(spot, json, `${what} is a path, or a map with one of ${quoted(sources)}`);
  if (map === undefined) return undefined;
  const given = sources.filter((key) => own(map, key) !== undefined);
  const noDefault = spot.isMeasure || (kind.kind === "code" && ["currency", "unit"].includes(lastName(spot)));
  const form = formKeys[kind.kind].filter((key) => !(noDefault && key === "default"));
  const constant = own(map, "constant");
  const isConstant = given.length === 1 && given[0] === "constant";
  const fitting = isConstant ? ["constant", "read"] : [...sources, ...form, ...directions];
  const fits = checkFieldKeys(spot, map, { keys: fitting, what: isConstant ? "a constant" : what });
  if (given.length !== 1) {
    if (fits) report(spot, `${what} needs one of ${quoted(sources)}`);
    return undefined;
  }
  if (constant !== undefined) return compileConstant(spot, kind, map);
  return own(map, "expression") === undefined
    ? compilePath(spot, kind, map)
    : compileExpression(spot, kind, map);
}

function compileConstant(spot: Spot, kind: FieldKind, map: JsonMap): FieldMapping | undefined {
  const parsed = parseValue(kind, own(map, "constant") ?? null);
  const isCurrency = lastName(spot) === "currency";
  const isCode = !isCurrency || (parsed.ok && /^[A-Z]{3}$/.test(textForm(parsed.value as Json) ?? ""));
  if (!parsed.ok || parsed.value === null || !isCode) {
    const expected = parsed.ok
      ? isCode
        ? "a value"
        : "a currency code of three capitals"
      : parsed.problem.expected;
    report(
      below(spot, "constant"),
      `this constant is ${expected}${typeof own(map, "constant") === "number" ? ", in quotes" : ""}`,
    );
    return undefined;
  }
  return build(
    spot,
    kind,
    map,
  )({ source: { from: "constant", value: parsed.value as Json }, roots: [], needs: [] }, true);
}

/** The path under a key, or undefined with a note. `^` is for rows only. */
function pathAt(spot: Spot, json: Json | undefined): Path | undefined {
  if (typeof json !== "string") {
    report(spot, "a path is text");
    return undefined;
  }
  const parsed = parsePath(json);
  if ("problem" in parsed) report(spot, parsed.problem);
  else if (parsed.path.fromRecord && spot.list === null) report(spot, "`^` is for the rows of a list only");
  else return parsed.path;
  return undefined;
}

function compilePath(spot: Spot, kind: FieldKind, map: JsonMap): FieldMapping | undefined {
  const path = pathAt(below(spot, "path"), own(map, "path"));
  const form = compileForm(spot, kind, map);
  if (path === undefined) return undefined;
  const roots = spot.list === null || path.fromRecord ? [path.root] : [];
  const needs = form.missingIsNull ? [] : roots;
  return build(spot, kind, map)({ source: { from: "path", path, form }, roots, needs }, path.fromRecord);
}

function compileExpression(spot: Spot, kind: FieldKind, map: JsonMap): FieldMapping | undefined {
  const at = below(spot, "expression");
  const text = own(map, "expression");
  const form = compileForm(spot, kind, map);
  for (const key of ["write", "onCreate"]) {
    if (own(map, key) === true) report(below(spot, key), "an expression is read only");
  }
  if (kind.kind === "decimal" && form.digits === null) {
    report(
      spot,
      "a decimal from an expression needs `digits`, to which it is rounded (JSONata reckons in binary)",
    );
  }
  const parsed = typeof text === "string" ? parseExpression(text) : { problem: "an expression is text" };
  if ("problem" in parsed) {
    report(at, parsed.problem);
    return undefined;
  }
  if (parsed.isWhole && spot.list === null) {
    report(
      at,
      "an expression names the roots it reads; `$`, `$$`, `*` and `%` alone do not say what to ask for",
    );
    return undefined;
  }
  const root = `=${spot.name}`;
  spot.expressions.push({
    root,
    list: spot.list,
    text: textForm(text) ?? "",
    reads: parsed.isWhole ? null : parsed.roots,
    needs: form.missingIsNull ? [] : parsed.roots,
  });
  const path: Path = { text: root, root, steps: [{ key: root }], fromRecord: false };
  const roots = spot.list === null ? [root] : [];
  const needs = form.missingIsNull ? [] : roots;
  return build(spot, kind, map)({ source: { from: "path", path, form }, roots, needs }, true);
}

const measures = {
  money: {
    number: "amount",
    mark: "currency",
    shape: "an amount of money is a map with `amount` and `currency`",
  },
  quantity: { number: "value", mark: "unit", shape: "a quantity is a map with `value` and `unit`" },
} as const;

/**
 * An amount with its currency, or a quantity with its unit. Keys of form beside them are those of the
 * number.
 */
function compileMeasure(spot: Spot, kind: FieldKind, json: Json): FieldMapping | undefined {
  const isMoney = kind.kind === "money";
  const { number, mark, shape } = measures[isMoney ? "money" : "quantity"];
  const map = mapAt(spot, json, shape);
  if (map === undefined) return undefined;
  const forms = formKeys[isMoney ? "money" : "quantity"];
  const keys = [number, mark, ...forms, ...directions];
  const fits = checkFieldKeys(spot, map, { keys, what: kindWords[kind.kind] });
  const [givenNumber, givenMark] = [own(map, number), own(map, mark)];
  if (givenNumber === undefined || givenMark === undefined) {
    if (fits) report(spot, shape);
    return undefined;
  }
  const part = (key: string): Spot => ({ ...below(spot, key), name: `${spot.name}.${key}`, isMeasure: true });
  const told = typeof givenNumber === "string" ? { path: givenNumber } : givenNumber;
  const merged = isMap(told) ? { ...pick(map, forms), ...told } : told;
  const first = compileField(part(number), { kind: "decimal" }, merged);
  const second = compileField(part(mark), { kind: "code" }, givenMark);
  if (first === undefined || second === undefined) return undefined;
  const source: FieldSource = isMoney
    ? { from: "money", amount: first, currency: second }
    : { from: "quantity", value: first, unit: second };
  return build(spot, kind, map)({ source, ...rootsOf([first, second]) });
}

function compileGroup(spot: Spot, kind: KindOf<"group">, json: Json): FieldMapping | undefined {
  const map = mapAt(spot, json, "a group is a map with `parts`");
  if (map === undefined) return undefined;
  const fits = checkFieldKeys(spot, map, { keys: ["parts", ...directions], what: kindWords.group });
  if (own(map, "parts") === undefined && !fits) return undefined;
  const parts = compileFields(below(spot, "parts"), kind.parts, own(map, "parts"));
  if (parts === undefined) return undefined;
  return build(spot, kind, map)({ source: { from: "parts", parts }, ...rootsOf(Object.values(parts)) });
}

function compileList(spot: Spot, kind: KindOf<"collection">, json: Json): FieldMapping | undefined {
  const map = mapAt(spot, json, "a list of lines is a map with `list`, `key` and `fields`");
  if (map === undefined) return undefined;
  checkFieldKeys(spot, map, {
    keys: ["list", "key", "lineRef", "fields", ...directions],
    what: kindWords.collection,
  });
  const path = pathAt(below(spot, "list"), own(map, "list"));
  const key = rowKeyAt(spot, map, "key");
  const lineRef = own(map, "lineRef") === undefined ? null : rowKeyAt(spot, map, "lineRef");
  const rowSpot: Spot = { ...below(spot, "fields"), name: "", list: path ?? null };
  const fields = compileFields(rowSpot, kind.parts, own(map, "fields"));
  if (path === undefined || key === null || fields === undefined) return undefined;
  const inner = rootsOf(Object.values(fields));
  const roots = [...new Set([path.root, ...inner.roots])];
  const needs = [...new Set([path.root, ...inner.needs])];
  return build(spot, kind, map)({ source: { from: "list", path, key, lineRef, fields }, roots, needs });
}

function rowKeyAt(spot: Spot, map: JsonMap, key: string): string | null {
  const given = own(map, key);
  if (typeof given === "string" && given !== "" && !given.startsWith("=")) return given;
  report(given === undefined ? spot : below(spot, key), `\`${key}\` is the name of a key of each row`);
  return null;
}

/** Roots of all that are read; a field that is not read needs none. */
function rootsOf(mappings: readonly FieldMapping[]): Pick<FieldMapping, "roots" | "needs"> {
  const read = mappings.filter((each) => each.isRead);
  return {
    roots: [...new Set(read.flatMap((each) => each.roots))],
    needs: [...new Set(read.flatMap((each) => each.needs))],
  };
}

/** Compiles fields by name against their kinds; null says that a field is not mapped here. */
export function compileFields(
  spot: Spot,
  kinds: FieldKinds,
  json: Json | undefined,
): { readonly [field: string]: FieldMapping } | undefined {
  const map = mapAt(spot, json, `\`${spot.keys.at(-1) ?? ""}\` is a map of fields`);
  if (map === undefined) return undefined;
  const compiled: [string, FieldMapping][] = [];
  for (const [field, given] of Object.entries(map)) {
    const at = { ...below(spot, field), name: spot.name === "" ? field : `${spot.name}.${field}` };
    const kind = Object.hasOwn(kinds, field) ? kinds[field] : undefined;
    if (kind === undefined) {
      const nearest = nearestName(field, Object.keys(kinds));
      const own = "; a field of your own stands in contract.yaml, with its `kind`";
      const isOfEntity = spot.name === "" && spot.list === null && nearest === undefined;
      report(at, `unknown field \`${field}\`${isOfEntity ? own : ""}`, nearest);
      continue;
    }
    const mapping = given === null ? undefined : compileField(at, kind, given);
    if (mapping !== undefined) compiled.push([field, mapping]);
  }
  return Object.fromEntries(compiled);
}
