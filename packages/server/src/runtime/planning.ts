import { canonicalBytes, checkGuard } from "@crossfoot/kernel";
import type {
  ConnectionId,
  EntityPolicy,
  Fields,
  LinkId,
  PlannedWrite,
  Value,
  View,
} from "@crossfoot/kernel";
import { entities, isEntityName } from "@crossfoot/model";
import { labelOf } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import type { PlanDocument, PlanWrite } from "./engine.ts";
import { planHash, splitRefused } from "./record.ts";
import { assessBatch, contextOf } from "./settle.ts";
import type { Permit, Settling } from "./settle.ts";
import type { World } from "./world.ts";

const batchSize = 200;
/**
 * Passes over the entities: a child may demand a parent, which may demand its own; deeper chains do not
 * exist here.
 */
const passesMax = 6;

type Members = Map<LinkId, Set<ConnectionId>>;

/** Everything decided for a plan, by link, in the order of entities. */
interface Draft {
  readonly decided: Map<LinkId, Assessed>;
  readonly planned: Members;
  readonly demanded: Members;
}

function note(members: Members, link: LinkId, connection: ConnectionId): boolean {
  const known = members.get(link) ?? new Set<ConnectionId>();
  if (known.has(connection)) return false;
  known.add(connection);
  members.set(link, known);
  return true;
}

/**
 * Makes the plan of everything that is due: the same decisions that a run would take, without storing an
 * intent. Parents that a planned create will bring are taken as there for their children, and a parent that
 * a planned child demands is planned too.
 */
export async function makePlan(settling: Settling): Promise<PlanDocument> {
  const draft: Draft = { decided: new Map(), planned: new Map(), demanded: new Map() };
  for (let pass = 0; pass < passesMax; pass += 1) {
    const before = draft.demanded.size + draft.planned.size;
    for (const policy of settling.policies) await planEntity(settling, policy, { draft, pass });
    if (pass > 0 && draft.demanded.size + draft.planned.size === before) break;
  }
  return composePlan(settling, draft);
}

async function planEntity(
  settling: Settling,
  policy: EntityPolicy,
  at: { readonly draft: Draft; readonly pass: number },
): Promise<void> {
  const { session } = settling;
  const { draft } = at;
  const context: AssessContext = {
    ...(await contextOf(settling, policy)),
    planned: othersThan(draft, policy.entity),
    demanded: draft.demanded,
  };
  const links =
    at.pass === 0
      ? null
      : [...draft.decided.values()].filter((one) => isOpen(one, policy)).map((one) => one.bundle.id);
  const total = links?.length ?? (await session.world.store.countDue(policy.entity));
  let after: LinkId | null = null;
  let done = 0;
  for (;;) {
    const batch: readonly LinkId[] =
      links === null
        ? await session.world.store.dueLinks(policy.entity, batchSize, after)
        : links.slice(done, done + batchSize);
    if (batch.length === 0) return;
    after = batch.at(-1) ?? null;
    done += batch.length;
    for (const assessed of await assessBatch(session, context, batch)) keep(draft, assessed);
    const message = `planning ${policy.entity}`;
    session.report({ phase: "decide", entity: policy.entity, connection: null, done, total, message });
  }
}

/** Members planned in other entities: within one entity a run sends all creates before it decides again. */
function othersThan(draft: Draft, entity: string): Members {
  return new Map([...draft.planned].filter(([link]) => draft.decided.get(link)?.bundle.entity !== entity));
}

/** Worth deciding again in a later pass: it waits for somebody, or somebody waits for it. */
function isOpen(one: Assessed, policy: EntityPolicy): boolean {
  return (
    one.bundle.entity === policy.entity && (one.plan.waits.length > 0 || one.plan.verdict === "not_wanted")
  );
}

function keep(draft: Draft, assessed: Assessed): void {
  draft.decided.set(assessed.bundle.id, assessed);
  for (const write of assessed.plan.writes) {
    if (write.kind === "create") note(draft.planned, assessed.bundle.id, write.target);
  }
  const { entity } = assessed.bundle;
  if (!isEntityName(entity) || !entities[entity].isDocument) return;
  for (const wait of assessed.plan.waits) {
    if (wait.isBlocking && "link" in wait.parent) note(draft.demanded, wait.parent.link, wait.target);
  }
}

const viewsOf = (one: Assessed): readonly View[] => Object.values(one.input.members).map(({ view }) => view);

function planWrite(one: Assessed, write: PlannedWrite, answers: readonly string[] = []): PlanWrite {
  const { target, kind, id, precondition, fields, transition, causes } = write;
  const label = labelOf(one.bundle.entity, viewsOf(one));
  const plain = causes as unknown as PlanWrite["causes"];
  return {
    link: one.bundle.id,
    entity: one.bundle.entity,
    label,
    target,
    kind,
    id,
    precondition,
    fields,
    transition,
    causes: plain,
    answers,
  };
}

