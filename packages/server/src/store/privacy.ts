import type { ConnectionId, ExternalId, Json, JsonMap, LinkId } from "@crossfoot/kernel";
import type { Database, Entropy, Queryable } from "../ports.ts";
import {
  erasedRow,
  erasureNote,
  holdsText,
  isOfAnother,
  isOwnRow,
  leftDigest,
  places,
  proofOf,
  subjectOf,
} from "./erasing.ts";
import type { LeftEntry, Place, Subject } from "./erasing.ts";
import { entryOf } from "./journal.ts";
import type { JournalRow, JournalWriter } from "./journal.ts";
import { lockLinks } from "./link-locks.ts";
import { isUnderWay } from "./port.ts";
import type { ErasureOrder, ErasureProof, HeldRow, PersonSought, PrivacyStore, RecordKey } from "./port.ts";
import { keyTable } from "./sealed/key-table.ts";
import { destroyKeys } from "./sealed/destroy-keys.ts";
import { sealedPages } from "./sealed/placed-rows.ts";
import { rewrapKeys, sealingState } from "./sealed/sealing.ts";
import type { Sealing } from "./sealed/sealing.ts";
import type { Reader, Vault } from "./sealed/vault.ts";

/** A link with those that became one with it, now or by way of others. */
const linksSql =
  "with recursive mine as (select id from link where id in (select jsonb_array_elements_text($1::jsonb)) " +
  "union select l.id from link l join mine m on l.merged_into = m.id) select id from mine order by id";

const recordsSql =
  "with mine as (select jsonb_array_elements_text($1::jsonb) as id) select distinct m.connection, " +
  "m.entity, m.external_id as id from link_member m where m.link_id in (select id from mine) and " +
  "(m.until_at is null or not exists (select from observation o where o.connection = m.connection and " +
  "o.entity = m.entity and o.external_id = m.external_id and (o.link_id is null or o.link_id not in " +
  "(select id from mine)))) order by connection, entity, id";

async function linksOf(tx: Queryable, links: readonly LinkId[]): Promise<readonly LinkId[]> {
  if (links.length === 0) return [];
  const rows = await tx.query<{ id: LinkId }>(linksSql, [JSON.stringify(links)]);
  return rows.map(({ id }) => id);
}

async function recordsOf(tx: Queryable, links: readonly LinkId[]): Promise<readonly RecordKey[]> {
  const rows = await tx.query<{ connection: ConnectionId; entity: string; id: ExternalId }>(recordsSql, [
    JSON.stringify(links),
  ]);
  return rows.map(({ connection, entity, id }) => ({ connection, entity, id }));
}

async function wholeSubject(tx: Queryable, person: PersonSought): Promise<Subject> {
  const links = await linksOf(tx, person.links);
  return subjectOf(person, { links, records: [...person.records, ...(await recordsOf(tx, links))] });
}

/** Whom rows are looked for, and what opens them where values are sealed. */
interface Sought {
  readonly subject: Subject;
  readonly vault: Vault | null;
}

/** Rows, and what opens them where values are sealed. */
interface Found {
  readonly rows: readonly JsonMap[];
  readonly reader: Reader | null;
}

/** Rows of a table that are about the person or hold one of the identifiers. Reads the whole table. */
async function rowsOf(tx: Queryable, place: Place, { subject, vault }: Sought): Promise<Found> {
  const found = await plainRowsOf(tx, place, subject);
  if (vault === null) return { rows: found, reader: null };
  const keys = keyTable(tx);
  const name = (row: JsonMap): string => JSON.stringify(place.key.map((column) => row[column]));
  const known = new Set(found.map(name));
  const rows = [...found];
  for await (const page of sealedPages(tx, place.table)) {
    const reader = await vault.reader(page, keys);
    rows.push(...page.filter((row) => !known.has(name(row)) && holdsText(row, subject.identifiers, reader)));
  }
  return { rows, reader: await vault.reader(rows, keys) };
}

async function plainRowsOf(tx: Queryable, place: Place, subject: Subject): Promise<readonly JsonMap[]> {
  const texts = [...subject.identifiers].map((text) => JSON.stringify(text).slice(1, -1));
  const records = [...subject.records].map((name) => name.split("\u0000"));
  const about = [
    ...place.links.map((column) => `t.${column} in (select jsonb_array_elements_text($1::jsonb))`),
    ...(place.isOfRecord === true
      ? [
          "(t.connection, t.entity, t.external_id) in (select r ->> 0, r ->> 1, r ->> 2 from " +
            "jsonb_array_elements($2::jsonb) r)",
        ]
      : []),
    "exists (select from jsonb_array_elements_text($3::jsonb) n where strpos(lower(to_jsonb(t)::text), " +
      "lower(n)) > 0)",
  ];
  const rows = await tx.query<{ held: JsonMap }>(
    "with given as (select $1::jsonb, $2::jsonb) select to_jsonb(t) as held from given, " +
      `${place.table} t where ${about.join(" or ")}`,
    [JSON.stringify([...subject.links]), JSON.stringify(records), JSON.stringify(texts)],
  );
  return rows.map(({ held }) => held);
}

const sameRow = (place: Place): string =>
  place.key.map((column) => `t.${column} = r.${column}`).join(" and ");

async function removeRows(tx: Queryable, place: Place, rows: readonly JsonMap[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `delete from ${place.table} t using jsonb_populate_recordset(null::${place.table}, $1::jsonb) r where ` +
      sameRow(place),
    [JSON.stringify(rows)],
  );
}

