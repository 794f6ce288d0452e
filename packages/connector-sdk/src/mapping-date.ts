import { isCalendarDay, normalDate, normalInstant } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";

/** Forms in which systems write a business date. The first is the default. */
export const dateForms = ["YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "MM/DD/YYYY", "epoch", "epochMs"] as const;
/** Forms in which systems write an instant. The first is the default. */
export const instantForms = ["iso", "YYYY-MM-DD HH:mm:ss", "epoch", "epochMs"] as const;

/** A form and the zone that goes with it; null for the default form and for UTC. */
export interface TimeForm {
  readonly form: string | null;
  readonly zone: string | null;
}

const secondMs = 1000;
const dayMs = 86_400_000;
/** The range of a JavaScript date. */
const instantMsMax = 8.64e15;

/**
 * ms since 1970 of a moment in UTC given by its parts. `Date.UTC` is not used: it moves the years 0 to 99.
 */
function utcMs(day: string, time: string): number {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const [hour = 0, minute = 0, second = 0] = time.split(":").map(Number);
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, date);
  moment.setUTCHours(hour, minute, second, 0);
  return moment.getTime();
}

/** `YYYY-MM-DDTHH:MM:SS.mmm` in UTC, or undefined outside of the years 1 to 9999. */
function utcText(ms: number): string | undefined {
  if (Math.abs(ms) > instantMsMax) return undefined;
  const text = new Date(ms).toISOString();
  return /^\d{4}-/.test(text) && !text.startsWith("0000") ? text.slice(0, -1) : undefined;
}

/** True for a name that the time zone database of this machine knows. */
export function isTimeZone(zone: string): boolean {
  return formatterOf(zone) !== undefined;
}

const formatters = new Map<string, Intl.DateTimeFormat | undefined>();

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formatters.has(zone)) return formatters.get(zone);
  let formatter: Intl.DateTimeFormat | undefined;
  try {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    formatter = undefined;
  }
  formatters.set(zone, formatter);
  return formatter;
}

