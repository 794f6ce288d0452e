import { readFields } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import { withNamedIds } from "./linked-records.ts";
import type { StoredRecord } from "./stored-record.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { World } from "./world.ts";

/** Records read from the store at once. */
const pageSize = 500;

/**
 * The records of an entity that a connection showed when it was last read, and that are there, in pages:
 * memory holds one of them and the ids. Reads the store only.
 */
export async function* storedRecords(
  world: World,
  entity: EntityName,
  connection: ConnectionId,
): AsyncIterable<StoredRecord> {
  const mapping = mappingOf(sideOf(world, connection), entity);
  if (mapping === undefined) return;
  const context = {
    connection,
    // Nothing is looked up: every reference then comes as the id that it names.
    linkOf: () => undefined,
    lineKeyOf: () => undefined,
    isKnownCurrency: world.isKnownCurrency,
  };
  const ids = (await world.store.knownIds(connection, entity)).toSorted();
  for (let from = 0; from < ids.length; from += pageSize) {
    const keys = ids.slice(from, from + pageSize).map((id) => ({ connection, entity, id }));
    const seen = (await world.store.observationsOf(keys)).filter(({ kind }) => kind === "present");
    const links = await world.store.linksOf(seen);
    for (const record of seen) {
      const { fields, problems } = readFields(mapping, record.native, context);
      yield {
        id: record.id,
        link: links.get(recordName(record)) ?? null,
        modifiedAt: record.modifiedAt,
        fields: withNamedIds(fields),
        problems,
      };
    }
  }
}
