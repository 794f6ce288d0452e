import type {
  EntityName,
  ExternalId,
  FieldKind,
  Fields,
  Json,
  JsonMap,
  LinkId,
  Problem,
} from "@crossfoot/kernel";

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
  /**
   * Native roots to ask the connector for: sorted, without repetition. Those that are read, those that an
   * expression or the scope names, and those that are written in part (what stands beside must be known to
   * be kept).
   */
  readonly roots: readonly string[];
  /** Expressions to evaluate before mapping, see `evaluateExpressions`. */
  readonly expressions: readonly Expression[];
}

/**
 * A JSONata expression. Its result is stored in the record, or in each row of `list`, under the root
 * `=<field>`.
 */
export interface Expression {
  readonly root: string;
  /** The list whose rows it is evaluated over; null for the record itself. */
  readonly list: Path | null;
  readonly text: string;
  /** Roots of the record (keys of the row) that it sees; null for the row as a whole. */
  readonly reads: readonly string[] | null;
  /** Those that must be delivered; while one is absent, so is the result. */
  readonly needs: readonly string[];
}

/**
 * One step of a path: a key of a map, or the first row of a list in whose `row` key the text form of the
 * value is `equals`. `added` is the value that a row added on a write gets there.
 */
export type Step =
  | { readonly key: string }
  | { readonly row: string; readonly equals: string; readonly added: boolean | number | string };

/**
 * A parsed path. `root` is also the first of the steps; the last is a key. `fromRecord` is true for `^`
 * paths.
 */
export interface Path {
  readonly text: string;
  readonly root: string;
  readonly steps: readonly Step[];
  readonly fromRecord: boolean;
}

/** A compiled field, part, or field of a row. */
export interface FieldMapping {
  readonly field: string;
  readonly kind: FieldKind;
  readonly source: FieldSource;
  /**
   * Roots of the record it is read from (`=<field>` for an expression); rows of a list add only their `^`
   * paths.
   */
  readonly roots: readonly string[];
  /** Those of `roots` whose absence makes the field absent (all, but for those with `missing: null`). */
  readonly needs: readonly string[];
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
  readonly values: {
    readonly toNative: JsonMap;
    readonly toCanonical: JsonMap;
    readonly keepsOthers: boolean;
  } | null;
  readonly form: string | null;
  /** IANA zone of dates given as instants and of instants given without one; null means UTC. */
  readonly zone: string | null;
  readonly as: "string" | "number" | null;
  readonly digits: number | null;
  readonly round: "halfUp" | "halfEven" | null;
  readonly lengthMax: number | null;
  readonly onLong: "refuse" | "cut";
  /** Native values that stand for null; the first is what null is written as. Empty: null is null. */
  readonly nulls: readonly Json[];
  /** True when the system leaves the key out where it has no value. */
  readonly missingIsNull: boolean;
  readonly defaultValue: Json | undefined;
}

/**
 * What reading needs from outside: links of referenced records and line keys; both looked up beforehand, in
 * bulk.
 */
export interface ReadContext {
  /** Link of a referenced record of this connection, or undefined when it has none yet. */
  readonly linkOf: (entity: EntityName, id: ExternalId) => LinkId | undefined;
  /**
   * Line key of a native row, or undefined when it is unknown (then `<connection>:<native id>` is used).
   */
  readonly lineKeyOf: (field: string, nativeId: string) => string | undefined;
  readonly connection: string;
  /** Whether three capitals are a currency; without it any three capitals are accepted. */
  readonly isKnownCurrency?: (code: string) => boolean;
}

/** What writing needs: native ids of linked records and of lines on this connection. */
export interface WriteContext {
  readonly idOf: (entity: EntityName, link: LinkId) => ExternalId | undefined;
  /** Native id of the row behind a line key; undefined when this side has none yet. */
  readonly lineIdOf: (field: string, lineKey: string) => string | undefined;
  /**
   * When given, what this side itself said needs no look-up: a reference that awaits the link of one of its
   * own records is written by its id, and a line key `<connection>:<native id>` that `lineIdOf` does not
   * know names that row.
   */
  readonly connection?: string;
}

/**
 * A reference that cannot be written yet: a link without a member on this side, or a foreign record without
 * a link.
 */
export type Awaited =
  | { readonly entity: EntityName; readonly link: LinkId }
  | { readonly entity: EntityName; readonly connection: string; readonly id: ExternalId };

/**
 * Canonical fields read from a native record. Fields with a problem are in `problems` and missing from
 * `fields`.
 */
export interface ReadResult {
  readonly fields: Fields;
  readonly problems: { readonly [field: string]: Problem };
}

/**
 * A native patch by root. Fields with a problem, and fields that await a reference, are not in the patch; a
 * caller that sends nothing while either is there keeps the record whole.
 */
export interface PatchResult {
  readonly patch: JsonMap;
  readonly problems: { readonly [field: string]: Problem };
  readonly awaits: readonly Awaited[];
}
