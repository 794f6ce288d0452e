import type { DaySpan, TimeSpan } from "@crossfoot/kernel";

/** Longest day of any zone, clock changes included, ms. */
const dayMsMax = 26 * 3_600_000;
const secondMs = 1_000;

/**
 * Days of time zones: from the first instant that clocks of the zone show a date to the first of the next
 * date, so that days on which clocks change have 23 or 25 hours. Remembers the day of each zone that was
 * asked for last.
 */
export function createDaySpan(): DaySpan {
  const last = new Map<string, TimeSpan>();
  return (zone, at) => {
    const name = zone ?? "UTC";
    const known = last.get(name);
    if (known !== undefined && known.from <= at && at < known.until) return known;
    const dateOf = dateReader(name);
    const from = firstOf(dateOf, at);
    const next = firstAfter(dateOf, at);
    const span = { from, until: next };
    last.set(name, span);
    return span;
  };
}

type DateReader = (at: number) => string;

function dateReader(zone: string): DateReader {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return (at) => format.format(at);
}

/** The first whole second that shows the date shown at `at`. */
function firstOf(dateOf: DateReader, at: number): number {
  const date = dateOf(at);
  return firstSecond(at - dayMsMax, at, (second) => dateOf(second) === date);
}

/** The first whole second after `at` that shows another date. */
function firstAfter(dateOf: DateReader, at: number): number {
  const date = dateOf(at);
  return firstSecond(at, at + dayMsMax, (second) => dateOf(second) !== date);
}

/** The first whole second in a span from which on something holds; it holds at the end of the span. */
function firstSecond(from: number, until: number, holds: (at: number) => boolean): number {
  let low = Math.floor(from / secondMs);
  let high = Math.floor(until / secondMs);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle * secondMs)) high = middle;
    else low = middle + 1;
  }
  return high * secondMs;
}
