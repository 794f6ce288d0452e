import type { ConnectionId } from "@crossfoot/kernel";
import type { Database, Queryable } from "../ports.ts";
import type { ConnectionRow, Lease, Store } from "./port.ts";

type Part = Pick<
  Store,
  "saveConnection" | "listConnections" | "acquireLease" | "renewLease" | "releaseLease"
>;

/**
 * The store refuses every write whose fencing token is not the newest (INVARIANTS.md I25):
 * 1. worker A holds the lease with fence 7 and is paused
 * 2. the lease runs out, worker B takes it with fence 8
 * 3. A wakes and commits: the row no longer shows A's fence, the transaction is refused
 * The row is locked for share, so that B cannot take over between the check and A's commit.
 */
export async function checkFence(tx: Queryable, lease: Lease): Promise<void> {
  const rows = await tx.query<{ fence: string }>(
    "select fence from lease where name = $1 and holder = $2 and fence = $3 for share",
    [lease.name, lease.holder, lease.fence],
  );
  if (rows.length > 0) return;
  throw new LeaseLost(lease.name);
}

/** This worker's lease ran out and another one holds it: nothing of the transaction was stored. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`the lease ${name} is held by another worker; this one stops`);
    this.name = "LeaseLost";
  }
}

interface Row {
  readonly id: string;
  readonly system: string;
  readonly role: string;
  readonly tenant: string | null;
  readonly state: string;
  readonly reason: string | null;
}

/** Connections and leases. Time-outs of leases go by the store's clock alone. */
export function leaseStore(database: Database): Part {
  return {
    async saveConnection(row) {
      await database.query(
        "insert into connection (id, system, role, tenant, state, reason) values ($1, $2, $3, $4, " +
          "$5, $6) on conflict (id) do update set system = excluded.system, role = excluded.role, " +
          "tenant = excluded.tenant, state = excluded.state, reason = excluded.reason, changed_at = " +
          "now()",
        [row.id, row.system, row.role, row.tenant, row.state, row.reason],
      );
    },
    async listConnections() {
      const rows = await database.query<Row>(
        "select id, system, role, tenant, state, reason from connection order by id",
      );
      return rows.map((row): ConnectionRow => ({ ...row, id: row.id as ConnectionId }));
    },
    async acquireLease(name, holder, ttlMs) {
      const rows = await database.query<{ fence: string }>(
        "insert into lease (name, holder, fence, expires_at) values ($1, $2, 1, now() + $3 * " +
          "interval '1 millisecond') on conflict (name) do update set holder = excluded.holder, " +
          "fence = lease.fence + 1, expires_at = excluded.expires_at where lease.expires_at < now() " +
          "or lease.holder = excluded.holder returning fence",
        [name, holder, ttlMs],
      );
      const [row] = rows;
      return row === undefined ? null : { name, holder, fence: Number(row.fence) };
    },
    async renewLease(lease, ttlMs) {
      const rows = await database.query(
        "update lease set expires_at = now() + $4 * interval '1 millisecond' where name = $1 and " +
          "holder = $2 and fence = $3 and expires_at > now() returning name",
        [lease.name, lease.holder, lease.fence, ttlMs],
      );
      return rows.length > 0;
    },
    async releaseLease(lease) {
      await database.query(
        "update lease set expires_at = now() - interval '1 millisecond' where name = $1 and " +
          "holder = $2 and fence = $3",
        [lease.name, lease.holder, lease.fence],
      );
    },
  };
}