/** What clocks in a zone show at an instant, as ms since 1970 on their own face. */
function faceMs(ms: number, zone: string): number {
  const parts = new Map(
    formatterOf(zone)
      ?.formatToParts(ms)
      .map((part) => [part.type, part.value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "0";
  const day = `${part("year")}-${part("month")}-${part("day")}`;
  return utcMs(day, `${part("hour")}:${part("minute")}:${part("second")}`);
}

/**
 * The instant at which clocks in the zone show this; the first of two, or undefined when clocks skip it.
 */
function instantOfFace(face: number, zone: string): number | undefined {
  for (const nearby of [face - dayMs, face + dayMs]) {
    const instant = face - (faceMs(nearby, zone) - nearby);
    if (faceMs(instant, zone) === face) return instant;
  }
  return undefined;
}

/** A whole number given as JSON number or as its digits, within the range of dates once scaled. */
function epochMsOf(raw: Json, scale: number): number | undefined {
  const text = typeof raw === "number" ? String(raw) : raw;
  if (typeof text !== "string" || !/^-?\d{1,16}$/.test(text)) return undefined;
  const ms = Number(text) * scale;
  return Math.abs(ms) <= instantMsMax ? ms : undefined;
}

const epochScale = (form: string | null): number | undefined =>
  form === "epoch" ? secondMs : form === "epochMs" ? 1 : undefined;

const datePatterns: ReadonlyMap<string, RegExp> = new Map([
  ["YYYY-MM-DD", /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/],
  ["YYYYMMDD", /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/],
  ["DD.MM.YYYY", /^(?<day>\d{2})\.(?<month>\d{2})\.(?<year>\d{4})$/],
  ["MM/DD/YYYY", /^(?<month>\d{2})\/(?<day>\d{2})\/(?<year>\d{4})$/],
]);

/**
 * A native date in normal form, or undefined when it names no day. As an instant it must be midnight in
 * UTC, so that no day is guessed; with a zone it is the day that clocks show there. Never throws.
 */
export function readDate({ form, zone }: TimeForm, raw: Json): string | undefined {
  const scale = epochScale(form);
  if (scale !== undefined) {
    const ms = epochMsOf(raw, scale);
    if (ms === undefined) return undefined;
    if (zone === null && ms % dayMs !== 0) return undefined;
    const text = utcText(zone === null ? ms : faceMs(ms, zone));
    return text === undefined ? undefined : normalDate(text.slice(0, 10));
  }
  const text = form === "YYYYMMDD" && typeof raw === "number" ? String(raw) : raw;
  const match = typeof text === "string" ? datePatterns.get(form ?? dateForms[0])?.exec(text) : null;
  const { year = "", month = "", day = "" } = match?.groups ?? {};
  return normalDate(`${year}-${month}-${day}`);
}

/**
 * A date in normal form as the system writes it: text, or a number for an epoch. Undefined when it is no
 * date.
 */
export function writeDate({ form, zone }: TimeForm, date: string): number | string | undefined {
  if (normalDate(date) === undefined) return undefined;
  const [year = "", month = "", day = ""] = date.split("-");
  const scale = epochScale(form);
  if (scale !== undefined) {
    const face = utcMs(date, "00:00:00");
    // Where clocks skip midnight, the day starts an hour later.
    const ms = zone === null ? face : (instantOfFace(face, zone) ?? instantOfFace(face + 3_600_000, zone));
    return ms === undefined ? undefined : ms / scale;
  }
  switch (form ?? dateForms[0]) {
    case "YYYYMMDD":
      return `${year}${month}${day}`;
    case "DD.MM.YYYY":
      return `${day}.${month}.${year}`;
    case "MM/DD/YYYY":
      return `${month}/${day}/${year}`;
    default:
      return date;
  }
}

const isoForm = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/;

function isMoment(day: string, time: string): boolean {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const [hour = 0, minute = 0, second = 0] = time.split(":").map(Number);
  return isCalendarDay(year, month, date) && hour < 24 && minute < 60 && second < 60;
}

/** An offset such as `+02:00` in ms, or undefined when clocks nowhere differ so much. */
function offsetMs(text: string): number | undefined {
  const digits = text.slice(1).replace(":", "");
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 15 || minutes > 59) return undefined;
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60 * secondMs;
}

function shifted(ms: number | undefined, fraction: string): string | undefined {
  const text = ms === undefined ? undefined : utcText(ms);
  return text === undefined ? undefined : normalInstant(`${text.slice(0, 19)}${fraction}Z`);
}

/**
 * A native instant in normal form, or undefined. `iso` wants `Z` or an offset, unless a zone says where its
 * clock stands; an epoch is a whole number. Never throws.
 */
export function readInstant({ form, zone }: TimeForm, raw: Json): string | undefined {
  const scale = epochScale(form);
  if (scale !== undefined) {
    const ms = epochMsOf(raw, scale);
    const text = ms === undefined ? undefined : utcText(ms);
    return text === undefined ? undefined : normalInstant(`${text}Z`);
  }
  const match = typeof raw === "string" ? isoForm.exec(raw) : null;
  if (match === null) return undefined;
  const [text, day = "", time = "", fraction = "", mark] = match;
  const isIso = (form ?? instantForms[0]) === "iso";
  if (!isMoment(day, time) || isIso !== text.includes("T") || (!isIso && mark !== undefined))
    return undefined;
  if (mark === "Z") return normalInstant(text);
  const face = utcMs(day, time);
  if (mark !== undefined) {
    const offset = offsetMs(mark);
    return shifted(offset === undefined ? undefined : face - offset, fraction);
  }
  if (zone !== null) return shifted(instantOfFace(face, zone), fraction);
  return isIso ? undefined : normalInstant(`${day}T${time}${fraction}Z`);
}

/**
 * An instant in normal form as the system writes it; what is finer than its form can say is dropped,
 * towards the past. Undefined when it is no instant.
 */
export function writeInstant({ form, zone }: TimeForm, instant: string): number | string | undefined {
  if (normalInstant(instant) === undefined) return undefined;
  const [day, time] = [instant.slice(0, 10), instant.slice(11, 19)];
  const ms = utcMs(day, time);
  const fraction = instant.slice(19, -1);
  const scale = epochScale(form);
  if (scale === secondMs) return ms / secondMs;
  if (scale !== undefined) return ms + Number(fraction.slice(1, 4).padEnd(3, "0"));
  const text = zone === null ? `${day}T${time}` : utcText(faceMs(ms, zone))?.slice(0, 19);
  if (text === undefined) return undefined;
  if ((form ?? instantForms[0]) !== "iso") return text.replace("T", " ");
  return zone === null ? instant : `${text}${fraction}`;
}
