import { fsyncSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { PGlite, types, type PGliteOptions } from "@electric-sql/pglite";
import { SyncedFiles, type DiskOperations } from "./embedded-files.ts";
import { LostSession, RefusedStatement } from "./store-error.ts";
import type { RawResult, Session } from "./session.ts";
import type { Encoded } from "./codec.ts";
import { watchLoop } from "./embedded-loop.ts";

/** PostgreSQL inside this thread. It blocks the thread while it works. */
export interface Engine extends Session {
  /** Bytes written to the write-ahead log since the start or the last `forgetLogBytes`. */
  readonly logBytes: () => number;
  readonly forgetLogBytes: () => void;
  /** Shuts PostgreSQL down with a last checkpoint. Of no use after the session was lost. */
  close(): Promise<void>;
}

/** Where an engine keeps its files, and how it makes them durable. */
export interface EngineOptions {
  /** Folder of the cluster; created and filled when empty. Null keeps everything in memory. */
  readonly folder: string | null;
  /** Makes a descriptor durable; `fsyncSync` when left out. Tests count here, or fail. */
  readonly sync?: (descriptor: number) => void;
  /** Wraps file operations further (the crash layer of the tests). */
  readonly extend?: (disk: DiskOperations) => void;
  /** Settings of PostgreSQL, as `name=value`. */
  readonly settings?: readonly string[];
  /**
   * Whether it is soon done with: V8 then keeps the machine code that it made first, and PostgreSQL has few
   * buffers. Better code for its largest function takes 2 to 3 s and 600 MB (Node 24.21, PGlite 0.5.16), for
   * which the end of a program waits; without it a first load is 14 % slower. False when left out.
   */
  readonly isBrief?: boolean;
  /** Parts of PGlite, as compiled modules or a prepared cluster. */
  readonly pglite?: PGliteOptions;
}

/** Every value stays text: values are read by codec.ts, the same for both homes. */
const identity = (text: string): string => text;
const textParsers = Object.fromEntries(Object.keys(types.parsers).map((key) => [key, identity]));

/** The session's formats, which codec.ts relies on; a server is set to the same. */
const formats = ["timezone=UTC", "datestyle=ISO,MDY", "intervalstyle=postgres", "bytea_output=hex"];

function startParameters(settings: readonly string[], isDurable: boolean): string[] {
  const defaults = PGlite.defaultStartParams.filter((parameter) => !isDurable || parameter !== "-F");
  const durable = isDurable ? ["fsync=on", "wal_sync_method=fsync", "full_page_writes=on"] : [];
  return [...defaults, ...[...durable, ...formats, ...settings].flatMap((setting) => ["-c", setting])];
}

/**
 * Leaves machine code of WebAssembly where it is once better code has taken its place: V8 frees it while the
 * database works, and then ends the whole process at times ("Check failed: jit_page_->allocations_.erase",
 * seen once in a run of CI with Node 24.21; github.com/nodejs/node/issues/64500, open). It is some megabytes,
 * once per process.
 */
function keepMachineCode(): void {
  setFlagsFromString("--no-wasm-code-gc");
}

/** PostgreSQL clears its 128 MB of buffers when it starts: 0.4 s (PGlite 0.5.16). */
const briefMemory = "shared_buffers=16MB";

function keepFirstCode(): void {
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** The refusal in an error of PGlite, or undefined when PostgreSQL itself did not survive. */
function refusalOf(error: unknown): RefusedStatement | undefined {
  if (!(error instanceof Error)) return undefined;
  const fields = error as Error & { readonly [field: string]: unknown };
  const { code, severity, constraint, table, column } = fields;
  if (!isText(code) || severity === "FATAL" || severity === "PANIC") return undefined;
  return new RefusedStatement({
    code,
    message: error.message,
    constraint: isText(constraint) ? constraint : null,
    table: isText(table) ? table : null,
    column: isText(column) ? column : null,
  });
}

/** Nothing but blanks and comments: PostgreSQL answers such a statement without a command tag. */
function isBlank(sql: string): boolean {
  return sql.replaceAll(/--[^\n]*|\/\*.*?\*\/|[\s;]/gs, "") === "";
}

class PgliteEngine implements Engine {
  #pglite: PGlite | undefined;
  #logBytes = 0;
  #broken: string | null = null;

  async open(options: EngineOptions): Promise<void> {
    const { folder, sync = fsyncSync, extend, settings = [], pglite, isBrief = false } = options;
    const onBroken = (reason: string): void => {
      this.#broken ??= reason;
    };
    const onLogBytes = (bytes: number): void => {
      this.#logBytes += bytes;
    };
    const files =
      folder === null ? {} : { fs: new SyncedFiles(folder, { sync, onBroken, onLogBytes, extend }) };
    const small = isBrief ? [briefMemory] : [];
    const startParams = startParameters([...small, ...settings], folder !== null);
    keepMachineCode();
    if (isBrief) keepFirstCode();
    const opened = await PGlite.create({ startParams, ...pglite, ...files });
    opened.parsers = textParsers;
    opened.serializers = {};
    watchLoop(opened, onBroken);
    this.#pglite = opened;
  }

  /**
   * Runs something of PGlite. PGlite 0.5 swallows panics and exits, so `#broken` is looked at after every
   * call.
   */
  async #attempt<T>(call: (pglite: PGlite) => Promise<T>): Promise<T> {
    if (this.#pglite === undefined) throw new LostSession("the embedded database is closed", true);
    this.#refuseBroken(true);
    try {
      const answer = await call(this.#pglite);
      this.#refuseBroken(false);
      return answer;
    } catch (error) {
      this.#refuseBroken(false);
      const refusal = refusalOf(error);
      if (refusal !== undefined) throw refusal;
      return this.#lose("the embedded database failed");
    }
  }

  #refuseBroken(isUnsent: boolean): void {
    if (this.#broken !== null) throw new LostSession(this.#broken, isUnsent);
  }

  async run(sql: string, parameters: readonly Encoded[]): Promise<RawResult> {
    if (isBlank(sql))
      return { command: "", columns: [], rows: [], isOpen: this.#pglite?.isInTransaction() ?? false };
    return this.#attempt(async (pglite) => {
      const result = await pglite.query<Encoded[]>(sql, [...parameters], { rowMode: "array" });
      return {
        command: result.command ?? this.#lose("PostgreSQL gave no answer to a statement"),
        columns: result.fields.map(({ name, dataTypeID: oid }) => ({ name, oid })),
        rows: result.rows,
        isOpen: pglite.isInTransaction(),
      };
    });
  }

  #lose(reason: string): never {
    this.#broken ??= reason;
    throw new LostSession(this.#broken, false);
  }

  async script(sql: string): Promise<boolean> {
    return this.#attempt(async (pglite) => {
      await pglite.exec(sql);
      return pglite.isInTransaction();
    });
  }

  readonly logBytes = (): number => this.#logBytes;

  readonly forgetLogBytes = (): void => {
    this.#logBytes = 0;
  };

  async close(): Promise<void> {
    const pglite = this.#pglite;
    this.#pglite = undefined;
    if (this.#broken === null) await pglite?.close();
  }
}

/**
 * Starts PostgreSQL in this thread: 1.5 s the first time in a folder, 0.15 s afterwards (measured, PGlite
 * 0.5.16).
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const engine = new PgliteEngine();
  await engine.open(options);
  return engine;
}
