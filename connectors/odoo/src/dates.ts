const second = 1000;

const formatterOf = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });

/** What a clock in the zone shows at an instant, as if it were UTC, in ms. */
function wallMs(at: number, zone: string): number {
  if (zone === "UTC") return at;
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "00";
  const day = `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
  return Date.parse(`${day}T${part("hour")}:${part("minute")}:${part("second")}Z`);
}

/** ms since 1970 of an instant as Odoo writes it (UTC without a mark), or undefined when it is none. */
export function msOf(instant: string | null): number | undefined {
  if (instant === null || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(instant)) return undefined;
  const ms = Date.parse(`${instant.replace(" ", "T")}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** An instant as Odoo takes it: whole seconds in UTC, and nothing else. */
export const odooInstant = (ms: number): string =>
  new Date(Math.floor(ms / second) * second).toISOString().slice(0, 19).replace("T", " ");

/** The same instant in ISO form, or null. */
export function isoOf(instant: string | null): string | null {
  const ms = msOf(instant);
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** The day of the zone that an instant of Odoo falls on, or null. */
export function dayOf(instant: string | null, zone: string): string | null {
  const ms = msOf(instant);
  return ms === undefined ? null : new Date(wallMs(ms, zone)).toISOString().slice(0, 10);
}

/** Noon of a day in the zone, as Odoo takes it: the day is the same in every zone that is looked at. */
export function noonOf(day: string, zone: string): string {
  const wanted = Date.parse(`${day}T12:00:00Z`);
  return odooInstant(wanted - (wallMs(wanted, zone) - wanted));
}
