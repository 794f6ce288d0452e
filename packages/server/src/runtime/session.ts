import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName, EntityPolicy, Lane } from "@crossfoot/kernel";
import { allEnded } from "./all-ended.ts";
import type { EntitySummary, Progress, RunOptions } from "./engine.ts";
import type { ConnectionRow } from "../store/port.ts";
import { isQuotaWait } from "./gate.ts";
import { findDeletions, readEntity } from "./observe.ts";
import type { ReadCounts, ReadMode } from "./observe.ts";
import { inLane, mappingOf, noteTrouble, saveSideState, termsOf, ticker } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

/** A lease runs out this long after its holder was last heard of: a killed worker is taken over within it. */
const leaseMs = 12_000;

/** Another worker is at it. */
class LeaseTaken extends Error {
  constructor() {
    super("another Crossfoot worker is running on this store; wait for it, or stop it");
    this.name = "LeaseTaken";
  }
}

/** Counts of one entity's reading, by connection. */
export type Reads = Map<EntityName, { [connection: string]: EntitySummary["read"][string] }>;

/**
 * Runs `work` under the lease, renewing it while the work goes on. What a dead worker left in `sending` is
 * in doubt from here on. Rejects with LeaseTaken when another worker holds it.
 */
export async function underLease<T>(
  world: World,
  at: { readonly runId: string | null; readonly options: RunOptions; readonly lane: Lane },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const lease = await world.store.acquireLease("engine", world.holder, leaseMs);
  if (lease === null) throw new LeaseTaken();
  const ended = new AbortController();
  const lost = new AbortController();
  const { signal } = at.options;
  const over = new AbortController();
  const ends = [lost.signal, over.signal, ...(signal === undefined ? [] : [signal])];
  const quiet = (_progress: Progress): void => undefined;
  const session: Session = {
    world,
    lease,
    runId: at.runId,
    signal: AbortSignal.any(ends),
    report: at.options.onProgress ?? quiet,
    tick: ticker(world.clock, await world.store.newestRead()),
    lane: at.lane,
    terms: new Map(),
    backfilled: new Set(),
    away: new Map(),
    troubles: [],
  };
  const renewing = renew(session, ended.signal, lost);
  try {
    await world.store.abandonSending(lease);
    await allEnded(world.sides.map(({ gate }) => gate.greet()));
    return await work(session);
  } finally {
    // Calls that still wait for their turn are not made any more.
    over.abort();
    await allEnded(world.sides.map(({ gate }) => gate.rest()));
    ended.abort();
    await renewing;
    await world.store.releaseLease(lease);
  }
}

async function renew(session: Session, ended: AbortSignal, lost: AbortController): Promise<void> {
  const { store, sleep } = session.world;
  while (await sleep(leaseMs / 3, ended)) {
    try {
      if (!(await store.renewLease(session.lease, leaseMs))) lost.abort();
    } catch {
      // The next commit finds out by its fence; nothing is decided here.
    }
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
  },
): Promise<Reads> {
  const reads: Reads = new Map(at.policies.map(({ entity }) => [entity, {}]));
  await allEnded(session.world.sides.map((side) => readSide(session, side, { ...at, reads })));
  return reads;
}

async function readSide(
  session: Session,
  side: Side,
  at: {
    readonly policies: readonly EntityPolicy[];
    readonly mode: ReadMode;
    readonly deletions: Map<EntityName, number>;
    readonly reads: Reads;
  },
): Promise<void> {
  for (const { entity } of at.policies) {
    if (session.signal?.aborted === true || session.away.has(side.id)) return;
    if (mappingOf(side, entity) === undefined) continue;
    try {
      const isSweep = await isSweepDue(session, side, { entity, mode: at.mode });
      const { counts, isSwept } = isSweep
        ? await sweepOrPoll(session, side, entity)
        : { counts: await readEntity(session, side, { entity, mode: at.mode }), isSwept: false };
      const into = at.reads.get(entity);
      if (into !== undefined) into[side.id] = counts;
      if (isSwept) {
        const found = await findDeletions(inLane(session, "sweep"), side, entity);
        at.deletions.set(entity, (at.deletions.get(entity) ?? 0) + found);
        await noteSwept(session, side, entity);
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
      });
    }
  }
}

/**
 * Reads everything again. When the calls of sweeps are used up the sweep is left for another day, and what
 * has changed is asked for all the same.
 */
async function sweepOrPoll(
  session: Session,
  side: Side,
  entity: EntityName,
): Promise<{ readonly counts: ReadCounts; readonly isSwept: boolean }> {
  try {
    return { counts: await readEntity(session, side, { entity, mode: "sweep" }), isSwept: true };
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
    });
    return { counts: await readEntity(session, side, { entity, mode: "incremental" }), isSwept: false };
  }
}

/** Everything was read again, and deletions were looked for as far as the system lets us. */
async function noteSwept({ world, runId }: Session, side: Side, entity: EntityName): Promise<void> {
  const cursor = await world.store.loadCursor(side.id, entity);
  const swept = { ...cursor, sweptAt: new Date(world.clock.now()).toISOString() };
  await world.store.checkpoint({ observations: [], unreadable: [], cursor: swept, runId });
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
  const { sweptAt, backfilledAt } = await session.world.store.loadCursor(side.id, at.entity);
  const last = sweptAt ?? backfilledAt;
  if (last === null) return false;
  // A sweep noted in the future was noted by a clock that was ahead: it may not hold back the next one.
  return Math.abs(session.world.clock.now() - Date.parse(last)) >= session.world.sweepEveryMs;
}
