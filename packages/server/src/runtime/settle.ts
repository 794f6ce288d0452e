import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import { checkGuard } from "@crossfoot/kernel";
import type { ConnectionId, EntityName, EntityPolicy, GuardStop, LinkId, Verdict } from "@crossfoot/kernel";
import { assess } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import { followIdentity } from "./identity.ts";
import { observedRecord } from "./observing.ts";
import type { ObservedRecord, Observes } from "./observing.ts";
import { probeDue } from "./probe.ts";
import { decisionRecord, splitRefused } from "./record.ts";
import { rematchSingles, renewKeys, resolveNewcomers } from "./resolve.ts";
import { sendDue } from "./send.ts";
import { noteTrouble } from "./world.ts";
import type { DueWork } from "../store/port.ts";
import type { Session, World } from "./world.ts";

/** Links decided in one commit: one SQL round trip per stage, about 20 ms of the embedded store. */
const batchSize = 200;
/**
 * Decisions with writes that are kept while the guard looks at all of them, some 20 MB; more are made
 * again.
 */
const keptMax = 2_000;
/** Rounds over all entities in one settling: more than the longest chain of parents and document steps. */
const roundsMax = 60;
/** Writes of the last day count towards the guard. */
const guardWindowMs = 86_400_000;

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

/** Connections of which every record of the entity has been read once. */
async function readySides(session: Session, entity: EntityName): Promise<readonly ConnectionId[]> {
  const cursors = await session.world.store.listCursors();
  return cursors
    .filter((cursor) => cursor.entity === entity && cursor.backfilledAt !== null)
    .map(({ connection }) => connection);
}

/** The context in which an entity is decided now. */
export async function contextOf(
  settling: Pick<Settling, "session" | "opened">,
  policy: EntityPolicy,
): Promise<AssessContext> {
  const ready = await readySides(settling.session, policy.entity);
  const { world } = settling.session;
  return {
    world,
    policy,
    opened: settling.opened,
    ready,
    planned: new Map(),
    demanded: new Map(),
    hidden: new Map(),
  };
}

/**
 * Settles everything that is due: resolve, decide, send, probe, over all entities in the order of parents and
 * children, until a round finds nothing to do. Writes that wait for time (in doubt, to be retried) are
 * waited for up to `waitMsMax`.
 */
export async function settle(settling: Settling): Promise<void> {
  const { session } = settling;
  const deadline = session.world.clock.now() + settling.waitMsMax;
  let due = await dueNow(settling);
  for (let round = 0; round < roundsMax;) {
    let did = 0;
    for (const policy of settling.policies) {
      if (session.signal?.aborted === true) return;
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
      continue;
    }
    if (!(await waitForLater(settling, deadline))) return;
    due = await dueNow(settling);
  }
  session.world.log.warn("settling_did_not_end", { rounds: roundsMax });
}

/** What is due, by entity; most entities of most rounds have nothing to do. */
async function dueNow({ session, policies }: Settling): Promise<ReadonlyMap<EntityName, DueWork>> {
  const rows = await session.world.store.dueEntities(policies.map(({ entity }) => entity));
  return new Map(rows.map((row) => [row.entity, row]));
}

async function settleEntity(settling: Settling, policy: EntityPolicy, due: DueWork): Promise<number> {
  const isNews = due.newcomers || due.work;
  const moved = isNews ? await followIdentity(settling.session, policy) : 0;
  const resolved =
    moved + (due.newcomers || moved > 0 ? await resolveNewcomers(settling.session, policy) : 0);
  const decided = due.work || resolved > 0 ? await decideDue(settling, policy) : 0;
  if (!due.intents && decided === 0) return resolved;
  const sent = await sendEntity(settling, policy);
  return resolved + decided + sent + (await probeEntity(settling, policy));
}

async function waitForLater(settling: Settling, deadline: number): Promise<boolean> {
  const { session } = settling;
  const { world } = session;
  const open = (await world.store.openTargets()).filter(({ target }) => !session.away.has(target));
  const later = open.reduce((sum, row) => sum + row.due + row.later, 0);
  if (later === 0 || world.clock.now() >= deadline) return false;
  const message = `${later} writes wait for an answer or for another try`;
  session.report({ phase: "wait", entity: null, connection: null, done: 0, total: later, message });
  return world.sleep(150, session.signal);
}

