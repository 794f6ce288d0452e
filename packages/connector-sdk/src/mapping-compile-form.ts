import { isMap, parseValue } from "@crossfoot/kernel";
import type { FieldKind, Json, JsonMap } from "@crossfoot/kernel";
import { below, checkKeys, numberAt, quoted, report, wordAt } from "./mapping-check.ts";
import type { CodeMap, Compilation, Spot } from "./mapping-check.ts";
import { dateForms, instantForms, isTimeZone } from "./mapping-date.ts";
import { isList, isScalar, own, textForm } from "./mapping-json.ts";
import { nearestName } from "@crossfoot/model";
import type { ValueForm } from "./mapping-types.ts";

/** Most decimals of a target, and longest text that it can be said to take. */
const digitsMax = 20;
const lengthMax = 100_000_000;

const noValue = ["empty", "missing"];

/** Keys that say how a value of a kind is written down. */
export const formKeys: { readonly [kind in FieldKind["kind"]]: readonly string[] } = {
  text: ["values", "as", "max", "onLong", ...noValue, "default"],
  code: ["values", "as", "max", "onLong", ...noValue, "default"],
  decimal: ["as", "digits", "round", ...noValue, "default"],
  boolean: ["values", ...noValue, "default"],
  date: ["form", "zone", "as", ...noValue, "default"],
  instant: ["form", "zone", "as", ...noValue, "default"],
  reference: ["ref", "as", ...noValue],
  money: ["as", "digits", "round", ...noValue],
  quantity: ["as", "digits", "round", ...noValue],
  group: [],
  collection: [],
};

/** Compiles one value map; answers what could be read, with a note for the rest. */
function compileCodeMap(spot: Pick<Spot, "compilation" | "keys">, json: Json): CodeMap | undefined {
  const note = (key: string, problem: string): void =>
    report({ compilation: spot.compilation, keys: [...spot.keys, key] }, problem);
  if (!isMap(json)) {
    report(spot, "a value map is a map of canonical code: native code");
    return undefined;
  }
  const toNative: [string, Json][] = [];
  const toCanonical = new Map<string, string>();
  let keepsOthers = false;
  for (const [code, given] of Object.entries(json)) {
    if (code === "*") {
      keepsOthers = given === "*";
      if (!keepsOthers) note(code, "`'*'` can only be `'*'`: all others as they are");
      continue;
    }
    const natives = isList(given) ? given : [given];
    const [first] = natives;
    if (first === undefined || !natives.every((native) => isScalar(native))) {
      note(
        code,
        "a native code is text, a number, true or false; or a list of them, of which the first is written",
      );
      continue;
    }
    toNative.push([code, first]);
    for (const native of natives) {
      const form = textForm(native) ?? "";
      if (!toCanonical.has(form)) toCanonical.set(form, code);
    }
  }
  return {
    toNative: Object.fromEntries(toNative),
    toCanonical: Object.fromEntries(toCanonical),
    keepsOthers,
  };
}

/** Compiles the value maps at the top of the file, by name. */
export function compileCodeMaps(
  compilation: Compilation,
  json: Json | undefined,
): ReadonlyMap<string, CodeMap> {
  const maps = new Map<string, CodeMap>();
  if (json === undefined || json === null) return maps;
  if (!isMap(json)) {
    report({ compilation, keys: ["valueMaps"] }, "`valueMaps` is a map of names");
    return maps;
  }
  for (const [name, each] of Object.entries(json)) {
    const compiled = compileCodeMap({ compilation, keys: ["valueMaps", name] }, each);
    if (compiled !== undefined) maps.set(name, compiled);
  }
  return maps;
}

function valuesAt(spot: Spot, kind: FieldKind, map: JsonMap): CodeMap | null {
  const given = own(map, "values");
  if (given === undefined) return null;
  const at = below(spot, "values");
  const named = typeof given === "string" ? spot.compilation.valueMaps.get(given) : undefined;
  if (typeof given === "string" && named === undefined) {
    const names = [...spot.compilation.valueMaps.keys()];
    report(at, `no value map \`${given}\` under \`valueMaps\``, nearestName(given, names));
    return null;
  }
  const codes = named ?? compileCodeMap(at, given);
  if (codes === undefined) return null;
  const isTruth = (code: string): boolean => code === "true" || code === "false";
  if (kind.kind === "boolean" && (codes.keepsOthers || !Object.keys(codes.toNative).every(isTruth))) {
    report(at, "the codes of a truth value are `true` and `false`");
  }
  return codes;
}

function nullsAt(spot: Spot, map: JsonMap): readonly Json[] {
  const given = own(map, "empty");
  if (given === undefined) return [];
  if (given === null) return [""];
  if (isList(given) && given.length > 0 && given.every((each) => isScalar(each))) return given;
  report(
    below(spot, "empty"),
    "`empty` is null (empty text means no value), or a list of native values that mean it",
  );
  return [];
}

