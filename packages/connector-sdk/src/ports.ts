import type {
  EntityName,
  ExternalId,
  FailureRecord,
  Json,
  JsonMap,
  ObservationKind,
} from "@crossfoot/kernel";
import type { HttpAnswer, HttpRequest } from "./http.ts";
import type { ConnectorLimits } from "./limits.ts";
import type { Manifest } from "./manifest.ts";
import type { Operations } from "./operations.ts";

/** One native record as read: the fields that the mapping asked for (roots), never canonical values. */
export interface NativeRecord {
  readonly id: ExternalId;
  readonly kind: ObservationKind;
  /** Native fields by root name. A root that is missing was not delivered (*absent*). */
  readonly native: JsonMap;
  readonly version: string | null;
  /** The version as a number when the system orders its versions; else null. */
  readonly versionOrder: number | null;
  /** The system's own stamp as an ISO instant in UTC, or null. */
  readonly modifiedAt: string | null;
  /**
   * When the system made the record, as an ISO instant in UTC; it never changes. Missing or null where the
   * system does not tell: then a record that was given the id of a deleted one is told from it by its version
   * and match keys alone.
   */
  readonly createdAt?: string | null;
  /** Who committed it, as the system names them, or null. */
  readonly actor: string | null;
  /** Surviving record when kind is `merged` or `converted`. */
  readonly into: ExternalId | null;
}

/** A row that could not be read into a record: parked alone. */
export interface UnreadableRow {
  readonly id: ExternalId | null;
  readonly failure: FailureRecord;
}

/** One page of an incremental or full reading. */
export interface Page {
  readonly records: readonly NativeRecord[];
  readonly unreadable: readonly UnreadableRow[];
  /** Opaque cursor of the next page, or null at the end. */
  readonly next: string | null;
}

/** What to read. */
export interface ReadRequest {
  readonly entity: EntityName;
  /** Native roots the mapping needs. */
  readonly roots: readonly string[];
  /** Stamp to read from, inclusive (ISO instant, the remote's clock); null reads everything. */
  readonly since: string | null;
  readonly cursor: string | null;
  readonly pageSize: number;
}

/** A page of ids for a sweep. `isComplete` is false when the listing may have left rows out. */
export interface IdPage {
  readonly ids: readonly ExternalId[];
  readonly next: string | null;
  readonly isComplete: boolean;
}

/** Kinds of a write. */
export type WriteKind =
  | "create"
  | "update"
  | "archive"
  | "unarchive"
  | "delete"
  | "transition"
  | "merge"
  | "unmerge"
  | "note";

/** One write, in native form, as it goes to a connector. */
export interface NativeWrite {
  readonly key: string;
  readonly entity: EntityName;
  readonly kind: WriteKind;
  /** Null for a create. */
  readonly id: ExternalId | null;
  /** Version the target must still have, or null when unknown. */
  readonly precondition: string | null;
  /**
   * Native fields to set, by root; for a collection root the whole list, rows with their native id where
   * known. Of a note: `{ text }`, and `key` is what the system keeps it under. Of a merge: `{ into }`, the id
   * of the record that survives this one; of an unmerge the same, with what the record shows
   * as one of its own again.
   */
  readonly patch: JsonMap;
  /**
   * Native fields of the newest view (roots the mapping reads), for systems that need old and new side by
   * side.
   */
  readonly current: JsonMap;
  /**
   * Our reference, to be stored in `referenceField` on a create, and given as idempotency key where
   * honoured.
   */
  readonly reference: string;
  /** For a transition: canonical states and the native action. */
  readonly transition: { readonly from: string; readonly to: string; readonly via: string } | null;
}

/**
 * What became of one write. `done` carries the record as stored when the system answered it.
 * A failure of class `in_doubt` means the request may have landed.
 */
export type WriteOutcome =
  | { readonly kind: "done"; readonly id: ExternalId; readonly record: NativeRecord | null }
  | { readonly kind: "failed"; readonly failure: FailureRecord };

/** How to find out whether a write in doubt landed. */
export interface ProbeRequest {
  readonly entity: EntityName;
  readonly roots: readonly string[];
  readonly reference: string;
  /** The write in doubt, for a fingerprint where no reference is stored. */
  readonly write: NativeWrite;
}

