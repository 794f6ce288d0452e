/**
 * PGlite's files on disk, with syncs that reach the disk. Emscripten's NODEFS (in PGlite 0.5.16) has no
 * `fsync` among its stream operations, and `fd_sync` answers success when there is none: PostgreSQL
 * believes that its log is on disk while it is in the page cache. Here `fsync` is `fs.fsyncSync` of the
 * descriptor below, for files and folders. It is reached only with `wal_sync_method=fsync` (fdatasync is
 * not routed to it) and without the start flag `-F`.
 */
import { NodeFS } from "@electric-sql/pglite/nodefs";

/** An open file of emscripten. `nfd` is Node's descriptor. */
export interface OpenFile {
  readonly nfd: number;
  /** Path inside emscripten's own tree; absent for files opened without one. */
  readonly path?: string;
}

/** The part of emscripten's NODEFS that is extended here. */
export interface DiskOperations {
  readonly stream_ops: {
    fsync?: (file: OpenFile) => number;
    write: WriteOperation;
  };
  /** Turns an error of node:fs into one that PostgreSQL understands. */
  tryFSOperation<T>(run: () => T): T;
}

/**
 * `write(file, buffer, offset, length, position)`: bytes written. Five parameters are emscripten's own
 * shape.
 */
type WriteOperation = (...call: readonly [OpenFile, Uint8Array, number, number, number]) => number;

type Start = Parameters<NodeFS["init"]>;

/** What happens below PostgreSQL. */
export interface FileWatch {
  /** Makes the bytes of a descriptor durable; throws when it cannot. */
  readonly sync: (descriptor: number) => void;
  /** Called when a sync failed or PostgreSQL aborted: nothing after it may be believed. */
  readonly onBroken: (reason: string) => void;
  /** Called for bytes written to the write-ahead log. */
  readonly onLogBytes: (bytes: number) => void;
  /** May wrap further operations before the folder is mounted. */
  readonly extend?: ((disk: DiskOperations) => void) | undefined;
}

/** Adds the real sync to NODEFS and counts what goes to the log. */
function watchDisk(disk: DiskOperations, watch: FileWatch): void {
  const { write } = disk.stream_ops;
  disk.stream_ops.fsync = ({ nfd }) =>
    disk.tryFSOperation(() => {
      try {
        watch.sync(nfd);
        return 0;
      } catch (cause) {
        watch.onBroken("a file could not be synced to disk");
        throw cause;
      }
    });
  disk.stream_ops.write = (...call) => {
    const [file, , , length] = call;
    if (file.path?.includes("/pg_wal/") === true) watch.onLogBytes(length);
    return write(...call);
  };
  watch.extend?.(disk);
}

/** NodeFS with real syncs. */
export class SyncedFiles extends NodeFS {
  readonly #watch: FileWatch;

  constructor(folder: string, watch: FileWatch) {
    super(folder);
    this.#watch = watch;
  }

  override init(pglite: Start[0], options: Start[1]): ReturnType<NodeFS["init"]> {
    const watch = this.#watch;
    const extend = (module: unknown): void => {
      const { NODEFS } = module as { readonly NODEFS: DiskOperations };
      watchDisk(NODEFS, watch);
    };
    const onAbort = (): void => watch.onBroken("PostgreSQL stopped with a panic");
    return super.init(pglite, { ...options, onAbort, preRun: [...(options.preRun ?? []), extend] });
  }
}
