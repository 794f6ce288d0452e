/** The files under judgement: the repository's own, or the few of a canary held in memory. */
import { importsOf, type Import } from "./imports.ts";
import { parse, type Comment, type Node, type Syntax } from "./syntax.ts";
import { inScope, type Scope } from "./glob.ts";

/** One file. Parsing and reading happen when asked for, once. */
export type SourceFile = {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly root: Node;
  readonly comments: readonly Comment[];
  readonly parseErrors: readonly string[];
  readonly imports: readonly Import[];
  /** The 1-based line of an offset. */
  readonly lineOf: (offset: number) => number;
};

/** All files, by path relative to the repository. */
export type Tree = {
  readonly paths: readonly string[];
  /** The file at this path, or undefined when it is not there. */
  readonly file: (path: string) => SourceFile | undefined;
  /** Whether a file or a folder with files is there. */
  readonly exists: (path: string) => boolean;
  /** The files of a scope, each counted as looked at when it is handed out. */
  readonly files: (scope: Scope) => Iterable<SourceFile>;
  /** How many different files `files` has handed out so far. */
  readonly seen: () => number;
};

/** Reads the text of a file of the tree; throws when it is not there. */
export type ReadText = (path: string) => string;

function splitLines(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

function sourceFile(path: string, readText: ReadText): SourceFile {
  let read: string | undefined;
  let syntax: Syntax | undefined;
  let starts: readonly number[] | undefined;
  let lines: readonly string[] | undefined;
  let imports: readonly Import[] | undefined;
  const text = (): string => (read ??= readText(path));
  const parsed = (): Syntax => (syntax ??= parse(path, text()));
  return {
    path,
    get text() {
      return text();
    },
    get lines() {
      return (lines ??= splitLines(text()));
    },
    get root() {
      return parsed().root;
    },
    get comments() {
      return parsed().comments;
    },
    get parseErrors() {
      return parsed().errors;
    },
    get imports() {
      return (imports ??= importsOf(parsed().root));
    },
    lineOf: (offset) => lineAt((starts ??= lineStarts(text())), offset),
  };
}

function foldersOf(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
      folders.add(path.slice(0, at));
  }
  return folders;
}

/** Makes a tree over paths and a reader. Each call of `lens` on it starts a new count of files seen. */
export function treeOf(paths: readonly string[], readText: ReadText): { readonly lens: () => Tree } {
  const known = new Set(paths);
  const folders = foldersOf(paths);
  const cache = new Map<string, SourceFile>();
  const file = (path: string): SourceFile | undefined => {
    if (!known.has(path)) return undefined;
    const cached = cache.get(path) ?? sourceFile(path, readText);
    cache.set(path, cached);
    return cached;
  };
  const lens = (): Tree => {
    const handedOut = new Set<string>();
    function* files(scope: Scope): Iterable<SourceFile> {
      for (const path of paths) {
        if (!inScope(path, scope)) continue;
        const found = file(path);
        if (found === undefined) continue;
        handedOut.add(path);
        yield found;
      }
    }
    return {
      paths,
      file,
      exists: (path) => known.has(path) || folders.has(path),
      files,
      seen: () => handedOut.size,
    };
  };
  return { lens };
}

/** A tree of a canary: file texts by path. */
export function treeInMemory(texts: Readonly<Record<string, string>>): { readonly lens: () => Tree } {
  return treeOf(Object.keys(texts).toSorted(), (path) => texts[path] ?? "");
}
