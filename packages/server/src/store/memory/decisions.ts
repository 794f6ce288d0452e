import type { LinkId } from "@crossfoot/kernel";
import { decisionNotes, marksOf, mergeMoves, parkRow } from "../decisions.ts";
import { intentNotes } from "../intent-notes.ts";
import type { Saved } from "../intent-notes.ts";
import { isGoneName } from "../places.ts";
import { matchingName, shardOf } from "../port.ts";
import type { BaseMove, DecisionRecord, Intent, LineLink, MemberBundle, ParkEntry, Store } from "../port.ts";
import { inOrder, markLinks, refuseTwice } from "./basics.ts";
import { doubtReasons, isInDoubtForGood } from "./bundles.ts";
import type { IntentTable, ParkTable, WaitTable } from "./columns.ts";
import { forgottenSince } from "./epochs.ts";
import { writeNotes } from "./journal.ts";
import { jsonb } from "./json.ts";
import { checkFence } from "./leases.ts";
import { stillSole } from "./sole.ts";
import { restoreLinks } from "./restore-links.ts";
import type { State } from "./state.ts";
import { keyOf } from "./table.ts";

type Part = Pick<Store, "markWork" | "commitDecisions" | "storeIntents">;

/** Moves bases: named fields get the new image, others keep theirs. */
export function moveBases(state: State, moves: readonly (BaseMove & { readonly link: LinkId })[]): void {
  const { base } = state.tables;
  for (const { link: link_id, connection, ...move } of mergeMoves(moves)) {
    const row = base.get(link_id, connection);
    const { images, kind } = move;
    const marks = Object.entries(marksOf(row?.undone ?? {}, move));
    const kept = row === undefined ? marks : marks.filter(([, mark]) => mark !== null);
    const undone = kept.length === 0 ? null : jsonb(Object.fromEntries(kept) as MemberBundle["undone"]);
    if (row === undefined)
      base.insert({ link_id, connection, images: jsonb(images), kind: kind ?? "present", undone });
    else base.change(row, { images: jsonb({ ...row.images, ...images }), kind: kind ?? row.kind, undone });
  }
}

/** Remembers which native line is which key. */
export function saveLines(state: State, lines: readonly (LineLink & { readonly link: LinkId })[]): void {
  const { line } = state.tables;
  for (const { link: link_id, connection, field, nativeId: native_id, key } of lines) {
    if (line.get(link_id, connection, field, native_id) === undefined)
      line.insert({ link_id, connection, field, native_id, key });
  }
}

/** The failure of the newest write of a link to a connection that was refused. */
function evidenceOf(state: State, row: ParkTable): ParkTable["failure"] {
  if (row.failure !== null || row.reason !== "write_refused" || row.link_id === null) return row.failure;
  const refused = state.tables.intent
    .by("link", row.link_id)
    .filter(
      (intent) =>
        intent.target === row.connection &&
        (intent.state === "refused" || intent.state === "parked") &&
        intent.failure !== null,
    );
  const newest = inOrder(refused, (intent) => [-intent.stored_at, intent.key]);
  return newest[0]?.failure ?? null;
}

/** A park of a link, to be opened. */
export interface ParkOfLink {
  readonly link: LinkId;
  readonly entity: string;
  readonly park: ParkEntry;
}

/** Opens parks, or keeps those that are open already. */
export function saveParks(state: State, parks: readonly ParkOfLink[], now: number): void {
  const { park } = state.tables;
  const rows = parks.map((each): ParkTable => ({
    ...(parkRow(state.entropy, each) as unknown as ParkTable),
    problems: jsonb(each.park.problems),
    failure: jsonb(each.park.failure),
    state: "open",
    opened_at: now,
    closed_at: null,
  }));
  const first = new Map(rows.toReversed().map((row) => [row.id, row]));
  for (const row of first.values()) {
    const known = park.get(row.id);
    const failure = evidenceOf(state, row);
    if (known === undefined) {
      park.insert({ ...row, failure });
      continue;
    }
    park.change(known, {
      problems: Object.keys(row.problems).length === 0 ? known.problems : row.problems,
      failure: failure ?? known.failure,
      opened_at: known.state === "open" ? known.opened_at : now,
      state: "open",
      closed_at: null,
    });
  }
}

function replaceWaits(state: State, records: readonly DecisionRecord[], now: number): void {
  const { wait } = state.tables;
  for (const { link } of records) for (const row of wait.by("link", link)) wait.remove(row);
  for (const { link: link_id, waits } of records) {
    for (const { field, target, parentLink, parentEntity, ...each } of waits) {
      const parent = { parent_link: parentLink, parent_entity: parentEntity };
      const record = { parent_connection: each.parentConnection, parent_id: each.parentId };
      const columns = { link_id, field, target, ...parent, ...record, is_blocking: each.isBlocking };
      wait.insert({ nr: state.nextNr(), ...columns, since_at: now });
    }
  }
}