/**
 * The deciding of one entity. `kept` are decisions that wait for the guard; null once there were too many.
 */
interface Deciding {
  readonly settling: Settling;
  readonly context: AssessContext;
  readonly due: number;
  decided: number;
  /** Links that were joined with others, which are due now. */
  joined: number;
  kept: Assessed[] | null;
}

/**
 * Decides what is due of one entity and stores the decisions. Answers how many links were decided, or joined
 * with others that are due now.
 */
async function decideDue(settling: Settling, policy: EntityPolicy): Promise<number> {
  const due = await settling.session.world.store.countDue(policy.entity);
  if (due === 0 || settling.guardStops.some(({ entity }) => entity === policy.entity)) return 0;
  const context = await contextOf(settling, policy);
  const deciding: Deciding = { settling, context, due, decided: 0, joined: 0, kept: [] };
  const made = await guardedSince(settling, policy, due);
  if (made !== null) {
    const counts: Record<string, number> = {};
    await eachBatch(deciding, (assessed) => decideHarmless(deciding, assessed, counts));
    if (!(await passesGuard(settling, policy, { counts, made }))) return deciding.decided + deciding.joined;
  }
  const { kept } = deciding;
  if (made === null || kept === null)
    await eachBatch(deciding, (assessed) => storeDecided(deciding, assessed));
  else {
    for (let from = 0; from < kept.length; from += batchSize)
      await storeDecided(deciding, kept.slice(from, from + batchSize));
  }
  return deciding.decided + deciding.joined;
}

