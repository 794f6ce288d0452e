/**
 * How JavaScript values become parameters, and how text of PostgreSQL becomes values, the same on both
 * homes: every parameter travels as text (or null) of a type that the statement decides, every column comes
 * back as text.
 *
 * Parameters:
 * - null, undefined: NULL
 * - text, number, bigint, boolean: their text. Date: ISO in UTC. Uint8Array: bytea
 * - a map: JSON text, for `json` and `jsonb`
 * - an array: a PostgreSQL array (`text[]`, `bigint[]`, ...). Its elements follow the rules above; an
 *   element that is itself an array becomes JSON text, so `jsonb[]` works and arrays have one dimension
 * - a `jsonb` that is a list, a text or a number is passed as JSON text: `JSON.stringify(value)`
 *
 * Many rows go as one parameter: `jsonb_to_recordset($1::jsonb)` with `JSON.stringify(rows)` is the fastest
 * and the plainest; `unnest($1::text[], $2::jsonb[])` works as well.
 *
 * Columns: int2, int4, oid, float4, float8: number. bigint, numeric: text. boolean. json, jsonb: parsed.
 * timestamptz: `2026-01-31T08:00:00.123456Z` (a fraction only where there is one; `infinity` and years BC
 * as PostgreSQL writes them). date and timestamp: text as PostgreSQL writes them. bytea: Uint8Array. Arrays
 * of all these. Anything else: text.
 */
import { StoreError } from "./store-error.ts";

/** A parameter or a value as it travels. */
export type Encoded = string | null;

/** A row as it travels, in the order of the columns. */
export type EncodedRow = readonly Encoded[];

/** A column of a result. */
export interface Column {
  readonly name: string;
  /** Number of the type in pg_type. */
  readonly oid: number;
}

function refuse(what: string): never {
  throw new StoreError({ code: "22023", message: `a parameter is ${what}, which no column can hold` });
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? refuse("not JSON");
  } catch {
    return refuse("not JSON (a cycle, or a bigint inside a map)");
  }
}

function arrayText(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    const text = Array.isArray(value) ? jsonText(value) : encodeParameter(value);
    return text === null ? "NULL" : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  });
  return `{${elements.join(",")}}`;
}

function encodeParameter(value: unknown): Encoded {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      break;
    default:
      return refuse(`a ${typeof value}`);
  }
  if (Array.isArray(value)) return arrayText(value);
  if (value instanceof Uint8Array) return String.raw`\x` + Buffer.from(value).toString("hex");
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? refuse("an invalid Date") : value.toISOString();
  return jsonText(value);
}

/** Parameters as they travel. Throws a StoreError 22023 for a value that is none. */
export function encodeParameters(parameters: readonly unknown[]): readonly Encoded[] {
  return parameters.map((parameter) => encodeParameter(parameter));
}

type Parse = (text: string) => unknown;

const zonedForm = /^(\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

function instant(text: string): string {
  const match = zonedForm.exec(text);
  if (match === null) return text;
  const [, day = "", time = "", fraction = "", sign, hours, minutes = "0", seconds = "0"] = match;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  if (offset === 0) return `${day}T${time}${fraction}Z`;
  const local = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(local)) return text;
  const utc = new Date(local - (sign === "-" ? -offset : offset) * 1000);
  return `${utc.toISOString().slice(0, -5)}${fraction}Z`;
}

/** Reads one array from `text`, whose first character is "{". Handles dimensions, quotes and NULL. */
function parseArray(text: string, parse: Parse): unknown[] {
  let at = text.indexOf("{");
  const quoted = (): string => {
    let value = "";
    for (at += 1; text[at] !== '"'; at += 1) {
      if (text[at] === "\\") at += 1;
      value += text[at];
    }
    at += 1;
    return value;
  };
  const plain = (): unknown => {
    const start = at;
    while (text[at] !== "," && text[at] !== "}") at += 1;
    const value = text.slice(start, at);
    return value === "NULL" ? null : parse(value);
  };
  const list = (): unknown[] => {
    const values: unknown[] = [];
    at += 1;
    while (text[at] !== "}") {
      if (text[at] === "{") values.push(list());
      else if (text[at] === '"') values.push(parse(quoted()));
      else values.push(plain());
      if (text[at] === ",") at += 1;
    }
    at += 1;
    return values;
  };
  return list();
}

const asText: Parse = (text) => text;
const asJson: Parse = (text): unknown => JSON.parse(text);
const asBytes: Parse = (text) => Uint8Array.from(Buffer.from(text.slice(2), "hex"));
const asBoolean: Parse = (text) => text === "t";

/** Type number, number of its array type, parser (numbers from pg_type.dat, which never change). */
const types: readonly (readonly [number, number, Parse])[] = [
  [16, 1000, asBoolean],
  [17, 1001, asBytes],
  [18, 1002, asText],
  [19, 1003, asText],
  [20, 1016, asText],
  [21, 1005, Number],
  [23, 1007, Number],
  [25, 1009, asText],
  [26, 1028, Number],
  [114, 199, asJson],
  [700, 1021, Number],
  [701, 1022, Number],
  [1042, 1014, asText],
  [1043, 1015, asText],
  [1082, 1182, asText],
  [1083, 1183, asText],
  [1114, 1115, asText],
  [1184, 1185, instant],
  [1186, 1187, asText],
  [1700, 1231, asText],
  [2950, 2951, asText],
  [3802, 3807, asJson],
];

const parsers: ReadonlyMap<number, Parse> = new Map(
  types.flatMap(([oid, arrayOid, parse]): [number, Parse][] => [
    [oid, parse],
    [arrayOid, (text) => parseArray(text, parse)],
  ]),
);

/** Rows as plain maps by column name. Of two columns of one name the last wins. */
export function decodeRows<Row>(columns: readonly Column[], rows: readonly EncodedRow[]): Row[] {
  const readers = columns.map(({ name, oid }) => ({ name, parse: parsers.get(oid) ?? asText }));
  return rows.map((row) => {
    const decoded: { [column: string]: unknown } = {};
    for (const [at, { name, parse }] of readers.entries()) {
      const text = row[at] ?? null;
      decoded[name] = text === null ? null : parse(text);
    }
    return decoded as Row;
  });
}
