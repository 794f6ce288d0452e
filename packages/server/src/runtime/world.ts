import type { Connection, EntityAbilities, Mapping, EntityMapping } from "@crossfoot/connector-sdk";
import { failureRecord } from "@crossfoot/connector-sdk";
import type {
  ConnectionId,
  ConnectionState,
  CustomRule,
  EntityName,
  EntityPolicy,
  FailureRecord,
  GuardLimits,
  Lane,
  RetryPolicy,
} from "@crossfoot/kernel";
import type { Contract, Role } from "@crossfoot/model";
import type { Clock, Entropy, ErasedList, Log, Sleep, Witness } from "../ports.ts";
import type { Store } from "../store/port.ts";
import type { Progress } from "./engine.ts";
import { isQuotaWait, openTerms } from "./gate.ts";
import type { CallTerms, Gate } from "./gate.ts";
import type { Holding } from "./holding.ts";
import type { SigningNeed } from "./signing-report.ts";

/** One connection in use. */
export interface Side {
  readonly id: ConnectionId;
  readonly role: Role;
  readonly system: string;
  /** Hosts that it may connect to, as origins; missing where it is reached in process. */
  readonly hosts?: readonly string[];
  readonly mapping: Mapping;
  /** Changes when the mapping does, so that records are read again under the new one. */
  readonly mappingHash: string;
  /**
   * The connection, its calls made under these terms; the same one for the same terms. Rejects with a
   * ConnectorError.
   */
  readonly open: (terms: CallTerms) => Promise<Connection>;
  /** Where each of its calls waits for its turn. */
  readonly gate: Gate;
  /** Forgets access tokens, so that the next call signs in afresh. */
  readonly forgetTokens: () => void;
  /** Calls sent so far, for the summary of a run. */
  readonly calls: () => number;
  /** Time within which a request has either been answered or given up, ms. */
  readonly timeoutMs: number;
  /** Writes in flight at once. */
  readonly concurrency: number;
  /** How many deliveries are taken; what is usual when it is missing. */
  readonly hooks?: HookTerms;
}

/** How many webhook deliveries of a connection one server takes. */
export interface HookTerms {
  /** Deliveries a second, in the long run. */
  readonly perSecond: number;
  /** Deliveries that may come at once. */
  readonly burst: number;
  /** Records that may wait to be read; with more, deliveries are refused until there is room. */
  readonly backlogMax: number;
}

/** Everything the runtime works with. */
export interface World {
  readonly store: Store;
  readonly sides: readonly Side[];
  readonly contract: Contract;
  readonly contractHash: string;
  /** Compiled policies of the enabled entities, in the order in which parents come before children. */
  readonly policies: readonly EntityPolicy[];
  readonly customRules: { readonly [name: string]: CustomRule };
  readonly guard: GuardLimits;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly holder: string;
  readonly isKnownCurrency: (code: string) => boolean;
  /** Whether the contract has to be signed, and what it is called; without it nothing is asked or kept. */
  readonly signing?: { readonly requires: SigningNeed; readonly version: string | null };
  /** Connections that are only observed: nothing is ever sent to them. */
  readonly observed?: readonly ConnectionId[];
  /** How often deletions are looked for at least, ms. */
  readonly sweepEveryMs: number;
  /** How long a plan is good, ms; a week when it is missing. */
  readonly planExpiresMs?: number;
  /** How long plans are kept, ms; for ever when it is missing. */
  readonly keepPlansMs?: number;
  /** Who remembers how far the store had come; without one a restore is not noticed. */
  readonly witness?: Witness;
  /** Who remembers which persons were erased; without one nobody is erased. */
  readonly erased?: ErasedList;
}

/** What is left to do after the store was restored and a person has confirmed that. */
export interface Recovery {
  /** How long ago that was when the session began, ms by the store's clock. */
  readonly quietForMs: number;
  /** `connection/entity` that was read as a whole since. */
  readonly swept: Set<string>;
  /** Our references on records without a link, by record; null where a record has none. */
  readonly references: Map<string, string | null>;
  /** `connection/entity` of which no record tells whether we made it. */
  readonly untold: Set<string>;
}

/** The epoch of the store in which a session works. */
export interface SessionEpoch {
  readonly number: number;
  /** Null in everyday life. */
  readonly recovery: Recovery | null;
}

/** One piece of work under a lease: a run, a plan, an apply. */
export interface Session {
  readonly world: World;
  /** What of the shards this work may decide and write for. */
  readonly holding: Holding;
  /** Missing where nobody remembers how far the store had come. */
  readonly epoch?: SessionEpoch | undefined;
  readonly runId: string | null;
  readonly signal: AbortSignal | undefined;
  readonly report: (progress: Progress) => void;
  /** One of many runs of a loop: what others are reading or deciding is left to them. */
  readonly isLoop: boolean;
  /** A person says that what a system shows nothing of is gone. */
  readonly trustsEmpty: boolean;
  /** When a reading begins, in our order of reads (see {@link ticker}). */
  readonly tick: () => number;
  /** When a reading has ended, in the same order. */
  readonly tickEnd: () => number;
  /** Lane of the calls of this session, where a piece of its work has no other. */
  readonly lane: Lane;
  /** Terms of its calls, by lane. */
  readonly terms: Map<Lane, CallTerms>;
  /** Entities that were read for the first time in this session: their writes are part of that load. */
  readonly backfilled: Set<EntityName>;
  /** Connections that turned out not to be usable in this session. */
  readonly away: Map<ConnectionId, FailureRecord>;
  /** Sides of which a sweep was shown nothing at all of what is known there: it has read nothing. */
  readonly blind: Set<ConnectionId>;
  readonly troubles: { connection: ConnectionId; entity: EntityName | null; failure: FailureRecord }[];
}

