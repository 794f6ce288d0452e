import type { Json } from "@crossfoot/kernel";
import type {
  BaseMove,
  DecisionRecord,
  Intent,
  IntentOutcome,
  LostEntry,
  ParkEntry,
  ResolvedEntry,
  Resolution,
  SoleClaim,
  Store,
  StoredObservation,
} from "../port.ts";
import { consolidatedBody, each, failed, leaves, matchKeys, text, whole } from "./forms.ts";
import { ownSubject } from "./vault.ts";
import type { Pen, Vault } from "./vault.ts";

/** With what a call is sealed. */
export interface Sealer {
  readonly pen: Pen;
  readonly vault: Pick<Vault, "subjectOfRecord" | "subjectOfLink" | "isLinkId">;
}

/** An observation as the store has it. */
function observation({ pen, vault }: Sealer, seen: StoredObservation): StoredObservation {
  const subject = vault.subjectOfRecord(seen);
  return {
    ...seen,
    native: whole(pen, subject, seen.native),
    contentHash: text(pen, subject, seen.contentHash),
  };
}

const moves = (pen: Pen, subject: string, all: readonly BaseMove[]): readonly BaseMove[] =>
  all.map((move) => ({ ...move, images: each(pen, subject, move.images) }));

const losses = (pen: Pen, subject: string, all: readonly LostEntry[]): readonly LostEntry[] =>
  all.map((lost) => ({
    ...lost,
    value: whole(pen, subject, lost.value),
    ...(lost.kept === undefined ? {} : { kept: whole(pen, subject, lost.kept) }),
  }));

const parked = (pen: Pen, subject: string, park: ParkEntry): ParkEntry => ({
  ...park,
  failure: failed(pen, subject, park.failure),
});

function intent({ pen, vault }: Sealer, one: Intent): Intent {
  const subject = vault.subjectOfLink(one.link, one.entity);
  return {
    ...one,
    contentHash: text(pen, subject, one.contentHash),
    fields: leaves(pen, { subject, isLinkId: vault.isLinkId }, one.fields),
    sourceImages: whole(pen, subject, one.sourceImages),
    before: whole(pen, subject, one.before),
    failure: failed(pen, subject, one.failure),
  };
}

function decision(sealer: Sealer, record: DecisionRecord): DecisionRecord {
  const { pen, vault } = sealer;
  const subject = vault.subjectOfLink(record.link, record.entity);
  return {
    ...record,
    intents: record.intents.map((one) => intent(sealer, one)),
    baseMoves: moves(pen, subject, record.baseMoves),
    discards: losses(pen, subject, record.discards),
    conflicts: record.conflicts.map((conflict) => ({
      ...conflict,
      values: whole(pen, subject, conflict.values),
    })),
    parks: record.parks.map((park) => parked(pen, subject, park)),
    ...(record.sole === undefined ? {} : { sole: record.sole.map((claim) => claimed(pen, claim)) }),
  };
}

const claimed = (pen: Pen, claim: SoleClaim): SoleClaim => {
  const [key = claim.key] = matchKeys(pen, [claim.key]);
  return { ...claim, key };
};

function outcome(sealer: Sealer, one: IntentOutcome): IntentOutcome {
  const { pen, vault } = sealer;
  const subject = vault.subjectOfLink(one.intent.link, one.intent.entity);
  return {
    ...one,
    intent: intent(sealer, one.intent),
    failure: failed(pen, subject, one.failure),
    observation: one.observation === null ? null : observation(sealer, one.observation),
    baseMoves: moves(pen, subject, one.baseMoves),
    landedImages: each(pen, subject, one.landedImages),
    after: each(pen, subject, one.after),
    losses: losses(pen, subject, one.losses),
    park: one.park === null ? null : parked(pen, subject, one.park),
  };
}

const resolved = (pen: Pen, resolution: Resolution): Resolution =>
  resolution.kind === "wait" ? resolution : { ...resolution, keys: matchKeys(pen, resolution.keys) };

function entry({ pen, vault }: Sealer, one: ResolvedEntry): ResolvedEntry {
  const { contentHash } = one;
  const subject = vault.subjectOfRecord(one.record);
  return {
    ...one,
    resolution: resolved(pen, one.resolution),
    ...(contentHash === undefined ? {} : { contentHash: text(pen, subject, contentHash) }),
  };
}

/** By method, its arguments as the store has them. A method that is not here takes no value of a record. */
export type SealedCalls = {
  readonly [method in keyof Store]?: (
    sealer: Sealer,
    args: Parameters<Store[method]>,
  ) => Parameters<Store[method]>;
};