/** Loads and decides all that is due, batch by batch; `work` gets each batch. */
async function eachBatch(
  deciding: Deciding,
  work: (assessed: readonly Assessed[]) => Promise<void>,
): Promise<void> {
  const { settling, context } = deciding;
  let ahead: Promise<Loaded | null> | null = loadDue(settling, context, null);
  for (;;) {
    const loaded: Loaded | null = await ahead;
    if (loaded === null) return;
    const { assessed, joined } = await rematched(settling.session, context, loaded);
    // What was kept may be about a link that has just been joined with another: it is decided again.
    if (joined > 0) deciding.kept = null;
    deciding.joined += joined;
    // The next batch is loaded and decided while this one is stored. That is safe, because one commit of
    // decisions touches nothing of another link but its mark, and a link that was marked meanwhile is
    // decided again.
    ahead = loaded.last === null ? null : loadDue(settling, context, loaded.last);
    await work(assessed);
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

async function storeDecided(deciding: Deciding, assessed: readonly Assessed[]): Promise<void> {
  const { settling, context, due } = deciding;
  const { session } = settling;
  const { entity } = context.policy;
  const decided = assessed.map((one) =>
    observedRecord(decisionRecord(session.world, one), settling.observes),
  );
  await session.world.store.commitDecisions(
    decided.map(({ record }) => record),
    session.runId,
    session.lease,
  );
  const tally = tallyOf(settling, entity);
  for (const { plan } of assessed) tally.verdicts[plan.verdict] = (tally.verdicts[plan.verdict] ?? 0) + 1;
  tally.decided += assessed.length;
  noteHeld(settling, tally, decided);
  deciding.decided += assessed.length;
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
function loadDue(settling: Settling, context: AssessContext, after: LinkId | null): Promise<Loaded | null> {
  const { store } = settling.session.world;
  const load = async (): Promise<Loaded | null> => {
    const due = await store.dueLinks(context.policy.entity, batchSize, after);
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

/** Loads and decides a batch; single links whose keys changed are matched again first. */
export async function assessBatch(
  session: Session,
  context: AssessContext,
  links: readonly LinkId[],
): Promise<readonly Assessed[]> {
  const bundles = await session.world.store.loadBundles(links);
  const decided = { links, assessed: await assess(context, bundles) };
  return (await rematched(session, context, decided)).assessed;
}

/** The batch once single links whose keys changed have been matched again, and how many were joined. */
async function rematched(
  session: Session,
  context: AssessContext,
  { links, assessed }: Pick<Loaded, "links" | "assessed">,
): Promise<{ readonly assessed: readonly Assessed[]; readonly joined: number }> {
  const { store } = session.world;
  const singles = assessed.flatMap(({ bundle, input }) => {
    const members = Object.values(input.members);
    const [only] = members;
    if (bundle.state !== "single" || members.length !== 1 || only === undefined) return [];
    return [{ link: bundle.id, connection: only.view.connection, fields: only.view.fields }];
  });
  await renewKeys(session, context.policy, assessed.filter(movesKeys).flatMap(membersIn));
  const { joined, waiting } = await rematchSingles(session, context.policy, singles);
  if (joined === 0)
    return { assessed: assessed.filter(({ bundle }) => !waiting.includes(bundle.id)), joined };
  const bundles = (await store.loadBundles(links)).filter(
    ({ id, state }) => state !== "merged" && !waiting.includes(id),
  );
  return { assessed: await assess(context, bundles), joined };
}

/** Whether a link that was decided before shows other declared keys now. */
function movesKeys({ bundle, input, plan }: Assessed): boolean {
  if (bundle.verdict === null || bundle.state === "single") return false;
  const names = new Set(input.policy.matchKeys.flat());
  const written = plan.writes.flatMap(({ fields }) => Object.keys(fields));
  const agreed = plan.baseMoves.flatMap(({ fields }) => fields);
  return [...written, ...agreed].some((field) => names.has(field));
}

const membersIn = ({ bundle, input }: Assessed) =>
  Object.values(input.members).map(({ view }) => {
    return { link: bundle.id, connection: view.connection, fields: view.fields };
  });

/** Harm of an entity that adds up within the guard's window, by kind of write. */
export async function harmSince(world: World, entity: EntityName): Promise<ReadonlyMap<string, number>> {
  const window = (await world.store.linkGuardCounts(guardWindowMs)).filter((row) => row.entity === entity);
  return new Map(window.filter(({ kind }) => !isApproved(kind)).map(({ kind, count }) => [kind, count]));
}

/**
 * Writes made within the guard's window, by kind; null when what is due cannot break a limit whatever it
 * is.
 */
async function guardedSince(
  settling: Settling,
  { entity, isProjection }: EntityPolicy,
  due: number,
): Promise<ReadonlyMap<string, number> | null> {
  const { world } = settling.session;
  // A projection has no editor; its values move with the business, and nothing is lost by writing them again.
  if (isProjection) return null;
  const made = await harmSince(world, entity);
  const free = Object.entries(world.guard).map(([kind, { countFree }]) => countFree - (made.get(kind) ?? 0));
  return due <= Math.min(...free) ? null : made;
}

/** Counts the writes of everything that is due before the first of them is made (INVARIANTS.md I15). */
async function passesGuard(
  settling: Settling,
  { entity }: EntityPolicy,
  at: { readonly counts: Record<string, number>; readonly made: ReadonlyMap<string, number> },
): Promise<boolean> {
  const { session } = settling;
  const { world } = session;
  const counts = { ...at.counts };
  if (Object.keys(counts).length === 0) return true;
  for (const [kind, count] of at.made) if (counts[kind] !== undefined) counts[kind] += count;
  const linked = (await world.store.counts()).find((row) => row.entity === entity)?.live ?? 0;
  const stops = checkGuard({ [entity]: counts }, { [entity]: linked }, world.guard);
  settling.guardStops.push(...stops);
  for (const { kind, count, limit } of stops) {
    const message = `guard: ${count} ${kind} writes of ${entity}, ${limit}; \`crossfoot plan\` shows them`;
    session.report({ phase: "guard", entity, connection: null, done: count, total: null, message });
  }
  return stops.length === 0;
}

/**
 * Everyday changes of documents are counted per run; harm that adds up over a day is counted over the
 * window.
 */
const isApproved = (kind: string): boolean => kind === "create" || kind === "update" || kind === "transition";

async function sendEntity(settling: Settling, policy: EntityPolicy): Promise<number> {
  const { session } = settling;
  const due = (await session.world.store.openTargets()).filter(
    (row) => row.entity === policy.entity && row.due > 0,
  );
  let sent = 0;
  for (const { target } of due) sent += await sendTo(settling, policy, { target, keys: null });
  return sent;
}

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
