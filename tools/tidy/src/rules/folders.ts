/** A folder is named for what is in it, and only a package root has an index file. */
import { posix } from "node:path";
import type { Finding, Rule } from "../rule.ts";
import type { Scope } from "../glob.ts";
import type { Tree } from "../tree.ts";

const scope: Scope = {
  include: [
    "packages/**",
    "connectors/**",
    "tools/**",
    "test/**",
    "bench/**",
    "examples/**",
    "integrations/**",
  ],
  exclude: ["**/recordings/**"],
};
const banned: ReadonlySet<string> = new Set([
  "shared",
  "common",
  "utils",
  "util",
  "helpers",
  "lib",
  "core",
  "misc",
]);
const doorOfPackage = /^(packages|connectors|tools|integrations)\/[^/]+\/src\/(testing\/)?index\.ts$/;

function* check(tree: Tree): Iterable<Finding> {
  const told = new Set<string>();
  for (const { path } of tree.files(scope)) {
    if (posix.basename(path) === "index.ts" && !doorOfPackage.test(path)) {
      yield { path, line: 1, message: "an index file below a package root; import the file itself" };
    }
    const parts = posix.dirname(path).split("/");
    for (const [depth, part] of parts.entries()) {
      const folder = parts.slice(0, depth + 1).join("/");
      if (!banned.has(part) || told.has(folder)) continue;
      told.add(folder);
      yield { path, line: 1, message: `folder ${folder} says nothing about what is in it` };
    }
  }
}

export const folders: Rule = {
  name: "folders",
  law: "No folder named shared, common, utils, helpers, lib, core or misc; index.ts only as a door.",
  scope,
  check,
  canaries: [
    {
      title: "a drawer for everything, and index files in inner folders",
      files: {
        "packages/kernel/src/utils/text.ts": "",
        "packages/kernel/src/merge/index.ts": "",
        "test/e2e/index.ts": "",
      },
      fires: [
        "packages/kernel/src/merge/index.ts:1",
        "packages/kernel/src/utils/text.ts:1",
        "test/e2e/index.ts:1",
      ],
    },
    {
      title: "the two doors a package may have",
      files: {
        "packages/connector-sdk/src/index.ts": "",
        "packages/connector-sdk/src/testing/index.ts": "",
        "packages/kernel/src/merge.ts": "",
      },
      fires: [],
    },
  ],
};
