import type { LinkId } from "@crossfoot/kernel";
import { LeaseLost, rightsFor, shardName } from "../port.ts";
import type { Beat, HeldShard, Lease, LeaseStore, Rights, ShardRight, WorkerSign } from "../port.ts";
import type { LeaseTable } from "./columns.ts";
import { inOrder, instantOrNull } from "./basics.ts";
import type { State } from "./state.ts";

function held(state: State, lease: Lease): LeaseTable | null {
  const row = state.tables.lease.get(lease.name);
  return row?.holder === lease.holder && row.fence === lease.fence ? row : null;
}

/** Refuses the write of one whose lease is another's by now. */
export function checkLease(state: State, lease: Lease): void {
  if (held(state, lease) === null) throw new LeaseLost(lease.name);
}

/** Refuses a commit that may be about any link of these shards, when one of them is another's by now. */
export function checkShards(state: State, { holder, shards }: Rights): void {
  for (const { shard, fence } of shards) checkLease(state, { name: shardName(shard), holder, fence });
}

/** Refuses a commit about links whose shards are another's by now. */
export function checkFence(state: State, rights: Rights, links: readonly LinkId[]): void {
  checkShards(state, { holder: rights.holder, shards: rightsFor(rights, links) });
}

/** Whether a time is over that was given for so many ms at most (see the SQL store). */
export const isOver = (at: number, now: number, ttlMs: number): boolean => at < now || at > now + ttlMs;

const isShard = ({ name }: LeaseTable): boolean => name.startsWith("shard/");
const shardIn = (name: string): number => Number(name.slice(-2));
const byShard = (a: ShardRight, b: ShardRight): number => a.shard - b.shard;

/** The leases of shards that are free to be taken. */
function freeShards(state: State, at: { now: number; ttlMs: number }): readonly LeaseTable[] {
  const free = state.tables.lease
    .all()
    .filter((row) => isShard(row) && (row.holder === "" || isOver(row.expires_at, at.now, at.ttlMs)));
  return free.toSorted((a, b) => shardIn(a.name) - shardIn(b.name));
}

/** Whether a shard is held by one who was not heard of for the time that was given to it. */
export function hasOrphans(state: State, at: { readonly now: number; readonly ttlMs: number }): boolean {
  return freeShards(state, at).some(({ holder }) => holder !== "");
}

/** Says that a worker lives, and what it holds. */
function beat(state: State, { holder, isAlone, ttlMs }: WorkerSign): Beat {
  const { lease, worker } = state.tables;
  return state.commit((now) => {
    const free = freeShards(state, { now, ttlMs }).filter((row) => row.holder !== holder).length;
    const own = lease
      .all()
      .filter((row) => row.holder === holder)
      .map((row) => lease.change(row, { expires_at: now + ttlMs }));
    const known = worker.get(holder);
    if (known !== undefined) worker.change(known, { expires_at: now + ttlMs });
    else worker.insert({ holder, is_alone: isAlone, started_at: now, expires_at: now + ttlMs });
    const isGone = (row: { holder: string; expires_at: number }): boolean =>
      row.holder !== holder && isOver(row.expires_at, now, ttlMs);
    const live = worker.all().filter((row) => !isGone(row));
    const holders = new Set(lease.all().map((row) => row.holder));
    for (const row of worker.all()) if (isGone(row) && !holders.has(row.holder)) worker.remove(row);
    return {
      now,
      workers: inOrder(live, (row) => [row.started_at, row.holder]).map((row) => ({
        holder: row.holder,
        isAlone: row.is_alone,
      })),
      shards: own
        .filter(isShard)
        .map(({ name, fence }) => ({ shard: shardIn(name), fence }))
        .toSorted(byShard),
      pauses: inOrder(state.tables.pause.all(), ({ kind, name }) => [kind, name]).map(({ kind, name }) => ({
        kind,
        name,
      })),
      free,
    };
  });
}

/** Workers and their shards. */
function shards(state: State): Omit<LeaseStore, "acquireLease" | "releaseLease"> {
  const { lease, worker } = state.tables;
  return {
    beat: async (sign) => beat(state, sign),
    async takeShards({ holder, ttlMs }, count) {
      return state.commit((now) => {
        const sending = state.tables.intent.by("state", "sending");
        return freeShards(state, { now, ttlMs })
          .slice(0, count)
          .map((row) => {
            const fence = row.fence + 1;
            lease.change(row, { holder, fence, expires_at: now + ttlMs, taken_at: now });
            const shard = shardIn(row.name);
            return { shard, fence, hasSending: sending.some((intent) => intent.shard === shard) };
          });
      });
    },
    async listShards() {
      const now = state.now();
      return inOrder(lease.all().filter(isShard), ({ name }) => [name]).map((row): HeldShard => {
        const isHeld = row.holder !== "" && row.expires_at > now;
        const since = isHeld ? instantOrNull(row.taken_at) : null;
        return { shard: shardIn(row.name), holder: isHeld ? row.holder : null, since };
      });
    },
    async giveShards({ holder, shards: given }) {
      state.commit((now) => {
        for (const { shard, fence } of given) {
          const row = held(state, { name: shardName(shard), holder, fence });
          if (row !== null) lease.change(row, { holder: "", expires_at: now });
        }
      });
    },
    async leave(holder) {
      state.commit((now) => {
        for (const row of lease.all())
          if (row.holder === holder) lease.change(row, { holder: "", expires_at: now });
        const known = worker.get(holder);
        if (known !== undefined) worker.remove(known);
      });
    },
    async forgetWorkers() {
      state.commit((now) => {
        for (const row of lease.all()) if (row.holder !== "") lease.change(row, { expires_at: now - 1_000 });
        for (const row of worker.all()) worker.remove(row);
      });
    },
  };
}

/** Workers and leases. All times are those of the store's clock. */
export function leasePart(state: State): LeaseStore {
  const { lease } = state.tables;
  const mayTake = (row: LeaseTable, at: { now: number; ttlMs: number; restMs: number }): boolean => {
    if (row.holder !== "") return isOver(row.expires_at, at.now, at.ttlMs);
    const isResting = row.taken_at !== null && row.taken_at <= at.now && row.taken_at >= at.now - at.restMs;
    return at.restMs === 0 || !isResting;
  };
  return {
    ...shards(state),
    async acquireLease(name, { holder, ttlMs }, restMs = 0) {
      return state.commit((now) => {
        const row = lease.get(name);
        const times = { expires_at: now + ttlMs, taken_at: now };
        if (row === undefined) lease.insert({ name, holder, fence: 1, ...times });
        else if (mayTake(row, { now, ttlMs, restMs }))
          lease.change(row, { holder, fence: row.fence + 1, ...times });
        else return null;
        return { name, holder, fence: (row?.fence ?? 0) + 1 };
      });
    },
    async releaseLease(given) {
      state.commit((now) => {
        const row = held(state, given);
        if (row !== null) lease.change(row, { holder: "", expires_at: now });
      });
    },
  };
}
