import { currencyDecimals, decimalsOf, fixed, parseDecimal, shortest } from "./decimal.ts";
import type { RefusalReason, TwinError } from "./failure.ts";
import type { Field } from "./field.ts";
import { equalJson, isList, isMap, type Json, type JsonMap, type RecordId } from "./json.ts";

/** Nested collections may hold that many rows: a large price list fits, a flood does not. */
const ROWS_MAX = 10_000;

/** What one system decides about bodies: its error form, its text rules, its dates, its ids. */
export interface BodyRules {
  readonly refuse: (reason: RefusalReason, path: string, message: string, extra?: JsonMap) => TwinError;
  /** `lines[0].price` or `lines.0.price`. */
  readonly joinPath: (parent: string, key: string | number) => string;
  readonly textMax: number;
  readonly longText: "refuse" | "truncate";
  /** Changes text on its way in; null is no value. */
  readonly storeText: (value: string, field: Field) => string | null;
  readonly date: (value: string) => string | null;
  readonly instant: (value: string) => string | null;
  /** Whether decimals are printed with their whole scale (ERP) or as short as possible (CRM). */
  readonly fixedScale: boolean;
  readonly exists: (target: string, by: string | null, value: RecordId) => boolean;
  readonly idType: "string" | "number";
  readonly nextRowId: (rowsPath: string) => RecordId;
}

/** Where in the body we are, and the currency that amounts without their own currency have. */
export interface BodyPlace {
  readonly path: string;
  readonly currency: string | null;
  /** The currency that money must have, or null when any will do. */
  readonly onlyCurrency: string | null;
}

type Read = (
  value: Json,
  field: Field,
  path: string,
  before: Json,
  rules: BodyRules,
  place: BodyPlace,
) => Json;

function readText(value: Json, field: Field, path: string, rules: BodyRules): Json {
  if (typeof value !== "string") throw rules.refuse("bad-value", path, "expected text");
  if (value.includes("\u0000")) throw rules.refuse("null-byte", path, "text may not hold a null byte");
  const stored = rules.storeText(value, field);
  const max = field.max ?? rules.textMax;
  if (stored === null || stored.length <= max) return stored;
  if (rules.longText === "truncate")
    return stored
      .slice(0, max)
      .toWellFormed()
      .replace(/\uFFFD$/, "");
  throw rules.refuse("too-long", path, `at most ${max} characters, got ${stored.length}`);
}

function checkRange(value: string, field: Field, path: string, rules: BodyRules): void {
  const number = parseDecimal(value);
  if (number === null || field.range === undefined) return;
  const bad =
    (field.range === "positive" && number.lte(0)) ||
    (field.range !== "positive" && number.lt(0)) ||
    (field.range === "percent" && number.gt(100));
  if (bad) throw rules.refuse("bad-value", path, `out of range (${field.range})`);
}

function readDecimal(value: Json, scale: number, path: string, rules: BodyRules): string {
  const number = typeof value === "string" ? parseDecimal(value) : null;
  if (number === null) throw rules.refuse("bad-value", path, "expected a decimal number as text");
  if (decimalsOf(number) > scale) throw rules.refuse("bad-value", path, `at most ${scale} decimals`);
  return rules.fixedScale ? fixed(number, scale) : shortest(number);
}

function readMoney(value: Json, field: Field, path: string, rules: BodyRules, place: BodyPlace): Json {
  if (!isMap(value)) throw rules.refuse("bad-value", path, "expected {amount, currency}");
  for (const key of Object.keys(value)) {
    if (key !== "amount" && key !== "currency")
      throw rules.refuse("unknown-field", path, `unknown field ${key}`);
  }
  const currency = value["currency"];
  if (typeof currency !== "string")
    throw rules.refuse("required", rules.joinPath(path, "currency"), "missing");
  const decimals = currencyDecimals(currency);
  if (decimals === null) {
    throw rules.refuse("unknown-currency", rules.joinPath(path, "currency"), "unknown currency");
  }
  if (place.onlyCurrency !== null && currency !== place.onlyCurrency) {
    throw rules.refuse("bad-value", rules.joinPath(path, "currency"), `expected ${place.onlyCurrency}`);
  }
  const scale = Math.max(decimals, field.scale ?? 0);
  const amountPath = rules.joinPath(path, "amount");
  const amount = readDecimal(value["amount"] ?? null, scale, amountPath, rules);
  checkRange(amount, field, amountPath, rules);
  return { amount: shortest(parseDecimal(amount)!, decimals), currency };
}

function readAmount(value: Json, field: Field, path: string, rules: BodyRules, place: BodyPlace): Json {
  const decimals = place.currency === null ? null : currencyDecimals(place.currency);
  if (decimals === null) throw rules.refuse("required", path, "an amount needs the currency of its record");
  const amount = readDecimal(value, decimals, path, rules);
  checkRange(amount, field, path, rules);
  return fixed(parseDecimal(amount)!, Math.max(2, decimals));
}

function readReference(value: Json, field: Field, path: string, rules: BodyRules): Json {
  const expected = field.by === undefined ? rules.idType : "string";
  if (typeof value !== expected || (typeof value !== "string" && typeof value !== "number")) {
    throw rules.refuse("bad-value", path, `expected a reference to ${field.target}`);
  }
  if (!rules.exists(field.target ?? "", field.by ?? null, value)) {
    throw rules.refuse("unknown-reference", path, `no such record in ${field.target}`);
  }
  return value;
}

