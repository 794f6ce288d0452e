/** Packages are entered by their door, tests and testing code by nobody who ships. */
import { targetFile, targetOf, type Import } from "../imports.ts";
import type { Finding, Rule } from "../rule.ts";
import { allCode, isTestCode } from "../scopes.ts";
import type { SourceFile } from "../tree.ts";

function packageOf(path: string): string | null {
  return /^(packages|connectors|tools|integrations)\/[^/]+\//.exec(path)?.[0] ?? null;
}

function fault(file: SourceFile, each: Import): string | null {
  const target = targetOf(file.path, each.specifier);
  if (target.kind === "npm" || target.kind === "builtin") return null;
  if (target.kind === "own" && target.subpath !== "" && target.subpath !== "testing") {
    return `${each.specifier} goes past the door of ${target.folder}`;
  }
  const path = targetFile(target) ?? "";
  const from = packageOf(file.path);
  const to = packageOf(path);
  if (target.kind === "file" && to !== from && to !== null) {
    return `${each.specifier} climbs into ${to}; import the package by its name`;
  }
  if (
    target.kind === "own" &&
    `${target.folder}/` === from &&
    target.subpath === "" &&
    !isTestCode(file.path)
  ) {
    return `${each.specifier} is the file's own package; import the file it needs`;
  }
  if (path.endsWith(".test.ts")) return `${each.specifier} is a test; nothing imports a test`;
  if (!isTestCode(file.path) && isTestCode(path)) return `${each.specifier} is testing code; this file ships`;
  return null;
}

function* check(file: SourceFile): Iterable<Finding> {
  for (const each of file.imports) {
    const message = fault(file, each);
    if (message !== null) yield { path: file.path, line: file.lineOf(each.start), message };
  }
}

export const doors: Rule = {
  name: "doors",
  law: "Another package is imported by its bare name; testing code only from tests; a test from nowhere.",
  scope: { include: allCode.include, exclude: [...(allCode.exclude ?? []), "*.ts"] },
  *check(tree) {
    for (const file of tree.files(this.scope)) yield* check(file);
  },
  canaries: [
    {
      title: "a deep name, a climb, the own name, testing code and a test from production code",
      files: {
        "packages/model/src/a.ts":
          'import { a } from "@crossfoot/kernel/src/value.ts";\n' +
          'import { b } from "../../kernel/src/value.ts";\n' +
          'import { c } from "@crossfoot/model";\nimport { d } from "@crossfoot/connector-sdk/testing";\n' +
          'import { e } from "./b.test.ts";\nimport { f } from "./testing/f.ts";\n',
      },
      fires: [1, 2, 3, 4, 5, 6].map((line) => `packages/model/src/a.ts:${line}`),
    },
    {
      title: "a test imports a test, and a cross-package test climbs",
      files: {
        "packages/model/src/a.test.ts": 'import { b } from "./b.test.ts";\n',
        "test/e2e/a.test.ts": 'import { run } from "../../packages/server/src/main.ts";\n',
      },
      fires: ["packages/model/src/a.test.ts:1", "test/e2e/a.test.ts:1"],
    },
    {
      title: "doors used as doors",
      files: {
        "packages/model/src/a.ts": 'import { a } from "@crossfoot/kernel";\nimport { b } from "./b.ts";\n',
        "packages/model/src/a.test.ts":
          'import { a } from "@crossfoot/model";\nimport { f } from "./testing/f.ts";\n',
        "connectors/http/test/a.test.ts": 'import { play } from "@crossfoot/connector-sdk/testing";\n',
        "test/e2e/a.test.ts": 'import { world } from "./world.ts";\n',
      },
      fires: [],
    },
  ],
};
