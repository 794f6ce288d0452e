import type { EntityPolicy, LinkId } from "@crossfoot/kernel";
import { entities, isEntityName } from "@crossfoot/model";
import type { AssessContext, Assessed } from "./assess.ts";
import type { PlanDocument } from "./plan-document.ts";
import { composePlan } from "./planning-compose.ts";
import type { Draft, Members } from "./planning-writes.ts";
import { promised } from "./sendable.ts";
import { assessBatch, contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import type { World } from "./world.ts";

const batchSize = 200;
/**
 * Passes over the entities: a child may demand a parent, which may demand its own; deeper chains do not
 * exist here.
 */
const passesMax = 6;

function note<Member>(members: Map<LinkId, Set<Member>>, link: LinkId, member: Member): void {
  members.set(link, (members.get(link) ?? new Set()).add(member));
}

/**
 * Makes the plan of everything that is due: the same decisions that a run would take, without storing an
 * intent. Parents that a planned create will bring are taken as there for their children, and a parent that
 * a planned child demands is planned too.
 */
export async function makePlan(settling: Settling): Promise<PlanDocument> {
  const draft: Draft = {
    decided: new Map(),
    planned: new Map(),
    demanded: new Map(),
    demanders: new Map(),
  };
  const size = (): number => sizeOf(draft.demanded) + sizeOf(draft.planned);
  for (let pass = 0; pass < passesMax; pass += 1) {
    const before = size();
    for (const policy of settling.policies) await planEntity(settling, policy, { draft, pass });
    if (pass > 0 && size() === before) break;
  }
  return composePlan(settling, draft);
}

const sizeOf = (members: Members): number =>
  [...members.values()].reduce((total, connections) => total + connections.size, 0);

async function planEntity(
  settling: Settling,
  policy: EntityPolicy,
  at: { readonly draft: Draft; readonly pass: number },
): Promise<void> {
  const { session } = settling;
  const { draft } = at;
  const context: AssessContext = {
    ...(await contextOf(settling, policy)),
    planned: plannedBefore(settling, draft, policy),
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
    for (const assessed of await assessBatch(session, context, batch)) keep(session.world, draft, assessed);
    const message = `planning ${policy.entity}`;
    session.report({ phase: "decide", entity: policy.entity, connection: null, done, total, message });
  }
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
