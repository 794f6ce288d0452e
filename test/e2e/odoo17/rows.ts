/** What clients see of rows, and how they write them: the methods that every model has. */
import type { At, Transaction } from "./database.ts";
import { search } from "./domain.ts";
import type { Field } from "./fields.ts";
import { labelOf, look } from "./look.ts";
import { accessError, valueError } from "./refusal.ts";
import { idOf, idsIn, isList, isMap, numberIn, textIn } from "./values.ts";
import type { Json, Row, Values } from "./values.ts";

/** A value on the wire: a many2one with its label, a stamp in whole seconds. */
function shown(at: At, { field, value }: { readonly field: Field; readonly value: Json }, load: Json): Json {
  if (field.type === "many2one" && typeof value === "number") {
    const row = at.db.find(field.to, value);
    return load === null || row === undefined ? value : [value, labelOf(at, row, field.to)];
  }
  if (field.type === "datetime" && typeof value === "string") return value.slice(0, 19);
  return value;
}

/** Fields of rows; without names all that there are, which a normal user is refused. */
export function shownRows(
  at: At,
  from: { readonly model: string; readonly rows: readonly Row[]; readonly load: Json },
  names: readonly string[],
): readonly Json[] {
  const { model, rows, load } = from;
  if (names.length === 0) {
    if (numberIn(at.db.get("res.users", at.tx.user, at.tx), "is_admin") === 0)
      throw accessError(`You do not have enough rights to access the fields of ${model}`);
  }
  const all = names.length === 0 ? [...at.db.fieldsOf(model).keys()] : names;
  const fields = all.map((name) => at.db.field(model, name));
  return rows.map((row) => ({
    id: idOf(row),
    ...Object.fromEntries(
      fields.map((field) => [
        field.name,
        shown(at, { field, value: look(at, model, row, field.name) }, load),
      ]),
    ),
  }));
}

/** `read`: in the order of the ids; one that is gone is left out in silence. */
export const read = (at: At, model: string, ids: readonly number[]): readonly Row[] =>
  ids.map((id) => at.db.find(model, id)).filter((row) => row !== undefined);

/** `search_read` and `search`: rows in the order that is asked for, so many of them. */
export function searchRows(at: At, model: string, asked: Values): readonly Row[] {
  const [name = "id", direction = "asc"] = (textIn(asked, "order") || "id asc").split(" ");
  const found = search(at, model, asked["domain"] ?? []);
  const ordered = found.toSorted((a, b) => {
    const [left, right] = [look(at, model, a, name), look(at, model, b, name)] as [number, number];
    return (left < right ? -1 : left > right ? 1 : 0) * (direction === "desc" ? -1 : 1);
  });
  const offset = numberIn(asked, "offset");
  const limit = numberIn(asked, "limit");
  return ordered.slice(offset, limit === 0 ? undefined : offset + limit);
}

/** `fields_get`, as far as clients here ask. */
export function fieldsGet(at: At, model: string, asked: Values): Json {
  const wanted = isList(asked["allfields"]) ? asked["allfields"] : [];
  const attributes = isList(asked["attributes"]) ? asked["attributes"] : [];
  const fields = [...at.db.fieldsOf(model).values()].filter(
    ({ name }) => wanted.length === 0 || wanted.includes(name),
  );
  return Object.fromEntries(
    fields.map((field) => {
      const all: Values = {
        type: field.type,
        string: field.label ?? field.name,
        ...(field.size === undefined ? {} : { size: field.size }),
        ...(field.options === undefined ? {} : { selection: field.options.map((pair) => [...pair]) }),
        readonly: !field.isStored,
        ...(field.digits === null ? {} : { digits: [16, field.digits] }),
        ...(field.to === "" ? {} : { relation: field.to }),
        name: field.name,
      };
      const kept = Object.entries(all).filter(
        ([name]) => attributes.length === 0 || attributes.includes(name),
      );
      return [field.name, Object.fromEntries(kept)];
    }),
  );
}

/** How the rows that an x2many leads to are written: by whoever knows their model. */
export interface Writers {
  readonly create: (at: At, model: string, values: Values) => Row;
  readonly write: (at: At, model: string, row: Row, values: Values) => void;
  readonly unlink: (at: At, model: string, row: Row) => void;
}

const isMany = ({ type }: Field): boolean => type === "one2many" || type === "many2many";

/** Values apart into those of the row itself and commands for rows of others; unknown names are refused. */
export function apart(
  at: At,
  model: string,
  values: Values,
): { readonly own: Values; readonly many: readonly (readonly [Field, readonly Json[]])[] } {
  const own: Record<string, Json> = {};
  const many: (readonly [Field, readonly Json[]])[] = [];
  for (const [name, value] of Object.entries(values)) {
    const field = at.db.field(model, name);
    if (!isMany(field)) own[name] = value;
    else if (isList(value)) many.push([field, value]);
    else throw valueError(`Wrong value for ${model}.${name}: ${JSON.stringify(value)}`);
  }
  return { own, many };
}

/** Carries out the commands of an x2many: 0 creates, 1 writes, 2 deletes, 4 adds, 6 replaces. */
export function carryOut(
  at: At,
  on: { readonly model: string; readonly row: Row; readonly field: Field; readonly writers: Writers },
  commands: readonly Json[],
): void {
  const { model, row, field, writers } = on;
  const back: Values = field.type === "one2many" ? { [field.inverse]: idOf(row) } : {};
  let ids = [...idsIn(row[field.name])];
  for (const command of commands) {
    const [code, id, values] = isList(command) ? command : [4, command, null];
    const target = at.db.find(field.to, id);
    if (code === 0)
      ids.push(idOf(writers.create(at, field.to, { ...(isMap(values) ? values : {}), ...back })));
    else if (code === 1 && target !== undefined)
      writers.write(at, field.to, target, isMap(values) ? values : {});
    else if (code === 2 && target !== undefined) writers.unlink(at, field.to, target);
    else if (code === 4) ids.push(Number(id));
    else if (code === 6) ids = [...idsIn(values)];
    else throw valueError(`Wrong value for ${model}.${field.name}`);
  }
  if (field.type === "many2many") at.db.update(model, row, { [field.name]: ids }, at.tx);
}

/** A moment later or earlier by so many days, as a date. */
export const dayAfter = (tx: Transaction, days: number): string =>
  new Date(Date.parse(`${tx.stamp.slice(0, 10)}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
