/** A test that asserts nothing cannot fail. */
import type { Finding, Rule } from "../rule.ts";
import { testFiles } from "../scopes.ts";
import { child, functionName, isFunction, walk, word, type Node } from "../syntax.ts";
import { startersIn } from "../test-calls.ts";
import type { SourceFile } from "../tree.ts";

/** Functions known to assert by their name: expect, assert, and helpers called expectX, assertX, proveX. */
const asserting = /^(expect|assert|prove)([A-Z_].*)?$/;

function calledNames(node: Node): readonly string[] {
  const callee = child(node, "callee");
  if (node.type !== "CallExpression" || callee === undefined) return [];
  const plain = word(callee, "name");
  if (plain !== undefined) return [plain];
  return [word(child(callee, "object"), "name"), word(child(callee, "property"), "name")].filter(
    (name) => name !== undefined,
  );
}

/** Functions of the file by name, so that a call can be followed into its body. */
function functionsOf(root: Node): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  walk(root, (node, parents) => {
    const name = isFunction(node) ? functionName(node, parents) : null;
    if (name !== null) found.set(name, node);
  });
  return found;
}

function asserts(body: Node, local: ReadonlyMap<string, Node>, visited: Set<Node>): boolean {
  if (visited.has(body)) return false;
  visited.add(body);
  let isFound = false;
  walk(body, (node) => {
    if (isFound) return;
    for (const name of calledNames(node)) {
      const followed = local.get(name);
      isFound ||= asserting.test(name) || (followed !== undefined && asserts(followed, local, visited));
    }
  });
  return isFound;
}

function check(file: SourceFile): readonly Finding[] {
  const local = functionsOf(file.root);
  const findings: Finding[] = [];
  for (const { node, starter, body } of startersIn(file.root)) {
    if (body === null || (starter !== "it" && starter !== "test")) continue;
    const followed = body.type === "Identifier" ? local.get(word(body, "name") ?? "") : body;
    if (followed === undefined || asserts(followed, local, new Set())) continue;
    findings.push({
      path: file.path,
      line: file.lineOf(node.start),
      message: "asserts nothing, so it cannot fail",
    });
  }
  return findings;
}

export const assertions: Rule = {
  name: "assertions",
  law: "Every test contains an assertion, its own or through a function of its file.",
  scope: testFiles,
  *check(tree) {
    for (const file of tree.files(testFiles)) yield* check(file);
  },
  canaries: [
    {
      title: "a test that only runs code, also through a function and in a table",
      files: {
        "packages/kernel/src/a.test.ts": [
          "function run(): void { merge(1); }",
          'it("x", () => { merge(1); });',
          'test("x", async () => { run(); });',
          'it.each([1])("x", () => run());',
        ].join("\n"),
      },
      fires: [2, 3, 4].map((line) => `packages/kernel/src/a.test.ts:${line}`),
    },
    {
      title: "assertions of every kind",
      files: {
        "packages/kernel/src/a.test.ts": [
          "const agrees = (a: number): void => { expect(a).toBe(1); };",
          'it("x", () => { expect(1).toBe(1); });',
          'it("x", () => { agrees(1); });',
          'it("x", () => { fc.assert(fc.property(() => true)); });',
          'it("x", async () => { await assert.rejects(run); });',
          'describe("x", () => { it("y", () => expectSame(1, 1)); });',
          "it(title, agrees);",
        ].join("\n"),
      },
      fires: [],
    },
  ],
};
