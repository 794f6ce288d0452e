import type { ConnectionId, EntityName, LinkId } from "@crossfoot/kernel";
import { endConsolidation } from "./consolidate-apply.ts";
import { policiesOf } from "./closed-books.ts";
import { sendCanary } from "./apply-canary.ts";
import { refuseUnfit } from "./apply-refusal.ts";
import { applyPart, checkDrift, todoOf, waitABit } from "./apply-run.ts";
import type { Applying } from "./apply-run.ts";
import { runCommand } from "./command.ts";
import type { ApplyOptions, ApplySummary, RunSummary } from "./engine.ts";
import type { CanaryProblem, PlanDocument, PlanWrite, UnmadeWrite } from "./plan-document.ts";
import { guardOf } from "./planning-compose.ts";
import { decisionRecord, splitRefused } from "./record.ts";
import { matchFirst } from "./resolve.ts";
import { underLease } from "./session.ts";
import { assessBatch } from "./rematched.ts";
import { contextOf, probeEntity } from "./settle.ts";
import type { Settling } from "./settle.ts";
import type { World } from "./world.ts";

const batchSize = 200;

const isDirect = ({ answers }: PlanWrite): boolean => answers.length === 0;

/**
 * Does what a plan shows, in its order, and nothing else (INVARIANTS.md I18). A record that moved since is
 * not written; with `stop` nothing is written any more, and nothing at all when it had moved before the first
 * write. Each write that was made is marked in the commit of its outcome, so that the apply goes on where a
 * crash or a limit ended it, and a plan that was applied is never applied again. Rejects with PlanRefused.
 */
export async function applyPlan(
  world: World,
  plan: PlanDocument,
  options: ApplyOptions,
): Promise<ApplySummary> {
  await refuseUnfit(world, plan);
  const marks = await world.store.planMarks(plan.id);
  const made = new Set(marks.filter(({ state }) => state === "made").map(({ number }) => number));
  const appliedAt = (await world.store.loadPlan(plan.id))?.appliedAt ?? null;
  if (appliedAt !== null || plan.writes.every((write) => !isDirect(write) || made.has(write.number)))
    return doNothing(world, plan, { made, appliedAt, options });
  await world.store.setPlanState(plan.id, "applying");
  const before = countMade(plan, made);
  const canary: { problems: readonly CanaryProblem[] } = { problems: [] };
  let left: Applying | null = null;
  const only = entitiesOf(plan, options);
  const summary = await runCommand(
    world,
    {
      ...{ command: `apply ${plan.id}`, options: { ...options, only } },
      ...{ reads: true, lane: "poll", isAlone: true },
    },
    async (settling) => {
      const applying = start(settling, plan, { made, options });
      left = applying;
      canary.problems = await work(applying, options);
      if (plan.consolidation !== undefined) await endConsolidation(applying);
      await keepHarmless(settling, plan);
    },
  );
  const unmade = unmadeOf(plan, { applying: left, made });
  await world.store.setPlanState(plan.id, unmade.length === 0 ? "applied" : "stopped");
  return {
    ...summary,
    state: stateOf(summary, { unmade, canary: canary.problems, applying: left }),
    plan: plan.id,
    planned: plan.writes.filter(isDirect).length,
    applied: countMade(plan, made),
    appliedNow: countMade(plan, made) - before,
    unmade,
    canary: canary.problems,
    appliedAt: null,
  };
}

const countMade = (plan: PlanDocument, made: ReadonlySet<number>): number =>
  plan.writes.filter((write) => isDirect(write) && made.has(write.number)).length;

/** Entities that this apply reads and writes: those with planned writes, within what was asked for. */
function entitiesOf(plan: PlanDocument, { only }: ApplyOptions): readonly EntityName[] {
  // Whatever may refer to a record that is consolidated is read too: it may be there since the plan.
  const planned = new Set(
    plan.consolidation === undefined ? plan.writes.map(({ entity }) => entity) : plan.entities,
  );
  return plan.entities.filter((entity) => planned.has(entity) && only?.includes(entity) !== false);
}

