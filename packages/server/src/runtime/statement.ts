import { closedIn, isEqual } from "@crossfoot/kernel";
import type { EntityPolicy, LinkId, MemberState, Wait } from "@crossfoot/kernel";
import { composeStatement, stateEntity } from "@crossfoot/model";
import type { DifferenceReason, EntityStatement, Missing, Pair, Role, Statement } from "@crossfoot/model";
import { assess, isTakenBack, labelOf } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import { splitRefused } from "./record.ts";
import type { World } from "./world.ts";

const batchSize = 200;
const totalFields = ["net", "tax", "gross", "openBalance"];

/** Makes the statement from what both systems last showed. Reads the store only. */
export async function makeStatement(world: World, contexts: readonly AssessContext[]): Promise<Statement> {
  const entities: EntityStatement[] = [];
  // Entities come parents first: what the contract does not want of the parents explains their children.
  const unwanted = new Set<LinkId>();
  for (const context of contexts) entities.push(await stateOne(world, context, unwanted));
  return composeStatement({
    madeAt: new Date(world.clock.now()).toISOString(),
    contract: world.contractHash,
    entities,
  });
}

async function stateOne(
  world: World,
  context: AssessContext,
  unwanted: Set<LinkId>,
): Promise<EntityStatement> {
  const { policy } = context;
  const pairs: Pair[] = [];
  const missing: Missing[] = [];
  let after: LinkId | null = null;
  for (;;) {
    const links: readonly LinkId[] = await world.store.linksOfEntity(policy.entity, batchSize, after);
    if (links.length === 0) break;
    after = links.at(-1) ?? null;
    for (const one of await assess(context, await world.store.loadBundles(links))) {
      const pair = pairOf(world, { policy, one, unwanted });
      if (pair !== undefined) pairs.push(pair);
      const gap = missingOf(world, { policy, one, unwanted });
      if (gap !== undefined) missing.push(gap);
      if (gap?.reason === "not_wanted" || gap?.reason === "parent_not_wanted") unwanted.add(one.bundle.id);
    }
  }
  for (const newcomer of await world.store.unlinkedOf(policy.entity)) {
    const role = world.sides.find(({ id }) => id === newcomer.connection)?.role;
    if (role === undefined) continue;
    const reason = newcomer.resolution === "candidate" ? "candidate" : "waiting_for_parent";
    const label = `${newcomer.connection}:${newcomer.id}`;
    missing.push({ link: null, label, missingOn: role === "crm" ? "erp" : "crm", reason });
  }
  const fields = Object.values(policy.fields);
  const isMoney = (field: string): boolean => policy.fields[field]?.kind.kind === "money";
  return stateEntity({
    entity: policy.entity,
    fields,
    pairs,
    missing,
    totalFields: totalFields.filter(isMoney),
  });
}

function memberIn(world: World, one: Assessed, role: Role): MemberState | undefined {
  const side = world.sides.find((candidate) => candidate.role === role);
  return side === undefined ? undefined : one.input.members[side.id];
}

/**
 * Present on a side: neither deleted nor moved away; a record that is archived is still there to be
 * compared.
 */
function isThere(member: MemberState | undefined): member is MemberState {
  return member !== undefined && (member.view.kind === "present" || member.view.kind === "archived");
}

interface Stated {
  readonly policy: EntityPolicy;
  readonly one: Assessed;
  /** Links that the contract does not want on both sides. */
  readonly unwanted: ReadonlySet<LinkId>;
}

function isParentUnwanted(wait: Wait, unwanted: ReadonlySet<LinkId>): boolean {
  return "link" in wait.parent && unwanted.has(wait.parent.link);
}

