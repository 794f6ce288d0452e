/** Unfinished work is an issue, not a note in a file. */
import type { Finding, Rule } from "../rule.ts";
import { writtenText } from "../scopes.ts";
import type { SourceFile } from "../tree.ts";

// Written apart, so that this file does not break its own rule. (XXX is a currency code, so it is not here.)
const marks = ["TO-DO", "FIX-ME", "HA-CK"].map((apart) => apart.replace("-", ""));
const pattern = new RegExp(String.raw`\b(${marks.join("|")})\b`);

function* check(file: SourceFile): Iterable<Finding> {
  for (const [index, line] of file.lines.entries()) {
    const mark = pattern.exec(line)?.[1];
    if (mark !== undefined)
      yield { path: file.path, line: index + 1, message: `${mark}: open an issue instead` };
  }
}

export const notes: Rule = {
  name: "notes",
  law: "No note of unfinished work in a file.",
  scope: writtenText,
  *check(tree) {
    for (const file of tree.files(writtenText)) yield* check(file);
  },
  canaries: [
    {
      title: "notes in code, prose and settings",
      files: {
        "packages/kernel/src/a.ts": `// ${marks[0]} later\nconst a = 1; // ${marks[1]}: wrong\n`,
        "docs/guide/a.md": `\n${marks[1]} write this\n`,
        "test/live/erp.sh": `# ${marks[2]}\n`,
      },
      fires: [
        "docs/guide/a.md:2",
        "packages/kernel/src/a.ts:1",
        "packages/kernel/src/a.ts:2",
        "test/live/erp.sh:1",
      ],
    },
    {
      title: "the same letters inside other words, and recordings",
      files: {
        "packages/kernel/src/a.ts": `const ${marks[0]}S_LIST = 1; const todo = 2; const hacker = 3;\n`,
        "connectors/http/recordings/a.json": `{ "stage": "${marks[0]}" }\n`,
      },
      fires: [],
    },
  ],
};
