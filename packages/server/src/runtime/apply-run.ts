import type { ConnectionId, EntityPolicy, LinkId } from "@crossfoot/kernel";
import type { Intent } from "../store/port.ts";
import { createdBy, driftOf, lookAgain, sightingsOf } from "./apply-drift.ts";
import { judge } from "./apply-judge.ts";
import type { Unmade } from "./apply-judge.ts";
import type { Assessed } from "./assess.ts";
import type { PlanDocument, PlanWrite } from "./plan-document.ts";
import { decisionRecord } from "./record.ts";
import { assessBatch } from "./rematched.ts";
import { contextOf, probeEntity, sendTo } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { consolidationIntents } from "./consolidate-apply.ts";
import { undoIntents } from "./undo-apply.ts";

/** Pause between two looks at writes that wait for an answer or for another try, ms. */
const pauseMs = 150;

/** A record that changes while it is decided is decided this often. */
const triesMax = 3;

/** An apply on its way. */
export interface Applying {
  readonly settling: Settling;
  readonly plan: PlanDocument;
  readonly onDrift: "stop" | "skip";
  /** Records that this apply may write. */
  readonly scope: ReadonlySet<LinkId>;
  /** Numbers of writes that are made, of earlier applies of the plan too. */
  readonly made: Set<number>;
  /** Why writes that came up were not made. */
  readonly unmade: Map<number, Unmade>;
  /** Records that planned documents need, by connection. */
  readonly demanded: ReadonlyMap<LinkId, ReadonlySet<ConnectionId>>;
  /** Members that creates of this plan make, by entity. */
  readonly created: Map<string, ReadonlyMap<LinkId, ReadonlySet<ConnectionId>>>;
  /** Why nothing more is written, once that is so. */
  stop: string | null;
  /** How long this apply may still wait for answers, ms. */
  waitMs: number;
}

/** Writes that this apply still has to make: in its scope, not made, and not given up. */
export function todoOf(applying: Applying, writes: readonly PlanWrite[]): readonly PlanWrite[] {
  return writes.filter(
    ({ number, link }) =>
      applying.scope.has(link) && !applying.made.has(number) && !applying.unmade.has(number),
  );
}

const isDirect = ({ answers }: PlanWrite): boolean => answers.length === 0;

/** Connections on which this plan has written to each record. */
function ownWrites(applying: Applying, links: ReadonlySet<LinkId>): ReadonlyMap<LinkId, Set<ConnectionId>> {
  const own = new Map<LinkId, Set<ConnectionId>>();
  for (const { number, link, target } of applying.plan.writes) {
    if (!links.has(link) || !applying.made.has(number)) continue;
    own.set(link, (own.get(link) ?? new Set<ConnectionId>()).add(target));
  }
  return own;
}

/**
 * Compares what these writes rest on with what the systems show now, and gives up those that moved. Answers
 * false when nothing more may be written.
 */
export async function checkDrift(
  applying: Applying,
  writes: readonly PlanWrite[],
  at: { readonly isFirst: boolean },
): Promise<boolean> {
  const { settling } = applying;
  const direct = writes.filter(isDirect);
  const missing = await lookAgain(settling, direct, at);
  if (missing === null) {
    const trouble = settling.session.troubles.at(-1);
    const what = trouble?.connection ?? "a system";
    applying.stop = `${what} could not be asked: ${trouble?.failure.message ?? ""}`;
    return false;
  }
  const views = direct.flatMap(({ rests }) => rests);
  const sighted = { seen: await sightingsOf(settling, views), missing: new Set(missing) };
  const own = ownWrites(applying, new Set(direct.map(({ link }) => link)));
  const drifted = new Map<LinkId, Unmade>();
  for (const write of direct) {
    const drift = driftOf(write, sighted, own.get(write.link) ?? new Set());
    if (drift !== null && !drifted.has(write.link)) drifted.set(write.link, { why: "moved", ...drift });
  }
  for (const { number, link } of direct) {
    const drift = drifted.get(link);
    if (drift !== undefined) giveUp(applying, number, drift);
  }
  return applying.stop === null;
}

/** Notes why a write is not made; one that moved ends an apply that is to stop there. */
function giveUp(applying: Applying, number: number, unmade: Unmade): void {
  applying.unmade.set(number, unmade);
  if (unmade.why === "moved" && applying.onDrift === "stop")
    applying.stop ??= `write ${number} moved: ${unmade.reason}`;
}

