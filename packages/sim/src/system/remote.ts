import type {
  IdPage,
  NativeRecord,
  NativeWrite,
  Page,
  ProbeAnswer,
  ProbeRequest,
  ReadRequest,
  UnreadableRow,
  WriteOutcome,
} from "@crossfoot/connector-sdk";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { ExternalId, Failure, FailureRecord, Json } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import { repairer } from "../repairs.ts";
import type { RepairEdit } from "../repairs.ts";
import type { Actor, Standing } from "./commit.ts";
import type { ModelSystem, Row } from "./model-system.ts";
import { shownAt, standing } from "./model-system.ts";
import { rootsOn } from "./dialect.ts";
import { kindOf } from "./vocabulary.ts";

/** Ids that one page of a listing holds. */
const idPageMax = 40;

function failureOf(failure: Failure, code: string): FailureRecord {
  const message = `the model system says ${code}`;
  return { failure, code, message, status: null, retryAt: null, requestId: null, field: null };
}

const failed = (failure: Failure, code: string): WriteOutcome => ({
  kind: "failed",
  failure: failureOf(failure, code),
});

/** A record as the system gives it out: the roots asked for, in an answer to a write all of them. */
function recordOf(
  system: ModelSystem,
  at: { readonly row: Row; readonly state: Standing; readonly roots?: readonly string[] },
): NativeRecord {
  const { row, state } = at;
  const roots = at.roots ?? rootsOn(system.name, row.entity);
  const counted = system.profile.versions === "counter";
  const native = roots.flatMap((root): [string, Json][] => {
    const value = state.native[root];
    return [[root, value ?? null]];
  });
  const kind = state.into !== null ? "merged" : state.life === "live" ? "present" : state.life;
  return {
    id: row.id as ExternalId,
    kind,
    native: Object.fromEntries(native),
    version: counted ? String(state.version) : null,
    versionOrder: counted ? state.version : null,
    modifiedAt: new Date(state.stamp).toISOString(),
    ...(system.profile.createdStamps === true ? { createdAt: new Date(row.madeAt).toISOString() } : {}),
    actor: state.shownActor,
    into: state.into as ExternalId | null,
  };
}

interface Shown {
  readonly row: Row;
  readonly state: Standing;
}

/** What lists and searches show now, in the order of stamp and id. */
function listed(system: ModelSystem, entity: string): readonly Shown[] {
  const { now } = system.timeline;
  if (system.isHidden("lists")) return [];
  const shown = system.rows(entity as EntityName).flatMap((row): Shown[] => {
    const state = shownAt(row, now);
    if (state !== standing(row)) system.felt("R1");
    return state === null || state.life === "deleted" ? [] : [{ row, state }];
  });
  return shown.toSorted((a, b) => a.state.stamp - b.state.stamp || compareIds(a.row.id, b.row.id));
}

const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One page of changes since a stamp, inclusive. */
export function readPage(system: ModelSystem, request: ReadRequest): Page {
  const since = sinceOf(system, request.since);
  const all = listed(system, request.entity).filter(({ state }) => since === null || state.stamp >= since);
  const size = Math.min(request.pageSize, system.profile.pageMax);
  const rest = afterCursor(system, all, request.cursor);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const offset = system.profile.paging === "offset" ? all.length - rest.length + size : null;
  const next =
    rest.length <= size || last === undefined
      ? null
      : offset === null
        ? `${last.state.stamp}|${last.row.id}`
        : String(offset);
  const [bad, good] = [page.filter(({ row }) => row.isPoisoned), page.filter(({ row }) => !row.isPoisoned)];
  const records = good.map((shown) => recordOf(system, { ...shown, roots: request.roots }));
  const unreadable = bad.map(({ row }): UnreadableRow => {
    system.felt("D9");
    return { id: row.id as ExternalId, failure: failureOf("invalid", "cannot_be_parsed") };
  });
  return { records, unreadable, next };
}

/** From when on changes are given out; a filter by day goes back to the day's start (fault C3). */
function sinceOf(system: ModelSystem, since: string | null): number | null {
  if (since === null) return null;
  const instant = Date.parse(since);
  if (!system.profile.filtersByDay) return instant;
  system.felt("C3");
  return instant - (instant % dayMs);
}

const dayMs = 86_400_000;

function afterCursor(system: ModelSystem, all: readonly Shown[], cursor: string | null): readonly Shown[] {
  if (cursor === null) return all;
  if (system.profile.paging === "offset") return all.slice(Number(cursor));
  const [stamp = "0", id = ""] = cursor.split("|");
  return all.filter(
    ({ row, state }) =>
      state.stamp > Number(stamp) || (state.stamp === Number(stamp) && compareIds(row.id, id) > 0),
  );
}

/** Records by id; a deleted one is left out, or shown as deleted, as the system does. */
export function readByIds(
  system: ModelSystem,
  request: { readonly entity: string; readonly roots: readonly string[]; readonly ids: readonly string[] },
): readonly NativeRecord[] {
  if (system.isHidden("records")) return [];
  return request.ids.flatMap((id) => {
    const row = system.row(request.entity as EntityName, id);
    if (row === undefined) return [];
    // What cannot be parsed is not gone: the call fails, as those of real connectors do.
    if (row.isPoisoned) throw new ConnectorError(failureOf("invalid", "cannot_be_parsed"));
    const state = system.profile.lagsById ? shownAt(row, system.timeline.now) : standing(row);
    if (state === null) return [];
    if (state.life === "deleted" && system.profile.gone === "left_out" && state.into === null) return [];
    return [recordOf(system, { row, state, roots: request.roots })];
  });
}

