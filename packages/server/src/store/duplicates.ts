import type { JsonMap } from "@crossfoot/kernel";
import type { Database, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import type {
  ConsolidatedRow,
  DuplicateLook,
  DuplicateRow,
  DuplicateStore,
  DuplicateWord,
  RecordKey,
  StoredObservation,
} from "./port.ts";
import { recordName } from "./port.ts";

/** What the journal tells of a person's word about a cluster. */
export function duplicateNotes(rows: readonly DuplicateRow[], said: DuplicateWord | null): readonly Note[] {
  if (said === null) return [];
  const entity = rows.find(({ id }) => id === said.id)?.entity ?? null;
  const { links = [], ...body } = said;
  const of = links.length === 0 ? [null] : links;
  return of.map((link) => ({ kind: "duplicate_decided", entity, link, body: { ...body } as JsonMap }));
}

/** Records as the rows of a JSON list. */
const keysOf = (records: readonly RecordKey[]): string =>
  JSON.stringify(records.map(({ connection, entity, id }) => ({ connection, entity, id })));

const columns = "connection, entity, loser, survivor, plan, body";

async function consolidatedAmong(
  tx: Queryable,
  records: readonly RecordKey[],
): Promise<readonly ConsolidatedRow[]> {
  return tx.query<ConsolidatedRow & { [column: string]: unknown }>(
    `select ${columns} from consolidated where (connection, entity, loser) in (select connection, entity, ` +
      "id from jsonb_to_recordset($1::jsonb) as r(connection text, entity text, id text)) order by " +
      "connection, entity, loser",
    [keysOf(records)],
  );
}

/** Likely duplicates, and records that were consolidated. */
export function duplicateStore(deps: {
  readonly database: Database;
  readonly journal: JournalWriter;
}): DuplicateStore {
  const { database, journal } = deps;
  return {
    async listDuplicates(entity) {
      return database.query<DuplicateRow & { [column: string]: unknown }>(
        "select id, entity, state, body from duplicate where entity = $1 order by id",
        [entity],
      );
    },
    async saveDuplicates(rows, said) {
      await database.transaction(async (tx) => {
        await tx.query(
          "insert into duplicate (id, entity, state, body) select id, entity, state, body from " +
            "jsonb_to_recordset($1::jsonb) as r(id text, entity text, state text, body jsonb) on conflict " +
            "(id) do update set entity = excluded.entity, state = excluded.state, body = excluded.body",
          [JSON.stringify(rows)],
        );
        await journal.write(tx, duplicateNotes(rows, said), null);
      });
    },
    async takeLook(entity, { everyMs, patienceMs }) {
      const rows = await database.query(
        "insert into duplicate_look (entity, taken_at) values ($1, now()) on conflict (entity) do update " +
          "set taken_at = now() where (duplicate_look.looked_at is null or duplicate_look.looked_at <= " +
          "now() - $2::float8 * interval '1 millisecond') and (duplicate_look.taken_at is null or " +
          "duplicate_look.taken_at <= now() - $3::float8 * interval '1 millisecond') returning entity",
        [entity, everyMs, patienceMs],
      );
      return rows.length > 0;
    },
    async endLook(entity, body) {
      await database.query(
        "insert into duplicate_look (entity, looked_at, body) values ($1, now(), $2::jsonb) on conflict " +
          "(entity) do update set looked_at = now(), taken_at = null, body = excluded.body",
        [entity, JSON.stringify(body)],
      );
    },
    async listLooks() {
      return database.query<DuplicateLook & { [column: string]: unknown }>(
        'select entity, looked_at as "lookedAt", body from duplicate_look order by entity',
      );
    },
    async saveConsolidated(rows) {
      await database.query(
        `insert into consolidated (${columns}) select ${columns} from jsonb_to_recordset($1::jsonb) as ` +
          "r(connection text, entity text, loser text, survivor text, plan text, body jsonb) on conflict " +
          "(connection, entity, loser) do update set survivor = excluded.survivor, plan = excluded.plan, " +
          "body = excluded.body",
        [JSON.stringify(rows)],
      );
    },
    consolidatedOf: (records) => consolidatedAmong(database, records),
    async consolidatedBy(plan) {
      return database.query<ConsolidatedRow & { [column: string]: unknown }>(
        `select ${columns} from consolidated where plan = $1 order by connection, entity, loser`,
        [plan],
      );
    },
    async forgetConsolidated(records) {
      await database.query(
        "delete from consolidated c using jsonb_to_recordset($1::jsonb) as r(connection text, entity text, " +
          "id text) where c.connection = r.connection and c.entity = r.entity and c.loser = r.id",
        [keysOf(records)],
      );
    },
  };
}

/** How a loser looks that its system archives, or that its merge deletes. */
export const isLost = ({ kind }: Pick<StoredObservation, "kind">): boolean =>
  kind === "archived" || kind === "deleted";

/** Sightings in which what is gone because it was consolidated is merged into its survivor. */
export async function asConsolidated(
  tx: Queryable,
  seen: readonly StoredObservation[],
): Promise<readonly StoredObservation[]> {
  const lost = seen.filter(isLost);
  if (lost.length === 0) return seen;
  const rows = await consolidatedAmong(tx, lost);
  return mergedBy(rows, seen);
}

/** The same sightings, those of losers as merged. */
export function mergedBy(
  rows: readonly ConsolidatedRow[],
  seen: readonly StoredObservation[],
): readonly StoredObservation[] {
  if (rows.length === 0) return seen;
  const survivors = new Map(
    rows.map(({ connection, entity, loser, survivor }) => [
      recordName({ connection, entity, id: loser }),
      survivor,
    ]),
  );
  return seen.map((one) => {
    const into = isLost(one) ? survivors.get(recordName(one)) : undefined;
    return into === undefined ? one : { ...one, kind: "merged", into };
  });
}
