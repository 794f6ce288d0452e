import type { Queryable, WrappedKey } from "../../ports.ts";
import type { KeyTable } from "./vault.ts";

const columns = "k.id, k.subject, k.master, k.wrapped";
const given = "(select distinct value as name from jsonb_array_elements_text($1::jsonb)) g";

type Row = WrappedKey & { readonly [column: string]: unknown };

/** The keys in SQL. */
export function keyTable(on: Queryable): KeyTable {
  return {
    keysOf: (subjects) =>
      on.query<Row>(`select ${columns} from ${given} join data_key k on k.subject = g.name`, [
        JSON.stringify(subjects),
      ]),
    keysNamed: (ids) =>
      on.query<Row>(`select ${columns} from ${given} join data_key k on k.id = g.name`, [
        JSON.stringify(ids),
      ]),
    async addKeys(keys) {
      // In one order for all workers, so that two never wait for one another crosswise.
      const rows = keys.toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
      await on.query(
        "insert into data_key (subject, id, master, wrapped) select subject, id, master, wrapped from " +
          "jsonb_to_recordset($1::jsonb) as r(subject text, id text, master text, wrapped text) on " +
          "conflict (subject) do nothing",
        [JSON.stringify(rows)],
      );
    },
  };
}
