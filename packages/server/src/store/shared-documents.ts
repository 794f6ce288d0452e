import type { ConnectionId, Json } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import type { SharedChange, SharedDocument, SharedStore } from "./port.ts";

interface Row {
  readonly state: Json | null;
  readonly rev: string | null;
  readonly now: number;
}

/** Documents that all workers share, in SQL: one statement to read, one to store. */
export function sharedStore(database: Database): SharedStore {
  return {
    loadQuota: (connection) => load(database, "quota", connection),
    saveQuota: (connection, change) => save(database, "quota", { connection, ...change }),
    loadToken: (connection) => load(database, "access_token", connection),
    saveToken: (connection, change) => save(database, "access_token", { connection, ...change }),
  };
}

type TableName = "quota" | "access_token";

async function load(database: Database, table: TableName, connection: ConnectionId): Promise<SharedDocument> {
  const [row] = await database.query<Row>(
    "select d.state, d.rev, floor(extract(epoch from now()) * 1000)::float8 as now from " +
      `(select 1) one left join ${table} d on d.connection = $1`,
    [connection],
  );
  return { state: row?.state ?? null, rev: Number(row?.rev ?? 0), now: row?.now ?? 0 };
}

async function save(
  database: Database,
  table: TableName,
  { connection, rev, state }: SharedChange & { readonly connection: ConnectionId },
): Promise<boolean> {
  const values = [connection, rev, JSON.stringify(state)];
  const rows = await database.query(
    rev === 0
      ? `insert into ${table} (connection, rev, state) values ($1, $2 + 1, $3::jsonb) on conflict ` +
          "(connection) do nothing returning rev"
      : `update ${table} set rev = rev + 1, state = $3::jsonb, changed_at = now() where connection = $1 ` +
          "and rev = $2 returning rev",
    values,
  );
  return rows.length > 0;
}