/** One page of all ids. */
export function readIds(system: ModelSystem, entity: string, cursor: string | null): IdPage {
  const all = listed(system, entity)
    .map(({ row }) => row.id)
    .toSorted(compareIds);
  const rest = cursor === null ? all : all.filter((id) => compareIds(id, cursor) > 0);
  const ids = rest.slice(0, idPageMax);
  const next = rest.length > idPageMax ? (ids.at(-1) ?? null) : null;
  return { ids: ids as ExternalId[], next, isComplete: true };
}

/** Records that carry our reference; where none is kept, those with the business values of the write. */
export function probe(system: ModelSystem, request: ProbeRequest): ProbeAnswer {
  const { now } = system.timeline;
  const { tag } = kindOf(request.entity);
  const isMarked = system.profile.createProof !== "fingerprint";
  const wanted = request.write.patch[tag];
  const records = system.rows(request.entity as EntityName).flatMap((row) => {
    const state = shownAt(row, now);
    if (state === null || state.life === "deleted") return [];
    // Whoever repeated the create instead of asking would be given a second record.
    if (row.reference === request.reference) remembered(system, row);
    const isHit = isMarked ? row.reference === request.reference : row.tag === wanted;
    return isHit ? [recordOf(system, { row, state, roots: request.roots })] : [];
  });
  return { records, by: isMarked ? "reference" : "fingerprint" };
}

/**
 * One write as the system carries it out; `call` is the network call that brought it, `edit` what it is when
 * it is a person's (a repair).
 */
export function write(
  system: ModelSystem,
  one: NativeWrite,
  { call, edit = null }: { readonly call: number; readonly edit?: RepairEdit | null },
): WriteOutcome {
  const actor: Actor =
    edit === null
      ? { kind: "us", call, key: one.key, reference: one.reference }
      : repairer(edit, { call, key: one.key });
  // Whoever asked for it, it is our user that the system names.
  const shownActor = edit === null ? {} : { shownActor: "crossfoot" };
  const entity = one.entity as EntityName;
  if (one.kind === "create") {
    const known = remembered(system, system.byReference(entity, one.reference));
    // A system that enforces our key answers a repeat with the record of the first time.
    if (system.profile.createProof === "unique_key" && known !== undefined) return done(system, known);
    const reference = system.profile.createProof === "fingerprint" ? null : one.reference;
    return done(system, system.create(entity, one.patch, { actor, reference }));
  }
  const row = one.id === null ? undefined : system.row(entity, one.id);
  if (row !== undefined && one.kind === "unmerge" && standing(row).into !== null) {
    system.commit(row, { op: "unmerge", actor, native: ownRoots(one.patch), life: "live", into: null });
    return done(system, row);
  }
  if (row === undefined || standing(row).life === "deleted") return failed("stale", "gone");
  if (row.isPoisoned) return failed("invalid", "refused_for_ever");
  const { precondition } = system.profile;
  const isMoved = one.precondition !== null && one.precondition !== String(standing(row).version);
  if (precondition === "conditional" && system.profile.versions === "counter" && isMoved)
    return failed("stale", "version_moved");
  switch (one.kind) {
    case "archive":
      system.commit(row, { op: "archive", actor, life: "archived" });
      break;
    case "unarchive":
      system.commit(row, { op: "unarchive", actor, life: "live" });
      break;
    case "merge": {
      const { into: named } = one.patch;
      const into = typeof named === "string" ? system.row(entity, named) : undefined;
      if (into === undefined || into === row || standing(into).life === "deleted")
        return failed("stale", "survivor_gone");
      system.commit(row, { op: "merge", actor, life: "deleted", into: into.id });
      system.repoint(row, into);
      break;
    }
    case "update":
      system.commit(row, { op: "write", actor, native: one.patch, ...shownActor });
      break;
    case "transition": {
      const { from, to } = one.transition ?? { from: "", to: "" };
      const status = system.decode(entity, standing(row).native)["status"];
      if (status !== from) return failed("invalid", "wrong_state");
      system.commit(row, {
        op: "write",
        actor,
        native: { ...one.patch, ...system.encode(entity, { status: to }) },
      });
      break;
    }
    default:
      return failed("unsupported", `no_${one.kind}`);
  }
  return done(system, row);
}

/** What a record gets back with a merge that is taken back. */
const ownRoots = ({ into: _into, ...native }: NativeWrite["patch"]): NativeWrite["patch"] => native;

/** The record of a key that the system still remembers (fault R2). */
function remembered(system: ModelSystem, row: Row | undefined): Row | undefined {
  const { keyMemoryMs, createProof } = system.profile;
  if (row === undefined || keyMemoryMs === null || createProof !== "unique_key") return row;
  const isForgotten = system.timeline.now - (row.commits[0]?.at ?? 0) > keyMemoryMs;
  if (isForgotten) system.felt("R2");
  return isForgotten ? undefined : row;
}

/** A write that is answered well and does nothing (fault N0). */
export function swallow(system: ModelSystem, one: NativeWrite): WriteOutcome {
  const row = one.id === null ? undefined : system.row(one.entity as EntityName, one.id);
  return row === undefined ? failed("stale", "gone") : done(system, row);
}

function done(system: ModelSystem, row: Row): WriteOutcome {
  const record = system.profile.answersRecord ? recordOf(system, { row, state: standing(row) }) : null;
  return { kind: "done", id: row.id as ExternalId, record };
}