/**
 * What comes back after a create: fields that the system where it is made will give (its number, its
 * state). Their values cannot be planned; which fields and whereto can, and an apply writes no others.
 */
function answerWrites(one: Assessed): readonly PlanWrite[] {
  return one.plan.writes.flatMap((write) => {
    if (write.kind !== "create") return [];
    const made = one.input.sides[write.target];
    return Object.entries(one.input.members).flatMap(([connection, { view }]) => {
      const target = connection as ConnectionId;
      const side = one.input.sides[target];
      const answers = Object.values(one.input.policy.fields)
        .filter(({ field, writers, targets }) => {
          const comes =
            writers.includes(write.target) && targets.includes(target) && write.fields[field] === undefined;
          return comes && made?.reads.has(field) === true && side?.writes.has(field) === true;
        })
        .map(({ field }) => field);
      if (answers.length === 0 || target === write.target) return [];
      const causes: PlannedWrite["causes"] = [{ connection: write.target, version: null, fields: answers }];
      const back = {
        target,
        kind: "update",
        id: view.id,
        precondition: null,
        fields: {},
        transition: null,
        causes,
      } as const;
      return [planWrite(one, back, answers)];
    });
  });
}

/**
 * References left out of a planned write, since their record is planned too: written once that one is
 * there.
 */
function followUps(draft: Draft, one: Assessed): readonly PlanWrite[] {
  const late = new Map<ConnectionId, Record<string, Value>>();
  for (const wait of one.plan.waits) {
    if (wait.isBlocking || !("link" in wait.parent)) continue;
    if (draft.planned.get(wait.parent.link)?.has(wait.target) !== true) continue;
    const isThere =
      one.input.members[wait.target] !== undefined || draft.planned.get(one.bundle.id)?.has(wait.target);
    const value = viewsOf(one).find((view) => view.connection !== wait.target)?.fields[wait.field];
    if (isThere !== true || value === undefined) continue;
    late.set(wait.target, { ...late.get(wait.target), [wait.field]: value });
  }
  return [...late].map(([target, fields]: [ConnectionId, Fields]) => {
    const id = one.input.members[target]?.view.id ?? null;
    const causes: PlannedWrite["causes"] = [];
    return planWrite(one, {
      target,
      kind: "update",
      id,
      precondition: null,
      fields,
      transition: null,
      causes,
    });
  });
}

async function composePlan(settling: Settling, draft: Draft): Promise<PlanDocument> {
  const { world } = settling.session;
  const all = [...draft.decided.values()];
  const writes = all.flatMap((one) => [
    ...splitRefused(world, one).writes.map((write) => planWrite(one, write)),
    ...followUps(draft, one),
    ...answerWrites(one),
  ]);
  const candidates = await world.store.listCandidates();
  const parks = await world.store.listParks();
  const verdicts: Record<string, Record<string, number>> = {};
  for (const { bundle, plan } of all) {
    const counts = (verdicts[bundle.entity] ??= {});
    counts[plan.verdict] = (counts[plan.verdict] ?? 0) + 1;
  }
  const head = {
    contract: world.contractHash,
    mappings: Object.fromEntries(world.sides.map((side) => [side.id, side.mappingHash])),
    writes,
    conflicts: all.flatMap((one) =>
      one.plan.conflicts.map(({ field, reason }) => ({ ...place(one), field, reason })),
    ),
    parks: [
      ...all.flatMap((one) =>
        one.plan.parks.map((park) => ({ ...place(one), reason: park.reason, detail: detailOf(park) })),
      ),
      ...parks
        .filter(({ link }) => link === null || !draft.decided.has(link))
        .map((park) => ({
          link: park.link,
          entity: park.entity,
          label: `${park.connection ?? ""}:${park.externalId ?? "?"}`,
          reason: park.reason,
          detail: park.failure?.message ?? detailOf(park),
        })),
    ],
    candidates: candidates.map(({ entity, connection, id, links }) => ({ entity, connection, id, links })),
    waits: all.flatMap((one) =>
      one.plan.waits
        .filter(({ isBlocking }) => isBlocking)
        .map(({ field, target }) => ({ ...place(one), field, target })),
    ),
    verdicts,
    calls: callsOf(settling, writes),
    guardStops: await guardOf(settling, writes),
    troubles: settling.session.troubles.map(({ connection, entity, failure }) => {
      return { connection, entity, code: failure.code, message: failure.message };
    }),
  };
  const id = `p-${world.entropy.digest(canonicalBytes(head)).slice(0, 20)}`;
  return { id, madeAt: new Date(world.clock.now()).toISOString(), ...head };
}

function place(one: Assessed): { link: LinkId; entity: string; label: string } {
  return { link: one.bundle.id, entity: one.bundle.entity, label: labelOf(one.bundle.entity, viewsOf(one)) };
}

