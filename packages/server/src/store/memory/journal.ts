import type { LinkId } from "@crossfoot/kernel";
import { chainNotes } from "../chain.ts";
import type { Note } from "../chain.ts";
import { leftEntries } from "../erasing.ts";
import { linksOfChains } from "../links-of-chains.ts";
import { shardOf } from "../port.ts";
import type { JournalEntry, Store } from "../port.ts";
import { inOrder } from "./basics.ts";
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
  const { journal, journalBreak, journalHead } = state.tables;
  return {
    async journalOf(link: LinkId, limit) {
      const rows = journal.by("link", link).toSorted((a, b) => b.seq - a.seq);
      return rows.slice(0, limit).map(entryOf);
    },
    async verifyJournal(newest) {
      const erasures = journal.all().filter(({ kind }) => kind === "person_erased");
      const left = leftEntries(erasures.toSorted((a, b) => a.seq - b.seq).map(({ body }) => body));
      const links = linksOfChains(state.entropy.digest, journalBreak.all(), { left });
      for (const head of inOrder(journalHead.all(), ({ shard }) => [shard])) {
        const chain = links.chain(head.shard, head.seq, newest);
        const from = chain.seq();
        const rows = journal.all().filter(({ shard, seq }) => shard === head.shard && seq > from);
        for (const row of rows.toSorted((a, b) => a.seq - b.seq))
          if (row.seq <= head.seq) chain.follow(entryOf(row), row);
        chain.end(head);
      }
      const beyond = journal
        .all()
        .filter(({ shard, seq }) => seq > (journalHead.get(String(shard))?.seq ?? 0));
      for (const shard of [...new Set(beyond.map((row) => row.shard))].toSorted((a, b) => a - b))
        links.beyond(shard);
      return links.proof();
    },
  };
}
