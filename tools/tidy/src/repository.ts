/** The repository as git sees it: what is tracked, and what is new and not ignored. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Scope } from "./glob.ts";
import { treeOf, type Tree } from "./tree.ts";

const outputBytesMax = 64 * 1024 * 1024;

function git(root: string, pathspecs: readonly string[]): readonly string[] {
  const flags = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...pathspecs];
  const output = execFileSync("git", flags, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: outputBytesMax,
  });
  // A file that is tracked but deleted in the working copy is still listed.
  const paths = output.split("\0").filter((path) => path !== "" && existsSync(join(root, path)));
  return [...new Set(paths)].toSorted();
}

/** The tree of a repository. Throws when the folder is not in a git checkout. */
export function treeOfRepository(root: string): { readonly lens: () => Tree } {
  return treeOf(git(root, []), (path) => readFileSync(join(root, path), "utf8"));
}

/** How many files git counts in a scope, by git's own reading of the globs and not by ours. */
export function countByGit(root: string, scope: Scope): number {
  const listed = (globs: readonly string[]): readonly string[] =>
    globs.length === 0
      ? []
      : git(
          root,
          globs.map((glob) => `:(glob)${glob}`),
        );
  // Asked apart: git 2.39 leaves files out when one call both includes and excludes by globs.
  const excluded = new Set(listed(scope.exclude ?? []));
  return listed(scope.include).filter((path) => !excluded.has(path)).length;
}
