import { checkGuard } from "@crossfoot/kernel";
import type { EntityName, EntityPolicy, GuardStop } from "@crossfoot/kernel";
import type { Session, World } from "./world.ts";

/** The work that is guarded: where it stands, and what the guard stopped of it. */
interface Guarded {
  readonly session: Session;
  readonly guardStops: GuardStop[];
}

/** Writes of the last day count towards the guard. */
const guardWindowMs = 86_400_000;

/** Harm of an entity that adds up within the guard's window, by kind of write. */
export async function harmSince(world: World, entity: EntityName): Promise<ReadonlyMap<string, number>> {
  const window = (await world.store.linkGuardCounts(guardWindowMs)).filter((row) => row.entity === entity);
  return new Map(window.filter(({ kind }) => !isApproved(kind)).map(({ kind, count }) => [kind, count]));
}

/**
 * Writes made within the guard's window, by kind; null when what is due cannot break a limit whatever it
 * is.
 */
export async function guardedSince(
  guarded: Guarded,
  { entity, isProjection }: EntityPolicy,
  due: number,
): Promise<ReadonlyMap<string, number> | null> {
  const { world } = guarded.session;
  // A projection has no editor; its values move with the business, and nothing is lost by writing them
  // again.
  if (isProjection) return null;
  const made = await harmSince(world, entity);
  const free = Object.entries(world.guard).map(([kind, { countFree }]) => countFree - (made.get(kind) ?? 0));
  // A record may be written to on every side at once.
  return due * world.sides.length <= Math.min(...free) ? null : made;
}

/** Counts the writes of everything that is due before the first of them is made (INVARIANTS.md I15). */
export async function passesGuard(
  guarded: Guarded,
  { entity }: EntityPolicy,
  at: { readonly counts: Record<string, number>; readonly made: ReadonlyMap<string, number> },
): Promise<boolean> {
  const { session } = guarded;
  const { world } = session;
  const counts = { ...at.counts };
  if (Object.keys(counts).length === 0) return true;
  for (const [kind, count] of at.made) if (counts[kind] !== undefined) counts[kind] += count;
  const linked = (await world.store.counts()).find((row) => row.entity === entity)?.live ?? 0;
  const stops = checkGuard({ [entity]: counts }, { [entity]: linked }, world.guard);
  guarded.guardStops.push(...stops);
  for (const { kind, count, limit } of stops) {
    const message = `guard: ${count} ${kind} writes of ${entity}, ${limit}; \`crossfoot plan\` shows them`;
    session.report({ phase: "guard", entity, connection: null, done: count, total: null, message });
  }
  return stops.length === 0;
}

/**
 * Everyday changes of documents are counted per run; harm that adds up over a day is counted over the
 * window.
 */
const isApproved = (kind: string): boolean => kind === "create" || kind === "update" || kind === "transition";
