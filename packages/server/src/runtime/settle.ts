import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName, EntityPolicy, GuardStop, LinkId, Verdict } from "@crossfoot/kernel";
import { assess } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import { isSweptWhole } from "./epoch.ts";
import { guardedSince, passesGuard } from "./guarded.ts";
import { observedRecord } from "./observing.ts";
import type { ObservedRecord, Observes } from "./observing.ts";
import { probeDue } from "./probe.ts";
import { decisionRecord, splitRefused } from "./record.ts";
import { rematched } from "./rematched.ts";
import { matchRecords } from "./resolve.ts";
import { sendDue } from "./send.ts";
import { noteTrouble } from "./world.ts";
import type { DueWork, Intent, Readiness, Rights } from "../store/port.ts";
import { covers } from "./holding.ts";
import { isEntityPaused } from "./pausing.ts";
import { Patience } from "./others.ts";
import type { Session } from "./world.ts";

/** Links decided in one commit: one SQL round trip per stage, about 20 ms of the embedded store. */
const batchSize = 200;
/**
 * Decisions with writes that are kept while the guard looks at all of them, some 20 MB; more are made
 * again.
 */
const keptMax = 2_000;
/** Rounds over all entities in one settling: more than the longest chain of parents and document steps. */
const roundsMax = 60;

/** Tallies of one settling, by entity. */
export interface Tally {
  decided: number;
  verdicts: { [verdict in Verdict]?: number };
  settled: { [target: string]: { [kind: string]: number } };
  /** Writes that were decided and held back, since their target is only observed. */
  observed: { [target: string]: { [kind: string]: number } };
  refused: number;
  postponed: number;
  probed: number;
}

/** What settling needs. */
export interface Settling {
  readonly session: Session;
  readonly policies: readonly EntityPolicy[];
  readonly opened: ReadonlyMap<ConnectionId, Connection>;
  readonly waitMsMax: number;
  readonly tallies: Map<EntityName, Tally>;
  readonly guardStops: GuardStop[];
  /** Connections to which nothing is sent. */
  readonly observes: Observes;
  /** Links whose work this settling leaves alone. */
  readonly withheld: Set<LinkId>;
  /** Only these links are decided and written for, while somebody waits; all that are due when missing. */
  readonly only?: ReadonlySet<LinkId>;
  /** Older revisions of quotes that somebody orders on purpose, and who. */
  readonly onPurpose?: ReadonlyMap<LinkId, string>;
  /** Entities of which something due was put off, until somebody else is done with what it rests on. */
  readonly deferred: Set<EntityName>;
}

/** An empty tally. */
export function emptyTally(): Tally {
  return { decided: 0, verdicts: {}, settled: {}, observed: {}, refused: 0, postponed: 0, probed: 0 };
}

function tallyOf(settling: Settling, entity: EntityName): Tally {
  const known = settling.tallies.get(entity) ?? emptyTally();
  settling.tallies.set(entity, known);
  return known;
}

/** The context in which an entity is decided now. */
export async function contextOf(
  settling: Pick<Settling, "session" | "opened" | "onPurpose">,
  policy: EntityPolicy,
): Promise<AssessContext> {
  const { world } = settling.session;
  return contextWith(settling, policy, await world.store.readiness(policy.entity));
}

function contextWith(
  { session, opened, onPurpose = new Map() }: Pick<Settling, "session" | "opened" | "onPurpose">,
  policy: EntityPolicy,
  readiness: readonly Readiness[],
): AssessContext {
  // A record may be missing only where every record has been read once.
  const ready = readiness.filter(({ isRead }) => isRead).map(({ connection }) => connection);
  return {
    world: session.world,
    policy,
    opened,
    ready,
    planned: new Map(),
    demanded: new Map(),
    hidden: new Map(),
    onPurpose,
  };
}

/**
 * Settles everything that is due: resolve, decide, send, probe, over all entities in the order of parents
 * and
 * children, until a round finds nothing to do. Writes that wait for time (in doubt, to be retried) are
 * waited for up to `waitMsMax`.
 */