/** Records that carry our reference, or match the fingerprint. */
export interface ProbeAnswer {
  readonly records: readonly NativeRecord[];
  /** `reference`: found by our own mark; `fingerprint`: by business values, doubtful. */
  readonly by: "reference" | "fingerprint";
}

/** What a connection is: tenant, objects, fields; the tenant is stored at first contact. */
export interface Description {
  /** Id of the tenant or company as the system names it; a difference stops the connection. */
  readonly tenant: string;
  readonly title: string;
  readonly version: string | null;
  /** Native fields by entity, for `check`: root names, and whether a create needs them. */
  readonly fields: { readonly [entity: string]: readonly NativeField[] };
  /** What the connection rests on and the system lacks, for `check` to name; missing where nobody looked. */
  readonly missing?: readonly Requirement[];
}

/** Something that entities rest on: a field, a right. */
export interface Requirement {
  readonly entities: readonly string[];
  /** In words of the system, such as `res.partner: field x_crossfoot_reference`. */
  readonly what: string;
  /** Whether `prepare` adds it; else a person gives it. */
  readonly canBeAdded: boolean;
}

/** What `prepare` is asked for. */
export interface PrepareRequest {
  /** False only looks. */
  readonly apply: boolean;
  /** Who may add it, for this call alone; null takes the connection's own user. */
  readonly as: { readonly user: string; readonly secret: string } | null;
}

/** One thing that a connection rests on, and how it stands after `prepare`. */
export interface Preparation {
  readonly what: string;
  readonly state: "there" | "missing" | "added";
}

/** One native field. */
export interface NativeField {
  readonly root: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly isReadOnly: boolean;
  readonly lengthMax: number | null;
  /** What the system's own screens call it; missing where it does not say or the connector forms it. */
  readonly label?: string;
  /** All codes that it takes; missing where it is no choice. */
  readonly options?: readonly NativeOption[];
  /** Native type of the records that it refers to. */
  readonly refersTo?: string;
  /** Whether the company has added it to its system; false when missing. */
  readonly isOwn?: boolean;
}

/** One of the codes that a native field takes, and what people see. */
export interface NativeOption {
  readonly code: string;
  readonly label: string;
}

/** What a webhook said: look at these records. */
export interface Hint {
  readonly entity: EntityName;
  readonly id: ExternalId | null;
}

/** A delivery as it came in. Header names in lower case. */
export interface Delivery {
  readonly method: string;
  /** The address that the sender called (scheme, host, path, query), as far as the server knows it. */
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** The bytes as they came: a signature covers them, and not a text that was made of them. */
  readonly body: Uint8Array;
  /** Whether a trusted proxy says that the sender showed the certificate that the connection names. */
  readonly hasCertificate: boolean;
  /** Our clock, ms since 1970. */
  readonly receivedAt: number;
}

/**
 * Why a delivery is refused: nobody knows who sent it; it was proved, but is too old or too early; it was
 * proved, but cannot be read.
 */
export type DeliveryFault = "forged" | "stale" | "malformed";

/** What the sender wants to hear, with status 200. */
export interface DeliveryAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** Answer of `receive`: refused with a reason, or the delivery's id and its hints. */
export type Received =
  | { readonly ok: false; readonly fault: DeliveryFault; readonly reason: string }
  | {
      readonly ok: true;
      /** The same for a delivery that comes again, and for no other of the connection. */
      readonly deliveryId: string;
      readonly hints: readonly Hint[];
      /** Name of the secret that proved it, where several are in use while one is changed. */
      readonly secret?: string;
      /** Missing where the sender looks at the status only. */
      readonly answer?: DeliveryAnswer;
    };

/** Up to which day the books of a company are closed in its system. */
export interface ClosedPeriods {
  /** The company, as the system calls it. */
  readonly company: string;
  /**
   * Last day up to which all is closed (`YYYY-MM-DD`): nothing dated on it or before is posted any more. Null
   * when the books are open from their first day on. A period that is closed behind an open one does not
   * count.
   */
  readonly through: string | null;
}

/**
 * One open connection. Methods reject with a {@link import("./failure.ts").ConnectorError} and nothing else.
 * A connector keeps no state between calls, opens no socket, does not sleep or retry: the runtime's `http`
 * does.
 */
