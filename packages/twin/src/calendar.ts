const MONTH_LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAY_MS = 86_400_000;

/** True when the parts name a day of the Gregorian calendar. */
function isDay(year: number, month: number, day: number): boolean {
  const length = MONTH_LENGTHS[month - 1];
  if (length === undefined || day < 1 || day > length || year < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month !== 2 || day < 29 || leap;
}

/** `2026-01-31` when the text is a real day in that form, else null. */
export function isoDate(text: string): string | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return null;
  return isDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) ? text : null;
}

/** `20260131` when the text is a real day in that form, else null. */
export function compactDate(text: string): string | null {
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (!parts) return null;
  return isDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) ? text : null;
}

/** `2026-01-31` as `20260131`. */
export function toCompact(iso: string): string {
  return iso.replaceAll("-", "");
}

/** `20260131` as `2026-01-31`. */
export function fromCompact(compact: string): string {
  return `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6, 8)}`;
}

/** The day of an instant in UTC, `2026-01-31`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The day some days later (or earlier), both in the form `2026-01-31`. */
export function addDays(iso: string, days: number): string {
  return dayOf(Date.parse(`${iso}T00:00:00Z`) + days * DAY_MS);
}

/** The instant in the form of the CRM, `2026-01-31T10:15:30.123Z`. */
export function isoInstant(ms: number): string {
  return new Date(ms).toISOString();
}

/** The instant in the form of the ERP, `2026-01-31 10:15:30`, UTC, cut to the second. */
export function plainInstant(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** The ISO instant normalised to milliseconds, or null when the text is none or has no zone. */
export function parseIsoInstant(text: string): string | null {
  const parts = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  if (!parts || isoDate(parts[1] ?? "") === null) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : isoInstant(ms);
}

/** The ERP instant when the text has the form `2026-01-31 10:15:30` and names a real second, else null. */
export function parsePlainInstant(text: string): string | null {
  const parts = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text);
  if (!parts || isoDate(parts[1] ?? "") === null) return null;
  return Number.isNaN(Date.parse(`${parts[1]}T${parts[2]}Z`)) ? null : text;
}
