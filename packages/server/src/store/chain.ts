import { canonicalBytes } from "@crossfoot/kernel";
import type { Json, LinkId } from "@crossfoot/kernel";
import { shardOf } from "./port.ts";
import type { JournalEntry } from "./port.ts";

/** What a caller writes into the journal. */
export interface Note {
  readonly kind: string;
  readonly entity: string | null;
  readonly link: LinkId | null;
  readonly body: Json;
}

/** The newest entry of a chain. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** A row of the journal, before a store has it. `at` is ISO text. */
export interface ChainedRow extends JournalEntry {
  readonly beforeHash: string;
  readonly hash: string;
}

/** The bytes that an entry's hash covers: the hash before it and everything the entry says. */
export function chainedBytes(before: string, entry: JournalEntry): string {
  return `${before}\n${canonicalBytes(entry)}`;
}

/** Puts notes at the ends of their chains: the rows in the order of the notes, and the heads they leave. */
export function chainNotes(
  notes: readonly Note[],
  at: {
    readonly heads: ReadonlyMap<number, ChainHead>;
    readonly at: string;
    readonly runId: string | null;
    readonly digest: (text: string) => string;
  },
): { readonly rows: readonly ChainedRow[]; readonly heads: ReadonlyMap<number, ChainHead> } {
  const heads = new Map(at.heads);
  const rows = notes.map((note): ChainedRow => {
    const shard = shardOf(note.link);
    const head = heads.get(shard) ?? { seq: 0, hash: "" };
    const { kind, entity, link, body } = note;
    const entry = { shard, seq: head.seq + 1, at: at.at, runId: at.runId, entity, link, kind, body };
    const hash = at.digest(chainedBytes(head.hash, entry));
    heads.set(shard, { seq: entry.seq, hash });
    return { ...entry, beforeHash: head.hash, hash };
  });
  return { rows, heads };
}
