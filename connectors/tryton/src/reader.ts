import { ConnectorError, failureRecord, goneRecord } from "@crossfoot/connector-sdk";
import type { IdPage, NativeRecord, Page, ReadRequest, UnreadableRow } from "@crossfoot/connector-sdk";
import { loadFacts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { externalId, isList, isMap, keyOf, trytonId } from "./native.ts";
import type { ExternalId, Json, JsonMap, Row } from "./native.ts";
import { brokenMark } from "./rpc.ts";
import type { Rpc } from "./rpc.ts";
import { plain, since } from "./shape.ts";
import type { Root, Setting, Shape } from "./shape.ts";
import { composeVersion, latestOf, modifiedAt } from "./version.ts";
import { datetime } from "./wire.ts";

/** Ids that one page of a sweep holds; Tryton answers thousands in well under a second. */
const idPageSize = 5000;

interface Ask {
  readonly shape: Shape;
  readonly roots: { readonly [root: string]: Root };
  readonly setting: Setting;
}

/** Reads one page: changed records and changed parts since an instant, or every record of the role. */
export async function readPage(rpc: Rpc, shape: Shape, request: ReadRequest): Promise<Page> {
  const ask = await prepare(rpc, shape, request.roots);
  const after = cursorOf(request.cursor);
  const changed = request.since === null ? null : await changedDomain(rpc, ask, request.since);
  // A full reading leaves out what is in another role; a reading of changes must show that a record left.
  const domain: Json[] = [
    ["id", ">", after],
    ...(changed === null ? shape.scope(ask.setting) : companyOnly(ask)),
    ...(changed ?? []),
  ];
  const found = await readRows(rpc, ask, { domain, limit: request.pageSize });
  const formed = await form(rpc, ask, found.rows);
  return {
    records: formed.records,
    unreadable: [...found.unreadable, ...formed.unreadable],
    next: found.count === request.pageSize && found.last !== null ? String(found.last) : null,
  };
}

/**
 * Reads records by id. One that is gone comes back as `deleted`: Tryton says so, and never uses an id again.
 */
export async function readByIds(
  rpc: Rpc,
  shape: Shape,
  wanted: { readonly roots: readonly string[]; readonly ids: readonly ExternalId[] },
): Promise<readonly NativeRecord[]> {
  const ask = await prepare(rpc, shape, wanted.roots);
  const ids = wanted.ids.map(trytonId).filter((id) => id !== undefined);
  if (ids.length === 0) return [];
  const { rows, unreadable } = await readRows(rpc, ask, { domain: [["id", "in", ids]], limit: ids.length });
  const formed = await form(rpc, ask, rows);
  const [failed] = [...unreadable, ...formed.unreadable];
  if (failed !== undefined) throw new ConnectorError(failed.failure);
  const byId = new Map(formed.records.map((record) => [String(record.id), record]));
  const missing = ids.filter((id) => !byId.has(String(id)));
  const absent = await explainMissing(rpc, shape.model, missing);
  return wanted.ids.map((id) => byId.get(String(id)) ?? goneRecord(id, absent.get(String(id))));
}

/** A search leaves out what a record rule hides; only `read` tells that from what is gone. */
async function explainMissing(
  rpc: Rpc,
  model: string,
  ids: readonly number[],
): Promise<ReadonlyMap<string, "deleted" | "not_permitted">> {
  const kinds = new Map<string, "deleted" | "not_permitted">();
  for (const id of ids) {
    try {
      await rpc.call(`${model}.read`, [[id], ["id"]], { context: { active_test: false } });
      kinds.set(String(id), "not_permitted");
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      if (error.code !== "record_gone" && error.code !== "not_permitted_record") throw error;
      kinds.set(String(id), error.code === "record_gone" ? "deleted" : "not_permitted");
    }
  }
  return kinds;
}

/** Ids of every record in the role, inactive ones included. */
export async function readIds(rpc: Rpc, shape: Shape, cursor: string | null): Promise<IdPage> {
  const { setting } = await prepare(rpc, shape, []);
  const domain: readonly Json[] = [["id", ">", cursorOf(cursor)], ...shape.scope(setting)];
  const answer = await rpc.call(`${shape.model}.search`, [domain, 0, idPageSize, [["id", "ASC"]]], {
    context: { active_test: false },
  });
  const ids = isList(answer) ? answer.map(trytonId).filter((id) => id !== undefined) : [];
  const last = ids.at(-1);
  return {
    ids: ids.map((id) => externalId(String(id))),
    next: ids.length === idPageSize && last !== undefined ? String(last) : null,
    isComplete: true,
  };
}

/** The place after which a page starts. */
export function cursorOf(cursor: string | null): number {
  if (cursor === null) return 0;
  const id = trytonId(cursor);
  if (id === undefined) throw refusal("cursor_unreadable", "the cursor is none of this connector");
  return id;
}

/** Clauses of the role that hold also for what left it: the company's own records only. */
const companyOnly = ({ shape, setting }: Ask): readonly Json[] =>
  shape
    .scope(setting)
    .filter((clause) => isList(clause) && (clause[0] === "company" || clause[0] === "type"));

async function prepare(rpc: Rpc, shape: Shape, roots: readonly string[]): Promise<Ask> {
  const facts = await loadFacts(rpc);
  const known = Object.fromEntries(
    roots.flatMap((root) => (shape.roots[root] === undefined ? [] : [[root, shape.roots[root]]])),
  );
  const others = roots.filter((root) => shape.roots[root] === undefined && /^[a-z]\w*$/.test(root));
  return {
    shape,
    setting: { facts, options: rpc.options },
    roots: { ...known, ...(await ownFields(rpc, shape, others)) },
  };
}

/** Roots that are fields of this database, added by other modules. One that does not exist stays absent. */
async function ownFields(
  rpc: Rpc,
  shape: Shape,
  names: readonly string[],
): Promise<{ readonly [root: string]: Root }> {
  if (names.length === 0) return {};
  const answer = await rpc.call(`${shape.model}.fields_get`, [names]);
  const existing = isMap(answer) ? Object.keys(answer) : [];
  return Object.fromEntries(existing.map((name) => [name, plain(name)]));
}

async function changedDomain(
  rpc: Rpc,
  { shape, setting }: Ask,
  instant: string,
): Promise<readonly Json[] | null> {
  const stamps = since(instantOf(instant));
  if (shape.changedElsewhere !== undefined && (await shape.changedElsewhere(rpc, stamps))) return [];
  return [["OR", stamps, ...shape.changes(stamps, setting)]];
}

function instantOf(instant: string): JsonMap {
  try {
    return datetime(instant);
  } catch {
    throw refusal("instant_unreadable", "expected an ISO instant in UTC to read from");
  }
}

interface Found {
  readonly rows: readonly Row[];
  readonly unreadable: readonly UnreadableRow[];
  readonly count: number;
  readonly last: number | null;
}

/**
 * Rows of a domain in the order of their ids. When the server fails on the page as a whole (a formula of one
 * record that divides by zero), the ids are read first and the page is halved until the failing records stand
 * alone.
 */
async function readRows(
  rpc: Rpc,
  ask: Ask,
  wanted: { readonly domain: readonly Json[]; readonly limit: number },
): Promise<Found> {
  const { model } = ask.shape;
  const { domain, limit } = wanted;
  const fields = fieldsOf(ask);
  try {
    const rows = await rpc.search({ model, domain, fields, limit });
    return { rows, unreadable: [], count: rows.length, last: trytonId(rows.at(-1)?.["id"]) ?? null };
  } catch (error) {
    if (!isOfOneRecord(error) || limit === 1) throw error;
  }
  const found = await rpc.search({ model, domain, fields: ["id"], limit });
  const ids = found.map((row) => trytonId(row["id"])).filter((id) => id !== undefined);
  const unreadable: UnreadableRow[] = [];
  const rows = await halve(rpc, { model, fields, ids }, unreadable);
  if (ids.length > 0 && rows.length === 0) throw new ConnectorError((unreadable[0] as UnreadableRow).failure);
  return { rows, unreadable, count: ids.length, last: ids.at(-1) ?? null };
}

async function halve(
  rpc: Rpc,
  wanted: { readonly model: string; readonly fields: readonly string[]; readonly ids: readonly number[] },
  unreadable: UnreadableRow[],
): Promise<readonly Row[]> {
  const { model, fields, ids } = wanted;
  try {
    return ids.length === 0
      ? []
      : await rpc.search({ model, domain: [["id", "in", ids]], fields, limit: ids.length });
  } catch (error) {
    if (!isOfOneRecord(error)) throw error;
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      unreadable.push({
        id: externalId(String(only)),
        failure: { ...failureRecord(error), failure: "invalid", code: "record_unreadable" },
      });
      return [];
    }
    const half = Math.ceil(ids.length / 2);
    const first = await halve(rpc, { ...wanted, ids: ids.slice(0, half) }, unreadable);
    return [...first, ...(await halve(rpc, { ...wanted, ids: ids.slice(half) }, unreadable))];
  }
}

