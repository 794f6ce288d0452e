import { failureRecord } from "@crossfoot/connector-sdk";
import type { ProbeAnswer } from "@crossfoot/connector-sdk";
import { isEqual, isLikelyImage, isOpen, provesAbsence, settleUpdate } from "@crossfoot/kernel";
import type {
  ConnectionId,
  EntityPolicy,
  ExternalId,
  FailureRecord,
  UpdateEvidence,
} from "@crossfoot/kernel";
import { isRepair } from "../store/port.ts";
import type { DoubtfulIntent, Intent, IntentOutcome, Rights, StoredObservation } from "../store/port.ts";
import { isSeenAlike, seenAlike } from "./alike.ts";
import { isAsked } from "./asked-lines.ts";
import { isAnswered, lookPauseMsMax, sentImages, showsNothing } from "./answered.ts";
import { lookUpLinks, readContext, readImages, readObservation } from "./canonical.ts";
import { forgetDoubt, quietFor } from "./doubts.ts";
import { gathered } from "./gather.ts";
import { inLanes } from "./lanes.ts";
import { notSeen } from "./not-seen.ts";
import { toObservation } from "./observe.ts";
import { blank, failed, landed, lookUpLanded, parkOf } from "./outcome.ts";
import { isCut } from "./pausing.ts";
import { sendWithinMs } from "./target.ts";
import type { SendTarget } from "./target.ts";
import { abilitiesOf, mappingOf, reading, sideOf, termsOf } from "./world.ts";
import type { Session } from "./world.ts";

/** Intents loaded to be asked about at once. */
const batchSize = 50;
/** Pause after a probe that failed, ms. */
const failurePauseMs = 2_000;
/** Least time between two questions about one write, ms. */
const askPauseMsMin = 10;

/**
 * Settles writes in doubt of one target: did they land? A create is looked for by our reference or its
 * business fingerprint, anything else by reading the record. Only after the connector's horizon does
 * finding nothing prove absence; until then the intent stays in doubt. Never repeats a write.
 */
export async function probeDue(
  session: Session,
  at: { readonly target: ConnectionId; readonly policy: EntityPolicy },
): Promise<number> {
  const { world, holding } = session;
  const side = sideOf(world, at.target);
  const mapping = mappingOf(side, at.policy.entity);
  if (mapping === undefined || session.away.has(side.id)) return 0;
  await holding.keepUp();
  return holding.use((rights) => probeSome(session, { side, mapping, policy: at.policy, rights }));
}

async function probeSome(
  session: Session,
  at: Pick<SendTarget, "side" | "mapping" | "policy"> & { readonly rights: Rights },
): Promise<number> {
  const { world } = session;
  const { side, mapping, policy, rights } = at;
  const { entity } = policy;
  const doubtful = await world.store.doubtfulIntents({ rights, target: side.id, entity, limit: batchSize });
  if (doubtful.length === 0) return 0;
  // How long they have been quiet is told before anything is asked: an answer says what was so when it was
  // asked for.
  const intents = doubtful.map((intent) => ({ ...intent, quietForMs: quietFor(world, intent) }));
  const connection = await side.open(termsOf(session));
  const target: SendTarget = { side, connection, mapping, policy };
  const commit = gathered((done: readonly IntentOutcome[]) =>
    world.store.commitOutcomes(done, session.runId, rights),
  );
  let settled = 0;
  await inLanes(intents, side.concurrency, async (intent) => {
    if (isCut(session, side, entity)) return;
    const outcome = await probeOne(session, target, intent);
    // Each answer is stored as it comes, so that even a program that is killed every second gets on.
    await commit([outcome]);
    if (outcome.state === "in_doubt") return;
    settled += 1;
    forgetDoubt(world, intent);
    session.report({
      phase: "probe",
      entity,
      connection: side.id,
      done: settled,
      total: intents.length,
      message: `asking ${side.id} whether ${entity} in doubt landed`,
    });
  });
  return settled;
}

async function probeOne(
  session: Session,
  target: SendTarget,
  intent: DoubtfulIntent,
): Promise<IntentOutcome> {
  try {
    return intent.kind === "create"
      ? await probeCreate(session, target, intent)
      : await probeChange(session, target, intent);
  } catch (error) {
    const failure = failureRecord(error);
    const hinted = failure.retryAt === null ? 0 : failure.retryAt - session.world.clock.now();
    // A probe that failed proves nothing: the intent stays in doubt, and is asked about again.
    return {
      ...blank(intent),
      state: "in_doubt",
      failure: isAnswered(intent) ? intent.failure : failure,
      dueInMs: Math.max(failurePauseMs, hinted),
    };
  }
}

