import { isEqual } from "@crossfoot/kernel";
import type { EntityName, EntityPolicy, LinkId, MemberState } from "@crossfoot/kernel";
import {
  composeStatement,
  entities,
  isEntityName,
  normalOf,
  proveFields,
  settlingCommand,
  stateEntity,
  treeOf,
} from "@crossfoot/model";
import type {
  EntityProof,
  EntityStatement,
  FootedDocument,
  Missing,
  Pair,
  Role,
  Statement,
  TreeLeaf,
} from "@crossfoot/model";
import { assess, labelOf } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import { canonicalFields } from "./canonical.ts";
import { recordName } from "../store/port.ts";
import type { ProofLeaf, StoredObservation } from "../store/port.ts";
import { isThere, memberOfRole, proofMeasure, refreshProofs } from "./prove.ts";
import { historiesOf, linkThen, newcomerThen, pairThen, readingGaps } from "./statement-as-of.ts";
import type { CutOff } from "./cut-off.ts";
import type { CutOffNotes } from "./statement-as-of.ts";
import {
  accountNames,
  companyDocumentOf,
  documentOf,
  leadNames,
  newcomerDocument,
} from "./statement-documents.ts";
import { missingReason, reasonsOf, unwantedParents } from "./statement-reasons.ts";
import type { Known, Stated } from "./statement-reasons.ts";
import { isDecidedUnder } from "./terms.ts";
import { sideOf } from "./world.ts";
import type { World } from "./world.ts";

const batchSize = 200;
/** Leaves read at once. */
const leavesMax = 10_000;
const totalFields = ["net", "tax", "gross", "openBalance"];

/**
 * Makes the statement from what both systems last showed, or from what they showed at a cut-off, as far as
 * that is known.
 * Brings the hash trees up to date; asks no system.
 */
export async function makeStatement(
  world: World,
  contexts: readonly AssessContext[],
  cutOff: CutOff | null,
): Promise<Statement> {
  await refreshProofs(world);
  const parks = await parksByLink(world);
  const twins = await twinsByRecord(world);
  const terms = await world.store.listTerms();
  const documents: FootedDocument[] = [];
  const companyDocuments: FootedDocument[] = [];
  const stated: EntityStatement[] = [];
  // Entities come parents first: what the contract does not want of the parents explains their children.
  const unwanted = new Set<LinkId>();
  const notes: CutOffNotes = { unknown: [], since: [], byStamp: 0 };
  for (const context of contexts) {
    if (cutOff !== null && !isCutOff(context.policy.entity)) continue;
    if (cutOff !== null) notes.unknown.push(...(await readingGaps(world, context.policy.entity, cutOff)));
    const { entity, found } = await stateOne(world, context, {
      ...{ unwanted, parks, twins, cutOff, notes },
      isDecided: isDecidedUnder(world, context.policy, terms),
      away: new Set(world.sides.flatMap(({ id }) => (context.opened.has(id) ? [] : [id]))),
    });
    stated.push(entity);
    documents.push(...found.documents);
    companyDocuments.push(...found.companyDocuments);
  }
  return composeStatement({
    madeAt: new Date(world.clock.now()).toISOString(),
    contract: world.contractHash,
    entities: stated,
    documents,
    companyDocuments,
    asOf: cutOff === null ? null : { ...notes, day: cutOff.day, at: new Date(cutOff.at).toISOString() },
    accounts: await accountNames(world, [...documents, ...companyDocuments]),
    names: await leadNames(world, stated),
  });
}

/** What is known beside the links of an entity. */
interface Standing extends Known {
  readonly unwanted: Set<LinkId>;
  /** What a newcomer may be the same as, by its name. */
  readonly twins: ReadonlyMap<string, string>;
  /** Null for a statement of now. */
  readonly cutOff: CutOff | null;
  readonly notes: CutOffNotes;
}

/** Entities whose documents have a day on which books are cut off. */
const isCutOff = (entity: EntityName): boolean => entity === "orders" || entity === "invoices";

/** Records that newcomers may be the same as, by the newcomer's name, where there is one of each. */
async function twinsByRecord({ store }: World): Promise<Standing["twins"]> {
  const candidates = await store.listCandidates();
  const members = await store.membersOf(
    candidates.flatMap(({ links }) => links) as unknown as readonly LinkId[],
  );
  const twins = new Map<string, string>();
  for (const candidate of candidates) {
    const others = members.filter(
      ({ link, connection, isAlias }) =>
        candidate.links.includes(link) && connection !== candidate.connection && !isAlias,
    );
    const [other] = others;
    if (other !== undefined && others.length === 1)
      twins.set(recordName(candidate), `${other.connection}:${other.id}`);
  }
  return twins;
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
  readonly companyDocuments: FootedDocument[];
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
    companyDocuments: [],
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
    const all = await assess(context, await world.store.loadBundles(open));
    for (const link of await unwantedParents(world, all, at.unwanted)) at.unwanted.add(link);
    for (const { one, past } of await atCutOff(world, context, { all, at })) {
      const { pair, gap } = sidesOf(world, { policy, one, ...at }, past);
      if (pair !== undefined) {
        const { crm, erp } = pair;
        const { digest } = world.entropy;
        found.pairs.push(pair);
        found.leaves.push({
          link: pair.link,
          ...proveFields({ fields: Object.keys(policy.fields), crm, erp, digest }),
        });
      }
      if (gap !== undefined) found.missing.push(gap);
      found.documents.push(...documentOf(world, { policy, one: past ?? one, pair, gap }));
      found.companyDocuments.push(...companyDocumentOf(policy, pair));
      if (gap?.reason === "not_wanted" || gap?.reason === "parent_not_wanted") at.unwanted.add(one.bundle.id);
    }
  }
}

