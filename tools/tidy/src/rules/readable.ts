/** What the parser cannot read, no other rule has looked at. */
import type { Finding, Rule } from "../rule.ts";
import { allCode } from "../scopes.ts";
import type { Tree } from "../tree.ts";

function* check(tree: Tree): Iterable<Finding> {
  for (const file of tree.files(allCode)) {
    const [first] = file.parseErrors;
    if (first !== undefined) yield { path: file.path, line: 1, message: `cannot be parsed: ${first}` };
  }
}

export const readable: Rule = {
  name: "readable",
  law: "Every TypeScript file can be parsed, so that the other rules see it.",
  scope: allCode,
  check,
  canaries: [
    {
      title: "a file that breaks off",
      files: { "packages/kernel/src/a.ts": "export function f( {\n" },
      fires: ["packages/kernel/src/a.ts:1"],
    },
    {
      title: "a file that is whole",
      files: { "packages/kernel/src/a.ts": "export const a: number = 1;\n" },
      fires: [],
    },
  ],
};
