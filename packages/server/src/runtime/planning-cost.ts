import type { Connection } from "@crossfoot/connector-sdk";
import { followCalls, longestWait } from "@crossfoot/kernel";
import type { ConnectionId, EntityName, Lane, Track, TrackCalls } from "@crossfoot/kernel";
import type { PlanCost, PlanDocument, PlanWrite } from "./plan-document.ts";
import type { Settling } from "./settle.ts";
import { abilitiesOf, mappingOf, sideOf } from "./world.ts";
import type { Side } from "./world.ts";

/** Calls that are to be made on one connection. */
export interface CallCount {
  readonly reads: number;
  readonly writes: number;
  /** How many of them follow one another: the others are made beside them. */
  readonly turns: number;
}

/** No call at all. */
export const noCalls: CallCount = { reads: 0, writes: 0, turns: 0 };

/** The calls of two pieces of work, one after the other. */
export function addCalls(a: CallCount, b: CallCount): CallCount {
  return { reads: a.reads + b.reads, writes: a.writes + b.writes, turns: a.turns + b.turns };
}

/** Calls that read, one after the other. */
export const callsToRead = (reads: number): CallCount => ({ reads, writes: 0, turns: reads });

/** How the calls to one entity of a connection are made, as its connector declares. */
export interface Batching {
  readonly readMax: number;
  readonly writeMax: number;
  /** The system needs a read before, or after, each write. */
  readonly readsBefore: boolean;
  readonly readsAfter: boolean;
  /** Calls at one time. */
  readonly concurrency: number;
}

/** How calls to an entity are made; one by one where the connection could not be opened. */
export function batchingOf(
  side: Side,
  opened: ReadonlyMap<ConnectionId, Connection>,
  entity: EntityName,
): Batching {
  const connection = opened.get(side.id);
  const abilities = connection === undefined ? undefined : abilitiesOf(connection, entity);
  return {
    readMax: Math.max(abilities?.readBatchMax ?? 1, 1),
    writeMax: Math.max(abilities?.writeBatchMax ?? 1, 1),
    readsBefore: abilities?.precondition === "compare",
    readsAfter: abilities?.answersRecord === false,
    concurrency: Math.max(side.concurrency, 1),
  };
}

/** Calls for writes that may go out together; of those `created` nothing is there to be read before. */
export function callsOfWrites(
  batching: Batching,
  count: { readonly all: number; readonly created: number },
): CallCount {
  const { readMax, writeMax, readsBefore, readsAfter, concurrency } = batching;
  const writes = Math.ceil(count.all / writeMax);
  const before = readsBefore ? Math.ceil((count.all - count.created) / readMax) : 0;
  const after = readsAfter ? Math.ceil(count.all / readMax) : 0;
  const turns = [writes, before, after].reduce((sum, calls) => sum + Math.ceil(calls / concurrency), 0);
  return { reads: before + after, writes, turns };
}

/** Calls of one connection that follow what came before them in an apply. */
interface Stage {
  readonly connection: ConnectionId;
  readonly calls: CallCount;
  /** Other connections are called at the same time as in the stage before. */
  readonly isBeside: boolean;
}

/**
 * Least number of calls that an apply makes, in their order: sign-in apart, the look at each system and
 * entity before it begins, the records that the writes rest on by id, the writes in the batches that the
 * connectors declare, and reads before and after them where the system needs these.
 */
function stagesOf(settling: Settling, writes: readonly PlanWrite[]): readonly Stage[] {
  const { world } = settling.session;
  const entities = new Set(writes.map(({ entity }) => entity));
  const first = world.sides.map((side): Stage => {
    // Who is it, and what is there that was not there before.
    const mapped = [...entities].filter((entity) => mappingOf(side, entity) !== undefined);
    return { connection: side.id, calls: callsToRead(1 + mapped.length), isBeside: true };
  });
  const resting = restingOf(writes).map(([connection, entity, ids]): Stage => {
    const { readMax } = batchingOf(sideOf(world, connection), settling.opened, entity);
    return { connection, calls: callsToRead(Math.ceil(ids / readMax)), isBeside: false };
  });
  const sent = togetherOf(writes).map((stage): Stage => {
    const [{ target, entity }] = stage as [PlanWrite];
    const created = stage.filter(({ kind }) => kind === "create").length;
    const batching = batchingOf(sideOf(world, target), settling.opened, entity);
    const calls = callsOfWrites(batching, { all: stage.length, created });
    return { connection: target, calls, isBeside: false };
  });
  return [...first, ...resting, ...sent];
}

