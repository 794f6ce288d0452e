import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { Connection, NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import type { EntityName, ExternalId, FailureRecord } from "@crossfoot/kernel";
import type { DueTelling, Telling } from "../store/port.ts";
import { isQuotaWait } from "./gate.ts";
import { noteText } from "./loser-words.ts";
import type { Settling } from "./settle.ts";
import { isTold } from "./to-tell.ts";
import { abilitiesOf, termsOf } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

/** Notes of one commit. */
const batchSize = 50;
/** Longest pause before a note is tried again, ms. */
const pauseMsMax = 3_600_000;

/**
 * Tells the people of each side, by a note on their own record, which of their values lost and how to bring
 * them back. The journal's entry of the loser is what is stored before anything is sent; the key of the note
 * follows from it, and only systems that keep one note per key are sent any, so that one whose outcome is not
 * known is sent again (crash matrix, row 20). A note is no field: nothing is read of it and nothing follows.
 */
export async function tellLosers(settling: Settling): Promise<void> {
  const { session, opened, observes } = settling;
  const { world } = session;
  for (const { entity } of settling.policies) {
    for (const side of world.sides) {
      const manifest = opened.get(side.id);
      const canNote = manifest !== undefined && abilitiesOf(manifest, entity)?.notes === true;
      if (!canNote || observes.has(side.id) || !isTold(world, entity, side.id)) continue;
      await tellSide(session, side, entity);
    }
  }
}

async function tellSide(session: Session, side: Side, entity: EntityName): Promise<void> {
  const { store } = session.world;
  const isOver = (): boolean => session.signal?.aborted === true || session.away.has(side.id);
  while (!isOver()) {
    await session.holding.keepUp();
    const isMore = await session.holding.use(async (rights) => {
      const shards = rights.shards.map(({ shard }) => shard);
      const due = await store.dueTellings({ connection: side.id, entity, shards, limit: batchSize });
      if (due.length === 0) return false;
      const tellings = await tell(session, side, due);
      await store.commitTellings(tellings, session.runId, rights);
      // Those that are due again are due later: a system that took none is not asked on and on.
      return tellings.length === due.length && tellings.some(({ state }) => state !== "due");
    });
    if (!isMore) return;
  }
}

/** Sends the notes of one batch, and tells what became of each; what was not sent is left out. */
async function tell(session: Session, side: Side, due: readonly DueTelling[]): Promise<readonly Telling[]> {
  const { world } = session;
  const members = await world.store.membersOf(due.map(({ lost }) => lost.link));
  const placed = due.map((one) => {
    const own = members.find(
      (member) => member.link === one.lost.link && member.connection === side.id && !member.isAlias,
    );
    return { one, id: own?.id ?? null };
  });
  const there = placed.flatMap(({ one, id }) => (id === null ? [] : [{ one, id }]));
  const gone = placed.flatMap(({ one, id }) =>
    id === null ? [ended(one, { id: null, failure: noRecord(side) })] : [],
  );
  if (there.length === 0) return gone;
  const writes = there.map(({ one, id }) => noteWrite(world, side, { one, id }));
  const outcomes = await sendNotes(session, side, writes);
  const sent = there.flatMap(({ one, id }, at): readonly Telling[] => {
    const outcome = outcomes[at];
    if (outcome === undefined) return [];
    const failure = outcome.kind === "failed" ? outcome.failure : null;
    return failure !== null && isQuotaWait(failure) ? [] : [ended(one, { id, failure })];
  });
  return [...gone, ...sent];
}

/** Sends notes; each has an outcome, and a failure of the world is the outcome of all. */
export async function sendNotes(
  session: Session,
  side: Side,
  writes: readonly NativeWrite[],
): Promise<readonly WriteOutcome[]> {
  try {
    const connection: Connection = await side.open(termsOf(session));
    return await connection.write(writes);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const failure = failureRecord(error);
    return writes.map(() => ({ kind: "failed", failure }));
  }
}

/**
 * Name of a note, the same for every attempt; another for another loser, also when an older backup gave
 * its entry away again.
 */
function noteWrite(
  world: World,
  side: Side,
  { one, id }: { readonly one: DueTelling; readonly id: ExternalId },
): NativeWrite {
  const { lost } = one;
  const key = `CF-N-${world.entropy.digest(`note\n${lost.link}\n${lost.entry}\n${lost.at}`).slice(0, 20)}`;
  return {
    ...{ key, entity: lost.entity, kind: "note", id, precondition: null },
    patch: { text: noteText(lost, `${side.id}:${id}`) },
    current: {},
    reference: key,
    transition: null,
  };
}

const lasting: ReadonlySet<FailureRecord["failure"]> = new Set(["invalid", "unsupported", "stale"]);

/** What became of one note: what may come right is tried again, under the same key. */
function ended(
  { lost, attempts }: DueTelling,
  { id, failure }: { readonly id: ExternalId | null; readonly failure: FailureRecord | null },
): Telling {
  const { entry, link, entity, connection } = lost;
  const state = failure === null ? "told" : lasting.has(failure.failure) ? "refused" : "due";
  // The first time it is tried again by the next run, then later and later.
  const dueInMs = attempts === 0 ? 0 : Math.min(1_000 * 2 ** Math.min(attempts, 20), pauseMsMax);
  return { entry, link, entity, connection, id, state, attempts: attempts + 1, dueInMs, failure };
}

function noRecord({ id }: Side): FailureRecord {
  return {
    failure: "invalid",
    code: "record_gone",
    message: `no record of ${id} belongs to it any more`,
    status: null,
    retryAt: null,
    requestId: null,
    field: null,
  };
}
