import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { NativeRecord, UnreadableRow } from "@crossfoot/connector-sdk";
import { isoOf } from "./dates.ts";
import { externalId, keyOf, odooId, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { isOfOther } from "./owner.ts";
import { outside } from "./shape.ts";
import type { Ask } from "./shape.ts";
import { withJoins } from "./tree.ts";
import { lastWrite, versionOf } from "./version.ts";

/** Records of rows, and rows that make none. */
export interface Formed {
  readonly records: readonly NativeRecord[];
  readonly unreadable: readonly UnreadableRow[];
}

/** Reads the parts of rows and makes records of them; a row that cannot be understood is parked alone. */
export async function form(
  odoo: Odoo,
  ask: Ask,
  given: { readonly rows: readonly Row[]; readonly until: string | null },
): Promise<Formed> {
  const { shape, setting } = ask;
  const rows = await withJoins(odoo, given.rows, shape.joins(setting.facts));
  const completed = await shape.complete?.(odoo, rows, new Set(Object.keys(ask.roots)));
  const records: NativeRecord[] = [];
  const unreadable: UnreadableRow[] = [];
  for (const row of rows) {
    try {
      const more = completed?.get(keyOf(row)) ?? {};
      if (more instanceof ConnectorError) throw more;
      records.push(recordOf(ask, { row, completed: more, until: given.until }));
    } catch (error) {
      const code = error instanceof ConnectorError ? error.code : "record_unreadable";
      const id = odooId(row["id"]);
      const failure = { ...failureRecord(error), failure: "invalid" as const, code };
      unreadable.push({ id: id === undefined ? null : externalId(String(id)), failure });
    }
  }
  return { records, unreadable };
}

function recordOf(
  { shape, roots, setting }: Ask,
  from: { readonly row: Row; readonly completed: JsonMap; readonly until: string | null },
): NativeRecord {
  const { row, completed } = from;
  const native: Record<string, Json> = {};
  for (const [name, root] of Object.entries(roots)) native[name] = completed[name] ?? root.form(row, setting);
  const placed = isOfOther(row, setting.facts) ? outside : shape.place(row, setting);
  const { at, user } = lastWrite(shape.parts(row));
  const until = isoOf(from.until);
  return {
    id: externalId(keyOf(row)),
    ...placed,
    native,
    version: versionOf({ kind: placed.kind, into: placed.into, native }),
    versionOrder: null,
    // A part written while this reading went on is seen by the next one too: it must not move the watermark.
    modifiedAt: at !== null && until !== null && at > until ? until : at,
    createdAt: isoOf(text(row, "create_date")),
    actor: user === undefined ? null : (setting.facts.logins[String(user)] ?? `user ${user}`),
  };
}
