import { closedBy, isBlank, isEqual } from "@crossfoot/kernel";
import type { ConnectionId, EntityPolicy, ExternalId, Fields, Json, LinkId, Value } from "@crossfoot/kernel";
import type { Connection } from "@crossfoot/connector-sdk";
import { assess } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { policiesOf } from "./closed-books.ts";
import { settlingOf } from "./command.ts";
import { childrenOf } from "./consolidate-children.ts";
import type { Child } from "./consolidate-children.ts";
import { ClusterUnknown, ConsolidationRefused } from "./consolidate-refusal.ts";
import { apartBy, automaticOf } from "./consolidate-words.ts";
import { gathered } from "./consolidate-unlinked.ts";
import type { DuplicateCluster } from "./duplicate-report.ts";
import { clusterById, openClusters, termsOfConsolidation } from "./duplicates.ts";
import type { ConsolidateRequest, RunOptions } from "./engine.ts";
import type { ConsolidationMove, PlanDocument, PlanWrite, UndoLeft } from "./plan-document.ts";
import { documentOf } from "./planning-compose.ts";
import { placeOf, restsOf, viewsOf } from "./planning-writes.ts";
import { matchFirst } from "./resolve.ts";
import { openSides, readAll, underLease } from "./session.ts";
import { contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { fullnessOfAll, survivingValue } from "./survivorship.ts";
import type { Candidate } from "./survivorship.ts";
import { abilitiesOf } from "./world.ts";
import type { World } from "./world.ts";

/** A write before it has its place in the plan. */
export type Unplaced = Omit<PlanWrite, "number" | "part">;

/** Writes of one cluster, part by part: values, then what refers to the losers, then the losers. */
interface Drafted {
  readonly parts: readonly (readonly Unplaced[])[];
  readonly moves: readonly ConsolidationMove[];
  readonly left: readonly UndoLeft[];
}

/**
 * Plans how the records of clusters become one, by survivorship of the contract: an ordinary plan that
 * `apply` carries out. First the survivors get their values; then, where a system does not join records by
 * itself, what refers to the losers refers to the survivors; then the losers are merged or archived. Reads
 * first. Rejects with ConsolidationRefused, or with ClusterUnknown.
 */
export async function planConsolidation(
  world: World,
  request: ConsolidateRequest,
  options: RunOptions = {},
): Promise<PlanDocument> {
  return underLease(world, { runId: null, options, lane: "poll", isAlone: true }, async (session) => {
    const opened = await openSides(session, { trusts: false });
    const policies = policiesOf(world, undefined);
    await readAll(session, { policies, mode: "incremental", deletions: new Map() });
    const settling = settlingOf(session, { policies, opened, options });
    for (const policy of policies) await matchFirst(session, policy);
    const clusters = await clustersAsked(world, request);
    const drafts: Drafted[] = [];
    for (const cluster of clusters) drafts.push(await draftOf(settling, cluster, request));
    const plan = await documentOf(settling, {
      entities: policies.map(({ entity }) => entity),
      writes: numbered(drafts.map(({ parts }) => parts)),
      ...{ conflicts: [], losses: [], parks: [], candidates: [], waits: [], demanded: [], verdicts: {} },
      whatIf: null,
      consolidation: {
        of: clusters.map(({ id }) => id),
        by: request.by,
        isBack: false,
        moves: drafts.flatMap(({ moves }) => moves),
        left: drafts.flatMap(({ left }) => left),
      },
    });
    await world.store.savePlan(plan.id, plan as unknown as Json);
    return plan;
  });
}

async function clustersAsked(
  world: World,
  request: ConsolidateRequest,
): Promise<readonly DuplicateCluster[]> {
  if (request.cluster === null) {
    const automatic = await automaticOf(world, await openClusters(world));
    if (automatic.length > 0) return automatic;
    throw new ConsolidationRefused(
      "no open cluster is as likely as `consolidation.automaticFrom` of the contract asks, linked, and " +
        "free of anybody's word; name one",
    );
  }
  const cluster = await clusterById(world, request.cluster);
  if (cluster === null)
    throw new ClusterUnknown(`no cluster is called ${request.cluster}; \`crossfoot duplicates\` lists them`);
  const apart = await apartBy(world, cluster);
  if (apart !== null) {
    const of = apart.id === cluster.id ? "its records" : `the same records (${apart.id})`;
    throw new ConsolidationRefused(`${apart.closedBy ?? "somebody"} said that ${of} are apart`);
  }
  return [cluster];
}

/**
 * Places writes: the parts of all clusters side by side, since each rests on what went before; within a
 * part by link, which is the order in which the store gives them out.
 */
export function numbered(drafts: readonly (readonly (readonly Unplaced[])[])[]): readonly PlanWrite[] {
  const depth = Math.max(0, ...drafts.map((parts) => parts.length));
  const parts = Array.from({ length: depth }, (_, at) => drafts.flatMap((draft) => draft[at] ?? []));
  const byEntity = parts.flatMap((part) => [...Map.groupBy(part, ({ entity }) => entity).values()]);
  return byEntity
    .flatMap((writes, at) =>
      writes
        .toSorted((a, b) => (a.link === b.link ? 0 : a.link < b.link ? -1 : 1))
        .map((write) => ({ ...write, part: at + 1 })),
    )
    .map((write, at) => ({ ...write, number: at + 1 }));
}

async function draftOf(
  settling: Settling,
  cluster: DuplicateCluster,
  request: ConsolidateRequest,
): Promise<Drafted> {
  const policy = settling.policies.find(({ entity }) => entity === cluster.entity);
  if (policy === undefined)
    throw new ConsolidationRefused(`${cluster.entity} is not switched on in the contract`);
  const { linked, loose } = await gathered(await contextOf(settling, policy), cluster);
  const busy = linked.find(({ bundle }) => bundle.openTargets.length > 0);
  if (busy !== undefined)
    throw new ConsolidationRefused(`a write of ${placeOf(busy).label} is under way; run first`);
  const survivor = survivorOf(linked, cluster, request);
  const losers = [...linked.filter((one) => one !== survivor), ...loose];
  const joining = { settling, policy, survivor, losers, loose };
  const { values, left } = valuesOf(joining, request);
  const moved = await movesOf(joining, values);
  return {
    parts: [values.flatMap(({ write }) => write), moved.children, moved.losers],
    moves: moved.moves,
    left: [...left, ...moved.left],
  };
}

/** The record that was asked for; else the one on most sides, then the fullest, then the first known. */
function survivorOf(
  decided: readonly Assessed[],
  cluster: DuplicateCluster,
  { survivor }: ConsolidateRequest,
): Assessed {
  const has = ({ bundle }: Assessed, name: string): boolean =>
    bundle.members.some(({ connection, id }) => `${connection}:${id}` === name);
  const sizes = new Map(
    decided.map((one) => [one, fullnessOfAll({ views: viewsOf(one), isSurvivor: false })]),
  );
  const ranked = decided.toSorted(
    (a, b) =>
      b.bundle.members.length - a.bundle.members.length ||
      (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0) ||
      placeInCluster(cluster, a) - placeInCluster(cluster, b),
  );
  const [best] = survivor === null ? ranked : ranked.filter((one) => has(one, survivor));
  if (best !== undefined) return best;
  const isOfIt = cluster.records.some(({ connection, id }) => `${connection}:${id}` === survivor);
  throw new ConsolidationRefused(
    isOfIt
      ? `${survivor} has no link of its own, so it cannot be what survives`
      : `${survivor ?? "it"} is no record of ${cluster.id}`,
  );
}

const placeInCluster = ({ records }: DuplicateCluster, { bundle }: Assessed): number =>
  records.findIndex(({ connection, id }) =>
    bundle.members.some((member) => member.connection === connection && member.id === id),
  );

interface Joining {
  readonly settling: Settling;
  readonly policy: EntityPolicy;
  readonly survivor: Assessed;
  readonly losers: readonly Assessed[];
  /** Those of the losers that have no link of their own. */
  readonly loose: readonly Assessed[];
}

interface SetValues {
  readonly target: ConnectionId;
  readonly before: Fields;
  readonly fields: Fields;
  readonly write: readonly Unplaced[];
}

const isThere = (one: Assessed, target: string): boolean => {
  const kind = one.input.members[target]?.view.kind;
  return kind === "present" || kind === "archived";
};

/** What the survivor's records get, by target; and what stays although another record says otherwise. */
function valuesOf(
  { settling, policy, survivor, losers }: Joining,
  request: ConsolidateRequest,
): { readonly values: readonly SetValues[]; readonly left: readonly UndoLeft[] } {
  const { world } = settling.session;
  const { survivorship = {} } = termsOfConsolidation(world, policy);
  const strange = Object.keys(request.take).filter((field) => policy.fields[field] === undefined);
  if (strange.length > 0)
    throw new ConsolidationRefused(`${policy.entity} have no field ${strange.join(", ")}: see --take`);
  const own = new Set([survivor, ...losers].map(({ bundle }): string => bundle.id));
  const all = [survivor, ...losers];
  const candidates = all.map((one): Candidate => ({ views: viewsOf(one), isSurvivor: one === survivor }));
  const set = new Map<ConnectionId, Record<string, Value>>();
  const left: UndoLeft[] = [];
  const open: string[] = [];
  for (const { field, kind, master, targets } of Object.values(policy.fields)) {
    if (field === policy.statusField || kind.kind === "collection") continue;
    const rule = survivorship[field] ?? survivorship["*"] ?? "survivor";
    const taken = request.take[field];
    const found = survivingValue(taken === undefined ? rule : "survivor", {
      field,
      master,
      candidates: taken === undefined ? candidates : candidatesOf(all, taken),
    });
    if (found === null) continue;
    if ("differs" in found) {
      open.push(field);
      continue;
    }
    // A record is not its own parent.
    if (
      JSON.stringify(found.value)
        .match(/"link":"([^"]+)"/)
        ?.some((text) => own.has(text)) === true
    )
      continue;
    for (const [target, { view }] of Object.entries(survivor.input.members)) {
      const shown = view.fields[field];
      const side = survivor.input.sides[target];
      const isShown = side?.reads.has(field) === true && isThere(survivor, target);
      if (!isShown || (shown !== undefined && isEqual(shown, found.value))) continue;
      const connection = target as ConnectionId;
      if (side.canUpdate && side.writes.has(field) && targets.includes(connection)) {
        set.set(connection, { ...set.get(connection), [field]: found.value });
        continue;
      }
      const reason = `the contract does not let it be written in ${target}: the survivor's value stands`;
      left.push({ ...placeOf(survivor), target: connection, field, why: "refused", reason });
    }
  }
  if (open.length > 0) {
    const asked = open.map((field) => `--take ${field}=<record>`).join(" ");
    throw new ConsolidationRefused(`the contract leaves ${open.join(", ")} to a person: ${asked}`);
  }
  const values = [...set].map(([target, fields]): SetValues => {
    const shown = survivor.input.members[target]?.view.fields ?? {};
    const before = Object.fromEntries(
      Object.keys(fields).flatMap((field): [string, Value][] => {
        const value = shown[field];
        return value === undefined ? [] : [[field, value]];
      }),
    );
    const write = asWrite(survivor, { target, kind: "update", fields, before });
    return { target, before, fields, write: [write] };
  });
  return { values, left };
}

