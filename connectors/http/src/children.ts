import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeRecord, UnreadableRow } from "@crossfoot/connector-sdk";
import { kindOf, send } from "./call.ts";
import type { Call, Target } from "./call.ts";
import type { ChildSpec } from "./request-language.ts";
import { at } from "./path.ts";
import { setAside } from "./record.ts";
import { idValue, idValues, rowsOf } from "./rows.ts";
import { variablesOf } from "./template.ts";
import { idOf } from "./wire.ts";
import type { ExternalId, Json } from "./wire.ts";

/** Records with the rows that could not be read beside them. */
interface Readings {
  readonly records: readonly NativeRecord[];
  readonly unreadable: readonly UnreadableRow[];
}

/**
 * Adds the child rows that the mapping needs: one call a page where the system finds children of many
 * records, else one a record. A record whose children may be cut off is set aside: an order with half its
 * lines is worse than none.
 */
export async function withChildren(
  target: Target,
  read: Readings,
  roots: readonly string[],
): Promise<Readings> {
  let current = read;
  for (const [root, spec] of Object.entries(target.spec.with ?? {})) {
    if (!roots.includes(root) && !roots.includes("*")) continue;
    current = await addRoot(target, current, { root, spec });
  }
  return current;
}

interface Child {
  readonly root: string;
  readonly spec: ChildSpec;
}

async function addRoot(target: Target, read: Readings, child: Child): Promise<Readings> {
  const living = read.records.filter((record) => record.kind === "present" || record.kind === "archived");
  const rows = await childRows(
    target,
    living.map(({ id }) => id),
    child.spec,
  );
  const records: NativeRecord[] = [];
  const aside: UnreadableRow[] = [...read.unreadable];
  for (const record of read.records) {
    const found = rows.get(record.id);
    if (found === "cut") {
      const { max } = child.spec;
      const message = `${child.root} has ${max} rows or more; raise its max`;
      aside.push(setAside(target, record.id, { code: "children_too_many", message }));
    } else
      records.push(
        found === undefined ? record : { ...record, native: { ...record.native, [child.root]: found } },
      );
  }
  return { records, unreadable: aside };
}

/** Child rows by the id of their record; `cut` where some of them may be missing. */
export type ChildRows = Map<ExternalId, readonly Json[] | "cut">;

/** Child rows of records: by one call where the request takes `ids`, else by one for each. */
export async function childRows(
  target: Target,
  ids: readonly ExternalId[],
  spec: ChildSpec,
): Promise<ChildRows> {
  const takesIds = variablesOf(Object.values(spec) as Json).includes("ids");
  return takesIds ? together(target, ids, spec) : singly(target, ids, spec);
}

async function singly(target: Target, ids: readonly ExternalId[], spec: ChildSpec): Promise<ChildRows> {
  const found: ChildRows = new Map();
  for (const id of ids) {
    const rows = await ask(target, spec, idValues(target, id));
    found.set(id, rows.length >= spec.max ? "cut" : rows);
  }
  return found;
}

async function together(target: Target, ids: readonly ExternalId[], spec: ChildSpec): Promise<ChildRows> {
  const found: ChildRows = new Map(ids.map((id) => [id, []]));
  if (ids.length === 0) return found;
  const rows = await ask(target, spec, { ids: ids.map((id) => idValue(target, id)) });
  // Cut off somewhere: nobody knows whose rows are missing, so each record is asked for alone.
  if (rows.length >= spec.max) {
    if (ids.length === 1) return new Map(ids.map((id) => [id, "cut" as const]));
    const half = Math.ceil(ids.length / 2);
    const left = await together(target, ids.slice(0, half), spec);
    return new Map([...left, ...(await together(target, ids.slice(half), spec))]);
  }
  for (const row of rows) {
    const parent = idOf(at(row, spec.parent ?? "$"));
    const before = parent === undefined ? undefined : found.get(parent);
    if (parent === undefined || before === undefined || before === "cut") {
      const { what } = kindOf(target, "read");
      const message = `${what}: a child row names no record that was asked for`;
      throw new ConnectorError({ failure: "transient", code: "children_foreign", message });
    }
    found.set(parent, [...before, row]);
  }
  return found;
}

async function ask(
  target: Target,
  spec: ChildSpec,
  whose: { readonly [name: string]: Json | undefined },
): Promise<readonly Json[]> {
  const empty = spec.empty ?? [];
  const values = { ...whose, limit: spec.max };
  const call: Call = {
    spec,
    values,
    kind: kindOf(target, "read"),
    method: spec.method ?? "GET",
    also: empty,
  };
  return rowsOf(await send(target, call), { path: spec.rows, empty, call });
}
