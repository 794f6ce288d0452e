/**
 * Values of fields. A field of a record is one of four things that never turn into one another:
 * absent (the key is missing, the system did not deliver it), `null` (known to have no value), empty text, or
 * a value. Zero is a value. No binary floating point: amounts and quantities are decimal strings.
 */

/** Any JSON value, as systems deliver it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap;

/** A JSON map: values by key. */
export interface JsonMap {
  readonly [key: string]: Json;
}

/**
 * A canonical value in normal form, so that two equal values have equal canonical bytes:
 * - text, code: a string, code points as delivered
 * - decimal: `-?digits[.digits]` without leading or trailing zeros, never `-0`
 * - date: `YYYY-MM-DD`; instant: `YYYY-MM-DDTHH:MM:SS[.ffffff]Z` in UTC
 * - money: `{ amount, currency }`; quantity: `{ value, unit }`
 * - reference: `{ link }` when resolved, `{ awaits: { entity, connection, id } }` when the parent has no link
 *   yet
 * - group: a map of parts; collection: an array of {@link Line}
 */
export type Value = null | boolean | string | GroupValue | readonly Line[];

/** A value of several parts that merges as one. */
export interface GroupValue {
  readonly [part: string]: null | boolean | string | GroupValue;
}

/** One row of a keyed collection. `key` is the line's link key, the same on every side. */
export interface Line {
  readonly key: string;
  readonly fields: Fields;
}

/** Fields by name. A missing key is *absent*; `null` is a known absence of value. */
export interface Fields {
  readonly [field: string]: Value;
}

/**
 * What a field may hold. `entity` names the target of a reference; `parts` the parts of a group or of a line.
 */
export type FieldKind =
  | { readonly kind: "text" | "code" | "decimal" | "boolean" | "date" | "instant" | "money" | "quantity" }
  | { readonly kind: "reference"; readonly entity: string }
  | { readonly kind: "group"; readonly parts: FieldKinds }
  | { readonly kind: "collection"; readonly parts: FieldKinds };

/** Kinds by field name. */
export interface FieldKinds {
  readonly [field: string]: FieldKind;
}

/** A value that cannot be what its field needs. Never holds the value itself. */
export interface Problem {
  readonly code: ProblemCode;
  /** What was expected, in words, without the value seen. */
  readonly expected: string;
}

/** Closed list of reasons why a value is refused. */
export type ProblemCode =
  | "not_text"
  | "control_character"
  | "not_decimal"
  | "not_boolean"
  | "not_a_date"
  | "not_an_instant"
  | "currency_missing"
  | "currency_unknown"
  | "unit_missing"
  | "unit_unknown"
  | "code_unmapped"
  | "not_a_map"
  | "not_a_list"
  | "too_long"
  | "expression_failed"
  | "rule_failed"
  /** The date of the record lies in books that are closed. */
  | "period_closed";

/** Either a value in normal form, or the problem that refuses it. */
export type Parsed =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

const refuse = (code: ProblemCode, expected: string): Parsed => ({ ok: false, problem: { code, expected } });
const accept = (value: Value): Parsed => ({ ok: true, value });

const decimalForm = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Normal form of a decimal, or undefined when the text is none. Accepts a leading sign, an exponent of at
 * most three digits and a missing integer part; refuses separators of thousands and a decimal comma, since
 * both are ambiguous.
 */
