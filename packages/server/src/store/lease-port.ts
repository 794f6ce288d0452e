import type { LinkId } from "@crossfoot/kernel";
import type { PauseOf } from "./pause-port.ts";

/**
 * Parts into which the links are divided. One worker at a time decides and writes for a part; more workers
 * than parts would stand idle. A link stays in its part for ever: stores hold the number.
 */
export const shardCount = 16;

/** All shards. */
export const allShards: readonly number[] = Array.from({ length: shardCount }, (_none, shard) => shard);

/**
 * The shard of a link; what belongs to no link goes to the first. The migrations hold the same sum in SQL.
 */
export function shardOf(link: LinkId | null): number {
  if (link === null) return 0;
  const back = (place: number): number => link.charCodeAt(Math.max(link.length - place, 0)) || 0;
  return (((back(1) + 31 * back(2) + 961 * back(3)) * 7_919) % 10_007) % shardCount;
}

/** Right to act as the one worker of a name, with its fencing token. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
}

/** Right over one shard of links, with its fencing token. */
export interface ShardRight {
  readonly shard: number;
  readonly fence: number;
}

/** What a worker may commit for: every commit about links is checked against the shards they are in. */
export interface Rights {
  readonly holder: string;
  readonly shards: readonly ShardRight[];
}

/** A worker that was heard of in time. */
export interface LiveWorker {
  readonly holder: string;
  /** It wants all shards for itself: a plan that is made or applied. */
  readonly isAlone: boolean;
}

/** What a worker says of itself, again and again. */
export interface WorkerSign {
  readonly holder: string;
  readonly isAlone: boolean;
  /** How long what it holds stays its own without another sign, ms. */
  readonly ttlMs: number;
}

/** What the store answers to a sign of life. */
export interface Beat {
  /** ms since 1970 by the store's clock. */
  readonly now: number;
  /** Live workers in the order in which they came, this one among them. */
  readonly workers: readonly LiveWorker[];
  /** What people have paused. */
  readonly pauses: readonly PauseOf[];
  /** Shards that this worker still holds. */
  readonly shards: readonly ShardRight[];
  /** How many shards nobody holds, or whose holder's time is over. */
  readonly free: number;
}

/** A shard, who holds it (null: nobody who is alive) and since when, by the store's clock. */
export interface HeldShard {
  readonly shard: number;
  readonly holder: string | null;
  readonly since: string | null;
}

/** A shard that was taken. */
interface TakenShard extends ShardRight {
  /** Whether its last holder left writes on their way. */
  readonly hasSending: boolean;
}

/** Workers and leases. All of it runs out by the store's clock alone. */
export interface LeaseStore {
  /**
   * A sign of life: everything the worker holds is its own for `ttlMs` more, unless somebody else took it.
   * The first one makes the worker known. Others who are gone and hold nothing are forgotten.
   */
  beat(sign: WorkerSign): Promise<Beat>;
  /** Takes up to `count` shards that nobody holds, or whose holder's time is over. */
  takeShards(sign: WorkerSign, count: number): Promise<readonly TakenShard[]>;
  /** All shards and who holds them now. */
  listShards(): Promise<readonly HeldShard[]>;
  /** Gives shards back; nothing that is under way may rest on them. */
  giveShards(rights: Rights): Promise<void>;
  /** The worker goes, and leaves everything it held. */
  leave(holder: string): Promise<void>;
  /** Forgets all workers and what they held: only for one who knows that none of them is there. */
  forgetWorkers(): Promise<void>;
  /**
   * Takes a lease by name. Null when somebody holds it; or when it was taken, and given back, less than
   * `restMs` ago.
   */
  acquireLease(name: string, sign: Omit<WorkerSign, "isAlone">, restMs?: number): Promise<Lease | null>;
  releaseLease(lease: Lease): Promise<void>;
}

/** This worker's lease is another's by now: nothing of the transaction was stored. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`the lease ${name} is held by another worker; this one stops`);
    this.name = "LeaseLost";
  }
}

/** Name of the lease of a shard. */
export const shardName = (shard: number): string => `shard/${String(shard).padStart(2, "0")}`;

/** Name of the lease under which the newcomers of an entity get their links, and links are joined. */
export const matchingName = (entity: string): string => `match/${entity}`;

/** Name of the lease under which an entity of a connection is read. */
export const readingName = (connection: string, entity: string): string => `read/${connection}/${entity}`;

/** The rights over the shards of some links. Throws a LeaseLost when one of them is not among them. */
export function rightsFor(rights: Rights, links: readonly LinkId[]): readonly ShardRight[] {
  const wanted = [...new Set(links.map(shardOf))];
  return wanted.map((shard) => {
    const right = rights.shards.find((one) => one.shard === shard);
    if (right === undefined) throw new LeaseLost(shardName(shard));
    return right;
  });
}