/** Whether a stored write gives way to one that was decided again under its key (see the SQL store). */
function givesWay(state: State, row: IntentTable): boolean {
  if (row.state === "refused") return true;
  if (row.state === "settled") return row.kind !== "create";
  return row.state === "parked" && !isInDoubtForGood(state, row.key);
}

function rowOf(intent: Intent, at: { readonly runId: string | null; readonly now: number }): IntentTable {
  const { key, entity, generation, target, kind, step, reference, precondition } = intent;
  return {
    ...{ key, link_id: intent.link, entity, generation, target, kind, state: "stored", step },
    ...{ external_id: intent.id, reference, precondition, content_hash: intent.contentHash },
    ...{ fields: jsonb(intent.fields), transition: jsonb(intent.transition), causes: jsonb(intent.causes) },
    ...{ source_images: jsonb(intent.sourceImages), shared: jsonb(intent.shared), group_key: intent.group },
    ...{ plan_id: intent.plan?.id ?? null, plan_number: intent.plan?.number ?? null },
    before: jsonb(intent.before),
    undo: jsonb(intent.undo),
    shard: shardOf(intent.link),
    ...{ landed_images: null, attempts: 0, fence: 0, send_deadline: null, abandoned_at: null },
    ...{
      due_at: at.now,
      due_set_at: at.now,
      claimed_at: null,
      failure: null,
      run_id: at.runId,
      stored_at: at.now,
      settled_at: null,
    },
  };
}

/** Stores intents (see the SQL store). */
function saveIntents(
  state: State,
  intents: readonly Intent[],
  at: { readonly runId: string | null; readonly now: number },
): Saved {
  const { intent } = state.tables;
  const touched: string[] = [];
  const doubted = new Set<string>();
  for (const given of intents) {
    const known = intent.get(given.key);
    const since = given.kind === "create" ? forgottenSince(state, given.link) : null;
    const plain = rowOf(given, at);
    const row: IntentTable =
      since === null ? plain : { ...plain, state: "in_doubt", send_deadline: since, abandoned_at: since };
    if (known === undefined) intent.insert(row);
    else if (touched.includes(given.key) || givesWay(state, known)) {
      touched.push(given.key);
      refuseTwice(touched);
      const { generation, kind, reference, fence, stored_at, claimed_at, link_id, entity, target } = known;
      const kept = { generation, kind, reference, fence, stored_at, claimed_at, link_id, entity, target };
      intent.change(known, { ...row, ...kept });
      continue;
    } else continue;
    touched.push(given.key);
  }
  for (const key of touched) if (intent.get(key)?.state === "in_doubt") doubted.add(key);
  return { stored: new Set(touched), doubted };
}

function saveConflicts(state: State, records: readonly DecisionRecord[], now: number): void {
  const { conflict } = state.tables;
  const given = records.flatMap(({ link, entity, conflicts }) =>
    conflicts.map((each) => ({ ...each, link, entity })),
  );
  refuseTwice(given.map(({ link, field }) => keyOf(link, field)));
  for (const { link: link_id, entity, field, reason, values } of given) {
    const known = conflict.get(link_id, field);
    const columns = { reason, held: jsonb(values), state: "open", resolution: null, decided_by: null };
    if (known === undefined)
      conflict.insert({ link_id, entity, field, ...columns, opened_at: now, closed_at: null });
    else {
      const opened_at = known.state === "open" ? known.opened_at : now;
      conflict.change(known, { ...columns, opened_at, closed_at: null });
    }
  }
  for (const { link, closedConflicts } of records) {
    for (const field of closedConflicts) {
      const known = conflict.get(link, field);
      if (known !== undefined && known.state !== "closed")
        conflict.change(known, { state: "closed", closed_at: now });
    }
  }
}

function saveTombstones(state: State, records: readonly DecisionRecord[], now: number): void {
  const table = state.tables.tombstone;
  for (const { link: link_id, entity, tombstone } of records) {
    if (tombstone === null) continue;
    const { connection, id: external_id } = tombstone;
    if (table.get(link_id, connection, external_id) === undefined)
      table.insert({ link_id, entity, connection, external_id, reason: "deleted", made_at: now });
  }
}

