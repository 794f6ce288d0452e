import { closedIn, isEqual } from "@crossfoot/kernel";
import type { EntityName, EntityPolicy, LinkId, MemberState, Wait } from "@crossfoot/kernel";
import {
  composeStatement,
  entities,
  isEntityName,
  proveFields,
  settlingCommand,
  stateEntity,
  treeOf,
} from "@crossfoot/model";
import type {
  DifferenceReason,
  EntityProof,
  EntityStatement,
  FootedDocument,
  Missing,
  Pair,
  Role,
  Statement,
  TreeLeaf,
} from "@crossfoot/model";
import { assess, isTakenBack, labelOf } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import type { ProofLeaf } from "../store/port.ts";
import { isThere, memberOfRole, provenForMs, refreshProofs } from "./prove.ts";
import { standingOn } from "./statement-as-of.ts";
import { accountNames, documentOf, newcomerDocument } from "./statement-documents.ts";
import { splitRefused } from "./record.ts";
import type { World } from "./world.ts";

const batchSize = 200;
/** Leaves read at once. */
const leavesMax = 10_000;
const totalFields = ["net", "tax", "gross", "openBalance"];

/**
 * Makes the statement from what both systems last showed, or of a day that is past as far as that is known.
 * Brings the hash trees up to date; asks no system.
 */
export async function makeStatement(
  world: World,
  contexts: readonly AssessContext[],
  asOf: string | null,
): Promise<Statement> {
  await refreshProofs(world);
  const parks = await parksByLink(world);
  const documents: FootedDocument[] = [];
  const stated: EntityStatement[] = [];
  // Entities come parents first: what the contract does not want of the parents explains their children.
  const unwanted = new Set<LinkId>();
  const unknown: string[] = [];
  for (const context of contexts) {
    if (asOf !== null && !isCutOff(context.policy.entity)) continue;
    const { entity, found } = await stateOne(world, context, { unwanted, parks, asOf, unknown });
    stated.push(entity);
    documents.push(...found.documents);
  }
  return composeStatement({
    madeAt: new Date(world.clock.now()).toISOString(),
    contract: world.contractHash,
    entities: stated,
    documents,
    asOf: asOf === null ? null : { day: asOf, unknown },
    accounts: await accountNames(world, documents),
  });
}

/** What is known beside the links of an entity. */
interface Standing {
  /** Links that the contract does not want on both sides. */
  readonly unwanted: Set<LinkId>;
  /** Open dead letters by link. */
  readonly parks: ReadonlyMap<LinkId, readonly string[]>;
  /** Cut-off day; null for a statement of now. */
  readonly asOf: string | null;
  /** What of that day is not known. */
  readonly unknown: string[];
}

/** Entities whose documents have a day on which books are cut off. */
const isCutOff = (entity: EntityName): boolean => entity === "orders" || entity === "invoices";

/** Whether a link is part of the statement; what nobody knows of the day is noted. */
function isPartOf({ asOf, unknown }: Standing, one: Assessed): boolean {
  if (asOf === null) return true;
  const standing = standingOn(one, asOf);
  if (standing.is === "unknown") unknown.push(standing.why);
  return standing.is === "in";
}

async function parksByLink({ store }: World): Promise<Standing["parks"]> {
  const parks = new Map<LinkId, string[]>();
  for (const { link, parkId } of await store.listParks())
    if (link !== null) parks.set(link, [...(parks.get(link) ?? []), parkId]);
  return parks;
}

/** What was found of one entity. */
interface Found {
  readonly pairs: Pair[];
  readonly missing: Missing[];
  /** Leaves of all pairs: those that are known to be equal, and what the others show now. */
  readonly leaves: TreeLeaf[];
  readonly known: { pairs: number; fields: number };
  readonly documents: FootedDocument[];
}

/** Leaves of pairs that need no comparing, since both sides are known to be equal. */
async function knownEqual(world: World, entity: EntityName): Promise<ReadonlyMap<LinkId, ProofLeaf>> {
  const equal = new Map<LinkId, ProofLeaf>();
  for (let after: LinkId | null = null; ;) {
    const leaves: readonly ProofLeaf[] = await world.store.proofLeaves(entity, leavesMax, after);
    for (const leaf of leaves) if (leaf.crm === leaf.erp) equal.set(leaf.link, leaf);
    after = leaves.at(-1)?.link ?? null;
    if (leaves.length < leavesMax) return equal;
  }
}

/** Documents are looked at one by one, since their amounts are added up; of the rest what may differ. */
async function lookAt(world: World, context: AssessContext, at: Standing): Promise<Found> {
  const { policy } = context;
  const { entity } = policy;
  const isSummed = isEntityName(entity) && entities[entity].isDocument;
  const equal = isSummed ? new Map<LinkId, ProofLeaf>() : await knownEqual(world, entity);
  const found: Found = {
    pairs: [],
    missing: [],
    leaves: [...equal.values()],
    known: { pairs: 0, fields: 0 },
    documents: [],
  };
  for (const { compared } of equal.values()) {
    found.known.pairs += 1;
    found.known.fields += compared;
  }
  for (let after: LinkId | null = null; ;) {
    const links: readonly LinkId[] = await world.store.linksOfEntity(entity, batchSize, after);
    if (links.length === 0) return found;
    after = links.at(-1) ?? null;
    const open = links.filter((link) => !equal.has(link));
    for (const one of await assess(context, await world.store.loadBundles(open))) {
      if (!isPartOf(at, one)) continue;
      const pair = pairOf(world, { policy, one, ...at });
      if (pair !== undefined) {
        const { crm, erp } = pair;
        const { digest } = world.entropy;
        found.pairs.push(pair);
        found.leaves.push({
          link: pair.link,
          ...proveFields({ fields: Object.keys(policy.fields), crm, erp, digest }),
        });
      }
      const gap = missingOf(world, { policy, one, ...at });
      if (gap !== undefined) found.missing.push(gap);
      found.documents.push(...documentOf(world, { policy, one, pair, gap }));
      if (gap?.reason === "not_wanted" || gap?.reason === "parent_not_wanted") at.unwanted.add(one.bundle.id);
    }
  }
}