function waiting(target: SendTarget, intent: DoubtfulIntent): IntentOutcome {
  const { horizonMs } = target.connection.manifest;
  // Never longer than from a claim to its horizon: a store's clock that was set back would say hours.
  const left = Math.min(horizonMs - intent.quietForMs, horizonMs + sendWithinMs(target));
  const pauseMs = isAnswered(intent) ? Math.min(left + 1, lookPauseMsMax) : left + 1;
  const dueInMs = Math.max(pauseMs, askPauseMsMin);
  return { ...blank(intent), state: "in_doubt", failure: intent.failure, dueInMs };
}

function isAbsenceProved(
  target: SendTarget,
  at: { intent: DoubtfulIntent; isKeyEnforced: boolean },
): boolean {
  return provesAbsence({
    quietForMs: at.intent.quietForMs,
    horizonMs: target.connection.manifest.horizonMs,
    isKeyEnforced: at.isKeyEnforced,
  });
}

const provedAbsent: FailureRecord = {
  failure: "transient",
  code: "proved_absent",
  message: "the write did not land; it is sent again under the same key",
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
};

/** Put back by a person who has looked, the write goes its usual way. */
const untold: FailureRecord = {
  failure: "in_doubt",
  code: "untold_after_restore",
  message: "the store was restored, and the target does not tell by our reference whether it has this record",
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
};

async function probeCreate(
  session: Session,
  target: SendTarget,
  intent: DoubtfulIntent,
): Promise<IntentOutcome> {
  const { world } = session;
  if (isAnswered(intent) && intent.id !== null)
    return settleMade(session, target, { ...intent, id: intent.id });
  const abilities = abilitiesOf(target.connection, intent.entity);
  const start = session.tick();
  const answer = await reading(session, target.side, (connection) =>
    connection.probe({
      entity: intent.entity,
      roots: target.mapping.roots,
      reference: intent.reference,
      write: {
        key: intent.key,
        entity: intent.entity,
        kind: "create",
        id: null,
        precondition: null,
        patch: intent.fields as never,
        current: {},
        reference: intent.reference,
        transition: null,
      },
    }),
  );
  const span = { start, end: session.tickEnd(), via: "probe" } as const;
  const found = await Promise.all(
    answer.records.map((record) =>
      toObservation(world, { side: target.side, mapping: target.mapping, span }, record),
    ),
  );
  return settleCreate(session, target, {
    intent,
    answer,
    found,
    isKeyEnforced: abilities?.createProof === "unique_key",
  });
}

/** A record whose id was answered, and which nobody has seen yet. */
async function settleMade(
  session: Session,
  target: SendTarget,
  intent: DoubtfulIntent & { readonly id: ExternalId },
): Promise<IntentOutcome> {
  const start = session.tick();
  const [record] = await reading(session, target.side, (connection) =>
    connection.readByIds({ entity: intent.entity, roots: target.mapping.roots, ids: [intent.id] }),
  );
  const span = { start, end: session.tickEnd(), via: "probe" } as const;
  if (record === undefined && !isAbsenceProved(target, { intent, isKeyEnforced: false }))
    return waiting(target, intent);
  const seen =
    record === undefined
      ? null
      : await toObservation(session.world, { side: target.side, mapping: target.mapping, span }, record);
  return madeOf(session, target, { intent, id: intent.id, seen });
}

async function settleCreate(
  session: Session,
  target: SendTarget,
  at: {
    readonly intent: DoubtfulIntent;
    readonly answer: ProbeAnswer;
    readonly found: readonly StoredObservation[];
    readonly isKeyEnforced: boolean;
  },
): Promise<IntentOutcome> {
  const { intent, found, answer } = at;
  const [first] = found;
  // Edited since, a record is not found by its business values any more: after days that is no proof.
  if (intent.isForgotten && answer.by === "fingerprint" && intent.failure?.code !== untold.code)
    return {
      ...blank(intent),
      state: "parked",
      failure: untold,
      park: parkOf(intent, "doubt_unprovable", untold),
    };
  if (first === undefined) {
    if (!isAbsenceProved(target, at)) return waiting(target, intent);
    if (intent.failure?.code !== seenAlike.code && (await isSeenAlike(session, target, intent))) {
      const park = parkOf(intent, "doubt_unprovable", seenAlike);
      return { ...blank(intent), state: "parked", failure: seenAlike, park };
    }
    return { ...blank(intent), state: "stored", failure: provedAbsent, dueInMs: 0 };
  }
  if (found.length > 1)
    return { ...blank(intent), state: "parked", park: parkOf(intent, "not_unique", intent.failure) };
  if (answer.by === "fingerprint") {
    return { ...blank(intent), state: "parked", park: parkOf(intent, "doubt_unprovable", intent.failure) };
  }
  return madeOf(session, target, { intent, id: first.id, seen: first });
}