/** Parks that a new decision no longer holds are closed; those of doubt stay until somebody has looked. */
function closeParks(state: State, records: readonly DecisionRecord[], now: number): void {
  const { park } = state.tables;
  const keep = new Set(
    records.flatMap(({ link, entity, parks }) =>
      parks.map((each) => parkRow(state.entropy, { link, entity, park: each })["id"]),
    ),
  );
  for (const { link } of records) {
    for (const row of park.by("openOfLink", link)) {
      if (!doubtReasons.has(row.reason) && !keep.has(row.id))
        park.change(row, { state: "closed", closed_at: now });
    }
  }
}

/** Leases of matchings that somebody waits for are there, as in the SQL store, which locks them. */
function holdMatching(state: State, records: readonly DecisionRecord[]): void {
  const { lease } = state.tables;
  for (const { parentEntity } of records.flatMap(({ waits }) => waits)) {
    if (parentEntity === null || lease.get(matchingName(parentEntity)) !== undefined) continue;
    lease.insert({
      name: matchingName(parentEntity),
      holder: "",
      fence: 0,
      expires_at: 0,
      taken_at: null,
    });
  }
}

/** Takes the work that decisions were made of, and answers those that still hold (see the SQL store). */
function takeWork(state: State, records: readonly DecisionRecord[]): readonly DecisionRecord[] {
  const { work } = state.tables;
  return records.filter(({ link, marked, staysDue = false }) => {
    const due = work.get(link);
    if (due === undefined) return marked === null;
    if (due.marked !== marked) return false;
    if (!staysDue) work.remove(due);
    return true;
  });
}

/** Marks again what waits for a parent that is there by now (see the SQL store). */
function wakeOverdue(state: State, records: readonly DecisionRecord[], now: number): void {
  const { wait, member } = state.tables;
  const isThere = (row: WaitTable): boolean => {
    const { parent_link, parent_entity, parent_connection, parent_id, target } = row;
    const isMember =
      parent_link !== null &&
      member
        .by("link", parent_link)
        .some(({ connection, external_id }) => connection === target && !isGoneName(external_id));
    return (
      isMember ||
      member.by("record", parent_entity ?? "", parent_connection ?? "", parent_id ?? "").length > 0
    );
  };
  const overdue = records.filter(({ link }) => wait.by("link", link).some(isThere)).map(({ link }) => link);
  markLinks(state, overdue, { reason: "parent is there", now });
}

function saveVerdicts(state: State, records: readonly DecisionRecord[]): void {
  const { link } = state.tables;
  for (const { link: id, verdict, state: next } of records) {
    const row = link.get(id);
    if (row !== undefined) link.change(row, { verdict, state: next ?? row.state });
  }
}

/** Deciding: what a decision leaves behind. */
export function decisionPart(state: State): Part {
  return {
    async markWork(links, reason) {
      state.commit((now) => markLinks(state, links, { reason, now }));
    },
    async storeIntents(intents, runId, rights) {
      const links = intents.map(({ link }) => link);
      state.commit((now) => {
        checkFence(state, rights, links);
        writeNotes(state, intentNotes(intents, saveIntents(state, intents, { runId, now })), runId);
      });
    },
    async commitDecisions(given, runId, rights) {
      if (given.length === 0) return [];
      return state.commit((now) => {
        checkFence(
          state,
          rights,
          given.map(({ link }) => link),
        );
        holdMatching(state, given);
        const records = takeWork(state, stillSole(state, given));
        saveLines(
          state,
          records.flatMap(({ link, lines }) => lines.map((line) => ({ ...line, link }))),
        );
        moveBases(
          state,
          records.flatMap(({ link, baseMoves }) => baseMoves.map((move) => ({ ...move, link }))),
        );
        saveConflicts(state, records, now);
        saveTombstones(state, records, now);
        closeParks(state, records, now);
        const parks = records.flatMap(({ link, entity, parks: own }) =>
          own.map((park) => ({ link, entity, park })),
        );
        saveParks(state, parks, now);
        replaceWaits(state, records, now);
        // A parent that somebody cannot go on without is decided again.
        const parents = records.flatMap(({ waits }) =>
          waits.flatMap(({ isBlocking, parentLink }) =>
            isBlocking && parentLink !== null ? [parentLink] : [],
          ),
        );
        markLinks(state, parents, { reason: "demanded", now });
        wakeOverdue(state, records, now);
        const woken = records.flatMap(({ wakes = [] }) => wakes);
        markLinks(state, woken, { reason: "not held back", now });
        const saved = saveIntents(
          state,
          records.flatMap(({ intents }) => intents),
          { runId, now },
        );
        restoreLinks(state, records, now);
        saveVerdicts(state, records);
        writeNotes(
          state,
          records.flatMap((record) => decisionNotes(record, saved)),
          runId,
        );
        return records.map(({ link }) => link);
      });
    },
  };
}
