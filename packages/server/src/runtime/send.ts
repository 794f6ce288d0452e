import { failureRecord } from "@crossfoot/connector-sdk";
import type { NativeRecord, WriteOutcome } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName, EntityPolicy, ExternalId, FailureRecord } from "@crossfoot/kernel";
import type { Intent, IntentOutcome, StoredObservation } from "../store/port.ts";
import { gathered } from "./gather.ts";
import { toObservation } from "./observe.ts";
import { blank, failed, landed, lookUpLanded } from "./outcome.ts";
import { prepare } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";
import type { SendTarget } from "./target.ts";
import { abilitiesOf, mappingOf, sideOf } from "./world.ts";
import type { Session, Side } from "./world.ts";

/** Counts of one sending. */
export interface SendCounts {
  settled: { [kind: string]: number };
  refused: number;
  postponed: number;
  doubtful: number;
}

/** Batches of one claim: enough to keep all lanes of a target busy, few enough to commit often. */
const claimMax = 400;

/**
 * Sends the due intents of one target and entity. Each claim marks its intents `sending` in one commit
 * under the fencing token; the outcomes of a batch are one commit, together with those of batches that ended
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
  const counts: SendCounts = { settled: {}, refused: 0, postponed: 0, doubtful: 0 };
  const { world } = session;
  const side = sideOf(world, at.target);
  const mapping = mappingOf(side, at.policy.entity);
  if (mapping === undefined || session.away.has(side.id)) return counts;
  const connection = await side.open();
  const abilities = abilitiesOf(connection, at.policy.entity);
  if (abilities === undefined) return counts;
  const target: SendTarget = { side, connection, mapping, policy: at.policy };
  for (;;) {
    if (session.signal?.aborted === true || session.away.has(side.id)) return counts;
    const sendDeadline = world.clock.now() + side.timeoutMs * 2;
    const intents = await world.store.claimIntents({
      lease: session.lease,
      target: side.id,
      entity: at.policy.entity,
      limit: claimMax,
      keys: at.keys,
      sendDeadline,
    });
    if (intents.length === 0) return counts;
    const sent = await sendClaimed(session, target, intents);
    add(counts, sent);
    report(session, { side, entity: at.policy.entity, counts });
    // Everything that came back waits for a parent or for time: nothing more can be done now.
    if (sent.every(({ state }) => state === "stored")) return counts;
  }
}

function add(counts: SendCounts, outcomes: readonly IntentOutcome[]): void {
  for (const { intent, state } of outcomes) {
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

async function sendClaimed(
  session: Session,
  target: SendTarget,
  intents: readonly Intent[],
): Promise<readonly IntentOutcome[]> {
  const prepared = await prepare(session, target, intents);
  if (prepared.early.length > 0)
    await session.world.store.commitOutcomes(prepared.early, session.runId, session.lease);
  const size = Math.max(abilitiesOf(target.connection, target.policy.entity)?.writeBatchMax ?? 1, 1);
  const batches: Prepared[][] = [];
  for (let from = 0; from < prepared.ready.length; from += size)
    batches.push(prepared.ready.slice(from, from + size));
  const outcomes: IntentOutcome[] = [...prepared.early];
  let next = 0;
  const commit = gathered((done: readonly IntentOutcome[]) =>
    session.world.store.commitOutcomes(done, session.runId, session.lease),
  );
  const lane = async (): Promise<void> => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
      const done = isLate(session, batch) ? batch.map(takenBack) : await sendBatch(session, target, batch);
      await commit(done);
      outcomes.push(...done);
    }
  };
  // Every lane ends before the first error is told: nothing is still being written when the lease is given
  // back.
  const lanes = await Promise.allSettled(Array.from({ length: Math.max(target.side.concurrency, 1) }, lane));
  const broken = lanes.find(({ status }) => status === "rejected");
  if (broken?.status === "rejected") throw broken.reason;
  return outcomes;
}

/**
 * The last look before the first byte: past its deadline, or when the lease is gone, nothing is sent any
 * more, since a successor may already count on that (INVARIANTS.md, notes on limits, a).
 */
function isLate(session: Session, batch: readonly Prepared[]): boolean {
  const now = session.world.clock.now();
  return session.signal?.aborted === true || batch.some(({ intent }) => now > (intent.sendDeadline ?? 0));
}

/** An intent that was claimed and not sent is as it was before the claim. */
function takenBack({ intent }: Prepared): IntentOutcome {
  return { ...blank({ ...intent, attempts: intent.attempts - 1 }), state: "stored" };
}

