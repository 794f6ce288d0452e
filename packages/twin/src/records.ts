import { readFields, type BodyRules } from "./body.ts";
import { changeFields, fieldAt, type Field, type FieldChange, type ObjectSchema } from "./field.ts";
import { equalJson, rowsIn, textIn, valueAt, type Json, type JsonMap } from "./json.ts";
import type { RecordId, RecordRef, TwinRecord } from "./json.ts";
import type { CommitKind, Ledger } from "./ledger.ts";

/** The columns every record of a system has, and how ids are made. */
export interface RecordStyle {
  /** Names of the columns the system keeps by itself, `id` included. */
  readonly columns: readonly string[];
  /** Those columns but `id` after a write; `before` is null on create. */
  readonly stamp: (before: TwinRecord | null, actor: string) => JsonMap;
  readonly nextId: (schema: ObjectSchema) => RecordId;
  readonly versionOf: (record: TwinRecord) => string;
  readonly stampOf: (record: TwinRecord) => number;
}

/** What an object does beyond storing fields. */
export interface RecordHooks {
  /** Checks a write and adds computed fields; throws `TwinError` to refuse. */
  readonly prepare?: (record: TwinRecord, before: TwinRecord | null) => TwinRecord;
  /** Throws when the record may not be deleted. */
  readonly remove?: (record: TwinRecord) => void;
}

/** Who writes, and the version the record must still have. */
export interface WriteOptions {
  readonly actor: string;
  readonly expected?: string | null;
}

/** Who writes, and what the write is called in the log. */
export interface Hand {
  readonly actor: string;
  readonly kind: CommitKind;
}

interface Write {
  readonly draft: TwinRecord;
  readonly before: TwinRecord | null;
}

/** A user-given function that rewrites records after each save, as flows and triggers of real systems do. */
export type Automation = (object: string, record: TwinRecord) => JsonMap | undefined;

/** Parts of `Records` that each system brings. */
export interface RecordParts {
  readonly ledger: Ledger;
  readonly schemas: ReadonlyMap<string, ObjectSchema>;
  readonly style: RecordStyle;
  readonly rules: BodyRules;
  readonly hooks: Readonly<Record<string, RecordHooks>>;
  readonly ignorePreconditions: boolean;
  readonly automation: Automation | null;
}

interface Pointer {
  readonly object: string;
  readonly rows: string | null;
  readonly field: string;
}

/** The fields of a schema that hold ids of the target. */
function pointersIn(schema: ObjectSchema, target: string): Pointer[] {
  const pointers: Pointer[] = [];
  const matches = (field: Field): boolean =>
    field.kind === "reference" && field.target === target && field.by === undefined;
  for (const field of schema.fields) {
    if (matches(field)) pointers.push({ object: schema.name, rows: null, field: field.name });
    for (const inner of field.kind === "rows" ? (field.fields ?? []) : []) {
      if (matches(inner)) pointers.push({ object: schema.name, rows: field.name, field: inner.name });
    }
  }
  return pointers;
}

/** The write path of a system: validation, uniqueness, preconditions, stamps, commit; all synchronous. */
export class Records {
  readonly ledger: Ledger;
  readonly schemas: Map<string, ObjectSchema>;
  readonly parts: RecordParts;
  readonly alterations: { object: string; field: string; change: FieldChange }[] = [];

  constructor(parts: RecordParts) {
    this.parts = parts;
    this.ledger = parts.ledger;
    this.schemas = new Map(parts.schemas);
  }

  schema(object: string): ObjectSchema {
    const schema = this.schemas.get(object);
    if (!schema) throw this.parts.rules.refuse("not-found", "", `no object ${object}`);
    return schema;
  }

  /** The record, late commits included. Throws when there is none. */
  need(object: string, id: RecordId): TwinRecord {
    const record = this.ledger.get(object, id);
    if (!record) throw this.parts.rules.refuse("not-found", "", `no ${object} ${id}`);
    return record;
  }

  /** The declared searchable field at a dotted path, or null. */
  searchable(object: string, path: string): Field | null {
    if (path === "id") return { name: "id", kind: "reference", searchable: true };
    const field = fieldAt(this.schema(object).fields, path);
    if (field === null) return null;
    const head = fieldAt(this.schema(object).fields, path.split(".")[0] ?? "");
    return field.searchable === true || head?.searchable === true ? field : null;
  }

