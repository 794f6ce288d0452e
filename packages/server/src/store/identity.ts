import type { ConnectionId, ExternalId, LinkId, Member, Bases } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import { basesOf, isMoved, linksWhole, place } from "./identity-rows.ts";
import type { JournalWriter } from "./journal.ts";
import { checkLease } from "./leases.ts";
import { lockLinks } from "./link-locks.ts";
import { resolveEntries } from "./links.ts";
import { carryMerge } from "./merge-commit.ts";
import { markLinks } from "./observations.ts";
import { candidateNote } from "./places.ts";
import type { IdentityStore, RecordKey, StandingMerge, StoredObservation } from "./port.ts";
import { bringBack } from "./restore-links.ts";
import { observationColumns, observationOf } from "./rows.ts";
import type { ObservationRow } from "./rows.ts";
import { takingBack } from "./taking-back.ts";
import { carryUnmerge } from "./unmerge-commit.ts";
import type { Vault } from "./sealed/vault.ts";

interface Deps {
  readonly database: Database;
  readonly journal: JournalWriter;
  readonly vault: Vault | null;
}

interface MergeRow {
  readonly survivor: string;
  readonly from_link: string | null;
  readonly into_link: string;
  readonly members: readonly Member[];
  readonly bases: Bases;
}

/** Records that moved, or are back. */
function lists(
  database: Database,
): Pick<IdentityStore, "loadMoved" | "loadReturned" | "settleMoved" | "loadLinks"> {
  const load = async (
    where: string,
    entity: string,
    page: { readonly limit: number; readonly after: RecordKey | null },
  ): Promise<readonly StoredObservation[]> => {
    const rows = await database.query<ObservationRow>(
      `select ${observationColumns} from observation o where o.entity = $1 and ${where} and ` +
        "(o.connection, o.external_id) > ($3, $4) order by o.connection, o.external_id limit $2",
      [entity, page.limit, page.after?.connection ?? "", page.after?.id ?? ""],
    );
    return rows.map(observationOf);
  };
  return {
    loadMoved: (entity, limit, after) => load(isMoved, entity, { limit, after }),
    loadReturned: (entity, limit, after) => load("o.resolution = 'returned'", entity, { limit, after }),
    async settleMoved(records, resolution) {
      if (records.length === 0) return;
      await database.query(
        "update observation o set resolution = $2 from jsonb_to_recordset($1::jsonb) as r(connection " +
          "text, " +
          "entity text, id text) where o.connection = r.connection and o.entity = r.entity and " +
          "o.external_id = r.id",
        [
          JSON.stringify(records.map(({ connection, entity, id }) => ({ connection, entity, id }))),
          resolution,
        ],
      );
    },
    loadLinks: (links) => linksWhole(database, links),
  };
}

/**
 * The link of a record that came to another one with a merge of its counterpart, and was merged after that:
 * it goes back there, unless another record of its connection has its place. Null when there is none.
 */
async function formerLink(database: Database, record: RecordKey, at: LinkId): Promise<StandingMerge["from"]> {
  const { connection, entity, id } = record;
  const [row] = await database.query<MergeRow & { readonly [column: string]: unknown }>(
    "select g.from_link, g.members, g.bases from link_merge g where g.entity = $1 and g.from_link is not " +
      "null and g.from_link <> $5 and g.members @> $4::jsonb and not exists (select from link_member m " +
      "where m.link_id = g.from_link and m.connection = $2 and m.until_at is null and not m.is_alias and " +
      "m.external_id <> $3) order by g.merged_at desc, g.from_link desc, g.connection, g.loser limit 1",
    [entity, connection, id, JSON.stringify([{ connection, id }]), at],
  );
  if (row === undefined) return null;
  const members = row.members.filter((one) => one.connection === connection && one.id === id);
  return { link: row.from_link as LinkId, members, bases: row.bases };
}

