/** Files, lines, functions and parameter lists stay within sight. */
import { wideFunctions, type WideFunctions } from "../exceptions.ts";
import type { Canary, Finding, Rule } from "../rule.ts";
import { allCode, isTestCode } from "../scopes.ts";
import type { Scope } from "../glob.ts";
import { children, functionName, isFunction, walk, word, type Node } from "../syntax.ts";
import type { SourceFile, Tree } from "../tree.ts";

const scope: Scope = {
  include: ["**/*.ts", "**/*.sh", "**/*.py", "**/*.sql", ".ci/run"],
  ...(allCode.exclude === undefined ? {} : { exclude: allCode.exclude }),
};
const fileLinesMax = 500;
const lineColumnsMax = 110;
const functionLinesMax = 70;
const paramsMax = 3;
/** A word as long as this cannot be broken, so the line around it cannot either (a link, a hash, a key). */
const unbreakableLength = 60;

function* longLines(file: SourceFile): Iterable<Finding> {
  for (const [index, line] of file.lines.entries()) {
    const columns = Array.from(line).length;
    if (columns <= lineColumnsMax || /https?:\/\//.test(line)) continue;
    if (line.split(/\s+/).some((each) => each.length >= unbreakableLength)) continue;
    yield { path: file.path, line: index + 1, message: `${columns} columns; at most ${lineColumnsMax}` };
  }
}

function paramCount(node: Node): number {
  return children(node, "params").filter((param) => word(param, "name") !== "this").length;
}

/**
 * Functions too long, and functions too wide when there are more or fewer of them than the file is allowed.
 */
function functionFaults(file: SourceFile, allowed: number): readonly Finding[] {
  const long: Finding[] = [];
  const wide: Finding[] = [];
  walk(file.root, (node, parents) => {
    if (!isFunction(node)) return;
    const line = file.lineOf(node.start);
    const name = functionName(node, parents) ?? "a nameless function";
    const lines = file.lineOf(node.end) - line + 1;
    if (lines > functionLinesMax) {
      long.push({
        path: file.path,
        line,
        message: `${name} has ${lines} lines; at most ${functionLinesMax}`,
      });
    }
    const params = paramCount(node);
    if (params > paramsMax) {
      wide.push({
        path: file.path,
        line,
        message: `${name} takes ${params} parameters; at most ${paramsMax}`,
      });
    }
  });
  if (wide.length >= allowed) return wide.length > allowed ? [...long, ...wide] : long;
  const message = `${wide.length} functions are wide, the exception allows ${allowed}; lower it`;
  return [...long, { path: file.path, line: 1, message }];
}

/** A canary holds no package.json; there an exception's file is not gone, it was never there. */
function isRepository(tree: Tree): boolean {
  return tree.exists("package.json");
}

function* check(tree: Tree, exceptions: readonly WideFunctions[]): Iterable<Finding> {
  for (const file of tree.files(scope)) {
    if (file.lines.length > fileLinesMax) {
      yield { path: file.path, line: 1, message: `${file.lines.length} lines; at most ${fileLinesMax}` };
    }
    yield* longLines(file);
    if (!file.path.endsWith(".ts") || isTestCode(file.path)) continue;
    yield* functionFaults(file, exceptions.find((each) => each.path === file.path)?.count ?? 0);
  }
  for (const { path } of exceptions) {
    const message = "the file of an exception is gone; remove the exception";
    if (!tree.exists(path)) yield { path, line: 1, message };
  }
}

const sixty = "x".repeat(unbreakableLength);

const canaries: readonly Canary[] = [
  {
    title: "a file, a line, a function and a parameter list too long",
    files: {
      "packages/kernel/src/a.ts": "\n".repeat(501),
      "packages/kernel/src/b.ts": `// ${"word ".repeat(30)}\n`,
      "packages/kernel/src/c.ts": `\nexport function f(): void {${"\n".repeat(70)}}\n`,
      "packages/kernel/src/d.ts": "const f = (a: 1, b: 2, { c }: X, d: 4): void => {};\n",
    },
    fires: ["a.ts:1", "b.ts:1", "c.ts:2", "d.ts:1"].map((at) => `packages/kernel/src/${at}`),
  },
  {
    title: "at the limit, a link, an unbreakable word, a long test, prose",
    files: {
      "packages/kernel/src/a.ts": "\n".repeat(500),
      "packages/kernel/src/b.ts": `// see ${"word ".repeat(25)} https://example.org\n// ${sixty} ${sixty}\n`,
      "packages/kernel/src/c.ts": `export function f(a: 1, b: 2, c: 3): void {${"\n".repeat(69)}}\n`,
      "packages/kernel/src/d.test.ts": `describe("x", () => {${"\n".repeat(200)}});\n`,
      "README.md": `| ${"cell | ".repeat(40)}\n`,
    },
    fires: [],
  },
];

/** The rule with its list of exceptions. Its canaries have none, so they prove the rule itself. */
export function sizesRule(exceptions: readonly WideFunctions[]): Rule {
  return {
    name: "sizes",
    law: "Files to 500 lines, lines to 110 columns, functions to 70 lines, parameters to 3.",
    scope,
    check: (tree) =>
      check(
        tree,
        exceptions.filter((each) => isRepository(tree) || tree.exists(each.path)),
      ),
    canaries,
  };
}

export const sizes: Rule = sizesRule(wideFunctions);