export async function settle(settling: Settling): Promise<void> {
  const { session } = settling;
  const patience = new Patience(session, settling.waitMsMax);
  let due = await dueNow(settling);
  for (let round = 0; round < roundsMax;) {
    let did = 0;
    settling.deferred.clear();
    for (const policy of settling.policies) {
      if (session.signal?.aborted === true) return;
      await session.holding.keepUp();
      if (isEntityPaused(session, policy.entity)) continue;
      const work = due.get(policy.entity);
      if (work === undefined) continue;
      const done = await settleEntity(settling, policy, work);
      did += done;
      // Whatever was done may have woken others: children by their parent, parents by a demand.
      if (done > 0) due = await dueNow(settling);
    }
    // Only rounds that did something count: waiting is bounded by time.
    if (did > 0) {
      round += 1;
      patience.renew();
      continue;
    }
    if (!(await waitForLater(settling, patience))) return;
    due = await dueNow(settling);
  }
  session.world.log.warn("settling_did_not_end", { rounds: roundsMax });
}

/** What is due, by entity; most entities of most rounds have nothing to do. */
async function dueNow({ session, policies }: Settling): Promise<ReadonlyMap<EntityName, DueWork>> {
  const { world, holding } = session;
  const rows = await world.store.dueEntities(
    policies.map(({ entity }) => entity),
    holding.shards(),
  );
  return new Map(rows.map((row) => [row.entity, row]));
}

async function settleEntity(settling: Settling, policy: EntityPolicy, due: DueWork): Promise<number> {
  const isNews = due.newcomers || due.moved;
  const matched = isNews ? await matchRecords(settling.session, policy) : 0;
  if (matched === null) settling.deferred.add(policy.entity);
  const resolved = matched ?? 0;
  const decided = due.work || resolved > 0 ? await decideDue(settling, policy) : 0;
  if (!due.intents && decided === 0) return resolved;
  const sent = await sendEntity(settling, policy);
  return resolved + decided + sent + (await probeEntity(settling, policy));
}

async function waitForLater(settling: Settling, patience: Patience): Promise<boolean> {
  const { session, deferred } = settling;
  const targets = await session.world.store.openTargets(session.holding.shards());
  const active = settling.policies.filter(({ entity }) => !isEntityPaused(session, entity));
  const open = targets.filter(
    ({ target, entity }) => !session.away.has(target) && !isEntityPaused(session, entity),
  );
  const later = open.reduce((sum, row) => sum + row.due + row.later, 0);
  if (later === 0 && deferred.size === 0) return patience.forOthers(active);
  const message = `${later} writes wait for an answer or for another try`;
  session.report({ phase: "wait", entity: null, connection: null, done: 0, total: later, message });
  return patience.forOwn();
}

/**
 * The deciding of one entity. `kept` are decisions that wait for the guard; null once there were too many.
 */
interface Deciding {
  readonly settling: Settling;
  readonly context: AssessContext;
  /** Under which the links are loaded: what they become is stored under the same tokens, or not at all. */
  readonly rights: Rights;
  /** Connections on which a record may be there already that nobody has matched yet. */
  readonly unmatched: ReadonlySet<ConnectionId>;
  readonly due: number;
  decided: number;
  /** Links that were joined with others, which are due now. */
  joined: number;
  /** Decisions that were made of what was not so any more when they were to be stored. */
  stale: number;
  kept: Assessed[] | null;
}

/**
 * Decides what is due of one entity and stores the decisions. Answers how many links were decided, or joined
 * with others that are due now.
 */
