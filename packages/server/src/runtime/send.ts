import { failureRecord, imagesOf, lineIdsOf, writePatch } from "@crossfoot/connector-sdk";
import type {
  Connection,
  EntityMapping,
  NativeRecord,
  NativeWrite,
  WriteOutcome,
} from "@crossfoot/connector-sdk";
import { decideRetry, eventOfFailure, isLines, pairLines, transitionIntent } from "@crossfoot/kernel";
import type {
  ConnectionId,
  EntityName,
  EntityPolicy,
  ExternalId,
  FailureRecord,
  JsonMap,
  LinkId,
} from "@crossfoot/kernel";
import type {
  BaseMove,
  Intent,
  IntentOutcome,
  LineLink,
  RecordKey,
  StoredObservation,
} from "../store/port.ts";
import { lookUpLinks, readContext, readObservation } from "./canonical.ts";
import { toObservation } from "./observe.ts";
import { abilitiesOf, mappingOf, sideOf } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

/** Counts of one sending. */
export interface SendCounts {
  settled: { [kind: string]: number };
  refused: number;
  postponed: number;
  doubtful: number;
}

/** What sending one batch needs. */
export interface SendTarget {
  readonly side: Side;
  readonly connection: Connection;
  readonly mapping: EntityMapping;
  readonly policy: EntityPolicy;
}

/** Batches of one claim: enough to keep all lanes of a target busy, few enough to commit often. */
const claimMax = 400;

/**
 * Sends the due intents of one target and entity. Each claim marks its intents `sending` in one commit under the
 * fencing token; the outcomes of each batch are one commit. Answers when nothing due is left.
 */
export async function sendDue(
  session: Session,
  at: { readonly target: ConnectionId; readonly policy: EntityPolicy },
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

interface Prepared {
  readonly intent: Intent;
  readonly current: StoredObservation | null;
  readonly write: NativeWrite;
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
  const lane = async (): Promise<void> => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
      const done = await sendBatch(session, target, batch);
      await session.world.store.commitOutcomes(done, session.runId, session.lease);
      outcomes.push(...done);
    }
  };
  await Promise.all(Array.from({ length: Math.max(target.side.concurrency, 1) }, lane));
  return outcomes;
}

async function loadCurrent(
  world: World,
  target: SendTarget,
  intents: readonly Intent[],
): Promise<ReadonlyMap<string, StoredObservation>> {
  const keys = intents.flatMap((intent): RecordKey[] =>
    intent.id === null ? [] : [{ connection: target.side.id, entity: intent.entity, id: intent.id }],
  );
  const seen = await world.store.observationsOf(keys);
  return new Map(seen.map((one) => [one.id, one]));
}

/** Native ids of everything the writes refer to, and of their lines, looked up in bulk. */
async function writeContexts(
  world: World,
  target: SendTarget,
  intents: readonly Intent[],
): Promise<WriteLookUp> {
  const referenced = intents.flatMap(({ fields }) => JSON.stringify(fields).match(/"link":"([^"]+)"/g) ?? []);
  const links = [
    ...new Set(referenced.map((text) => text.slice(8, -1) as LinkId)),
    ...intents.map(({ link }) => link),
  ];
  const members = (await world.store.membersOf(links)).filter(
    (row) => row.connection === target.side.id && !row.isAlias,
  );
  const own = members.filter((row) => row.entity === target.policy.entity);
  const lines = await world.store.linesOf(
    own.map(({ connection, entity, id }) => ({ connection, entity, id })),
  );
  return {
    idOf: (entity, link) => members.find((row) => row.link === link && row.entity === entity)?.id,
    memberOf: (link) => own.find((row) => row.link === link)?.id,
    lines: lines.filter((line) => line.connection === target.side.id),
  };
}

interface WriteLookUp {
  readonly idOf: (entity: EntityName, link: LinkId) => ExternalId | undefined;
  readonly memberOf: (link: LinkId) => ExternalId | undefined;
  readonly lines: readonly (LineLink & { readonly link: LinkId })[];
}

async function prepare(
  session: Session,
  target: SendTarget,
  intents: readonly Intent[],
): Promise<{ readonly early: readonly IntentOutcome[]; readonly ready: readonly Prepared[] }> {
  const { world } = session;
  const look = await writeContexts(world, target, intents);
  // A later step of a document learns its record from the create that came before it.
  const known = intents.map((intent) =>
    intent.id === null && intent.kind !== "create"
      ? { ...intent, id: look.memberOf(intent.link) ?? null }
      : intent,
  );
  const current = await loadCurrent(world, target, known);
  const early: IntentOutcome[] = [];
  const ready: Prepared[] = [];
  for (const intent of known) {
    const seen = intent.id === null ? null : (current.get(intent.id) ?? null);
    const made = prepareOne(target, { intent, seen, look });
    if ("write" in made) ready.push({ intent, current: seen, write: made.write });
    else early.push(refusal(session, intent, made));
  }
  return { early, ready };
}