  create(object: string, body: JsonMap, options: WriteOptions): TwinRecord {
    const schema = this.schema(object);
    const values = this.#read(schema, body, null);
    const id = this.parts.style.nextId(schema);
    const draft: TwinRecord = { id, ...values };
    return this.#finish(schema, { draft, before: null }, { actor: options.actor, kind: "create" });
  }

  update({ object, id }: RecordRef, body: JsonMap, options: WriteOptions): TwinRecord {
    const schema = this.schema(object);
    const before = this.need(object, id);
    this.checkVersion(before, options.expected ?? null);
    this.checkLock(object, id);
    const draft = this.draft({ object, id }, body);
    return this.#finish(schema, { draft, before }, { actor: options.actor, kind: "write" });
  }

  /** What an update by that body would store, before the system computes anything; stores nothing. */
  draft({ object, id }: RecordRef, body: JsonMap): TwinRecord {
    const before = this.need(object, id);
    return { ...before, ...this.#read(this.schema(object), body, before) };
  }

  /** Stores fields that the system itself computed, without reading them as a body. */
  amend({ object, id }: RecordRef, fields: JsonMap, by: Hand): TwinRecord {
    const before = this.need(object, id);
    return this.#finish(this.schema(object), { draft: { ...before, ...fields }, before }, by);
  }

  /** Stores a record that the system itself made; its id is the next of the object. */
  add(object: string, fields: JsonMap, actor: string): TwinRecord {
    const schema = this.schema(object);
    const empty: Record<string, Json> = {};
    for (const field of schema.fields) empty[field.name] = field.initial ?? null;
    const id = this.parts.style.nextId(schema);
    return this.#finish(
      schema,
      { draft: { id, ...empty, ...fields }, before: null },
      { actor, kind: "create" },
    );
  }

  remove(object: string, id: RecordId, options: WriteOptions): void {
    const before = this.need(object, id);
    this.checkVersion(before, options.expected ?? null);
    this.checkLock(object, id);
    this.parts.hooks[object]?.remove?.(before);
    const user = this.usersOf(object, before)[0];
    if (user)
      throw this.parts.rules.refuse("in-use", "", `${object} ${id} is used by ${user.object} ${user.id}`);
    this.#commit({ object, id }, null, { actor: options.actor, kind: "delete" });
  }

  /** Removes a record that lost a merge; the ledger remembers the survivor. */
  removeMerged({ object, id }: RecordRef, into: RecordId, actor: string): void {
    this.ledger.commit({ object, id, kind: "merge", after: null, actor, into, stampedAt: null });
  }

  /** Stores a record under its former id again. */
  bringBack(object: string, record: TwinRecord, actor: string): TwinRecord {
    const after: TwinRecord = { ...record, ...this.parts.style.stamp(record, actor) };
    this.#commit({ object, id: record.id }, after, { actor, kind: "unmerge" });
    return after;
  }

  /** Records that refer to this one. */
  usersOf(object: string, record: TwinRecord): { object: string; id: RecordId; pointer: string }[] {
    const found: { object: string; id: RecordId; pointer: string }[] = [];
    for (const schema of this.schemas.values()) {
      for (const pointer of pointersIn(schema, object)) {
        const pointing =
          pointer.rows === null
            ? this.ledger.where(schema.name, pointer.field, [record.id])
            : this.ledger
                .all(schema.name)
                .filter((other) =>
                  rowsIn(other, pointer.rows ?? "").some((row) => row[pointer.field] === record.id),
                );
        for (const other of pointing) {
          if (schema.name === object && other.id === record.id) continue;
          found.push({ object: schema.name, id: other.id, pointer: pointer.rows ?? pointer.field });
        }
      }
    }
    return found;
  }

  /** Lets top-level references to the loser point to the winner, whatever state a document is in. */
  repoint({ object, id: loser }: RecordRef, winner: RecordId, actor: string): void {
    for (const schema of this.schemas.values()) {
      for (const pointer of pointersIn(schema, object)) {
        if (pointer.rows !== null) continue;
        for (const other of this.ledger.where(schema.name, pointer.field, [loser])) {
          const value = schema.name === object && other.id === winner ? null : winner;
          const after = { ...other, [pointer.field]: value, ...this.parts.style.stamp(other, actor) };
          this.#commit({ object: schema.name, id: other.id }, after, { actor, kind: "write" });
        }
      }
    }
  }

