import type { EntityPolicy, LinkId } from "@crossfoot/kernel";
import { entities, isEntityName } from "@crossfoot/model";
import type { AssessContext, Assessed } from "./assess.ts";
import type { PlanDocument } from "./plan-document.ts";
import { composePlan } from "./planning-compose.ts";
import type { Draft, Members } from "./planning-writes.ts";
import { promised } from "./sendable.ts";
import { assessBatch } from "./rematched.ts";
import { contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import type { World } from "./world.ts";

const batchSize = 200;
/**
 * Passes over the entities: a child may demand a parent, which may demand its own; deeper chains do not
 * exist here.
 */
const passesMax = 6;

/** What a draft is made of: which links of an entity are looked at, and how they are decided. */
export interface DraftSource {
  /** The next links of an entity, in an order of their own. */
  readonly links: (policy: EntityPolicy, limit: number, after: LinkId | null) => Promise<readonly LinkId[]>;
  /** How many there are, for the progress. */
  readonly count: (policy: EntityPolicy) => Promise<number | null>;
  readonly decide: (context: AssessContext, links: readonly LinkId[]) => Promise<readonly Assessed[]>;
  /** Whether deciding brings up other links: one that was joined with another makes that one due. */
  readonly isGrowing: boolean;
  /** Whether a decision is worth keeping. */
  readonly isKept: (one: Assessed) => boolean;
}

function note<Member>(members: Map<LinkId, Set<Member>>, link: LinkId, member: Member): void {
  members.set(link, (members.get(link) ?? new Set()).add(member));
}

/**
 * Makes the plan of everything that is due: the same decisions that a run would take, without storing an
 * intent. Parents that a planned create will bring are taken as there for their children, and a parent that
 * a planned child demands is planned too.
 */
export async function makePlan(settling: Settling): Promise<PlanDocument> {
  const { store } = settling.session.world;
  const draft = await draftPlan(settling, {
    links: ({ entity }, limit, after) => store.dueLinks({ entity, limit, after }),
    count: ({ entity }) => store.countDue(entity),
    decide: (context, links) => assessBatch(settling.session, context, links),
    isGrowing: true,
    isKept: () => true,
  });
  return composePlan(settling, draft);
}

/** Decides all that a plan is made of, pass by pass, until no planned record brings another. */
export async function draftPlan(settling: Settling, source: DraftSource): Promise<Draft> {
  const draft: Draft = {
    decided: new Map(),
    planned: new Map(),
    demanded: new Map(),
    demanders: new Map(),
  };
  const size = (): number => sizeOf(draft.demanded) + sizeOf(draft.planned);
  for (let pass = 0; pass < passesMax; pass += 1) {
    const before = size();
    for (const policy of settling.policies) await planEntity(settling, policy, { draft, source, pass });
    if (pass > 0 && size() === before) break;
  }
  return draft;
}

const sizeOf = (members: Members): number =>
  [...members.values()].reduce((total, connections) => total + connections.size, 0);

async function planEntity(
  settling: Settling,
  policy: EntityPolicy,
  at: { readonly draft: Draft; readonly source: DraftSource; readonly pass: number },
): Promise<void> {
  const { session } = settling;
  const { draft, source } = at;
  const context: AssessContext = {
    ...(await contextOf(settling, policy)),
    planned: plannedBefore(settling, draft, policy),
    demanded: draft.demanded,
  };
  const total = at.pass === 0 ? await source.count(policy) : null;
  let done = 0;
  const decide = async (batch: readonly LinkId[]): Promise<void> => {
    done += batch.length;
    for (const assessed of await source.decide(context, batch)) {
      if (source.isKept(assessed)) keep(session.world, draft, assessed);
    }
    const message = `planning ${policy.entity}`;
    session.report({ phase: "decide", entity: policy.entity, connection: null, done, total, message });
  };
  let after: LinkId | null = null;
  while (at.pass === 0 || source.isGrowing) {
    const batch: readonly LinkId[] = await source.links(policy, batchSize, after);
    if (batch.length === 0) break;
    after = batch.at(-1) ?? null;
    const fresh = batch.filter((link) => !draft.decided.has(link));
    if (fresh.length > 0) await decide(fresh);
  }
  const open = [...draft.decided.values()]
    .filter((one) => isOpen(one, policy))
    .map(({ bundle }) => bundle.id);
  const woken = [...(await wokenBy(settling, draft, policy)), ...(await calledUp(settling, draft, policy))];
  const again = [...new Set([...(at.pass === 0 ? [] : open), ...woken])];
  for (let from = 0; from < again.length; from += batchSize)
    await decide(again.slice(from, from + batchSize));
}

/**
 * Records that are not due and wait for one that is planned by now: a run decides them when it is there. A
 * planned record of their own entity completes them later.
 */
async function wokenBy(settling: Settling, draft: Draft, policy: EntityPolicy): Promise<readonly LinkId[]> {
  if (draft.planned.size === 0) return [];
  const waiters = await settling.session.world.store.waitersOf([...draft.planned.keys()]);
  return waiters
    .filter(({ link, entity }) => entity === policy.entity && !draft.decided.has(link))
    .map(({ link }) => link);
}

/**
 * Records that are not due and without which a planned document cannot go on: what was not wanted before may
 * be wanted for its sake, as a run marks it.
 */
async function calledUp(settling: Settling, draft: Draft, policy: EntityPolicy): Promise<readonly LinkId[]> {
  const undecided = [...draft.demanded.keys()].filter((link) => !draft.decided.has(link));
  if (undecided.length === 0) return [];
  const members = await settling.session.world.store.membersOf(undecided);
  return members.filter(({ entity }) => entity === policy.entity).map(({ link }) => link);
}

/**
 * Members planned in entities that come before this one: their records are there by the time an apply comes
 * to it. Within one entity all creates are sent before anything is decided again.
 */
function plannedBefore({ policies }: Settling, draft: Draft, { entity }: EntityPolicy): Members {
  const names = policies.map((policy) => policy.entity);
  const before = new Set(names.slice(0, names.indexOf(entity)));
  return new Map(
    [...draft.planned].filter(([link]) => before.has(draft.decided.get(link)?.bundle.entity ?? "")),
  );
}

/** Worth deciding again in a later pass: it waits for somebody, or somebody waits for it. */
function isOpen(one: Assessed, policy: EntityPolicy): boolean {
  return (
    one.bundle.entity === policy.entity && (one.plan.waits.length > 0 || one.plan.verdict === "not_wanted")
  );
}

function keep(world: World, draft: Draft, assessed: Assessed): void {
  const { id, entity } = assessed.bundle;
  draft.decided.set(id, assessed);
  for (const write of promised(world, assessed).writes) {
    if (write.kind === "create") note(draft.planned, id, write.target);
  }
  if (!isEntityName(entity) || !entities[entity].isDocument) return;
  for (const wait of assessed.plan.waits) {
    if (!wait.isBlocking || !("link" in wait.parent)) continue;
    note(draft.demanded, wait.parent.link, wait.target);
    note(draft.demanders, wait.parent.link, id);
  }
}
