import type { ConnectionId, EntityName, EntityPolicy, FailureRecord, LinkId } from "@crossfoot/kernel";
import { failureRecord } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import type { IntentOutcome } from "../store/port.ts";
import { deadlineIn } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import { bearWitness } from "./epoch.ts";
import { isQuotaWait, openTerms } from "./gate.ts";
import type { CallTerms } from "./gate.ts";
import { gathered } from "./gather.ts";
import { isCut } from "./pausing.ts";
import { prepare } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";
import { sendBatch, takenBack } from "./send-batch.ts";
import { callsOfBatch, sendWithinMs } from "./target.ts";
import type { SendTarget } from "./target.ts";
import { abilitiesOf, mappingOf, sideOf, tellWait, termsOf, writeLane } from "./world.ts";
import type { Session, Side } from "./world.ts";

/** Counts of one sending. */
export interface SendCounts {
  settled: { [kind: string]: number };
  refused: number;
  postponed: number;
  doubtful: number;
  /**
   * Links whose target was not there, or was seen without an order that tells whether that is what was known
   * already: another try now would end the same way.
   */
  readonly unshown: Set<LinkId>;
  /** Why nothing more is sent although more is due: the calls of the connection are used up. */
  stopped: FailureRecord | null;
}

/** Most intents of one claim: one commit, and each has to be asked about when the worker dies with it. */
const claimMax = 400;

/** Writes that go in one call, and until when. */
interface Batch {
  readonly prepared: readonly Prepared[];
  readonly deadline: Deadline;
  readonly claim: Claim;
}

/** What one claim came to. */
interface Claim {
  /** Ends what rests on the shards of the claim. */
  readonly end: () => Promise<void>;
  open: number;
  /** Batches that were begun. */
  batches: number;
  /** Terms of its calls, which were reserved before it was made. */
  readonly terms: CallTerms;
  readonly connection: Connection;
  /** Whether any of it got further than back to where it was. */
  didMove: boolean;
}

interface Sending {
  readonly session: Session;
  readonly target: SendTarget;
  readonly counts: SendCounts;
  readonly queue: Batch[];
  readonly commit: (outcomes: readonly IntentOutcome[]) => Promise<void>;
  /** Only these intents, those that have no outcome yet; null takes any. */
  readonly keys: Set<string> | null;
  readonly batchSize: number;
  /** Calls that one batch takes, as far as is known. */
  callsOfBatch: number;
  readonly lanes: number;
  /** The claim under way, which every idle lane waits for. */
  claiming: Promise<void> | null;
  /** Nothing more is due, or nothing more can be done now. */
  isDry: boolean;
  /** Whether a write got further than back to where it was: its success may have freed others. */
  didMove: boolean;
}

/**
 * Sends the due intents of one target and entity. A claim marks intents `sending` in one commit under the
 * fencing token, no more than the lanes can start at once; the next is made while the calls of the one
 * before are on their way. The outcomes of a batch are one commit, together with those of batches that ended
 * meanwhile. Answers when nothing due is left.
 */
export async function sendDue(
  session: Session,
  at: {
    readonly target: ConnectionId;
    readonly policy: EntityPolicy;
    /** Only these intents; null sends all that are due. */
    readonly keys: readonly string[] | null;
  },
): Promise<SendCounts> {
  const counts: SendCounts = {
    settled: {},
    refused: 0,
    postponed: 0,
    doubtful: 0,
    unshown: new Set(),
    stopped: null,
  };
  const { world } = session;
  const side = sideOf(world, at.target);
  const mapping = mappingOf(side, at.policy.entity);
  if (mapping === undefined || session.away.has(side.id)) return counts;
  const connection = await side.open(termsOf(session));
  const abilities = abilitiesOf(connection, at.policy.entity);
  if (abilities === undefined) return counts;
  const sending: Sending = {
    session,
    target: { side, connection, mapping, policy: at.policy },
    counts,
    queue: [],
    commit: gathered((done) => world.store.commitOutcomes(done, session.runId, session.holding.held())),
    keys: at.keys === null ? null : new Set(at.keys),
    batchSize: Math.max(abilities.writeBatchMax, 1),
    callsOfBatch: Math.max(callsOfBatch(abilities), callsSeen.get(side)?.get(at.policy.entity) ?? 0),
    lanes: Math.max(side.concurrency, 1),
    claiming: null,
    isDry: false,
    didMove: true,
  };
  while (sending.didMove && sending.keys?.size !== 0 && counts.stopped === null) {
    sending.isDry = false;
    sending.didMove = false;
    await runLanes(sending);
  }
  return counts;
}

