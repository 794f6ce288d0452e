import { currencyDecimals, decimalsOf, fixed, parseDecimal, shortest, type Big } from "./decimal.ts";
import type { RefusalReason, TwinError } from "./failure.ts";
import type { Field } from "./field.ts";
import { equalJson, isList, isMap, type Json, type JsonMap, type RecordId } from "./json.ts";

/** Nested collections may hold that many rows: a large price list fits, a flood does not. */
const ROWS_MAX = 10_000;

/** What one system decides about bodies: its error form, its text rules, its dates, its ids. */
export interface BodyRules {
  readonly refuse: (reason: RefusalReason, path: string, message: string) => TwinError;
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

/** Where in the body we are, by which rules, and the currency of amounts that do not carry their own. */
export interface BodyPlace {
  readonly rules: BodyRules;
  /** Path of the map that is read; empty at the top. */
  readonly path: string;
  readonly currency: string | null;
  /** The currency that money must have, or null when any will do. */
  readonly onlyCurrency: string | null;
}

/** One field of a body on its way in: its declaration, its path, and the value that the record holds. */
interface Spot {
  readonly field: Field;
  readonly path: string;
  readonly held: Json;
  readonly place: BodyPlace;
}

function refused(spot: Spot, reason: RefusalReason, message: string): TwinError {
  return spot.place.rules.refuse(reason, spot.path, message);
}

function within(spot: Spot, key: string | number): Spot {
  return { ...spot, path: spot.place.rules.joinPath(spot.path, key) };
}

function readText(value: Json, spot: Spot): Json {
  const { rules } = spot.place;
  if (typeof value !== "string") throw refused(spot, "bad-value", "expected text");
  if (value.includes("\u0000")) throw refused(spot, "null-byte", "text may not hold a null byte");
  const stored = rules.storeText(value, spot.field);
  const max = spot.field.max ?? rules.textMax;
  if (stored === null || stored.length <= max) return stored;
  if (rules.longText === "refuse") {
    throw refused(spot, "too-long", `at most ${max} characters, got ${stored.length}`);
  }
  const cut = stored.slice(0, max).toWellFormed();
  return cut.replace(/\uFFFD$/, "");
}

function checkRange(number: Big, spot: Spot): void {
  const { range } = spot.field;
  if (range === undefined) return;
  const bad =
    (range === "positive" && number.lte(0)) ||
    (range !== "positive" && number.lt(0)) ||
    (range === "percent" && number.gt(100));
  if (bad) throw refused(spot, "bad-value", `out of range (${range})`);
}

function readNumber(value: Json, spot: Spot, scale: number): Big {
  const number = typeof value === "string" ? parseDecimal(value) : null;
  if (number === null) throw refused(spot, "bad-value", "expected a decimal number as text");
  if (decimalsOf(number) > scale) throw refused(spot, "bad-value", `at most ${scale} decimals`);
  checkRange(number, spot);
  return number;
}

function readDecimal(value: Json, spot: Spot): Json {
  const scale = spot.field.scale ?? 6;
  const number = readNumber(value, spot, scale);
  return spot.place.rules.fixedScale ? fixed(number, scale) : shortest(number);
}

function readMoney(value: Json, spot: Spot): Json {
  const { onlyCurrency } = spot.place;
  if (!isMap(value)) throw refused(spot, "bad-value", "expected {amount, currency}");
  const foreign = Object.keys(value).find((key) => key !== "amount" && key !== "currency");
  if (foreign !== undefined) throw refused(spot, "unknown-field", `unknown field ${foreign}`);
  const { amount = null, currency } = value;
  const currencySpot = within(spot, "currency");
  if (typeof currency !== "string") throw refused(currencySpot, "required", "a currency is never assumed");
  const decimals = currencyDecimals(currency);
  if (decimals === null) throw refused(currencySpot, "unknown-currency", "unknown currency");
  if (onlyCurrency !== null && currency !== onlyCurrency) {
    throw refused(currencySpot, "bad-value", `expected ${onlyCurrency}`);
  }
  const number = readNumber(amount, within(spot, "amount"), Math.max(decimals, spot.field.scale ?? 0));
  return { amount: shortest(number, decimals), currency };
}

function readAmount(value: Json, spot: Spot): Json {
  const { currency } = spot.place;
  const decimals = currency === null ? null : currencyDecimals(currency);
  if (decimals === null) throw refused(spot, "required", "an amount needs the currency of its record");
  return fixed(readNumber(value, spot, decimals), Math.max(2, decimals));
}

function readReference(value: Json, spot: Spot): Json {
  const { target = "", by } = spot.field;
  const { rules } = spot.place;
  const expected = by === undefined ? rules.idType : "string";
  if (typeof value !== expected || (typeof value !== "string" && typeof value !== "number")) {
    throw refused(spot, "bad-value", `expected a reference to ${target}`);
  }
  if (!rules.exists(target, by ?? null, value)) {
    throw refused(spot, "unknown-reference", `no such record in ${target}`);
  }
  return value;
}

function readGroup(value: Json, spot: Spot): Json {
  const { field, held, path, place } = spot;
  if (!isMap(value)) throw refused(spot, "bad-value", "expected a map of fields");
  const before = isMap(held) ? held : null;
  const merged = readFields(value, { fields: field.fields ?? [], before }, { ...place, path });
  return Object.values(merged).every((inner) => inner === null) ? null : merged;
}

function readRow(row: Json, spot: Spot, known: Map<Json, JsonMap>): Json {
  const { field, path } = spot;
  const fields = field.fields ?? [];
  const place = { ...spot.place, path };
  if (!isMap(row)) throw refused(spot, "bad-value", "expected a row");
  if (field.keyless === true) return readFields(row, { fields, before: null }, place);
  const { id = null, ...values } = row;
  const before = id === null ? null : (known.get(id) ?? null);
  if (id !== null && before === null) {
    throw refused(within(spot, "id"), "unknown-reference", "no such row in this record");
  }
  known.delete(id);
  const stored = readFields(values, { fields, before }, place);
  return { id: id ?? place.rules.nextRowId(field.name), ...stored };
}

function readRows(value: Json, spot: Spot): Json {
  if (!isList(value)) throw refused(spot, "bad-value", "expected a list of rows");
  if (value.length > ROWS_MAX) throw refused(spot, "bad-value", `at most ${ROWS_MAX} rows`);
  const known = new Map<Json, JsonMap>();
  for (const row of isList(spot.held) ? spot.held : []) {
    if (isMap(row)) known.set(row["id"] ?? null, row);
  }
  return value.map((row, index) => readRow(row, within(spot, index), known));
}

function readDay(value: Json, spot: Spot): Json {
  const { rules } = spot.place;
  const isDate = spot.field.kind === "date";
  const stored = typeof value !== "string" ? null : isDate ? rules.date(value) : rules.instant(value);
  if (stored === null)
    throw refused(spot, "bad-value", `expected a real ${spot.field.kind} in the system's form`);
  return stored;
}

function readChoice(value: Json, spot: Spot): Json {
  const { choices = [], name } = spot.field;
  if (typeof value === "string" && choices.includes(value)) return value;
  const reason = name === "currency" ? "unknown-currency" : "bad-value";
  throw refused(spot, reason, `expected one of ${choices.join(", ")}`);
}

const READERS: Readonly<Record<Field["kind"], (value: Json, spot: Spot) => Json>> = {
  text: readText,
  choice: readChoice,
  flag: (value, spot) => {
    if (typeof value !== "boolean") throw refused(spot, "bad-value", "expected true or false");
    return value;
  },
  integer: (value, spot) => {
    if (!Number.isSafeInteger(value)) throw refused(spot, "bad-value", "expected a whole number");
    return value;
  },
  decimal: readDecimal,
  amount: readAmount,
  money: readMoney,
  date: readDay,
  instant: readDay,
  reference: readReference,
  group: readGroup,
  rows: readRows,
  list: (_value, spot) => {
    throw refused(spot, "read-only", "written by the system only");
  },
};

function readField(value: Json | undefined, spot: Spot, isCreate: boolean): Json {
  const { field, held } = spot;
  if (value === undefined) return isCreate ? (field.initial ?? null) : held;
  if (field.readOnly === true) {
    if (!equalJson(value, held)) throw refused(spot, "read-only", "written by the system only");
    return held;
  }
  return value === null ? null : READERS[field.kind](value, spot);
}

/**
 * Reads a body against declared fields and gives the values to store: those of `before` with the body's laid
 * over them. On create (`before` null) initial values fill in and required fields must be there.
 * Throws the system's own `TwinError` at the first bad field.
 */
export function readFields(
  body: JsonMap,
  target: { readonly fields: readonly Field[]; readonly before: JsonMap | null },
  place: BodyPlace,
): JsonMap {
  const { fields, before } = target;
  const { rules } = place;
  const at = (name: string): string => (place.path === "" ? name : rules.joinPath(place.path, name));
  for (const name of Object.keys(body)) {
    if (fields.some((field) => field.name === name)) continue;
    throw rules.refuse("unknown-field", at(name), "no such field");
  }
  const stored: Record<string, Json> = {};
  for (const field of fields) {
    const spot = { field, place, path: at(field.name), held: before?.[field.name] ?? null };
    const value = body[field.name];
    const kept = readField(value, spot, before === null);
    const isAsked = before === null || value !== undefined;
    if (field.required === true && isAsked && (kept === null || kept === "")) {
      throw refused(spot, "required", "a value is required");
    }
    stored[field.name] = kept;
  }
  return stored;
}
