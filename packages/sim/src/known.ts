import type { Sight, Violation } from "./checker.ts";

/**
 * Findings that are written down and not mended yet. A violation that one of them explains is counted and
 * printed under its number instead of failing the run; the list gets shorter with each mend.
 */
interface Known {
  readonly finding: string;
  readonly title: string;
  readonly explains: (sight: Sight, violation: Violation) => boolean;
}

const knowns: readonly Known[] = [];

/** The finding that explains a violation, or null. */
export function knownFinding(sight: Sight, violation: Violation): string | null {
  const known = knowns.find(({ explains }) => explains(sight, violation));
  return known === undefined ? null : `${known.finding} (${known.title})`;
}
