/** The environment is read in one place, where each option is declared. */
import type { Finding, Rule } from "../rule.ts";
import { productionCode } from "../scopes.ts";
import type { Scope } from "../glob.ts";
import { child, walk, word } from "../syntax.ts";
import type { SourceFile } from "../tree.ts";

const scope: Scope = {
  include: productionCode.include,
  exclude: [...(productionCode.exclude ?? []), "packages/server/src/config/**"],
};

function check(file: SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  const tell = (start: number): void => {
    const message = "reads the environment; declare an option in packages/server/src/config";
    findings.push({ path: file.path, line: file.lineOf(start), message });
  };
  walk(file.root, (node) => {
    const isGlobal = word(child(node, "object"), "name") === "process";
    if (node.type === "MemberExpression" && isGlobal) {
      const property = child(node, "property");
      if ((word(property, "name") ?? word(property, "value")) === "env") tell(node.start);
    }
    const isTaken = node.type === "ImportSpecifier" && word(child(node, "imported"), "name") === "env";
    if (isTaken) tell(node.start);
    if (node.type === "VariableDeclarator" && word(child(node, "init"), "name") === "process")
      tell(node.start);
  });
  return findings;
}

export const environment: Rule = {
  name: "environment",
  law: "process.env is read in packages/server/src/config only.",
  scope,
  *check(tree) {
    for (const file of tree.files(scope)) yield* check(file);
  },
  canaries: [
    {
      title: "every way to the environment",
      files: {
        "packages/server/src/http/a.ts": [
          "const port = process.env.PORT;",
          'const host = process["env"]["HOST"];',
          'import { env } from "node:process";',
          "const { env: all } = process;",
        ].join("\n"),
      },
      fires: [1, 2, 3, 4].map((line) => `packages/server/src/http/a.ts:${line}`),
    },
    {
      title: "config reads it, tests may, other members are free",
      files: {
        "packages/server/src/config/read.ts": "const port = process.env.PORT;\n",
        "packages/server/src/http/a.test.ts": "const port = process.env.PORT;\n",
        "packages/server/src/http/a.ts": "const pid = process.pid;\n",
      },
      fires: [],
    },
  ],
};
