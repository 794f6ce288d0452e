import { ConnectorError, decimals } from "@crossfoot/connector-sdk";
import type { DaySpec } from "./operation-language.ts";
import { at, holds } from "./path.ts";
import type { Condition } from "./path.ts";
import { readStamp, writeStamp } from "./stamps.ts";
import { idOf, isList, textOf } from "./wire.ts";
import type { ExternalId, Json } from "./wire.ts";

/** A part of an answer that figures are read from. */
export interface View {
  readonly at: (path: string) => Json | undefined;
  /** The error for a part that cannot be read; the words name a path, never a value. */
  readonly bad: (problem: string) => ConnectorError;
  readonly days: DaySpec;
}

/** What a view is made over, besides its part of the answer. */
export interface Around {
  /** Answers of the requests that went before, by name. */
  readonly before: Json;
  readonly bad: View["bad"];
  readonly days: DaySpec;
}

const beforeWord = "before.";

/** A view over a part of an answer. */
export const viewOf = (part: Json | undefined, { before, bad, days }: Around): View => ({
  at: (path) => (path.startsWith(beforeWord) ? at(before, path.slice(beforeWord.length)) : at(part, path)),
  bad,
  days,
});

/** Whether a condition holds in a view; one that is not said holds. */
export function passes(view: View, condition: Condition | undefined): boolean {
  if (condition === undefined) return true;
  return holds({ ...condition, path: "$" }, { body: view.at(condition.path ?? "$") });
}

/** A row that cannot be read is refused alone. */
export const badRow =
  (what: string): View["bad"] =>
  (problem) =>
    new ConnectorError({ failure: "invalid", code: "row_unreadable", message: `${what}: ${problem}` });

/** Longest figure in characters: what is longer is no amount or quantity, and costs to reckon with. */
const figureMax = 24;

/** The decimal in normal form of a text or number; undefined for anything else. */
function decimalOf(value: Json | undefined): string | undefined {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  if (text.length > figureMax) return undefined;
  const decimal = decimals.normal(text);
  return decimal === undefined || decimal.length > figureMax ? undefined : decimal;
}

/** The decimal at a path. Throws the view's error where there is none. */
export function decimalIn(view: View, path: string): string {
  const found = decimalOf(view.at(path));
  if (found === undefined) throw view.bad(`no decimal number at ${path}`);
  return found;
}

/** True for a place that says nothing: absent, null or empty text. */
const isBlank = (value: Json | undefined): boolean => value === undefined || value === null || value === "";

/** The decimal at a path, or null where nothing stands there or no path is said. */
export function decimalOrNull(view: View, path: string | undefined): string | null {
  return path === undefined || isBlank(view.at(path)) ? null : decimalIn(view, path);
}

/** The text at a path, or null where nothing stands there or no path is said. */
export function textOrNull(view: View, path: string | undefined): string | null {
  if (path === undefined) return null;
  const value = view.at(path);
  if (isBlank(value)) return null;
  const text = textOf(value);
  if (text === undefined) throw view.bad(`no text at ${path}`);
  return text;
}

/** The text at a path. Throws the view's error where there is none. */
export function textIn(view: View, path: string): string {
  const text = textOrNull(view, path);
  if (text === null) throw view.bad(`no text at ${path}`);
  return text;
}

/** The id at a path, or null where nothing stands there or no path is said. */
export function idOrNull(view: View, path: string | undefined): ExternalId | null {
  if (path === undefined) return null;
  const value = view.at(path);
  if (isBlank(value)) return null;
  const id = idOf(value);
  if (id === undefined) throw view.bad(`no id at ${path}`);
  return id;
}

/** The rows at a path. Throws the view's error where there is no list. */
export function rowsIn(view: View, path: string): readonly Json[] {
  const rows = view.at(path);
  if (!isList(rows)) throw view.bad(`no list at ${path}`);
  return rows;
}

/** The day at a path, `YYYY-MM-DD`, or null where nothing stands there or no path is said. */
export function dayOrNull(view: View, path: string | undefined): string | null {
  if (path === undefined) return null;
  const value = view.at(path);
  if (isBlank(value)) return null;
  const day = dayOf(textOf(value) ?? "", view.days);
  if (day === undefined) throw view.bad(`no day at ${path}`);
  return day;
}

/** A day as one with strokes: of a day with or without them, or of an instant in the zone told. */
function dayOf(text: string, { zone }: DaySpec): string | undefined {
  const plain = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  const day = plain === null ? text : plain.slice(1).join("-");
  const instant = readStamp(day, /^\d{4}-\d\d-\d\d$/.test(day) ? { form: "iso" } : inZone(zone));
  if (typeof instant !== "string") return undefined;
  return day.length === 10 ? day : writeStamp(instant, { ...inZone(zone), form: "YYYY-MM-DD" });
}

const inZone = (zone: string | undefined) => ({
  form: "iso" as const,
  ...(zone === undefined ? {} : { zone }),
});

/** Today in the zone told. */
export const todayIn = (now: number, { zone }: DaySpec): string =>
  writeStamp(new Date(now).toISOString(), { ...inZone(zone), form: "YYYY-MM-DD" });

/** A day in the form in which the system takes it. */
export const sentDay = (day: string, { form }: DaySpec): string =>
  form === "YYYYMMDD" ? day.replaceAll("-", "") : day;

/** A currency code at a path. Throws the view's error where there is none. */
export function currencyIn(view: View, path: string): string {
  const code = textOrNull(view, path);
  if (code === null || !/^[A-Z]{3}$/.test(code)) throw view.bad(`no currency code at ${path}`);
  return code;
}

/**
 * A decimal in the JSON form that the system takes. Throws a ConnectorError `invalid` for a text that is no
 * decimal, or none that a number can hold.
 */
export function sentDecimal(text: string, form: "text" | "number" | undefined): Json {
  const decimal = decimals.normal(text);
  if (decimal === undefined)
    throw new ConnectorError({
      failure: "invalid",
      code: "decimal_unreadable",
      message: "what is asked about is no decimal number",
    });
  if (form !== "number") return decimal;
  const number = Number(decimal);
  if (String(number) === decimal) return number;
  throw new ConnectorError({
    failure: "invalid",
    code: "too_precise",
    message: "the system takes JSON numbers, which cannot hold so many digits",
  });
}
