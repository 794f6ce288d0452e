/** Files and folders are kebab-case, without the words that say nothing. */
import { posix } from "node:path";
import { bannedWordIn } from "../banned-words.ts";
import type { Finding, Rule } from "../rule.ts";
import type { Scope } from "../glob.ts";
import type { Tree } from "../tree.ts";

const scope: Scope = {
  include: ["packages/**", "connectors/**", "tools/**", "test/**", "bench/**", "docs/**", "examples/**"],
  exclude: ["**/recordings/**", "**/__snapshots__/**"],
};
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const shouted = /^[A-Z]+(_[A-Z]+)*\.md$/;
const snake = /^[a-z0-9_]+\.py$/;

function isWellNamed(part: string): boolean {
  if (part.startsWith(".") || shouted.test(part) || snake.test(part) || part === "Dockerfile") return true;
  return part.split(".").every((piece) => kebab.test(piece));
}

function* check(tree: Tree): Iterable<Finding> {
  for (const { path } of tree.files(scope)) {
    const wrong = path.split("/").find((part) => !isWellNamed(part));
    if (wrong !== undefined) yield { path, line: 1, message: `${wrong} is not kebab-case` };
    const stem = posix.basename(path).split(".")[0] ?? "";
    const word = path.endsWith(".ts") ? bannedWordIn(stem.split("-")) : null;
    if (word !== null) yield { path, line: 1, message: `"${word}" in a file name says nothing` };
  }
}

export const fileNames: Rule = {
  name: "file-names",
  law: "File and folder names are kebab-case (Python: snake_case; standing documents: capitals).",
  scope,
  check,
  canaries: [
    {
      title: "camel case, an underscore, a word that says nothing",
      files: {
        "packages/kernel/src/mergeFields.ts": "",
        "packages/kernel/src/merge_fields.ts": "",
        "packages/kernel/src/link-manager.ts": "",
        "docs/MyNotes.md": "",
      },
      fires: [
        "docs/MyNotes.md:1",
        "packages/kernel/src/link-manager.ts:1",
        "packages/kernel/src/mergeFields.ts:1",
        "packages/kernel/src/merge_fields.ts:1",
      ],
    },
    {
      title: "names as they should be",
      files: {
        "packages/kernel/src/merge-fields.prop.test.ts": "",
        "connectors/http/SOURCES.md": "",
        "docs/decisions/0001-store.md": "",
        "test/live/tryton/start_erp.py": "",
        "test/replay/0.1.0/accounts.json": "",
      },
      fires: [],
    },
  ],
};
