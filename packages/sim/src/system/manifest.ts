import type { EntityAbilities, Manifest, Transition } from "@crossfoot/connector-sdk";
import type { EntityName } from "@crossfoot/model";
import type { Profile } from "./profile.ts";
import { referenceRoot } from "./model-system.ts";
import { kindOf } from "./vocabulary.ts";

/** What a model system declares of itself, all of it true. */
export function manifestOf(profile: Profile, entities: readonly EntityName[]): Manifest {
  const lag = profile.commitLagMs + profile.searchLagMs;
  return {
    system: `model-${profile.role}`,
    title: profile.tenant,
    entities: Object.fromEntries(entities.map((entity) => [entity, abilities(profile, entity)])),
    // Life of a request beyond our time-out, until its effect can be found.
    horizonMs: profile.timeoutMs + profile.holdMsMax + lag + profile.latencyMsMax,
    commitLagMs: lag,
    readLagMs: lag,
    stampGranularityMs: profile.stampGranularityMs,
    webhooks: true,
  };
}

function abilities(profile: Profile, entity: EntityName): EntityAbilities {
  const { steps, initialStatus } = kindOf(entity);
  const transitions = steps.map(([from, to]): Transition => ({ from, to, via: `${from}>${to}` }));
  return {
    object: entity,
    incremental: profile.incremental,
    listsIds: true,
    create: true,
    update: true,
    archive: profile.canArchive || profile.joins !== undefined,
    ...(profile.joins === undefined ? {} : { unarchive: true }),
    ...(profile.joins === "merge" ? { merge: true, unmerge: true } : {}),
    writeBatchMax: profile.writeBatchMax,
    readBatchMax: profile.readBatchMax,
    precondition: profile.precondition,
    createProof: profile.createProof,
    referenceField: profile.createProof === "fingerprint" ? null : referenceRoot,
    answersRecord: profile.answersRecord,
    transitions,
    initialStatus,
  };
}
