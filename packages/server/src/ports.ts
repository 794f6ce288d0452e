/**
 * What the server needs from the world, as types only. The simulation gives its own of each.
 */

/** Something that runs SQL: a database, or one transaction of it. */
export interface Queryable {
  /**
   * Runs one statement with `$1`-style parameters. Rows come back as plain maps: `bigint` and `numeric` as
   * text, `jsonb` parsed, `timestamptz` as ISO text in UTC, `bytea` as Uint8Array. Rejects with a {@link
   * StoreError}.
   */
  query<Row = { [column: string]: unknown }>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A database with transactions. Statements outside a transaction never run inside somebody else's. */
export interface Database extends Queryable {
  readonly home: "embedded" | "server";
  /**
   * Runs `work` in one transaction and commits when it resolves; rolls back when it rejects. A
   * serialisation failure or deadlock rejects with a StoreError whose `isRetryable` is true; nothing is
   * retried here.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Runs several statements separated by semicolons, without parameters (migrations only). */
  script(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** What a rewriting of the store came to: tables, and their bytes with indexes before and after. */
export interface Rewritten {
  readonly tables: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Whether the write-ahead log was written over too. */
  readonly isLogWrittenOver: boolean;
}

/** Wall clock and monotonic clock, in ms. Safety rules use the monotonic one or the store's. */
export interface Clock {
  readonly now: () => number;
  readonly monotonic: () => number;
}

/** Waits; ends early with `false` when `signal` aborts, `true` when the time is over. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<boolean>;

/** Hash and randomness. `digest` is SHA-256 in hex of UTF-8 text. */
export interface Entropy {
  readonly digest: (text: string) => string;
  readonly uuid: () => string;
}

/** A key of one subject, as the store keeps it: encrypted under a master key that the store has not. */
export interface WrappedKey {
  /** 16 characters of base64url, random; stands in every token that the key makes. */
  readonly id: string;
  /** What it encrypts the values of. */
  readonly subject: string;
  /** Name of the master key, see {@link SealingCipher.master}. */
  readonly master: string;
  /** Base64url of nonce, tag and ciphertext. */
  readonly wrapped: string;
}

/** Encrypts texts under one key of the store. The same text gives the same token. */
export interface TextCipher {
  readonly seal: (text: string) => string;
  /** The text of a token of this key; null when it is none, or was changed. Never throws. */
  readonly open: (token: string) => string | null;
}

/** Makes and opens the keys of the store. Whoever has only the database has none of it. */
export interface SealingCipher {
  /** Name of the master key that new keys are wrapped under; tells nothing of it. */
  readonly master: string;
  /** Names of all master keys that are known. */
  readonly known: readonly string[];
  readonly make: (subject: string) => WrappedKey;
  /** Null when the master key is not known, or when the row is not what it says. Never throws. */
  readonly unwrap: (key: WrappedKey) => TextCipher | null;
  /** The same key under another known master key; null as `unwrap`. */
  readonly rewrap: (key: WrappedKey, master: string) => WrappedKey | null;
  /** The same cipher, that wraps new keys under another known master key. */
  readonly under: (master: string) => SealingCipher;
}

/** Structured log. Values of customers' fields are never logged. */
export interface Log {
  readonly info: (event: string, facts?: { readonly [name: string]: unknown }) => void;
  readonly warn: (event: string, facts?: { readonly [name: string]: unknown }) => void;
  readonly error: (event: string, facts?: { readonly [name: string]: unknown }) => void;
}

/** What is known of the store outside of it: the newest entries of its journal, and its epoch. */
export interface Testimony {
  readonly epoch: number;
  readonly heads: readonly { readonly shard: number; readonly seq: number; readonly hash: string }[];
}

/** A person who was erased, known by nothing but keyed hashes of their records' names. */
export interface ErasedMark {
  /** Name of the erasure. */
  readonly id: string;
  /** ISO instant. */
  readonly at: string;
  readonly by: string;
  /** Of each record, see {@link ErasedList.nameOf}. */
  readonly records: readonly string[];
}

/**
 * Who was erased, kept where no backup of the store takes it away: a person that a restored backup brings
 * back is erased again.
 */
export interface ErasedList {
  /** Rejects when there is a list that cannot be read. */
  load(): Promise<readonly ErasedMark[]>;
  /** Keeps a mark for ever; a mark of the same name stays as it is. Rejects when it cannot be written. */
  add(mark: ErasedMark): Promise<void>;
  /** Takes back a mark of an erasure that was refused. */
  remove(id: string): Promise<void>;
  /** Keyed hash of a record's name, in hex. Rejects as `load` does. */
  nameOf(record: string): Promise<string>;
}

/**
 * A witness of how far the store had come, kept where no backup of the store brings it back. Without one the
 * restore of a backup cannot be noticed, only told by a person.
 */
export interface Witness {
  /** Null when nothing was ever said, or when it cannot be read. Never rejects. */
  load(): Promise<Testimony | null>;
  /** Keeps it whatever happens to this program. Never rejects: what cannot be written is logged. */
  save(testimony: Testimony): Promise<void>;
}