async function decideDue(settling: Settling, policy: EntityPolicy): Promise<number> {
  const { world, holding } = settling.session;
  if (isOfForgotten(settling.session, policy.entity)) return 0;
  const rights = holding.rights();
  const shards = rights.shards.map(({ shard }) => shard);
  const due = shards.length === 0 ? 0 : await countDue(settling, policy.entity, shards);
  if (due === 0 || settling.guardStops.some(({ entity }) => entity === policy.entity)) return 0;
  const [readiness, made] = await Promise.all([
    world.store.readiness(policy.entity),
    guardedSince(settling, policy, due),
  ]);
  // What is decided while another worker reads the other side for the first time is decided again then.
  if (readiness.some(({ isBeingRead }) => isBeingRead)) {
    settling.deferred.add(policy.entity);
    return 0;
  }
  const context = contextWith(settling, policy, readiness);
  const unmatched = new Set(
    readiness.filter(({ hasNewcomers }) => hasNewcomers).map(({ connection }) => connection),
  );
  const counts = { decided: 0, joined: 0, stale: 0 };
  const deciding: Deciding = { settling, context, rights, unmatched, due, ...counts, kept: [] };
  if (made !== null) {
    const harm: Record<string, number> = {};
    await eachBatch(deciding, (assessed) => decideHarmless(deciding, assessed, harm));
    if (!(await passesGuard(settling, policy, { counts: harm, made }))) return doneIn(deciding);
  }
  const { kept } = deciding;
  if (made === null || kept === null)
    await eachBatch(deciding, (assessed) => storeDecided(deciding, assessed));
  else {
    for (let from = 0; from < kept.length; from += batchSize)
      await storeDecided(deciding, kept.slice(from, from + batchSize));
  }
  return doneIn(deciding);
}

const countDue = async ({ session, only }: Settling, entity: EntityName, shards: readonly number[]) =>
  only?.size ?? session.world.store.countDue(entity, shards);

/**
 * Whether what is known of records is as old as the backup that was restored: a value that the master has had
 * since would be undone on the other side, as a foreign edit of it. What a person asks for one by one is read
 * anew first.
 */
function isOfForgotten({ world, epoch, lane }: Session, entity: EntityName): boolean {
  const recovery = epoch?.recovery ?? null;
  return recovery !== null && lane !== "interactive" && !isSweptWhole(world, recovery, entity);
}

/** Links about which something was done: what is left of them is due now. */
const doneIn = ({ decided, joined, stale }: Deciding): number => decided + joined + stale;

/** Loads and decides all that is due, batch by batch; `work` gets each batch. */
async function eachBatch(
  deciding: Deciding,
  work: (assessed: readonly Assessed[]) => Promise<void>,
): Promise<void> {
  const { settling, context } = deciding;
  let ahead: Promise<Loaded | null> | null = loadDue(deciding, null);
  for (;;) {
    const loaded: Loaded | null = await ahead;
    if (loaded === null) return;
    const { assessed, joined, held, waiting } = await rematched(settling.session, context, loaded);
    if (held.size + waiting.size > 0) settling.deferred.add(context.policy.entity);
    // What was kept may be about a link that has just been joined with another: it is decided again.
    if (joined > 0) deciding.kept = null;
    deciding.joined += joined;
    // The next batch is loaded and decided while this one is stored. That is safe, because one commit of
    // decisions touches nothing of another link but its mark, and a link that was marked meanwhile is
    // decided again.
    ahead = loaded.last === null ? null : loadDue(deciding, loaded.last);
    await work(assessed.filter((one) => isMatched(deciding, one)));
    await settling.session.holding.keepUp();
  }
}

/**
 * Stores decisions that write nothing, and keeps and counts the others: the guard looks at them as a whole.
 */
async function decideHarmless(
  deciding: Deciding,
  assessed: readonly Assessed[],
  counts: Record<string, number>,
): Promise<void> {
  const { world } = deciding.settling.session;
  const harmless: Assessed[] = [];
  for (const one of assessed) {
    const { writes } = splitRefused(world, one);
    const sent = writes.filter(({ target }) => !deciding.settling.observes.has(target));
    for (const { kind } of sent) counts[kind] = (counts[kind] ?? 0) + 1;
    if (writes.length === 0) harmless.push(one);
    else deciding.kept?.push(one);
  }
  if ((deciding.kept?.length ?? 0) > keptMax) deciding.kept = null;
  await storeDecided(deciding, harmless);
}

