import type { ConnectionId } from "@crossfoot/kernel";
import { LeaseLost } from "../leases.ts";
import type { ConnectionRow, Lease, Store } from "../port.ts";
import type { LeaseTable } from "./columns.ts";
import { inOrder } from "./basics.ts";
import type { State } from "./state.ts";

type Part = Pick<
  Store,
  "saveConnection" | "listConnections" | "acquireLease" | "renewLease" | "releaseLease"
>;

function held(state: State, lease: Lease): LeaseTable | null {
  const row = state.tables.lease.get(lease.name);
  return row?.holder === lease.holder && row.fence === lease.fence ? row : null;
}

/** Refuses the write of a worker whose fencing token is not the newest. */
export function checkFence(state: State, lease: Lease): void {
  if (held(state, lease) === null) throw new LeaseLost(lease.name);
}

function connections(state: State): Pick<Part, "saveConnection" | "listConnections"> {
  const { connection } = state.tables;
  return {
    async saveConnection(row) {
      state.commit((now) => {
        const known = connection.get(row.id);
        const { id, system, role, tenant, state: condition, reason } = row;
        const columns = { id, system, role, tenant, state: condition, reason, changed_at: now };
        if (known === undefined) connection.insert(columns);
        else connection.change(known, columns);
      });
    },
    async listConnections() {
      const rows = inOrder(connection.all(), (row) => [row.id]);
      return rows.map(({ id, system, role, tenant, state: condition, reason }): ConnectionRow => ({
        id: id as ConnectionId,
        system,
        role,
        tenant,
        state: condition,
        reason,
      }));
    },
  };
}

/** Connections and leases. Time-outs of leases go by the store's clock alone. */
export function leasePart(state: State): Part {
  const { lease: leases } = state.tables;
  return {
    ...connections(state),
    async acquireLease(name, holder, ttlMs) {
      return state.commit((now) => {
        const row = leases.get(name);
        const expires_at = now + ttlMs;
        if (row === undefined) leases.insert({ name, holder, fence: 1, expires_at });
        else if (row.expires_at < now || row.holder === holder)
          leases.change(row, { holder, fence: row.fence + 1, expires_at });
        else return null;
        return { name, holder, fence: (row?.fence ?? 0) + 1 };
      });
    },
    async renewLease(lease, ttlMs) {
      return state.commit((now) => {
        const row = held(state, lease);
        if (row === null || row.expires_at <= now) return false;
        leases.change(row, { expires_at: now + ttlMs });
        return true;
      });
    },
    async releaseLease(lease) {
      state.commit((now) => {
        const row = held(state, lease);
        if (row !== null) leases.change(row, { expires_at: now - 1 });
      });
    },
  };
}
