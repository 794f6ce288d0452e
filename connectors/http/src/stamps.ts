import type { Json } from "./wire.ts";

/** How an instant is written down. */
export const stampForms = [
  "iso",
  "isoSeconds",
  "YYYY-MM-DD HH:mm:ss",
  "YYYY-MM-DD",
  "epoch",
  "epochMs",
] as const;
/** One of the forms. */
export type StampForm = (typeof stampForms)[number];

/** A form, and the zone of a system that writes local time. */
export interface Stamp {
  readonly form: StampForm;
  readonly zone?: string;
}

const local = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?)?$/;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** Default size of a form's steps, in ms. */
export function granularityOf(form: StampForm): number {
  if (form === "iso" || form === "epochMs") return 1;
  return form === "YYYY-MM-DD" ? 86_400_000 : 1000;
}

/**
 * A native stamp as an ISO instant in UTC; null for a stamp that is not there (null, absent, empty text),
 * undefined for one that cannot be read. Fractions finer than a millisecond survive in text that is UTC
 * already.
 */
export function readStamp(value: Json | undefined, stamp: Stamp): string | null | undefined {
  if (value === undefined || value === null || value === "") return null;
  if (stamp.form === "epoch" || stamp.form === "epochMs")
    return readEpoch(value, stamp.form === "epoch" ? 1000 : 1);
  if (typeof value !== "string") return undefined;
  if (instant.test(value)) {
    const ms = Date.parse(value);
    if (Number.isNaN(ms) || readLocal(value.slice(0, 19)) === undefined) return undefined;
    return value.endsWith("Z") ? value : new Date(ms).toISOString();
  }
  const ms = readLocal(value);
  return ms === undefined ? undefined : new Date(toUtc(ms, stamp.zone)).toISOString();
}

function readEpoch(value: Json, unitMs: number): string | undefined {
  const count =
    typeof value === "number"
      ? value
      : typeof value === "string" && value !== ""
        ? Number(value)
        : Number.NaN;
  const date = new Date(count * unitMs);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** The fields of a local time read as if they were UTC, or undefined when they name no such moment. */
function readLocal(text: string): number | undefined {
  const match = local.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? "0"));
  const ms = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
  const plain = new Date(ms).toISOString().slice(0, 19).replace("T", " ");
  return plain.startsWith(text.replace("T", " ").slice(0, 19)) ? ms : undefined;
}

/**
 * An ISO instant in a native form, cut down to what the form holds, never up: a filter that starts a little
 * early reads a row twice, one that starts late loses it.
 */
export function writeStamp(iso: string, stamp: Stamp): string {
  const ms = Date.parse(iso);
  if (stamp.form === "epoch") return String(Math.floor(ms / 1000));
  if (stamp.form === "epochMs") return String(ms);
  if (stamp.form === "iso") return iso;
  if (stamp.form === "isoSeconds") return `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const plain = new Date(ms + offsetOf(ms, stamp.zone)).toISOString();
  return stamp.form === "YYYY-MM-DD" ? plain.slice(0, 10) : plain.slice(0, 19).replace("T", " ");
}

/**
 * Local time of a zone to UTC; an hour that the clock repeats is taken as its first pass, so nothing is
 * skipped.
 */
function toUtc(ms: number, zone: string | undefined): number {
  if (zone === undefined) return ms;
  const candidates = [ms - offsetOf(ms - 86_400_000, zone), ms - offsetOf(ms + 86_400_000, zone)];
  const fitting = candidates.filter((one) => one + offsetOf(one, zone) === ms);
  return Math.min(...(fitting.length > 0 ? fitting : candidates));
}

/** Offset of a zone at an instant, in ms; 0 without a zone. */
function offsetOf(ms: number, zone: string | undefined): number {
  if (zone === undefined) return 0;
  const name = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" })
    .formatToParts(new Date(ms))
    .find((part) => part.type === "timeZoneName")?.value;
  const match = /^GMT([+-])(\d{2}):(\d{2})/.exec(name ?? "");
  if (match === null) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}

/** True for a zone name that this machine knows. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