/**
 * A create waits while records of its target are not matched yet: one of them may be what it would make
 * once
 * more (1. worker A reads a page of the target; 2. B decides that a link has no counterpart there; 3. A's
 * page
 * holds it).
 */
function isMatched({ settling, context, unmatched }: Deciding, { plan }: Assessed): boolean {
  const isSure = !plan.writes.some(({ kind, target }) => kind === "create" && unmatched.has(target));
  if (!isSure) settling.deferred.add(context.policy.entity);
  return isSure;
}

async function storeDecided(deciding: Deciding, assessed: readonly Assessed[]): Promise<void> {
  const { settling, context, due } = deciding;
  const { session } = settling;
  const { entity } = context.policy;
  const { own, stored } = await session.holding.use(async () => {
    // Shards that were given meanwhile are decided by others.
    const rights = session.holding.still(deciding.rights);
    const decided = assessed
      .filter(({ bundle }) => covers(rights, bundle.id))
      .map((one) => ({ one, ...observedRecord(decisionRecord(session.world, one), settling.observes) }));
    const records = decided.map(({ record }) => record);
    const links = await session.world.store.commitDecisions(records, session.runId, rights);
    return { own: decided, stored: new Set(links) };
  });
  const kept = own.filter(({ record }) => stored.has(record.link));
  const tally = tallyOf(settling, entity);
  for (const { one } of kept) tally.verdicts[one.plan.verdict] = (tally.verdicts[one.plan.verdict] ?? 0) + 1;
  tally.decided += kept.length;
  noteHeld(settling, tally, kept);
  deciding.decided += kept.length;
  deciding.stale += own.length - kept.length;
  const message = `deciding ${entity}`;
  session.report({
    phase: "decide",
    entity,
    connection: null,
    done: deciding.decided,
    total: due,
    message,
  });
}

