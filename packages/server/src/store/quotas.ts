import type { Json } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import type { QuotaStore } from "./port.ts";

interface Row {
  readonly state: Json | null;
  readonly rev: string | null;
  readonly now: number;
}

/** Quotas in SQL: one statement to read, one to store. */
export function quotaStore(database: Database): QuotaStore {
  return {
    async loadQuota(connection) {
      const [row] = await database.query<Row>(
        "select q.state, q.rev, floor(extract(epoch from now()) * 1000)::float8 as now from " +
          "(select 1) one left join quota q on q.connection = $1",
        [connection],
      );
      return { state: row?.state ?? null, rev: Number(row?.rev ?? 0), now: row?.now ?? 0 };
    },
    async saveQuota(connection, { rev, state }) {
      const values = [connection, rev, JSON.stringify(state)];
      const rows = await database.query(
        rev === 0
          ? "insert into quota (connection, rev, state) values ($1, $2 + 1, $3::jsonb) on conflict " +
              "(connection) do nothing returning rev"
          : "update quota set rev = rev + 1, state = $3::jsonb, changed_at = now() where connection = $1 " +
              "and rev = $2 returning rev",
        values,
      );
      return rows.length > 0;
    },
  };
}