async function findMerge(database: Database, record: RecordKey): Promise<StandingMerge | null> {
  const { connection, entity, id } = record;
  const [row] = await database.query<MergeRow & { readonly at: string; readonly [column: string]: unknown }>(
    "select g.survivor, g.from_link, g.into_link, g.members, g.bases, m.link_id as at from link_merge g " +
      "join " +
      "link_member m on m.entity = g.entity and m.connection = g.connection and m.external_id = g.loser " +
      "and " +
      "m.until_at is null where g.entity = $1 and g.connection = $2 and g.loser = $3 and g.unmerged_at " +
      "is null",
    [entity, connection, id],
  );
  if (row === undefined) return null;
  const at = row.at as LinkId;
  const [link] = await linksWhole(database, [at]);
  if (link === undefined) return null;
  const staying = await database.query<{ connection: string; loser: string }>(
    "select g.connection, g.loser from link_merge g join link_member m on m.entity = g.entity and " +
      "m.connection = g.connection and m.external_id = g.loser and m.until_at is null where m.link_id = " +
      "$1 and " +
      "g.unmerged_at is null and g.into_link is distinct from $2 and not (g.connection = $3 and g.loser " +
      "= $4)",
    [at, row.from_link, connection, id],
  );
  return {
    survivor: row.survivor as ExternalId,
    from:
      row.from_link === null
        ? await formerLink(database, record, at)
        : { link: row.from_link as LinkId, members: row.members, bases: row.bases },
    into: { link, bases: await basesOf(database, at) },
    staying: staying.map((one) => ({
      connection: one.connection as ConnectionId,
      id: one.loser as ExternalId,
    })),
  };
}

/** What persons said: of deletions, and of possible duplicates. */
function answers({ database, journal }: Deps): Pick<IdentityStore, "saveWord" | "settleCandidate"> {
  return {
    async saveWord(link, { about, word, by }) {
      await database.transaction(async (tx) => {
        await tx.query(
          "insert into word (link_id, about, word, said_by) values ($1, $2, $3, $4) on conflict " +
            "(link_id, about) " +
            "do update set word = excluded.word, said_by = excluded.said_by, said_at = now()",
          [link, about, word, by],
        );
        await markLinks(tx, [link], "told by a person");
        await journal.write(
          tx,
          [{ kind: "word_given", entity: null, link, body: { about, word, by } }],
          null,
        );
      });
    },
    async settleCandidate(decision) {
      const { record, state, resolution, alias, release, revive } = decision;
      const own = [record.connection, record.entity, record.id];
      const joined = resolution?.kind === "join" ? resolution.link : null;
      const touched = [joined, alias, release, revive?.link ?? null];
      await database.transaction(async (tx) => {
        await lockLinks(
          tx,
          touched.filter((link) => link !== null),
        );
        await tx.query(
          "update candidate set state = $4, is_held = false where connection = $1 and entity = $2 and " +
            "external_id = $3",
          [...own, state],
        );
        if (resolution !== null || alias !== null) {
          await tx.query(
            "update link_member set until_at = now() where connection = $1 and entity = $2 and " +
              "external_id = " +
              "$3 and is_alias and until_at is null",
            own,
          );
        }
        if (revive !== null) {
          const drop = [record.connection];
          await bringBack(tx, [{ link: revive.link, drop, back: revive.back }]);
          // A record that was made again is archived no more: so are the others.
          await tx.query(
            "insert into base (link_id, connection, images, kind) values ($1, $2, '{}', 'archived') on " +
              "conflict (link_id, connection) do update set kind = excluded.kind",
            [revive.link, record.connection],
          );
        }
        const notes = resolution === null ? [] : await resolveEntries(tx, [{ record, resolution }]);
        const placed = alias === null ? [] : [{ link: alias, ...record, isAlias: true }];
        await place(tx, { entity: record.entity, links: [] }, placed);
        const released = release === null ? [] : [release];
        await tx.query("update link set adopted = null where id = $1", [release]);
        await markLinks(tx, released, "told by a person");
        await journal.write(tx, [...notes, candidateNote(decision)], null);
      });
    },
  };
}

/** Who is who, over time: merges of records, and merges that were taken back. */
export function identityStore(deps: Deps): Omit<IdentityStore, "commitReuse"> {
  const { database, journal } = deps;
  return {
    ...lists(database),
    standingMerge: (record) => findMerge(database, record),
    ...answers(deps),
    ...takingBack(deps),
    async commitMerge(merge, runId, lease) {
      return database.transaction(async (tx) => {
        await checkLease(tx, lease, "for update");
        const { outcome, notes } = await carryMerge(tx, merge);
        await journal.write(tx, notes, runId);
        return outcome;
      });
    },
    async commitUnmerge(unmerge, runId, lease) {
      return database.transaction(async (tx) => {
        await checkLease(tx, lease, "for update");
        const { outcome, notes } = await carryUnmerge(tx, unmerge, deps.vault);
        await journal.write(tx, notes, runId);
        return outcome;
      });
    },
  };
}
