import { ConnectorError, evaluateExpressions, failureRecord, isInScope } from "@crossfoot/connector-sdk";
import type { Connection, EntityMapping, IdPage, NativeRecord, Page } from "@crossfoot/connector-sdk";
import { canonicalBytes, checkPaging, nextWatermark } from "@crossfoot/kernel";
import type { EntityName, ExternalId, Json, JsonMap, Lane, Via } from "@crossfoot/kernel";
import type { Checkpoint, CursorState, Lease, StoredObservation, UnreadableEntry } from "../store/port.ts";
import { isCut } from "./pausing.ts";
import { notSeen } from "./not-seen.ts";
import { readRows } from "./read-rows.ts";
import type { ReadRows } from "./read-rows.ts";
import { settleReuse } from "./reuse.ts";
import { abilitiesOf, inLane, mappingOf, reading } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

/**
 * Records asked for in one page: large enough to spare calls and commits, small enough for one of about 20
 * ms.
 */
const pageSize = 500;
/** Pages of one reading: 20 million records. A list that is longer never ends. */
const pagesMax = 100_000;
/**
 * Stamps further ahead of our clock than this do not move the watermark (fault C5: stamps in the far
 * future).
 */
const aheadMsMax = 86_400_000;

/** What a reading found. */
export interface ReadCounts {
  added: number;
  changed: number;
  same: number;
  unreadable: number;
}

/** When a record was read, in ms of our clock. */
export interface ReadSpan {
  readonly start: number;
  readonly end: number;
  readonly via: Via;
  /** Missing for an answer to our own write. */
  readonly lag?: Lag;
}

/** How far a reading may lag behind, and when it began, ms of our monotonic clock. */
interface Lag {
  readonly readLagMs: number;
  readonly since: number;
}

/** Longest time between a reading's end and the store's own clock at its commit that is reckoned with, ms. */
const commitMsMax = 6_000;

/** The lag of a reading that begins now. */
export function lagFrom({ clock }: World, { manifest }: Connection): Lag {
  return { readLagMs: manifest.readLagMs ?? 0, since: clock.monotonic() };
}

/** For how long a view must have been known for a reading to be later than it, ms. */
function ageOf({ clock }: World, lag: Lag | undefined): { readonly ageMs?: number } {
  return lag === undefined ? {} : { ageMs: lag.readLagMs + clock.monotonic() - lag.since + commitMsMax };
}

/** For how long a reading may show what was there before, ms; a system that does not lag shows what is. */
function lagOf({ clock }: World, lag: Lag | undefined): { readonly lagMs?: number } {
  if (lag === undefined || lag.readLagMs === 0) return {};
  return { lagMs: lag.readLagMs + clock.monotonic() - lag.since + commitMsMax };
}

/** Text that no store of ours can hold: a null byte, or half a surrogate pair. */
function isUnstorable(text: string): boolean {
  return text.includes("\u0000") || !text.isWellFormed();
}

/**
 * Puts a mark in the place of text that cannot be stored; the mapping refuses the mark, and the record is
 * parked.
 */
function storable(value: Json): Json {
  if (typeof value === "string") return isUnstorable(value) ? { refused: "control_character" } : value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((each: Json) => storable(each));
  return Object.fromEntries(Object.entries(value as JsonMap).map(([key, each]) => [key, storable(each)]));
}

/** Makes the observation of a native record: mapped roots, expressions evaluated, scope and content hash. */
export async function toObservation(
  world: World,
  at: { readonly side: Side; readonly mapping: EntityMapping; readonly span: ReadSpan },
  record: NativeRecord,
): Promise<StoredObservation> {
  const { side, mapping, span } = at;
  const roots = mapping.roots.filter((root) => record.native[root] !== undefined);
  const asked = Object.fromEntries(roots.map((root) => [root, storable(record.native[root] as Json)]));
  const native = await evaluateExpressions(mapping, asked);
  const isOut = record.kind === "present" && isInScope(mapping, native) === false;
  const kind = isOut ? "out_of_scope" : record.kind;
  const madeAt = typeof record.createdAt === "string" ? Date.parse(record.createdAt) : null;
  const stamp = record.modifiedAt === null ? Number.NaN : Date.parse(record.modifiedAt);
  return {
    connection: side.id,
    entity: mapping.entity,
    id: record.id,
    kind,
    native,
    contentHash: world.entropy.digest(canonicalBytes(native)),
    version: record.version,
    versionOrder: record.versionOrder,
    modifiedAt: Number.isNaN(stamp) ? null : stamp,
    madeAt: madeAt === null || Number.isNaN(madeAt) ? null : madeAt,
    actor: record.actor,
    into: record.into,
    via: span.via,
    readStart: span.start,
    readEnd: span.end,
    ...lagOf(world, span.lag),
    ...ageOf(world, span.lag),
  };
}

