import { failureRecord } from "@crossfoot/connector-sdk";
import type { ProbeAnswer } from "@crossfoot/connector-sdk";
import { isEqual, provesAbsence, settleUpdate } from "@crossfoot/kernel";
import type { ConnectionId, EntityPolicy, ExternalId, FailureRecord } from "@crossfoot/kernel";
import type { Intent, IntentOutcome, StoredObservation } from "../store/port.ts";
import { lookUpLinks, readContext, readImages, readObservation } from "./canonical.ts";
import { toObservation } from "./observe.ts";
import { blank, failed, landed, lookUpLanded, parkOf } from "./outcome.ts";
import type { SendTarget } from "./target.ts";
import { abilitiesOf, mappingOf, reading, sideOf } from "./world.ts";
import type { Session } from "./world.ts";

/** Intents probed in one batch. */
const batchSize = 50;

/**
 * Settles writes in doubt of one target: did they land? A create is looked for by our reference or its
 * business fingerprint, anything else by reading the record. Only after the connector's horizon does
 * finding nothing prove absence; until then the intent stays in doubt. Never repeats a write.
 */
export async function probeDue(
  session: Session,
  at: { readonly target: ConnectionId; readonly policy: EntityPolicy },
): Promise<number> {
  const { world } = session;
  const side = sideOf(world, at.target);
  const mapping = mappingOf(side, at.policy.entity);
  if (mapping === undefined || session.away.has(side.id)) return 0;
  const intents = await world.store.doubtfulIntents(side.id, at.policy.entity, batchSize);
  if (intents.length === 0) return 0;
  const connection = await side.open();
  const target: SendTarget = { side, connection, mapping, policy: at.policy };
  const outcomes: IntentOutcome[] = [];
  for (const intent of intents) outcomes.push(await probeOne(session, target, intent));
  await world.store.commitOutcomes(outcomes, session.runId, session.lease);
  const settled = outcomes.filter(({ state }) => state !== "in_doubt").length;
  session.report({
    phase: "probe",
    entity: at.policy.entity,
    connection: side.id,
    done: settled,
    total: outcomes.length,
    message: `asking ${side.id} whether ${at.policy.entity} in doubt landed`,
  });
  return settled;
}

async function probeOne(session: Session, target: SendTarget, intent: Intent): Promise<IntentOutcome> {
  try {
    return intent.kind === "create"
      ? await probeCreate(session, target, intent)
      : await probeChange(session, target, intent);
  } catch (error) {
    const failure = failureRecord(error);
    const now = session.world.clock.now();
    // A probe that failed proves nothing: the intent stays in doubt, and is asked about again.
    return {
      ...blank(intent),
      state: "in_doubt",
      failure,
      dueAt: Math.max(now + 2_000, failure.retryAt ?? 0),
    };
  }
}

function waiting(session: Session, target: SendTarget, intent: Intent): IntentOutcome {
  const { horizonMs } = target.connection.manifest;
  const from = Math.max(intent.sendDeadline ?? 0, intent.abandonedAt ?? 0);
  const dueAt = Math.max(from + horizonMs + 1, session.world.clock.now() + 100);
  return { ...blank(intent), state: "in_doubt", failure: intent.failure, dueAt };
}