/** A plan that was applied is not applied again: no system is asked anything. */
async function doNothing(
  world: World,
  plan: PlanDocument,
  at: {
    readonly made: ReadonlySet<number>;
    readonly appliedAt: string | null;
    readonly options: ApplyOptions;
  },
): Promise<ApplySummary> {
  const appliedAt = await underLease(world, { runId: null, options: at.options, lane: "poll" }, async () => {
    if (at.appliedAt === null) await world.store.setPlanState(plan.id, "applied");
    return (await world.store.loadPlan(plan.id))?.appliedAt ?? null;
  });
  const planned = plan.writes.filter(isDirect).length;
  // Nobody applied a plan without writes: that there was nothing to do is no second time.
  const isEmpty = planned === 0 && at.appliedAt === null;
  const nothing: RunSummary = {
    runId: "",
    state: "done",
    entities: [],
    troubles: [],
    guardStops: [],
    whyNothing: isEmpty
      ? "the plan has no writes: there is nothing to do"
      : `the plan was applied already (${appliedAt ?? ""}); a plan is applied once`,
    calls: Object.fromEntries(world.sides.map(({ id }) => [id, 0])),
    durationMs: 0,
  };
  const done = { plan: plan.id, planned, applied: countMade(plan, at.made), appliedNow: 0 };
  return { ...nothing, ...done, unmade: [], canary: [], appliedAt: isEmpty ? null : appliedAt };
}

function start(
  settling: Settling,
  plan: PlanDocument,
  at: { readonly made: Set<number>; readonly options: ApplyOptions },
): Applying {
  const { made, options } = at;
  const entities = new Set(settling.policies.map(({ entity }) => entity));
  const open = plan.writes.filter(
    (write) => entities.has(write.entity) && isDirect(write) && !made.has(write.number),
  );
  const links = new Set(open.map(({ link }) => link));
  // What comes back for records that an earlier apply of this plan made is made up for.
  const answered = plan.writes.filter(
    (write) => entities.has(write.entity) && !isDirect(write) && !made.has(write.number),
  );
  const limited = options.limit === undefined ? [...links] : [...links].slice(0, options.limit);
  const isDone = ({ link }: PlanWrite): boolean => !links.has(link);
  const scope = new Set<LinkId>([...limited, ...answered.filter(isDone).map(({ link }) => link)]);
  const demanded = new Map<LinkId, Set<ConnectionId>>();
  for (const { link, target } of plan.demanded)
    demanded.set(link, (demanded.get(link) ?? new Set<ConnectionId>()).add(target));
  return {
    settling,
    plan,
    onDrift: options.onDrift ?? "stop",
    scope,
    made,
    unmade: new Map(),
    demanded,
    created: new Map(),
    stop: null,
    waitMs: settling.waitMsMax,
  };
}

async function work(applying: Applying, options: ApplyOptions): Promise<readonly CanaryProblem[]> {
  const { settling, plan } = applying;
  const { session } = settling;
  const { store } = session.world;
  const [trouble] = session.troubles;
  if (trouble !== undefined) {
    applying.stop = `${trouble.connection} could not be read: ${trouble.failure.message}`;
    return [];
  }
  await settleDoubts(applying);
  // What was decided and not sent is decided again; what this plan does not ask for stays where it is.
  await store.markStored();
  await session.holding.withdraw(session.runId);
  for (const policy of settling.policies) await matchFirst(session, policy);
  if (!(await passesGuard(applying, options))) return [];
  if (!(await checkDrift(applying, todoOf(applying, plan.writes), { isFirst: true }))) return [];
  const began = new Set<EntityName>();
  for (const part of Map.groupBy(plan.writes, (write) => write.part).values()) {
    if (session.signal?.aborted === true) applying.stop ??= "it was asked to end";
    if (applying.stop !== null) return [];
    const [first] = todoOf(applying, part);
    if (first === undefined) continue;
    if (options.canary !== undefined && !began.has(first.entity)) {
      began.add(first.entity);
      const problems = await sendCanary(applying, part, options.canary);
      if (problems.length > 0) {
        applying.stop = "the first records did not come out as planned";
        return problems;
      }
      if (applying.stop !== null) return [];
    }
    await applyPart(applying, part);
    tell(applying, first);
  }
  return [];
}

