import { isMap } from "@crossfoot/kernel";
import type { EntityName, EntityPolicy, Fields, Json } from "@crossfoot/kernel";
import { matchTables } from "@crossfoot/matching";
import type { Field, Kind, MatchedEntity, Matching, Table } from "@crossfoot/matching";
import { recordName } from "../store/port.ts";
import type { StoredObservation } from "../store/port.ts";
import { canonicalFields } from "./canonical.ts";
import { labelOf } from "./assess.ts";
import type { DuplicateMember } from "./duplicate-report.ts";
import type { World } from "./world.ts";

/** Entities of connections; warehouses and users are matched from files only. */
type LinkedEntity = Exclude<MatchedEntity, "warehouses" | "users">;

/** What is compared, by entity: where the value is in a record, and how the matcher reads it. */
const compared: { readonly [entity in LinkedEntity]: readonly (readonly [string, Kind])[] } = {
  accounts: [
    ["name", "name"],
    ["taxId", "tax"],
    ["email", "mail"],
    ["website", "web"],
    ["phone", "phone"],
    ["billingAddress.street", "street"],
    ["billingAddress.postalCode", "postcode"],
    ["billingAddress.city", "place"],
    ["billingAddress.country", "category"],
  ],
  contacts: [
    ["name.given", "given"],
    ["name.family", "family"],
    ["email", "mail"],
    ["phone", "phone"],
    ["mobile", "phone"],
    ["account.link", "employer"],
  ],
  products: [
    ["sku", "code"],
    ["name", "name"],
    ["description", "text"],
    ["category", "category"],
  ],
};

/** Entities whose records can be matched by what they say. */
export const matchedEntities = Object.keys(compared) as readonly LinkedEntity[];

/** Records at once. */
const pageSize = 1_000;

/** Records of one connection with what is compared of them, in the order of their ids. */
export interface Comparable {
  readonly records: readonly DuplicateMember[];
  readonly table: Table;
}

const textAt = (fields: Fields, path: string): string => {
  let value: unknown = fields;
  for (const part of path.split("."))
    value = isMap(value as Json) ? (value as { readonly [part: string]: unknown })[part] : undefined;
  return typeof value === "string" ? value : "";
};

/** What is stored of an entity and is there, ready to be compared. */
export async function comparableOf(
  world: World,
  policy: EntityPolicy,
  connection: StoredObservation["connection"],
): Promise<Comparable> {
  const entity = policy.entity as LinkedEntity;
  const paths = compared[entity].map(([path]) => path);
  const ids = (await world.store.knownIds(connection, policy.entity)).toSorted();
  const records: DuplicateMember[] = [];
  const rows: string[][] = [];
  for (let from = 0; from < ids.length; from += pageSize) {
    const keys = ids.slice(from, from + pageSize).map((id) => ({ connection, entity: policy.entity, id }));
    const seen = (await world.store.observationsOf(keys)).filter(({ kind }) => kind === "present");
    const links = await world.store.linksOf(seen);
    for (const { record, fields } of await canonicalFields(world, policy, seen)) {
      const row = paths.map((path) => textAt(fields, path));
      const view = { connection, id: record.id, fields } as never;
      const label = labelOf(policy.entity, [view]);
      const content = world.entropy.digest(row.join("\n")).slice(0, 16);
      records.push({
        connection,
        id: record.id,
        label,
        link: links.get(recordName(record)) ?? null,
        content,
      });
      rows.push(row);
    }
  }
  return { records, table: { columns: paths, rows } };
}

/** Compares the records of one connection, or those of two. */
export function compare(entity: EntityName, left: Comparable, right: Comparable | null): Matching {
  const named = entity as LinkedEntity;
  const fields = compared[named].map(([name, kind], at): Field => ({ name, kind, left: at, right: at }));
  return matchTables({ entity: named, left: left.table, right: right?.table ?? null, fields });
}
