/** The instant as of which a statement is, and the day that documents are dated up to. */
export interface CutOff {
  /** `yyyy-mm-dd`. */
  readonly day: string;
  /** ms since 1970. */
  readonly at: number;
}

/**
 * Why nobody can state anything as of a cut-off yet, in words, or null. A day counts up to its end, so that
 * today is one. Never throws.
 */
export function whyAhead(text: string, { day, at }: CutOff, now: number): string | null {
  const isDay = text === day;
  const isAhead = isDay ? day > new Date(now).toISOString().slice(0, 10) : at > now;
  if (!isAhead) return null;
  const where = isDay ? " by UTC (an instant with its offset cuts elsewhere)" : "";
  return `${text} lies ahead${where}: what both systems will show then is not known`;
}

/** A day, or an instant with its offset, as a person writes it. */
const cutOffForm = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * Reads a cut-off: a day, which ends by UTC, or an ISO instant with its offset, whose day is that of its
 * offset. Undefined for anything else. Never throws.
 */
export function readCutOff(text: string): CutOff | undefined {
  const [, day] = cutOffForm.exec(text) ?? [];
  if (day === undefined) return undefined;
  const midnight = new Date(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  const at = Date.parse(text === day ? `${day}T23:59:59.999Z` : text);
  return !isDay || Number.isNaN(at) ? undefined : { day, at };
}
