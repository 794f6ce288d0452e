import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName, EntityPolicy, Lane } from "@crossfoot/kernel";
import { allEnded } from "./all-ended.ts";
import type { EntitySummary, RunOptions } from "./engine.ts";
import { readingName } from "../store/port.ts";
import type { ConnectionRow, Lease } from "../store/port.ts";
import { askBooks } from "./closed-books.ts";
import { deadlineIn } from "./deadline.ts";
import { bearWitness, enterEpoch } from "./epoch.ts";
import { isQuotaWait } from "./gate.ts";
import { leaseMs } from "./holding.ts";
import type { Holding } from "./holding.ts";
import { isCut, obeyPauses } from "./pausing.ts";
import { shareHolding } from "./shared-holding.ts";
import { findDeletions, readEntity } from "./observe.ts";
import type { ReadCounts, ReadMode } from "./observe.ts";
import { inLane, mappingOf, noteTrouble, saveSideState, termsOf, ticker } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

/** Longest wait for other workers to give everything, ms: longer than a dead one is waited for. */
const aloneWaitMsMax = 30_000;
/** Time between two looks for what others give or end, ms. */
const lookMs = 150;

/** Why signals of work that is over abort. Made once: each run aborts one, and errors are dear to make. */
const workIsOver = new DOMException("the work is over", "AbortError");

/** Other workers are at it, and this work has to be alone. */
export class LeaseTaken extends Error {
  constructor() {
    super("another Crossfoot worker is running on this store and does not end; wait for it, or stop it");
    this.name = "LeaseTaken";
  }
}

/** Work under way in this program, which knows of the store what work beside it needs. */
const hosts = new WeakMap<World, Set<Session>>();

/**
 * Like {@link underLease} for work that somebody waits for: where this program is at work already, it goes
 * on beside that work by what that knows of the store; else it finds out itself.
 */
export async function besideOthers<T>(
  world: World,
  at: Pick<LeaseOptions, "runId" | "options">,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const asked = { ...at, lane: "interactive", isRun: false } as const;
  const host = [...(hosts.get(world) ?? [])].find(({ holding }) => holding.isAlive);
  if (host === undefined) return underLease(world, asked, work);
  let onBeat = (): void => undefined;
  const terms = { isAlone: false, isRun: false, trustsLast: true, onBeat: () => onBeat() };
  const { holding, end } = await shareHolding(world, terms);
  try {
    const guest: Session = { ...host, ...fresh(asked, holding), holding, report: () => undefined };
    onBeat = () => obeyPauses(guest);
    onBeat();
    return await work(guest);
  } finally {
    await end();
  }
}

/** Does work that other work may go on beside. */
async function asHost<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  const own = hosts.get(session.world) ?? new Set<Session>();
  hosts.set(session.world, own.add(session));
  try {
    return await work(session);
  } finally {
    own.delete(session);
  }
}

/** Counts of one entity's reading, by connection. */
export type Reads = Map<EntityName, { [connection: string]: EntitySummary["read"][string] }>;

/** How work is to go on. */
interface LeaseOptions {
  readonly runId: string | null;
  readonly options: RunOptions;
  readonly lane: Lane;
  readonly isAlone?: boolean;
  /** Whether it reads whole entities; true when missing. */
  readonly isRun?: boolean;
}

/** What each session has of its own. */
function fresh(
  { runId, lane, options: { signal } }: LeaseOptions,
  holding: Holding,
  more: readonly AbortSignal[] = [],
): Omit<Session, "world" | "holding" | "epoch" | "report" | "isLoop" | "trustsEmpty" | "tick" | "tickEnd"> {
  return {
    runId,
    signal: AbortSignal.any([holding.lost, ...more, ...(signal === undefined ? [] : [signal])]),
    lane,
    terms: new Map(),
    backfilled: new Set(),
    away: new Map(),
    blind: new Set(),
    troubles: [],
  };
}

/**
 * Runs `work` as one worker among those that are there: with this program's share of the shards, which is
 * kept up while the work goes on; what a dead worker left in `sending` is in doubt from here on. `isAlone`
 * waits until all others have given theirs, and rejects with LeaseTaken when they do not. Rejects with
 * LeaseLost when something that was held has become another's.
 */
