import type {
  ConnectionId,
  ExternalId,
  FailureRecord,
  Fields,
  IntentState,
  Json,
  JsonMap,
  LinkId,
} from "@crossfoot/kernel";
import type { CursorState, Intent, StoredObservation } from "./port.ts";

/**
 * Selects rows for each id of the JSON list `$1`: `select` names the id as `wanted.id`. `offset 0` makes it
 * one look-up by index per id. On tables that have no statistics yet, as in a first load, PostgreSQL takes
 * `in (select ...)` for half of the table and reads all of it for each batch.
 */
export function perId(select: string): string {
  const wanted = "(select distinct value as id from jsonb_array_elements_text($1::jsonb)) wanted";
  return `select found.* from ${wanted} cross join lateral (${select} offset 0) found`;
}

/** The instant so many ms from now by the store's clock, in SQL; `ms` is a placeholder of a number. */
export const inMs = (ms: string): string => `now() + ${ms}::float8 * interval '1 millisecond'`;

/** A row of the observation table. */
export interface ObservationRow {
  readonly connection: string;
  readonly entity: string;
  readonly external_id: string;
  readonly link_id: string | null;
  readonly kind: StoredObservation["kind"];
  readonly native: JsonMap;
  readonly content_hash: string;
  readonly version: string | null;
  readonly version_order: number | null;
  readonly modified_at: string | number | null;
  readonly made_at: string | number | null;
  readonly actor: string | null;
  readonly own_stamp: string | number | null;
  readonly into_id: string | null;
  readonly via: StoredObservation["via"];
  readonly read_start: number;
  readonly read_end: number;
  readonly resolution: "candidate" | "waiting" | "followed" | "returned" | null;
}

/** Columns of {@link ObservationRow}, for select lists. */
export const observationColumns: string =
  "o.connection, o.entity, o.external_id, o.link_id, o.kind, o.native, o.content_hash, o.version, " +
  "o.version_order, o.modified_at, o.actor, o.own_stamp, o.made_at, o.into_id, o.via, o.read_start, " +
  "o.read_end, o.resolution";

const numberOf = (value: string | number | null): number | null => (value === null ? null : Number(value));

/** An observation as the runtime knows it. */
export function observationOf(row: ObservationRow): StoredObservation {
  return {
    connection: row.connection as ConnectionId,
    entity: row.entity,
    id: row.external_id as ExternalId,
    kind: row.kind,
    native: row.native,
    contentHash: row.content_hash,
    version: row.version,
    versionOrder: numberOf(row.version_order),
    modifiedAt: numberOf(row.modified_at),
    madeAt: numberOf(row.made_at),
    actor: row.actor,
    ownStamp: numberOf(row.own_stamp),
    into: row.into_id as ExternalId | null,
    via: row.via,
    readStart: row.read_start,
    readEnd: row.read_end,
  };
}

/** A row of the intent table. */
export interface IntentRow {
  readonly key: string;
  readonly link_id: string;
  readonly entity: string;
  readonly generation: number;
  readonly target: string;
  readonly kind: Intent["kind"];
  readonly state: IntentState;
  readonly step: number;
  readonly external_id: string | null;
  readonly reference: string;
  readonly precondition: string | null;
  readonly content_hash: string;
  readonly fields: Fields;
  readonly transition: Intent["transition"];
  readonly causes: Json;
  readonly source_images: Intent["sourceImages"];
  readonly shared: readonly string[];
  readonly group_key: string | null;
  readonly plan_id: string | null;
  readonly plan_number: number | null;
  readonly before: Intent["before"];
  readonly undo: Intent["undo"];
  readonly run_id: string | null;
  readonly attempts: number;
  readonly fence: string | number;
  readonly send_deadline: string | number | null;
  readonly abandoned_at: string | number | null;
  readonly failure: FailureRecord | null;
}

/** Columns of {@link IntentRow}, for select lists. */
export const intentColumns: string =
  "i.key, i.link_id, i.entity, i.generation, i.target, i.kind, i.state, i.step, i.external_id, " +
  "i.reference, i.precondition, i.content_hash, i.fields, i.transition, i.causes, i.source_images, " +
  "i.shared, i.group_key, i.plan_id, i.plan_number, i.before, i.undo, i.run_id, i.attempts, i.fence, " +
  "i.send_deadline, i.abandoned_at, i.failure";

/** An instant in ms: a timestamptz comes as ISO text from SQL, as it is from memory. */
const instantOf = (instant: string | number | null): number | null =>
  typeof instant === "string" ? Date.parse(instant) : instant;

/** An intent as the runtime knows it. */
export function intentOf(row: IntentRow): Intent {
  return {
    key: row.key,
    link: row.link_id as LinkId,
    entity: row.entity,
    generation: row.generation,
    target: row.target as ConnectionId,
    kind: row.kind,
    state: row.state,
    step: row.step,
    id: row.external_id as ExternalId | null,
    reference: row.reference,
    precondition: row.precondition,
    contentHash: row.content_hash,
    fields: row.fields,
    transition: row.transition,
    causes: row.causes,
    sourceImages: row.source_images,
    shared: row.shared,
    group: row.group_key,
    plan: row.plan_id === null ? null : { id: row.plan_id, number: row.plan_number ?? 0 },
    before: row.before,
    undo: row.undo,
    runId: row.run_id,
    attempts: row.attempts,
    fence: Number(row.fence),
    sendDeadline: instantOf(row.send_deadline),
    abandonedAt: instantOf(row.abandoned_at),
    failure: row.failure,
  };
}

/**
 * Whether an intent's time has come. One that was put off at an instant which the store's clock has not
 * reached (it was set back) is due: trying early does no harm, waiting for hours does.
 */
export const isDue = (intent: string): string =>
  `(${intent}.due_at <= now() or ${intent}.due_set_at > now() + interval '1 second')`;

/** A row of the cursor table. */
export interface CursorRow {
  readonly connection: string;
  readonly entity: string;
  readonly mapping_hash: string | null;
  readonly page_cursor: string | null;
  readonly pages: number;
  readonly reading: CursorState["reading"];
  readonly reading_since: string | number | null;
  readonly newest_seen: string | number | null;
  readonly watermark: string | number | null;
  readonly backfilled_at: string | null;
  readonly read_at: string | null;
  readonly swept_at: string | null;
  readonly sweep_since: string | null;
  readonly began_at: string | null;
  readonly read_since: string | null;
  readonly failure: FailureRecord | null;
}

/** A cursor as the runtime knows it. */
export function cursorOf(row: CursorRow): CursorState {
  return {
    connection: row.connection as ConnectionId,
    entity: row.entity,
    mappingHash: row.mapping_hash,
    pageCursor: row.page_cursor,
    pages: row.pages,
    reading: row.reading,
    readingSince: numberOf(row.reading_since),
    newestSeen: numberOf(row.newest_seen),
    watermark: numberOf(row.watermark),
    backfilledAt: row.backfilled_at,
    readAt: row.read_at,
    sweptAt: row.swept_at,
    sweepSince: row.sweep_since,
    beganAt: row.began_at,
    readSince: row.read_since,
    failure: row.failure,
  };
}