const ofRecords: SealedCalls = {
  checkpoint: (sealer, [{ observations, unreadable, cursor, ...rest }]) => [
    {
      ...rest,
      observations: observations.map((seen) => observation(sealer, seen)),
      unreadable: unreadable.map((row) => ({ ...row, failure: failed(sealer.pen, ownSubject, row.failure) })),
      cursor: cursor === null ? null : { ...cursor, failure: failed(sealer.pen, ownSubject, cursor.failure) },
    },
  ],
  commitReuse: (sealer, [{ seen, ...rest }, runId]) => [{ ...rest, seen: observation(sealer, seen) }, runId],
  commitResolutions: (sealer, [entries, ...rest]) => [entries.map((one) => entry(sealer, one)), ...rest],
  commitAdoption: (sealer, [{ entries, ...adoption }, ...rest]) => [
    { ...adoption, entries: entries.map((one) => entry(sealer, one)) },
    ...rest,
  ],
  settleCandidate: ({ pen }, [{ resolution, ...decided }]) => [
    { ...decided, resolution: resolution === null ? null : resolved(pen, resolution) },
  ],
  holdersOf: ({ pen }, [entity, keys]) => [entity, matchKeys(pen, keys)],
  replaceKeys: ({ pen }, [entity, entries, joins]) => [
    entity,
    entries.map((one) => ({ ...one, keys: matchKeys(pen, one.keys) })),
    joins,
  ],
  commitUnmerge: ({ pen, vault }, [{ bases, ...unmerge }, ...rest]) => {
    const subject = vault.subjectOfLink(unmerge.from ?? unmerge.into, unmerge.entity);
    const sealed = Object.entries(bases).map(([connection, base]) => [
      connection,
      { ...base, images: each(pen, subject, base.images) },
    ]);
    return [{ ...unmerge, bases: Object.fromEntries(sealed) as typeof bases }, ...rest];
  },
};

const ofDecisions: SealedCalls = {
  commitDecisions: (sealer, [records, ...rest]) => [records.map((one) => decision(sealer, one)), ...rest],
  storeIntents: (sealer, [intents, ...rest]) => [intents.map((one) => intent(sealer, one)), ...rest],
  commitOutcomes: (sealer, [outcomes, ...rest]) => [outcomes.map((one) => outcome(sealer, one)), ...rest],
  decideConflict: ({ pen, vault }, [link, field, decided]) => [
    link,
    field,
    { ...decided, value: whole(pen, vault.subjectOfLink(link, null), decided.value) },
  ],
  restoreValue: ({ pen, vault }, [restored, runId]) => [
    { ...restored, value: whole(pen, vault.subjectOfLink(restored.link, null), restored.value) },
    runId,
  ],
  commitTellings: ({ pen }, [tellings, ...rest]) => [
    tellings.map((one) => ({ ...one, failure: failed(pen, ownSubject, one.failure) })),
    ...rest,
  ],
  commitProofs: ({ pen, vault }, [entries]) => [
    entries.map((one) => {
      if (one.leaf === null) return one;
      const subject = vault.subjectOfLink(one.leaf.link, one.leaf.entity);
      const { crm, erp } = one.leaf;
      return { ...one, leaf: { ...one.leaf, crm: text(pen, subject, crm), erp: text(pen, subject, erp) } };
    }),
  ],
};

const body = <Row extends { readonly body: Json }>(row: Row, sealed: Json): Row => ({ ...row, body: sealed });

const ofTheStore: SealedCalls = {
  savePlan: ({ pen }, [id, plan]) => [id, whole(pen, ownSubject, plan)],
  saveDuplicates: ({ pen }, [rows, said]) => [
    rows.map((row) => body(row, whole(pen, ownSubject, row.body))),
    said,
  ],
  endLook: ({ pen }, [entity, found]) => [entity, whole(pen, ownSubject, found)],
  saveConsolidated: ({ pen }, [rows]) => [rows.map((row) => body(row, consolidatedBody(pen, row.body)))],
  endAnswer: ({ pen }, [name, answer]) => [name, whole(pen, ownSubject, answer)],
  endRun: ({ pen }, [id, state, summary]) => [id, state, whole(pen, ownSubject, summary)],
  saveConnection: ({ pen }, [row]) => [{ ...row, reason: whole(pen, ownSubject, row.reason) }],
  addDeliveryCounts: ({ pen }, [tallies]) => [
    tallies.map((tally) => ({ ...tally, reason: whole(pen, ownSubject, tally.reason) })),
  ],
};

/** Every call that brings values into the store. */
export const sealedCalls: SealedCalls = { ...ofRecords, ...ofDecisions, ...ofTheStore };
