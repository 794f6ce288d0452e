import { failureRecord } from "@crossfoot/connector-sdk";
import type { NativeRecord, WriteOutcome } from "@crossfoot/connector-sdk";
import type { ExternalId, FailureRecord } from "@crossfoot/kernel";
import type { IntentOutcome, StoredObservation } from "../store/port.ts";
import type { Deadline } from "./deadline.ts";
import { isNotShown, notShown } from "./answered.ts";
import { isQuotaWait } from "./gate.ts";
import { notSeen } from "./not-seen.ts";
import { lagFrom, toObservation } from "./observe.ts";
import type { ReadSpan } from "./observe.ts";
import { blank, failed, landed, lookUpLanded } from "./outcome.ts";
import { staleFailure } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";
import { inTheirPlace } from "./overlap.ts";
import { readRows } from "./read-rows.ts";
import type { SendTarget } from "./target.ts";
import { abilitiesOf } from "./world.ts";
import type { Intent } from "../store/port.ts";
import type { Session } from "./world.ts";

/** An intent that was claimed and not sent is as it was before the claim. */
export function takenBack({ intent }: Prepared): IntentOutcome {
  return { ...blank({ ...intent, attempts: intent.attempts - 1 }), state: "stored" };
}

/**
 * Sends the writes of one call and tells what became of each. Past the deadline nothing is sent.
 */
export async function sendBatch(
  session: Session,
  target: SendTarget,
  at: { readonly prepared: readonly Prepared[]; readonly deadline: Deadline },
): Promise<readonly IntentOutcome[]> {
  const { world } = session;
  const { prepared: batch, deadline } = at;
  let compared: Awaited<ReturnType<typeof comparePreconditions>>;
  try {
    compared = await comparePreconditions(session, target, batch);
  } catch (error) {
    const met = failureRecord(error);
    if (isQuotaWait(met)) return batch.map(takenBack);
    // Nothing was sent yet: whatever the reading met, the writes wait.
    const failure: FailureRecord = { ...met, failure: "transient" };
    return batch.map(({ intent }) => failed(session, intent, failure));
  }
  const ready = compared.ready;
  if (ready.length === 0) return compared.stale;
  if (isTooLate(session, target, deadline)) {
    return [...compared.stale, ...ready.map(takenBack)];
  }
  const start = session.tick();
  let outcomes: readonly WriteOutcome[];
  try {
    outcomes = await target.connection.write(ready.map(({ write }) => write));
  } catch (error) {
    const failure = failureRecord(error);
    if (isQuotaWait(failure)) return [...compared.stale, ...ready.map(takenBack)];
    if (failure.failure === "unauthorised") await noteRefused(session, target, failure);
    return [...compared.stale, ...ready.map(({ intent }) => failed(session, intent, failure))];
  }
  const span = { start, end: session.tickEnd(), via: "answer" } as const;
  const observations = await observe(session, target, { ready, outcomes, span });
  const look = await lookUpLanded(world, target, [...observations.values()]);
  const abilities = abilitiesOf(target.connection, target.policy.entity);
  const isConditional = abilities?.precondition === "conditional";
  const results: IntentOutcome[] = [];
  for (const [index, one] of ready.entries()) {
    const { intent, current } = one;
    const outcome = outcomes[index];
    if (outcome === undefined) results.push(failed(session, intent, missingOutcome));
    // Its turn did not come in time: it was not sent, and that was no attempt.
    else if (outcome.kind === "failed" && isQuotaWait(outcome.failure)) results.push(takenBack(one));
    else if (outcome.kind === "failed")
      results.push(await failedOne(session, target, { intent, current, failure: outcome.failure }));
    else {
      const seen = observations.get(outcome) ?? null;
      const isReadBack = outcome.record === null;
      if (isReadBack && isNotShown(one, seen)) results.push(notShown(session, intent, outcome.id));
      else
        results.push(
          landed(session, target, {
            ...{ intent, id: outcome.id, seen, look, was: current?.kind ?? null, before: current },
            isConditional: isConditional && !isReadBack && one.write.precondition !== null,
          }),
        );
    }
  }
  return [...compared.stale, ...results];
}

/** What the target shows of each write that it answered well, in its place among other readings. */
async function observe(
  session: Session,
  target: SendTarget,
  at: {
    readonly ready: readonly Prepared[];
    readonly outcomes: readonly WriteOutcome[];
    readonly span: ReadSpan;
  },
): Promise<ReadonlyMap<WriteOutcome, StoredObservation>> {
  const { side, mapping } = target;
  const records = await readBack(session, target, at.outcomes);
  const answered: { outcome: WriteOutcome; intent: Intent; seen: StoredObservation }[] = [];
  for (const [index, { intent }] of at.ready.entries()) {
    const outcome = at.outcomes[index];
    if (outcome === undefined || outcome.kind === "failed") continue;
    const record = outcome.record ?? records.get(outcome.id);
    if (record === undefined) continue;
    const seen = await toObservation(session.world, { side, mapping, span: at.span }, record);
    answered.push({ outcome, intent, seen });
  }
  const placed = await inTheirPlace(session, target, answered);
  return new Map(answered.map(({ outcome, seen }) => [outcome, placed.get(seen) ?? seen]));
}