  checkVersion(record: TwinRecord, expected: string | null): void {
    if (expected === null || this.parts.ignorePreconditions) return;
    if (this.parts.style.versionOf(record) !== expected) {
      throw this.parts.rules.refuse("stale", "", `${record.id} has another version`);
    }
  }

  checkLock(object: string, id: RecordId): void {
    if (this.ledger.isLocked(object, id)) {
      throw this.parts.rules.refuse("locked", "", `${object} ${id} is held by another transaction`);
    }
  }

  /** Changes the schema of an object while the system runs; stored records follow without a stamp. */
  alter(object: string, field: string, change: FieldChange): void {
    const schema = this.schema(object);
    this.schemas.set(object, { ...schema, fields: changeFields(schema.fields, field, change) });
    this.alterations.push({ object, field, change });
    if (change.kind !== "rename" && change.kind !== "remove" && change.kind !== "add") return;
    for (const record of this.ledger.all(object)) {
      const { [field]: value = null, ...others } = record;
      const kept: TwinRecord = { id: record.id, ...others };
      const after: TwinRecord =
        change.kind === "add"
          ? { ...record, [change.field.name]: change.field.initial ?? null }
          : change.kind === "rename"
            ? { ...kept, [change.to]: value }
            : kept;
      this.ledger.during({ silent: true }, () =>
        this.#commit({ object, id: record.id }, after, { actor: "administrator", kind: "write" }),
      );
    }
  }

  /** Forgets all changes of schema; stored records stay as they are. */
  resetSchemas(): void {
    this.alterations.length = 0;
    this.schemas.clear();
    for (const [name, schema] of this.parts.schemas) this.schemas.set(name, schema);
  }

  #read(schema: ObjectSchema, body: JsonMap, before: TwinRecord | null): JsonMap {
    const { rules, style } = this.parts;
    const values: Record<string, Json> = { ...body };
    for (const column of style.columns) {
      const value = values[column];
      if (value !== undefined && !equalJson(value, before?.[column])) {
        throw rules.refuse("read-only", column, "written by the system only");
      }
      delete values[column];
    }
    const currency = textIn(values, "currency") ?? textIn(before, "currency");
    const onlyCurrency = schema.oneCurrency === true ? currency : null;
    return readFields(values, { fields: schema.fields, before }, { rules, path: "", currency, onlyCurrency });
  }

  #finish(schema: ObjectSchema, write: Write, by: Hand): TwinRecord {
    const { draft, before } = write;
    const prepared = this.parts.hooks[schema.name]?.prepare?.(draft, before) ?? draft;
    this.#checkUnique(schema, prepared, before);
    if (before !== null && equalJson(prepared, before)) return before;
    const isSilent = this.ledger.mode.silent && before !== null;
    const after = isSilent ? prepared : { ...prepared, ...this.parts.style.stamp(before, by.actor) };
    const ref = { object: schema.name, id: after.id };
    this.#commit(ref, after, by);
    const patch = by.actor === "automation" ? undefined : this.parts.automation?.(schema.name, after);
    return patch === undefined ? after : this.amend(ref, patch, { actor: "automation", kind: "write" });
  }

  #checkUnique(schema: ObjectSchema, record: TwinRecord, before: TwinRecord | null): void {
    const keys = schema.fields.filter((field) => field.unique === true).map((field) => [field.name]);
    if (schema.naturalKey) keys.push([...schema.naturalKey]);
    for (const key of keys) {
      const first = key[0] ?? "id";
      const values = key.map((name) => valueAt(record, name) ?? null);
      if (values.includes(null) || (before && key.every((name) => equalJson(before[name], record[name]))))
        continue;
      const twin = this.ledger
        .where(schema.name, first, [values[0] ?? null])
        .find((other) => other.id !== record.id && key.every((name) => equalJson(other[name], record[name])));
      if (twin) {
        const message = `another record has this ${key.join(" and ")}`;
        throw this.parts.rules.refuse("duplicate", first, message).with({ existingId: twin.id });
      }
    }
  }

  #commit({ object, id }: RecordRef, after: TwinRecord | null, by: Hand): void {
    const stampedAt = after === null ? null : this.parts.style.stampOf(after);
    this.ledger.commit({ object, id, after, kind: by.kind, actor: by.actor, stampedAt });
  }
}
