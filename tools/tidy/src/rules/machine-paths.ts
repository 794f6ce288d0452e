/** A path of one machine is wrong on every other. */
import type { Finding, Rule } from "../rule.ts";
import { writtenText } from "../scopes.ts";
import type { SourceFile } from "../tree.ts";

// Without their slash, so that this file does not break its own rule.
const roots = ["work", "root", "home", "Users", "workspaces"];
const pattern = new RegExp(
  String.raw`(?<![\w.~$}*)\]/-])/(?:${roots.join("|")})(?=/|["'` +
    "`" +
    String.raw`\s)]|$)(?!/\*)|\b[A-Z]:\\\\?${roots[3]}`,
);

function* check(file: SourceFile): Iterable<Finding> {
  for (const [index, line] of file.lines.entries()) {
    const found = pattern.exec(line)?.[0];
    if (found === undefined) continue;
    yield { path: file.path, line: index + 1, message: `${found} is a path of one machine` };
  }
}

export const machinePaths: Rule = {
  name: "machine-paths",
  law: "No file names a folder of somebody's machine.",
  scope: writtenText,
  *check(tree) {
    for (const file of tree.files(writtenText)) yield* check(file);
  },
  canaries: [
    {
      title: "a home folder, a checkout, another system's home",
      files: {
        "packages/kernel/src/a.ts": `const a = "/${roots[2]}/an/x";\nconst b = "C:\\\\${roots[3]}\\\\an";\n`,
        "docs/guide/a.md": `It is in /${roots[0]}/x or \`/${roots[1]}\`.\n`,
        "test/live/erp.sh": `cd /${roots[1]}/erp\n`,
      },
      fires: [
        "docs/guide/a.md:1",
        "packages/kernel/src/a.ts:1",
        "packages/kernel/src/a.ts:2",
        "test/live/erp.sh:1",
      ],
    },
    {
      title: "routes, relative paths and folders every Debian has",
      files: {
        "packages/kernel/src/a.ts": `const a = "https://erp.example/${roots[0]}/1"; const b = "./${roots[2]}/x";\n`,
        "test/live/erp.sh": "ls /usr/share/tryton /etc/postgresql /tmp/crossfoot\n",
      },
      fires: [],
    },
  ],
};
