import type { ConnectionId, ExternalId, Json, LinkId, Value } from "@crossfoot/kernel";
import type { CandidateRow, ConflictRow, EntityCounts, OpenCounts, OpenPark, Store } from "../port.ts";
import { backlogOf } from "./backlog.ts";
import { inOrder, instant, instantOrNull, markLinks } from "./basics.ts";
import { doubtReasons } from "./bundles.ts";
import { forgetOld } from "./history.ts";
import { writeNotes } from "./journal.ts";
import { compareText, jsonb } from "./json.ts";
import type { State } from "./state.ts";
import { endNote, startNotes } from "../people.ts";

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

/** Runs. */
function runs(state: State): Pick<Store, "startRun" | "endRun" | "listRuns"> {
  const { run } = state.tables;
  return {
    async startRun(id, command, holder) {
      state.commit((now) => {
        const isLive = (row: { holder: string | null }): boolean =>
          (state.tables.worker.get(row.holder ?? "")?.expires_at ?? -Infinity) > now;
        const left = run.all().filter((row) => row.state === "running" && !isLive(row));
        for (const row of left) run.change(row, { state: "abandoned", ended_at: now });
        const started = { started_at: now, ended_at: null, summary: null };
        run.insert({ id, command, state: "running", ...started, holder });
        writeNotes(state, startNotes({ id, command }, left), id);
      });
    },
    async endRun(id, end, summary) {
      state.commit((now) => {
        const row = run.get(id);
        forgetOld(state, now);
        if (row?.state !== "running") return;
        run.change(row, { state: end, ended_at: now, summary: jsonb(summary) });
        writeNotes(state, [endNote(row, end)], id);
      });
    },
    async listRuns(limit) {
      const rows = inOrder(run.all(), (row) => [-row.started_at, row.id]);
      return rows.slice(0, limit).map(({ id, command, state: at, started_at, ended_at, summary }) => ({
        id,
        command,
        state: at,
        startedAt: instant(started_at),
        endedAt: instantOrNull(ended_at),
        summary,
      }));
    },
  };
}

/** What waits for a person: conflicts and candidates. */
function questions(state: State): Pick<Store, "listConflicts" | "decideConflict" | "listCandidates"> {
  const { conflict, candidate } = state.tables;
  return {
    async listConflicts(wanted) {
      const rows = inOrder(conflict.by("state", wanted), (row) => [row.opened_at, row.field, row.link_id]);
      return rows.map((row): ConflictRow => ({
        link: row.link_id as LinkId,
        entity: row.entity,
        field: row.field,
        reason: row.reason,
        values: row.held,
        state: row.state,
        openedAt: instant(row.opened_at),
      }));
    },
    async decideConflict(link, field, { value, take, by }) {
      return state.commit((now) => {
        const row = conflict.get(link, field);
        if (row?.state !== "open") return false;
        conflict.change(row, {
          state: "decided",
          resolution: jsonb({ value: value as Value, take }),
          decided_by: by,
        });
        markLinks(state, [link], { reason: "decided by a person", now });
        const body = { field, value, take, by } as Json;
        writeNotes(state, [{ kind: "conflict_decided", entity: row.entity, link, body }], null);
        return true;
      });
    },
    async listCandidates() {
      const rows = inOrder(candidate.by("open", ""), (row) => [
        row.entity,
        row.opened_at,
        row.connection,
        row.external_id,
      ]);
      return rows.map((row): CandidateRow => ({
        connection: row.connection as ConnectionId,
        entity: row.entity,
        id: row.external_id as ExternalId,
        links: row.links,
        keys: row.keys,
        openedAt: instant(row.opened_at),
      }));
    },
  };
}

/** Parked writes of unknown outcome are probed again; others are forgotten, so that they may come again. */
function forgetRefusals(
  state: State,
  parks: readonly { readonly link_id: string | null; readonly intent_key: string | null; reason: string }[],
  now: number,
): void {
  const { intent } = state.tables;
  for (const { intent_key: key, reason } of parks) {
    const row = key === null || !doubtReasons.has(reason) ? undefined : intent.get(key);
    if (row?.state === "parked" && row.send_deadline !== null)
      intent.change(row, { state: "in_doubt", due_at: now, due_set_at: now, attempts: 0 });
  }
  for (const link of new Set(parks.flatMap(({ link_id }) => (link_id === null ? [] : [link_id])))) {
    for (const row of intent.by("link", link))
      if (row.state === "refused" || row.state === "parked") intent.change(row, { content_hash: "" });
  }
}

