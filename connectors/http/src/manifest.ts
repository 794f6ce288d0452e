import type { EntityAbilities, Manifest } from "@crossfoot/connector-sdk";
import type { Description, EntitySpec } from "./language.ts";
import { operationAbilitiesOf } from "./operations.ts";
import { showsAll } from "./record.ts";
import { granularityOf } from "./stamps.ts";
import { variablesOf } from "./template.ts";
import type { Json } from "./wire.ts";

/** What a description says its system can do. Never claims more than is written there. */
export function manifestOf(description: Description): Manifest {
  const entities = Object.entries(description.entities);
  const steps = entities.map(([, spec]) =>
    spec.record.modifiedAt === undefined ? 1 : granularityOf(spec.record.modifiedAt.form),
  );
  return {
    system: "http",
    title: description.title,
    entities: Object.fromEntries(entities.map(([name, spec]) => [name, abilitiesOf(spec)])),
    horizonMs: description.clock.horizonMs,
    commitLagMs: description.clock.commitLagMs,
    readLagMs: description.clock.readLagMs,
    stampGranularityMs: description.clock.granularityMs ?? Math.max(1, ...steps),
    ...scopesOf(description),
    webhooks: description.webhook !== undefined,
    ...(description.webhook?.busyStatus === undefined
      ? {}
      : { webhookBusyStatus: description.webhook.busyStatus }),
    ...(description.operations === undefined
      ? {}
      : { operations: operationAbilitiesOf(description.operations) }),
  };
}

/** Scopes as they stand in the description; one that a variable says is not known here. */
function scopesOf({ auth }: Description): Pick<Manifest, "scopes"> {
  if (auth.kind !== "oauth2" || auth.scope === undefined || auth.scope.includes("${")) return {};
  return { scopes: auth.scope.split(/\s+/).filter((scope) => scope !== "") };
}

function abilitiesOf(spec: EntitySpec): EntityAbilities {
  const { batch, getMany } = spec;
  const canRead = spec.get !== undefined || getMany !== undefined;
  return {
    object: spec.object,
    incremental: usesSince(spec) ? "since" : "all",
    listsIds: spec.ids !== undefined && spec.ids.complete !== false,
    create: spec.create !== undefined || batch?.create !== undefined,
    update: spec.update !== undefined || batch?.update !== undefined,
    archive: spec.archive !== undefined,
    unarchive: spec.unarchive !== undefined,
    merge: spec.merge !== undefined,
    unmerge: spec.unmerge !== undefined,
    notes: spec.note?.once === true,
    writeBatchMax: batch?.max ?? 1,
    readBatchMax: getMany?.idsMax ?? 1,
    precondition: spec.precondition !== undefined ? "conditional" : canRead ? "compare" : "none",
    createProof: proofOf(spec),
    referenceField: spec.reference?.field ?? null,
    answersRecord: answersRecord(spec),
    transitions: (spec.transitions ?? []).map(({ from, to, via }) => ({ from, to, via })),
    initialStatus: spec.initialStatus ?? null,
  };
}

const usesSince = (spec: EntitySpec): boolean =>
  variablesOf([spec.list ?? null, spec.changes ?? null] as unknown as Json).includes("since");

function proofOf(spec: EntitySpec): EntityAbilities["createProof"] {
  if (spec.reference?.unique === true) return "unique_key";
  if (spec.probe !== undefined) return "reference";
  return spec.fingerprint === undefined ? "none" : "fingerprint";
}

/** True when each way to create or update answers the whole record. */
function answersRecord(spec: EntitySpec): boolean {
  const writes = [spec.create, spec.update].filter((write) => write !== undefined);
  if (!showsAll(spec)) return false;
  if (spec.batch !== undefined && spec.batch.record === undefined) return false;
  return (
    (writes.length > 0 || spec.batch !== undefined) &&
    writes.every((write) => (write.answers ?? "record") === "record")
  );
}