/** How a reading is to be done. */
export type ReadMode = "incremental" | "sweep";

function startReading(
  cursor: CursorState,
  at: { side: Side; mode: ReadMode; isListing: boolean; now: number; readLagMs: number },
): CursorState {
  const isSame = cursor.mappingHash === at.side.mappingHash;
  // A reading that was cut goes on at its cursor; under another mapping everything is read again.
  const isCutShort = at.mode === "sweep" && cursor.reading === "incremental";
  if (cursor.reading !== null && isSame && !isCutShort) return cursor;
  const isFirst = cursor.backfilledAt === null || !isSame;
  const full = isFirst || at.mode === "sweep" || at.isListing;
  return {
    ...cursor,
    mappingHash: at.side.mappingHash,
    pageCursor: null,
    pages: 0,
    reading: isFirst ? "backfill" : at.mode,
    readingSince: full ? null : cursor.watermark,
    newestSeen: null,
    backfilledAt: isSame ? cursor.backfilledAt : null,
    sweepSince: full ? new Date(at.now).toISOString() : null,
    // A system that lags shows what was there some time before.
    beganAt: new Date(at.now - at.readLagMs).toISOString(),
    failure: null,
  };
}

function turnPage(cursor: CursorState, page: Page, now: number): CursorState {
  const newestSeen = newestStamp(page, cursor, now);
  return { ...cursor, pageCursor: page.next, pages: cursor.pages + 1, newestSeen };
}

function newestStamp(page: Page, cursor: CursorState, now: number): number | null {
  let newest = cursor.newestSeen;
  for (const { modifiedAt } of page.records) {
    const stamp = modifiedAt === null ? Number.NaN : Date.parse(modifiedAt);
    if (Number.isNaN(stamp) || stamp > now + aheadMsMax) continue;
    if (newest === null || stamp > newest) newest = stamp;
  }
  return newest;
}

/** The lane of a reading: a first load and a sweep have their own. */
function readLane({ lane }: Session, reading: CursorState["reading"]): Lane {
  return reading === "backfill" || reading === "sweep" ? reading : lane;
}

interface AskedPage {
  readonly page: Page;
  readonly span: ReadSpan;
}

/** Asks for the page that the cursor stands at. Its rejection is for whoever awaits it. */
function askPage(
  session: Session,
  side: Side,
  at: {
    readonly mapping: EntityMapping;
    readonly cursor: CursorState;
    readonly via: Via;
    readonly connection: Connection;
  },
): Promise<AskedPage> {
  const { mapping, cursor, via } = at;
  const lag = lagFrom(session.world, at.connection);
  const { entity, roots } = mapping;
  const since = cursor.readingSince === null ? null : new Date(cursor.readingSince).toISOString();
  const start = session.tick();
  const asked = reading(session, side, (open) =>
    open.read({ entity, roots, since, cursor: cursor.pageCursor, pageSize }),
  ).then((page) => ({ page, span: { start, end: session.tickEnd(), via, lag } }));
  // A page asked for ahead may fail while the one before is still being stored.
  asked.catch(() => undefined);
  return asked;
}

/**
 * Reads one entity of one side to its end: backfill, incremental or sweep. Each page and the cursor that
 * covers it are one commit; the next page is on its way meanwhile. Rejects with a ConnectorError, also when a
 * cursor loops or a list never ends.
 */
