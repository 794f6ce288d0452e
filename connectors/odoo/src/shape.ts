import type { ConnectorError, NativeRecord } from "@crossfoot/connector-sdk";
import type { Domain } from "./domain.ts";
import type { Facts } from "./facts.ts";
import type { ExternalId, Json, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import type { Options } from "./options.ts";
import type { Join } from "./tree.ts";

/** What forming a record needs beside its row. */
export interface Setting {
  readonly facts: Facts;
  readonly options: Options;
}

/** One native root: how it is made of the row and the rows read with it. */
export interface Root {
  readonly form: (row: Row, setting: Setting) => Json;
  /** The Odoo field whose type and rights stand for the root in `describe`; null for a computed one. */
  readonly field: string | null;
  /** Whether `write` takes it. */
  readonly isWritten: boolean;
}

/** In which role a row stands, and where it went. */
export interface Placement {
  readonly kind: NativeRecord["kind"];
  readonly into: ExternalId | null;
}

/** How an entity is read from one model of Odoo. */
export interface Shape {
  readonly model: string;
  readonly roots: { readonly [root: string]: Root };
  /** Fields of the model that the roots are made of. */
  readonly fields: (facts: Facts) => readonly string[];
  /** Rows that are read with a record. */
  readonly joins: (facts: Facts) => readonly Join[];
  /** Domain of the records in this role. */
  readonly scope: (setting: Setting) => Domain;
  /** The part of the scope that holds also for what left the role: the company's own records only. */
  readonly company: (setting: Setting) => Domain;
  /** Alternatives to the record's own stamp, for changes of its parts since an instant of Odoo. */
  readonly changes?: (since: string) => readonly Domain[];
  /** Alternatives that have to be asked for, such as orders whose customer was merged. */
  readonly changesElsewhere?: (odoo: Odoo, since: string) => Promise<readonly Domain[]>;
  /** The record's own role and kind. */
  readonly place: (row: Row, setting: Setting) => Placement;
  /** Rows whose stamps count, the record's own first. */
  readonly parts: (row: Row) => readonly Row[];
  /** Roots that need calls of their own, by record id; an error parks that record alone. */
  readonly complete?: (
    odoo: Odoo,
    rows: readonly Row[],
    asked: ReadonlySet<string>,
  ) => Promise<ReadonlyMap<string, JsonMap | ConnectorError>>;
  /** Where a record that is gone went, if Odoo says so. */
  readonly survivorOf?: (odoo: Odoo, id: number) => Promise<ExternalId | null>;
}

/** What is read of an entity, and how. */
export interface Ask {
  readonly shape: Shape;
  readonly roots: { readonly [root: string]: Root };
  readonly setting: Setting;
}

/** A root made of the row. */
export const made = (form: Root["form"], more: Partial<Root> = {}): Root => ({
  form,
  field: null,
  isWritten: false,
  ...more,
});

/** A root that is one field, as Odoo shows it, with nothing as null. */
export const plain = (field: string, isWritten = false): Root => ({
  form: (row) => nothingAsNull(row[field]),
  field,
  isWritten,
});

/** Odoo says `false` where a text, a date or a reference has no value, and answers a written "" as "". */
function nothingAsNull(value: Json | undefined): Json {
  return value === undefined || value === false || value === "" ? null : value;
}

/** Placement of a record that is there. */
export const present: Placement = { kind: "present", into: null };
/** Placement of a record outside of the role. */
export const outside: Placement = { kind: "out_of_scope", into: null };
/** Placement of a deactivated record. */
export const archived: Placement = { kind: "archived", into: null };