export function normalDecimal(text: string): string | undefined {
  const match = decimalForm.exec(text);
  if (match === null) return undefined;
  let whole = match[2] ?? "";
  let fraction = match[3] ?? "";
  if (whole === "" && fraction === "") return undefined;
  const exponent = Number(match[4] ?? "0");
  if (exponent > 0) {
    whole += fraction.slice(0, exponent).padEnd(exponent, "0");
    fraction = fraction.slice(exponent);
  } else {
    const padded = whole.padStart(-exponent, "0");
    fraction = padded.slice(padded.length + exponent) + fraction;
    whole = padded.slice(0, padded.length + exponent);
  }
  whole = whole.replace(/^0+(?=.)/, "");
  if (whole === "") whole = "0";
  fraction = fraction.replace(/0+$/, "");
  const digits = fraction === "" ? whole : `${whole}.${fraction}`;
  return match[1] === "-" && digits !== "0" ? `-${digits}` : digits;
}

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True when the three numbers name a day of the proleptic Gregorian calendar, years 1 to 9999. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1 || year > 9999 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  // A month that is none has no days.
  const last = month === 2 && leap ? 29 : (daysInMonth[month - 1] ?? 0);
  return day <= last;
}

/**
 * Normal form of a business date (`YYYY-MM-DD`), or undefined. A business date is never converted through an
 * instant.
 */
export function normalDate(text: string): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  return isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3])) ? text : undefined;
}

/** Normal form of an instant in UTC (`...Z`, trailing zeros of the fraction dropped), or undefined. */
export function normalInstant(text: string): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6})\d*)?Z$/.exec(text);
  if (match === null) return undefined;
  if (!isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3]))) return undefined;
  if (Number(match[4]) > 23 || Number(match[5]) > 59 || Number(match[6]) > 59) return undefined;
  const fraction = (match[7] ?? "").replace(/0+$/, "");
  return text.slice(0, 19) + (fraction === "" ? "" : `.${fraction}`) + "Z";
}

function textProblem(text: string): Problem | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0) return { code: "control_character", expected: "text without a null byte" };
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = text.charCodeAt(at + 1);
      const paired = code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
      if (!paired) return { code: "control_character", expected: "text without half a surrogate pair" };
      at += 1;
    }
  }
  return undefined;
}

function parseText(raw: Json): Parsed {
  if (typeof raw !== "string") return refuse("not_text", "text");
  const problem = textProblem(raw);
  return problem === undefined ? accept(raw) : { ok: false, problem };
}

function parseDecimal(raw: Json): Parsed {
  const text = typeof raw === "number" ? String(raw) : raw;
  const normal = typeof text === "string" ? normalDecimal(text) : undefined;
  return normal === undefined ? refuse("not_decimal", "a decimal number with a point") : accept(normal);
}

function parseMoney(raw: Json): Parsed {
  if (!isMap(raw)) return refuse("not_a_map", "an amount with its currency");
  const amount = parseDecimal(raw["amount"] ?? null);
  if (!amount.ok) return amount;
  const currency = raw["currency"];
  if (currency === undefined || currency === null || currency === "") {
    return refuse("currency_missing", "a currency beside the amount; none is ever assumed");
  }
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) {
    return refuse("currency_unknown", "a currency code of three capital letters (ISO 4217)");
  }
  return accept({ amount: amount.value as string, currency });
}

function parseQuantity(raw: Json): Parsed {
  if (!isMap(raw)) return refuse("not_a_map", "a quantity with its unit");
  const value = parseDecimal(raw["value"] ?? null);
  if (!value.ok) return value;
  const unit = raw["unit"];
  if (typeof unit !== "string" || unit === "") return refuse("unit_missing", "a unit beside the quantity");
  return accept({ value: value.value as string, unit });
}

/** True for a JSON map (not null, not a list). */
export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Brings one raw value into the normal form of its kind. `null` stays null for every kind; *absent* is the
 * caller's, it never reaches this function. References and collections are built by the mapping, not here.
 * Never throws.
 */
