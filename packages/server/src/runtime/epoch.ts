import type { Testimony } from "../ports.ts";
import { breakName } from "../store/port.ts";
import type { EpochRow, JournalProof } from "../store/port.ts";
import type { Recovery, Session, SessionEpoch, World } from "./world.ts";

/** The store is older than what is known of it: nothing is sent before a person has confirmed that. */
export class StoreHeld extends Error {
  constructor(reason: string) {
    super(
      `the store was restored from a backup, or is not the one it was: ${reason}. No system is written to ` +
        "before somebody confirms it",
    );
    this.name = "StoreHeld";
  }
}

/**
 * Called before anything is done that may write to a system: refuses a store that is older than what is
 * known of it (crash matrix, row 24), and answers its epoch; undefined where nobody bears witness. Rejects
 * with StoreHeld. The testimony is read before the store: read after it, another worker's newer testimony
 * would make the store look old.
 */
export async function enterEpoch(world: World): Promise<SessionEpoch | undefined> {
  const { store, witness } = world;
  if (witness === undefined) return undefined;
  const testimony = await witness.load();
  const epoch = await store.loadEpoch();
  if (epoch.state === "held") throw new StoreHeld(epoch.reason ?? "somebody said so");
  const reason =
    (await oldness(world, epoch, testimony)) ??
    (await elsewhere(world, epoch)) ??
    (await changedBehind(world));
  if (reason !== null) {
    await store.holdEpoch(reason);
    throw new StoreHeld(reason);
  }
  const { number, swept, confirmedForMs, state } = epoch;
  if (state !== "recovering") return { number, recovery: null };
  const recovery: Recovery = {
    quietForMs: confirmedForMs ?? 0,
    swept: new Set(swept.map(({ connection, entity }) => `${connection}/${entity}`)),
    references: new Map(),
    untold: new Set(),
  };
  return { number, recovery };
}

/** In which way the store is older than its witness remembers it; null when it is not. */
async function oldness(
  { store }: World,
  epoch: EpochRow,
  testimony: Testimony | null,
): Promise<string | null> {
  // What was said of an earlier epoch says nothing about what was confirmed since.
  if (testimony === null || testimony.epoch < epoch.number) return null;
  if (testimony.epoch > epoch.number) return `it is in epoch ${epoch.number}, and was in ${testimony.epoch}`;
  const known = await store.knownEntries(testimony.heads);
  const missing = testimony.heads.filter(
    ({ shard, seq }) => !known.some((each) => each.shard === shard && each.seq === seq),
  );
  if (missing.length === 0) return null;
  const names = missing.map(({ shard, seq }) => `${shard}/${seq}`).join(", ");
  return `its journal does not have the entries ${names} that were written once`;
}

/** So many of the newest entries of each chain are verified when a program starts. */
const newestEntries = 256;
/** Programs that have looked. */
const lookedAt = new WeakSet<World>();

/** Whether entries of the journal were changed or lost behind our back; looked at once by a program. */
async function changedBehind(world: World): Promise<string | null> {
  if (lookedAt.has(world)) return null;
  const { broken } = await world.store.verifyJournal(newestEntries);
  if (broken.length > 0) return brokenAt(broken);
  lookedAt.add(world);
  return null;
}

const brokenAt = (broken: JournalProof["broken"]): string =>
  `entries of its journal were changed or lost, at ${broken.slice(0, 5).map(breakName).join(", ")}` +
  (broken.length > 5 ? ` and ${broken.length - 5} more places` : "");

/** Verifies the whole journal; a store whose journal is broken is held. */
export async function proveJournal({ store }: World): Promise<JournalProof> {
  const proof = await store.verifyJournal();
  if (proof.broken.length > 0) await store.holdEpoch(brokenAt(proof.broken));
  return proof;
}

/** Whether the store runs on another server, database or timeline than its epoch does; null when not. */
async function elsewhere({ store }: World, epoch: EpochRow): Promise<string | null> {
  const mark = await store.homeMark();
  if (mark === null || mark === epoch.homeMark) return null;
  if (epoch.homeMark === null) {
    await store.markHome(mark);
    return null;
  }
  return "it is on another server, another database or another timeline than before";
}

/**
 * Tells the witness how far the store has come. Called after each claim, before the first byte of a write
 * leaves us: a backup that does not know of the claim is noticed to be older.
 */
export async function bearWitness({ world, epoch }: Pick<Session, "world" | "epoch">): Promise<void> {
  if (world.witness === undefined || epoch === undefined) return;
  await world.witness.save({ epoch: epoch.number, heads: await world.store.journalHeads() });
}

/** A person says that the store was restored. */
export async function holdStore(world: World, by: string): Promise<EpochRow> {
  await world.store.holdEpoch(`${by} said so`);
  return world.store.loadEpoch();
}

/** A person confirms that the store is the one to go on with. Null when there is nothing to confirm. */
export async function confirmStore(world: World, by: string): Promise<EpochRow | null> {
  const { store, witness } = world;
  if ((await store.loadEpoch()).state !== "held") return null;
  const above = (await witness?.load())?.epoch ?? 0;
  const { broken } = await store.verifyJournal();
  const epoch = await store.confirmEpoch({ above, by, homeMark: await store.homeMark(), broken });
  await witness?.save({ epoch: epoch.number, heads: await store.journalHeads() });
  return epoch;
}

/** Whether everything of an entity was read as a whole since the store was confirmed. */
export function isSweptWhole({ sides }: World, recovery: Recovery, entity: string): boolean {
  return sides
    .filter((side) => side.mapping.entities[entity] !== undefined)
    .every(({ id }) => recovery.swept.has(`${id}/${entity}`));
}

/** Ends the recovery when everything was read again and no record is left without a link. */
export async function endRecovery({ world, epoch, signal }: Session): Promise<void> {
  const recovery = epoch?.recovery ?? null;
  if (epoch === undefined || recovery === null || signal?.aborted === true) return;
  const entities = world.policies.map(({ entity }) => entity);
  if (!entities.every((entity) => isSweptWhole(world, recovery, entity))) return;
  const due = await world.store.dueEntities(entities);
  if (due.some(({ newcomers }) => newcomers)) return;
  await world.store.endRecovery(epoch.number);
}
