/** The instant as of which a statement is, and the day that documents are dated up to. */
export interface CutOff {
  /** `yyyy-mm-dd`. */
  readonly day: string;
  /** ms since 1970. */
  readonly at: number;
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
