/**
 * A disk that forgets, for tests. The folder that PostgreSQL works in is what a program sees (the page
 * cache). Beside it this keeps what would be there after the power failed: the bytes of a file as of its
 * last sync, and the names in a folder as of the folder's last sync. Everything else is lost: writes, new
 * files, renames and deletions.
 *
 * One thing is kept that POSIX does not promise: the first sync of a new file also keeps its name, as ext4,
 * xfs and btrfs do. PostgreSQL rests on it: a checkpoint syncs the files of new tables but not the folder
 * they are in (without it this layer loses tables of PostgreSQL 18 after a checkpoint).
 */
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import type { DiskOperations, OpenFile } from "../embedded-files.ts";

/** A node of emscripten's tree. */
interface TreeNode {
  readonly name: string;
  readonly mode: number;
}

interface Attributes {
  readonly size?: number;
}

/** An open file with its node. `shared` is one for all duplicates of a descriptor. */
interface Stream extends OpenFile {
  readonly node: TreeNode;
  readonly shared: object;
}

/** More of NODEFS than the production code touches. */
interface WholeDisk extends DiskOperations {
  readonly node_ops: {
    setattr: (node: TreeNode, attributes: Attributes) => void;
    mknod: (...call: readonly [TreeNode, string, number, number]) => TreeNode;
    rename: (node: TreeNode, folder: TreeNode, name: string) => void;
    unlink: (folder: TreeNode, name: string) => void;
    rmdir: (folder: TreeNode, name: string) => void;
  };
  readonly stream_ops: DiskOperations["stream_ops"] & {
    setattr: (stream: Stream, attributes: Attributes) => void;
    open: (stream: Stream) => void;
  };
  realPath(node: TreeNode): string;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** One file. */
interface Tracked {
  /** Where a program sees it now; null once it is deleted. */
  livePath: string | null;
  /** Copy of its durable bytes; null while they are the ones a program sees. */
  keptPath: string | null;
  /** Written since the last sync. */
  dirty: Range[];
}

type Entry = Tracked | "folder";

function copyRange(from: number, to: number, { start, end }: Range): void {
  const buffer = Buffer.alloc(Math.min(end - start, 1 << 20));
  for (let at = start; at < end;) {
    const count = readSync(from, buffer, 0, Math.min(buffer.length, end - at), at);
    if (count === 0) return;
    writeSync(to, buffer, 0, count, at);
    at += count;
  }
}

/** Thrown in the middle of a file operation when an armed crash is due. */
class Crashed extends Error {}

/** Keeps the durable state of one folder while PostgreSQL works in it. */
export class ForgetfulDisk {
  readonly #root: string;
  readonly #keep: string;
  readonly #live: Map<string, Entry> = new Map();
  #durable: Map<string, Entry> = new Map();
  readonly #open: WeakMap<object, Tracked> = new WeakMap();
  #kept = 0;
  #left = Infinity;
  #image: string | null = null;
  /** File operations so far, to choose a moment for a crash. */
  operations = 0;

  /** @param keep an empty folder for copies */
  constructor(root: string, keep: string) {
    this.#root = root;
    this.#keep = keep;
    this.#scan(root);
    this.#durable = new Map(this.#live);
  }

