import { normal } from "./decimal.ts";
import { isList, isMap, scalar } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";

const two = (value: Json | undefined): string => scalar(value ?? 0).padStart(2, "0");
const day = (value: JsonMap): string =>
  `${scalar(value["year"] ?? 0).padStart(4, "0")}-${two(value["month"])}-${two(value["day"])}`;

function clock(value: JsonMap): string {
  const fraction = scalar(value["microsecond"] ?? 0).padStart(6, "0");
  return `${two(value["hour"])}:${two(value["minute"])}:${two(value["second"])}.${fraction}`;
}

/**
 * Tryton's JSON as plain JSON: Decimal to text without trailing zeros, date to `YYYY-MM-DD`, datetime to an
 * ISO instant in UTC with microseconds (Tryton's datetimes are UTC without a mark), time to its text,
 * duration to seconds, bytes to base64. Throws a TypeError for a form nobody knows.
 */
export function decode(value: Json): Json {
  if (isList(value)) return value.map(decode);
  if (!isMap(value)) return value;
  switch (value["__class__"]) {
    case undefined:
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decode(each)]));
    case "Decimal": {
      const decimal = normal(typeof value["decimal"] === "string" ? value["decimal"] : "");
      if (decimal === undefined) throw new TypeError("expected a Decimal with its text");
      return decimal;
    }
    case "date":
      return day(value);
    case "datetime":
      return `${day(value)}T${clock(value)}Z`;
    case "time":
      return clock(value);
    case "timedelta":
      return value["seconds"] ?? null;
    case "bytes":
      return scalar(value["base64"]).replaceAll("\n", "");
    default:
      throw new TypeError("expected a value class of Tryton 6.0");
  }
}

/** A decimal text as Tryton takes it. */
export const decimal = (text: string): JsonMap => ({ __class__: "Decimal", decimal: text });

/** A date (`YYYY-MM-DD`) as Tryton takes it. */
export function date(text: string): JsonMap {
  const [year, month, dayOfMonth] = text.split("-").map(Number);
  return { __class__: "date", year: year ?? 0, month: month ?? 0, day: dayOfMonth ?? 0 };
}

/** An ISO instant in UTC as Tryton takes it, with microseconds. */
export function datetime(iso: string): JsonMap {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/.exec(iso);
  if (match === null) throw new TypeError("expected an ISO instant in UTC");
  const [year, month, dayOfMonth, hour, minute, second] = match.slice(1, 7).map(Number);
  const microsecond = Number((match[7] ?? "").padEnd(6, "0").slice(0, 6));
  return {
    __class__: "datetime",
    year: year ?? 0,
    month: month ?? 0,
    day: dayOfMonth ?? 0,
    hour: hour ?? 0,
    minute: minute ?? 0,
    second: second ?? 0,
    microsecond,
  };
}

/**
 * `_timestamp` of a row that shows only its stamps (a table query): seconds since 1970 with six decimals, as
 * text.
 */
export function timestampOf(iso: string): string {
  const seconds = Date.parse(`${iso.slice(0, 19)}Z`) / 1000;
  return `${seconds}.${iso.slice(20, -1).padEnd(6, "0").slice(0, 6)}`;
}

/** The ISO instant of a `_timestamp`, or null when it has another form. */
export function instantOf(timestamp: string): string | null {
  const match = /^(\d+)(?:\.(\d{1,6}))?$/.exec(timestamp);
  if (match === null) return null;
  const moment = new Date(Number(match[1]) * 1000).toISOString().slice(0, 19);
  return `${moment}.${(match[2] ?? "").padEnd(6, "0")}Z`;
}

/** The values of a type of `fields_get` as Tryton takes them. Ids come as text; null stays null. */
export function encodeAs(type: string, value: Json): Json {
  if (value === null) return null;
  const number = typeof value === "string" ? Number(value) : value;
  switch (type) {
    case "numeric":
      return decimal(scalar(value));
    case "float":
    case "integer":
    case "many2one":
    case "one2one":
      return number;
    case "date":
      return date(scalar(value));
    case "datetime":
    case "timestamp":
      return datetime(scalar(value));
    default:
      return value;
  }
}
