import type { Json } from "@crossfoot/kernel";
import type { Clock, Database, Entropy, Queryable } from "../ports.ts";
import { chainNotes } from "./chain.ts";
import type { Note } from "./chain.ts";
import { leftEntries } from "./erasing.ts";
import { linksOfChains } from "./links-of-chains.ts";
import type { AcceptedBreak } from "./links-of-chains.ts";
import { shardCount, shardOf } from "./port.ts";
import type { JournalEntry, Store } from "./port.ts";
import type { Reader, Vault } from "./sealed/vault.ts";

interface Head {
  readonly shard: number;
  readonly seq: string;
  readonly hash: string;
}

/** Writer of the journal, for use inside the transaction that makes the change it tells. */
export interface JournalWriter {
  write(tx: Queryable, notes: readonly Note[], runId: string | null): Promise<void>;
}

/** Locks the newest entries of some chains; a chain that is not there yet begins. */
async function lockHeads(tx: Queryable, shards: readonly number[]): Promise<readonly Head[]> {
  const lock = (): Promise<Head[]> =>
    tx.query<Head>(
      "select shard, seq, hash from journal_head where shard in (select s::int from " +
        "jsonb_array_elements_text($1::jsonb) s) order by shard for update",
      [JSON.stringify(shards)],
    );
  const heads = await lock();
  if (heads.length === shards.length) return heads;
  await tx.query(
    "insert into journal_head (shard, seq, hash) select s::int, 0, '' from " +
      "jsonb_array_elements_text($1::jsonb) s on conflict do nothing",
    [JSON.stringify(shards)],
  );
  return lock();
}

/**
 * Makes the writer. Heads are locked in the order of their shards, so that two transactions never wait for
 * one another crosswise.
 */
export function journalWriter(entropy: Entropy, clock: Clock): JournalWriter {
  return {
    async write(tx, notes, runId) {
      if (notes.length === 0) return;
      const shards = [...new Set(notes.map((note) => shardOf(note.link)))].toSorted((a, b) => a - b);
      const heads = await lockHeads(tx, shards);
      const chained = chainNotes(notes, {
        heads: new Map(heads.map((head) => [head.shard, { seq: Number(head.seq), hash: head.hash }])),
        at: new Date(clock.now()).toISOString(),
        runId,
        digest: entropy.digest,
      });
      const rows = chained.rows.map(({ link, runId: run_id, beforeHash, ...rest }) => {
        return { ...rest, run_id, link_id: link, before_hash: beforeHash };
      });
      const moved = [...chained.heads].map(([shard, head]) => ({ shard, ...head }));
      await tx.query(
        "with moved as (update journal_head h set seq = r.seq, hash = r.hash from " +
          "jsonb_to_recordset($2::jsonb) as r(shard int, seq bigint, hash text) where h.shard = r.shard) " +
          "insert into journal (shard, seq, at, run_id, entity, link_id, kind, body, before_hash, " +
          "hash) select shard, seq, at, run_id, entity, link_id, kind, body, before_hash, hash from " +
          "jsonb_to_recordset($1::jsonb) as r(shard int, seq bigint, at timestamptz, run_id text, " +
          "entity text, link_id text, kind text, body jsonb, before_hash text, hash text)",
        [JSON.stringify(rows), JSON.stringify(moved)],
      );
    },
  };
}

/** A row of the journal that is to be read, not verified. */
export interface JournalRow {
  readonly shard: number;
  readonly seq: string;
  readonly at: string;
  readonly run_id: string | null;
  readonly entity: string | null;
  readonly link_id: string | null;
  readonly kind: string;
  readonly body: Json;
}

/** With what its chain is verified by. */
interface VerifiedRow extends JournalRow {
  readonly before_hash: string;
  readonly hash: string;
}

const columns = "shard, seq, at, run_id, entity, link_id, kind, body, before_hash, hash";

/** An entry as the runtime knows it. */
export function entryOf(row: JournalRow): JournalEntry {
  return {
    shard: row.shard,
    seq: Number(row.seq),
    at: new Date(row.at).toISOString(),
    runId: row.run_id,
    entity: row.entity,
    link: row.link_id,
    kind: row.kind,
    body: row.body,
  };
}

/** Chains with entries behind their head, by one look. */
const beyondHeads =
  "select s as shard from generate_series(0, $1::int - 1) s where exists (select from journal j where " +
  "j.shard = s and j.seq > coalesce((select h.seq from journal_head h where h.shard = s), 0)) order by s";

/** Reads and verifies the journal. */
export function journalReader(
  database: Database,
  entropy: Entropy,
  vault: Vault | null,
): Pick<Store, "journalOf" | "verifyJournal"> {
  let reader: Reader | null = null;
  const opened = (entry: JournalEntry): JournalEntry =>
    reader === null ? entry : { ...entry, body: reader.reading(entry.body) };
  return {
    async journalOf(link, limit) {
      const rows = await database.query<JournalRow>(
        `select ${columns} from journal where link_id = $1 order by seq desc limit $2`,
        [link, limit],
      );
      return rows.map(entryOf);
    },
    async verifyJournal(newest) {
      const heads = await database.query<Head>("select shard, seq, hash from journal_head order by shard");
      const known = await database.query<AcceptedBreak>("select shard, seq, mark from journal_break");
      const erasures = await database.query<{ body: Json }>(
        "select body from journal where kind = 'person_erased' order by shard, seq",
      );
      const left = leftEntries(erasures.map(({ body }) => body));
      const links = linksOfChains(entropy.digest, known, { left, opened });
      for (const { shard, seq: end, hash } of heads) {
        const chain = links.chain(shard, Number(end), newest);
        for (;;) {
          const rows = await database.query<VerifiedRow>(
            `select ${columns} from journal where shard = $1 and seq > $2 and seq <= $3 order by seq ` +
              "limit 1000",
            [shard, chain.seq(), end],
          );
          reader = (await vault?.reader(rows)) ?? null;
          for (const row of rows) chain.follow(entryOf(row), row);
          if (rows.length === 0) break;
        }
        chain.end({ seq: Number(end), hash });
      }
      for (const { shard } of await database.query<Pick<Head, "shard">>(beyondHeads, [shardCount]))
        links.beyond(shard);
      return links.proof();
    },
  };
}
