import type { LinkId } from "@crossfoot/kernel";
import { compareText } from "./json.ts";
import { shardOf } from "../port.ts";
import { MemoryRefusal } from "./refusal.ts";
import type { State } from "./state.ts";

/** An instant as a timestamptz column gives it back: ISO text in UTC, a fraction only where there is one. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, "Z");
}

/** Like {@link instant}; null stays null. */
export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instant(ms);
}

/** Marks links as to be decided. A link that is marked again while it is being decided stays marked. */
export function markLinks(state: State, links: readonly LinkId[], at: { reason: string; now: number }): void {
  const { tables } = state;
  for (const id of [...new Set<string>(links)].toSorted()) {
    const link = tables.link.get(id);
    if (link === undefined) continue;
    const row = tables.work.get(id);
    const { reason } = at;
    if (row === undefined)
      tables.work.insert({
        link_id: id,
        entity: link.entity,
        reason,
        marked: 1,
        shard: shardOf(link.id as LinkId),
      });
    else tables.work.change(row, { marked: row.marked + 1, reason });
  }
}

/** Stamps this far ahead of the store's clock were made before it was set back, ms (see the SQL store). */
const aheadMsMax = 1_000;

/** Whether an instant was stamped before the store's clock was set back. */
export const isFromAhead = (stamp: number | null, now: number): boolean =>
  stamp !== null && stamp > now + aheadMsMax;

/** Whether an intent's time has come (see the SQL store). */
export function isDue(row: { readonly due_at: number; readonly due_set_at: number }, now: number): boolean {
  return row.due_at <= now || isFromAhead(row.due_set_at, now);
}

/** Rows in the order of some columns: numbers by size, texts as the C collation has them. */
export function inOrder<Row>(
  rows: readonly Row[],
  columns: (row: Row) => readonly (string | number)[],
): readonly Row[] {
  const keyed = rows.map((row) => ({ row, key: columns(row) }));
  const compare = (a: string | number, b: string | number | undefined): number =>
    typeof a === "number" ? a - Number(b) : compareText(a, String(b));
  keyed.sort((a, b) => {
    for (const [at, value] of a.key.entries()) {
      const difference = compare(value, b.key[at]);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

/** Refuses, as PostgreSQL does, a statement that would insert or update one row twice. */
export function refuseTwice(keys: readonly string[]): void {
  if (new Set(keys).size === keys.length) return;
  throw new MemoryRefusal({
    code: "21000",
    message: "ON CONFLICT DO UPDATE command cannot affect row a second time",
  });
}
