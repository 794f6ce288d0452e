import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Store } from "crossfoot/testing";

type Checkpoint = Parameters<Store["checkpoint"]>[0];
type StoredObservation = Checkpoint["observations"][number];
type IntentOutcome = Parameters<Store["commitOutcomes"]>[0][number];
type Lease = Parameters<Store["releaseLease"]>[0];
type ProvedDelivery = Parameters<Store["saveDeliveries"]>[0][number];
type Sign = Parameters<Store["takeShards"]>[0];
type Shards = readonly { readonly shard: number; readonly fence: number }[];

const leaseFacts = ({ name, fence }: Lease): JsonMap => ({ holds: [[name, fence]] });
/** Shards under the names that links' shards have in the history. */
const shardFacts = (shards: Shards): JsonMap => ({
  holds: shards.map(({ shard, fence }): Json => [`shard ${shard}`, fence]),
});

/** A stored row in few words: where, which, in what version. */
export type StoredRow = readonly [
  connection: string,
  entity: string,
  id: string,
  version: number | null,
  modifiedAt: number | null,
];

const rowOf = (row: StoredObservation): StoredRow => [
  row.connection,
  row.entity,
  row.id,
  row.versionOrder,
  row.ownStamp ?? row.modifiedAt,
];

function checkpointFacts({ observations, unreadable, cursor }: Checkpoint): JsonMap {
  const lost = unreadable.flatMap((row): Json[] =>
    row.id === null ? [] : [[row.connection, row.entity, row.id]],
  );
  const at =
    cursor === null
      ? null
      : {
          connection: cursor.connection,
          entity: cursor.entity,
          reading: cursor.reading,
          watermark: cursor.watermark,
          readAt: cursor.readAt,
        };
  return { rows: observations.map((row): Json => [...rowOf(row)]), unreadable: lost, cursor: at };
}

type Linked = readonly { readonly link: string }[];
const linksOf = (rows: Linked): Json => rows.map(({ link }) => link);

type Decisions = Parameters<Store["commitDecisions"]>[0];
/** What is decided to be written: entity, kind, the plan that asked for it, and the link. */
const writesOf = (records: Decisions): Json =>
  records.flatMap(({ entity, link, intents }) =>
    intents.map(({ kind, plan }): Json => [entity, kind, plan === null ? null : plan.id, link]),
  );

/** Calls that were charged to programs. */
function chargesOf(connection: unknown, change: { readonly state: Json }, isStored: unknown): Json {
  const { charges = [] } = change.state as unknown as {
    readonly charges?: readonly { readonly id: string; readonly worker: string; readonly calls: number }[];
  };
  if (isStored !== true) return null;
  return {
    connection: connection as string,
    charges: charges.map(({ id, worker, calls }) => [id, worker, calls]),
  };
}

/** In the history a step of the store is told by what it was given and brought about, in a few words. */
export function factsOf(method: string, given: readonly unknown[], result: unknown): Json {
  switch (method) {
    case "acquireLease": {
      const { holder, ttlMs } = given[1] as Sign;
      return result === null ? null : { ...leaseFacts(result as Lease), holder, ttlMs };
    }
    case "takeShards": {
      const { holder, ttlMs } = given[0] as Sign;
      return { ...shardFacts(result as Shards), holder, ttlMs };
    }
    case "beat": {
      const { holder, ttlMs } = given[0] as Sign;
      return { holder, ttlMs };
    }
    case "giveShards":
      return shardFacts((given[0] as { readonly shards: Shards }).shards);
    case "releaseLease":
      return leaseFacts(given[0] as Lease);
    case "leave":
      return { holder: given[0] as string };
    case "commitDecisions":
      return { links: linksOf(given[0] as Linked), writes: writesOf(given[0] as Decisions) };
    case "claimIntents":
      return { links: linksOf(result as Linked) };
    case "commitOutcomes": {
      const outcomes = given[0] as readonly IntentOutcome[];
      const rows = outcomes.flatMap(({ observation }) => (observation === null ? [] : [rowOf(observation)]));
      return { links: linksOf(outcomes.map(({ intent }) => intent)), rows: rows as unknown as Json };
    }
    case "checkpoint":
      return checkpointFacts(given[0] as Checkpoint);
    case "saveQuota":
      return chargesOf(given[0], given[1] as { readonly state: Json }, result);
    case "saveDeliveries": {
      const results = result as readonly string[];
      const deliveries = given[0] as readonly ProvedDelivery[];
      const told = deliveries.map(({ connection, id }, at) => ({
        connection,
        id,
        result: results[at] ?? null,
      }));
      return { deliveries: told, results: results.length };
    }
    case "abandonSending":
    case "withdrawStored":
      return result as Json;
    default:
      return null;
  }
}
