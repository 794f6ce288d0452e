import { isGoneName } from "./places.ts";
import type { ConnectionId, EntityName, ExternalId, LinkId, LinkState } from "@crossfoot/kernel";
import type { Database, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import { doubtedLinks, joinAll, lockCreates, takeBackCreates, waitingPairs, wakeByParent } from "./joins.ts";
import type { JournalWriter } from "./journal.ts";
import { checkLease } from "./leases.ts";
import { findStrays, joinable, lockLinks, stillNewcomers } from "./link-locks.ts";
import { markFound, markLinks } from "./observations.ts";
import { recordName } from "./port.ts";
import type { KeyHolder, LineLink, MemberRow, RecordKey, ResolvedEntry, Resolution, Store } from "./port.ts";
import { newcomers } from "./newcomers.ts";
import { comingOn } from "./sole.ts";
import { perId } from "./rows.ts";

interface Deps {
  readonly database: Database;
  readonly journal: JournalWriter;
}

type Part = Pick<
  Store,
  | "retryWaiting"
  | "loadNewcomers"
  | "holdersOf"
  | "linksOf"
  | "membersOf"
  | "dormantAmong"
  | "linesOf"
  | "commitResolutions"
  | "replaceKeys"
  | "joinLinks"
  | "linksOfEntity"
  | "unlinkedOf"
>;

interface MemberTable {
  readonly link_id: string;
  readonly connection: string;
  readonly entity: string;
  readonly external_id: string;
  readonly is_alias: boolean;
}

function memberOf(row: MemberTable): MemberRow {
  return {
    link: row.link_id as LinkId,
    connection: row.connection as ConnectionId,
    entity: row.entity,
    id: row.external_id as ExternalId,
    isAlias: row.is_alias,
  };
}

/** A record, and what became of it. */
export type Entry = ResolvedEntry;

/** What a link is found by, for one of its records. */
interface Keyed {
  readonly link: LinkId;
  readonly connection: ConnectionId;
  readonly keys: readonly string[];
}

async function writeKeys(tx: Queryable, entity: EntityName, entries: readonly Keyed[]): Promise<void> {
  const rows = entries.flatMap(({ link, connection, keys }) =>
    [...new Set(keys)].map((key): KeyRow => ({ link_id: link, connection, key })),
  );
  await Promise.all([
    tx.query(
      "delete from match_key k using jsonb_to_recordset($1::jsonb) as r(link_id text, connection " +
        "text) where k.link_id = r.link_id and k.connection = r.connection",
      [ownersOf(entries)],
    ),
    rows.length > 0 &&
      tx.query(
        "insert into match_key (entity, key, connection, link_id) select $2, key, connection, link_id " +
          "from jsonb_to_recordset($1::jsonb) as r(link_id text, connection text, key text)",
        [JSON.stringify(rows), entity],
      ),
  ]);
}

const ownersOf = (entries: readonly Keyed[]): string =>
  JSON.stringify(entries.map(({ link, connection }) => ({ link_id: link, connection })));

/** A key that a link keeps for a connection. */
interface KeyRow {
  readonly link_id: string;
  readonly connection: string;
  readonly key: string;
}

/** Keys that links are about to lose. Nobody else writes keys of the entity: its matching is leased. */
async function keysGivenUp(tx: Queryable, entries: readonly Keyed[]): Promise<readonly KeyRow[]> {
  const before = await tx.query<KeyRow>(
    "select k.link_id, k.connection, k.key from match_key k join jsonb_to_recordset($1::jsonb) as " +
      "r(link_id text, connection text) on k.link_id = r.link_id and k.connection = r.connection",
    [ownersOf(entries)],
  );
  const nameOf = (link: string, connection: string, key: string): string => `${link}\n${connection}\n${key}`;
  const kept = new Set(
    entries.flatMap(({ link, connection, keys }) => keys.map((key) => nameOf(link, connection, key))),
  );
  return before.filter((row) => !kept.has(nameOf(row.link_id, row.connection, row.key)));
}

/** Links that hold a key for the connection that another one gave it up for: it may have held them back. */
async function holdersOfGiven(
  tx: Queryable,
  entity: EntityName,
  given: readonly KeyRow[],
): Promise<readonly LinkId[]> {
  if (given.length === 0) return [];
  const rows = await tx.query<{ link_id: string }>(
    "select distinct k.link_id from match_key k join jsonb_to_recordset($1::jsonb) as r(connection text, " +
      "key text) on k.key = r.key and k.connection = r.connection where k.entity = $2",
    [JSON.stringify(given), entity],
  );
  return rows.map((row) => row.link_id as LinkId);
}

async function addMembers(tx: Queryable, entries: readonly Entry[]): Promise<void> {
  const found = entries.filter(({ resolution }) => resolution.kind === "found");
  const rows = found.map(({ record, resolution }) => {
    const { link, generation } = resolution as Extract<Resolution, { kind: "found" }>;
    return { id: link, entity: record.entity, generation };
  });
  const members = entries.flatMap(({ record, resolution }) =>
    resolution.kind === "found" || resolution.kind === "join"
      ? [
          {
            link_id: resolution.link,
            connection: record.connection,
            entity: record.entity,
            external_id: record.id,
          },
        ]
      : [],
  );
  await Promise.all([
    tx.query(
      "insert into link (id, entity, generation) select id, entity, generation from " +
        "jsonb_to_recordset($1::jsonb) as r(id text, entity text, generation int)",
      [JSON.stringify(rows)],
    ),
    tx.query(
      "insert into link_member (link_id, connection, entity, external_id) select link_id, " +
        "connection, entity, external_id from jsonb_to_recordset($1::jsonb) as r(link_id text, " +
        "connection text, entity text, external_id text)",
      [JSON.stringify(members)],
    ),
    tx.query(
      "update observation o set link_id = r.link_id, resolution = null from " +
        "jsonb_to_recordset($1::jsonb) as r(link_id text, connection text, entity text, external_id " +
        "text) where o.connection = r.connection and o.entity = r.entity and o.external_id = " +
        "r.external_id",
      [JSON.stringify(members)],
    ),
  ]);
}

async function saveUndecided(tx: Queryable, entries: readonly Entry[]): Promise<void> {
  const rows = entries.flatMap(({ record: { connection, entity, id }, resolution }) => {
    const found = resolution.kind === "candidate" ? resolution : { links: null, keys: null, isHeld: false };
    const name = resolution.kind === "candidate" ? "candidate" : "waiting";
    const isOpen = resolution.kind === "candidate" || resolution.kind === "wait";
    return isOpen
      ? [
          {
            ...{ connection, entity, id, resolution: name },
            ...{ links: found.links, keys: found.keys, is_held: found.isHeld === true },
          },
        ]
      : [];
  });
  if (rows.length === 0) return;
  await Promise.all([
    tx.query(
      "update observation o set resolution = r.resolution from jsonb_to_recordset($1::jsonb) as " +
        "r(connection text, entity text, id text, resolution text) where o.connection = r.connection " +
        "and o.entity = r.entity and o.external_id = r.id",
      [JSON.stringify(rows)],
    ),
    tx.query(
      "insert into candidate (connection, entity, external_id, links, keys, is_held) select connection, " +
        "entity, id, links, keys, is_held from jsonb_to_recordset($1::jsonb) as r(connection text, entity " +
        "text, id text, resolution text, links jsonb, keys jsonb, is_held boolean) where r.resolution = " +
        "'candidate' on conflict (connection, entity, external_id) do update set links = excluded.links, " +
        "keys = excluded.keys, is_held = excluded.is_held, state = case when candidate.state = 'apart' " +
        "then 'apart' else 'open' end",
      [JSON.stringify(rows)],
    ),
  ]);
}

/** A record that has a link is asked about no more. */
async function closeQuestions(tx: Queryable, linked: readonly Entry[]): Promise<void> {
  const rows = linked.map(({ record: { connection, entity, id } }) => ({ connection, entity, id }));
  await tx.query(
    "update candidate c set state = 'closed' from jsonb_to_recordset($1::jsonb) as r(connection text, " +
      "entity text, id text) where c.connection = r.connection and c.entity = r.entity and c.external_id " +
      "= r.id and c.state = 'open'",
    [JSON.stringify(rows)],
  );
}

/** What the journal says of resolutions. */
export function resolutionNotes(entries: readonly Entry[]): readonly Note[] {
  return entries
    .filter(({ resolution }) => resolution.kind !== "wait")
    .map(({ record, resolution }): Note => {
      const { connection, entity, id } = record;
      const link = resolution.kind === "join" || resolution.kind === "found" ? resolution.link : null;
      const kinds = {
        join: "link_joined",
        found: "link_made",
        candidate: "candidate_found",
        wait: "",
      } as const;
      const body =
        resolution.kind === "candidate" ? { connection, id, links: resolution.links } : { connection, id };
      return { kind: kinds[resolution.kind], entity, link, body };
    });
}

/** Links by match key, and by native id. */
function lookUps(deps: Deps): Pick<Store, "holdersOf" | "linksOf"> {
  const { database } = deps;
  return {
    async holdersOf(entity, keys) {
      if (keys.length === 0) return [];
      const rows = await database.query<{
        key: string;
        link_id: string;
        connection: string;
        state: LinkState;
        members: string[];
        coming: string[];
      }>(
        perId(
          "select k.key, k.link_id, k.connection, l.state, (select " +
            "coalesce(jsonb_agg(m.connection), '[]'::jsonb) from link_member m where m.link_id = " +
            "k.link_id and m.until_at is null and not m.is_alias) as members, (select " +
            "coalesce(jsonb_agg(c.target order by c.target), '[]'::jsonb) from " +
            `(${comingOn("k.link_id")}) c) as coming from match_key k join ` +
            "link l on l.id = k.link_id where k.entity = $2 and k.key = wanted.id and l.state <> " +
            "'merged'",
        ),
        [JSON.stringify(keys), entity],
      );
      return rows.map((row): KeyHolder => ({
        key: row.key,
        link: row.link_id as LinkId,
        connection: row.connection as ConnectionId,
        members: row.members as ConnectionId[],
        coming: row.coming as ConnectionId[],
        state: row.state,
      }));
    },
    async linksOf(records) {
      if (records.length === 0) return new Map();
      const rows = await database.query<MemberTable>(
        "select m.link_id, m.connection, m.entity, m.external_id, m.is_alias from link_member m " +
          "join jsonb_to_recordset($1::jsonb) as r(connection text, entity text, id text) on " +
          "m.connection = r.connection and m.entity = r.entity and m.external_id = r.id where " +
          "m.until_at is null",
        [JSON.stringify(records)],
      );
      return new Map(rows.map((row) => [recordName(memberOf(row)), row.link_id as LinkId]));
    },
  };
}

/** Members of links that live on in others, under the name of the link that was asked for. */
function livingOn(database: Queryable, links: readonly LinkId[]): Promise<MemberTable[]> {
  return database.query<MemberTable>(
    perId(
      "with recursive way(id) as (select merged_into from link where id = wanted.id and state = 'merged' " +
        "union select l.merged_into from way join link l on l.id = way.id where l.state = 'merged') " +
        "select " +
        "wanted.id as link_id, m.connection, m.entity, m.external_id, m.is_alias from way join " +
        "link_member m " +
        "on m.link_id = way.id where m.until_at is null",
    ),
    [JSON.stringify(links)],
  );
}

/** Members and lines of links, and the links of an entity. */
function members(deps: Deps): Pick<Store, "membersOf" | "dormantAmong" | "linesOf" | "linksOfEntity"> {
  const { database } = deps;
  return {
    async membersOf(links) {
      if (links.length === 0) return [];
      const rows = await database.query<MemberTable>(
        perId(
          "select link_id, connection, entity, external_id, is_alias from link_member where " +
            "until_at is null and link_id = wanted.id",
        ),
        [JSON.stringify(links)],
      );
      const found = new Set(rows.map((row) => row.link_id));
      const others = links.filter((link) => !found.has(link));
      return [...rows, ...(others.length === 0 ? [] : await livingOn(database, others))]
        .map(memberOf)
        .filter(({ id }) => !isGoneName(id));
    },
    async dormantAmong(links) {
      if (links.length === 0) return new Set();
      const rows = await database.query<{ link_id: string }>(
        perId(
          "select m.link_id from link_member m join observation o on o.connection = m.connection and " +
            "o.entity = m.entity and o.external_id = m.external_id where m.link_id = wanted.id and " +
            "m.until_at is null and not m.is_alias and o.kind = 'out_of_scope'",
        ),
        [JSON.stringify(links)],
      );
      return new Set(rows.map((row) => row.link_id as LinkId));
    },
    async linesOf(records) {
      if (records.length === 0) return [];
      const rows = await database.query<{
        link_id: string;
        connection: string;
        field: string;
        native_id: string;
        key: string;
      }>(
        "select l.link_id, l.connection, l.field, l.native_id, l.key from line_link l join " +
          "link_member m on m.link_id = l.link_id and m.connection = l.connection and m.until_at is " +
          "null join jsonb_to_recordset($1::jsonb) as r(connection text, entity text, id text) on " +
          "m.connection = r.connection and m.entity = r.entity and m.external_id = r.id",
        [JSON.stringify(records)],
      );
      return rows.map((row): LineLink & { link: LinkId } => ({
        link: row.link_id as LinkId,
        connection: row.connection as ConnectionId,
        field: row.field,
        nativeId: row.native_id,
        key: row.key,
      }));
    },
    async linksOfEntity(entity, limit, after) {
      const rows = await database.query<{ id: string }>(
        "select id from link where entity = $1 and id > $2 and state <> 'merged' order by id limit $3",
        [entity, after ?? "", limit],
      );
      return rows.map((row) => row.id as LinkId);
    },
  };
}

/**
 * Gives records their links, or sets them aside, and answers what the journal is to say of it. All of it is
 * asked for at once, in this order.
 */
export async function resolveEntries(tx: Queryable, entries: readonly Entry[]): Promise<readonly Note[]> {
  const [first] = entries;
  if (first === undefined) return [];
  const linked = entries.filter(({ resolution: { kind } }) => kind === "found" || kind === "join");
  const keyed = linked.flatMap(({ record, resolution }) =>
    resolution.kind === "found" || resolution.kind === "join"
      ? [{ link: resolution.link, connection: record.connection, keys: resolution.keys }]
      : [],
  );
  const places = entries.flatMap(({ record: { connection }, resolution }) =>
    resolution.kind === "join" ? [{ link: resolution.link, connection }] : [],
  );
  const joined = places.map(({ link }) => link);
  const saved = [
    addMembers(tx, entries),
    saveUndecided(tx, entries),
    closeQuestions(tx, linked),
    writeKeys(tx, first.record.entity, keyed),
    enliven(tx, joined),
  ];
  const takenBack = takeBackCreates(tx, places);
  const links = keyed.map(({ link }) => link);
  await Promise.all([
    ...saved,
    takenBack,
    markLinks(tx, links, "linked"),
    wakeByRecord(tx, entries),
    wakeByParent(tx, joined),
  ]);
  return [...resolutionNotes(entries), ...(await takenBack)];
}

async function enliven(tx: Queryable, links: readonly LinkId[]): Promise<void> {
  if (links.length === 0) return;
  await tx.query(
    "update link set state = 'live' where state = 'single' and id in (select " +
      "jsonb_array_elements_text($1::jsonb))",
    [JSON.stringify(links)],
  );
}

async function wakeByRecord(tx: Queryable, entries: readonly Entry[]): Promise<void> {
  await markFound(tx, waitingForRecords, { given: keysOf(entries), reason: "parent linked" });
}

/** New links, new members, joined links. */
function changes(deps: Deps): Pick<Store, "commitResolutions" | "replaceKeys" | "joinLinks"> {
  const { database, journal } = deps;
  return {
    async commitResolutions(given, runId, lease) {
      if (given.length === 0) return 0;
      return database.transaction(async (tx) => {
        const [, still] = await Promise.all([checkLease(tx, lease, "for update"), stillNewcomers(tx, given)]);
        const strays = await findStrays(tx, still);
        const free = strays.length === 0 ? still : await stillNewcomers(tx, still);
        const targets = free.flatMap(({ resolution }) =>
          resolution.kind === "join" ? [resolution.link] : [],
        );
        const waiting = await waitingFor(tx, free);
        const [, entries] = await Promise.all([
          lockLinks(tx, [...targets, ...waiting, ...strays]),
          joinable(tx, free),
        ]);
        const [notes] = await Promise.all([resolveEntries(tx, entries), markLinks(tx, strays, "linked")]);
        await journal.write(tx, notes, runId);
        return entries.length + strays.length;
      });
    },
    async replaceKeys(entity, entries, { pairs, runId, lease }) {
      return database.transaction(async (tx) => {
        await checkLease(tx, lease, "for update");
        const ends = pairs.flatMap(({ from, into }) => [from, into]);
        const given = await keysGivenUp(tx, entries);
        const behind = await holdersOfGiven(tx, entity, given);
        await lockLinks(tx, [...entries.map(({ link }) => link), ...ends, ...behind]);
        await lockCreates(tx, ends);
        const waiting = waitingPairs(pairs, await doubtedLinks(tx, ends));
        const late = new Set(waiting.map(({ from }) => from));
        await writeKeys(
          tx,
          entity,
          entries.filter(({ link }) => !late.has(link)),
        );
        const lost = given.filter((row) => !late.has(row.link_id as LinkId));
        await markLinks(tx, await holdersOfGiven(tx, entity, lost), "key given up");
        const free = pairs.filter((pair) => !waiting.includes(pair));
        await journal.write(tx, await joinAll(tx, free), runId);
        return [...late];
      });
    },
    async joinLinks(pairs, runId, lease) {
      await database.transaction(async (tx) => {
        await checkLease(tx, lease, "for update");
        await journal.write(tx, await joinAll(tx, pairs), runId);
      });
    },
  };
}

/** Links, members, match keys. */
export function linkStore(deps: Deps): Part {
  return { ...newcomers(deps.database), ...lookUps(deps), ...members(deps), ...changes(deps) };
}

/** Links that wait for one of the records of the JSON list `$1` to get a link. */
const waitingForRecords =
  "select w.link_id from wait w join jsonb_to_recordset($1::jsonb) as r(connection text, entity text, id " +
  "text) on w.parent_connection = r.connection and w.parent_entity = r.entity and w.parent_id = r.id";

const keysOf = (entries: readonly Entry[]): readonly RecordKey[] =>
  entries.map(({ record: { connection, entity, id } }) => ({ connection, entity, id }));

async function waitingFor(tx: Queryable, entries: readonly Entry[]): Promise<readonly LinkId[]> {
  const waiting = await tx.query<{ link_id: string }>(waitingForRecords, [JSON.stringify(keysOf(entries))]);
  return [...new Set(waiting.map((row) => row.link_id as LinkId))];
}