/**
 * Every lane ends before the first error is told: nothing is still being written when the lease is given
 * back.
 */
async function runLanes(sending: Sending): Promise<void> {
  const lanes = await Promise.allSettled(Array.from({ length: sending.lanes }, () => runLane(sending)));
  const broken = lanes.find(({ status }) => status === "rejected");
  if (broken?.status === "rejected") throw broken.reason;
}

async function runLane(sending: Sending): Promise<void> {
  for (;;) {
    const batch = sending.queue.shift();
    if (batch === undefined) {
      if (sending.isDry) return;
      await claimMore(sending);
      continue;
    }
    try {
      await sendOne(sending, batch);
    } catch (error) {
      sending.isDry = true;
      sending.queue.length = 0;
      throw error;
    }
  }
}

async function sendOne(sending: Sending, { prepared, deadline, claim }: Batch): Promise<void> {
  const { session } = sending;
  const isLate = session.signal?.aborted === true || deadline.isOver();
  const target = { ...sending.target, connection: claim.connection };
  if (!isLate) claim.batches += 1;
  const done = isLate ? prepared.map(takenBack) : await sendBatch(session, target, { prepared, deadline });
  await sending.commit(done);
  await note(sending, claim, done);
}

/** Adds up outcomes. When all of a claim came back as it was, nothing more can be done now. */
async function note(sending: Sending, claim: Claim, outcomes: readonly IntentOutcome[]): Promise<void> {
  const { session, target, counts } = sending;
  add(counts, outcomes);
  report(session, { side: target.side, entity: target.policy.entity, counts });
  claim.open -= outcomes.length;
  for (const { intent, state } of outcomes) {
    if (state === "stored") continue;
    sending.keys?.delete(intent.key);
    claim.didMove = true;
    sending.didMove = true;
  }
  if (claim.open > 0) return;
  endClaim(sending, claim);
  if (!claim.didMove) sending.isDry = true;
  await claim.end();
}

/** Gives back what a claim did not need, and learns how much it did. */
function endClaim(sending: Sending, { terms, batches }: Claim): void {
  const { side, policy } = sending.target;
  side.gate.letGo(terms);
  if (batches === 0) return;
  sending.callsOfBatch = Math.max(sending.callsOfBatch, Math.ceil(terms.made / batches));
  const seen = callsSeen.get(side) ?? new Map<EntityName, number>();
  callsSeen.set(side, seen);
  seen.set(policy.entity, sending.callsOfBatch);
}

function claimMore(sending: Sending): Promise<void> {
  const { session, target } = sending;
  if (isCut(session, target.side, target.policy.entity)) {
    sending.isDry = true;
    return Promise.resolve();
  }
  sending.claiming ??= claimOnce(sending)
    .catch((error: unknown) => {
      sending.isDry = true;
      throw error;
    })
    .finally(() => {
      sending.claiming = null;
    });
  return sending.claiming;
}

/**
 * Reserves calls for what the lanes can start at once, claims that much, and turns it into batches. The
 * waiting for quota comes first: a claim counts down to its deadline, and what dies with its worker is in
 * doubt.
 */
