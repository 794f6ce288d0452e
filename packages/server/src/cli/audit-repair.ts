import { join } from "node:path";
import { connectionId, externalId } from "@crossfoot/kernel";
import { auditRuleIds, auditRules, nearestName } from "@crossfoot/model";
import type { AuditFinding, AuditRuleId } from "@crossfoot/model";
import { mendableRules, repairsMax, withCommands } from "../audit/repairs.ts";
import type { KeptRepairs, RepairWanted } from "../audit/repairs.ts";
import type { AuditGroup, AuditReport } from "../audit/report.ts";
import type { Project } from "../config/project.ts";
import type { Engine, PlanDocument, RepairAsked } from "../runtime/engine.ts";
import { auditedFields } from "./audit-live.ts";
import { connectionNamed, entityOf } from "./context.ts";
import type { Context } from "./context.ts";
import { keepPlan } from "./plan-file.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showPlan } from "./show-plan.ts";
import { many } from "./text.ts";

/** Findings of every rule and place. */
export const everyRepair: RepairWanted = { rule: "all", of: null };

/** What `--repair` and `--of` name. Throws a Refusal where nothing is certain of the rule. */
export function wantedOf(project: Project, kind: string, place: string | undefined): RepairWanted {
  return { rule: ruleOf(kind), of: place === undefined ? null : placeOf(project, place) };
}

function ruleOf(kind: string): RepairWanted["rule"] {
  if (kind === "all") return "all";
  const rule = auditRuleIds.find((each) => each === kind);
  if (rule === undefined) {
    const near = nearestName(kind, auditRuleIds);
    throw badInput(`no rule is called \`${kind}\`${near === undefined ? "" : `; did you mean \`${near}\`?`}`);
  }
  if (mendableRules.includes(rule)) return rule;
  const doubled = rule === "duplicate" || rule === "duplicate-unsure";
  const how = doubled ? " `crossfoot duplicates` lists them, `crossfoot consolidate` plans the merge." : "";
  throw badInput(
    `nothing of ${rule} is certain: ${auditRules[rule].advice}${how} ` +
      `A plan puts right: ${mendableRules.join(", ")}, or all.`,
  );
}

function placeOf(project: Project, text: string): RepairWanted["of"] {
  const [, side, name, field] = /^([^:]+):([^.]+)(?:\.(.+))?$/.exec(text) ?? [];
  if (side === undefined || name === undefined)
    throw badInput(`--of is <connection>:<entity> or <connection>:<entity>.<field>, not \`${text}\``);
  const connection = connectionNamed(project, side);
  const entity = entityOf(name);
  const fields = project.entities.includes(entity) ? auditedFields(connection, entity) : [];
  if (fields.length === 0)
    throw badInput(`${entity} of ${side} are not audited: they are switched off, or not in its mapping`);
  if (field !== undefined && !fields.includes(field))
    throw badInput(`${side}:${entity} has no audited field \`${field}\`; there are: ${fields.join(", ")}`);
  return { side: connection.id, entity, field: field ?? null };
}

const askedOf = ({ rule, side, entity, id, field, value, repair }: AuditFinding): RepairAsked => ({
  ...{ rule, entity, connection: connectionId(side), id: externalId(id) },
  ...{ path: field, was: value, to: repair },
});

/** What plans are made with. */
interface Planning {
  readonly context: Context;
  readonly engine: Engine;
  readonly found: KeptRepairs;
}

async function planOf(
  { context, engine }: Planning,
  of: string,
  all: readonly AuditFinding[],
): Promise<PlanDocument> {
  const asked = all.slice(0, repairsMax).map(askedOf);
  return engine.repair({ of, by: context.deps.user, asked });
}

const wordsOf = ({ rule, of }: RepairWanted): string => {
  const what = rule === "all" ? "all that is certain" : rule;
  const place = of === null ? "" : ` of ${of.side}:${of.entity}${of.field === null ? "" : `.${of.field}`}`;
  return `${what}${place}`;
};

/** Findings beyond what one plan takes, in words. */
function beyondOf({ found }: Planning, taken: number): readonly string[] {
  const kept = [...found.kept().values()].flat().length;
  const more = kept - taken + [...found.beyond().values()].reduce((sum, count) => sum + count, 0);
  if (more === 0) return [];
  return [`${many(more, "value")} more than one plan takes: apply this one, then ask for the next.`];
}

/** The one plan that was asked for: kept in its file, and shown. */
export async function planRepairs(
  planning: Planning,
  wanted: RepairWanted,
  out: string | undefined,
): Promise<ExitCode> {
  const { context, found } = planning;
  const all = [...found.kept().values()].flat();
  const plan = await planOf(planning, wordsOf(wanted), all);
  keepPlan(out, plan);
  const remarks = beyondOf(planning, Math.min(all.length, repairsMax));
  const view = { room: context.room, isWhole: false, out: out ?? null };
  context.print(plan, () => [showPlan(plan, view), ...remarks].join("\n\n"));
  if (plan.troubles.length > 0) return exitCodes.failed;
  return plan.guardStops.length > 0 ? exitCodes.refused : exitCodes.done;
}

/**
 * Writes a plan a rule, and one of all, into a folder: `repair-<rule>.plan`. Each rests on the records as
 * they are now, so that after one of them is applied the others are made anew. Answers their names, and the
 * report with how much of each group they put right.
 */
export async function writeRepairPlans(
  planning: Planning,
  folder: string,
  report: AuditReport,
): Promise<{ readonly files: readonly string[]; readonly report: AuditReport }> {
  const files: string[] = [];
  const counts = new Map<string, number>();
  const kept = planning.found.kept();
  const write = async (name: AuditRuleId | "all", all: readonly AuditFinding[]): Promise<void> => {
    const plan = await planOf(planning, wordsOf({ rule: name, of: null }), all);
    for (const { rule, target, entity, path, count } of plan.repair?.values ?? [])
      if (name !== "all") counts.set([rule, target, entity, path].join("\n"), count);
    if (plan.writes.length === 0) return;
    const file = `repair-${name}.plan`;
    keepPlan(join(folder, file), plan);
    files.push(file);
  };
  for (const rule of mendableRules) {
    const own = kept.get(rule) ?? [];
    if (own.length > 0) await write(rule, own);
  }
  if (files.length > 1) await write("all", [...kept.values()].flat());
  const planned = ({ rule, side, entity, field }: AuditGroup): number =>
    counts.get([rule, side, entity, field].join("\n")) ?? 0;
  const groups = report.groups.map((group) =>
    mendableRules.includes(group.rule) ? { ...group, planned: planned(group) } : group,
  );
  return { files, report: withCommands({ ...report, groups }) };
}