function missingAt(spot: Spot, map: JsonMap): boolean {
  const given = own(map, "missing");
  if (given !== undefined && given !== null) report(below(spot, "missing"), "`missing` can only be null");
  return given === null;
}

function defaultAt(spot: Spot, kind: FieldKind, map: JsonMap): Json | undefined {
  const given = own(map, "default");
  if (given === undefined) return undefined;
  const parsed = parseValue(kind, given);
  if (parsed.ok && parsed.value !== null) return parsed.value as Json;
  report(below(spot, "default"), `\`default\` is ${parsed.ok ? "a value" : parsed.problem.expected}`);
  return undefined;
}

function formAt(spot: Spot, kind: FieldKind, map: JsonMap): string | null {
  if (kind.kind === "date") return wordAt(spot, map, { key: "form", words: dateForms });
  if (kind.kind === "instant") return wordAt(spot, map, { key: "form", words: instantForms });
  return null;
}

function zoneAt(spot: Spot, kind: FieldKind, map: JsonMap): string | null {
  const given = own(map, "zone");
  if (given === undefined) return null;
  const at = below(spot, "zone");
  const isEpoch = ["epoch", "epochMs"].includes(textForm(own(map, "form")) ?? "");
  if (isEpoch !== (kind.kind === "date")) {
    report(at, "`zone` goes with a date given as an instant, or an instant given as the time of a place");
  } else if (typeof given === "string" && isTimeZone(given)) return given;
  else report(at, "`zone` is a name of the time zone database, such as `Europe/Berlin`");
  return null;
}

function referenceAt(spot: Spot, kind: FieldKind, map: JsonMap): string | null {
  if (kind.kind !== "reference") return null;
  const given = own(map, "ref");
  if (given === undefined || given === kind.entity) return kind.entity;
  const at = below(spot, "ref");
  const { entities } = spot.compilation;
  if (typeof given !== "string") report(at, "`ref` is the name of an entity");
  else if (entities.includes(given))
    report(at, `\`${spot.name}\` refers to ${quoted([kind.entity])}, not to ${quoted([given])}`);
  else report(at, `unknown entity \`${given}\``, nearestName(given, entities));
  return kind.entity;
}

/** Compiles how a value of a kind is written down; keys that do not fit the kind have been noted before. */
export function compileForm(spot: Spot, kind: FieldKind, map: JsonMap): ValueForm {
  const digits = numberAt(spot, map, { key: "digits", min: 0, max: digitsMax });
  const round = wordAt(spot, map, { key: "round", words: ["halfUp", "halfEven"] });
  if (round !== null && own(map, "digits") === undefined)
    report(below(spot, "round"), "`round` needs `digits`");
  const max = numberAt(spot, map, { key: "max", min: 1, max: lengthMax });
  const onLong = wordAt(spot, map, { key: "onLong", words: ["refuse", "cut"] });
  if (onLong !== null && own(map, "max") === undefined) report(below(spot, "onLong"), "`onLong` needs `max`");
  return {
    reference: referenceAt(spot, kind, map),
    values: valuesAt(spot, kind, map),
    form: formAt(spot, kind, map),
    zone: zoneAt(spot, kind, map),
    as: wordAt(spot, map, { key: "as", words: ["string", "number"] }),
    digits,
    round,
    lengthMax: max,
    onLong: onLong ?? "refuse",
    nulls: nullsAt(spot, map),
    missingIsNull: missingAt(spot, map),
    defaultValue: defaultAt(spot, kind, map),
  };
}

/** All keys of the language that a field may have; to tell a misplaced key from a misspelt one. */
const fieldKeys: readonly string[] = [
  ...new Set([
    ...Object.values(formKeys).flat(),
    ...[
      "path",
      "constant",
      "expression",
      "amount",
      "currency",
      "value",
      "unit",
      "parts",
      "list",
      "key",
      "lineRef",
    ],
    ...["fields", "read", "write", "onCreate"],
  ]),
];

/**
 * Notes keys that are unknown, and known ones that do not fit the kind of the field. True when there are
 * none.
 */
export function checkFieldKeys(
  spot: Spot,
  map: JsonMap,
  allowed: { readonly keys: readonly string[]; readonly what: string },
): boolean {
  const misplaced = Object.keys(map).filter((key) => fieldKeys.includes(key) && !allowed.keys.includes(key));
  for (const key of misplaced) {
    report(below(spot, key), `\`${key}\` does not fit ${allowed.what}, which takes ${quoted(allowed.keys)}`);
  }
  const rest = Object.entries(map).filter(([key]) => !misplaced.includes(key));
  return checkKeys(spot, Object.fromEntries(rest), allowed.keys) && misplaced.length === 0;
}