  #scan(folder: string): void {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      this.#live.set(path, entry.isDirectory() ? "folder" : { livePath: path, keptPath: null, dirty: [] });
      if (entry.isDirectory()) this.#scan(path);
    }
  }

  /** The power fails at the n-th file operation from now, in the middle of whatever runs then. */
  crashAfter(operations: number): void {
    this.#left = operations;
  }

  #step(): void {
    this.operations += 1;
    this.#left -= 1;
    if (this.#left > 0) return;
    this.crash();
    throw new Crashed("the power failed");
  }

  #keptCopy(): string {
    this.#kept += 1;
    return join(this.#keep, String(this.#kept));
  }

  /** Saves the durable bytes before a program's view of them changes. */
  #diverge(file: Tracked): void {
    if (file.keptPath !== null || file.livePath === null) return;
    file.keptPath = this.#keptCopy();
    copyFileSync(file.livePath, file.keptPath);
  }

  #fileAt(path: string): Tracked | undefined {
    const entry = this.#live.get(path);
    return entry === "folder" ? undefined : entry;
  }

  #remove(path: string): void {
    const file = this.#fileAt(path);
    if (file !== undefined) {
      this.#diverge(file);
      file.livePath = null;
    }
    this.#live.delete(path);
  }

  #syncFile(file: Tracked): void {
    if (file.keptPath === null || file.livePath === null) return;
    const from = openSync(file.livePath, "r");
    const to = openSync(file.keptPath, "r+");
    for (const range of file.dirty) copyRange(from, to, range);
    ftruncateSync(to, statSync(file.livePath).size);
    closeSync(from);
    closeSync(to);
    file.dirty = [];
    const isNamed = [...this.#durable.values()].includes(file);
    if (!isNamed) this.#durable.set(file.livePath, file);
  }

  #syncFolder(folder: string): void {
    for (const path of this.#durable.keys()) {
      const isGone = dirname(path) === folder && !this.#live.has(path);
      if (isGone) this.#durable.delete(path);
    }
    for (const [path, entry] of this.#live) if (dirname(path) === folder) this.#durable.set(path, entry);
  }

  /** Puts itself below PostgreSQL. Must come after the real sync was put there. */
  extend(disk: DiskOperations): void {
    this.#extendNames(disk as WholeDisk);
    this.#extendFiles(disk as WholeDisk);
  }

  #extendNames(disk: WholeDisk): void {
    const { mknod, rename, unlink, rmdir } = disk.node_ops;
    const pathIn = (folder: TreeNode, name: string): string => join(disk.realPath(folder), name);
    disk.node_ops.mknod = (...call) => {
      this.#step();
      const [folder, name] = call;
      const path = pathIn(folder, name);
      const node = mknod(...call);
      const isFolder = statSync(path).isDirectory();
      const file: Tracked = { livePath: path, keptPath: null, dirty: [] };
      if (!isFolder) this.#diverge(file);
      this.#live.set(path, isFolder ? "folder" : file);
      return node;
    };
    disk.node_ops.rename = (node, folder, name) => {
      this.#step();
      const from = disk.realPath(node);
      const to = pathIn(folder, name);
      const entry = this.#live.get(from);
      if (entry === "folder") throw new Error("PostgreSQL renamed a folder, which this layer cannot follow");
      this.#remove(to);
      rename(node, folder, name);
      this.#live.delete(from);
      if (entry === undefined) return;
      entry.livePath = to;
      this.#live.set(to, entry);
    };
    disk.node_ops.unlink = (folder, name) => {
      this.#step();
      this.#remove(pathIn(folder, name));
      unlink(folder, name);
    };
    disk.node_ops.rmdir = (folder, name) => {
      this.#step();
      rmdir(folder, name);
      this.#live.delete(pathIn(folder, name));
    };
  }

  #truncate(file: Tracked | undefined, attributes: Attributes, run: () => void): void {
    if (file === undefined || attributes.size === undefined) return run();
    this.#step();
    this.#diverge(file);
    run();
  }

  #extendFiles(disk: WholeDisk): void {
    const { setattr } = disk.node_ops;
    const { open, write, fsync, setattr: setOpen } = disk.stream_ops;
    disk.node_ops.setattr = (node, attributes) => {
      const file = this.#fileAt(disk.realPath(node));
      this.#truncate(file, attributes, () => setattr(node, attributes));
    };
    disk.stream_ops.setattr = (stream, attributes) => {
      const file = this.#open.get(stream.shared);
      this.#truncate(file, attributes, () => setOpen(stream, attributes));
    };
    disk.stream_ops.open = (stream) => {
      open(stream);
      const file = this.#fileAt(disk.realPath(stream.node));
      if (file !== undefined) this.#open.set(stream.shared, file);
    };
    disk.stream_ops.write = (...call) => {
      this.#step();
      const [stream, , , length, start] = call;
      const file = this.#open.get((stream as Stream).shared);
      if (file !== undefined) {
        this.#diverge(file);
        file.dirty.push({ start, end: start + length });
      }
      return write(...call);
    };
    if (fsync === undefined) return;
    disk.stream_ops.fsync = (stream) => {
      this.#step();
      const result = fsync(stream);
      const { shared, node } = stream as Stream;
      const file = this.#open.get(shared);
      if (file === undefined) this.#syncFolder(disk.realPath(node));
      else this.#syncFile(file);
      return result;
    };
  }

  /**
   * The power fails now, unless it did before. Answers a folder with what was durable at that moment.
   * Whatever PostgreSQL does afterwards no longer counts.
   */
  crash(): string {
    if (this.#image !== null) return this.#image;
    this.#left = Infinity;
    this.#image = join(this.#keep, "image");
    mkdirSync(this.#image, { mode: 0o700 });
    for (const [path, entry] of this.#durable) {
      const to = join(this.#image, relative(this.#root, path));
      mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
      if (entry === "folder") mkdirSync(to, { recursive: true, mode: 0o700 });
      else copyFileSync(entry.keptPath ?? entry.livePath ?? path, to);
    }
    return this.#image;
  }
}
