import type { LinkId } from "@crossfoot/kernel";
import type { Database, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";

import { breakName } from "./port.ts";
import type { EpochRow, EpochState, EpochStore, JournalBreak, JournalHead } from "./port.ts";

interface Deps {
  readonly database: Database;
  readonly journal: JournalWriter;
}

/** Fencing tokens jump by this much: beyond whatever a worker of the forgotten life can have reached. */
export const fenceJump = 1_000_000;

/** The epoch of a store that nobody ever held. */
export const firstEpoch: EpochRow = {
  ...{ number: 1, state: "confirmed", homeMark: null, reason: null, noticedAt: null, confirmedAt: null },
  ...{ confirmedBy: null, recoveredAt: null, confirmedForMs: null, swept: [] },
};

/** What the journal says of an epoch. */
export const epochNote = (
  kind: "epoch_held" | "epoch_confirmed" | "epoch_recovered",
  body: Note["body"],
): Note => ({ kind, entity: null, link: null, body });

/** What the journal says of a write whose outcome the store has forgotten. */
export function forgottenNote(row: {
  readonly key: string;
  readonly entity: string;
  readonly link_id: string;
}): Note {
  const { key, entity, link_id: link } = row;
  const body = { key, code: "store_restored" };
  return { kind: "intent_in_doubt", entity, link: link as LinkId, body };
}

/**
 * The store was restored, and the link was there before: whether it had this create made then is forgotten,
 * so that the create is asked about before it is first sent. No row where it is known.
 */
export const forgotten: string =
  "(select e.confirmed_at as since from epoch e, link l where l.id = r.link_id and l.epoch < e.number and " +
  "r.kind = 'create' and e.confirmed_at is not null)";

interface Row {
  readonly number: number;
  readonly state: EpochState;
  readonly home_mark: string | null;
  readonly reason: string | null;
  readonly noticed_at: string | null;
  readonly confirmed_at: string | null;
  readonly confirmed_by: string | null;
  readonly recovered_at: string | null;
  readonly confirmed_for_ms: number | null;
  readonly swept: EpochRow["swept"];
}

const columns =
  "number, state, home_mark, reason, noticed_at, confirmed_at, confirmed_by, recovered_at, " +
  "(extract(epoch from now() - confirmed_at) * 1000)::double precision as confirmed_for_ms, (select " +
  "coalesce(jsonb_agg(jsonb_build_object('connection', s.connection, 'entity', s.entity) order by " +
  "s.connection, s.entity), " +
  "'[]'::jsonb) from epoch_sweep s) as swept";

async function load(on: Queryable): Promise<EpochRow> {
  const [row] = await on.query<Row>(`select ${columns} from epoch`);
  if (row === undefined) return firstEpoch;
  return {
    number: row.number,
    state: row.state,
    homeMark: row.home_mark,
    reason: row.reason,
    noticedAt: row.noticed_at,
    confirmedAt: row.confirmed_at,
    confirmedBy: row.confirmed_by,
    recoveredAt: row.recovered_at,
    confirmedForMs: row.confirmed_for_ms,
    swept: row.swept,
  };
}

/** Locks the one row, which is made when it is not there. */
async function lockRow(tx: Queryable): Promise<Pick<Row, "number" | "state">> {
  await tx.query("insert into epoch (is_one) values (true) on conflict do nothing");
  const [row] = await tx.query<Row>("select number, state from epoch for update");
  return row ?? { number: 1, state: "confirmed" };
}

/** Which life of the store this is. */
export function epochStore({ database, journal }: Deps): EpochStore {
  return {
    loadEpoch: () => load(database),
    async holdEpoch(reason) {
      await database.transaction(async (tx) => {
        const { state, number } = await lockRow(tx);
        if (state === "held") return;
        await tx.query("update epoch set state = 'held', reason = $1, noticed_at = now()", [reason]);
        await journal.write(tx, [epochNote("epoch_held", { number, reason })], null);
      });
    },
    async markHome(mark) {
      await database.query(
        "insert into epoch (home_mark) values ($1) on conflict (is_one) do update set home_mark = " +
          "excluded.home_mark",
        [mark],
      );
    },
    confirmEpoch: (confirmed) =>
      database.transaction(async (tx) => {
        await beginNext(tx, journal, confirmed);
        return load(tx);
      }),
    async noteSwept(swept) {
      await database.query(
        "insert into epoch_sweep (connection, entity) select distinct connection, entity from " +
          "jsonb_to_recordset($1::jsonb) as r(connection text, entity text) on conflict do nothing",
        [JSON.stringify(swept)],
      );
    },
    async endRecovery(number) {
      return database.transaction(async (tx) => {
        const rows = await tx.query(
          "update epoch set state = 'confirmed', recovered_at = now() where number = $1 and state = " +
            "'recovering' returning number",
          [number],
        );
        if (rows.length === 0) return false;
        await journal.write(tx, [epochNote("epoch_recovered", { number })], null);
        return true;
      });
    },
    ...marks(database),
  };
}

async function beginNext(
  tx: Queryable,
  journal: JournalWriter,
  { above, by, homeMark, broken }: Parameters<EpochStore["confirmEpoch"]>[0],
): Promise<void> {
  const known = await lockRow(tx);
  const number = Math.max(known.number, above) + 1;
  await tx.query(
    "update epoch set number = $1, state = 'recovering', confirmed_at = now(), confirmed_by = $2, " +
      "home_mark = $3, recovered_at = null",
    [number, by, homeMark],
  );
  await tx.query("delete from epoch_sweep");
  await tx.query(
    "update lease set holder = '', fence = fence + $1, expires_at = least(expires_at, now() - interval " +
      "'1 millisecond')",
    [fenceJump],
  );
  await tx.query("delete from worker");
  await tx.query("update plan set is_void = true where not is_void");
  const open = await tx.query<{ key: string; entity: string; link_id: string }>(
    "update intent set state = 'in_doubt', send_deadline = now(), abandoned_at = now(), due_at = now(), " +
      "due_set_at = now() where state in ('stored', 'sending', 'in_doubt') returning key, entity, link_id",
  );
  const notes = open.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(forgottenNote);
  await acceptBreaks(tx, broken);
  const body = { number, by, ...(broken.length === 0 ? {} : { broken: broken.map(breakName) }) };
  await journal.write(tx, [epochNote("epoch_confirmed", body), ...notes], null);
}

/** Chains go on from what stands: a head goes to the last entry, other places are remembered. */
async function acceptBreaks(tx: Queryable, broken: readonly JournalBreak[]): Promise<void> {
  if (broken.length === 0) return;
  const heads = broken.flatMap(({ shard, seq }) => (seq === null ? [shard] : []));
  const entries = broken.filter(({ seq }) => seq !== null);
  await tx.query(
    "insert into journal_head (shard, seq, hash) select s, coalesce(j.seq, 0), coalesce(j.hash, '') from " +
      "unnest($1::int[]) s left join lateral (select seq, hash from journal where shard = s order by seq " +
      "desc limit 1) j on true on conflict (shard) do update set seq = excluded.seq, hash = excluded.hash",
    [heads],
  );
  await tx.query(
    "insert into journal_break (shard, seq, mark) select shard, seq, mark from " +
      "jsonb_to_recordset($1::jsonb) as r(shard int, seq bigint, mark text) on conflict " +
      "(shard, seq) do update set mark = excluded.mark",
    [JSON.stringify(entries)],
  );
}

/** By what the life of a store is told from others. */
function marks(database: Database): Pick<EpochStore, "journalHeads" | "knownEntries" | "homeMark"> {
  interface HeadRow {
    readonly shard: number;
    readonly seq: string | number;
    readonly hash: string;
  }
  const headOf = ({ shard, seq, hash }: HeadRow): JournalHead => ({ shard, seq: Number(seq), hash });
  return {
    async journalHeads() {
      const rows = await database.query<HeadRow>(
        "select shard, seq, hash from journal_head where seq > 0 order by shard",
      );
      return rows.map(headOf);
    },
    async knownEntries(entries) {
      if (entries.length === 0) return [];
      const rows = await database.query<HeadRow>(
        "select j.shard, j.seq, j.hash from jsonb_to_recordset($1::jsonb) as r(shard int, seq bigint, hash " +
          "text) join journal j on j.shard = r.shard and j.seq = r.seq and j.hash = r.hash order by " +
          "j.shard, j.seq",
        [JSON.stringify(entries)],
      );
      return rows.map(headOf);
    },
    async homeMark() {
      if (database.home !== "server") return null;
      const [row] = await database.query<{ mark: string }>(
        "select s.system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || " +
          "'/' || d.oid as mark from pg_control_system() s, pg_database d where d.datname = " +
          "current_database()",
      );
      return row?.mark ?? null;
    },
  };
}
