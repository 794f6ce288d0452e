import type { AuditFinding, AuditRuleId } from "@crossfoot/model";
import type { AuditGroup, AuditReport } from "./report.ts";

/** Rules whose findings may have a certain repair of their own. */
const certain: readonly AuditRuleId[] = [
  ...(["text-untrimmed", "placeholder", "mail-invalid", "currency-unknown", "format-mix"] as const),
];
/** Rules about values that are not there, which the other system may have. */
const fillable: readonly AuditRuleId[] = ["missing", "address-incomplete", "postcode-missing"];

/** Rules whose findings a plan can put right, as far as their value is certain or the other system has it. */
export const mendableRules: readonly AuditRuleId[] = [...certain, ...fillable];

/** Most values that one plan puts right: as many as somebody looks through before they apply it. */
export const repairsMax = 10_000;

/** Whether a plan may put the finding right. */
function isMendable({ rule, repair, field }: AuditFinding): boolean {
  return field !== "" && (repair === null ? fillable.includes(rule) : mendableRules.includes(rule));
}

/** Which findings are wanted: of one rule or of all, of one place or of all. */
export interface RepairWanted {
  readonly rule: AuditRuleId | "all";
  readonly of: { readonly side: string; readonly entity: string; readonly field: string | null } | null;
}

/** The place of findings as commands name it, such as `crm:accounts.phone`. */
function placeText(at: { readonly side: string; readonly entity: string; readonly field: string }): string {
  return `${at.side}:${at.entity}${at.field === "" ? "" : `.${at.field}`}`;
}

/** Whether a finding is one of those that are wanted. */
function isWanted({ rule, side, entity, field }: AuditFinding, wanted: RepairWanted): boolean {
  if (wanted.rule !== "all" && wanted.rule !== rule) return false;
  const { of } = wanted;
  if (of === null) return true;
  return of.side === side && of.entity === entity && (of.field === null || of.field === field);
}

/** Findings that plans may put right, as they come. */
export interface KeptRepairs {
  readonly take: (findings: readonly AuditFinding[]) => void;
  /** By rule; of each the first {@link repairsMax}. */
  readonly kept: () => ReadonlyMap<AuditRuleId, readonly AuditFinding[]>;
  /** Rules of which there are more, and how many. */
  readonly beyond: () => ReadonlyMap<AuditRuleId, number>;
}

/** Keeps those findings that a plan may put right. Never throws. */
export function keepRepairs(wanted: RepairWanted): KeptRepairs {
  const kept = new Map<AuditRuleId, AuditFinding[]>();
  const beyond = new Map<AuditRuleId, number>();
  return {
    take: (findings) => {
      for (const finding of findings) {
        if (!isMendable(finding) || !isWanted(finding, wanted)) continue;
        const own = kept.get(finding.rule) ?? [];
        kept.set(finding.rule, own);
        if (own.length < repairsMax) own.push(finding);
        else beyond.set(finding.rule, (beyond.get(finding.rule) ?? 0) + 1);
      }
    },
    kept: () => kept,
    beyond: () => beyond,
  };
}

/** The commands by which a person goes on with what no plan puts right, in their order. */
function byHand({ rule, side, entity, examples }: AuditGroup): readonly string[] {
  if (rule === "duplicate" || rule === "duplicate-unsure")
    return [
      `crossfoot duplicates --entity ${entity} --connection ${side}`,
      "crossfoot consolidate --cluster <its name there> --out consolidate.plan",
      "crossfoot apply consolidate.plan",
    ];
  if (rule === "match-unsure") return ["crossfoot conflicts", `crossfoot match --entity ${entity}`];
  if (rule === "value-unmapped") return ["crossfoot check"];
  const [first] = examples;
  return first === undefined || /^row \d+$/.test(first.id) ? [] : [`crossfoot why ${side}:${first.id}`];
}

/** The commands by which a person of a project goes on with a group of findings, in their order. */
function commandsFor(group: AuditGroup): readonly string[] {
  const { rule, repairs, planned } = group;
  const isPlanned = planned === null ? repairs > 0 || fillable.includes(rule) : planned > 0;
  if (!isPlanned) return byHand(group);
  const plan = `crossfoot audit --repair ${rule} --of ${placeText(group)} --out repair.plan`;
  return [plan, "crossfoot apply repair.plan"];
}

/** The report of a project: each group with its commands. Never throws. */
export function withCommands(report: AuditReport): AuditReport {
  return { ...report, groups: report.groups.map((group) => ({ ...group, commands: commandsFor(group) })) };
}
