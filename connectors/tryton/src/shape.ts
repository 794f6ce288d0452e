import type { ConnectorError, NativeRecord } from "@crossfoot/connector-sdk";
import type { Facts } from "./facts.ts";
import type { ExternalId, Json, JsonMap, Row } from "./native.ts";
import type { Options } from "./options.ts";
import type { Rpc } from "./rpc.ts";
import type { PartStamp } from "./version.ts";

/** What forming a record needs beside its row. */
export interface Setting {
  readonly facts: Facts;
  readonly options: Options;
}

/** One native root: the Tryton fields it is made of, and how. */
export interface Root {
  readonly fields: readonly string[];
  readonly form: (row: Row, setting: Setting) => Json;
  /**
   * The Tryton field whose type, length and rights stand for the root in `describe`; null for a computed one.
   */
  readonly field: string | null;
  /** Whether `write` takes it. */
  readonly isWritten: boolean;
}

/** In which role a row stands, and where it went. */
export interface Placement {
  readonly kind: NativeRecord["kind"];
  readonly into: ExternalId | null;
}

/** How an entity is read from one model of Tryton. */
export interface Shape {
  readonly model: string;
  readonly roots: { readonly [root: string]: Root };
  /** Fields that are read whatever is asked: for the version and the role. */
  readonly fields: (setting: Setting) => readonly string[];
  /** Domain of the records in this role. */
  readonly scope: (setting: Setting) => readonly Json[];
  /** Alternatives to the record's own stamps, for changes of its parts; `stamps` is the clause on a part. */
  readonly changes: (stamps: Json, setting: Setting) => readonly Json[];
  /** The record's own role and kind. */
  readonly place: (row: Row, setting: Setting) => Placement;
  /** Stamps of all parts, the root's first. */
  readonly parts: (row: Row, setting: Setting) => readonly PartStamp[];
  /** Marks of computed values that have no stamp, for the version. */
  readonly marks?: (native: JsonMap) => readonly string[];
  /** Ids that changed for a reason outside of the records, such as a product's price in a price list. */
  readonly changedElsewhere?: (rpc: Rpc, stamps: Json) => Promise<boolean>;
  /** Roots that need calls of their own, by record id; an error parks that record alone. */
  readonly complete?: (
    rpc: Rpc,
    rows: readonly Row[],
    asked: ReadonlySet<string>,
  ) => Promise<ReadonlyMap<string, JsonMap | ConnectorError>>;
}

/** A root that is one field, as Tryton shows it. */
export const plain = (field: string, isWritten = false): Root => ({
  fields: [field],
  form: (row) => row[field] ?? null,
  field,
  isWritten,
});

/** A root made of several fields. */
export const made = (fields: readonly string[], form: Root["form"], more: Partial<Root> = {}): Root => ({
  fields,
  form,
  field: null,
  isWritten: false,
  ...more,
});

/** The clause for rows written since an instant: a row never written again has only its stamp of creation. */
export function since(instant: Json): Json {
  return [
    "OR",
    ["write_date", ">=", instant],
    [
      ["write_date", "=", null],
      ["create_date", ">=", instant],
    ],
  ];
}

/** Ids as text, or null. */
export const idOf = (value: Json | undefined): string | null =>
  typeof value === "number" ? String(value) : null;

/** Placement of a record that can only be present or archived. */
export const present: Placement = { kind: "present", into: null };
/** Placement of a record outside of the role. */
export const outside: Placement = { kind: "out_of_scope", into: null };
/** Placement of a deactivated record. */
export const archived: Placement = { kind: "archived", into: null };
