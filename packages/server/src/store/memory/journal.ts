import type { LinkId } from "@crossfoot/kernel";
import { chainNotes, chainedBytes } from "../chain.ts";
import type { Note } from "../chain.ts";
import { shardOf } from "../port.ts";
import type { JournalEntry, Store } from "../port.ts";
import type { JournalTable } from "./columns.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

/** Writes notes into the journal, inside the commit that makes the change they tell. */
export function writeNotes(state: State, notes: readonly Note[], runId: string | null): void {
  if (notes.length === 0) return;
  const { journal, journalHead } = state.tables;
  for (const { link } of notes) {
    const shard = shardOf(link);
    if (journalHead.get(String(shard)) === undefined) journalHead.insert({ shard, seq: 0, hash: "" });
  }
  const at = Math.trunc(state.ourNow());
  const chained = chainNotes(notes, {
    heads: new Map(journalHead.all().map((head) => [head.shard, head])),
    at: new Date(at).toISOString(),
    runId,
    digest: state.entropy.digest,
  });
  for (const { shard, seq, entity, link, kind, body, beforeHash, hash } of chained.rows) {
    const names = { run_id: runId, entity, link_id: link, before_hash: beforeHash };
    journal.insert({ shard, seq, at, kind, body: jsonb(body), hash, ...names });
  }
  for (const [shard, { seq, hash }] of chained.heads) {
    const head = journalHead.get(String(shard));
    if (head !== undefined) journalHead.change(head, { seq, hash });
  }
}

/** An entry as the runtime knows it. */
export function entryOf(row: JournalTable): JournalEntry {
  return {
    shard: row.shard,
    seq: row.seq,
    at: new Date(row.at).toISOString(),
    runId: row.run_id,
    entity: row.entity,
    link: row.link_id,
    kind: row.kind,
    body: row.body,
  };
}

/** Reads and verifies the journal. */
export function journalPart(state: State): Pick<Store, "journalOf" | "verifyJournal"> {
  const { journal, journalHead } = state.tables;
  return {
    async journalOf(link: LinkId, limit) {
      const rows = journal.by("link", link).toSorted((a, b) => b.seq - a.seq);
      return rows.slice(0, limit).map(entryOf);
    },
    async verifyJournal() {
      const broken: string[] = [];
      const rows = journal.all().toSorted((a, b) => a.shard - b.shard || a.seq - b.seq);
      const newest = new Map<number, { readonly seq: number; readonly hash: string }>();
      for (const row of rows) {
        const before = newest.get(row.shard) ?? { seq: 0, hash: "" };
        const isNext = row.seq === before.seq + 1 && row.before_hash === before.hash;
        if (!isNext || state.entropy.digest(chainedBytes(before.hash, entryOf(row))) !== row.hash)
          broken.push(`${row.shard}/${row.seq}`);
        newest.set(row.shard, { seq: row.seq, hash: row.hash });
      }
      for (const head of journalHead.all()) {
        const last = newest.get(head.shard) ?? { seq: 0, hash: "" };
        if (head.seq !== last.seq || head.hash !== last.hash) broken.push(`${head.shard}/head`);
      }
      return { entries: rows.length, broken };
    },
  };
}