function isAbsenceProved(
  session: Session,
  target: SendTarget,
  at: { intent: Intent; isKeyEnforced: boolean },
): boolean {
  const { intent } = at;
  return provesAbsence({
    sendDeadline: intent.sendDeadline ?? 0,
    abandonedAt: intent.abandonedAt ?? 0,
    probedAt: session.world.clock.now(),
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

async function probeCreate(session: Session, target: SendTarget, intent: Intent): Promise<IntentOutcome> {
  const { world } = session;
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
  const span = { start, end: session.tick(), via: "probe" } as const;
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

async function settleCreate(
  session: Session,
  target: SendTarget,
  at: {
    readonly intent: Intent;
    readonly answer: ProbeAnswer;
    readonly found: readonly StoredObservation[];
    readonly isKeyEnforced: boolean;
  },
): Promise<IntentOutcome> {
  const { intent, found, answer } = at;
  const [first] = found;
  if (first === undefined) {
    if (!isAbsenceProved(session, target, at)) return waiting(session, target, intent);
    return { ...blank(intent), state: "stored", failure: provedAbsent, dueAt: session.world.clock.now() };
  }
  if (found.length > 1)
    return { ...blank(intent), state: "parked", park: parkOf(intent, "not_unique", intent.failure) };
  if (answer.by === "fingerprint") {
    return { ...blank(intent), state: "parked", park: parkOf(intent, "doubt_unprovable", intent.failure) };
  }
  const look = await lookUpLanded(session.world, target, [first]);
  return landed(session, target, { intent, id: first.id, seen: first, look });
}

async function probeChange(session: Session, target: SendTarget, intent: Intent): Promise<IntentOutcome> {
  const { world } = session;
  const id = intent.id ?? (await memberOf(session, target, intent));
  if (id === null)
    return { ...blank(intent), state: "parked", park: parkOf(intent, "doubt_unprovable", intent.failure) };
  const start = session.tick();
  const records = await reading(session, target.side, (connection) =>
    connection.readByIds({ entity: intent.entity, roots: target.mapping.roots, ids: [id] }),
  );
  const [record] = records;
  const span = { start, end: session.tick(), via: "probe" } as const;
  if (record === undefined)
    return failed(session, intent, { ...provedAbsent, failure: "stale", code: "target_gone" });
  const seen = await toObservation(world, { side: target.side, mapping: target.mapping, span }, record);
  const evidence = await evidenceOf(session, target, { intent, seen });
  if (evidence === "landed") {
    const look = await lookUpLanded(world, target, [seen]);
    return landed(session, target, { intent, id, seen, look });
  }
  if (evidence === "mixed") {
    // Neither what we sent nor what was there: somebody wrote since, or the target keeps less than it is
    // given.
    return {
      ...failed(session, intent, { ...provedAbsent, failure: "stale", code: "target_moved" }),
      observation: seen,
    };
  }
  if (!isAbsenceProved(session, target, { intent, isKeyEnforced: false }))
    return waiting(session, target, intent);
  return {
    ...blank(intent),
    state: "stored",
    failure: provedAbsent,
    dueAt: world.clock.now(),
    observation: seen,
  };
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

async function evidenceOf(
  session: Session,
  target: SendTarget,
  at: { readonly intent: Intent; readonly seen: StoredObservation },
): Promise<"landed" | "not_landed" | "mixed"> {
  const { world } = session;
  const { intent, seen } = at;
  if (intent.kind === "archive")
    return seen.kind === "archived" || seen.kind === "deleted" ? "landed" : "not_landed";
  const [bundle] = await world.store.loadBundles([intent.link]);
  const member = bundle?.members.find(({ connection }) => connection === target.side.id);
  const natives = [seen.native, ...Object.values(member?.images ?? {})];
  const links = await lookUpLinks(
    world,
    natives.map((native) => ({ side: target.side, mapping: target.mapping, native })),
  );
  const context = readContext(world, links, { connection: target.side.id, lines: bundle?.lines ?? [] });
  const shown = readObservation(target.mapping, seen, context).fields;
  if (intent.transition !== null) {
    return shown[target.policy.statusField ?? ""] === intent.transition.from ? "not_landed" : "landed";
  }
  const old = readImages(target.mapping, member?.images ?? {}, context);
  const before =
    member?.observation === null || member?.observation === undefined
      ? {}
      : readObservation(target.mapping, member.observation, context).fields;
  return settleUpdate(
    Object.entries(intent.fields).map(([field, sent]) => ({
      isSent: isEqual(shown[field], sent),
      isOld: isEqual(shown[field], before[field] ?? old[field]),
    })),
  );
}