type Unsendable =
  | { readonly wait: true }
  | { readonly problems: { readonly [field: string]: { readonly code: string; readonly expected: string } } };

function prepareOne(
  target: SendTarget,
  at: { readonly intent: Intent; readonly seen: StoredObservation | null; readonly look: WriteLookUp },
): { readonly write: NativeWrite } | Unsendable {
  const { intent, seen, look } = at;
  const isCreate = intent.kind === "create";
  const lines = look.lines.filter((line) => line.link === intent.link);
  const made = writePatch(
    target.mapping,
    intent.kind === "transition" ? {} : intent.fields,
    isCreate ? {} : (seen?.native ?? {}),
    {
      connection: target.side.id,
      idOf: look.idOf,
      lineIdOf: (field, key) => lines.find((line) => line.field === field && line.key === key)?.nativeId,
    },
    { isCreate },
  );
  if (made.awaits.length > 0) return { wait: true };
  if (Object.keys(made.problems).length > 0) return { problems: made.problems };
  return {
    write: {
      key: intent.key,
      entity: intent.entity,
      kind: intent.kind,
      id: intent.id,
      precondition: intent.precondition ?? seen?.version ?? null,
      patch: made.patch,
      current: seen?.native ?? {},
      reference: intent.reference,
      transition: intent.transition,
    },
  };
}

/** An intent that cannot be sent: its parent is still on its way, or the target cannot take a value. */
function refusal(session: Session, intent: Intent, why: Unsendable): IntentOutcome {
  const now = session.world.clock.now();
  if ("wait" in why) {
    return {
      ...blank(intent),
      state: "stored",
      dueAt: now + 500,
      intent: { ...intent, attempts: intent.attempts - 1 },
    };
  }
  const [field] = Object.keys(why.problems);
  const failure: FailureRecord = {
    failure: "invalid",
    code: "value_not_sendable",
    message: `${field ?? "a field"} cannot be written to ${intent.target}: expected ${why.problems[field ?? ""]?.expected ?? ""}`,
    status: null,
    retryAt: null,
    requestId: null,
    field: field ?? null,
  };
  return { ...failed(session, intent, failure), isToDecide: true };
}

/** An outcome with nothing in it. */
export function blank(intent: Intent): IntentOutcome {
  return {
    intent,
    state: "stored",
    id: intent.id,
    failure: null,
    dueAt: null,
    abandonedAt: null,
    observation: null,
    baseMoves: [],
    lines: [],
    park: null,
    isToDecide: false,
  };
}

/** The outcome of an attempt that failed, by the failure's recovery. */
export function failed(session: Session, intent: Intent, failure: FailureRecord): IntentOutcome {
  const { world } = session;
  const now = world.clock.now();
  const event = eventOfFailure(failure.failure);
  const state = transitionIntent("sending", event) ?? "in_doubt";
  if (event === "postpone") {
    const retry = decideRetry({ failure, attempts: intent.attempts, now, spread: 0.3 }, world.retry);
    if (retry.kind === "retry") return { ...blank(intent), state, failure, dueAt: retry.at };
    return { ...blank(intent), state: "parked", failure, park: parkOf(intent, "retries_exhausted", failure) };
  }
  if (event === "doubt") {
    return { ...blank(intent), state, failure, abandonedAt: now, dueAt: now };
  }
  const isStale = failure.failure === "stale";
  const park = isStale ? null : parkOf(intent, "write_refused", failure);
  return { ...blank(intent), state, failure, park, isToDecide: true };
}

/** A park of a write. */
export function parkOf(
  intent: Intent,
  reason: "write_refused" | "retries_exhausted" | "not_unique" | "doubt_unprovable",
  failure: FailureRecord | null,
): NonNullable<IntentOutcome["park"]> {
  const problems = {};
  return {
    reason,
    connection: intent.target,
    externalId: intent.id,
    intentKey: intent.key,
    problems,
    failure,
  };
}

