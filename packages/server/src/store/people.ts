import type {
  Conflict,
  ConnectionId,
  ExternalId,
  FailureRecord,
  Json,
  LinkId,
  ParkReason,
} from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import { loadBacklog } from "./backlog.ts";
import type { Note } from "./chain.ts";
import { forgetOld } from "./history.ts";
import type { JournalWriter } from "./journal.ts";
import { lockLinks } from "./link-locks.ts";
import { markLinks } from "./observations.ts";
import type {
  CandidateRow,
  ConflictRow,
  EntityCounts,
  OpenCounts,
  OpenPark,
  RunRow,
  Store,
  WaitEntry,
} from "./port.ts";

interface Deps {
  readonly database: Database;
  readonly journal: JournalWriter;
  readonly keepHistoryMs: number;
}

type Part = Pick<
  Store,
  | "startRun"
  | "endRun"
  | "listRuns"
  | "counts"
  | "openCounts"
  | "backlog"
  | "listConflicts"
  | "decideConflict"
  | "listCandidates"
  | "listParks"
  | "redrive"
  | "waitsOf"
  | "linkGuardCounts"
>;

interface ParkTable {
  readonly id: string;
  readonly link_id: string | null;
  readonly entity: string;
  readonly connection: string | null;
  readonly external_id: string | null;
  readonly intent_key: string | null;
  readonly reason: ParkReason;
  readonly problems: OpenPark["problems"];
  readonly failure: FailureRecord | null;
  readonly opened_at: string;
  readonly attempts: number | null;
}

function parkOf(row: ParkTable): OpenPark {
  return {
    parkId: row.id,
    link: row.link_id as LinkId | null,
    entity: row.entity,
    connection: row.connection as ConnectionId | null,
    externalId: row.external_id as ExternalId | null,
    intentKey: row.intent_key,
    reason: row.reason,
    problems: row.problems,
    failure: row.failure,
    openedAt: row.opened_at,
    attempts: row.attempts ?? 0,
  };
}

interface WaitTable {
  readonly field: string;
  readonly target: string;
  readonly parent_link: string | null;
  readonly parent_entity: string | null;
  readonly parent_connection: string | null;
  readonly parent_id: string | null;
  readonly is_blocking: boolean;
}

async function countEntities(database: Database): Promise<readonly EntityCounts[]> {
  const part = (table: string, where: string): string =>
    `(select count(*)::int from ${table} x where x.entity = e.entity and ${where})`;
  return database.query<EntityCounts & { [column: string]: unknown }>(
    "select e.entity, " +
      `${part("link", "x.state = 'single'")} as single, ${part("link", "x.state = 'live'")} as live, ` +
      `${part("link", "x.state = 'dormant'")} as dormant, ${part("link", "x.state = 'ended'")} as ended, ` +
      `${part("work", "true")} as work, ` +
      `${part("intent", "x.state in ('stored', 'sending', 'in_doubt')")} as "openIntents", ` +
      `${part("park", "x.state = 'open'")} as parks, ${part("conflict", "x.state = 'open'")} as conflicts, ` +
      `${part("candidate", "x.state = 'open'")} as candidates, ` +
      "(select count(distinct w.link_id)::int from wait w join link l on l.id = w.link_id where " +
      "l.entity = e.entity and w.is_blocking) as waits from (select distinct entity from cursor " +
      "union select distinct entity from link) e order by e.entity",
  );
}

async function countOpen(database: Database): Promise<readonly OpenCounts[]> {
  const part = (table: string, where: string): string =>
    `(select count(*)::int from ${table} x where x.entity = e.entity and ${where})`;
  return database.query<OpenCounts & { [column: string]: unknown }>(
    "select e.entity, " +
      `${part("intent", "x.state in ('stored', 'sending', 'in_doubt')")} as "openIntents", ` +
      `${part("park", "x.state = 'open'")} as parks, ${part("conflict", "x.state = 'open'")} as conflicts, ` +
      `${part("candidate", "x.state = 'open'")} as candidates, ` +
      "(select count(distinct w.link_id)::int from wait w join link l on l.id = w.link_id where " +
      "l.entity = e.entity and w.is_blocking) as waits from (select distinct entity from cursor) e " +
      "order by e.entity",
  );
}

/** A run as the journal names it. */
export interface LeftRun {
  readonly id: string;
  readonly command: string;
}

