import type { ConnectionId, ExternalId } from "@crossfoot/kernel";
import type { Queryable } from "../../ports.ts";
import { places } from "../erasing.ts";
import type { Place, Subject } from "../erasing.ts";
import { keyTable } from "./key-table.ts";
import { changedRows, placedPages, sealedMark, sealedPages } from "./placed-rows.ts";
import type { PlacedRow } from "./placed-rows.ts";
import { keyOfToken, tokensIn, withTokens } from "./vault.ts";
import type { Vault } from "./vault.ts";

/** Tables and columns that may hold tokens of a person beside those that an erasure goes through. */
const alsoSealed: readonly Pick<Place, "table" | "values">[] = [
  { table: "proof", values: ["crm_hash", "erp_hash"] },
];

/**
 * Destroys the keys of a person, inside the transaction that erased them: what is left of theirs, such as the
 * state of a record, is sealed anew under other keys. A key stays while an entry of the journal is sealed by
 * it that was not emptied, since an entry never changes.
 */
export async function destroyKeys(tx: Queryable, vault: Vault, subject: Subject): Promise<void> {
  const table = keyTable(tx);
  const names = [
    ...[...subject.links].map((link) => vault.subjectOfLink(link, null)),
    ...[...subject.records].map((name) => {
      const [connection, entity = "", id] = name.split("\u0000");
      return vault.subjectOfRecord({ connection: connection as ConnectionId, entity, id: id as ExternalId });
    }),
  ];
  const all = (await table.keysOf(names)).filter(({ subject: of }) => of.includes(":"));
  const inJournal = new Set<string>();
  for await (const rows of sealedPages(tx, "journal"))
    for (const token of tokensIn(rows)) inJournal.add(keyOfToken(token) ?? "");
  const keys = all.filter(({ id }) => !inJournal.has(id));
  if (keys.length === 0) return;
  const subjects = new Map(keys.map(({ id, subject: of }) => [id, of]));
  const isOld = (token: string): boolean => subjects.has(keyOfToken(token) ?? "");
  const left: { readonly table: string; readonly columns: readonly string[]; readonly rows: PlacedRow[] }[] =
    [];
  const needed = new Set<string>();
  for (const { table: name, values } of [...places, ...alsoSealed]) {
    if (name === "journal") continue;
    const columns = name === "observation" || name === "intent" ? [...values, "content_hash"] : values;
    const rows: PlacedRow[] = [];
    for await (const page of placedPages(tx, name, sealedMark))
      for (const placed of page) {
        const old = [...tokensIn(placed[1])].filter(isOld);
        for (const token of old) needed.add(subjects.get(keyOfToken(token) ?? "") ?? "");
        if (old.length > 0) rows.push(placed);
      }
    if (rows.length > 0) left.push({ table: name, columns, rows });
  }
  const reader = await vault.reader(left, table);
  await tx.query("delete from data_key where id in (select jsonb_array_elements_text($1::jsonb))", [
    JSON.stringify(keys.map(({ id }) => id)),
  ]);
  const pen = await vault.pen(needed, table);
  const anew = (token: string): string => {
    const of = subjects.get(keyOfToken(token) ?? "");
    return of === undefined ? token : pen(of, reader.read(token) ?? null);
  };
  for (const { table: name, columns, rows } of left) {
    const changed = rows.map(([at, row]): PlacedRow => [at, withTokens(row, anew)]);
    await changedRows(tx, { table: name, columns }, changed);
  }
}