/** Writes one part of a plan, or the records of it that are given: what is sent, then what comes back. */
export async function applyPart(applying: Applying, part: readonly PlanWrite[]): Promise<void> {
  const direct = todoOf(applying, part).filter(isDirect);
  if (!(await checkDrift(applying, direct, { isFirst: false }))) return;
  await decideAndSend(applying, todoOf(applying, direct));
  if (applying.stop !== null) return;
  const there = new Set(part.filter(({ number }) => applying.made.has(number)).map(({ link }) => link));
  const answers = todoOf(applying, part).filter((write) => !isDirect(write) && there.has(write.link));
  await decideAndSend(applying, answers);
}

/**
 * Decides the records of these writes anew, stores what the plan allows, and sends it stage by stage. A
 * record that another worker brought news of meanwhile is decided once more.
 */
async function decideAndSend(
  applying: Applying,
  writes: readonly PlanWrite[],
  tries: number = triesMax,
): Promise<void> {
  const [first] = writes;
  const { settling } = applying;
  const policy = settling.policies.find(({ entity }) => entity === first?.entity);
  if (first === undefined || policy === undefined) return;
  const { undo, consolidation, repair } = applying.plan;
  if ((undo ?? consolidation ?? repair) !== undefined) return sendAsPlanned(applying, policy, writes);
  const judged = await decideLinks(applying, policy, writes);
  // A record that moved ends the part before anything of it is stored.
  if (applying.stop !== null || judged.length === 0) return;
  const { session } = settling;
  const records = judged.map(({ one, numbers }) => {
    const record = decisionRecord(session.world, one);
    const { id, writes: planned } = applying.plan;
    const intents = record.intents.map((intent, at) => {
      const number = numbers[at] ?? 0;
      // Claims go by step, then by record: with the plan's own steps that is the order of the plan.
      return { ...intent, step: planned[number - 1]?.step ?? intent.step, plan: { id, number } };
    });
    return { ...record, intents };
  });
  const links = await session.holding.use((rights) =>
    session.world.store.commitDecisions(records, session.runId, rights),
  );
  const stored = new Set(links);
  const intents = records.filter(({ link }) => stored.has(link)).flatMap((record) => record.intents);
  for (const keys of stagesOf(applying, intents)) await sendStage(applying, policy, { keys, intents });
  await noteOutcomes(applying, intents);
  const stale = new Set(records.map(({ link }) => link).filter((link) => !stored.has(link)));
  const again = writes.filter(({ link }) => stale.has(link));
  if (again.length > 0 && tries > 1) return decideAndSend(applying, again, tries - 1);
  const reason = "it kept changing while it was decided";
  for (const { number } of again) giveUp(applying, number, { why: "moved", reason, observation: null });
}

/** Stores what the plan of an undo, a consolidation or a repair shows, and sends it stage by stage. */
async function sendAsPlanned(
  applying: Applying,
  policy: EntityPolicy,
  writes: readonly PlanWrite[],
): Promise<void> {
  const { plan, settling } = applying;
  const { intents, unmade } =
    plan.consolidation === undefined
      ? await undoIntents(settling, policy, { plan, writes })
      : await consolidationIntents(settling, policy, { plan, writes });
  for (const [number, why] of unmade) giveUp(applying, number, why);
  if (applying.stop !== null || intents.length === 0) return;
  const { session } = settling;
  await session.world.store.storeIntents(intents, session.runId, session.holding.rights());
  for (const keys of stagesOf(applying, intents)) await sendStage(applying, policy, { keys, intents });
  await noteOutcomes(applying, intents);
}

interface Allowed {
  readonly one: Assessed;
  readonly numbers: readonly number[];
}

async function decideLinks(
  applying: Applying,
  policy: EntityPolicy,
  writes: readonly PlanWrite[],
): Promise<readonly Allowed[]> {
  const { settling, plan } = applying;
  const { world } = settling.session;
  const links = [...new Set(writes.map(({ link }) => link))];
  const known = new Set(links);
  const hidden = writes.some(({ follows }) => follows) ? new Map() : createdIn(applying, policy);
  const context = { ...(await contextOf(settling, policy)), demanded: applying.demanded, hidden };
  const own = ownWrites(applying, known);
  const ofLink = Map.groupBy(
    plan.writes.filter(({ link }) => known.has(link)),
    ({ link }) => link,
  );
  const assessed = new Map(
    (await assessBatch(settling.session, context, links)).map((one) => [one.bundle.id, one]),
  );
  const allowed: Allowed[] = [];
  for (const link of links) {
    const one = assessed.get(link);
    const expected = writes.filter((write) => write.link === link && isDirect(write));
    if (one === undefined) {
      const reason = "the record was joined with another";
      for (const { number } of expected)
        giveUp(applying, number, { why: "moved", reason, observation: null });
      continue;
    }
    const answers = (ofLink.get(link) ?? []).filter((write) => !isDirect(write));
    const judged = judge(world, one, { writes: expected, answers, own: own.get(link) ?? new Set() });
    for (const [number, unmade] of judged.unmade) giveUp(applying, number, unmade);
    if (judged.numbers !== null && judged.numbers.length > 0) allowed.push({ one, numbers: judged.numbers });
  }
  return allowed;
}