/**
 * Our order of reads (INVARIANTS.md 1.4), in ms, the same for all workers: the store's clock, as it was told
 * between `askedAt` and now by our monotonic clock. A begin is told a little early and an end a little late,
 * so that a reading which began after another one had ended says so, and never otherwise. `from` is not
 * before anything stored, so that a store's clock that was set back never makes a new sighting look old.
 */
export function ticker(
  clock: Clock,
  told: { readonly from: number; readonly askedAt: number },
): Pick<Session, "tick" | "tickEnd"> {
  const toldAt = clock.monotonic();
  let last = told.from;
  const after = (since: number): number => {
    last = Math.max(told.from + clock.monotonic() - since, last + 0.001);
    return last;
  };
  return { tick: () => after(toldAt), tickEnd: () => after(told.askedAt) };
}

/** The session with its calls in another lane. */
export function inLane(session: Session, lane: Lane): Session {
  return lane === session.lane ? session : { ...session, lane };
}

/** The lane of writes of an entity: those that follow from a first load are part of it. */
export function writeLane({ lane, backfilled }: Session, entity: EntityName): Lane {
  return lane === "poll" && backfilled.has(entity) ? "backfill" : lane;
}

/** The terms of the session's calls in its lane. */
export function termsOf(session: Session): CallTerms {
  const known = session.terms.get(session.lane);
  const terms = known ?? { ...openTerms(session.lane, session.signal), onWait: tellWait(session) };
  session.terms.set(session.lane, terms);
  return terms;
}

/** Tells that calls wait for quota. */
export function tellWait(session: Session): NonNullable<CallTerms["onWait"]> {
  return ({ connection, until, boundBy }) => {
    const when = until === null ? "" : ` until ${new Date(until).toISOString()}`;
    const message = `${connection}: calls wait${when} (${boundBy})`;
    session.report({ phase: "wait", entity: null, connection, done: 0, total: null, message });
  };
}

/** The side with that id. A missing one is a defect: ids come from the configuration. */
export function sideOf(world: World, id: ConnectionId): Side {
  const side = world.sides.find((candidate) => candidate.id === id);
  if (side === undefined) throw new Error(`no connection is called ${id}`);
  return side;
}

/** The mapping of an entity on a side, or undefined when it has none there. */
export function mappingOf(side: Side, entity: EntityName): EntityMapping | undefined {
  return side.mapping.entities[entity];
}

/** What a side's system can do with an entity, or undefined when it does not have it. */
export function abilitiesOf(connection: Connection, entity: EntityName): EntityAbilities | undefined {
  return connection.manifest.entities[entity];
}

/** Reads from a system are tried this often before the entity is left for the next run. */
const readAttemptsMax = 4;

/**
 * Calls a connection for reading: a session that ran out is renewed once, a transient failure or a throttle
 * is waited out a few times with growing pauses. Rejects with the last ConnectorError.
 */
export async function reading<T>(
  session: Session,
  side: Side,
  call: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { world } = session;
  let isRenewed = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call(await side.open(termsOf(session)));
    } catch (error) {
      const failure = failureRecord(error);
      if (isQuotaWait(failure)) throw error;
      if (failure.failure === "unauthorised" && failure.code === "session_expired" && !isRenewed) {
        isRenewed = true;
        side.forgetTokens();
        continue;
      }
      const isWaitable = failure.failure === "transient" || failure.failure === "throttled";
      if (!isWaitable || attempt >= readAttemptsMax) throw error;
      const hinted = failure.retryAt === null ? 0 : failure.retryAt - world.clock.now();
      const pause = Math.min(Math.max(200 * 2 ** attempt, hinted), 30_000);
      if (!(await world.sleep(pause, session.signal))) throw error;
    }
  }
}

/**
 * Notes that a side failed for an entity. Wrong credentials stop the connection for the session, one clear
 * line; the other work goes on.
 */
export async function noteTrouble(
  session: Session,
  side: Side,
  trouble: { readonly entity: EntityName | null; readonly error: unknown },
): Promise<FailureRecord> {
  const failure = failureRecord(trouble.error);
  if (failure.failure === "defect") session.world.log.error("defect", { message: failure.message });
  // A limit that is used up is one trouble of the connection, however many entities meet it.
  const isKnown = session.troubles.some(
    ({ connection, failure: { message } }) => connection === side.id && message === failure.message,
  );
  if (failure.code === "quota_used_up" && isKnown) return failure;
  session.troubles.push({ connection: side.id, entity: trouble.entity, failure });
  const state: ConnectionState =
    failure.failure === "unauthorised"
      ? "refused"
      : failure.code === "tenant_differs"
        ? "foreign"
        : "unreachable";
  if (failure.failure === "unauthorised" || state === "foreign" || failure.failure === "transient") {
    session.away.set(side.id, failure);
    await saveSideState(session.world, side, { state, reason: failure.message });
  }
  session.report({
    phase: "trouble",
    entity: trouble.entity,
    connection: side.id,
    done: 0,
    total: null,
    message: `${side.id}: ${failure.message} (${failure.code})`,
  });
  return failure;
}

/** Stores the state of a connection. */
export async function saveSideState(
  world: World,
  side: Side,
  change: { readonly state: ConnectionState; readonly reason: string | null; readonly tenant?: string },
): Promise<void> {
  const known = (await world.store.listConnections()).find((row) => row.id === side.id);
  const tenant = change.tenant ?? known?.tenant ?? null;
  const { state, reason } = change;
  await world.store.saveConnection({
    id: side.id,
    system: side.system,
    role: side.role,
    tenant,
    state,
    reason,
  });
}