async function sendBatch(
  session: Session,
  target: SendTarget,
  batch: readonly Prepared[],
): Promise<readonly IntentOutcome[]> {
  const { world } = session;
  const compared = await comparePreconditions(session, target, batch);
  const ready = compared.ready;
  if (ready.length === 0) return compared.stale;
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
  const results: IntentOutcome[] = [];
  for (const [index, { intent }] of ready.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) results.push(failed(session, intent, missingOutcome));
    else if (outcome.kind === "failed")
      results.push(await failedOne(session, target, { intent, failure: outcome.failure }));
    else {
      const record = outcome.record ?? records.get(outcome.id) ?? null;
      const seen =
        record === null
          ? null
          : await toObservation(world, { side: target.side, mapping: target.mapping, span }, record);
      results.push(await landed(session, target, { intent, id: outcome.id, seen }));
    }
  }
  return [...compared.stale, ...results];
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

/** Systems without conditional writes: read, compare, write, read back; the window between is theirs and is said aloud. */
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

/**
 * A write that landed. The target's base becomes what it shows, the sources' base what they showed when it was
 * decided; a state change that did nothing is refused, since a button in the wrong state answers well and does nothing.
 */
export async function landed(
  session: Session,
  target: SendTarget,
  at: { readonly intent: Intent; readonly id: ExternalId; readonly seen: StoredObservation | null },
): Promise<IntentOutcome> {
  const { intent, id, seen } = at;
  const done: IntentOutcome = { ...blank(intent), state: "settled", id, isToDecide: true };
  if (seen === null) return done;
  const { world } = session;
  const links = await lookUpLinks(world, [
    { side: target.side, mapping: target.mapping, native: seen.native },
  ]);
  const context = readContext(world, links, { connection: target.side.id, lines: [] });
  const shown = readObservation(target.mapping, seen, context).fields;
  const status = shown[target.policy.statusField ?? ""];
  if (intent.transition !== null && (status === undefined || status === intent.transition.from)) {
    return { ...failed(session, intent, noEffect(intent)), id, observation: seen };
  }
  const isElsewhere = intent.transition !== null && status !== intent.transition.to;
  const images = imagesOf(target.mapping, seen.native);
  const targetImages: Record<string, JsonMap> = {};
  for (const field of Object.keys(intent.fields)) {
    const image = images[field];
    // A state that went on by itself is news of the target, not the value that was sent.
    if (image !== undefined && !isElsewhere) targetImages[field] = image;
  }
  const moves: BaseMove[] = [{ connection: target.side.id, images: targetImages, kind: seen.kind }];
  for (const [connection, sourceFields] of Object.entries(intent.sourceImages)) {
    moves.push({ connection: connection as ConnectionId, images: sourceFields, kind: "present" });
  }
  const lines = await newLines(world, target, { intent, seen, shown });
  return { ...done, observation: seen, baseMoves: moves, lines };
}

function noEffect(intent: Intent): FailureRecord {
  return {
    failure: "invalid",
    code: "transition_had_no_effect",
    message: `${intent.target} answered well to ${intent.transition?.via ?? "the change"} and left the state as it was`,
    status: null,
    retryAt: null,
    requestId: null,
    field: null,
  };
}

/** Which rows of the stored record are which of the lines that were written. */
async function newLines(
  world: World,
  target: SendTarget,
  at: {
    readonly intent: Intent;
    readonly seen: StoredObservation;
    readonly shown: { readonly [field: string]: unknown };
  },
): Promise<readonly LineLink[]> {
  if (!Object.values(at.intent.fields).some((value) => isLines(value))) return [];
  const { connection, entity, id } = at.seen;
  const known = await world.store.linesOf([{ connection, entity, id }]);
  const marks = lineIdsOf(target.mapping, at.seen.native);
  const found: LineLink[] = [];
  for (const [field, sent] of Object.entries(at.intent.fields)) {
    const rows = at.shown[field];
    const kind = target.policy.fields[field]?.kind;
    if (!isLines(sent) || kind?.kind !== "collection" || !Array.isArray(rows)) continue;
    const prefix = `${target.side.id}:`;
    const own = known.filter((line) => line.field === field && line.connection === target.side.id);
    const wanted = sent.filter(({ key }) => !key.startsWith(prefix) && !own.some((line) => line.key === key));
    const open = (rows as typeof sent)
      .filter(
        ({ key }) =>
          key.startsWith(prefix) && !own.some((line) => line.nativeId === key.slice(prefix.length)),
      )
      .filter(({ key }) => !sent.some((line) => line.key === key))
      .map(({ key, fields }) => {
        const id = key.slice(prefix.length);
        return {
          id,
          fields,
          lineRef: marks.find((mark) => mark.field === field && mark.nativeId === id)?.lineRef ?? null,
        };
      });
    const { pairs } = pairLines(wanted, open, Object.keys(kind.parts));
    for (const [nativeId, key] of pairs) found.push({ connection: target.side.id, field, nativeId, key });
  }
  return found;
}
