import type { WebhookRule } from "@crossfoot/connector-sdk";
import type { Condition } from "./path.ts";
import type { OperationsSpec } from "./operation-language.ts";
import type { RequestSpec, ChildSpec } from "./request-language.ts";
import type { Stamp } from "./stamps.ts";
import type { Failure, Json, JsonMap } from "./wire.ts";

/**
 * A description after `compile`: checked, `defaults` laid under each entity, short forms written out. The
 * words are explained in docs/connect/http.md; `shape.ts` holds the same keys for the checker.
 */
export interface Description {
  readonly title: string;
  readonly base: string;
  readonly headers: JsonMap;
  readonly variables: { readonly [name: string]: string };
  readonly auth: Auth;
  readonly tenant: TenantCall | undefined;
  readonly fields: FieldsCall | undefined;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly errors: Errors;
  readonly webhook: WebhookRule | undefined;
  readonly operations: OperationsSpec | undefined;
  readonly entities: { readonly [entity: string]: EntitySpec };
  readonly mapping: Json | undefined;
}

/** How the system knows us. */
export type Auth =
  | { readonly kind: "none" }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | { readonly kind: "header"; readonly headers: JsonMap }
  | OAuth2;

/** OAuth 2 client credentials. */
export interface OAuth2 {
  readonly kind: "oauth2";
  readonly tokenPath: string;
  readonly client: string;
  readonly secret: string;
  readonly sends?: "body" | "basic";
  readonly scope?: string;
  readonly fields?: JsonMap;
}

/** Where the tenant's id, title and version stand, and up to which day its books are closed. */
export interface TenantCall extends RequestSpec {
  readonly at: string;
  readonly title?: string;
  readonly version?: string;
  readonly closedThrough?: string;
}

/** Where the fields of an entity are told. */
interface FieldsCall extends RequestSpec {
  readonly rows: string;
  readonly name: string;
  readonly type?: string;
  readonly required?: string;
  readonly readOnly?: string;
  readonly lengthMax?: string;
}

/** Times of the system, in ms. */
interface Clock {
  readonly horizonMs: number;
  readonly commitLagMs: number;
  readonly readLagMs: number;
  readonly granularityMs: number | undefined;
}

/** Headers that tell a limit. */
export interface LimitHeaders {
  readonly limit?: string;
  readonly remaining?: string;
  readonly reset?: { readonly header: string; readonly form: "epoch" | "epochMs" | "seconds" | "iso" };
}

/** Declared limits, and the headers that tell them. */
export interface Limits {
  readonly requests?: number;
  readonly windowMs?: number;
  readonly concurrency?: number;
  readonly headers?: LimitHeaders;
  readonly windows?: readonly {
    readonly name: string;
    readonly requests: number;
    readonly windowMs?: number;
    readonly zone?: string;
    readonly headers?: LimitHeaders;
  }[];
}

/** Where an error answer keeps what, and how it is classified. */
export interface Errors {
  readonly code?: string | { readonly header: string };
  readonly field?: string;
  readonly requestId?: { readonly header: string };
  readonly jsonTail?: boolean;
  readonly bodies?: readonly Condition[];
  readonly table?: readonly ErrorRow[];
}

/** One row of the error table. */
export interface ErrorRow {
  readonly status?: number | string | readonly (number | string)[];
  readonly code?: string | number | readonly (string | number)[];
  readonly when?: readonly Condition[];
  readonly on?: readonly string[];
  readonly failure: Failure;
  readonly as?: string;
}

/** One entity. */
export interface EntitySpec {
  readonly object: string;
  readonly record: RecordSpec;
  readonly list?: ListSpec;
  readonly changes?: ListSpec;
  readonly ids?: IdsSpec;
  readonly get?: GetSpec;
  readonly getMany?: GetManySpec;
  readonly with?: { readonly [root: string]: ChildSpec };
  readonly reference?: { readonly field?: string; readonly unique?: boolean };
  readonly precondition?: {
    readonly header?: string;
    readonly value?: string;
    readonly body?: string;
    readonly query?: string;
  };
  readonly create?: WriteSpec;
  readonly update?: WriteSpec;
  readonly archive?: WriteSpec;
  readonly unarchive?: WriteSpec;
  readonly delete?: WriteSpec;
  readonly merge?: WriteSpec;
  readonly unmerge?: WriteSpec;
  readonly note?: WriteSpec;
  readonly transitions?: readonly TransitionSpec[];
  readonly initialStatus?: string;
  readonly batch?: BatchSpec;
  readonly probe?: ProbeSpec;
  readonly fingerprint?: ProbeSpec;
  readonly recordUrl?: string;
}

