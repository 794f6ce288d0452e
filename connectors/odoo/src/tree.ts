import { ConnectorError } from "@crossfoot/connector-sdk";
import { idOf, isList, refId, refIds } from "./native.ts";
import type { Json, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";

/** Rows that are read with others: those that a many2one or an x2many names. */
export interface Join {
  readonly field: string;
  readonly model: string;
  readonly fields: readonly string[];
  readonly joins?: readonly Join[];
}

/** The rows with those that their fields name, under `"<field>."`; a row that is hidden is left out. */
export async function withJoins(
  odoo: Odoo,
  rows: readonly Row[],
  joins: readonly Join[],
): Promise<readonly Row[]> {
  let joined = rows;
  for (const join of joins) joined = await withJoin(odoo, joined, join);
  return joined;
}

async function withJoin(odoo: Odoo, rows: readonly Row[], join: Join): Promise<readonly Row[]> {
  const ids = [...new Set(rows.flatMap((row) => named(row, join.field)))].toSorted((a, b) => a - b);
  const found = await readShown(odoo, join, ids);
  const complete = await withJoins(odoo, found, join.joins ?? []);
  const byId = new Map(complete.map((row) => [idOf(row), row]));
  return rows.map((row) => {
    const parts = named(row, join.field)
      .map((id) => byId.get(id))
      .filter((part) => part !== undefined);
    const inOrder = parts.toSorted((a, b) => idOf(a) - idOf(b));
    const value: Json = isMany(row, join.field) ? inOrder : (inOrder[0] ?? null);
    return { ...row, [`${join.field}.`]: value };
  });
}

/** A many2one is an id with its label, an x2many a list of ids. */
function isMany(row: Row, field: string): boolean {
  const value = row[field];
  return isList(value) && typeof value[1] !== "string";
}

function named(row: Row, field: string): readonly number[] {
  if (isMany(row, field)) return refIds(row, field);
  const id = refId(row, field);
  return id === undefined ? [] : [id];
}

/** `read` refuses all rows when a rule hides one of them; a search leaves out the hidden ones. */
async function readShown(odoo: Odoo, join: Join, ids: readonly number[]): Promise<readonly Row[]> {
  if (ids.length === 0) return [];
  try {
    return await odoo.read(join.model, ids, join.fields);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== "not_permitted") throw error;
    return odoo.search({ model: join.model, domain: [["id", "in", [...ids]]], fields: join.fields });
  }
}
