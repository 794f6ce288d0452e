import type { AuditFinding } from "./finding.ts";
import { auditRules } from "./rules.ts";
import type { AuditSeverity } from "./rules.ts";

/** Part of a record's worth that one finding takes. */
export const severityWeights: { readonly [severity in AuditSeverity]: number } = {
  stop: 1,
  fault: 0.4,
  note: 0.1,
};

/**
 * The worth of the records of one list: each begins with 1 and loses the weight of every finding, down to 0.
 */
export interface RecordWorth {
  /** Takes the weight of a finding from its record. */
  readonly take: (finding: AuditFinding) => void;
  /** What all records together have lost; a record loses 1 at most. */
  readonly lost: () => number;
}

/** Steps of the counts kept per record: exact, and one byte each. */
const steps = 10;

/** Keeps the worth of records, one byte each. Rows count from 1. Never throws. */
export function keepWorth(): RecordWorth {
  let taken = new Uint8Array(1024);
  let total = 0;
  return {
    take: ({ row, rule }) => {
      while (row >= taken.length) {
        const wider = new Uint8Array(taken.length * 2);
        wider.set(taken);
        taken = wider;
      }
      const weight = Math.round(severityWeights[auditRules[rule].severity] * steps);
      const before = taken[row] ?? 0;
      const after = Math.min(steps, before + weight);
      taken[row] = after;
      total += after - before;
    },
    lost: () => total / steps,
  };
}

/**
 * The score: the mean worth of the records that were looked at, from 0 to 100, rounded down to a tenth. 100
 * means that nothing was found; a further finding never raises it. Null where there are no records.
 */
export function scoreOf(
  worths: readonly { readonly records: number; readonly lost: number }[],
): number | null {
  const records = worths.reduce((sum, each) => sum + each.records, 0);
  const lost = worths.reduce((sum, each) => sum + each.lost, 0);
  if (records === 0) return null;
  const tenths = Math.max(0, Math.floor(1000 * (1 - lost / records) + 1e-9));
  // A lone fault among millions shows: only lists without any finding have 100.
  return Math.min(tenths, lost === 0 ? 1000 : 999) / 10;
}
