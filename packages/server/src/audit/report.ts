import type { FieldQuality, FirstLoad, ListQuality } from "@crossfoot/matching";
import { auditRules, severityWeights } from "@crossfoot/model";
import type { AuditFinding, AuditRuleId, AuditSeverity } from "@crossfoot/model";

/** Findings told of a group. */
const examplesMax = 5;
/** Groups that lead the report. */
export const worstMax = 20;

/** A finding that is told of a group. */
export interface AuditExample extends AuditFinding {
  /** What people call the record; "" where that is its id, or not known. */
  readonly name: string;
}

/** Findings of one rule on one field of one list. */
export interface AuditGroup {
  readonly rule: AuditRuleId;
  readonly severity: AuditSeverity;
  readonly side: string;
  readonly entity: string;
  readonly field: string;
  readonly count: number;
  /** How many of them have a certain repair. */
  readonly repairs: number;
  readonly examples: readonly AuditExample[];
  /** Of a project: the commands by which a person goes on, in their order. None on files. */
  readonly commands: readonly string[];
  /** Of a project whose plans of repair were written: how many of its values they put right. */
  readonly planned: number | null;
}

/** One list that was looked at. */
interface AuditedList {
  readonly side: string;
  readonly entity: string;
  readonly from: string;
  readonly records: number;
  readonly score: number | null;
  /** The fields that are judged, all together. */
  readonly quality: ListQuality;
  readonly columns: readonly FieldQuality[];
}

/** What an audit found. */
export interface AuditReport {
  /** The day on which it was made, `2026-01-31`. */
  readonly madeOn: string;
  readonly staleDays: number;
  /** 0 to 100; null where there are no records. */
  readonly score: number | null;
  readonly records: number;
  readonly findings: number;
  readonly repairs: number;
  readonly lists: readonly AuditedList[];
  /** Groups of findings: what has to be settled first, then the heaviest. */
  readonly groups: readonly AuditGroup[];
  readonly firstLoad: readonly FirstLoad[];
  /** What was not looked at, and why, in words. */
  readonly remarks: readonly string[];
}

interface OpenGroup {
  readonly first: AuditFinding;
  count: number;
  repairs: number;
  readonly examples: AuditFinding[];
}

/** Groups of findings, as they come. */
export interface AuditTally {
  readonly take: (finding: AuditFinding) => void;
  /** `nameOf` tells what people call the record of a finding. */
  readonly groups: (nameOf: (finding: AuditFinding) => string) => readonly AuditGroup[];
}

/** What has to be settled first leads; then what weighs most: the weight of a rule, for each finding. */
const rankOf = ({ severity, count }: AuditGroup): number =>
  severityWeights[severity] * count + (severity === "stop" ? Number.MAX_SAFE_INTEGER / 2 : 0);

/** Counts findings by rule, list and field, and keeps a few of each. Never throws. */
export function keepTally(): AuditTally {
  const groups = new Map<string, OpenGroup>();
  return {
    take: (finding) => {
      const { rule, side, entity, field } = finding;
      const key = [rule, side, entity, field].join("\n");
      const group = groups.get(key) ?? { first: finding, count: 0, repairs: 0, examples: [] };
      groups.set(key, group);
      group.count += 1;
      if (finding.repair !== null) group.repairs += 1;
      if (group.examples.length < examplesMax) group.examples.push(finding);
    },
    groups: (nameOf) =>
      [...groups.values()]
        .map(({ first, count, repairs, examples }): AuditGroup => {
          const { rule, side, entity, field } = first;
          const { severity } = auditRules[rule];
          return {
            ...{ rule, severity, side, entity, field },
            count,
            repairs,
            examples: examples.map((finding) => ({ ...finding, name: nameOf(finding) })),
            commands: [],
            planned: null,
          };
        })
        .toSorted((one, other) => rankOf(other) - rankOf(one)),
  };
}