/** The outcome of a create that was in doubt, and whose record is known by now. */
async function madeOf(
  session: Session,
  target: SendTarget,
  at: { readonly intent: Intent; readonly id: ExternalId; readonly seen: StoredObservation | null },
): Promise<IntentOutcome> {
  const { intent, seen } = at;
  const look = await lookUpLanded(session.world, target, seen === null ? [] : [seen]);
  const fields = Object.keys(intent.fields);
  const sent = seen === null ? {} : await sentImages(session, target, { intent, seen, fields });
  return landed(session, target, { ...at, look, was: null, before: null, sent });
}

/**
 * After a restore every write that was not over is in doubt, also those that waited for an earlier step of
 * the same document: they wait for what becomes of that.
 */
async function waitsForStep({ world }: Session, intent: DoubtfulIntent): Promise<boolean> {
  if (!intent.isForgotten) return false;
  return (await world.store.intentsOf([intent.link])).some(
    ({ target, step, state }) => target === intent.target && step < intent.step && isOpen(state),
  );
}

async function probeChange(
  session: Session,
  target: SendTarget,
  intent: DoubtfulIntent,
): Promise<IntentOutcome> {
  const { world } = session;
  const id = intent.id ?? (await memberOf(session, target, intent));
  if (await waitsForStep(session, intent)) return waiting(target, intent);
  if (id === null) {
    // Without a record, and without a create that is under way, there was nothing it could go to.
    if (intent.isForgotten)
      return failed(session, intent, { ...provedAbsent, failure: "stale", code: "target_moved" });
    return { ...blank(intent), state: "parked", park: parkOf(intent, "doubt_unprovable", intent.failure) };
  }
  const start = session.tick();
  const records = await reading(session, target.side, (connection) =>
    connection.readByIds({ entity: intent.entity, roots: target.mapping.roots, ids: [id] }),
  );
  const [record] = records;
  const span = { start, end: session.tickEnd(), via: "probe" } as const;
  if (record === undefined) {
    const failure = { ...provedAbsent, failure: "stale", code: "target_gone" } as const;
    const [known] = await world.store.observationsOf([
      { connection: target.side.id, entity: intent.entity, id },
    ]);
    if (known !== undefined && (await isMergedAway(session, target, { intent, id }))) {
      const seen = { ...known, kind: "deleted" as const, via: "probe" as const };
      const gone = { ...seen, readStart: span.start, readEnd: span.end };
      const look = await lookUpLanded(world, target, []);
      return landed(session, target, { intent, id, seen: gone, look, was: null, before: null });
    }
    return {
      ...failed(session, intent, failure),
      observation: known === undefined ? null : notSeen(known, span),
    };
  }
  const seen = await toObservation(world, { side: target.side, mapping: target.mapping, span }, record);
  const { evidence, old, before, isDormant } = await evidenceOf(session, target, { intent, seen });
  // What was answered well has landed, whatever somebody made of it since.
  const isKnownBefore = seen.version !== null && intent.precondition !== null;
  const isLater = isAnswered(intent) && intent.kind === "update" && isKnownBefore;
  if (evidence === "landed" || (isLater && seen.version !== intent.precondition)) {
    const look = await lookUpLanded(world, target, [seen]);
    const putBack = await sentImages(session, target, { intent, seen, fields: isLater ? old : [] });
    return landed(session, target, { intent, id, seen, look, was: null, before, putBack });
  }
  if (evidence === "mixed") {
    // Neither what we sent nor what was there: somebody wrote since, or the target keeps less than it is
    // given. Where the target compares nothing, ours may still land on top of that.
    if (mayStillLand(target, intent)) return { ...waiting(target, intent), observation: seen };
    return {
      ...failed(session, intent, { ...provedAbsent, failure: "stale", code: "target_moved" }),
      observation: seen,
    };
  }
  if (!isAbsenceProved(target, { intent, isKeyEnforced: false })) return waiting(target, intent);
  // What has left the scope meanwhile, on whichever side, is written to no more (I29).
  if (isDormant)
    return {
      ...failed(session, intent, { ...provedAbsent, failure: "stale", code: "target_moved" }),
      observation: seen,
    };
  return {
    ...blank(intent),
    state: "stored",
    failure: isAnswered(intent) ? showsNothing : provedAbsent,
    dueInMs: 0,
    observation: seen,
  };
}

/**
 * Whether a loser is gone since its system deletes what it merges: it does not show it, and does show the
 * survivor. Where it shows neither, rights may be missing, which proves nothing.
 */