/**
 * The last look before the first byte: whether a call that is started now may still be on its way when its
 * deadline is over, or the lease is gone. A worker that comes too late sends nothing, since a successor may
 * count on that (INVARIANTS.md X5, notes on limits, a):
 * 1. A claims a create, and is paused before it calls.
 * 2. A's lease runs out. B asks the target after the deadline and the horizon: nothing is there; B sends it.
 * 3. A wakes up. If it made its call now, the record would be there twice.
 */
function isTooLate(session: Session, { side }: SendTarget, deadline: Deadline): boolean {
  return session.signal?.aborted === true || !session.holding.isAlive || deadline.isOver(side.timeoutMs);
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
  at: {
    readonly intent: Intent;
    readonly current: StoredObservation | null;
    readonly failure: FailureRecord;
  },
): Promise<IntentOutcome> {
  const outcome = failed(session, at.intent, at.failure);
  if (at.failure.failure !== "stale" || at.intent.id === null) return outcome;
  const seen = await readOne(session, target, { id: at.intent.id, current: at.current });
  return { ...outcome, observation: seen };
}

async function readOne(
  session: Session,
  target: SendTarget,
  { id, current }: { readonly id: ExternalId; readonly current: StoredObservation | null },
): Promise<StoredObservation | null> {
  const { world } = session;
  const start = session.tick();
  const lag = lagFrom(world, target.connection);
  try {
    const [record] = await target.connection.readByIds({
      entity: target.policy.entity,
      roots: target.mapping.roots,
      ids: [id],
    });
    const span = { start, end: session.tickEnd(), via: "probe", lag } as const;
    if (record === undefined) return current === null ? null : notSeen(current, span);
    return await toObservation(world, { side: target.side, mapping: target.mapping, span }, record);
  } catch {
    // The next poll or sweep reads it; nothing rests on this reading.
    return null;
  }
}

/**
 * Systems without conditional writes, and records without a version that a write could be made conditional
 * on: read, compare, write, read back; the window between is theirs and is said aloud.
 */
async function comparePreconditions(
  session: Session,
  target: SendTarget,
  batch: readonly Prepared[],
): Promise<{ readonly ready: readonly Prepared[]; readonly stale: readonly IntentOutcome[] }> {
  const abilities = abilitiesOf(target.connection, target.policy.entity);
  if (abilities === undefined || abilities.precondition === "none") return { ready: batch, stale: [] };
  const isCompared = ({ current, write }: Prepared): boolean =>
    abilities.precondition === "compare" ||
    (write.precondition === null && current !== null && current.version === null);
  const ids = batch.flatMap((one) => (one.intent.id === null || !isCompared(one) ? [] : [one.intent.id]));
  if (ids.length === 0) return { ready: batch, stale: [] };
  const { world } = session;
  const start = session.tick();
  const lag = lagFrom(world, target.connection);
  const { records, unreadable } = await readRows((some) => readSome(target, some), ids);
  const span = { start, end: session.tickEnd(), via: "probe", lag } as const;
  const ready: Prepared[] = [];
  const stale: IntentOutcome[] = [];
  for (const one of batch) {
    const broken = unreadable.find(({ id }) => id === one.intent.id);
    if (broken !== undefined) {
      stale.push(failed(session, one.intent, broken.failure));
      continue;
    }
    const record = records.find(({ id }) => id === one.intent.id);
    const seen =
      record === undefined
        ? null
        : await toObservation(world, { side: target.side, mapping: target.mapping, span }, record);
    const isMoved = seen !== null && hasMoved(one, seen);
    if (!isMoved) ready.push(one);
    else stale.push({ ...failed(session, one.intent, staleFailure), observation: seen });
  }
  return { ready, stale };
}

const readSome = (
  { connection, policy, mapping }: SendTarget,
  ids: readonly ExternalId[],
): Promise<readonly NativeRecord[]> =>
  connection.readByIds({ entity: policy.entity, roots: mapping.roots, ids });

/**
 * Whether the record is another than the one that was decided on. Its version tells, where it has one: the
 * newest view may be later than the decision, and hold an edit that nobody has decided on.
 */
function hasMoved({ intent, current }: Prepared, seen: StoredObservation): boolean {
  if (intent.precondition !== null && seen.version !== null) return seen.version !== intent.precondition;
  return current !== null && seen.contentHash !== current.contentHash;
}

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
    const { records } = await readRows((some) => readSome(target, some), ids);
    return new Map(records.map((record) => [record.id, record]));
  } catch (error) {
    // Nobody knows what it shows: it is asked for again, or seen with the next list (crash matrix, row 10).
    session.world.log.warn("read_back_failed", {
      connection: target.side.id,
      code: failureRecord(error).code,
    });
    return new Map();
  }
}
