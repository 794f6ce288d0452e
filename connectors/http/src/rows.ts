import type { Answer, Call, Target } from "./call.ts";
import { badAnswer } from "./failures.ts";
import { at } from "./path.ts";
import { idParts } from "./record.ts";
import { isList } from "./wire.ts";
import type { ExternalId, Json } from "./wire.ts";

/** Rows of one answer: more than any page asked for, few enough to hold in memory. */
const pageRowsMax = 20_000;

/** The list of rows of an answer, bounded. */
export function rowsOf(
  answer: Answer,
  from: { readonly path: string; readonly empty: readonly number[]; readonly call: Pick<Call, "kind"> },
): readonly Json[] {
  if (from.empty.includes(answer.status) || answer.status === 204) return [];
  const rows = at(answer.body, from.path);
  const kind = { ...from.call.kind, status: answer.status };
  if (!isList(rows)) throw badAnswer(kind, "rows_missing", `no list of rows at ${from.path}`);
  if (rows.length > pageRowsMax) {
    throw badAnswer(kind, "page_too_large", `more than ${pageRowsMax} rows in one answer`);
  }
  return rows;
}

/** An id in the JSON form that bodies need. */
export function idValue(target: Target, id: ExternalId): Json {
  return target.spec.record.id.as === "number" && /^-?\d{1,15}$/.test(id) ? Number(id) : id;
}

/** Variables of an id: `id` in the JSON form that bodies need, and `part.x` of a joined one. */
export function idValues(target: Target, id: ExternalId): { readonly [name: string]: Json | undefined } {
  return { id: idValue(target, id), part: idParts(target.spec.record.id, id) };
}