/** A link as it is, and as it was at the cut-off of a statement that has one. */
interface Turned {
  readonly one: Assessed;
  readonly past: Assessed | null;
}

/** Those links that are part of the statement. */
async function atCutOff(
  world: World,
  context: AssessContext,
  { all, at }: { readonly all: readonly Assessed[]; readonly at: Standing },
): Promise<readonly Turned[]> {
  const { cutOff, notes } = at;
  if (cutOff === null) return all.map((one) => ({ one, past: null }));
  const { entity } = context.policy;
  const records = all.flatMap(({ bundle }) => bundle.members.map((member) => ({ ...member, entity })));
  const histories = await historiesOf(world, records);
  const turned: Turned[] = [];
  for (const one of all) {
    const then = await linkThen(context, one, { histories, cutOff, notes });
    if (then.is === "in") turned.push({ one, past: then.one });
  }
  return turned;
}

/** What both sides show of a link, or the one that alone has it. */
function sidesOf(
  world: World,
  stated: Stated,
  past: Assessed | null,
): { readonly pair: Pair | undefined; readonly gap: Missing | undefined } {
  const pair = pairOf(world, stated);
  const gap = missingOf(world, stated);
  if (past === null) return { pair, gap };
  const reasons = reasonsOf(world, stated);
  const own = pairOf(world, { ...stated, one: past });
  const isEqualNow = (now: Pair, field: string): boolean => {
    const [crm, erp] = [now.crm[field], now.erp[field]];
    return crm !== undefined && erp !== undefined && normalOf(crm) === normalOf(erp);
  };
  const then = own === undefined ? undefined : pairThen({ ...own, reasons }, pair, isEqualNow);
  const alone = missingOf(world, { ...stated, one: past });
  if (alone === undefined) return { pair: then, gap: undefined };
  const { entity, id: record } = past.bundle;
  const reason = gap?.reason ?? "settled_since";
  const command = settlingCommand({ reason, entity, record, field: null, parks: [] });
  return { pair: then, gap: { ...alone, reason, command: gap?.command ?? command } };
}

/** Digits of the paths of the nodes that a statement shows: 256 at most. */
const shownDigits = 2;

async function proofOf(
  world: World,
  policy: EntityPolicy,
  { pairs, leaves }: Found,
): Promise<Omit<EntityProof, "recordsApart" | "fieldsApart">> {
  const measure = proofMeasure(world, policy);
  const { withinMs } = measure;
  const state = await world.store.proofState(policy.entity, measure);
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
  const stored = await world.store.unlinkedOf(policy.entity);
  const newcomers = stored.filter(({ connection }) => world.sides.some(({ id }) => id === connection));
  const shownThen = await newcomersThen(world, policy, { newcomers, at });
  const shownNow = at.cutOff === null ? newcomers : [...shownThen.values()];
  const labels = await newcomerLabels(world, policy, shownNow);
  for (const newcomer of newcomers) {
    const { role } = sideOf(world, newcomer.connection);
    const shown = at.cutOff === null ? newcomer : shownThen.get(recordName(newcomer));
    if (shown === undefined) continue;
    const reason = newcomer.resolution === "candidate" ? "candidate" : "waiting_for_parent";
    const record = `${newcomer.connection}:${newcomer.id}`;
    const label = labels.get(recordName(newcomer)) ?? record;
    const missingOn = role === "crm" ? "erp" : "crm";
    const { entity } = policy;
    const twin = at.twins.get(recordName(newcomer));
    const command = settlingCommand({ reason, entity, record, field: null, parks: [], twin });
    missing.push({ link: null, label, missingOn, reason, command });
    found.documents.push(
      ...(await newcomerDocument(world, policy, { newcomer: shown, role, label, reason, command })),
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
    ...(at.cutOff === null ? { proof: await proofOf(world, policy, found) } : {}),
  });
  return { entity, found };
}

/** What people call records without a link, beside their names in their systems; by those. */
async function newcomerLabels(
  world: World,
  policy: EntityPolicy,
  newcomers: readonly StoredObservation[],
): Promise<ReadonlyMap<string, string>> {
  const read = await canonicalFields(world, policy, newcomers);
  return new Map(
    read.map(({ record, fields }) => {
      const { connection, id } = record;
      const place = `${connection}:${id}`;
      const label = labelOf(policy.entity, [{ connection, id, fields }]);
      return [recordName(record), label === place ? place : `${label} (${place})`];
    }),
  );
}

/** Records without a link that were there at the cut-off, as they were, by name. */
async function newcomersThen(
  world: World,
  policy: EntityPolicy,
  { newcomers, at }: { readonly newcomers: readonly StoredObservation[]; readonly at: Standing },
): Promise<ReadonlyMap<string, StoredObservation>> {
  const { cutOff, notes } = at;
  if (cutOff === null) return new Map();
  const histories = await historiesOf(world, newcomers);
  const { entity } = policy;
  const shown = newcomers.flatMap(
    (newcomer) => newcomerThen(newcomer, { histories, cutOff, notes, entity }) ?? [],
  );
  const read = await canonicalFields(world, policy, shown);
  return new Map(
    read
      .filter(({ fields }) => typeof fields["date"] !== "string" || fields["date"] <= cutOff.day)
      .map(({ record }) => [recordName(record), record]),
  );
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
