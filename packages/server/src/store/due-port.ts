import type { ConnectionId, EntityName, LinkId } from "@crossfoot/kernel";

/** What of one entity is due now. */
export interface DueWork {
  readonly entity: EntityName;
  /** Records without a link that may get one. */
  readonly newcomers: boolean;
  /** Records that were merged into others, or are back, and that no link has followed. */
  readonly moved: boolean;
  /** Links to be decided. */
  readonly work: boolean;
  /** Intents to be sent, or to be asked about. */
  readonly intents: boolean;
}

/** Writes of one entity that wait to be sent to a target, or to be asked about there. */
export interface OpenTarget {
  readonly target: ConnectionId;
  readonly entity: EntityName;
  readonly due: number;
  readonly later: number;
}

/** How far an entity of a connection is known. */
export interface Readiness {
  readonly connection: ConnectionId;
  /** Every record has been read once. */
  readonly isRead: boolean;
  /** Somebody is about to read all of it for the first time. */
  readonly isBeingRead: boolean;
  /** Records were read that may be the counterpart of others, and have no link yet. */
  readonly hasNewcomers: boolean;
}

/** Which due links are wanted. */
interface DueQuery {
  readonly entity: EntityName;
  readonly limit: number;
  /** The last link that was answered before; null begins. */
  readonly after: LinkId | null;
  /** Only links of these shards; all when missing. */
  readonly shards?: readonly number[];
}

/** What a worker that has no work looks for, as of one moment. */
export interface Look {
  /** Hints that may be followed. */
  readonly hasHints: boolean;
  /** Shards whose holder was not heard of for the time that was given to it. */
  readonly hasOrphans: boolean;
  /** Those of the entities that are not paused and have something due. */
  readonly due: readonly DueWork[];
}

/** What is due. Where shards are given, only what is theirs counts; newcomers belong to none. */
export interface DueStore {
  /** Those of the entities that have something due, in one statement. */
  dueEntities(entities: readonly EntityName[], shards?: readonly number[]): Promise<readonly DueWork[]>;
  /** Looks for anything to do, in one statement: idle workers ask each second. `ttlMs` is a holder's time. */
  look(entities: readonly EntityName[], ttlMs: number): Promise<Look>;
  countDue(entity: EntityName, shards?: readonly number[]): Promise<number>;
  /** Due links in the order of shards, and of links in each. */
  dueLinks(query: DueQuery): Promise<readonly LinkId[]>;
  openTargets(shards?: readonly number[]): Promise<readonly OpenTarget[]>;
  /** How far an entity is known, by connection; those that were never read are left out. */
  readiness(entity: EntityName): Promise<readonly Readiness[]>;
}