export async function readEntity(
  given: Session,
  side: Side,
  request: { readonly entity: EntityName; readonly mode: ReadMode; readonly lease: Lease },
): Promise<ReadCounts> {
  const { world } = given;
  const { store, clock } = world;
  const mapping = mappingOf(side, request.entity);
  const counts: ReadCounts = { added: 0, changed: 0, same: 0, unreadable: 0 };
  if (mapping === undefined) return counts;
  const connection = await reading(given, side, (open) => Promise.resolve(open));
  const abilities = abilitiesOf(connection, request.entity);
  if (abilities === undefined) return counts;
  const loaded = await store.loadCursor(side.id, request.entity);
  let cursor = startReading(loaded, {
    side,
    mode: request.mode,
    isListing: abilities.incremental === "all",
    now: clock.now(),
    readLagMs: connection.manifest.readLagMs ?? 0,
  });
  if (cursor.reading === "backfill") given.backfilled.add(request.entity);
  const session = inLane(given, readLane(given, cursor.reading));
  const via: Via = cursor.reading === "sweep" ? "sweep" : "poll";
  const seen = new Set<string>();
  let heldAt: number | null = null;
  let asked = askPage(session, side, { mapping, cursor, via, connection });
  for (;;) {
    if (isCut(session, side, request.entity)) return counts;
    if (cursor.pageCursor !== null) seen.add(cursor.pageCursor);
    const { page, span } = await asked;
    const checked = refuseTwins(page);
    const observations = await Promise.all(
      checked.records.map((record) => toObservation(world, { side, mapping, span }, record)),
    );
    const step = checkPaging({ seen, next: page.next, pages: cursor.pages, pagesMax });
    if (step === "cursor_loop" || step === "list_too_long") throw pagingError(step, side, request.entity);
    cursor = turnPage(cursor, page, clock.now());
    if (step === "end")
      cursor = endReading(cursor, { manifest: connection.manifest, now: clock.now(), heldAt });
    else asked = askPage(session, side, { mapping, cursor, via, connection });
    const unreadable = checked.unreadable.map((row) => ({
      ...row,
      connection: side.id,
      entity: request.entity,
    }));
    if (via === "sweep") await distrustChanged(world, observations);
    const { runId } = session;
    const { lease } = request;
    const stored = await store.checkpoint({ observations, unreadable, cursor, runId, lease });
    await settleReuse(session, side, stored);
    if (stored.heldAt !== null) heldAt = Math.min(stored.heldAt, heldAt ?? stored.heldAt);
    counts.added += stored.added;
    counts.changed += stored.changed;
    counts.same += stored.same;
    counts.unreadable += unreadable.length;
    const done = counts.added + counts.changed + counts.same;
    const message = `read ${request.entity} from ${side.id}`;
    session.report({
      phase: "read",
      entity: request.entity,
      connection: side.id,
      done,
      total: null,
      message,
    });
    if (step === "end") return counts;
  }
}

/**
 * A sweep looks whether what is stored of its records is what was seen of them: a record whose stored values
 * are not those of its hash was changed in the database, and what its system shows takes their place.
 */
async function distrustChanged(
  { store, entropy }: World,
  observations: readonly StoredObservation[],
): Promise<void> {
  const stored = await store.observationsOf(observations);
  const isThere = ({ kind }: StoredObservation): boolean => kind === "present" || kind === "archived";
  const changed = stored.filter(
    (one) => isThere(one) && entropy.digest(canonicalBytes(one.native)) !== one.contentHash,
  );
  if (changed.length > 0) await store.distrust(changed);
}

function pagingError(code: "cursor_loop" | "list_too_long", side: Side, entity: EntityName): ConnectorError {
  const what =
    code === "cursor_loop" ? "answered a cursor that it had answered before" : "gave a list without an end";
  return new ConnectorError({
    failure: "invalid",
    code,
    message: `${side.id} ${what} while reading ${entity}`,
  });
}

/** Two records with one id on one page: neither can be trusted, both are set aside under that id. */
function refuseTwins(page: Page): {
  readonly records: readonly NativeRecord[];
  readonly unreadable: readonly UnreadableEntry[];
} {
  const times = new Map<ExternalId, number>();
  for (const { id } of page.records) times.set(id, (times.get(id) ?? 0) + 1);
  const twins = [...times].filter(([, count]) => count > 1).map(([id]) => id);
  if (twins.length === 0) return page;
  const failure = failureRecord(
    new ConnectorError({
      failure: "invalid",
      code: "duplicate_id",
      message: "two records of one page have one id",
    }),
  );
  return {
    records: page.records.filter(({ id }) => (times.get(id) ?? 0) === 1),
    unreadable: [...page.unreadable, ...twins.map((id) => ({ id, failure }))],
  };
}

function endReading(
  cursor: CursorState,
  at: {
    readonly manifest: { readonly commitLagMs: number; readonly stampGranularityMs: number };
    readonly now: number;
    /** Stamp of the oldest record of the earlier pages that has to be listed again. */
    readonly heldAt: number | null;
  },
): CursorState {
  const { commitLagMs, stampGranularityMs } = at.manifest;
  const watermark = nextWatermark({
    previous: cursor.watermark,
    newestSeen: cursor.newestSeen,
    commitLagMs,
    stampGranularityMs,
    oldestUnsettled: at.heldAt,
  });
  const ended = new Date(at.now).toISOString();
  return {
    ...cursor,
    watermark,
    pageCursor: null,
    pages: 0,
    reading: null,
    readingSince: null,
    backfilledAt: cursor.backfilledAt ?? ended,
    readAt: ended,
    beganAt: null,
    readSince: cursor.beganAt,
    failure: null,
  };
}

/**
 * Reads records by id and stores what was seen; ids that the system leaves out are answered in `missing`. A
 * row that cannot be read is set aside: it is neither seen nor missing.
 */