async function claimOnce(sending: Sending): Promise<void> {
  const { session, target } = sending;
  const lane = writeLane(session, target.policy.entity);
  const terms: CallTerms = { ...openTerms(lane, session.signal), onWait: tellWait(session) };
  try {
    const calls = await holdCalls(sending, terms);
    const batches = Math.max(1, Math.min(sending.lanes, Math.floor(calls / sending.callsOfBatch)));
    await claimHeld(sending, { terms, batches, connection: await target.side.open(terms) });
  } catch (error) {
    target.side.gate.letGo(terms);
    const failure = failureRecord(error);
    if (!isQuotaWait(failure)) throw error;
    sending.isDry = true;
    if (failure.code === "quota_used_up") sending.counts.stopped = failure;
  }
}

/** Calls of a batch beyond those known of, per lane: given back when they are not needed. */
const callsSpare = 3;
/** Times that more calls are waited for, where one reservation gives less than a batch takes. */
const holdsMax = 3;

/** Calls that batches of an entity were seen to take. */
const callsSeen = new WeakMap<Side, Map<EntityName, number>>();

/** Reserves enough for one batch at least, so that it does not stop half way. Answers how many calls. */
async function holdCalls({ target, lanes, callsOfBatch }: Sending, terms: CallTerms): Promise<number> {
  const { gate } = target.side;
  let held = await gate.hold(terms, lanes * (callsOfBatch + callsSpare));
  for (let count = 1; held < callsOfBatch && count < holdsMax; count += 1)
    held += await gate.hold(terms, callsOfBatch - held);
  return held;
}

async function claimHeld(
  sending: Sending,
  at: { readonly terms: CallTerms; readonly batches: number; readonly connection: Connection },
): Promise<void> {
  const { session, target, batchSize, queue } = sending;
  const { store, clock } = session.world;
  const { terms, connection } = at;
  const { holding } = session;
  await holding.keepUp();
  if (isCut(session, target.side, target.policy.entity)) {
    sending.isDry = true;
    target.side.gate.letGo(terms);
    return;
  }
  const end = holding.begin();
  const withinMs = sendWithinMs(target);
  const limit = Math.min(batchSize * at.batches, claimMax);
  // Counted from before we ask, so that our own end of it is never later than the one that the store stamps.
  const deadline = deadlineIn(clock, withinMs);
  terms.deadline = deadline;
  const intents = await store.claimIntents({
    rights: holding.rights(),
    target: target.side.id,
    entity: target.policy.entity,
    limit,
    keys: sending.keys === null ? null : [...sending.keys],
    sendWithinMs: withinMs,
  });
  if (intents.length < limit) sending.isDry = true;
  if (intents.length === 0) {
    target.side.gate.letGo(terms);
    return end();
  }
  // No byte of them leaves us before the witness knows of the claim.
  const [, { early, ready }] = await Promise.all([bearWitness(session), prepare(session, target, intents)]);
  const claim: Claim = { end, open: intents.length, didMove: false, batches: 0, terms, connection };
  for (let from = 0; from < ready.length; from += batchSize)
    queue.push({ prepared: ready.slice(from, from + batchSize), deadline, claim });
  if (early.length === 0) return;
  await sending.commit(early);
  await note(sending, claim, early);
}

function add(counts: SendCounts, outcomes: readonly IntentOutcome[]): void {
  for (const { intent, state, failure, observation } of outcomes) {
    // Only a system that may lag behind itself shows what was known already.
    const isUnsure =
      observation === null || (observation.versionOrder === null && observation.lagMs !== undefined);
    if (state === "refused" && failure?.failure === "stale" && isUnsure) counts.unshown.add(intent.link);
    if (state === "settled") counts.settled[intent.kind] = (counts.settled[intent.kind] ?? 0) + 1;
    else if (state === "refused" || state === "parked") counts.refused += 1;
    else if (state === "in_doubt") counts.doubtful += 1;
    else counts.postponed += 1;
  }
}

function report(session: Session, at: { side: Side; entity: EntityName; counts: SendCounts }): void {
  const done = Object.values(at.counts.settled).reduce((sum, count) => sum + count, 0);
  const message = `writing ${at.entity} to ${at.side.id}`;
  session.report({ phase: "send", entity: at.entity, connection: at.side.id, done, total: null, message });
}
