import type { EntityPolicy, ExternalId, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { ConsolidatedRow, Intent, RecordKey } from "../store/port.ts";
import type { Unmade } from "./apply-judge.ts";
import { assess } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { childrenOf } from "./consolidate-children.ts";
import { isRemaking, moveOf, remakingIntents } from "./consolidate-remake.ts";
import { linkOfLoose } from "./consolidate-unlinked.ts";
import { closeClusters } from "./duplicate-words.ts";
import type { PlanDocument, PlanWrite } from "./plan-document.ts";
import { matchFirst } from "./resolve.ts";
import { contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { intentAsPlanned } from "./undo-apply.ts";
import type { PlannedIntents } from "./undo-apply.ts";
import type { World } from "./world.ts";

/**
 * The intents of writes that consolidate records, or take that back: what the plan shows, on the versions it
 * was made for. A record whose link went into another meanwhile is written under that one. Before a loser is
 * merged or archived it is looked at once more what refers to it: something that came since the plan stays
 * nobody's orphan, since the write is then given up.
 */
export async function consolidationIntents(
  settling: Settling,
  policy: EntityPolicy,
  at: { readonly plan: PlanDocument; readonly writes: readonly PlanWrite[] },
): Promise<PlannedIntents> {
  const { world } = settling.session;
  const { plan, writes } = at;
  if (plan.consolidation?.isBack === true) {
    // Nothing is made in the place of a record that this plan makes again, from here on.
    await keepConsolidated(world, plan, plan.writes.filter(isRemaking));
    // What came back has its own link again before anything refers to it.
    if (!writes.some(isReturn)) for (const one of settling.policies) await matchFirst(settling.session, one);
  }
  if (writes.some(isRemaking)) return remakingIntents(settling, policy, at);
  const keys: RecordKey[] = writes.flatMap(({ target, entity, id }): RecordKey[] =>
    id === null ? [] : [{ connection: target, entity, id }],
  );
  for (const { connection, entity, survivor: id } of plan.consolidation?.moves ?? [])
    keys.push({ connection, entity, id });
  const links = await world.store.linksOf(keys);
  const context = await contextOf(settling, policy);
  const assessed = await assess(context, await world.store.loadBundles([...new Set(links.values())]));
  const byLink = new Map<LinkId, Assessed>(assessed.map((one) => [one.bundle.id, one]));
  const intents: Intent[] = [];
  const unmade = new Map<number, Unmade>();
  for (const write of writes) {
    const id = write.id as ExternalId;
    const link =
      links.get(recordName({ connection: write.target, entity: write.entity, id })) ??
      linkOfLoose(links, moveOf(plan, write));
    const one = link === undefined ? undefined : byLink.get(link);
    const reason = await whyNot(settling, { one, write, plan });
    if (one === undefined || reason !== null)
      unmade.set(write.number, { why: "moved", reason: reason ?? "", observation: null });
    else intents.push(intentFor(world, one, { plan, write }));
  }
  await keepConsolidated(world, plan, intents);
  return { intents, unmade };
}

/** The intent of a write; of a record that its link has as an alias, it says so. */
function intentFor(
  world: World,
  one: Assessed,
  at: { readonly plan: PlanDocument; readonly write: PlanWrite },
): Intent {
  const intent = intentAsPlanned(world, one, { ...at, undo: null });
  const own = one.bundle.members.find(({ connection }) => connection === intent.target);
  const alias = { connection: "person", version: null, fields: [], isAlias: true };
  return own?.id === intent.id ? intent : { ...intent, before: {}, causes: [alias] };
}

const isLoss = ({ kind }: Pick<PlanWrite, "kind">): boolean => kind === "merge" || kind === "archive";

const isReturn = ({ kind }: Pick<PlanWrite, "kind">): boolean => kind === "unmerge" || kind === "unarchive";

async function whyNot(
  settling: Settling,
  at: { readonly one: Assessed | undefined; readonly write: PlanWrite; readonly plan: PlanDocument },
): Promise<string | null> {
  const { one, write, plan } = at;
  const { world } = settling.session;
  if (one === undefined) return "it has no link any more";
  if (one.bundle.openTargets.includes(write.target)) return "a write of the record is under way";
  const move = moveOf(plan, write);
  if (!isLoss(write) || move === undefined || plan.consolidation?.isBack === true) return null;
  const { connection, entity, survivor, loser, way } = move;
  const [into] = await world.store.observationsOf([{ connection, entity, id: survivor }]);
  if (into?.kind !== "present" && into?.kind !== "archived")
    return `${connection}:${survivor}, which is to survive, is ${into?.kind ?? "not known"} now`;
  if (way === "merge") return null;
  // Read again just now: a child that was made since the plan would be left behind.
  const found = await childrenOf(world, { connection, entity, id: loser, link: one.bundle.id });
  const known = new Set(plan.consolidation?.left.map(({ link, target }) => `${link}\n${target}`));
  const late = found.find(
    ({ link, id }) =>
      !known.has(`${link ?? ""}\n${connection}`) &&
      !plan.consolidation?.left.some(({ label }) => label === `${connection}:${id}`),
  );
  return late === undefined ? null : `${connection}:${late.id} refers to it since the plan was made`;
}

/**
 * Says beforehand into what each loser goes: an archived one is shown as merged from then on. Of one that
 * comes back it says to which link: nothing is made in its place meanwhile, whoever dies.
 */
async function keepConsolidated(
  world: World,
  plan: PlanDocument,
  intents: readonly Pick<PlanWrite, "kind" | "target" | "id" | "link">[],
): Promise<void> {
  const { consolidation } = plan;
  if (consolidation === undefined) return;
  const { isBack } = consolidation;
  const rows = intents
    .filter((intent) => (isBack ? isReturn(intent) || isRemaking(intent) : isLoss(intent)))
    .flatMap((intent): readonly ConsolidatedRow[] => {
      const move = moveOf(plan, intent);
      if (move === undefined) return [];
      const { connection, entity, loser, survivor } = move;
      const body = { ...move, isBack } as never;
      return [
        { connection, entity, loser, survivor, plan: isBack ? (consolidation.of[0] ?? "") : plan.id, body },
      ];
    });
  if (rows.length > 0) await world.store.saveConsolidated(rows);
}

/** Follows what the systems show now, and says of each cluster what became of it. */
export async function endConsolidation({ settling, plan, made }: Ending): Promise<void> {
  const { consolidation } = plan;
  if (consolidation === undefined) return;
  const { world } = settling.session;
  for (const policy of settling.policies) await matchFirst(settling.session, policy);
  if (consolidation.isBack) {
    const again = plan.writes.filter((write) => isRemaking(write) && made.has(write.number));
    const moves = again.flatMap((write) => moveOf(plan, write) ?? []);
    await world.store.forgetConsolidated(
      moves.map(({ loser: id, connection, entity }) => ({ connection, entity, id })),
    );
  }
  const isWhole = plan.writes.every(({ number }) => made.has(number));
  if (isWhole) await closeClusters(world, { ...consolidation, plan: plan.id });
}

interface Ending {
  readonly settling: Settling;
  readonly plan: PlanDocument;
  readonly made: ReadonlySet<number>;
}