function readGroup(
  value: Json,
  field: Field,
  path: string,
  before: Json,
  rules: BodyRules,
  place: BodyPlace,
): Json {
  if (!isMap(value)) throw rules.refuse("bad-value", path, "expected a map of fields");
  const merged = readFields(value, field.fields ?? [], isMap(before) ? before : null, rules, {
    ...place,
    path,
  });
  return Object.values(merged).every((inner) => inner === null) ? null : merged;
}

function readRows(
  value: Json,
  field: Field,
  path: string,
  before: Json,
  rules: BodyRules,
  place: BodyPlace,
): Json {
  if (!isList(value)) throw rules.refuse("bad-value", path, "expected a list of rows");
  if (value.length > ROWS_MAX) throw rules.refuse("bad-value", path, `at most ${ROWS_MAX} rows`);
  const known = new Map<Json, JsonMap>();
  for (const row of isList(before) ? before : []) {
    if (isMap(row)) known.set(row["id"] ?? null, row);
  }
  return value.map((row, index): Json => {
    const rowPath = rules.joinPath(path, index);
    if (!isMap(row)) throw rules.refuse("bad-value", rowPath, "expected a row");
    const inner = { ...place, path: rowPath };
    if (field.keyless === true) return readFields(row, field.fields ?? [], null, rules, inner);
    const { id = null, ...values } = row;
    const kept = id === null ? null : (known.get(id) ?? null);
    if (id !== null && kept === null) {
      throw rules.refuse("unknown-reference", rules.joinPath(rowPath, "id"), "no such row in this record");
    }
    if (id !== null) known.delete(id);
    const stored = readFields(values, field.fields ?? [], kept, rules, inner);
    return { id: id ?? rules.nextRowId(path), ...stored };
  });
}

function readDay(value: Json, kind: "date" | "instant", path: string, rules: BodyRules): Json {
  const stored =
    typeof value !== "string" ? null : kind === "date" ? rules.date(value) : rules.instant(value);
  if (stored === null) throw rules.refuse("bad-value", path, `expected a real ${kind} in the system's form`);
  return stored;
}

function readChoice(value: Json, field: Field, path: string, rules: BodyRules): Json {
  if (typeof value === "string" && (field.choices ?? []).includes(value)) return value;
  const reason = field.name === "currency" ? "unknown-currency" : "bad-value";
  throw rules.refuse(reason, path, `expected one of ${(field.choices ?? []).join(", ")}`);
}

const READERS: Readonly<Record<Field["kind"], Read>> = {
  text: (value, field, path, _before, rules) => readText(value, field, path, rules),
  choice: (value, field, path, _before, rules) => readChoice(value, field, path, rules),
  flag: (value, _field, path, _before, rules) => {
    if (typeof value !== "boolean") throw rules.refuse("bad-value", path, "expected true or false");
    return value;
  },
  integer: (value, _field, path, _before, rules) => {
    if (!Number.isSafeInteger(value)) throw rules.refuse("bad-value", path, "expected a whole number");
    return value;
  },
  decimal: (value, field, path, _before, rules) => {
    const stored = readDecimal(value, field.scale ?? 6, path, rules);
    checkRange(stored, field, path, rules);
    return stored;
  },
  amount: (value, field, path, _before, rules, place) => readAmount(value, field, path, rules, place),
  money: (value, field, path, _before, rules, place) => readMoney(value, field, path, rules, place),
  date: (value, _field, path, _before, rules) => readDay(value, "date", path, rules),
  instant: (value, _field, path, _before, rules) => readDay(value, "instant", path, rules),
  reference: (value, field, path, _before, rules) => readReference(value, field, path, rules),
  group: readGroup,
  rows: readRows,
  list: (_value, _field, path, _before, rules) => {
    throw rules.refuse("read-only", path, "written by the system only");
  },
};

/**
 * Reads a body against declared fields and gives the values to store: those of `before` with the body's laid over
 * them. On create (`before` null) initial values fill in and required fields must be there.
 * Throws the system's own `TwinError` at the first bad field.
 */
export function readFields(
  body: JsonMap,
  fields: readonly Field[],
  before: JsonMap | null,
  rules: BodyRules,
  place: BodyPlace,
): JsonMap {
  const at = (name: string): string => (place.path === "" ? name : rules.joinPath(place.path, name));
  for (const name of Object.keys(body)) {
    if (!fields.some((field) => field.name === name)) {
      throw rules.refuse("unknown-field", at(name), "no such field");
    }
  }
  const stored: Record<string, Json> = {};
  for (const field of fields) {
    const held = before?.[field.name] ?? null;
    const value = body[field.name];
    if (value === undefined) {
      stored[field.name] = before === null ? (field.initial ?? null) : held;
    } else if (field.readOnly === true) {
      if (!equalJson(value, held))
        throw rules.refuse("read-only", at(field.name), "written by the system only");
      stored[field.name] = held;
    } else if (value === null) {
      stored[field.name] = null;
    } else {
      stored[field.name] = READERS[field.kind](value, field, at(field.name), held, rules, place);
    }
    const empty = stored[field.name] === null || stored[field.name] === "";
    const asked = before === null || value !== undefined;
    if (field.required === true && empty && asked) {
      throw rules.refuse("required", at(field.name), "a value is required");
    }
  }
  return stored;
}
