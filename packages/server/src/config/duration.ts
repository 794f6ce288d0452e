const units: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of a duration such as `500ms`, `30s`, `5m`, `1h` or `1d`; undefined when it is none. */
export function readDuration(text: string): number | undefined {
  const match = /^(\d{1,9})\s*(ms|s|m|h|d)$/.exec(text.trim());
  const unit = match?.[2] === undefined ? undefined : units[match[2]];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** A duration in the largest unit that divides it: `30s`, `1h`. */
export function writeDuration(ms: number): string {
  const [unit, size] = Object.entries(units).findLast(([, each]) => ms % each === 0 && ms >= each) ?? [
    "ms",
    1,
  ];
  return `${ms / size}${unit}`;
}