/** Only the record that a person names for a field. */
function candidatesOf(all: readonly Assessed[], name: string): readonly Candidate[] {
  const views = all.flatMap(viewsOf).filter(({ connection, id }) => `${connection}:${id}` === name);
  if (views.length === 0) throw new ConsolidationRefused(`${name} is no record of the cluster`);
  return [{ views, isSurvivor: true }];
}

/** A write of a plan that no decision makes; it rests on what its target shows. */
export function asWrite(
  one: Assessed,
  at: {
    readonly target: ConnectionId;
    readonly kind: string;
    readonly id?: ExternalId;
    readonly fields?: Fields;
    readonly before?: Fields;
  },
): Unplaced {
  const { target, kind, fields = {}, before = {} } = at;
  const view = one.input.members[target]?.view;
  const id = at.id ?? view?.id ?? null;
  const names = Object.keys(fields);
  return {
    step: 0,
    ...placeOf(one),
    target,
    kind,
    id,
    precondition: id === view?.id ? (view?.version ?? null) : null,
    fields,
    before,
    transition: null,
    causes: [{ connection: "person", version: null, fields: names }],
    answers: [],
    follows: false,
    why: Object.fromEntries(names.map((name) => [name, { reason: "person_decided", winner: "person" }])),
    rests: restsOf(one).filter(({ connection }) => connection === target),
  };
}

