import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Store } from "crossfoot/testing";

type Checkpoint = Parameters<Store["checkpoint"]>[0];
type StoredObservation = Checkpoint["observations"][number];
type IntentOutcome = Parameters<Store["commitOutcomes"]>[0][number];
type Lease = Parameters<Store["releaseLease"]>[0];

const leaseFacts = ({ name, fence }: Lease): JsonMap => ({ name, fence });

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
  row.modifiedAt,
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

/** In the history a step of the store is told by what it was given and brought about, in a few words. */
export function factsOf(method: string, given: readonly unknown[], result: unknown): Json {
  switch (method) {
    case "acquireLease":
      return result === null ? null : { ...leaseFacts(result as Lease), ttlMs: given[2] as number };
    case "renewLease":
      return result === false ? null : { ...leaseFacts(given[0] as Lease), ttlMs: given[1] as number };
    case "releaseLease":
      return leaseFacts(given[0] as Lease);
    case "commitDecisions":
      return { lease: (given[2] as Lease).name, links: linksOf(given[0] as Linked) };
    case "claimIntents":
      return { lease: (given[0] as { readonly lease: Lease }).lease.name, links: linksOf(result as Linked) };
    case "commitOutcomes": {
      const outcomes = given[0] as readonly IntentOutcome[];
      const rows = outcomes.flatMap(({ observation }) => (observation === null ? [] : [rowOf(observation)]));
      const links = linksOf(outcomes.map(({ intent }) => intent));
      return { lease: (given[2] as Lease).name, links, rows: rows as unknown as Json };
    }
    case "checkpoint":
      return checkpointFacts(given[0] as Checkpoint);
    case "abandonSending":
    case "withdrawStored":
      return result as Json;
    default:
      return null;
  }
}
