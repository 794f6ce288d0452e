import { failureRecord } from "@crossfoot/connector-sdk";
import type { RefusedRow } from "@crossfoot/connector-sdk";
import { callOf, isRefusal, refusal, refusalIn } from "./ask.ts";
import type { Asking, Values } from "./ask.ts";
import { send } from "./call.ts";
import type { RowsSpec } from "./operation-language.ts";
import { at } from "./path.ts";
import { rowsOf } from "./rows.ts";
import type { RequestSpec } from "./request-language.ts";
import { render, scopeOf, variablesOf } from "./template.ts";
import { idOf, textOf } from "./wire.ts";
import type { ExternalId, Json } from "./wire.ts";

/** Requests for single rows that are under way together. */
const atOnce = 4;

/** True where all rows are asked for in one request. */
function isTogether({ path, query, headers, body }: RequestSpec): boolean {
  const used = variablesOf([path, query ?? {}, headers ?? {}, body ?? null]);
  return used.includes("lines") || used.includes("products");
}

/** One row that is asked for: its product, and its variables or why it cannot be asked. */
export interface AskedRow {
  readonly product: ExternalId;
  readonly values: () => Values;
}

/** A row as it was told, and the answer that it stood in; or why there is none. */
export type ToldRow = { readonly ok: true; readonly row: Json; readonly whole: Json } | RefusedRow;

/** Rows in the places in which they were asked for, and all answers that were got. */
export interface ToldRows {
  readonly rows: readonly ToldRow[];
  readonly wholes: readonly Json[];
}

interface Placed {
  readonly place: number;
  readonly product: ExternalId;
  readonly values: Values;
}

interface Question {
  readonly asking: Asking;
  readonly spec: RowsSpec;
  readonly common: Values;
  readonly wholes: Json[];
}

const refused = (error: unknown): RefusedRow => ({ ok: false, failure: failureRecord(error) });

/**
 * Asks for rows: in one request where the description has `lines`, else in one for each. A row that cannot
 * be asked for, or is refused, is refused alone; any other failure rejects.
 */
export async function askRows(
  asking: Asking,
  {
    spec,
    common,
    rows,
  }: { readonly spec: RowsSpec; readonly common: Values; readonly rows: readonly AskedRow[] },
): Promise<ToldRows> {
  const told: ToldRow[] = [];
  const open: Placed[] = [];
  for (const [place, { product, values }] of rows.entries()) {
    try {
      open.push({ place, product, values: { ...values(), index: place } });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      told[place] = refused(error);
    }
  }
  const question: Question = { asking, spec, common, wholes: [] };
  const answers = isTogether(spec) ? await together(question, open) : await singly(question, open);
  for (const [at, { place }] of open.entries()) told[place] = answers[at] ?? missing;
  return { rows: told, wholes: question.wholes };
}

const missing: RefusedRow = refused(refusal("row_missing", "the system says nothing about this row"));

async function singly(question: Question, rows: readonly Placed[]): Promise<readonly ToldRow[]> {
  const told: ToldRow[] = [];
  for (let from = 0; from < rows.length; from += atOnce) {
    const wave = rows.slice(from, from + atOnce);
    const answers = await Promise.allSettled(wave.map(async (row) => askOne(question, row)));
    for (const answer of answers) {
      if (answer.status === "rejected") throw answer.reason;
      told.push(answer.value);
    }
  }
  return told;
}

async function askOne({ asking, spec, common, wholes }: Question, row: Placed): Promise<ToldRow> {
  try {
    const answer = await send(asking, callOf(asking, spec, { ...common, ...row.values, limit: spec.limit }));
    const whole = answer.body ?? null;
    const told = rowIn({ asking, spec }, at(whole, spec.at ?? "$"), whole);
    if (told.ok) wholes.push(whole);
    return told;
  } catch (error) {
    if (isRefusal(error)) return refused(error);
    throw error;
  }
}

function rowIn(
  { asking, spec }: Pick<Question, "asking" | "spec">,
  row: Json | undefined,
  whole: Json,
): ToldRow {
  if (row === undefined || row === null) return missing;
  const no = refusalIn(asking, spec, row);
  return no === undefined ? { ok: true, row, whole } : refused(no);
}

async function together(question: Question, rows: readonly Placed[]): Promise<readonly ToldRow[]> {
  if (rows.length === 0) return [];
  try {
    return await askList(question, rows);
  } catch (error) {
    if (question.spec.split !== true || !isRefusal(error)) throw error;
    if (rows.length === 1) return [refused(error)];
    const half = Math.ceil(rows.length / 2);
    const left = await together(question, rows.slice(0, half));
    return [...left, ...(await together(question, rows.slice(half)))];
  }
}

async function askList(question: Question, rows: readonly Placed[]): Promise<readonly ToldRow[]> {
  const { asking, spec, common, wholes } = question;
  const lines = rows.map(({ values }) => render(spec.line ?? {}, scopeOf({ ...common, ...values })) ?? null);
  const products = rows.map(({ values }) => values["product"] ?? null);
  const call = callOf(asking, spec, { ...common, lines, products, limit: spec.limit });
  const answer = await send(asking, call);
  const whole = answer.body ?? null;
  const told = rowsOf(answer, { path: spec.rows ?? "$", empty: [], call });
  if (spec.limit !== undefined && told.length >= spec.limit)
    throw asking.bad(`${spec.limit} rows or more; ask for fewer, or raise limit`);
  wholes.push(whole);
  return matched(question, rows, told).map((row) => rowIn(question, row, whole));
}

/** The row of the answer for each row that was asked for; undefined where there is none. */
function matched(
  { asking, spec }: Question,
  rows: readonly Placed[],
  told: readonly Json[],
): readonly (Json | undefined)[] {
  const { match } = spec;
  if (match === undefined) {
    if (told.length !== rows.length)
      throw asking.bad(`${told.length} rows are answered, and ${rows.length} were asked for`);
    return told;
  }
  const byKey = Map.groupBy(told, (row) =>
    match.to === "product" ? idOf(at(row, match.path)) : textOf(at(row, match.path)),
  );
  return rows.map(({ product, place }) => {
    const found = byKey.get(match.to === "product" ? product : String(place));
    if (match.many === true) return found;
    // One row each, in their order, where a product is asked for twice.
    return found?.shift();
  });
}
