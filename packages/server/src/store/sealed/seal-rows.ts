import { canonicalBytes } from "@crossfoot/kernel";
import type { JsonMap } from "@crossfoot/kernel";
import type { Database, Queryable } from "../../ports.ts";
import type { Sealer } from "./calls.ts";
import { keyTable } from "./key-table.ts";
import { changedRows, placedPages } from "./placed-rows.ts";
import type { PlacedRow } from "./placed-rows.ts";
import { rowForms, sealRow } from "./rows.ts";
import type { RowForm } from "./rows.ts";
import type { Vault } from "./vault.ts";

/** So many rows are sealed in one commit. */
const batchMax = 500;

const columnsOf = (form: RowForm, row: JsonMap): JsonMap =>
  Object.fromEntries(form.columns.map((column) => [column, row[column] ?? null]));

/** Seals some rows of a table, in the caller's transaction. */
async function sealBatch(
  tx: Queryable,
  form: RowForm,
  at: { readonly rows: PlacedRow[]; readonly vault: Vault },
) {
  const { vault, rows } = at;
  const subjects = new Set<string>();
  const finding: Sealer = {
    vault,
    pen(subject) {
      subjects.add(subject);
      return "";
    },
  };
  for (const [, row] of rows) sealRow(form, finding, row);
  const sealer = { vault, pen: await vault.pen(subjects, keyTable(tx)) };
  const changed = rows.map(([place, row]): PlacedRow => [place, { ...row, ...sealRow(form, sealer, row) }]);
  await changedRows(tx, form, changed);
}

/** Rows of a piece that hold something plain. */
function plainRows(form: RowForm, vault: Vault, rows: readonly PlacedRow[]): readonly PlacedRow[] {
  const mark: Sealer = { vault, pen: () => "sealed" };
  return rows.filter(([, row]) => {
    const before = columnsOf(form, row);
    return canonicalBytes({ ...before, ...sealRow(form, mark, row) }) !== canonicalBytes(before);
  });
}

/**
 * Seals what stands in the store from before its values were sealed: table by table, some hundred rows a
 * commit. Cut off at any moment it goes on with what is still plain. Answers how many rows it sealed.
 */
export async function sealAll(database: Database, vault: Vault): Promise<number> {
  let sealed = 0;
  for (const form of rowForms) {
    for (let isMore = true; isMore;) {
      isMore = false;
      for await (const page of placedPages(database, form.table)) {
        const plain = plainRows(form, vault, page);
        for (let from = 0; from < plain.length; from += batchMax) {
          const places = plain.slice(from, from + batchMax).map(([place]) => place);
          sealed += await database.transaction(async (tx) => {
            await tx.query("select set_config('crossfoot.sealing', 'on', true)");
            const again = await tx.query<{ at: string; held: JsonMap }>(
              `select t.ctid::text as at, to_jsonb(t) as held from ${form.table} t where t.ctid = any ` +
                "(select (p ->> 0)::tid from jsonb_array_elements($1::jsonb) p) for update",
              [JSON.stringify(places.map((place) => [place]))],
            );
            const rows = again.map(({ at, held }): PlacedRow => [at, held]);
            await sealBatch(tx, form, { rows: [...plainRows(form, vault, rows)], vault });
            return rows.length;
          });
          isMore = true;
        }
      }
    }
  }
  // Leaves of the proof are digests of values: all are made again, as when terms change.
  await database.transaction(async (tx) => {
    await tx.query("delete from proof");
    await tx.query("delete from proof_node");
    await tx.query(
      "update proof_terms set terms = '', records = 0, records_equal = 0, fields = 0, fields_equal = 0",
    );
  });
  return sealed;
}