export function parseValue(kind: FieldKind, raw: Json): Parsed {
  if (raw === null) return accept(null);
  switch (kind.kind) {
    case "text":
    case "code":
      return parseText(raw);
    case "decimal":
      return parseDecimal(raw);
    case "boolean":
      return typeof raw === "boolean" ? accept(raw) : refuse("not_boolean", "true or false");
    case "date": {
      const date = typeof raw === "string" ? normalDate(raw) : undefined;
      return date === undefined ? refuse("not_a_date", "a day of the calendar as YYYY-MM-DD") : accept(date);
    }
    case "instant": {
      const instant = typeof raw === "string" ? normalInstant(raw) : undefined;
      return instant === undefined
        ? refuse("not_an_instant", "an instant in UTC (ISO 8601, Z)")
        : accept(instant);
    }
    case "money":
      return parseMoney(raw);
    case "quantity":
      return parseQuantity(raw);
    case "reference":
      return isMap(raw) ? accept(raw as unknown as GroupValue) : refuse("not_a_map", "a reference");
    case "group":
      return parseGroup(kind.parts, raw);
    case "collection":
      return Array.isArray(raw) ? accept(raw) : refuse("not_a_list", "a list of lines");
  }
}

function parseGroup(parts: FieldKinds, raw: Json): Parsed {
  if (!isMap(raw)) return refuse("not_a_map", "a group of parts");
  const group: Record<string, GroupValue[string]> = {};
  for (const [part, kind] of Object.entries(parts)) {
    const given = raw[part];
    if (given === undefined) continue;
    const parsed = parseValue(kind, given);
    if (!parsed.ok) return parsed;
    group[part] = parsed.value as GroupValue[string];
  }
  return accept(group);
}

/**
 * Canonical bytes of a JSON value: keys sorted, no white space. Equal values give equal text, whatever the
 * order in which their keys were set.
 */
export function canonicalBytes(value: unknown): string {
  if (value === undefined) return "";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalBytes).join(",")}]`;
  let text = "";
  const map = value as Record<string, unknown>;
  const keys = Object.keys(map);
  keys.sort();
  for (const key of keys) {
    const member = map[key];
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalBytes(member)}`;
  }
  return `{${text}}`;
}

/**
 * True when both are absent, or both have the same canonical bytes. Order of lines in a collection does not
 * matter.
 */
export function isEqual(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object") return false;
  if (isLines(a) && isLines(b)) return canonicalBytes(byKey(a)) === canonicalBytes(byKey(b));
  return canonicalBytes(a) === canonicalBytes(b);
}

/**
 * True when nothing that both deliver differs. A part of a group, or of a line, that only one of them
 * delivers says nothing about the other: a system without a place for it never shows it. Null and empty are
 * delivered.
 */
export function isAlike(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  if (isLines(a) && isLines(b)) return a.length === b.length && areAlike(byKey(a), byKey(b));
  if (!isPlainGroup(a) || !isPlainGroup(b)) return isEqual(a, b);
  return Object.entries(a).every(([part, value]) => isAlike(value, b[part]));
}

function areAlike(a: readonly Line[], b: readonly Line[]): boolean {
  return a.every(({ key, fields }, at) => key === b[at]?.key && isAlikeIn(fields, b[at].fields));
}

/** True when two records, or two lines, differ in no field that both of them deliver. */
export function isAlikeIn(a: Fields, b: Fields): boolean {
  return Object.entries(a).every(([field, value]) => isAlike(value, b[field]));
}

/** True for a group, whose parts may be delivered one by one. A reference is one value, resolved or not. */
export function isPlainGroup(value: Value | undefined): value is GroupValue {
  return typeof value === "object" && value !== null && !isLines(value) && !isReference(value);
}

/** True for the value of a reference: `{ link }`, or `{ awaits }` while the record it names has no link. */
export function isReference(value: GroupValue): boolean {
  const { link, awaits, ...others } = value;
  if (Object.keys(others).length > 0) return false;
  return typeof link === "string" ? awaits === undefined : typeof awaits === "object" && awaits !== null;
}

/** True for the value of a keyed collection. */
export function isLines(value: Value | undefined): value is readonly Line[] {
  return Array.isArray(value);
}

function byKey(lines: readonly Line[]): readonly Line[] {
  return lines.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * True for absent, null, empty text and an empty collection: nothing that would be lost. Zero and false are
 * values.
 */
export function isBlank(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.values(value as GroupValue).every((part) => isBlank(part));
}