interface Moved {
  readonly children: readonly Unplaced[];
  readonly losers: readonly Unplaced[];
  readonly moves: readonly ConsolidationMove[];
  readonly left: readonly UndoLeft[];
}

/** What becomes of the losers on each connection that has both them and a survivor. */
async function movesOf(joining: Joining, values: readonly SetValues[]): Promise<Moved> {
  const { settling, policy, survivor, losers, loose } = joining;
  const { world } = settling.session;
  const all = [survivor, ...losers];
  const children: Unplaced[] = [];
  const gone: Unplaced[] = [];
  const moves: ConsolidationMove[] = [];
  const left: UndoLeft[] = [];
  for (const side of world.sides) {
    const [first, ...others] = all.filter((one) => isThere(one, side.id));
    if (first === undefined || others.length === 0) continue;
    const way = wayOf(settling, policy, side.id);
    const survivorId = first.input.members[side.id]?.view.id as ExternalId;
    for (const one of others) {
      const id = one.input.members[side.id]?.view.id as ExternalId;
      // What has no link of its own is written under the survivor's.
      const from = loose.includes(one) ? survivor.bundle.id : one.bundle.id;
      const of = { connection: side.id, entity: policy.entity, id, link: from };
      const found = await childrenOf(world, of);
      const pointed =
        way === "merge"
          ? { writes: [], left: [] }
          : await repointed(settling, found, { from, to: first.bundle.id });
      children.push(...pointed.writes);
      left.push(...pointed.left);
      gone.push({ ...asWrite(one, { target: side.id, kind: way }), link: from });
      const set = first === survivor ? values.find(({ target }) => target === side.id) : undefined;
      moves.push({
        ...{ entity: policy.entity, connection: side.id, loser: id, survivor: survivorId, way },
        ...{ from, into: survivor.bundle.id },
        children: found.flatMap(({ link, policy: { entity }, id: childId, fields }) =>
          link === null || fields.length === 0 ? [] : [{ link, entity, id: childId, fields }],
        ),
        lost: writable(one, side.id),
        unwritable: unwritable(one, side.id),
        was: set?.before ?? {},
        became: set?.fields ?? {},
        counterparts: world.sides.flatMap(({ id: connection }) => {
          const view = one.input.members[connection]?.view;
          if (view === undefined || all.find((each) => isThere(each, connection)) !== one) return [];
          return [{ connection, id: view.id, shown: writable(one, connection) }];
        }),
      });
    }
  }
  if (gone.length === 0)
    throw new ConsolidationRefused("no system has two of these records: nothing is to be joined there");
  return { children, losers: gone, moves, left };
}

