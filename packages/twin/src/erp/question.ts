import { compactDate } from "../calendar.ts";
import { currencyDecimals, parseDecimal, type Big } from "../decimal.ts";
import { TwinError } from "../failure.ts";
import { isMap, numberIn, rowsIn, textIn, type Json, type JsonMap } from "../json.ts";
import { erpRefusal } from "./wire.ts";

/** Lines in one question. */
const LINES_MAX = 200;

/** The whole number in a field. Throws 422 where there is none. */
export function needNumber(body: JsonMap, field: string, at = ""): number {
  const value = numberIn(body, field);
  if (value === null) throw erpRefusal("required", `${at}${field}`, "a value is required");
  return value;
}

/** The text in a field. Throws 422 where there is none. */
export function needText(body: JsonMap, field: string, at = ""): string {
  const value = textIn(body, field);
  if (value === null) throw erpRefusal("required", `${at}${field}`, "a value is required");
  return value;
}

/** The decimal number in a field. Throws 422 where there is none. */
export function needDecimal(body: JsonMap, field: string, at = ""): Big {
  const value = parseDecimal(needText(body, field, at));
  if (value === null) throw erpRefusal("bad-value", `${at}${field}`, "expected a decimal number as text");
  return value;
}

/** The currency of a question. Throws 422 where it is unknown. */
export function needCurrency(body: JsonMap): string {
  const currency = needText(body, "currency");
  if (currencyDecimals(currency) === null)
    throw erpRefusal("unknown-currency", "currency", "unknown currency");
  return currency;
}

/** The day in a field, or the standard where it is left out. Throws 422 for what is no day. */
export function dateIn(body: JsonMap, field: string, standard: string): string {
  const given = textIn(body, field);
  if (given !== null && compactDate(given) === null)
    throw erpRefusal("bad-value", field, "expected YYYYMMDD");
  return given ?? standard;
}

/** The lines of a question. Throws 422 for none or too many. */
export function linesIn(body: JsonMap): readonly JsonMap[] {
  const lines = rowsIn(body, "lines");
  if (lines.length === 0 || lines.length > LINES_MAX)
    throw erpRefusal("bad-value", "lines", `expected 1 to ${LINES_MAX} lines`);
  return lines;
}

/** True for a row of an answer that was refused. */
export const isRefused = (row: Json): boolean => isMap(row) && row["code"] !== undefined;

/** Answers one line by itself: what is wrong with it is said in its row. */
export function answerLine(line: JsonMap, answer: () => JsonMap): JsonMap {
  try {
    return answer();
  } catch (failure) {
    if (!(failure instanceof TwinError)) throw failure;
    const field = failure.field === null ? {} : { field: failure.field };
    return { item_id: line["item_id"] ?? null, code: failure.code, text: failure.message, ...field };
  }
}