function detailOf(park: {
  readonly problems: { readonly [field: string]: { readonly expected: string } };
}): string {
  return Object.entries(park.problems)
    .map(([field, { expected }]) => `${field}: expected ${expected}`)
    .join("; ");
}

function callsOf(settling: Settling, writes: readonly PlanWrite[]): PlanDocument["calls"] {
  const groups = new Map<string, number>();
  for (const { target, entity } of writes)
    groups.set(`${target}\n${entity}`, (groups.get(`${target}\n${entity}`) ?? 0) + 1);
  const calls: Record<string, number> = {};
  for (const [name, count] of groups) {
    const [target, entity] = name.split("\n") as [ConnectionId, string];
    const batch = settling.opened.get(target)?.manifest.entities[entity]?.writeBatchMax ?? 1;
    calls[target] = (calls[target] ?? 0) + Math.ceil(count / Math.max(batch, 1));
  }
  return calls;
}

async function guardOf(
  settling: Settling,
  writes: readonly PlanWrite[],
): Promise<PlanDocument["guardStops"]> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { entity, kind } of writes) {
    const kinds = (counts[entity] ??= {});
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  const { world } = settling.session;
  const linked = Object.fromEntries((await world.store.counts()).map(({ entity, live }) => [entity, live]));
  const guarded = settling.policies.filter(({ isProjection }) => !isProjection).map(({ entity }) => entity);
  const relevant = Object.fromEntries(Object.entries(counts).filter(([entity]) => guarded.includes(entity)));
  return checkGuard(relevant, linked, world.guard);
}

/** True when the plan's own hash is that of its content: nobody has edited the file. */
export function isPlanIntact(digest: (text: string) => string, plan: PlanDocument): boolean {
  const { id, madeAt: _madeAt, ...head } = plan;
  return id === `p-${digest(canonicalBytes(head)).slice(0, 20)}`;
}

/** What an apply follows: which writes are allowed, and which of them were decided. */
export interface Following {
  readonly permit: Permit;
  /** Writes that the world no longer calls for, or calls for differently. */
  readonly unplanned: Map<LinkId, string>;
  readonly decided: Set<string>;
}

/** Name of a write within a plan: its link and its hash. */
export const nameOf = (link: LinkId, hash: string): string => `${link}\n${hash}`;

/**
 * Follows a plan: a decision passes when every write of it stands in the plan, with the version that was
 * seen.
 */
export function followPlan(world: World, plan: PlanDocument, onDrift: "stop" | "skip"): Following {
  const planned = new Map<string, PlanWrite>();
  const answers = new Map<string, readonly string[]>();
  for (const write of plan.writes) {
    if (write.answers.length > 0) answers.set(nameOf(write.link, write.target), write.answers);
    else planned.set(nameOf(write.link, planHash(world, write)), write);
  }
  const isAnswer = (link: LinkId, write: PlannedWrite | undefined): boolean => {
    const fields = answers.get(nameOf(link, write?.target ?? ""));
    return (
      write?.kind === "update" && Object.keys(write.fields).every((field) => fields?.includes(field) === true)
    );
  };
  const unplanned = new Map<LinkId, string>();
  const decided = new Set<string>();
  const permit: Permit = (assessed, writes) => {
    if (onDrift === "stop" && unplanned.size > 0) return writes.length === 0;
    const link = assessed.bundle.id;
    const names = writes.map((write) => nameOf(link, planHash(world, write)));
    for (const [index, name] of names.entries()) {
      const known = planned.get(name);
      const write = writes[index];
      const isMoved =
        known !== undefined && known.precondition !== null && known.precondition !== write?.precondition;
      if (known !== undefined && (!isMoved || decided.has(name))) continue;
      if (known === undefined && isAnswer(link, write)) continue;
      unplanned.set(
        link,
        isMoved ? "the target changed after the plan was made" : "the world calls for another write now",
      );
      return false;
    }
    for (const name of names) decided.add(name);
    return true;
  };
  return { permit, unplanned, decided };
}

/**
 * Planned writes that were not made, with the reason. `made` names the writes that the store knows as
 * settled.
 */
export function movedWrites(
  world: World,
  at: {
    readonly plan: PlanDocument;
    readonly following: Following;
    readonly made: ReadonlySet<string>;
    readonly refused: ReadonlySet<string>;
  },
): readonly (PlanWrite & { readonly reason: string })[] {
  return at.plan.writes.flatMap((write) => {
    const name = nameOf(write.link, planHash(world, write));
    if (at.made.has(name) || at.refused.has(name) || write.answers.length > 0) return [];
    const known = at.following.unplanned.get(write.link);
    const pending = at.following.decided.has(name)
      ? "it was sent and has not settled"
      : "the world no longer calls for it";
    return [{ ...write, reason: known ?? pending }];
  });
}