export async function underLease<T>(
  world: World,
  at: LeaseOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { options, isAlone = false, isRun = true } = at;
  let onBeat = (): void => undefined;
  const terms = { isAlone, isRun, trustsLast: false, onBeat: () => onBeat() };
  const { holding, end } = await shareHolding(world, terms);
  const over = new AbortController();
  try {
    // Under what is held: whoever confirms another epoch makes it void.
    const [epoch, newest] = await Promise.all([enterEpoch(world), world.store.newestRead()]);
    const from = Math.max(holding.storeNow, newest);
    const session: Session = {
      ...fresh(at, holding, [over.signal]),
      ...ticker(world.clock, { from, askedAt: holding.askedAt }),
      ...{ world, holding, epoch },
      report: options.onProgress ?? ((): void => undefined),
      isLoop: options.isLoop === true,
      trustsEmpty: options.trustsEmpty === true,
    };
    onBeat = () => obeyPauses(session);
    onBeat();
    if (isAlone) await holdAll(session);
    await allEnded(world.sides.map(({ gate }) => gate.greet()));
    const done = await (isAlone ? work(session) : asHost(session, work));
    if (holding.lost.aborted) throw holding.lost.reason;
    await bearWitness(session);
    return done;
  } finally {
    // Calls that still wait for their turn are not made any more.
    over.abort(workIsOver);
    await end();
  }
}

/** Waits until everything is held. */
async function holdAll({ world, holding, signal }: Session): Promise<void> {
  const patience = deadlineIn(world.clock, aloneWaitMsMax);
  while (!holding.isWhole) {
    if (patience.isOver() || !(await world.sleep(lookMs, signal))) throw new LeaseTaken();
    await holding.beat();
  }
}

/** How long a tenant that was asked for counts as known for work that follows a hint, ms. */
const tenantTrustMs = 60_000;
/** When the tenant behind a side was last asked for, by the monotonic clock. */
const askedAt = new WeakMap<Side, number>();

/**
 * Opens every connection, and stops those whose tenant is another than at first contact. With `trusts` a
 * tenant that was asked for a moment ago is not asked for again: a hint is followed at once, without calls
 * that say nothing about it; every poll asks.
 */
export async function openSides(
  session: Session,
  { trusts }: { readonly trusts: boolean },
): Promise<ReadonlyMap<ConnectionId, Connection>> {
  const { world } = session;
  const known = new Map((await world.store.listConnections()).map((row) => [row.id, row]));
  const open = async (side: Side): Promise<readonly (readonly [ConnectionId, Connection])[]> => {
    let connection: Connection | null = null;
    try {
      connection = await side.open(termsOf(session));
      // Nothing is asked of one that is paused.
      if (session.away.has(side.id)) return [[side.id, connection]];
      const row = known.get(side.id);
      const isRecent = world.clock.monotonic() - (askedAt.get(side) ?? -Infinity) < tenantTrustMs;
      if (!(trusts && isRecent && row?.state === "ready"))
        await checkTenant(world, side, { connection, row });
    } catch (error) {
      // A failure of the store says nothing about the connection: it ends the run.
      if (!(error instanceof ConnectorError)) throw error;
      const failure = await noteTrouble(session, side, { entity: null, error });
      // A tenant that nobody could ask for may be another one.
      if (isQuotaWait(failure)) session.away.set(side.id, failure);
    }
    // Even a connection that is away is known by its manifest, so that decisions do not depend on the
    // weather.
    return connection === null ? [] : [[side.id, connection]];
  };
  return new Map((await allEnded(world.sides.map(open))).flat());
}

async function checkTenant(
  world: World,
  side: Side,
  at: { readonly connection: Connection; readonly row: ConnectionRow | undefined },
): Promise<void> {
  const { connection, row } = at;
  askedAt.delete(side);
  const { tenant } = await withRenewal(side, connection);
  if (row?.tenant !== undefined && row.tenant !== null && row.tenant !== tenant) throw tenantDiffers(side);
  if (row?.state !== "ready" || row.tenant !== tenant) {
    await saveSideState(world, side, { state: "ready", reason: null, tenant });
  }
  await askBooks(world, side, connection);
  askedAt.set(side, world.clock.monotonic());
}