const isOfOneRecord = (error: unknown): boolean =>
  error instanceof ConnectorError && error.code === "server_error";

function fieldsOf({ shape, roots, setting }: Ask): readonly string[] {
  const wanted = Object.values(roots).flatMap((root) => root.fields);
  return [...new Set([...shape.fields(setting), ...wanted])].toSorted();
}

async function form(
  rpc: Rpc,
  ask: Ask,
  rows: readonly Row[],
): Promise<{ readonly records: readonly NativeRecord[]; readonly unreadable: readonly UnreadableRow[] }> {
  const { shape } = ask;
  const completed =
    shape.complete === undefined
      ? undefined
      : await shape.complete(rpc, rows, new Set(Object.keys(ask.roots)));
  const records: NativeRecord[] = [];
  const unreadable: UnreadableRow[] = [];
  for (const row of rows) {
    try {
      const more = completed?.get(keyOf(row)) ?? {};
      if (more instanceof ConnectorError) throw more;
      if (row[brokenMark] === true)
        throw refusal("record_unreadable", "a value in a form that is not Tryton 6.0's");
      records.push(recordOf(ask, row, more));
    } catch (error) {
      const known = error instanceof ConnectorError ? { code: error.code } : { code: "record_unreadable" };
      const failure = { ...failureRecord(error), failure: "invalid" as const, ...known };
      const id = trytonId(row["id"]);
      unreadable.push({ id: id === undefined ? null : externalId(String(id)), failure });
    }
  }
  return { records, unreadable };
}

function recordOf({ shape, roots, setting }: Ask, row: Row, completed: JsonMap): NativeRecord {
  const native: Record<string, Json> = {};
  for (const [name, root] of Object.entries(roots)) native[name] = completed[name] ?? root.form(row, setting);
  const parts = shape.parts(row, setting);
  const actor = latestOf(parts)?.user;
  return {
    id: externalId(keyOf(row)),
    ...shape.place(row, setting),
    native,
    version: composeVersion(parts, shape.marks?.(native) ?? []),
    versionOrder: null,
    modifiedAt: modifiedAt(parts),
    actor: actor === undefined ? null : (setting.facts.logins[String(actor)] ?? `user ${actor}`),
    into: shape.place(row, setting).into,
  };
}
