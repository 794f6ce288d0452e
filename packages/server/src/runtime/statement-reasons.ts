/** Why sides differ: by the decision as it would be taken now, and by what is under way or set aside. */
import { carried, closedIn, decide } from "@crossfoot/kernel";
import type { ConnectionId, EntityPolicy, LinkId, Plan, Wait } from "@crossfoot/kernel";
import type { DifferenceReason, Missing } from "@crossfoot/model";
import { isTakenBack } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { splitRefused } from "./record.ts";
import type { World } from "./world.ts";

/** What is known beside the decision of a link. */
export interface Known {
  /** Links that the contract does not want on both sides. */
  readonly unwanted: ReadonlySet<LinkId>;
  /** Connections that cannot be opened: what would be written to them now is not known. */
  readonly away: ReadonlySet<ConnectionId>;
  /** Open dead letters by link. */
  readonly parks: ReadonlyMap<LinkId, readonly string[]>;
  /** Whether the entity was decided under what is in force: then all that would be written is due. */
  readonly isDecided: boolean;
}

/** A link whose sides are compared. */
export interface Stated extends Known {
  readonly policy: EntityPolicy;
  readonly one: Assessed;
}

/**
 * Parents that links wait for and the contract does not want on both sides: also those of entities that the
 * statement does not look at.
 */
export async function unwantedParents(
  { store }: World,
  all: readonly Assessed[],
  unwanted: ReadonlySet<LinkId>,
): Promise<readonly LinkId[]> {
  const parents = all
    .flatMap((one) => undisturbed(one).waits)
    .flatMap(({ parent }) => ("link" in parent && !unwanted.has(parent.link) ? [parent.link] : []));
  const bundles = await store.loadBundles([...new Set(parents)]);
  return bundles.flatMap(({ id, verdict }) => (verdict === "not_wanted" ? [id] : []));
}

/** A parent that the contract does not want there, or of an entity that it does not carry at all. */
function isParentUnwanted(world: World, { parent }: Wait, unwanted: ReadonlySet<LinkId>): boolean {
  if ("link" in parent) return unwanted.has(parent.link);
  return world.policies.every(({ entity }) => entity !== parent.entity);
}

/** Why a difference is there, from the decision as it would be taken now. */
export function reasonsOf(world: World, stated: Stated): { readonly [field: string]: DifferenceReason } {
  const { policy, one, unwanted } = stated;
  const { bundle, plan } = one;
  const pending = pendingReason(stated);
  const reasons: Record<string, DifferenceReason> = {};
  for (const { field, writers, targets } of Object.values(policy.fields)) {
    if (writers.length === 0 && targets.length === 0) reasons[field] = "kept_difference";
  }
  for (const field of Object.values(policy.fields)) {
    if (closedIn(one.input, field) !== null) reasons[field.field] = "closed_by_state";
  }
  for (const { undone } of bundle.members) {
    for (const field of Object.keys(undone)) if (field !== "*") reasons[field] = "undone";
  }
  if (isTakenBack(bundle)) reasons["*"] = "undone";
  const { writes, refused } = splitRefused(world, one);
  for (const wait of undisturbed(one).waits) {
    reasons[wait.field] = isParentUnwanted(world, wait, unwanted)
      ? "parent_not_wanted"
      : "waiting_for_parent";
  }
  for (const write of writes) for (const field of Object.keys(write.fields)) reasons[field] = pending;
  for (const write of refused) for (const field of Object.keys(write.fields)) reasons[field] = "parked";
  for (const { field } of plan.conflicts) reasons[field] = "conflict";
  // What a person has decided comes with the next run.
  for (const field of bundle.openConflicts)
    if (bundle.resolutions[field] === undefined) reasons[field] = "conflict";
  for (const park of plan.parks) for (const field of Object.keys(park.problems)) reasons[field] = "parked";
  const whole = wholeReason(one) ?? awayReason(stated);
  if (whole !== undefined) reasons["*"] = whole;
  if (policy.isProjection && writes.length > 0) reasons["*"] = pending;
  return reasons;
}

/**
 * Of what would be written now: it comes with the next run, when that is to decide the record. When nothing
 * is due, no run would: what is stored differs, and nobody knows how that came about.
 */
function pendingReason({ one: { bundle }, isDecided }: Stated): "in_flight" | "unknown" {
  const isDue = bundle.openTargets.length > 0 || bundle.marked !== null;
  return isDue || !isDecided ? "in_flight" : "unknown";
}

/** The plan as it would be without the writes that are under way: what waits, waits beside them. */
const undisturbed = ({ plan, input }: Assessed): Plan =>
  input.inFlight.length === 0 ? plan : decide({ ...input, inFlight: [] });

function wholeReason({ plan, bundle, input }: Assessed): DifferenceReason | undefined {
  if (bundle.openTargets.length > 0 || bundle.marked !== null) return "in_flight";
  const kinds = Object.values(input.members).map(({ view }) => view.kind);
  if (kinds.includes("not_permitted") || kinds.includes("not_seen")) return "not_permitted";
  if (kinds.includes("out_of_scope")) return "out_of_scope";
  if (kinds.includes("deleted")) return "deleted_elsewhere";
  if (plan.verdict === "parked") return "parked";
  return undefined;
}

/**
 * What was last decided of a record while a system is away: what would be decided now is not known, since
 * nobody can tell what that system takes.
 */
function awayReason({ one, parks, away, unwanted }: Stated): DifferenceReason | undefined {
  const { bundle, input } = one;
  if (away.size === 0 || bundle.verdict === "not_wanted") return undefined;
  if ((parks.get(bundle.id) ?? []).length > 0) return "parked";
  if (bundle.verdict !== "waiting") return undefined;
  const named = Object.values(input.members).flatMap(({ view }) =>
    Object.values(view.fields).flatMap((value) => carried(value)),
  );
  const isUnwanted = named.some((parent) => "link" in parent && unwanted.has(parent.link));
  return isUnwanted ? "parent_not_wanted" : "waiting_for_parent";
}

/** Why a record is on one side only. */
export function missingReason(world: World, stated: Stated, canCreate: boolean): Missing["reason"] {
  const { one, unwanted } = stated;
  const whole = wholeReason(one) ?? awayReason(stated);
  // Taken back by an undo, or a person said that the other side stays as it is.
  if (whole === "deleted_elsewhere" && one.bundle.state === "ended")
    return isTakenBack(one.bundle) ? "undone" : "kept_difference";
  if (whole !== undefined) return whole;
  const { writes, refused } = splitRefused(world, one);
  if (refused.length > 0) return "parked";
  if (writes.length > 0) return pendingReason(stated);
  const blocking = one.plan.waits.filter(({ isBlocking }) => isBlocking);
  if (blocking.some((wait) => isParentUnwanted(world, wait, unwanted))) return "parent_not_wanted";
  if (blocking.length > 0) return "waiting_for_parent";
  if (one.plan.verdict === "not_wanted" || one.plan.verdict === "ended" || !canCreate) return "not_wanted";
  return "unknown";
}
