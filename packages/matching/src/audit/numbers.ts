/** A number or date as it was written. */
export interface ToldNumber {
  readonly value: number;
  readonly form: "point" | "comma" | "plain";
}

/**
 * The number that a cell holds, with a sign, a currency and groups of thousands around it; null for none.
 * Stricter than the matcher's: letters inside make it no number. Never throws.
 */
export function numberIn(text: string): ToldNumber | null {
  const bare = text
    .trim()
    .replace(/^(?:[A-Z]{3}|[$€£¥])\s?/u, "")
    .replace(/\s?(?:[A-Z]{3}|[$€£¥%])$/u, "");
  if (/^[+-]?(?:\d+|\d{1,3}(?:[ '\u00A0\u202F]\d{3})+)$/.test(bare))
    return { value: Number(bare.replaceAll(/[ '\u00A0\u202F]/g, "")), form: "plain" };
  if (
    /^[+-]?(?:\d*|\d{1,3}(?:[, '\u00A0]\d{3})+)\.\d+$/.test(bare) ||
    /^[+-]?\d{1,3}(?:,\d{3}){2,}$/.test(bare)
  )
    return { value: Number(bare.replaceAll(/[, '\u00A0]/g, "")), form: "point" };
  if (/^[+-]?(?:\d*|\d{1,3}(?:[. '\u00A0]\d{3})+),\d+$/.test(bare))
    return { value: Number(bare.replaceAll(/[. '\u00A0]/g, "").replace(",", ".")), form: "comma" };
  return null;
}

/** Decimals of a number that say something: "1.50" has one. `form` is what {@link numberIn} told of it. */
export function decimalsIn(text: string, form: ToldNumber["form"]): number {
  if (form === "plain") return 0;
  const digits = text.replaceAll(/[^\d.,]/g, "");
  const at = digits.lastIndexOf(form === "comma" ? "," : ".");
  return at < 0 ? 0 : digits.slice(at + 1).replace(/0+$/, "").length;
}

/** Whether the mark in a number may part thousands as well as decimals, as in "1.234". */
export function isPerhapsGrouped(text: string): boolean {
  return /^\D*[1-9]\d{0,2}[.,]\d{3}\D*$/.test(text);
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