function createdIn(
  applying: Applying,
  { entity }: EntityPolicy,
): ReadonlyMap<LinkId, ReadonlySet<ConnectionId>> {
  const known = applying.created.get(entity) ?? createdBy(applying.plan.writes, entity);
  applying.created.set(entity, known);
  return known;
}

/** Keys of intents that may be sent together, in the order of the plan. */
function stagesOf(applying: Applying, intents: readonly Intent[]): readonly (readonly string[])[] {
  const { writes } = applying.plan;
  const sorted = intents.toSorted((a, b) => (a.plan?.number ?? 0) - (b.plan?.number ?? 0));
  const stages = Map.groupBy(
    sorted,
    ({ target, plan }) => `${target}\n${writes[(plan?.number ?? 1) - 1]?.step ?? 0}`,
  );
  return [...stages.values()].map((stage) => stage.map(({ key }) => key));
}

/** Sends one stage and waits until each of its writes has an outcome, as long as there is time to wait. */
async function sendStage(
  applying: Applying,
  policy: EntityPolicy,
  at: { readonly keys: readonly string[]; readonly intents: readonly Intent[] },
): Promise<void> {
  const { settling } = applying;
  const { session } = settling;
  const { world } = session;
  const wanted = new Set(at.keys);
  const stage = at.intents.filter(({ key }) => wanted.has(key));
  const [first] = stage;
  if (first === undefined) return;
  const links = stage.map(({ link }) => link);
  for (;;) {
    if (session.signal?.aborted === true || session.away.has(first.target)) return;
    await sendTo(settling, policy, { target: first.target, keys: at.keys });
    await probeEntity(settling, policy);
    const states = await world.store.intentsOf(links);
    const open = states.filter(({ key, state }) => wanted.has(key) && isWaiting(state));
    if (open.length === 0 || !(await waitABit(applying, open.length))) return;
  }
}

const isWaiting = (state: Intent["state"]): boolean => state === "stored" || state === "in_doubt";

/** Waits for writes in doubt or to be retried; false when the time for that is over. */
export async function waitABit(applying: Applying, count: number): Promise<boolean> {
  if (applying.waitMs <= 0) return false;
  applying.waitMs -= pauseMs;
  const { session } = applying.settling;
  const message = `${count} writes wait for an answer or for another try`;
  session.report({ phase: "wait", entity: null, connection: null, done: 0, total: count, message });
  return session.world.sleep(pauseMs, session.signal);
}

/** What became of the intents of these writes. */
async function noteOutcomes(applying: Applying, intents: readonly Intent[]): Promise<void> {
  const { store } = applying.settling.session.world;
  const known = new Map(
    (await store.intentsOf(intents.map(({ link }) => link))).map((one) => [one.key, one]),
  );
  for (const { key, plan } of intents) {
    if (plan === null) continue;
    const now = known.get(key);
    if (now?.state === "settled") {
      applying.made.add(plan.number);
      applying.unmade.delete(plan.number);
    } else giveUp(applying, plan.number, unmadeOf(now));
  }
}

function unmadeOf(intent: Intent | undefined): Unmade {
  const observation = null;
  // Later steps are taken back when an earlier one does not settle.
  if (intent === undefined)
    return { why: "held", reason: "an earlier step of the record was not made", observation };
  const { state, failure, target, id } = intent;
  if (state === "refused" && failure?.failure === "stale") {
    const seen = id === null ? null : { connection: target, id };
    return { why: "moved", reason: `${target} changed it while it was being written`, observation: seen };
  }
  if (state === "refused" || state === "parked") {
    const said = failure === null ? "" : `: ${failure.message} (${failure.code})`;
    return { why: "refused", reason: `${target} did not take it${said}`, observation };
  }
  const reason =
    state === "in_doubt" || state === "sending"
      ? "it was sent, and it is not known yet whether it landed"
      : `it has to be tried again${failure === null ? "" : `: ${failure.message} (${failure.code})`}`;
  return { why: "open", reason, observation };
}