function tell({ settling, plan, made }: Applying, { entity, target }: PlanWrite): void {
  const own = plan.writes.filter((write) => write.entity === entity && isDirect(write));
  const done = own.filter(({ number }) => made.has(number)).length;
  const message = `applying ${entity}`;
  settling.session.report({ phase: "send", entity, connection: target, done, total: own.length, message });
}

/** Asks what became of writes that an earlier apply of this plan left in doubt. */
async function settleDoubts(applying: Applying): Promise<void> {
  const { settling, plan } = applying;
  const { store } = settling.session.world;
  const links = [...new Set(plan.writes.map(({ link }) => link))];
  for (;;) {
    const own = (await store.intentsOf(links)).filter((intent) => intent.plan?.id === plan.id);
    for (const { plan: mark, state } of own)
      if (state === "settled" && mark !== null) applying.made.add(mark.number);
    const doubtful = own.filter(({ state }) => state === "in_doubt");
    if (doubtful.length === 0) return;
    for (const policy of settling.policies) await probeEntity(settling, policy);
    const left = (await store.intentsOf(links)).filter(
      ({ plan: mark, state }) => mark?.id === plan.id && state === "in_doubt",
    );
    if (left.length > 0 && !(await waitABit(applying, left.length))) return;
  }
}

/** The guard looks at all that the plan still has to write, before the first of it (INVARIANTS.md I15). */
async function passesGuard(applying: Applying, options: ApplyOptions): Promise<boolean> {
  const { settling, plan, made } = applying;
  const { store } = settling.session.world;
  const stops = await guardOf(
    settling,
    plan.writes.filter(({ number }) => !made.has(number)),
  );
  const row = await store.loadPlan(plan.id);
  if (stops.length === 0 || (row?.approvedBy ?? null) !== null) return true;
  if (options.approve?.plan === plan.id) {
    await store.approvePlan(plan.id, options.approve.by);
    return true;
  }
  settling.guardStops.push(...stops);
  applying.stop = "the guard stops it until somebody approves exactly this plan";
  return false;
}

/**
 * Stores the decisions that write nothing: conflicts, parks and agreements are then known, whatever became
 * of the plan.
 */
async function keepHarmless(settling: Settling, plan: PlanDocument): Promise<void> {
  const { session } = settling;
  const { store } = session.world;
  for (const policy of policiesOf(session.world, plan.entities)) {
    const context = await contextOf(settling, policy);
    let after: LinkId | null = null;
    for (;;) {
      const links: readonly LinkId[] = await store.dueLinks({
        entity: policy.entity,
        limit: batchSize,
        after,
      });
      if (links.length === 0) break;
      after = links.at(-1) ?? null;
      const decided = await assessBatch(session, context, links);
      const harmless = decided.filter((one) => splitRefused(session.world, one).writes.length === 0);
      const records = harmless.map((one) => decisionRecord(session.world, one));
      await session.holding.use((rights) => store.commitDecisions(records, session.runId, rights));
    }
  }
}

/** Every planned write that is not made, with the reason. */
function unmadeOf(
  plan: PlanDocument,
  at: { readonly applying: Applying | null; readonly made: ReadonlySet<number> },
): readonly UnmadeWrite[] {
  return plan.writes.flatMap((write) => {
    if (!isDirect(write) || at.made.has(write.number)) return [];
    const { number, link, entity, label, target, kind } = write;
    const known = at.applying?.unmade.get(number);
    const reason = at.applying?.stop ?? "it was not asked for";
    const why = known ?? { why: "left" as const, reason, observation: null };
    return [{ number, link, entity, label, target, kind, ...why }];
  });
}

function stateOf(
  summary: RunSummary,
  at: {
    readonly unmade: readonly UnmadeWrite[];
    readonly canary: readonly CanaryProblem[];
    readonly applying: Applying | null;
  },
): RunSummary["state"] {
  const has = (...whys: readonly UnmadeWrite["why"][]): boolean =>
    at.unmade.some(({ why }) => whys.includes(why));
  if (at.canary.length > 0 || summary.guardStops.length > 0 || has("moved")) return "stopped";
  if (summary.troubles.length > 0 && at.applying?.stop !== null) return "failed";
  return has("refused", "open", "held") ? "differences" : summary.state;
}
