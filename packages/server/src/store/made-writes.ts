import type { ConnectionId, ExternalId, JsonMap, LinkId } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import { entryOf } from "./journal.ts";
import type { JournalRow } from "./journal.ts";
import type { JournalEntry, MadeQuery, MadeWrite, Store } from "./port.ts";

/** What the entry of a write that settled says. Those of an older store lack what undo needs. */
interface MadeBody {
  readonly key: string;
  readonly target: string;
  readonly kind: MadeWrite["kind"];
  readonly id?: string | null;
  readonly before?: MadeWrite["before"];
  readonly after?: MadeWrite["after"];
  readonly sent?: MadeWrite["sent"];
  readonly transition?: MadeWrite["transition"];
  readonly run?: string | null;
  readonly plan?: string | null;
  readonly undo?: MadeWrite["undo"];
  readonly isRepair?: boolean;
}

/** The write that an entry of kind `intent_settled` tells of. */
export function madeWriteOf(entry: JournalEntry): MadeWrite {
  const body = entry.body as JsonMap & MadeBody;
  return {
    shard: entry.shard,
    seq: entry.seq,
    at: entry.at,
    runId: entry.runId,
    decidedIn: body.run ?? null,
    plan: body.plan ?? null,
    link: (entry.link ?? "") as LinkId,
    entity: entry.entity ?? "",
    target: body.target as ConnectionId,
    kind: body.kind,
    id: (body.id ?? null) as ExternalId | null,
    key: body.key,
    transition: body.transition ?? null,
    before: body.before ?? {},
    after: body.after ?? null,
    sent: body.sent ?? null,
    undo: body.undo ?? null,
    isRepair: body.isRepair === true,
  };
}

const columns = "j.shard, j.seq, j.at, j.run_id, j.entity, j.link_id, j.kind, j.body";
/** Writes that were decided in some runs, or settled in them: two look-ups by the index of runs. */
const ofRuns = (runs: string): string =>
  `select ${columns} from journal j where j.kind = 'intent_settled' and j.run_id in (${runs}) union ` +
  `select ${columns} from journal s join journal j on j.link_id = s.link_id and j.kind = ` +
  "'intent_settled' and j.body ->> 'key' = s.body ->> 'key' and j.body ->> 'run' = s.run_id where " +
  `s.kind = 'intent_stored' and s.run_id in (${runs})`;

/** The statement that finds the writes asked for, with its parameters from `$4` on. */
function statementOf(
  query: MadeQuery,
  link: string | null,
): { readonly text: string; readonly given: readonly unknown[] } {
  switch (query.by) {
    case "run":
      return { text: ofRuns("$4"), given: [query.run] };
    case "plan":
      return {
        text:
          `${ofRuns("select r.id from run r where split_part(r.command, ' ', 2) = $4")} union ` +
          `select ${columns} from journal j where j.kind = 'intent_settled' and j.body ->> 'plan' = $4`,
        given: [query.plan],
      };
    case "write":
      return {
        text:
          `select ${columns} from journal j where j.kind = 'intent_settled' and j.body ->> 'key' = $4` +
          (link === null ? "" : " and j.link_id = $5"),
        given: link === null ? [query.key] : [query.key, link],
      };
    case "links":
      return {
        text:
          `select ${columns} from journal j where j.link_id in (select ` +
          "jsonb_array_elements_text($4::jsonb)) and j.kind = 'intent_settled' and j.at >= " +
          "coalesce($5::timestamptz, '-infinity')",
        given: [JSON.stringify(query.links), query.since],
      };
  }
}

/**
 * The link of a write. A write that was decided again under its key and then taken back is only in the
 * journal; without its link, all of it is looked through.
 */
async function linkOf(database: Database, key: string): Promise<string | null> {
  const [row] = await database.query<{ link_id: string }>("select link_id from intent where key = $1", [key]);
  return row?.link_id ?? null;
}

/** Writes that settled, from the journal. */
export function madeStore(database: Database): Pick<Store, "madeWrites"> {
  return {
    async madeWrites(query) {
      const { text, given } = statementOf(
        query,
        query.by === "write" ? await linkOf(database, query.key) : null,
      );
      const { shard, seq } = query.after ?? { shard: -1, seq: 0 };
      const rows = await database.query<JournalRow>(
        `select * from (${text}) found where (shard, seq) > ($1::int, $2::bigint) order by shard, seq ` +
          "limit $3",
        [shard, seq, query.limit, ...given],
      );
      return rows.map((row) => madeWriteOf(entryOf(row)));
    },
  };
}
