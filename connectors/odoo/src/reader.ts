import { ConnectorError, failureRecord, goneRecord } from "@crossfoot/connector-sdk";
import type { IdPage, NativeRecord, Page, ReadRequest, UnreadableRow } from "@crossfoot/connector-sdk";
import { placeAfter, placeOf } from "./cursor.ts";
import { odooInstant } from "./dates.ts";
import { anyOf } from "./domain.ts";
import type { Domain } from "./domain.ts";
import { loadFacts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { form } from "./form.ts";
import { externalId, idOf, odooId } from "./native.ts";
import type { ExternalId, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { ownRoots } from "./own-field.ts";
import type { Ask, Shape } from "./shape.ts";
import { stampFields } from "./version.ts";

/** Ids that one page of a sweep holds; Odoo answers thousands in well under a second. */
const idPageSize = 5000;

/** Reads one page: changed records and changed parts since an instant, or every record of the role. */
export async function readPage(odoo: Odoo, shape: Shape, request: ReadRequest): Promise<Page> {
  const ask = await askFor(odoo, shape, request.roots);
  const place = placeOf(request.cursor);
  const changed = request.since === null ? null : await changedDomain(odoo, ask, request.since);
  // A full reading leaves out what is in another role; a reading of changes must show that a record left.
  const role = changed === null ? shape.scope(ask.setting) : shape.company(ask.setting);
  const domain: Domain = [
    ["id", ">", place.after],
    ...(place.until === null ? [] : [["write_date", "<=", place.until]]),
    ...role,
    ...(changed ?? []),
  ];
  const found = await readRows(odoo, ask, { domain, limit: request.pageSize });
  const formed = await form(odoo, ask, { rows: found.rows, until: place.until });
  const isFull = found.count === request.pageSize && found.last !== null;
  return {
    records: formed.records,
    unreadable: [...found.unreadable, ...formed.unreadable],
    next: isFull ? placeAfter(place, { last: found.last ?? 0, at: found.at }) : null,
  };
}

/**
 * Reads records by id. One that is gone comes back as `deleted`, or `merged` where Odoo tells into what:
 * `read` leaves out what is not there in silence, and refuses what a rule hides.
 */
export async function readByIds(
  odoo: Odoo,
  shape: Shape,
  wanted: { readonly roots: readonly string[]; readonly ids: readonly ExternalId[] },
): Promise<readonly NativeRecord[]> {
  const ids = wanted.ids.map(odooId).filter((id) => id !== undefined);
  if (ids.length === 0) return [];
  const ask = await askFor(odoo, shape, wanted.roots);
  const { rows, hidden } = await readKnown(odoo, ask, ids);
  const formed = await form(odoo, ask, { rows, until: null });
  const [failed] = formed.unreadable;
  if (failed !== undefined) throw new ConnectorError(failed.failure);
  const byId = new Map(formed.records.map((record) => [String(record.id), record]));
  const answer: NativeRecord[] = [];
  for (const id of wanted.ids) {
    const record = byId.get(String(id));
    answer.push(record ?? (await missing(odoo, shape, { id, isHidden: hidden.has(odooId(id) ?? 0) })));
  }
  return answer;
}

async function missing(
  odoo: Odoo,
  shape: Shape,
  { id, isHidden }: { readonly id: ExternalId; readonly isHidden: boolean },
): Promise<NativeRecord> {
  if (isHidden) return goneRecord(id, "not_permitted");
  const into = await shape.survivorOf?.(odoo, odooId(id) ?? 0);
  return into === undefined || into === null ? goneRecord(id) : goneRecord(id, "merged", into);
}

/** Rows of ids; those that a rule hides are told apart from those that are gone. */
async function readKnown(
  odoo: Odoo,
  ask: Ask,
  ids: readonly number[],
): Promise<{ readonly rows: readonly Row[]; readonly hidden: ReadonlySet<number> }> {
  const fields = fieldsOf(ask);
  try {
    return { rows: await odoo.read(ask.shape.model, ids, fields), hidden: new Set() };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== "not_permitted") throw error;
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) return { rows: [], hidden: new Set([only]) };
  }
  const half = Math.ceil(ids.length / 2);
  const first = await readKnown(odoo, ask, ids.slice(0, half));
  const second = await readKnown(odoo, ask, ids.slice(half));
  return { rows: [...first.rows, ...second.rows], hidden: new Set([...first.hidden, ...second.hidden]) };
}

