import type { EntityName, EntityPolicy } from "@crossfoot/kernel";
import { matchTables } from "@crossfoot/matching";
import type { Field, Kind, MatchedEntity, Matching, Table } from "@crossfoot/matching";
import { recordName } from "../store/port.ts";
import type { RecordKey, StoredObservation } from "../store/port.ts";
import { canonicalFields } from "./canonical.ts";
import { labelOf } from "./assess.ts";
import type { DuplicateMember } from "./duplicate-report.ts";
import { textAt } from "./field-path.ts";
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
    ["billingAddress.country", "country"],
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
    ["unit", "unit"],
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

/** What is stored of an entity and is there, ready to be compared. */
export async function comparableOf(
  world: World,
  policy: EntityPolicy,
  connection: StoredObservation["connection"],
): Promise<Comparable> {
  const ids = (await world.store.knownIds(connection, policy.entity)).toSorted();
  const records: DuplicateMember[] = [];
  const rows: (readonly string[])[] = [];
  for (let from = 0; from < ids.length; from += pageSize) {
    const keys = ids.slice(from, from + pageSize).map((id) => ({ connection, entity: policy.entity, id }));
    const page = await comparableAmong(world, policy, keys);
    records.push(...page.records);
    rows.push(...page.table.rows);
  }
  return { records, table: { columns: columnsOf(policy), rows } };
}

const columnsOf = ({ entity }: EntityPolicy): readonly string[] =>
  compared[entity as LinkedEntity].map(([path]) => path);

/** Those of these records that are there, ready to be compared. */
export async function comparableAmong(
  world: World,
  policy: EntityPolicy,
  keys: readonly RecordKey[],
): Promise<Comparable> {
  const paths = columnsOf(policy);
  const seen = (await world.store.observationsOf(keys)).filter(({ kind }) => kind === "present");
  const links = await world.store.linksOf(seen);
  const read = (await canonicalFields(world, policy, seen)).map(({ record, fields }) => {
    const row = paths.map((path) => textAt(fields, path));
    const { connection, id } = record;
    const label = labelOf(policy.entity, [{ connection, id, fields }]);
    const content = world.entropy.digest(row.join("\n")).slice(0, 16);
    const link = links.get(recordName(record)) ?? null;
    return { row, record: { connection, id, label, link, content } };
  });
  return {
    records: read.map(({ record }) => record),
    table: { columns: paths, rows: read.map(({ row }) => row) },
  };
}

/** Compares the records of one connection, or those of two. */
export function compare(entity: EntityName, left: Comparable, right: Comparable | null): Matching {
  const named = entity as LinkedEntity;
  const fields = compared[named].map(([name, kind], at): Field => ({ name, kind, left: at, right: at }));
  return matchTables({ entity: named, left: left.table, right: right?.table ?? null, fields });
}
