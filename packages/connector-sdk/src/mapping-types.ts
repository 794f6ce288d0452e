import type { EntityName, ExternalId, FieldKind, Fields, Json, JsonMap, LinkId, Problem } from "@crossfoot/kernel";

/** A compiled mapping of one connection. */
export interface Mapping {
  readonly entities: { readonly [entity: string]: EntityMapping };
}

/** A compiled mapping of one entity. */
export interface EntityMapping {
  readonly entity: EntityName;
  readonly scope: { readonly path: Path; readonly in: readonly Json[] } | null;
  readonly constants: JsonMap;
  readonly fields: { readonly [field: string]: FieldMapping };
  /** Native roots that are read: sorted, without repetition. */
  readonly roots: readonly string[];
  /** Expressions to evaluate before mapping; the result is stored under the root `=<field>`. */
  readonly expressions: { readonly [root: string]: string };
}

/** One step of a path: a key of a map, or the row of a list whose `key` equals `equals`. */
export type Step = { readonly key: string } | { readonly row: string; readonly equals: string };

/** A parsed path. `fromRecord` is true for `^` paths. */
export interface Path {
  readonly text: string;
  readonly root: string;
  readonly steps: readonly Step[];
  readonly fromRecord: boolean;
}

/** A compiled field. `roots` are the native roots it is read from. */
export interface FieldMapping {
  readonly field: string;
  readonly kind: FieldKind;
  readonly source: FieldSource;
  readonly roots: readonly string[];
  readonly isRead: boolean;
  readonly isWritten: boolean;
  readonly onCreateOnly: boolean;
}

/** Where a value comes from and how it is formed. */
export type FieldSource =
  | { readonly from: "path"; readonly path: Path; readonly form: ValueForm }
  | { readonly from: "constant"; readonly value: Json }
  | { readonly from: "money"; readonly amount: FieldMapping; readonly currency: FieldMapping }
  | { readonly from: "quantity"; readonly value: FieldMapping; readonly unit: FieldMapping }
  | { readonly from: "parts"; readonly parts: { readonly [part: string]: FieldMapping } }
  | {
      readonly from: "list";
      readonly path: Path;
      readonly key: string;
      readonly lineRef: string | null;
      readonly fields: { readonly [field: string]: FieldMapping };
    };

/** How a single value is written down in the system. */
export interface ValueForm {
  readonly reference: EntityName | null;
  /** Native code by canonical code, and back; null when there is no value map. */
  readonly values: { readonly toNative: JsonMap; readonly toCanonical: JsonMap; readonly keepsOthers: boolean } | null;
  readonly form: string | null;
  readonly as: "string" | "number" | null;
  readonly digits: number | null;
  readonly round: "halfUp" | "halfEven" | null;
  readonly lengthMax: number | null;
  readonly onLong: "refuse" | "cut";
  readonly emptyIsNull: boolean;
  readonly defaultValue: Json | undefined;
}

/** What reading needs from outside: links of referenced records and line keys; both looked up beforehand, in bulk. */
export interface ReadContext {
  /** Link of a referenced record of this connection, or undefined when it has none yet. */
  readonly linkOf: (entity: EntityName, id: ExternalId) => LinkId | undefined;
  /** Line key of a native row, or undefined when it is unknown (then `<connection>:<native id>` is used). */
  readonly lineKeyOf: (field: string, nativeId: string) => string | undefined;
  readonly connection: string;
}

/** What writing needs: native ids of linked records and of lines on this connection. */
export interface WriteContext {
  readonly idOf: (entity: EntityName, link: LinkId) => ExternalId | undefined;
  readonly lineIdOf: (field: string, lineKey: string) => string | undefined;
}

/** Canonical fields read from a native record. Fields with a problem are in `problems` and missing from `fields`. */
export interface ReadResult {
  readonly fields: Fields;
  readonly problems: { readonly [field: string]: Problem };
}

/** A native patch, or the problems that forbid sending. `awaits` names references without a member on this side. */
export interface PatchResult {
  readonly patch: JsonMap;
  readonly problems: { readonly [field: string]: Problem };
  readonly awaits: readonly { readonly entity: EntityName; readonly link: LinkId }[];
}
