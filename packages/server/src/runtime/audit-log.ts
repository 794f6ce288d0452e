import { auditBytes } from "../store/port.ts";
import type { AuditRow } from "../store/port.ts";
import type { AuditProof } from "./audit-log-port.ts";
import type { World } from "./world.ts";

/** Entries read at once. */
const pageSize = 1_000;

/** Every entry after that number, the oldest first. */
export async function* auditEntries(
  { store }: Pick<World, "store">,
  after: number,
): AsyncGenerator<AuditRow, void, undefined> {
  for (let last = after; ;) {
    const page = await store.listAudit(last, pageSize);
    yield* page;
    const end = page.at(-1);
    if (end === undefined) return;
    last = end.number;
  }
}

/**
 * Follows the audit log from its first entry on. What was cut off at its end shows only to somebody who kept
 * an earlier head: `known` is such a one.
 */
export async function proveAudit(
  world: Pick<World, "store" | "entropy">,
  known: { readonly number: number; readonly hash: string } | null,
): Promise<AuditProof> {
  const { digest } = world.entropy;
  const broken: number[] = [];
  let before = { number: 0, hash: "" };
  let entries = 0;
  let hasKnown = false;
  for await (const row of auditEntries(world, 0)) {
    entries += 1;
    const follows = row.number === before.number + 1 && row.beforeHash === before.hash;
    if (!follows || digest(auditBytes(row.beforeHash, row)) !== row.hash) broken.push(row.number);
    if (row.number === known?.number && row.hash === known.hash) hasKnown = true;
    before = { number: row.number, hash: row.hash };
  }
  return {
    ...{ entries, broken, head: entries === 0 ? null : before },
    hasKnown: known === null ? null : hasKnown,
  };
}