/** Where the id stands: at one place, or joined of several (a projection without an id of its own). */
export interface IdSpec {
  readonly path?: string;
  readonly as?: "number";
  readonly join?: readonly string[];
  readonly with?: string;
}

/** Where the parts of a record stand in a row. */
export interface RecordSpec {
  readonly id: IdSpec;
  readonly version?: {
    readonly path?: string;
    readonly header?: string;
    readonly as?: "number";
    readonly ordered?: boolean;
  };
  readonly modifiedAt?: { readonly path: string } & Stamp;
  readonly actor?: string;
  readonly archived?: Condition;
  readonly deleted?: Condition;
  readonly merged?: Moved;
  readonly converted?: Moved;
  /** Roots that are null when the row leaves them out; true for every root asked for. */
  readonly absentIsNull?: boolean | readonly string[];
  readonly absentIsNullIn?: { readonly [root: string]: readonly string[] };
}

/** Where a record went. */
interface Moved {
  readonly into: string;
  readonly when?: Condition;
}

/** How pages follow each other. */
export interface Paging {
  readonly kind: "cursor" | "link" | "offset" | "page" | "keyset" | "none";
  readonly next?: string;
  readonly header?: string;
  readonly first?: number;
  readonly total?: string;
  readonly more?: Condition;
  readonly endsOn?: "short" | "empty";
  readonly walk?: "stamp";
}

/** A list of records. */
export interface ListSpec extends RequestSpec {
  readonly rows: string;
  readonly paging?: Paging;
  readonly pageSizeMax?: number;
  readonly pagesMax?: number;
  readonly empty?: readonly number[];
  readonly since?: Stamp & { readonly start?: string; readonly exclusive?: boolean };
}

/** A list of ids. */
export interface IdsSpec extends ListSpec {
  readonly id: string;
  readonly complete?: boolean;
}

/** An answer that says where a record went. */
export interface Gone {
  readonly status?: number;
  readonly when?: Condition;
  readonly kind: "deleted" | "merged" | "converted" | "not_permitted";
  readonly into?: string;
}

/** One record by id. */
export interface GetSpec extends RequestSpec {
  readonly at?: string;
  readonly gone?: readonly Gone[];
}

/** Records by ids. */
export interface GetManySpec extends RequestSpec {
  readonly rows: string;
  readonly idsMax: number;
  readonly missing?: { readonly rows: string; readonly id: string; readonly kinds: readonly Gone[] };
  readonly absent?: "get" | "leave";
  readonly empty?: readonly number[];
}

/** A write. */
export interface WriteSpec extends RequestSpec {
  readonly answers?: "record" | "id" | "nothing";
  readonly at?: string;
  readonly precondition?: false;
  /** Of a note: the system keeps one under its key, however often it is sent. */
  readonly once?: boolean;
  readonly omit?: readonly string[];
  /** Path of a map: the key without whose value the whole map is sent as null. */
  readonly nullWhole?: { readonly [path: string]: string };
}

/** A change of state. */
export interface TransitionSpec extends WriteSpec {
  readonly from: string;
  readonly to: string;
  readonly via: string;
  readonly expect?: Condition;
}

/** Many writes in one call. */
export interface BatchSpec extends RequestSpec {
  readonly max: number;
  readonly create?: Json;
  readonly update?: Json;
  readonly results: string;
  readonly ok?: Condition;
  readonly status?: string;
  readonly record?: string;
  readonly id?: string;
  readonly code?: string;
  readonly field?: string;
  readonly match?: { readonly path: string; readonly to: "id" | "key" | "reference" | "index" };
}

/** A search for what may have landed. */
export interface ProbeSpec extends RequestSpec {
  readonly rows: string;
  readonly empty?: readonly number[];
}
