import { lostOf, restoredNote } from "../lost.ts";
import type { LostBody } from "../lost.ts";
import type { LostValue, Store } from "../port.ts";
import { instant, markLinks } from "./basics.ts";
import type { JournalTable } from "./columns.ts";
import { writeNotes } from "./journal.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

const ends = new Set(["intent_settled", "intent_refused", "intent_withdrawn", "intent_taken_back"]);
const openStates = new Set(["stored", "sending", "in_doubt", "parked"]);

/** Later entries of the link whose body says the same under a key, in their order. */
function later(
  state: State,
  row: JournalTable,
  at: { readonly key: string; readonly value: unknown },
): readonly JournalTable[] {
  const isFitting = ({ seq, body }: JournalTable): boolean =>
    seq > row.seq && (body as { readonly [key: string]: unknown })[at.key] === at.value;
  return state.tables.journal
    .by("link", row.link_id ?? "")
    .filter(isFitting)
    .toSorted((a, b) => a.seq - b.seq);
}

/** A lost value as people see it, from its entry. */
export function lostValueOf(state: State, row: JournalTable): LostValue {
  const { intent, telling } = state.tables;
  const body = row.body as unknown as LostBody;
  const { key = null } = body;
  const entry = `${row.shard}/${row.seq}`;
  const after = key === null ? [] : later(state, row, { key: "key", value: key });
  const open = key === null ? undefined : intent.get(key);
  const restored = later(state, row, { key: "entry", value: entry }).findLast(
    ({ kind }) => kind === "value_restored",
  );
  const by = (restored?.body as { readonly by?: string } | undefined)?.by ?? null;
  const told = telling.get(String(row.shard), String(row.seq));
  return lostOf({
    ...{ shard: row.shard, seq: row.seq, at: instant(row.at), entity: row.entity ?? "" },
    ...{
      link_id: row.link_id ?? "",
      body,
      ended: after.find(({ kind }) => ends.has(kind))?.kind ?? null,
    },
    is_open: open !== undefined && openStates.has(open.state),
    restored_at: restored === undefined ? null : instant(restored.at),
    restored_by: by,
    telling: told?.state ?? null,
    told_at: told?.told_at === undefined || told.told_at === null ? null : instant(told.told_at),
  });
}

/** Values that lost, from the journal. */
export function lostPart(state: State): Pick<Store, "lostValues" | "restoreValue"> {
  const { journal, conflict } = state.tables;
  return {
    async restoreValue(restored, runId) {
      state.commit((now) => {
        const { link, field, value, by: decided_by } = restored;
        const entity = state.tables.link.get(link)?.entity;
        if (entity === undefined) return;
        const known = conflict.get(link, field);
        const decided = { state: "decided", resolution: jsonb({ value }), decided_by, closed_at: null };
        if (known !== undefined) conflict.change(known, decided);
        else {
          const opened = { reason: "restored", held: {}, opened_at: now } as const;
          conflict.insert({ link_id: link, entity, field, ...opened, ...decided });
        }
        markLinks(state, [link], { reason: "decided by a person", now });
        writeNotes(state, [restoredNote(restored, known?.entity ?? entity)], runId);
      });
    },
    async lostValues({ link, limit }) {
      const rows = (link === null ? journal.all() : journal.by("link", link)).filter(
        ({ kind }) => kind === "discarded",
      );
      // Entries of one link are in one chain, whose order no clock changes.
      return rows
        .toSorted((a, b) => (link === null ? b.at - a.at || a.shard - b.shard : 0) || b.seq - a.seq)
        .slice(0, limit)
        .map((row) => lostValueOf(state, row));
    },
  };
}