/** Counts what was held back; its links are not decided again in this settling. */
function noteHeld(settling: Settling, tally: Tally, decided: readonly ObservedRecord[]): void {
  for (const { record, held } of decided) {
    if (held.length > 0) settling.withheld.add(record.link);
    for (const { target, kind } of held) {
      const kinds = (tally.observed[target] ??= {});
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
  }
}

/** A batch of due links, decided. The next one starts after `last`; null when this is the last one. */
interface Loaded {
  readonly links: readonly LinkId[];
  readonly assessed: readonly Assessed[];
  readonly last: LinkId | null;
}

/** Loads and decides the batch of due links after `after`; null when there is none. */
function loadDue(deciding: Deciding, after: LinkId | null): Promise<Loaded | null> {
  const { settling, context } = deciding;
  const { world, holding } = settling.session;
  const { store } = world;
  const load = async (): Promise<Loaded | null> => {
    const rights = holding.still(deciding.rights);
    const shards = rights.shards.map(({ shard }) => shard);
    if (settling.only !== undefined) {
      const named = [...settling.only].filter((link) => covers(rights, link));
      const bundles = (await store.loadBundles(named)).filter(({ marked }) => marked !== null);
      const links = bundles.map(({ id }) => id);
      return after === null && links.length > 0
        ? { links, last: null, assessed: await assess(context, bundles) }
        : null;
    }
    const due = await store.dueLinks({ entity: context.policy.entity, limit: batchSize, after, shards });
    if (due.length === 0) return null;
    const links = due.filter((link) => !settling.withheld.has(link));
    const last = due.length < batchSize ? null : (due.at(-1) ?? null);
    return { links, last, assessed: await assess(context, await store.loadBundles(links)) };
  };
  const loaded = load();
  // Whoever awaits it learns of a failure; meanwhile another one may have ended the work.
  loaded.catch(() => undefined);
  return loaded;
}

async function sendEntity(settling: Settling, policy: EntityPolicy): Promise<number> {
  const { session } = settling;
  const targets = await session.world.store.openTargets(session.holding.shards());
  const due = targets.filter((row) => row.entity === policy.entity && row.due > 0);
  let sent = 0;
  for (const { target } of due) sent += await sendTo(settling, policy, { target, keys: null });
  return sent;
}

/**
 * Decides these links of one entity now if they are due, sends what is decided and asks about what is in
 * doubt. Answers how much was done; nothing where their shards are another worker's.
 */
export async function settleLinks(
  settling: Settling,
  policy: EntityPolicy,
  links: readonly LinkId[],
): Promise<number> {
  const named: Settling = { ...settling, only: new Set(links) };
  const decided = await decideDue(named, policy);
  const intents = await settling.session.world.store.intentsOf(links);
  const stored = intents.filter(({ state, entity }) => state === "stored" && entity === policy.entity);
  let sent = 0;
  for (const [target, own] of Map.groupBy(stored, (intent) => intent.target))
    sent += await sendTo(named, policy, { target, keys: own.map(({ key }) => key) });
  // What was sent and has settled is in no doubt; most often that is all there is.
  const isSure = sent === stored.length && intents.every(({ state }) => !mayBeDoubted.has(state));
  return decided + sent + (isSure ? 0 : await probeEntity(named, policy));
}

/** States of a write of which it may not be known whether it landed. */
const mayBeDoubted: ReadonlySet<Intent["state"]> = new Set(["sending", "in_doubt"]);

/**
 * Sends what is due to one target, or of that the intents that are named; a failure of the world is noted.
 * Answers how many have an outcome.
 */
export async function sendTo(
  settling: Settling,
  policy: EntityPolicy,
  at: { readonly target: ConnectionId; readonly keys: readonly string[] | null },
): Promise<number> {
  const { session } = settling;
  const { target, keys } = at;
  const tally = tallyOf(settling, policy.entity);
  const side = session.world.sides.find(({ id }) => id === target);
  if (side === undefined || session.away.has(target) || settling.observes.has(target)) return 0;
  let sent = 0;
  try {
    const counts = await sendDue(session, { target, policy, keys });
    const into = (tally.settled[target] ??= {});
    for (const [kind, count] of Object.entries(counts.settled)) {
      into[kind] = (into[kind] ?? 0) + count;
      sent += count;
    }
    tally.refused += counts.refused;
    tally.postponed += counts.postponed;
    sent += counts.refused;
    for (const link of counts.unshown) settling.withheld.add(link);
    if (counts.stopped !== null) {
      // Nothing more can be written to it for a long time: what is left waits for a later run.
      session.away.set(target, counts.stopped);
      await noteTrouble(session, side, { entity: policy.entity, error: new ConnectorError(counts.stopped) });
    }
  } catch (error) {
    await noteIfWorld(session, { side, entity: policy.entity, error });
  }
  return sent;
}

/** Asks about the writes in doubt of an entity, on every side. Answers how many were settled. */
export async function probeEntity(settling: Settling, policy: EntityPolicy): Promise<number> {
  const { session } = settling;
  const tally = tallyOf(settling, policy.entity);
  let settled = 0;
  for (const side of session.world.sides) {
    try {
      settled += await probeDue(session, { target: side.id, policy });
    } catch (error) {
      await noteIfWorld(session, { side, entity: policy.entity, error });
    }
  }
  tally.probed += settled;
  return settled;
}

/**
 * A failure of the world is noted and the other work goes on; a failure of ours or of the store ends the
 * run.
 */
export async function noteIfWorld(
  session: Session,
  at: {
    readonly side: Parameters<typeof noteTrouble>[1];
    readonly entity: EntityName;
    readonly error: unknown;
  },
): Promise<void> {
  if (!(at.error instanceof Error) || at.error.name !== "ConnectorError") throw at.error;
  await noteTrouble(session, at.side, { entity: at.entity, error: at.error });
}