/** Values of a record that the system lets be written, without its state and its lists. */
function writable(one: Assessed, target: ConnectionId): Fields {
  const { policy, members, sides } = one.input;
  const shown = members[target]?.view.fields ?? {};
  return Object.fromEntries(
    Object.entries(shown).filter(([field]) => {
      const isPlain = policy.fields[field]?.kind.kind !== "collection" && field !== policy.statusField;
      return isPlain && sides[target]?.writes.has(field) === true;
    }),
  );
}

/** Fields that a record shows with a value and that are not written there. */
function unwritable(one: Assessed, target: ConnectionId): readonly string[] {
  const taken = writable(one, target);
  return Object.entries(one.input.members[target]?.view.fields ?? {}).flatMap(([field, value]) =>
    field in taken || isBlank(value) ? [] : [field],
  );
}

/** By the system's own merge where it has one, unless the contract says otherwise. */
function wayOf(
  { session: { world }, opened }: Settling,
  policy: EntityPolicy,
  id: ConnectionId,
): ConsolidationMove["way"] {
  const connection: Connection | undefined = opened.get(id);
  const abilities = connection === undefined ? undefined : abilitiesOf(connection, policy.entity);
  const role = world.sides.find((side) => side.id === id)?.role ?? "crm";
  const wanted = termsOfConsolidation(world, policy).by?.[role];
  if (abilities?.merge === true && wanted !== "archive") return "merge";
  if (abilities?.archive === true && abilities.update) return "archive";
  throw new ConsolidationRefused(`${id} can neither merge nor archive ${policy.entity}`);
}