/**
 * What an apply of these writes costs: calls by connection, and how long it takes under what the quotas
 * leave now, followed stage by stage. An apply writes to one system at a time, so that the other's quota
 * recovers meanwhile.
 */
export async function costsOf(
  settling: Settling,
  writes: readonly PlanWrite[],
): Promise<Pick<PlanDocument, "costs" | "takes">> {
  const { world } = settling.session;
  if (writes.length === 0) return { costs: {}, takes: null };
  const tracks = new Map<ConnectionId, Track>();
  for (const { id, gate } of world.sides) {
    // What was reserved for making the plan and not used is there for the apply.
    await gate.rest();
    tracks.set(id, await gate.track(lane));
  }
  const counted = new Map<ConnectionId, CallCount>();
  let fromMs = 0;
  let untilMs: number | null = 0;
  for (const { connection, calls, isBeside } of stagesOf(settling, writes)) {
    counted.set(connection, addCalls(counted.get(connection) ?? noCalls, calls));
    const track = tracks.get(connection);
    if (track === undefined) continue;
    if (!isBeside && untilMs !== null) fromMs = untilMs;
    const next = followCalls(track, { fromMs, ...aheadOf(calls) });
    tracks.set(connection, next);
    untilMs = untilMs === null || next.endMs === null ? null : Math.max(untilMs, next.endMs);
  }
  const inOrder = [...counted].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const costs = inOrder.map(([connection, { reads, writes: sent }]): [string, PlanCost] => {
    const track = tracks.get(connection);
    return [connection, { reads, writes: sent, boundBy: track === undefined ? null : longestWait(track) }];
  });
  const ms = untilMs === null ? null : Math.round(untilMs);
  return { costs: Object.fromEntries(costs), takes: { ms, ...slowest(tracks) } };
}

/** Whose limit is waited for longest, and which. */
function slowest(tracks: ReadonlyMap<ConnectionId, Track>): Omit<NonNullable<PlanDocument["takes"]>, "ms"> {
  const waits = [...tracks].flatMap(([connection, { waited }]) =>
    Object.entries(waited).map(([boundBy, waitedMs]) => ({ connection, boundBy, waitedMs })),
  );
  const [first] = waits.toSorted((a, b) => b.waitedMs - a.waitedMs);
  return { connection: first?.connection ?? null, boundBy: first?.boundBy ?? null };
}

/** Runs, plans and applies call in this lane. */
const lane: Lane = "poll";

/** How long calls take on one connection when they begin now. Calls nobody. Rejects with a StoreError. */
export async function foreseeCalls(side: Side, calls: CallCount): Promise<Track> {
  return followCalls(await side.gate.track(lane), { fromMs: 0, ...aheadOf(calls) });
}

function aheadOf({ reads, writes, turns }: CallCount): Pick<TrackCalls, "calls" | "concurrency"> {
  const calls = reads + writes;
  return { calls, concurrency: turns === 0 ? 1 : calls / turns };
}

/** How many records of each entity are looked at by id, by connection. */
function restingOf(
  writes: readonly PlanWrite[],
): readonly (readonly [connection: ConnectionId, entity: EntityName, ids: number])[] {
  const direct = writes.filter(({ answers }) => answers.length === 0);
  const views = new Map(
    direct
      .flatMap(({ rests }) => rests)
      .map((view) => [`${view.connection}\n${view.entity}\n${view.id}`, view]),
  );
  const groups = Map.groupBy(views.values(), ({ connection, entity }) => `${connection}\n${entity}`);
  return [...groups.values()].map((own) => [
    own[0]?.connection ?? ("" as never),
    own[0]?.entity ?? "",
    own.length,
  ]);
}

/** Writes that go out together. */
function togetherOf(writes: readonly PlanWrite[]): readonly (readonly PlanWrite[])[] {
  const nameOf = ({ part, step, target, answers }: PlanWrite): string =>
    `${part}\n${answers.length > 0}\n${step}\n${target}`;
  return [...Map.groupBy(writes, nameOf).values()];
}