/** Columns that an erasure may change beside those with values. */
const moreColumns: { readonly [table: string]: readonly string[] } = {
  observation: ["content_hash"],
  plan: ["is_void"],
  journal: ["kind"],
};

async function changeRows(tx: Queryable, place: Place, rows: readonly JsonMap[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = [
    ...place.values.filter((each) => !place.key.includes(each)),
    ...(moreColumns[place.table] ?? []),
  ];
  const set = columns.map((column) => `${column} = r.${column}`).join(", ");
  await tx.query(
    `update ${place.table} t set ${set} from jsonb_populate_recordset(null::${place.table}, $1::jsonb) r ` +
      `where ${sameRow(place)}`,
    [JSON.stringify(rows)],
  );
}

/** With what an entry is chained. */
interface Chained {
  readonly before_hash: string;
  readonly hash: string;
}

interface Done {
  readonly rows: { [table: string]: number };
  readonly elsewhere: { [table: string]: number };
  readonly left: LeftEntry[];
}

/** Empties one table. False when something of the person is under way there. */
async function eraseIn(
  tx: Queryable,
  place: Place,
  at: {
    readonly order: ErasureOrder;
    readonly subject: Subject;
    readonly vault: Vault | null;
    readonly digest: Entropy["digest"];
    readonly done: Done;
  },
): Promise<boolean> {
  const { order, subject, digest, done } = at;
  const { rows, reader } = await rowsOf(tx, place, at);
  const own = rows.filter((row) => isOwnRow(place, row, subject));
  if (own.some((row) => isUnderWay(place.table, row))) return false;
  const gone: JsonMap[] = [];
  const changed: JsonMap[] = [];
  let others = 0;
  for (const row of rows) {
    const after = erasedRow(place, row, { order, subject, reader });
    if (after === "gone") gone.push(row);
    else if (after !== null) changed.push({ ...row, ...after });
    else if (!own.includes(row) && isOfAnother(place, row)) others += 1;
  }
  await removeRows(tx, place, gone);
  await changeRows(tx, place, changed);
  if (place.table === "journal")
    for (const row of changed) {
      const { before_hash: before, hash, ...rest } = row as unknown as JournalRow & Chained;
      const entry = entryOf(rest);
      const sealed = { before, hash };
      done.left.push([entry.shard, entry.seq, leftDigest(entry, sealed, digest)]);
    }
  if (gone.length + changed.length > 0) done.rows[place.table] = gone.length + changed.length;
  if (others > 0) done.elsewhere[place.table] = others;
  return true;
}

/** Nothing may be left of what was to go: else nothing of it is done. */
async function proveGone(tx: Queryable, at: Sought): Promise<void> {
  const { subject } = at;
  for (const place of places) {
    const { rows, reader } = await rowsOf(tx, place, at);
    const left = rows.filter(
      (row) =>
        (isOwnRow(place, row, subject) || !isOfAnother(place, row)) &&
        place.values.some((column) => holdsText(row[column], subject.identifiers, reader)),
    );
    if (left.length > 0) throw new Error(`an erasure left ${left.length} rows of ${place.table}`);
  }
}

interface Deps {
  readonly database: Database;
  readonly entropy: Entropy;
  readonly journal: JournalWriter;
  readonly vault: Vault | null;
  readonly sealing: Sealing | null;
}

/** Undoes the transaction of an erasure for which it is too early. */
class TooEarly extends Error {}

/** What is known of persons in SQL. */
export function privacyStore({ database, entropy, journal, vault, sealing }: Deps): PrivacyStore {
  const { digest } = entropy;
  return {
    sealingState: () => sealingState(database),
    rewrapKeys: (master) => rewrapKeys(database, sealing, master),
    async recordsOfPerson(link) {
      return recordsOf(database, await linksOf(database, [link]));
    },
    async heldOf(person) {
      const subject = await wholeSubject(database, person);
      const held: HeldRow[] = [];
      for (const place of places) {
        const { rows } = await rowsOf(database, place, { subject, vault });
        for (const row of rows) held.push({ table: place.table, row, isOwn: isOwnRow(place, row, subject) });
      }
      return held;
    },
    async erasePerson(order) {
      const work = async (tx: Queryable): Promise<ErasureProof> => {
        await tx.query("select set_config('crossfoot.erasing', 'on', true)");
        const links = await linksOf(tx, order.links);
        await lockLinks(tx, links);
        const subject = await wholeSubject(tx, order);
        const done: Done = { rows: {}, elsewhere: {}, left: [] };
        for (const place of places)
          if (!(await eraseIn(tx, place, { order, subject, vault, digest, done }))) throw new TooEarly();
        await proveGone(tx, { subject, vault });
        if (vault !== null) await destroyKeys(tx, vault, subject);
        const proof = proofOf(order, done, digest);
        await tx.query(
          "insert into erasure (id, at, erased_by, proof) values ($1, $2::timestamptz, $3, $4::jsonb)",
          [order.id, order.at, order.by, JSON.stringify(proof)],
        );
        await journal.write(tx, [erasureNote(order, done.left)], null);
        return proof;
      };
      try {
        return await database.transaction(work);
      } catch (error) {
        if (error instanceof TooEarly) return null;
        throw error;
      }
    },
    async listErasures() {
      const rows = await database.query<{ proof: Json }>("select proof from erasure order by at, id");
      return rows.map(({ proof }) => proof as unknown as ErasureProof);
    },
  };
}
