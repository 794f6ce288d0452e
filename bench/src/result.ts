/** Which side of a target is the good one. */
export type Sense = "at most" | "at least";

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  /** What nothing could beat, measured in the same run; null where there is no such thing. */
  readonly limit: number | null;
  readonly limitIs: string | null;
  /** What is judged: the ratio to the limit, what is measured above it, or the measured value itself. */
  readonly judged: "ratio" | "excess" | "measured";
  readonly sense: Sense;
  /** Null: DESIGN.md section 12 asks for nothing here. */
  readonly target: number | null;
  readonly stretch: number | null;
}

/** What a case answers to the program that started it. */
export interface CaseReport {
  readonly rows: readonly Row[];
  /** Largest resident size until the measured work was done, MB; the limits are measured after it. */
  readonly residentMbMax: number;
  /** Facts beside the table: counts, rates without target. */
  readonly notes: { readonly [name: string]: number | string };
}

/**
 * The measured value against its limit; greater than 1 is slower than the limit for times, faster for
 * rates.
 */
export function ratioOf({ measured, limit }: Row): number | null {
  return limit === null || limit === 0 ? null : measured / limit;
}

/** What is measured above the limit, in the row's unit; null without a limit. */
export function excessOf({ measured, limit }: Row): number | null {
  return limit === null ? null : measured - limit;
}

/** Whether the target was reached. */
export function verdictOf(row: Row): "stretch" | "reached" | "MISSED" | "no target" {
  const value = { ratio: ratioOf, excess: excessOf, measured: () => row.measured }[row.judged](row);
  if (row.target === null || value === null) return "no target";
  const meets = (bound: number): boolean => (row.sense === "at most" ? value <= bound : value >= bound);
  if (!meets(row.target)) return "MISSED";
  return row.stretch !== null && meets(row.stretch) ? "stretch" : "reached";
}

/** A time against the bare client's: at most so many times as long. */
export function timeRow(
  what: string,
  at: {
    readonly seconds: number;
    readonly limit: number;
    readonly limitIs: string;
    readonly target?: number;
    readonly stretch?: number;
  },
): Row {
  const { seconds, limit, limitIs, target = null, stretch = null } = at;
  const judged = { judged: "ratio", sense: "at most" } as const;
  return { what, unit: "s", measured: seconds, limit, limitIs, ...judged, target, stretch };
}

/** A time, ms, of which counts what it is above the limit. */
export function excessRow(what: string, at: Pick<Row, "measured" | "limit" | "limitIs" | "target">): Row {
  return { what, unit: "ms", judged: "excess", sense: "at most", stretch: null, ...at };
}

/** A value that stands by itself. */
export function plainRow(
  what: string,
  at: {
    readonly unit: string;
    readonly measured: number;
    readonly sense: Sense;
    readonly target?: number;
    readonly limit?: number;
    readonly limitIs?: string;
  },
): Row {
  const { unit, measured, sense, target = null, limit = null, limitIs = null } = at;
  return { what, unit, measured, limit, limitIs, judged: "measured", sense, target, stretch: null };
}

/** The middle of a list of numbers, or the value below which `share` of them lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** A number as notes show it. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** Seconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
