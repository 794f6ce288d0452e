import { freshModels } from "./fields.ts";
import type { Field } from "./fields.ts";
import { invalidField, missingError, Refusal, validationError } from "./refusal.ts";
import { rounded } from "./values.ts";
import type { Json, Row, Values } from "./values.ts";

/** One call: who makes it, and when it began; every stamp that it leaves is that of its beginning. */
export interface Transaction {
  readonly user: number;
  readonly company: number;
  /** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. */
  readonly stamp: string;
  readonly context: Values;
}

/** A database as one call sees it. */
export interface At {
  readonly db: Database;
  readonly tx: Transaction;
}

/** How a field is reckoned out from its row. */
export type Compute = (at: At, row: Row, model: string) => Json;

type Undo = () => void;

/** Tables of one database; lives as long as its server. */
export class Database {
  readonly models = freshModels();
  /** Computed fields by `model.field`. */
  readonly computed: { readonly [field: string]: Compute };
  readonly #tables = new Map<string, Map<number, Row>>();
  readonly #lastIds = new Map<string, number>();
  readonly #sequences = new Map<string, number>();
  #undo: Undo[] = [];
  #micros = 0;

  constructor(computed: { readonly [field: string]: Compute }) {
    this.computed = computed;
  }

  /** Runs one call as a transaction: what it wrote is gone when it is refused; its ids stay used. */
  transact<T>(
    call: { readonly user: number; readonly company: number; readonly context: Values; readonly at: number },
    work: (tx: Transaction) => T,
  ): T {
    this.#undo = [];
    this.#micros = (this.#micros + 137) % 1000;
    const [ms, micros] = [new Date(call.at).toISOString(), String(this.#micros).padStart(3, "0")];
    const stamp = `${ms.slice(0, 23).replace("T", " ")}${micros}`;
    try {
      return work({ user: call.user, company: call.company, context: call.context, stamp });
    } catch (error) {
      for (const undo of this.#undo.toReversed()) undo();
      throw error;
    }
  }

  fieldsOf(model: string): Map<string, Field> {
    const fields = this.models.get(model);
    if (fields === undefined) throw new Refusal("odoo.exceptions.UserError", `Object ${model} doesn't exist`);
    return fields;
  }

  field(model: string, name: string): Field {
    const field = this.fieldsOf(model).get(name);
    if (field === undefined) throw invalidField(model, name);
    return field;
  }

  table(model: string): Map<number, Row> {
    this.fieldsOf(model);
    const table = this.#tables.get(model) ?? new Map<number, Row>();
    this.#tables.set(model, table);
    return table;
  }

  /** All rows, in the order of their ids. */
  rows(model: string): readonly Row[] {
    return [...this.table(model).values()].toSorted((a, b) => Number(a["id"]) - Number(b["id"]));
  }

  find(model: string, id: Json | undefined): Row | undefined {
    return typeof id === "number" ? this.table(model).get(id) : undefined;
  }

  /** A row that has to be there. */
  get(model: string, id: number, tx: Transaction): Row {
    const row = this.table(model).get(id);
    if (row === undefined) throw missingError({ model, id, user: tx.user });
    return row;
  }

  /** The next number of a sequence; a call that is refused does not give it back. */
  next(sequence: string): number {
    const next = (this.#sequences.get(sequence) ?? 0) + 1;
    this.#sequences.set(sequence, next);
    return next;
  }

  /** Lets a sequence go on after a number, or the ids of a model. */
  goOnAfter(what: string, last: number): void {
    (this.models.has(what) ? this.#lastIds : this.#sequences).set(what, last);
  }

  insert(model: string, values: Values, tx: Transaction): Row {
    const table = this.table(model);
    const id = typeof values["id"] === "number" ? values["id"] : (this.#lastIds.get(model) ?? 0) + 1;
    this.#lastIds.set(model, Math.max(id, this.#lastIds.get(model) ?? 0));
    const row: Row = { id, create_date: tx.stamp, create_uid: tx.user };
    table.set(id, row);
    this.#undo.push(() => void table.delete(id));
    this.update(model, row, { ...values, id }, tx);
    return row;
  }

  /** Writes plain values into a row, and its stamp. */
  update(model: string, row: Row, values: Values, tx: Transaction): void {
    const before = { ...row };
    this.#undo.push(() => {
      for (const name of Object.keys(row)) delete row[name];
      Object.assign(row, before);
    });
    for (const [name, value] of Object.entries(values)) row[name] = this.#kept(model, name, value);
    row["write_date"] = tx.stamp;
    row["write_uid"] = tx.user;
  }

  /** Moves the stamp alone. */
  touch(model: string, row: Row | undefined, tx: Transaction): void {
    if (row !== undefined) this.update(model, row, {}, tx);
  }

  remove(model: string, row: Row): void {
    const table = this.table(model);
    const id = Number(row["id"]);
    table.delete(id);
    this.#undo.push(() => void table.set(id, row));
  }

  /** A value as its column keeps it: numbers rounded, references to what is there, nothing as `false`. */
  #kept(model: string, name: string, value: Json): Json {
    const field = this.field(model, name);
    if (field.type === "many2one") {
      if (value === false || value === null) return false;
      if (typeof value === "number" && this.table(field.to).has(value)) return value;
      const title = model === "res.partner" ? "Contact" : model;
      throw validationError(
        "The operation cannot be completed: another model requires the record being deleted. If possible, " +
          `archive it instead.\n\nModel: ${title} (${model})\n` +
          `Constraint: ${model.replaceAll(".", "_")}_${name}_fkey\n`,
      );
    }
    if (["float", "monetary", "integer"].includes(field.type)) {
      const number = value === false || value === null ? 0 : Number(value);
      if (Number.isNaN(number))
        throw new Refusal(
          "builtins.ValueError",
          `could not convert string to float: '${JSON.stringify(value)}'`,
        );
      return field.digits === null ? number : rounded(number, field.digits);
    }
    if (field.type === "boolean") return value === true;
    if (field.size !== undefined && typeof value === "string") return value.slice(0, field.size);
    if (
      field.options !== undefined &&
      typeof value === "string" &&
      !field.options.some(([code]) => code === value)
    )
      throw new Refusal("builtins.ValueError", `Wrong value for ${model}.${name}: '${value}'`);
    if (field.type === "datetime" && typeof value === "string") return instantOf(value);
    return value ?? false;
  }
}

/** An instant as it is written: with its seconds, and nothing else. */
function instantOf(value: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return `${value} 00:00:00`;
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/.test(value)) return value;
  throw new Refusal("builtins.ValueError", `unconverted data remains: ${value.slice(19)}`);
}
