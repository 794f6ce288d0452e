/** Where the gates run: the repository, its tools, and what git says is in it. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The place a step works in. */
export type Workplace = {
  /** The root of the repository that is judged. */
  readonly root: string;
  /** The root of the repository that holds the gates, tidy and the installed tools; mostly the same. */
  readonly home: string;
};

/** The path of an installed tool. */
export function tool(place: Workplace, name: string): string {
  return join(place.home, "node_modules/.bin", name);
}

/** The files git knows or would add, by globs in git's reading; deleted ones left out. */
export function filesIn(
  place: Workplace,
  include: readonly string[],
  exclude: readonly string[] = [],
): readonly string[] {
  const pathspecs = [
    ...include.map((glob) => `:(glob)${glob}`),
    ...exclude.map((glob) => `:(exclude,glob)${glob}`),
  ];
  const flags = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...pathspecs];
  const listed = execFileSync("git", flags, {
    cwd: place.root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = listed.split("\0").filter((path) => path !== "" && existsSync(join(place.root, path)));
  return [...new Set(paths)].toSorted();
}
