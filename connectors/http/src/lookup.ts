import { ConnectorError, goneRecord } from "@crossfoot/connector-sdk";
import type { NativeRecord } from "@crossfoot/connector-sdk";
import { kindOf, refusedAnswer, send } from "./call.ts";
import type { Answer, Call, Target } from "./call.ts";
import { withChildren } from "./children.ts";
import { badAnswer } from "./failures.ts";
import type { GetManySpec, GetSpec, Gone } from "./language.ts";
import { at, holds } from "./path.ts";
import { idIn, readRow } from "./record.ts";
import { idValue, idValues, rowsOf } from "./rows.ts";
import { idOf } from "./wire.ts";
import type { ExternalId, Json } from "./wire.ts";

/**
 * Records by their ids. A record that is gone comes back as `deleted`, `merged`, ... only where the
 * description says how the system proves it; otherwise it is left out. A record that cannot be read is left
 * out among others, and is a ConnectorError `invalid` when it was asked for alone.
 */
export async function readByIds(
  target: Target,
  request: { readonly roots: readonly string[]; readonly ids: readonly ExternalId[] },
): Promise<readonly NativeRecord[]> {
  const { get, getMany } = target.spec;
  const found: NativeRecord[] = [];
  const ids = [...new Set(request.ids)];
  if (getMany !== undefined && (ids.length > 1 || get === undefined)) {
    for (let from = 0; from < ids.length; from += getMany.idsMax) {
      const some = ids.slice(from, from + getMany.idsMax);
      found.push(...(await readSome(target, getMany, { ids: some, roots: request.roots })));
    }
  } else {
    for (const id of ids) found.push(...(await readOne(target, get, { id, roots: request.roots })));
  }
  const completed = await withChildren(target, { records: found, unreadable: [] }, request.roots);
  const [aside] = completed.unreadable;
  if (aside !== undefined && ids.length === 1) throw new ConnectorError(aside.failure);
  return completed.records;
}

async function readOne(
  target: Target,
  spec: GetSpec | undefined,
  wanted: { readonly id: ExternalId; readonly roots: readonly string[] },
): Promise<readonly NativeRecord[]> {
  const kind = kindOf(target, "read");
  if (spec === undefined) {
    const message = `${kind.what}: the description has neither get nor getMany`;
    throw new ConnectorError({ failure: "unsupported", code: "no_get", message });
  }
  const gone = spec.gone ?? [];
  const also = gone.flatMap((row) => (row.status === undefined ? [] : [row.status]));
  const call: Call = {
    spec,
    values: idValues(target, wanted.id),
    kind,
    method: spec.method ?? "GET",
    also,
    accepts: (answer) => proofIn(gone, answer) !== undefined,
  };
  const answer = await send(target, call);
  const proof = proofIn(gone, answer);
  if (proof !== undefined) return [goneAs(proof, wanted.id, answer.body)];
  if (also.includes(answer.status)) {
    const body = answer.body === undefined ? "" : JSON.stringify(answer.body);
    throw refusedAnswer(target.system, call, { status: answer.status, headers: answer.headers, body });
  }
  const reading = readRow(target, at(answer.body, spec.at ?? "$"), {
    roots: wanted.roots,
    headers: answer.headers,
  });
  if (!reading.ok) throw new ConnectorError(reading.row.failure);
  if (reading.record.id === wanted.id) return [reading.record];
  throw badAnswer(kind, "answer_other_id", "the system answered with another record than the one asked for");
}

function proofIn(gone: readonly Gone[], answer: Answer): Gone | undefined {
  return gone.find((row) => (row.status === undefined || row.status === answer.status) && fits(row, answer));
}

/** A row with a status needs no condition; one without needs it, or it would fit every answer. */
const fits = (row: Gone, answer: Answer): boolean =>
  row.when === undefined ? row.status !== undefined : holds(row.when, answer);

function goneAs(row: Gone, id: ExternalId, body: Json | undefined): NativeRecord {
  const into = row.into === undefined ? undefined : idOf(at(body, row.into));
  return goneRecord(id, row.kind, into ?? null);
}

async function readSome(
  target: Target,
  spec: GetManySpec,
  wanted: { readonly ids: readonly ExternalId[]; readonly roots: readonly string[] },
): Promise<readonly NativeRecord[]> {
  const empty = spec.empty ?? [];
  const ids = wanted.ids.map((id) => idValue(target, id));
  const values = { ids, limit: ids.length };
  const call: Call = {
    spec,
    values,
    kind: kindOf(target, "read"),
    method: spec.method ?? "GET",
    also: empty,
  };
  const answer = await send(target, call);
  const rows = rowsOf(answer, { path: spec.rows, empty, call });
  const open = new Set<ExternalId>(wanted.ids);
  const found: NativeRecord[] = [];
  for (const row of rows) {
    const id = idIn(target.spec.record.id, row);
    // A system that ignores the filter answers with anything: only what was asked for is taken.
    if (id === undefined || !open.delete(id)) continue;
    const reading = readRow(target, row, { roots: wanted.roots });
    if (reading.ok) found.push(reading.record);
  }
  const missing = spec.missing === undefined ? undefined : at(answer.body, spec.missing.rows);
  for (const row of Array.isArray(missing) ? (missing as readonly Json[]) : []) {
    const id = idOf(at(row, spec.missing?.id ?? "$"));
    const told = spec.missing?.kinds.find(
      (kind) => kind.when === undefined || holds(kind.when, { body: row }),
    );
    if (id === undefined || told === undefined || !open.delete(id)) continue;
    found.push(goneAs(told, id, row));
  }
  return [...found, ...(await askAgain(target, spec, { ids: [...open], roots: wanted.roots }))];
}

/** An id that a search leaves out proves nothing, its index may lag; the single read does. */
async function askAgain(
  target: Target,
  spec: GetManySpec,
  wanted: { readonly ids: readonly ExternalId[]; readonly roots: readonly string[] },
): Promise<readonly NativeRecord[]> {
  const { get } = target.spec;
  if (get === undefined || (spec.absent ?? "get") === "leave") return [];
  const found: NativeRecord[] = [];
  for (const id of wanted.ids) found.push(...(await readOne(target, get, { id, roots: wanted.roots })));
  return found;
}