export async function readIds(
  session: Session,
  side: Side,
  request: { readonly entity: EntityName; readonly ids: readonly ExternalId[]; readonly via: Via },
): Promise<{ readonly observations: readonly StoredObservation[]; readonly missing: readonly ExternalId[] }> {
  const { world } = session;
  const mapping = mappingOf(side, request.entity);
  if (mapping === undefined || request.ids.length === 0) return { observations: [], missing: request.ids };
  const connection = await reading(session, side, (open) => Promise.resolve(open));
  const size = Math.max(abilitiesOf(connection, request.entity)?.readBatchMax ?? 1, 1);
  const observations: StoredObservation[] = [];
  const unreadable: ReadRows["unreadable"][number][] = [];
  for (let from = 0; from < request.ids.length; from += size) {
    const ids = request.ids.slice(from, from + size);
    const start = session.tick();
    const lag = lagFrom(world, connection);
    const rows = await readRows(
      (some) =>
        reading(session, side, (open) =>
          open.readByIds({ entity: request.entity, roots: mapping.roots, ids: some }),
        ),
      ids,
    );
    unreadable.push(...rows.unreadable);
    const span: ReadSpan = { start, end: session.tickEnd(), via: request.via, lag };
    for (const record of rows.records)
      observations.push(await toObservation(world, { side, mapping, span }, record));
  }
  const { runId } = session;
  const parked = unreadable.map((row) => ({ ...row, connection: side.id, entity: request.entity }));
  const stored = await world.store.checkpoint({ observations, unreadable: parked, cursor: null, runId });
  await settleReuse(session, side, stored);
  const found = new Set([...observations, ...unreadable].map(({ id }) => id));
  return { observations, missing: request.ids.filter((id) => !found.has(id)) };
}

/** So many records that vanish together, and no other left, are more likely hidden than deleted. */
const allGoneMin = 2;

const blankCheckpoint = ({ runId }: Session): Omit<Checkpoint, "observations"> => ({
  unreadable: [],
  cursor: null,
  runId,
});

/**
 * Finds deletions: ids that we know and that a complete listing does not name are read one by one; what is
 * proved gone is observed as deleted. An incomplete listing proves nothing, and neither does a system that
 * shows nothing at all of what is known: rights may be missing (fault R12), so it is only not seen, until a
 * person says that nothing is left. Answers the number of deletions found.
 */
export async function findDeletions(session: Session, side: Side, entity: EntityName): Promise<number> {
  const { world } = session;
  const mapping = mappingOf(side, entity);
  const connection = await reading(session, side, (open) => Promise.resolve(open));
  if (mapping === undefined || abilitiesOf(connection, entity)?.listsIds !== true) return 0;
  const known = new Set(await world.store.knownIds(side.id, entity));
  const listed = new Set<ExternalId>();
  const seen = new Set<string>();
  let next: string | null = null;
  for (let pages = 0; ; pages += 1) {
    const cursor: string | null = next;
    const page: IdPage = await reading(session, side, (open) => open.readIds({ entity, cursor }));
    if (!page.isComplete) return 0;
    for (const id of page.ids) listed.add(id);
    next = page.next;
    const step = checkPaging({ seen, next, pages, pagesMax });
    if (step === "end") break;
    if (step !== "go_on") throw pagingError(step, side, entity);
    seen.add(next as string);
  }
  const gone = [...known].filter((id) => !listed.has(id));
  const checked = await readIds(session, side, { entity, ids: gone, via: "sweep" });
  const at = session.tick();
  const lag = lagFrom(world, connection);
  const isAllGone = checked.missing.length === known.size && known.size >= allGoneMin;
  if (isAllGone && !session.trustsEmpty) {
    session.blind.add(side.id);
    world.log.warn("nothing_shown", { connection: side.id, entity, known: known.size });
    const keys = checked.missing.map((id) => ({ connection: side.id, entity, id }));
    const unseen = (await world.store.observationsOf(keys)).map((one) =>
      notSeen(one, { start: at, end: at, via: "sweep" }),
    );
    await world.store.checkpoint({ ...blankCheckpoint(session), observations: unseen });
    return 0;
  }
  const deleted = await Promise.all(
    checked.missing.map((id) => {
      const record: NativeRecord = {
        id,
        kind: "deleted",
        native: {},
        version: null,
        versionOrder: null,
        modifiedAt: null,
        actor: null,
        into: null,
      };
      return toObservation(world, { side, mapping, span: { start: at, end: at, via: "sweep", lag } }, record);
    }),
  );
  await world.store.checkpoint({ ...blankCheckpoint(session), observations: deleted });
  return deleted.length + checked.observations.filter(({ kind }) => kind === "deleted").length;
}
