import type { EntityName } from "@crossfoot/kernel";
import type { EntityPlan, FieldPlan, PlanDocument } from "./plan-document.ts";

type Listed = Pick<
  PlanDocument,
  "entities" | "writes" | "conflicts" | "parks" | "waits" | "candidates" | "losses"
>;

const up = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

interface Counting {
  readonly entity: EntityName;
  readonly writes: Record<string, Record<string, number>>;
  readonly fields: Map<string, { -readonly [key in keyof FieldPlan]: FieldPlan[key] } & Tallies>;
  conflicts: number;
  parks: number;
  waits: number;
  candidates: number;
}

interface Tallies {
  readonly writes: Record<string, number>;
  readonly reasons: Record<string, number>;
}

/** What a plan does and leaves, per entity and per field, added up from its lists. */
export function summaryOf(plan: Listed): readonly EntityPlan[] {
  const byEntity = new Map<string, Counting>(plan.entities.map((entity) => [entity, countingOf(entity)]));
  const of = (entity: EntityName): Counting => {
    const known = byEntity.get(entity) ?? countingOf(entity);
    byEntity.set(entity, known);
    return known;
  };
  for (const { entity, target, kind, fields, why, answers } of plan.writes) {
    if (answers.length > 0) continue;
    const own = of(entity);
    up((own.writes[target] ??= {}), kind);
    for (const field of Object.keys(fields)) {
      const tally = fieldOf(own, field);
      up(tally.writes, target);
      up(tally.reasons, why[field]?.reason ?? "created");
    }
  }
  for (const { entity, field } of plan.conflicts) {
    of(entity).conflicts += 1;
    fieldOf(of(entity), field).conflicts += 1;
  }
  for (const { entity, fields } of plan.parks) {
    of(entity).parks += 1;
    for (const field of fields) fieldOf(of(entity), field).parks += 1;
  }
  for (const { entity, field } of plan.waits) {
    of(entity).waits += 1;
    fieldOf(of(entity), field).waits += 1;
  }
  for (const { entity, field } of plan.losses) fieldOf(of(entity), field).losses += 1;
  for (const { entity } of plan.candidates) of(entity).candidates += 1;
  return [...byEntity.values()].filter(isBusy).map(({ fields, ...counts }) => ({
    ...counts,
    fields: [...fields.values()].toSorted((a, b) => (a.field < b.field ? -1 : 1)),
  }));
}

function countingOf(entity: EntityName): Counting {
  return { entity, writes: {}, fields: new Map(), conflicts: 0, parks: 0, waits: 0, candidates: 0 };
}

function fieldOf({ fields }: Counting, name: string): NonNullable<ReturnType<Counting["fields"]["get"]>> {
  // A part of a line counts for its collection.
  const field = name.split("[")[0] ?? name;
  const known = fields.get(field) ?? {
    field,
    writes: {},
    reasons: {},
    conflicts: 0,
    parks: 0,
    waits: 0,
    losses: 0,
  };
  fields.set(field, known);
  return known;
}

function isBusy({ writes, conflicts, parks, waits, candidates }: Counting): boolean {
  return Object.keys(writes).length > 0 || conflicts + parks + waits + candidates > 0;
}