/** Digits of the paths of the nodes that a statement shows: 256 at most. */
const shownDigits = 2;

async function proofOf(world: World, entity: EntityName, { pairs, leaves }: Found): Promise<EntityProof> {
  const withinMs = provenForMs(world);
  const state = await world.store.proofState(entity, withinMs);
  const nodes = treeOf(leaves, world.entropy.digest);
  const root = nodes.find(({ path }) => path === "") ?? { crm: "", erp: "" };
  const { oldest, records, recordsEqual, recordsProven, fields, fieldsProven } = state;
  const label = pairs.find(({ link }) => link === oldest?.link)?.label ?? "";
  return {
    ...{ withinMs, records, recordsEqual, recordsProven, fields, fieldsProven },
    oldest: oldest === null ? null : { ...oldest, label },
    root: { crm: root.crm, erp: root.erp },
    nodes: nodes.filter(({ path }) => path.length === shownDigits),
  };
}

async function stateOne(
  world: World,
  context: AssessContext,
  at: Standing,
): Promise<{ readonly entity: EntityStatement; readonly found: Found }> {
  const { policy } = context;
  const found = await lookAt(world, context, at);
  const { pairs, missing, known } = found;
  for (const newcomer of await world.store.unlinkedOf(policy.entity)) {
    const role = world.sides.find(({ id }) => id === newcomer.connection)?.role;
    if (role === undefined) continue;
    if (at.asOf !== null) {
      at.unknown.push(`${policy.entity} ${newcomer.connection}:${newcomer.id}: it has no link yet`);
      continue;
    }
    const reason = newcomer.resolution === "candidate" ? "candidate" : "waiting_for_parent";
    const label = `${newcomer.connection}:${newcomer.id}`;
    const missingOn = role === "crm" ? "erp" : "crm";
    const { entity } = policy;
    const command = settlingCommand({ reason, entity, record: label, field: null, parks: [] });
    missing.push({ link: null, label, missingOn, reason, command });
    found.documents.push(
      ...(await newcomerDocument(world, policy, { newcomer, role, label, reason, command })),
    );
  }
  const fields = Object.values(policy.fields);
  const isMoney = (field: string): boolean => policy.fields[field]?.kind.kind === "money";
  const entity = stateEntity({
    entity: policy.entity,
    fields,
    pairs,
    known,
    missing,
    totalFields: totalFields.filter(isMoney),
    ...(at.asOf === null ? { proof: await proofOf(world, policy.entity, found) } : {}),
  });
  return { entity, found };
}

interface Stated {
  readonly policy: EntityPolicy;
  readonly one: Assessed;
  /** Links that the contract does not want on both sides. */
  readonly unwanted: ReadonlySet<LinkId>;
  readonly parks: Standing["parks"];
}

function isParentUnwanted(wait: Wait, unwanted: ReadonlySet<LinkId>): boolean {
  return "link" in wait.parent && unwanted.has(wait.parent.link);
}

function pairOf(world: World, stated: Stated): Pair | undefined {
  const { policy, one } = stated;
  const crm = memberOfRole(world, one.input.members, "crm");
  const erp = memberOfRole(world, one.input.members, "erp");
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
    systems: { crm: systemOf(world, "crm"), erp: systemOf(world, "erp") },
    parks: stated.parks.get(one.bundle.id) ?? [],
  };
}

const systemOf = (world: World, role: Role): string =>
  world.sides.find((side) => side.role === role)?.system ?? "";

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
  const crm = memberOfRole(world, one.input.members, "crm");
  const erp = memberOfRole(world, one.input.members, "erp");
  if (isThere(crm) === isThere(erp)) return undefined;
  // A deletion that was carried out as the contract says is done with: archived there, gone here.
  const isArchived = [crm, erp].some((member) => member?.view.kind === "archived");
  if (one.bundle.state === "ended" && (isArchived || policy.onDelete === "ignore")) return undefined;
  const missingOn: Role = isThere(crm) ? "erp" : "crm";
  const there = (isThere(crm) ? crm : erp) as MemberState;
  const label = labelOf(policy.entity, [there.view]);
  const target = world.sides.find(({ role }) => role === missingOn);
  const canCreate = target !== undefined && one.input.sides[target.id]?.canCreate === true;
  const reason = missingReason(world, stated, canCreate);
  const { id: link, entity } = one.bundle;
  const record = reason === "deleted_elsewhere" ? `${there.view.connection}:${there.view.id}` : link;
  const parks = stated.parks.get(link) ?? [];
  const command = settlingCommand({ reason, entity, record, field: null, parks });
  return { link, label, missingOn, reason, command };
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