async function withRenewal(side: Side, connection: Connection): Promise<{ readonly tenant: string }> {
  try {
    return await connection.describe();
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== "session_expired") throw error;
    side.forgetTokens();
    return connection.describe();
  }
}

function tenantDiffers(side: Side): ConnectorError {
  return new ConnectorError({
    failure: "unsupported",
    code: "tenant_differs",
    message: `${side.id} leads to another tenant than at first contact; links would reach a wrong company`,
  });
}

/**
 * Reads every entity of every side; the sides at the same time, the entities of one side one after the
 * other.
 */
export async function readAll(
  session: Session,
  at: {
    readonly policies: readonly EntityPolicy[];
    readonly mode: ReadMode;
    readonly deletions: Map<EntityName, number>;
    /** By entity, how long ago it must have been read last for it to be read again, ms. */
    readonly restMs?: RunOptions["restMs"];
  },
): Promise<Reads> {
  const reads: Reads = new Map(at.policies.map(({ entity }) => [entity, {}]));
  await allEnded(session.world.sides.map((side) => readSide(session, side, { ...at, reads })));
  return reads;
}

/**
 * Reads the entities of one side. A side that shows nothing at all, though something is known there, was not
 * read for a recovery: rights may be missing (fault R12), and what it hides is found later, or a person says
 * that nothing is left.
 */
async function readSide(
  session: Session,
  side: Side,
  at: {
    readonly policies: readonly EntityPolicy[];
    readonly mode: ReadMode;
    readonly deletions: Map<EntityName, number>;
    readonly restMs?: RunOptions["restMs"];
    readonly reads: Reads;
  },
): Promise<void> {
  const empty: EntityName[] = [];
  let shown = 0;
  for (const { entity } of at.policies) {
    if (mappingOf(side, entity) === undefined || isCut(session, side, entity)) continue;
    const lease = await readingLease(session, side, { entity, restMs: at.restMs?.[entity] ?? 0 });
    if (lease === null) continue;
    try {
      const rows = await readOne(session, side, { ...at, entity, lease });
      shown += rows ?? 0;
      if (rows === 0) empty.push(entity);
      else if (rows !== null) await noteRecovered(session, side, [entity]);
    } finally {
      await session.world.store.releaseLease(lease);
    }
  }
  // Whether a side that shows nothing of one entity shows anything is known at the end.
  if (shown > 0 || !session.blind.has(side.id)) await noteRecovered(session, side, empty);
}

/**
 * The right to read an entity of a side: its cursor is one, and so is its reading. A run of a loop leaves it
 * to whoever is at it, or was a moment ago; any other run waits, and reads what has changed since. Null when
 * it is left.
 */
async function readingLease(
  session: Session,
  side: Side,
  at: { readonly entity: EntityName; readonly restMs: number },
): Promise<Lease | null> {
  const { world, holding, isLoop, signal } = session;
  const name = readingName(side.id, at.entity);
  for (;;) {
    const sign = { holder: holding.holder, ttlMs: leaseMs };
    const lease = await world.store.acquireLease(name, sign, at.restMs);
    if (lease !== null || isLoop) return lease;
    if (!(await world.sleep(lookMs, signal))) return null;
    await holding.keepUp();
  }
}

interface OneReading {
  readonly entity: EntityName;
  readonly lease: Lease;
}