function pairOf(world: World, stated: Stated): Pair | undefined {
  const { policy, one } = stated;
  const crm = memberIn(world, one, "crm");
  const erp = memberIn(world, one, "erp");
  if (!isThere(crm) || !isThere(erp)) return undefined;
  const fields = Object.keys(policy.fields);
  const isBase = (member: MemberState, field: string): boolean =>
    (member.base[field] ?? []).some((image) => isEqual(image, member.view.fields[field]));
  const label = labelOf(policy.entity, [crm.view, erp.view]);
  const agreed = fields.filter((field) => isBase(crm, field) && isBase(erp, field));
  return {
    link: one.bundle.id,
    label,
    crm: crm.view.fields,
    erp: erp.view.fields,
    agreed,
    reasons: reasonsOf(world, stated),
  };
}

/** Why a difference is there, from the decision as it would be taken now. */
function reasonsOf(world: World, stated: Stated): { readonly [field: string]: DifferenceReason } {
  const { policy, one, unwanted } = stated;
  const { plan, bundle } = one;
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
  for (const wait of plan.waits) {
    reasons[wait.field] = isParentUnwanted(wait, unwanted) ? "parent_not_wanted" : "waiting_for_parent";
  }
  for (const write of writes) for (const field of Object.keys(write.fields)) reasons[field] = "in_flight";
  for (const write of refused) for (const field of Object.keys(write.fields)) reasons[field] = "parked";
  for (const { field } of plan.conflicts) reasons[field] = "conflict";
  for (const field of bundle.openConflicts) reasons[field] = "conflict";
  for (const park of plan.parks) for (const field of Object.keys(park.problems)) reasons[field] = "parked";
  const whole = wholeReason(one);
  if (whole !== undefined) reasons["*"] = whole;
  if (policy.isProjection && writes.length > 0) reasons["*"] = "in_flight";
  return reasons;
}

function wholeReason({ plan, bundle, input }: Assessed): DifferenceReason | undefined {
  if (bundle.openTargets.length > 0 || bundle.marked !== null) return "in_flight";
  const kinds = Object.values(input.members).map(({ view }) => view.kind);
  if (kinds.includes("not_permitted") || kinds.includes("not_seen")) return "not_permitted";
  if (kinds.includes("out_of_scope")) return "out_of_scope";
  if (kinds.includes("deleted")) return "deleted_elsewhere";
  if (plan.verdict === "parked") return "parked";
  return undefined;
}

function missingOf(world: World, stated: Stated): Missing | undefined {
  const { policy, one } = stated;
  const crm = memberIn(world, one, "crm");
  const erp = memberIn(world, one, "erp");
  if (isThere(crm) === isThere(erp)) return undefined;
  // A deletion that was carried out as the contract says is done with: archived there, gone here.
  const isArchived = [crm, erp].some((member) => member?.view.kind === "archived");
  if (one.bundle.state === "ended" && (isArchived || policy.onDelete === "ignore")) return undefined;
  const missingOn: Role = isThere(crm) ? "erp" : "crm";
  const there = (isThere(crm) ? crm : erp) as MemberState;
  const label = labelOf(policy.entity, [there.view]);
  const target = world.sides.find(({ role }) => role === missingOn);
  const canCreate = target !== undefined && one.input.sides[target.id]?.canCreate === true;
  return { link: one.bundle.id, label, missingOn, reason: missingReason(world, stated, canCreate) };
}

function missingReason(world: World, stated: Stated, canCreate: boolean): Missing["reason"] {
  const { one, unwanted } = stated;
  const whole = wholeReason(one);
  if (whole !== undefined) return whole;
  const { writes, refused } = splitRefused(world, one);
  if (refused.length > 0) return "parked";
  if (writes.length > 0) return "in_flight";
  const blocking = one.plan.waits.filter(({ isBlocking }) => isBlocking);
  if (blocking.some((wait) => isParentUnwanted(wait, unwanted))) return "parent_not_wanted";
  if (blocking.length > 0) return "waiting_for_parent";
  if (one.plan.verdict === "not_wanted" || one.plan.verdict === "ended" || !canCreate) return "not_wanted";
  return "unknown";
}
