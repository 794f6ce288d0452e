import type { ConnectionId, LinkId } from "@crossfoot/kernel";
import type { Database, Queryable } from "../ports.ts";
import { lockCreates, wakeByParent } from "./joins.ts";
import type { JournalWriter } from "./journal.ts";
import { lockLinks } from "./link-locks.ts";
import type { Note } from "./chain.ts";
import { place } from "./identity-rows.ts";
import { consolidation, withdrawnNotes } from "./places.ts";
import type { CandidateState, DecisionTakenBack, IdentityStore, RecordKey } from "./port.ts";

/** What the journal says of a decision that a person took back. */
export function takenBackNotes(
  { connection, entity, id }: RecordKey,
  said: { readonly link: LinkId | null; readonly state: CandidateState; readonly by: string },
): readonly Note[] {
  const { link, state, by } = said;
  return [{ kind: "candidate_reopened", entity, link, body: { connection, id, superseded: state, by } }];
}

/** A place in a link, with what speaks for leaving it. */
interface Standing {
  readonly link_id: LinkId;
  readonly is_alias: boolean;
  readonly others: number;
  readonly sent: number;
}

/** What a person decided about records, and how that is taken back (see the port). */
export function takingBack({
  database,
  journal,
}: {
  readonly database: Database;
  readonly journal: JournalWriter;
}): Pick<IdentityStore, "candidateStateOf" | "reopenCandidate"> {
  return {
    candidateStateOf: (record) => stateOf(database, record),
    async reopenCandidate(record, by) {
      return database.transaction(async (tx) => {
        const { outcome, notes } = await reopen(tx, record, by);
        await journal.write(tx, notes, null);
        return outcome;
      });
    },
  };
}

const named = ({ connection, entity, id }: RecordKey): readonly string[] => [connection, entity, id];
const isIt = "connection = $1 and entity = $2 and external_id = $3";

async function stateOf(tx: Queryable, record: RecordKey): Promise<CandidateState | null> {
  const [row] = await tx.query<{ state: CandidateState }>(
    `select state from candidate where ${isIt}`,
    named(record),
  );
  return row?.state ?? null;
}

async function standingOf(tx: Queryable, record: RecordKey): Promise<Standing | null> {
  const [row] = await tx.query<{ link_id: string; is_alias: boolean; others: number; sent: number }>(
    "select m.link_id, m.is_alias, (select count(*)::int from link_member o where o.link_id = " +
      "m.link_id and o.until_at is null and (o.connection, o.external_id) <> (m.connection, " +
      "m.external_id)) as others, (select count(*)::int from intent i where i.link_id = m.link_id and " +
      "i.state <> 'stored') as sent from link_member m where m.until_at is null and m.connection = $1 " +
      "and m.entity = $2 and m.external_id = $3",
    named(record),
  );
  return row === undefined ? null : { ...row, link_id: row.link_id as LinkId };
}

/**
 * The link whose alias a record was when it was asked about: its own system has it twice, and its
 * counterparts are one. Null where it was a newcomer, or where that link stands no more.
 */
async function twinLinkOf(tx: Queryable, record: RecordKey): Promise<LinkId | null> {
  const [row] = await tx.query<{ link: string }>(
    "select l.id as link from candidate c join link l on l.id = c.links->>0 where c.connection = $1 and " +
      "c.entity = $2 and c.external_id = $3 and c.keys @> $4::jsonb and l.state not in ('ended', 'merged')",
    [...named(record), JSON.stringify([consolidation])],
  );
  return row === undefined ? null : (row.link as LinkId);
}

interface Reopened {
  readonly outcome: DecisionTakenBack;
  readonly notes: readonly Note[];
}

/**
 * Locks the record, its link and its creates, in the order of all transactions, before it looks: a worker
 * that is about to send its create has it first, or comes too late.
 */
async function reopen(tx: Queryable, record: RecordKey, by: string): Promise<Reopened> {
  await tx.query(`select 1 from observation where ${isIt} for update`, named(record));
  const before = await standingOf(tx, record);
  const twin = await twinLinkOf(tx, record);
  const links = [...new Set([before?.link_id, twin].filter((link) => typeof link === "string"))];
  await lockLinks(tx, links);
  await lockCreates(tx, links);
  const [state, at] = [await stateOf(tx, record), await standingOf(tx, record)];
  if (state === "open") return { outcome: "done", notes: [] };
  if (state === null || state === "closed") return { outcome: "unknown", notes: [] };
  if (at?.link_id !== before?.link_id || (await twinLinkOf(tx, record)) !== twin)
    return { outcome: "busy", notes: [] };
  if (at !== null && !at.is_alias && (state === "linked" || at.others > 0))
    return { outcome: "taken", notes: [] };
  if (at !== null && !at.is_alias && at.sent > 0) return { outcome: "busy", notes: [] };
  const own = at === null || at.is_alias ? [] : [at.link_id];
  if (twin === null) await leave(tx, record);
  else await place(tx, { entity: record.entity, links: [] }, [{ ...record, link: twin, isAlias: true }]);
  const withdrawn = (await Promise.all(own.map((link) => retire(tx, link, record.connection)))).flat();
  await tx.query(`update candidate set state = 'open' where ${isIt}`, named(record));
  const said = { link: at?.link_id ?? null, state, by };
  return { outcome: "done", notes: [...withdrawn, ...takenBackNotes(record, said)] };
}

/** The record has no link any more, and is asked about. */
async function leave(tx: Queryable, record: RecordKey): Promise<void> {
  await tx.query(
    `update observation set link_id = null, resolution = 'candidate' where ${isIt}`,
    named(record),
  );
  await tx.query(`update link_member set until_at = now() where ${isIt} and until_at is null`, named(record));
}

/** A link that nobody is a member of any more ends; what waited for it is looked at again. */
async function retire(tx: Queryable, link: LinkId, connection: ConnectionId): Promise<readonly Note[]> {
  const taken = await tx.query<{ key: string; link_id: string; entity: string; target: string }>(
    "delete from intent where link_id = $1 and state = 'stored' returning key, link_id, entity, target",
    [link],
  );
  await tx.query("update link set state = 'ended', adopted = null where id = $1", [link]);
  await wakeByParent(tx, [link]);
  await tx.query("delete from match_key where link_id = $1", [link]);
  await tx.query("delete from base where link_id = $1 and connection = $2", [link, connection]);
  await tx.query("delete from work where link_id = $1", [link]);
  await tx.query("delete from wait where link_id = $1", [link]);
  await tx.query(
    "update park set state = 'closed', closed_at = now() where link_id = $1 and state = 'open'",
    [link],
  );
  return withdrawnNotes(taken);
}