/** Reads one entity of a side; answers how many rows it showed when it was swept to its end, else null. */
async function readOne(
  session: Session,
  side: Side,
  at: OneReading & {
    readonly mode: ReadMode;
    readonly deletions: Map<EntityName, number>;
    readonly reads: Reads;
  },
): Promise<number | null> {
  const { entity, lease } = at;
  try {
    const isSweep = await isSweepDue(session, side, at);
    const { counts, isSwept } = isSweep
      ? await sweepOrPoll(session, side, { entity, lease })
      : { counts: await readEntity(session, side, at), isSwept: false };
    const into = at.reads.get(entity);
    if (into !== undefined) into[side.id] = counts;
    // A sweep that was cut has not seen everything: what it did not see is not gone.
    if (isSwept && !isCut(session, side, entity)) {
      const found = await findDeletions(inLane(session, "sweep"), side, entity);
      at.deletions.set(entity, (at.deletions.get(entity) ?? 0) + found);
      await noteSwept(session, side, { entity, lease });
      return counts.added + counts.changed + counts.same + counts.unreadable;
    }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const failure = await noteTrouble(session, side, { entity, error });
    const cursor = await session.world.store.loadCursor(side.id, entity);
    // A reading that cannot go on starts afresh next time; what it stored stays.
    const restart =
      failure.failure === "invalid" || failure.code === "cursor_loop" || failure.code === "list_too_long";
    const broken = restart ? { ...cursor, reading: null, pageCursor: null, pages: 0 } : cursor;
    await session.world.store.checkpoint({
      observations: [],
      unreadable: [],
      cursor: { ...broken, failure },
      runId: session.runId,
      lease,
    });
  }
  return null;
}

/**
 * Reads everything again. When the calls of sweeps are used up the sweep is left for another day, and what
 * has changed is asked for all the same.
 */
async function sweepOrPoll(
  session: Session,
  side: Side,
  { entity, lease }: OneReading,
): Promise<{ readonly counts: ReadCounts; readonly isSwept: boolean }> {
  try {
    return { counts: await readEntity(session, side, { entity, mode: "sweep", lease }), isSwept: true };
  } catch (error) {
    const { store } = session.world;
    const cursor = await store.loadCursor(side.id, entity);
    const isUsedUp = error instanceof ConnectorError && error.code === "quota_used_up";
    if (!isUsedUp || cursor.backfilledAt === null) throw error;
    await noteTrouble(session, side, { entity, error });
    await store.checkpoint({
      observations: [],
      unreadable: [],
      cursor: { ...cursor, reading: null, pageCursor: null, pages: 0 },
      runId: session.runId,
      lease,
    });
    const counts = await readEntity(session, side, { entity, mode: "incremental", lease });
    return { counts, isSwept: false };
  }
}

/** What was read as a whole since the store was confirmed counts for its recovery. */
async function noteRecovered(session: Session, side: Side, swept: readonly EntityName[]): Promise<void> {
  const { world, epoch } = session;
  const recovery = epoch?.recovery ?? null;
  if (recovery === null || swept.length === 0) return;
  try {
    const { horizonMs } = (await side.open(termsOf(session))).manifest;
    // Before that a write of the forgotten life may still land, or may not be shown yet.
    if (recovery.quietForMs <= horizonMs) return;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return;
  }
  await world.store.noteSwept(swept.map((entity) => ({ connection: side.id, entity })));
  for (const entity of swept) recovery.swept.add(`${side.id}/${entity}`);
}

/** Everything was read again, and deletions were looked for as far as the system lets us. */
async function noteSwept(
  session: Session,
  side: Side,
  { entity, lease }: { readonly entity: EntityName; readonly lease: Lease },
): Promise<void> {
  const { world, runId } = session;
  const cursor = await world.store.loadCursor(side.id, entity);
  // All of it was read since the reading began: later than that nothing is proved.
  const sweptAt = cursor.sweepSince ?? new Date(world.clock.now()).toISOString();
  const swept = { ...cursor, sweptAt };
  await world.store.checkpoint({ observations: [], unreadable: [], cursor: swept, runId, lease });
}

/**
 * Whether everything is to be read again now: that finds what no reading since a stamp finds, such as a
 * change whose stamp is older than what was read already (INVARIANTS.md I09), and deletions.
 */
async function isSweepDue(
  session: Session,
  side: Side,
  at: { entity: EntityName; mode: ReadMode },
): Promise<boolean> {
  if (at.mode === "sweep") return true;
  const recovery = session.epoch?.recovery ?? null;
  if (recovery !== null && !recovery.swept.has(`${side.id}/${at.entity}`)) return true;
  const { sweptAt, backfilledAt } = await session.world.store.loadCursor(side.id, at.entity);
  const last = sweptAt ?? backfilledAt;
  if (last === null) return false;
  // A sweep noted in the future was noted by a clock that was ahead: it may not hold back the next one.
  return Math.abs(session.world.clock.now() - Date.parse(last)) >= session.world.sweepEveryMs;
}