async function isMergedAway(
  session: Session,
  { policy, side, mapping }: SendTarget,
  { intent, id }: { readonly intent: Intent; readonly id: ExternalId },
): Promise<boolean> {
  if (intent.kind !== "merge") return false;
  const [row] = await session.world.store.consolidatedOf([
    { connection: side.id, entity: policy.entity, id },
  ]);
  if (row === undefined) return false;
  const ids = [id, row.survivor];
  const shown = await reading(session, side, (connection) =>
    connection.readByIds({ entity: policy.entity, roots: mapping.roots, ids }),
  );
  return shown.some((one) => one.id === row.survivor) && !shown.some((one) => one.id === id);
}

/**
 * Whether an update may land although the record has moved since it was decided: the target writes whatever
 * it is asked to, until the horizon is over. Were it decided again before that, what lands then would count
 * as somebody's edit and be carried on.
 */
function mayStillLand(target: SendTarget, intent: DoubtfulIntent): boolean {
  const abilities = abilitiesOf(target.connection, intent.entity);
  const isConditional = abilities?.precondition === "conditional" && intent.precondition !== null;
  return !isConditional && !isAbsenceProved(target, { intent, isKeyEnforced: false });
}

/**
 * A later step of a document was decided before its record was there, and is stored without an id: a worker
 * that died told nobody what it had learned from the create.
 */
async function memberOf(session: Session, target: SendTarget, intent: Intent): Promise<ExternalId | null> {
  const members = await session.world.store.membersOf([intent.link]);
  const own = members.find((member) => member.connection === target.side.id && !member.isAlias);
  return own?.id ?? null;
}

/** What a record shows of a change, and the fields that are as they were before it. */
interface Evidence {
  readonly evidence: UpdateEvidence;
  readonly old: readonly string[];
  /** The record as the change was decided on; null when nobody knows it any more. */
  readonly before: StoredObservation | null;
  /** Whether a record of the link is out of scope by now. */
  readonly isDormant: boolean;
}

const plainly = (isLanded: boolean, of: Pick<Evidence, "before" | "isDormant">): Evidence => ({
  evidence: isLanded ? "landed" : "not_landed",
  old: [],
  ...of,
});

async function evidenceOf(
  session: Session,
  target: SendTarget,
  at: { readonly intent: DoubtfulIntent; readonly seen: StoredObservation },
): Promise<Evidence> {
  const { world } = session;
  const { intent, seen } = at;
  const [bundle] = await world.store.loadBundles([intent.link]);
  const member = bundle?.members.find(({ connection }) => connection === target.side.id);
  // The view is what the write was decided against only while nobody has touched the record since: a later
  // edit that was read meanwhile is no sign that our write did not land, and may not be written over.
  const view = member?.observation ?? null;
  const isDecidedView = view !== null && view.version !== null && view.version === intent.precondition;
  const before = isDecidedView ? view : null;
  const views = (bundle?.members ?? []).flatMap(({ connection, observation }) =>
    connection === target.side.id || observation === null ? [] : [observation],
  );
  const isDormant = [seen, ...views].some(({ kind }) => kind === "out_of_scope");
  const of = { before, isDormant };
  if (intent.kind === "archive") return plainly(seen.kind === "archived" || seen.kind === "deleted", of);
  if (intent.kind === "merge") return plainly(seen.kind === "merged" || seen.kind === "deleted", of);
  if (intent.kind === "unmerge") return plainly(seen.kind === "present" || seen.kind === "archived", of);
  if (intent.kind === "unarchive") return plainly(seen.kind === "present", of);
  const natives = [seen.native, ...Object.values(member?.images ?? {})];
  const links = await lookUpLinks(
    world,
    natives.map((native) => ({ side: target.side, mapping: target.mapping, native })),
  );
  const context = readContext(world, links, { connection: target.side.id, lines: bundle?.lines ?? [] });
  const shown = readObservation(target.mapping, seen, context).fields;
  if (intent.transition !== null) {
    const { from, to } = intent.transition;
    const status = shown[target.policy.statusField ?? ""];
    // After a restore nobody knows whether it was sent: a status before `from` would look like one after.
    const isElsewhere = intent.isForgotten && status !== from && status !== to;
    return isElsewhere ? { evidence: "mixed", old: [], ...of } : plainly(status !== from, of);
  }
  const old = readImages(target.mapping, member?.images ?? {}, context);
  const decided = before === null ? {} : readObservation(target.mapping, before, context).fields;
  const fields = Object.entries(intent.fields).map(([field, sent]) => {
    const isOld = isEqual(shown[field], decided[field] ?? old[field]);
    // A target that cuts what it is given shows neither what was there nor what was sent (I13).
    const isSent =
      isEqual(shown[field], sent) ||
      (!isOld && (isLikelyImage(sent, shown[field]) || (isRepair(intent) && isAsked(sent, shown[field]))));
    return { field, isOld, isSent };
  });
  const returned = fields.filter(({ isOld, isSent }) => isOld && !isSent);
  return { evidence: settleUpdate(fields), old: returned.map(({ field }) => field), ...of };
}
