/** A decision of the kernel that no test names is a decision nobody holds. */
import type { Finding, Rule } from "../rule.ts";
import type { Scope } from "../glob.ts";
import { isTestCode } from "../scopes.ts";
import { child, children, isFunction, isReference, walk, word, type Node } from "../syntax.ts";
import type { SourceFile, Tree } from "../tree.ts";

const scope: Scope = { include: ["packages/kernel/**/*.ts"] };

type Decision = { readonly name: string; readonly start: number };

/** The functions that a file exports: `export function f` and `export const f = () => …`. */
function decisionsOf(root: Node): readonly Decision[] {
  return children(root, "body").flatMap((statement) => {
    const declaration =
      statement.type === "ExportNamedDeclaration" ? child(statement, "declaration") : undefined;
    if (declaration === undefined) return [];
    const own = isFunction(declaration) ? [declaration] : [];
    const constants = children(declaration, "declarations").filter((each) => {
      const init = child(each, "init");
      return init !== undefined && isFunction(init);
    });
    return [...own, ...constants].flatMap((node) => {
      const name = word(child(node, "id"), "name");
      return name === undefined ? [] : [{ name, start: statement.start }];
    });
  });
}

/**
 * The names a test really uses: read in its code, not merely imported. A renamed import counts by its first
 * name.
 */
function usedNames(file: SourceFile): ReadonlySet<string> {
  const originals = new Map<string, string>();
  const namespaces = new Set<string>();
  const used = new Set<string>();
  walk(file.root, (node) => {
    const local = word(child(node, "local"), "name") ?? "";
    if (node.type === "ImportSpecifier") originals.set(local, word(child(node, "imported"), "name") ?? local);
    if (node.type === "ImportNamespaceSpecifier") namespaces.add(local);
  });
  walk(file.root, (node, parents) => {
    const name = word(node, "name") ?? "";
    if (isReference(node, parents)) used.add(originals.get(name) ?? name);
    if (node.type === "MemberExpression" && namespaces.has(word(child(node, "object"), "name") ?? "")) {
      used.add(word(child(node, "property"), "name") ?? "");
    }
  });
  return used;
}

function* check(tree: Tree): Iterable<Finding> {
  const used = new Set<string>();
  const rules: { readonly file: SourceFile; readonly decision: Decision }[] = [];
  for (const file of tree.files(scope)) {
    if (file.path.endsWith(".test.ts")) for (const name of usedNames(file)) used.add(name);
    else if (!isTestCode(file.path))
      rules.push(...decisionsOf(file.root).map((decision) => ({ file, decision })));
  }
  for (const { file, decision } of rules) {
    if (used.has(decision.name)) continue;
    const message = `${decision.name} is a rule that no test of the kernel uses`;
    yield { path: file.path, line: file.lineOf(decision.start), message };
  }
}

export const testedRules: Rule = {
  name: "tested-rules",
  law: "Every function the kernel exports is used by a test of the kernel.",
  scope,
  check,
  canaries: [
    {
      title: "a rule nobody tests, one that is only imported, one used only by other code",
      files: {
        "packages/kernel/src/merge.ts":
          "export function merge(): number { return 1; }\nexport const decide = (): number => 1;\n" +
          "export function plan(): number { return 1; }\n",
        "packages/kernel/src/merge.test.ts":
          'import { merge, decide } from "./merge.ts";\nit("x", () => { expect(page.merge).toBe(1); });\n',
        "packages/kernel/src/other.ts": 'import { plan } from "./merge.ts";\nconst a = plan();\n',
      },
      fires: [1, 2, 3].map((line) => `packages/kernel/src/merge.ts:${line}`),
    },
    {
      title: "used by name, under another name, through a namespace; constants and types need no test",
      files: {
        "packages/kernel/src/merge.ts":
          "export function merge(): number { return 1; }\nexport const decide = (): number => 1;\n" +
          "export function plan(): number { return 1; }\nexport const limit = 3;\nexport type T = 1;\n",
        "packages/kernel/src/a.test.ts":
          'import { merge, decide as d } from "./merge.ts";\nexpect(merge()).toBe(1);\nexpect(d()).toBe(1);\n',
        "packages/kernel/src/b.prop.test.ts":
          'import * as kernel from "./merge.ts";\nexpect(kernel.plan()).toBe(1);\n',
      },
      fires: [],
    },
  ],
};