/** Ids of every record in the role, archived ones included. */
export async function readIds(odoo: Odoo, shape: Shape, cursor: string | null): Promise<IdPage> {
  const { setting } = await askFor(odoo, shape, []);
  const { after } = placeOf(cursor);
  const domain: Domain = [["id", ">", after], ...shape.scope(setting)];
  const rows = await odoo.search({ model: shape.model, domain, fields: ["id"], limit: idPageSize });
  const ids = rows.map(idOf);
  const last = ids.at(-1);
  return {
    ids: ids.map((id) => externalId(String(id))),
    next: ids.length === idPageSize && last !== undefined ? String(last) : null,
    isComplete: true,
  };
}

/** What the roots of a mapping are in this database; one that does not exist stays absent. */
async function askFor(odoo: Odoo, shape: Shape, roots: readonly string[]): Promise<Ask> {
  const facts = await loadFacts(odoo);
  const known = Object.fromEntries(
    roots.flatMap((root) => (shape.roots[root] === undefined ? [] : [[root, shape.roots[root]]])),
  );
  const others = roots.filter((root) => shape.roots[root] === undefined);
  const own = await ownRoots(odoo, shape.model, others);
  return { shape, setting: { facts, options: odoo.options }, roots: { ...known, ...own } };
}

async function changedDomain(odoo: Odoo, { shape }: Ask, instant: string): Promise<Domain> {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms) || !instant.endsWith("Z"))
    throw refusal("instant_unreadable", "expected an ISO instant in UTC to read from");
  const since = odooInstant(ms);
  const elsewhere = (await shape.changesElsewhere?.(odoo, since)) ?? [];
  return anyOf([[["write_date", ">=", since]], ...(shape.changes?.(since) ?? []), ...elsewhere]);
}

interface Found {
  readonly rows: readonly Row[];
  readonly unreadable: readonly UnreadableRow[];
  readonly count: number;
  readonly last: number | null;
  readonly at: number | null;
}

/**
 * Rows of a domain in the order of their ids, which changes of other people do not move. When the server
 * fails on the page as a whole (a computed field of one record), the ids are read first and the page is
 * halved until the failing records stand alone.
 */
async function readRows(
  odoo: Odoo,
  ask: Ask,
  wanted: { readonly domain: Domain; readonly limit: number },
): Promise<Found> {
  const { model } = ask.shape;
  const { domain, limit } = wanted;
  const fields = fieldsOf(ask);
  try {
    const { rows, at } = await odoo.searchAt({ model, domain, fields, limit });
    return { rows, unreadable: [], count: rows.length, last: odooId(rows.at(-1)?.["id"]) ?? null, at };
  } catch (error) {
    if (!isOfOneRecord(error) || limit === 1) throw error;
  }
  const { rows: heads, at } = await odoo.searchAt({ model, domain, fields: ["id"], limit });
  const ids = heads.map(idOf);
  const unreadable: UnreadableRow[] = [];
  const rows = await halve(odoo, { model, fields, ids }, unreadable);
  if (ids.length > 0 && rows.length === 0) throw new ConnectorError((unreadable[0] as UnreadableRow).failure);
  return { rows, unreadable, count: ids.length, last: ids.at(-1) ?? null, at };
}

async function halve(
  odoo: Odoo,
  wanted: { readonly model: string; readonly fields: readonly string[]; readonly ids: readonly number[] },
  unreadable: UnreadableRow[],
): Promise<readonly Row[]> {
  const { model, fields, ids } = wanted;
  try {
    return ids.length === 0
      ? []
      : await odoo.search({ model, domain: [["id", "in", [...ids]]], fields, limit: ids.length });
  } catch (error) {
    if (!isOfOneRecord(error)) throw error;
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      const failure = { ...failureRecord(error), failure: "invalid", code: "record_unreadable" } as const;
      unreadable.push({ id: externalId(String(only)), failure });
      return [];
    }
    const half = Math.ceil(ids.length / 2);
    const first = await halve(odoo, { ...wanted, ids: ids.slice(0, half) }, unreadable);
    return [...first, ...(await halve(odoo, { ...wanted, ids: ids.slice(half) }, unreadable))];
  }
}

const isOfOneRecord = (error: unknown): boolean =>
  error instanceof ConnectorError && (error.code === "server_error" || error.failure === "invalid");

/** Fields are always named: without, Odoo reads all, and refuses a user who may not see one of them. */
function fieldsOf({ shape, roots, setting }: Ask): readonly string[] {
  const own = Object.entries(roots).flatMap(([name, root]) =>
    shape.roots[name] === undefined && root.field !== null ? [root.field] : [],
  );
  return [...new Set([...stampFields, "create_date", ...shape.fields(setting.facts), ...own])].toSorted();
}