export interface Connection {
  readonly manifest: Manifest;
  describe(): Promise<Description>;
  read(request: ReadRequest): Promise<Page>;
  /** Rows that are gone come back as kind `deleted` where the system proves it, else they are left out. */
  readByIds(request: {
    readonly entity: EntityName;
    readonly roots: readonly string[];
    readonly ids: readonly ExternalId[];
  }): Promise<readonly NativeRecord[]>;
  readIds(request: { readonly entity: EntityName; readonly cursor: string | null }): Promise<IdPage>;
  /** One outcome per write, in the order given. Rejects only when no write can have left us. */
  write(writes: readonly NativeWrite[]): Promise<readonly WriteOutcome[]>;
  /**
   * Why a create would be refused, by the system or by this connector, as far as it can be told without
   * writing: what the record names and the system does not have, above all. Null when nothing speaks against
   * it, which promises nothing. Missing where nothing can be told. Rejects when the system did not answer.
   */
  readonly foreseeRefusal?: (write: NativeWrite) => Promise<FailureRecord | null>;
  probe(request: ProbeRequest): Promise<ProbeAnswer>;
  /** Adds once what the connection rests on, such as a field for our reference. Repeats add nothing. */
  prepare?(request: PrepareRequest): Promise<readonly Preparation[]>;
  /**
   * Where the system tells which books are closed; missing where it does not. Rejects as `unsupported` when
   * the user may not see it.
   */
  readonly closedPeriods?: () => Promise<ClosedPeriods>;
  /** Address of the record in the system's own screens, or null. */
  recordUrl(entity: EntityName, id: ExternalId): string | null;
  /** Verifies and reads a webhook delivery. Pure; never throws. */
  receive(delivery: Delivery): Received;
  /**
   * What a sender wants to hear that asks whether this address is ours, before it sends anything: null when
   * the delivery asks for nothing of the kind. Stored nowhere, and proved by nobody. Pure; never throws.
   */
  readonly greet?: (delivery: Delivery) => DeliveryAnswer | null;
  /** What is answered in the moment: the operations that the manifest declares, and no others. */
  readonly operations?: Operations;
  /**
   * The same connection with its calls made by another `http`; for connectors that take long to open. The
   * runtime opens one for each piece of work.
   */
  under?(http: Session["http"]): Connection;
}

/** An access token; times by our wall clock in ms. */
export interface AccessToken {
  readonly token: string;
  readonly takenAt: number;
  readonly expiresAt: number;
}

/** What is asked of a shared access token. */
export interface TokenRequest {
  /** Asks the system for another token. */
  readonly take: () => Promise<AccessToken>;
  /** A token that the system has refused: another one is wanted. */
  readonly refused: string | null;
  /** A token that ends within this time is not good any more, ms. */
  readonly renewBeforeMs: number;
}

/** What the runtime gives a connector. Quota, time-outs, recording and redaction happen behind `http`. */
export interface Session {
  /**
   * Rejects with a ConnectorError: `transient` when nothing was sent, `in_doubt` when a write may have
   * landed.
   */
  readonly http: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Options of the connection as written in crossfoot.yaml (checked by the connector's `options`). */
  readonly options: JsonMap;
  /** Resolves a secret by its name in the options; never log the answer. */
  readonly secret: (name: string) => string;
  /** Small facts that live as long as the session (access token, CSRF token), kept by the runtime. */
  readonly token: {
    readonly load: (name: string) => string | undefined;
    readonly store: (name: string, value: string) => void;
    /**
     * The access token that all workers of a store share, sealed there: the known one while it is good, else
     * what `take` brings, which one caller at a time is asked for. Rejects as `take` does. Missing where
     * nothing is shared.
     */
    readonly share?: (request: TokenRequest) => Promise<AccessToken>;
  };
  /** Our wall clock in ms, for token expiry and date windows only. */
  readonly now: () => number;
}

/** A connector: opens connections to one kind of system. */
export interface Connector {
  readonly system: string;
  /** Problems of the options, each with the path of the key; empty when they are fine. Pure. */
  readonly checkOptions: (options: JsonMap) => readonly { readonly path: string; readonly problem: string }[];
  readonly open: (session: Session) => Promise<Connection>;
  /** Limits of the system under these options; without it HTTP alone tells when we are too fast. Pure. */
  readonly limits?: (options: JsonMap) => ConnectorLimits;
  /** Default mapping for this system, as the parsed form of `mappings/<connection>.yaml`. */
  readonly defaultMapping: (options: JsonMap) => Json;
}