/** What the journal says of a run that ended. */
export const endNote = ({ id, command }: LeftRun, state: string): Note => ({
  kind: "run_ended",
  entity: null,
  link: null,
  body: { run: id, command, state },
});

/** What the journal says of a run that starts, and of those whose worker is gone. */
export function startNotes({ id, command }: LeftRun, left: readonly LeftRun[]): readonly Note[] {
  const inTurn = left.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const started = { kind: "run_started", entity: null, link: null, body: { run: id, command } };
  return [...inTurn.map((run) => endNote(run, "abandoned")), started];
}

/** Runs. */
function runs(deps: Deps): Pick<Store, "startRun" | "endRun" | "listRuns"> {
  const { database, journal } = deps;
  return {
    async startRun(id, command, holder) {
      await database.transaction(async (tx) => {
        const left = await tx.query<LeftRun & { [column: string]: unknown }>(
          "update run set state = 'abandoned', ended_at = now() where state = 'running' and not exists " +
            "(select from worker w where w.holder = run.holder and w.expires_at > now()) returning " +
            "id, command",
        );
        await tx.query("insert into run (id, command, holder) values ($1, $2, $3)", [id, command, holder]);
        await journal.write(tx, startNotes({ id, command }, left), id);
      });
    },
    async endRun(id, state, summary) {
      await database.transaction(async (tx) => {
        const ended = await tx.query<LeftRun & { [column: string]: unknown }>(
          `with old as (${forgetOld}) update run set state = $2, ended_at = now(), summary = ` +
            "$3::jsonb where id = $1 and state = 'running' returning id, command",
          [id, state, JSON.stringify(summary), deps.keepHistoryMs],
        );
        await journal.write(
          tx,
          ended.map((run) => endNote(run, state)),
          id,
        );
      });
    },
    async listRuns(limit) {
      return database.query<RunRow & { [column: string]: unknown }>(
        'select id, command, state, started_at as "startedAt", ended_at as "endedAt", summary from run ' +
          "order by started_at desc, id limit $1",
        [limit],
      );
    },
  };
}

/** What waits for a person: conflicts and candidates. */
function questions(deps: Deps): Pick<Store, "listConflicts" | "decideConflict" | "listCandidates"> {
  const { database, journal } = deps;
  return {
    async listConflicts(state) {
      const rows = await database.query<{
        link_id: string;
        entity: string;
        field: string;
        reason: Conflict["reason"];
        held: Conflict["values"];
        state: string;
        opened_at: string;
      }>(
        "select link_id, entity, field, reason, held, state, opened_at from conflict where state " +
          "= $1 order by opened_at, field, link_id",
        [state],
      );
      return rows.map((row): ConflictRow => ({
        link: row.link_id as LinkId,
        entity: row.entity,
        field: row.field,
        reason: row.reason,
        values: row.held,
        state: row.state,
        openedAt: row.opened_at,
      }));
    },
    async decideConflict(link, field, decision) {
      return database.transaction(async (tx) => {
        await lockLinks(tx, [link]);
        const rows = await tx.query<{ entity: string }>(
          "update conflict set state = 'decided', resolution = $3::jsonb, decided_by = $4 where " +
            "link_id = $1 and field = $2 and state = 'open' returning entity",
          [link, field, JSON.stringify({ value: decision.value, take: decision.take }), decision.by],
        );
        const [row] = rows;
        if (row === undefined) return false;
        await markLinks(tx, [link], "decided by a person");
        const body = { field, value: decision.value, take: decision.take, by: decision.by } as Json;
        await journal.write(tx, [{ kind: "conflict_decided", entity: row.entity, link, body }], null);
        return true;
      });
    },
    async listCandidates() {
      const rows = await database.query<{
        connection: string;
        entity: string;
        external_id: string;
        links: string[];
        keys: string[];
        opened_at: string;
      }>(
        "select connection, entity, external_id, links, keys, opened_at from candidate where " +
          "state = 'open' order by entity, opened_at, connection, external_id",
      );
      return rows.map((row): CandidateRow => ({
        connection: row.connection as ConnectionId,
        entity: row.entity,
        id: row.external_id as ExternalId,
        links: row.links,
        keys: row.keys,
        openedAt: row.opened_at,
      }));
    },
  };
}

