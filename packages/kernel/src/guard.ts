/** Limits on the harm of one plan, per entity and kind of write. A limit that is missing does not hold. */
export interface GuardLimits {
  readonly [kind: string]: {
    readonly countMax: number;
    readonly shareMax: number;
    readonly countFree: number;
  };
}

/**
 * Defaults: up to `countFree` writes pass whatever the share (a small company changes half its records on a
 * quiet day); beyond it a plan stops at `countMax` writes or `shareMax` of the linked records.
 */
export const defaultGuardLimits: GuardLimits = {
  create: { countMax: 500, shareMax: 0.5, countFree: 50 },
  update: { countMax: 1000, shareMax: 0.5, countFree: 50 },
  transition: { countMax: 500, shareMax: 0.5, countFree: 50 },
  archive: { countMax: 20, shareMax: 0.05, countFree: 5 },
  unarchive: { countMax: 20, shareMax: 0.05, countFree: 5 },
  delete: { countMax: 10, shareMax: 0.02, countFree: 2 },
};

/** A limit that a plan would break. */
export interface GuardStop {
  readonly entity: string;
  readonly kind: string;
  readonly count: number;
  readonly limit: string;
}

/**
 * INVARIANTS.md I15: which limits the writes of a guard window break. `counts` are the writes of the plan
 * together with those already made in the window, by entity and kind; `linked` is the number of linked
 * records per entity.
 */
export function checkGuard(
  counts: { readonly [entity: string]: { readonly [kind: string]: number } },
  linked: { readonly [entity: string]: number },
  limits: GuardLimits,
): readonly GuardStop[] {
  const stops: GuardStop[] = [];
  for (const [entity, kinds] of Object.entries(counts)) {
    for (const [kind, count] of Object.entries(kinds)) {
      const limit = limits[kind];
      if (limit === undefined || count <= limit.countFree) continue;
      const share = count / Math.max(linked[entity] ?? 0, 1);
      if (count > limit.countMax) stops.push({ entity, kind, count, limit: `at most ${limit.countMax}` });
      else if (share > limit.shareMax) {
        stops.push({
          entity,
          kind,
          count,
          limit: `at most ${Math.round(limit.shareMax * 100)} % of the linked records`,
        });
      }
    }
  }
  return stops;
}
