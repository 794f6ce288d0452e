import { matchKeysOf } from "@crossfoot/kernel";
import type { ConnectionId, DeletionWord, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { RecordKey, StoredObservation } from "../store/port.ts";
import type { AnswerOutcome, NamedRecord } from "./answer-port.ts";
import type { Engine } from "./engine.ts";
import { canonicalFields } from "./canonical.ts";
import { forgetRecordApart, keepRecordApart } from "./duplicate-words.ts";
import { freeLinkId } from "./resolve.ts";
import { findLink } from "./why.ts";
import { ticker } from "./world.ts";
import type { World } from "./world.ts";

/** Keeps a person's answer to a deletion; the next run carries it out. */
async function answerDeletion(
  world: World,
  record: NamedRecord,
  answer: { readonly word: DeletionWord; readonly by: string },
): Promise<AnswerOutcome> {
  const link = await findLink(world, record);
  if (link === null) return "unknown";
  await world.store.saveWord(link, { about: "deletion", ...answer });
  return "told";
}

/**
 * Keeps that a record which is gone was merged into another, where the system itself tells no merges. What is
 * still there was not: its own system has to merge it.
 */
async function declareMerge(
  world: World,
  merge: {
    readonly entity: EntityName;
    readonly connection: ConnectionId;
    readonly loser: ExternalId;
    readonly survivor: ExternalId;
  },
): Promise<AnswerOutcome> {
  const { entity, connection, loser, survivor } = merge;
  const named = [loser, survivor].map((id) => ({ connection, entity, id }));
  const seen = await world.store.observationsOf(named);
  const of = (id: ExternalId): StoredObservation | undefined => seen.find((one) => one.id === id);
  const [gone, into] = [of(loser), of(survivor)];
  if (gone === undefined || into === undefined || loser === survivor) return "unknown";
  if (gone.kind === "present" || gone.kind === "archived") return "still_there";
  const from = await world.store.newestRead();
  const { tick } = ticker(world.clock, { from, askedAt: world.clock.monotonic() });
  const at = tick();
  const told: StoredObservation = { ...gone, kind: "merged", into: survivor, readStart: at, readEnd: at };
  await world.store.checkpoint({ observations: [told], unreadable: [], cursor: null, runId: null });
  return "told";
}

/**
 * Takes back what a person decided about a record, as long as nothing came of it: it is asked about again.
 * Said twice, it is the same; whoever dies in between says it again.
 */
async function undecide(world: World, record: RecordKey, by: string): Promise<AnswerOutcome> {
  const { store } = world;
  const isConsolidated = (await store.consolidatedOf([record])).length > 0;
  if (isConsolidated || (await store.standingMerge(record)) !== null) return "taken";
  const outcome = await store.reopenCandidate(record, by);
  if (outcome !== "done") return outcome;
  const policy = world.policies.find(({ entity }) => entity === record.entity);
  if (policy !== undefined) await forgetRecordApart(world, policy, { record, by });
  return "told";
}

/**
 * A person's word on a record about which somebody decided before: the same word changes nothing, the other
 * takes the decision back first. Null where the word is to be carried out.
 */
async function changeOfMind(
  world: World,
  record: RecordKey,
  decision: { readonly with: LinkId | null; readonly by: string },
): Promise<AnswerOutcome | null> {
  const { store } = world;
  const state = await store.candidateStateOf(record);
  const own = (await store.linksOf([record])).get(recordName(record)) ?? null;
  if (state !== "apart" && state !== "linked") return null;
  if (decision.with === null && state === "apart") return "told";
  if (decision.with !== null) {
    if (own === decision.with) return state === "linked" ? "told" : "taken";
    const [into] = await store.loadLinks([decision.with]);
    if (into === undefined) return "unknown";
    if (into.entity !== record.entity) return "taken";
  }
  const outcome = await undecide(world, record, decision.by);
  return outcome === "told" ? null : outcome;
}

/**
 * Carries out a person's word on a possible duplicate: it is the same as a record of the other side, or as
 * another of its own, or it is a record of its own.
 */
async function decideCandidate(
  world: World,
  record: RecordKey,
  decision: {
    readonly with: LinkId | null;
    readonly by: string;
    readonly superseded: "apart" | "linked" | null;
  },
): Promise<AnswerOutcome> {
  const { store } = world;
  const { connection, entity, id } = record;
  const listed = (await store.listCandidates()).find((one) => recordName(one) === recordName(record));
  const [seen] = await store.observationsOf([record]);
  if (listed === undefined || seen === undefined) return "unknown";
  const own = (await store.linksOf([record])).get(recordName(record)) ?? null;
  const [link] = own === null ? [] : await store.loadLinks([own]);
  const isMember = link?.members.some((one) => one.connection === connection && one.id === id) ?? false;
  const policy = world.policies.find((one) => one.entity === entity);
  const [read] = policy === undefined ? [] : await canonicalFields(world, policy, [seen]);
  const keys = policy === undefined || read === undefined ? [] : matchKeysOf(policy, read.fields);
  const before = decision.superseded === null ? {} : { superseded: decision.superseded };
  const base = {
    record,
    by: decision.by,
    ...before,
    resolution: null,
    alias: null,
    release: null,
    revive: null,
  };
  if (decision.with === null) {
    const offered = listed.links as readonly LinkId[];
    const against = (await store.membersOf(offered)).filter(
      (one) => one.connection === connection && one.id !== id,
    );
    // Kept first: whoever dies in between is asked again, and nothing is joined against the word.
    if (policy !== undefined)
      await keepRecordApart(world, policy, {
        record,
        against: against.map((one) => ({ connection, entity, id: one.id })),
        by: decision.by,
      });
    const found = { kind: "found", link: await freeLinkId(world, record), generation: 1, keys } as const;
    const what = isMember ? { release: own } : { resolution: found };
    await store.settleCandidate({ ...base, state: "apart", ...what });
    return "told";
  }
  const [into] = await store.loadLinks([decision.with]);
  if (into === undefined || into.entity !== entity || isMember)
    return into === undefined ? "unknown" : "taken";
  if (into.state === "ended") {
    const back = into.members.map((one) => one.connection).filter((one) => one !== connection);
    const joining = { kind: "join", link: into.id, keys } as const;
    const revive = { link: into.id, back };
    await store.settleCandidate({ ...base, state: "linked", resolution: joining, revive });
    return "told";
  }
  const isTaken = into.members.some((one) => one.connection === connection);
  const joined = { kind: "join", link: into.id, keys } as const;
  const what = isTaken ? { alias: into.id } : { resolution: joined };
  await store.settleCandidate({ ...base, state: "linked", ...what });
  return "told";
}

/** What persons say of who is who, and of deletions. */
export function answersOf(
  world: World,
): Pick<Engine, "answerDeletion" | "declareMerge" | "decideCandidate" | "undecideCandidate"> {
  return {
    answerDeletion: (record, answer) => answerDeletion(world, record, answer),
    declareMerge: (merge) => declareMerge(world, merge),
    undecideCandidate: (record, by) => undecide(world, record, by),
    decideCandidate: async (record, decision) => {
      const named = decision.with === null ? null : { entity: record.entity, id: decision.with };
      const link = named === null ? null : await findLink(world, named);
      if (named !== null && link === null) return "unknown";
      const said = { with: link, by: decision.by };
      const state = await world.store.candidateStateOf(record);
      const before = await changeOfMind(world, record, said);
      const superseded = state === "apart" || state === "linked" ? state : null;
      return before ?? decideCandidate(world, record, { ...said, superseded });
    },
  };
}