/** What was set aside, and its way back. */
function parks(deps: Deps): Pick<Store, "listParks" | "redrive"> {
  const { database, journal } = deps;
  return {
    async listParks() {
      const rows = await database.query<ParkTable>(
        "select p.id, p.link_id, p.entity, p.connection, p.external_id, p.intent_key, p.reason, " +
          "p.problems, p.failure, p.opened_at, i.attempts from park p left join intent i on i.key = " +
          "p.intent_key where p.state = 'open' order by p.opened_at, p.id",
      );
      return rows.map(parkOf);
    },
    async redrive(parkIds, by) {
      return database.transaction(async (tx) => {
        const found = await tx.query<{ link_id: string | null }>(
          "select link_id from park where id in (select jsonb_array_elements_text($1::jsonb))",
          [JSON.stringify(parkIds)],
        );
        await lockLinks(
          tx,
          found.flatMap(({ link_id }) => (link_id === null ? [] : [link_id as LinkId])),
        );
        const parks = await tx.query<ParkTable>(
          "update park set state = 'redriven', closed_at = now() where state = 'open' and id in " +
            "(select jsonb_array_elements_text($1::jsonb)) returning id, link_id, entity, " +
            "connection, external_id, intent_key, reason, problems, failure, opened_at, null::int " +
            "as attempts",
          [JSON.stringify(parkIds)],
        );
        const links = parks.flatMap(({ link_id }) => (link_id === null ? [] : [link_id as LinkId]));
        // A parked or refused write is forgotten, so that the same one may be decided again; one in doubt
        // is probed again.
        await tx.query(
          "update intent set state = 'in_doubt', due_at = now(), due_set_at = now(), attempts = 0 " +
            "where state = 'parked' and key in (select jsonb_array_elements_text($1::jsonb)) and " +
            "send_deadline is not null",
          [
            JSON.stringify(
              parks
                .filter(({ reason }) => reason === "doubt_unprovable" || reason === "not_unique")
                .map((park) => park.intent_key),
            ),
          ],
        );
        await tx.query(
          "update intent set content_hash = '' where state in ('refused', 'parked') and link_id " +
            "in (select jsonb_array_elements_text($1::jsonb))",
          [JSON.stringify(links)],
        );
        await markLinks(tx, links, "redriven");
        await journal.write(
          tx,
          // In an order of their own, whatever way PostgreSQL took.
          parks
            .toSorted((a, b) => (a.id < b.id ? -1 : 1))
            .map((park) => ({
              kind: "redriven",
              entity: park.entity,
              link: park.link_id as LinkId | null,
              body: { park: park.id, reason: park.reason, by },
            })),
          null,
        );
        return parks.length;
      });
    },
  };
}

/** Counts for people and for the guard. */
function counting(
  deps: Deps,
): Pick<Store, "counts" | "openCounts" | "backlog" | "waitsOf" | "linkGuardCounts"> {
  const { database } = deps;
  return {
    counts: () => countEntities(database),
    openCounts: () => countOpen(database),
    backlog: () => loadBacklog(database),
    async waitsOf(link) {
      const rows = await database.query<WaitTable>(
        "select field, target, parent_link, parent_entity, parent_connection, parent_id, " +
          "is_blocking from wait where link_id = $1",
        [link],
      );
      return rows.map((row): WaitEntry => ({
        field: row.field,
        target: row.target as ConnectionId,
        parentLink: row.parent_link as LinkId | null,
        parentEntity: row.parent_entity,
        parentConnection: row.parent_connection,
        parentId: row.parent_id,
        isBlocking: row.is_blocking,
      }));
    },
    async linkGuardCounts(sinceMs) {
      return database.query<{ entity: string; kind: string; count: number }>(
        // Everyday kinds are counted per run alone; the others are few, and have an index of their own.
        "select entity, kind, count(*)::int as count from intent where kind in ('archive', " +
          "'unarchive', 'delete', 'merge', 'unmerge', 'note') and stored_at > now() - $1 * interval '1 " +
          "millisecond' and not exists (select " +
          "from plan p where p.id = intent.plan_id and p.approved_by is not null) group by entity, kind",
        [sinceMs],
      );
    },
  };
}

/** What people look at and decide: runs, conflicts, candidates, parks. */
export function peopleStore(deps: Deps): Part {
  return { ...runs(deps), ...questions(deps), ...parks(deps), ...counting(deps) };
}