async function sendBatch(
  session: Session,
  target: SendTarget,
  batch: readonly Prepared[],
): Promise<readonly IntentOutcome[]> {
  const { world } = session;
  let compared: Awaited<ReturnType<typeof comparePreconditions>>;
  try {
    compared = await comparePreconditions(session, target, batch);
  } catch (error) {
    // Nothing was sent yet: whatever the reading met, the writes wait.
    const failure: FailureRecord = { ...failureRecord(error), failure: "transient" };
    return batch.map(({ intent }) => failed(session, intent, failure));
  }
  const ready = compared.ready;
  if (ready.length === 0) return compared.stale;
  if (ready.some(({ intent }) => isTooLate(session, target, intent))) {
    return [...compared.stale, ...ready.map(takenBack)];
  }
  const start = session.tick();
  let outcomes: readonly WriteOutcome[];
  try {
    outcomes = await target.connection.write(ready.map(({ write }) => write));
  } catch (error) {
    const failure = failureRecord(error);
    if (failure.failure === "unauthorised") await noteRefused(session, target, failure);
    return [...compared.stale, ...ready.map(({ intent }) => failed(session, intent, failure))];
  }
  const span = { start, end: session.tick(), via: "answer" } as const;
  const records = await readBack(session, target, outcomes);
  const observations = new Map<WriteOutcome, StoredObservation>();
  for (const outcome of outcomes) {
    if (outcome.kind === "failed") continue;
    const record = outcome.record ?? records.get(outcome.id);
    if (record === undefined) continue;
    const at = { side: target.side, mapping: target.mapping, span };
    observations.set(outcome, await toObservation(world, at, record));
  }
  const look = await lookUpLanded(world, target, [...observations.values()]);
  const results: IntentOutcome[] = [];
  for (const [index, { intent }] of ready.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) results.push(failed(session, intent, missingOutcome));
    else if (outcome.kind === "failed")
      results.push(await failedOne(session, target, { intent, failure: outcome.failure }));
    else {
      const seen = observations.get(outcome) ?? null;
      results.push(landed(session, target, { intent, id: outcome.id, seen, look }));
    }
  }
  return [...compared.stale, ...results];
}

/**
 * Whether a call that is started now may still be on its way when the intent's deadline is over. A worker
 * that comes too late sends nothing (INVARIANTS.md X5):
 * 1. A claims a create, and is paused before it calls.
 * 2. A's lease runs out. B asks the target after the deadline and the horizon: nothing is there; B sends it.
 * 3. A wakes up. If it made its call now, the record would be there twice.
 */
function isTooLate({ world }: Session, { side }: SendTarget, intent: Intent): boolean {
  return world.clock.now() + side.timeoutMs > (intent.sendDeadline ?? 0);
}

const missingOutcome: FailureRecord = {
  failure: "in_doubt",
  code: "outcome_missing",
  message: "the connector answered fewer outcomes than writes",
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
};

async function noteRefused(session: Session, target: SendTarget, failure: FailureRecord): Promise<void> {
  if (failure.code === "session_expired") target.side.forgetTokens();
  else session.away.set(target.side.id, failure);
}

/** A stale target is read again at once, so that the next decision knows what it shows. */
async function failedOne(
  session: Session,
  target: SendTarget,
  at: { readonly intent: Intent; readonly failure: FailureRecord },
): Promise<IntentOutcome> {
  const outcome = failed(session, at.intent, at.failure);
  if (at.failure.failure !== "stale" || at.intent.id === null) return outcome;
  const seen = await readOne(session, target, at.intent.id);
  return { ...outcome, observation: seen };
}

async function readOne(
  session: Session,
  target: SendTarget,
  id: ExternalId,
): Promise<StoredObservation | null> {
  const { world } = session;
  const start = session.tick();
  try {
    const [record] = await target.connection.readByIds({
      entity: target.policy.entity,
      roots: target.mapping.roots,
      ids: [id],
    });
    if (record === undefined) return null;
    const span = { start, end: session.tick(), via: "answer" } as const;
    return await toObservation(world, { side: target.side, mapping: target.mapping, span }, record);
  } catch {
    // The next poll or sweep reads it; nothing rests on this reading.
    return null;
  }
}

/**
 * Systems without conditional writes: read, compare, write, read back; the window between is theirs and is
 * said aloud.
 */
async function comparePreconditions(
  session: Session,
  target: SendTarget,
  batch: readonly Prepared[],
): Promise<{ readonly ready: readonly Prepared[]; readonly stale: readonly IntentOutcome[] }> {
  const abilities = abilitiesOf(target.connection, target.policy.entity);
  if (abilities?.precondition !== "compare") return { ready: batch, stale: [] };
  const ids = batch.flatMap(({ intent }) => (intent.id === null ? [] : [intent.id]));
  if (ids.length === 0) return { ready: batch, stale: [] };
  const { world } = session;
  const start = session.tick();
  const records = await target.connection.readByIds({
    entity: target.policy.entity,
    roots: target.mapping.roots,
    ids,
  });
  const span = { start, end: session.tick(), via: "answer" } as const;
  const ready: Prepared[] = [];
  const stale: IntentOutcome[] = [];
  for (const one of batch) {
    const record = records.find(({ id }) => id === one.intent.id);
    const seen =
      record === undefined
        ? null
        : await toObservation(world, { side: target.side, mapping: target.mapping, span }, record);
    const isMoved = one.current !== null && seen !== null && seen.contentHash !== one.current.contentHash;
    if (!isMoved) ready.push(one);
    else stale.push({ ...failed(session, one.intent, staleFailure), observation: seen });
  }
  return { ready, stale };
}

const staleFailure: FailureRecord = {
  failure: "stale",
  code: "target_moved",
  message: "the target changed after it was decided on",
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
};

async function readBack(
  session: Session,
  target: SendTarget,
  outcomes: readonly WriteOutcome[],
): Promise<ReadonlyMap<ExternalId, NativeRecord>> {
  const ids = outcomes.flatMap((outcome) =>
    outcome.kind === "done" && outcome.record === null ? [outcome.id] : [],
  );
  if (ids.length === 0) return new Map();
  try {
    const records = await target.connection.readByIds({
      entity: target.policy.entity,
      roots: target.mapping.roots,
      ids,
    });
    return new Map(records.map((record) => [record.id, record]));
  } catch (error) {
    // Settled all the same: the base moves when the record is next seen (crash matrix, row 10).
    session.world.log.warn("read_back_failed", {
      connection: target.side.id,
      code: failureRecord(error).code,
    });
    return new Map();
  }
}
