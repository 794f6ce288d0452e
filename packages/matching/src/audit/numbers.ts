/** The mark that parts the decimals of a number: `1,234.50` has a point, `1.234,50` a comma. */
export type DecimalMark = "point" | "comma";

/** A number as it was written. */
export interface ToldNumber {
  /** What it is by each mark; the same by both, unless the form is open. */
  readonly by: { readonly [mark in DecimalMark]: number };
  /** The mark that it shows; `plain`: none; `open`: its one mark may part thousands too, as in `1.234`. */
  readonly form: DecimalMark | "plain" | "open";
}

/** A currency by three letters or its sign; Nordic crowns have neither. */
const currency = String.raw`(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}|kr\.?)`;
const before = new RegExp(String.raw`^([+-]?)\s?${currency}\s?`, "u");
const behind = new RegExp(String.raw`\s?(?:${currency}|%)$`, "u");
/** Blanks and apostrophes, which part groups of digits and nothing else. */
const blanks = /[\u00A0\u2007\u2009\u202F'\u2019`]/g;

/** Groups of three; in India the last three, and twos before. */
const groups = (mark: string): string =>
  String.raw`\d{1,3}(?:[${mark} ]\d{3})+|\d{1,2}(?:[${mark} ]\d{2})+[${mark} ]\d{3}`;
const many = (mark: string): string =>
  String.raw`\d{1,3}(?:${mark}\d{3}){2,}|\d{1,2}(?:${mark}\d{2})+${mark}\d{3}`;
const plainForm = new RegExp(String.raw`^(?:\d+|${groups(" ")})$`);
const openForm = /^[1-9]\d{0,2}[.,]\d{3}$/;
const forms = {
  point: new RegExp(String.raw`^(?:(?:\d*|${groups(",")})\.\d+|${many(",")})$`),
  comma: new RegExp(String.raw`^(?:(?:\d*|${groups(".")}),\d+|${many(String.raw`\.`)})$`),
};

/** Digits with a point before their decimals and no groups. */
function pointed(digits: string, mark: DecimalMark): string {
  const plain = digits.replaceAll(" ", "");
  return mark === "point" ? plain.replaceAll(",", "") : plain.replaceAll(".", "").replace(",", ".");
}

/** A number without what may stand around it: its currency, and its sign, which SAP writes behind. */
function digitsOf(text: string): { readonly sign: 1 | -1; readonly digits: string } {
  const bare = text
    .trim()
    .replaceAll("\u2212", "-")
    .replace(before, "$1")
    .replace(behind, "")
    .replaceAll(blanks, " ");
  const isSigned = /^[+-]/.test(bare);
  const isMinus = isSigned ? bare.startsWith("-") : /\d-$/.test(bare);
  return { sign: isMinus ? -1 : 1, digits: isSigned ? bare.slice(1) : bare.replace(/-$/, "") };
}

/**
 * The number that a cell holds, with a sign, a currency and groups of thousands around it; null for none.
 * Stricter than the matcher's: letters inside make it no number. Never throws.
 */
export function numberIn(text: string): ToldNumber | null {
  const { sign, digits } = digitsOf(text);
  const of = (form: ToldNumber["form"], mark: DecimalMark): ToldNumber => {
    const value = sign * Number(pointed(digits, mark));
    return { by: { point: value, comma: value }, form };
  };
  if (plainForm.test(digits)) return of("plain", "point");
  if (openForm.test(digits)) {
    const [point, comma] = [of("open", "point").by.point, of("open", "comma").by.comma];
    return { by: { point, comma }, form: "open" };
  }
  if (forms.point.test(digits)) return of("point", "point");
  return forms.comma.test(digits) ? of("comma", "comma") : null;
}

/**
 * The amount or quantity that a cell holds, in a list whose decimals have this mark; null for no number, and
 * for one that only a mark would decide where `mark` is null: nobody knows. Never throws.
 */
export function amountIn(text: string, mark: DecimalMark | null): number | null {
  const by = text === "" ? null : (numberIn(text)?.by ?? null);
  if (by === null || by.point === by.comma) return by?.point ?? null;
  return mark === null ? null : by[mark];
}

/** A number as most systems take it: no groups, no currency, a point before its decimals. */
export function pointedOf(text: string, mark: DecimalMark): string {
  const { sign, digits } = digitsOf(text);
  return `${sign < 0 ? "-" : ""}${pointed(digits, mark)}`;
}

/** Decimals of a number that say something, by the mark before them: "1.50" has one. */
export function decimalsIn(text: string, mark: DecimalMark): number {
  const { digits } = digitsOf(text);
  const [sign, other] = mark === "comma" ? [",", "."] : [".", ","];
  const at = digits.lastIndexOf(sign);
  // A mark that stands twice, or before the other one, parts thousands.
  if (at < 0 || digits.indexOf(sign) !== at || digits.includes(other, at)) return 0;
  return digits.slice(at + 1).replace(/0+$/, "").length;
}

/** A day as it was written. */
export interface ToldDay {
  /** `2026-01-31`. */
  readonly day: string;
  readonly form: "year first" | "day first" | "month first" | "day or month first";
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(year: number, month: number, day: number): boolean {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const most = month === 2 && !isLeap ? 28 : (monthDays[month - 1] ?? 0);
  return month >= 1 && month <= 12 && day >= 1 && day <= most;
}

const iso = (year: number, month: number, day: number): string =>
  `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

/**
 * The day that a cell holds, whatever hour follows; null for what is none or cannot be (31 February). Day
 * before month where both can be, unless written with strokes. Never throws.
 */
export function dayIn(text: string): ToldDay | null {
  const first = /^\s*(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:$|[T\s])/.exec(text);
  if (first !== null) {
    const [year, month, day] = first.slice(1, 4).map(Number) as [number, number, number];
    return isDay(year, month, day) ? { day: iso(year, month, day), form: "year first" } : null;
  }
  const last = /^\s*(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:$|[T\s])/.exec(text);
  if (last === null) return null;
  const [one, other, year] = [Number(last[1]), Number(last[3]), Number(last[4])];
  const canDayFirst = isDay(year, other, one);
  const canMonthFirst = isDay(year, one, other);
  if (!canDayFirst && !canMonthFirst) return null;
  if (canDayFirst && canMonthFirst && one !== other && last[2] !== ".")
    return {
      day: last[2] === "/" ? iso(year, one, other) : iso(year, other, one),
      form: "day or month first",
    };
  return canDayFirst
    ? { day: iso(year, other, one), form: "day first" }
    : { day: iso(year, one, other), form: "month first" };
}

/** Days between two days written `2026-01-31`. */
export function daysBetween(from: string, to: string): number {
  return numberOfDay(to) - numberOfDay(from);
}

/** Days since a day in the distant past, by the calendar in use (Fliegel and Van Flandern, CACM 11, 1968). */
function numberOfDay(text: string): number {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const shift = Math.trunc((month - 14) / 12);
  return (
    day -
    32_075 +
    Math.trunc((1461 * (year + 4800 + shift)) / 4) +
    Math.trunc((367 * (month - 2 - shift * 12)) / 12) -
    Math.trunc((3 * Math.trunc((year + 4900 + shift) / 100)) / 4)
  );
}