/** Whether nobody may write a field any more: a document that was confirmed keeps its customer. */
export function isClosed({ input: { policy, members } }: Assessed, field: string): boolean {
  const own = policy.fields[field];
  if (own === undefined) return false;
  return closedBy(policy, own, (connection, name) => members[connection]?.view.fields[name]) !== null;
}

/** References of children to a record, to be written as references to another; and those that stay. */
async function repointed(
  settling: Settling,
  children: readonly Child[],
  { from, to }: { readonly from: LinkId; readonly to: LinkId },
): Promise<Pick<Moved, "left"> & { readonly writes: readonly Unplaced[] }> {
  const { world } = settling.session;
  const writes: Unplaced[] = [];
  const left: UndoLeft[] = [];
  for (const [policy, own] of Map.groupBy(children, (child) => child.policy)) {
    const links = [...new Set(own.flatMap(({ link }) => link ?? []))];
    const context = await contextOf(settling, policy);
    const decided = await assess(context, await world.store.loadBundles(links));
    for (const { connection: target, id, link, fields } of own) {
      const one = decided.find(({ bundle }) => bundle.id === link);
      const place = one === undefined ? null : placeOf(one);
      const leave = (field: string | null, reason: string): void => {
        const named = place ?? { link: link ?? from, entity: policy.entity, label: `${target}:${id}` };
        left.push({ ...named, target, field, why: "refused", reason });
      };
      const side = one?.input.sides[target];
      const plain = fields.filter((field) => policy.fields[field]?.kind.kind === "reference");
      const writable = plain.filter((field) => side?.canUpdate === true && side.writes.has(field));
      const taken = writable.filter((field) => one === undefined || !isClosed(one, field));
      if (one === undefined) leave(null, "it has no link: it goes on to refer to the loser");
      else if (fields.length === 0) leave(null, "by what is not mapped it goes on to refer to the loser");
      for (const field of fields.filter((each) => !taken.includes(each)))
        leave(
          field,
          writable.includes(field)
            ? "the contract closes it in this state: it goes on to refer to the loser"
            : `${target} does not let it be written: it goes on to refer to the loser`,
        );
      if (one === undefined || taken.length === 0) continue;
      const asLink = (named: LinkId): Fields =>
        Object.fromEntries(taken.map((field) => [field, { link: named }]));
      writes.push(asWrite(one, { target, kind: "update", id, fields: asLink(to), before: asLink(from) }));
    }
  }
  return { writes, left };
}