/** What was set aside, and its way back. */
function parks(state: State): Pick<Store, "listParks" | "redrive"> {
  const { park, intent } = state.tables;
  return {
    async listParks() {
      const rows = inOrder(park.by("open", ""), (row) => [row.opened_at, row.id]);
      return rows.map((row): OpenPark => ({
        parkId: row.id,
        link: row.link_id as LinkId | null,
        entity: row.entity,
        connection: row.connection as ConnectionId | null,
        externalId: row.external_id as ExternalId | null,
        intentKey: row.intent_key,
        reason: row.reason,
        problems: row.problems,
        failure: row.failure,
        openedAt: instant(row.opened_at),
        attempts: row.intent_key === null ? 0 : (intent.get(row.intent_key)?.attempts ?? 0),
      }));
    },
    async redrive(parkIds, by) {
      return state.commit((now) => {
        const wanted = new Set(parkIds);
        const rows = park
          .by("open", "")
          .filter(({ id }) => wanted.has(id))
          .toSorted((a, b) => compareText(a.id, b.id));
        for (const row of rows) park.change(row, { state: "redriven", closed_at: now });
        forgetRefusals(state, rows, now);
        const links = rows.flatMap(({ link_id }) => (link_id === null ? [] : [link_id as LinkId]));
        markLinks(state, links, { reason: "redriven", now });
        const notes = rows.map(({ id, reason, entity, link_id }) => ({
          kind: "redriven",
          entity,
          link: link_id as LinkId | null,
          body: { park: id, reason, by },
        }));
        writeNotes(state, notes, null);
        return rows.length;
      });
    },
  };
}

function openCountsOf(state: State, entity: string): OpenCounts {
  const { intent, park, conflict, candidate, wait, link } = state.tables;
  const sum = (rows: readonly { readonly entity: string }[]): number =>
    rows.filter((row) => row.entity === entity).length;
  const waiting = wait
    .all()
    .filter((row) => row.is_blocking && link.get(row.link_id)?.entity === entity)
    .map((row) => row.link_id);
  return {
    entity,
    openIntents: sum(["stored", "sending", "in_doubt"].flatMap((at) => intent.by("state", at))),
    parks: sum(park.by("open", "")),
    conflicts: sum(conflict.by("state", "open")),
    candidates: sum(candidate.by("open", "")),
    waits: new Set(waiting).size,
  };
}

/** Counts for people and for the guard. */
function counting(
  state: State,
): Pick<Store, "counts" | "openCounts" | "backlog" | "waitsOf" | "linkGuardCounts"> {
  const { cursor, link, work, wait, intent, plan } = state.tables;
  const named = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted(compareText);
  const read = (): readonly string[] => cursor.all().map(({ entity }) => entity);
  return {
    async counts() {
      const linked = link.all();
      return named([...read(), ...linked.map(({ entity }) => entity)]).map((entity): EntityCounts => {
        const links = linked.filter((row) => row.entity === entity);
        const within = (wanted: string): number => links.filter(({ state: at }) => at === wanted).length;
        return {
          ...openCountsOf(state, entity),
          single: within("single"),
          live: within("live"),
          dormant: within("dormant"),
          ended: within("ended"),
          work: work.by("entity", entity).length,
        };
      });
    },
    async backlog() {
      return backlogOf(state);
    },
    async openCounts() {
      return named(read()).map((entity) => openCountsOf(state, entity));
    },
    async waitsOf(link_id) {
      return wait.by("link", link_id).map((row) => ({
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
      const harmful = new Set(["archive", "unarchive", "delete", "merge", "unmerge", "note"]);
      const now = state.now();
      const found = new Map<string, { entity: string; kind: string; count: number }>();
      for (const { entity, kind, stored_at, plan_id } of intent.all()) {
        if (!harmful.has(kind) || stored_at <= now - sinceMs) continue;
        if (plan_id !== null && (plan.get(plan_id)?.approved_by ?? null) !== null) continue;
        const known = found.get(`${entity}\n${kind}`) ?? { entity, kind, count: 0 };
        found.set(`${entity}\n${kind}`, { ...known, count: known.count + 1 });
      }
      return [...found.values()];
    },
  };
}

/** What people look at and decide: runs, conflicts, candidates, parks. */
export function peoplePart(state: State): Part {
  return { ...runs(state), ...questions(state), ...parks(state), ...counting(state) };
}
