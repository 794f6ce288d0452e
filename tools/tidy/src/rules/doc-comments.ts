/** Whatever a package offers at its door is explained where it is declared. */
import { posix } from "node:path";
import type { Finding, Rule } from "../rule.ts";
import type { Scope } from "../glob.ts";
import { boundNames, child, children, word, type Node } from "../syntax.ts";
import type { SourceFile, Tree } from "../tree.ts";

const scope: Scope = {
  include: ["packages/*/src/index.ts", "packages/*/src/testing/index.ts", "connectors/*/src/index.ts"],
};
const shortestSentence = 12;

type Declaration = { readonly file: SourceFile; readonly statement: Node };

function declaredNames(declaration: Node): readonly string[] {
  const declarators = children(declaration, "declarations");
  const patterns =
    declarators.length > 0 ? declarators.map((each) => child(each, "id")) : [child(declaration, "id")];
  return patterns.flatMap((pattern) => boundNames(pattern)).map((node) => word(node, "name") ?? "");
}

function follow(tree: Tree, file: SourceFile, source: Node): SourceFile | undefined {
  const specifier = word(source, "value") ?? "";
  return specifier.startsWith(".") ? tree.file(posix.join(posix.dirname(file.path), specifier)) : undefined;
}

function nameOf(node: Node | undefined): string {
  return word(node, "name") ?? word(node, "value") ?? "";
}

/** Where each exported name of a file is declared, through re-exports inside the package. */
function exportsOf(
  tree: Tree,
  file: SourceFile,
  visited: ReadonlySet<string>,
): ReadonlyMap<string, Declaration> {
  const found = new Map<string, Declaration>();
  if (visited.has(file.path)) return found;
  const onward = new Set([...visited, file.path]);
  const add = (name: string, declaration: Declaration | undefined): void => {
    if (declaration !== undefined && !found.has(name)) found.set(name, declaration);
  };
  const local = new Map<string, Node>();
  for (const statement of children(file.root, "body")) {
    const declaration = child(statement, "declaration") ?? statement;
    for (const name of declaredNames(declaration)) if (!local.has(name)) local.set(name, statement);
  }
  for (const statement of children(file.root, "body")) {
    const source = child(statement, "source");
    const target = source === undefined ? undefined : follow(tree, file, source);
    const inner = target === undefined ? undefined : exportsOf(tree, target, onward);
    if (statement.type === "ExportAllDeclaration" && inner !== undefined) {
      for (const [name, declaration] of inner) add(name, declaration);
    }
    if (statement.type !== "ExportNamedDeclaration") continue;
    const declared = child(statement, "declaration");
    for (const name of declared === undefined ? [] : declaredNames(declared)) add(name, { file, statement });
    for (const each of children(statement, "specifiers")) {
      const inside = nameOf(child(each, "local"));
      const own = local.get(inside);
      add(nameOf(child(each, "exported")), inner?.get(inside) ?? (own && { file, statement: own }));
    }
  }
  return found;
}

function isExplained({ file, statement }: Declaration): boolean {
  const before = file.comments.findLast((comment) => comment.end <= statement.start);
  if (before === undefined || !before.block || !before.text.startsWith("*")) return false;
  if (file.text.slice(before.end, statement.start).trim() !== "") return false;
  return before.text.replaceAll(/[\s*]+/g, " ").trim().length >= shortestSentence;
}

function* check(tree: Tree): Iterable<Finding> {
  const told = new Set<string>();
  for (const door of tree.files(scope)) {
    for (const [name, declaration] of exportsOf(tree, door, new Set())) {
      const line = declaration.file.lineOf(declaration.statement.start);
      const at = `${declaration.file.path}:${line}`;
      if (told.has(at) || isExplained(declaration)) continue;
      told.add(at);
      const message = `${name} leaves the package by ${door.path} without a doc comment`;
      yield { path: declaration.file.path, line, message };
    }
  }
}

export const docComments: Rule = {
  name: "doc-comments",
  law: "Every export of a package's door has a doc comment where it is declared.",
  scope,
  check,
  canaries: [
    {
      title: "exports without a word, by name, by star, by list, with an empty or a distant comment",
      files: {
        "packages/kernel/src/index.ts": 'export * from "./a.ts";\nexport { b as c, type D } from "./b.ts";\n',
        "packages/kernel/src/a.ts": [
          "export const a = 1;",
          "/** */",
          "export type E = 1;",
          "/** This explains the next statement, which is private. */",
          "const hidden = 1;",
          "export function f(): number { return hidden; }",
        ].join("\n"),
        "packages/kernel/src/b.ts":
          "// not a doc comment\nconst b = 1;\nexport { b };\nexport interface D {}\n",
      },
      fires: [
        "packages/kernel/src/a.ts:1",
        "packages/kernel/src/a.ts:3",
        "packages/kernel/src/a.ts:6",
        "packages/kernel/src/b.ts:2",
        "packages/kernel/src/b.ts:4",
      ],
    },
    {
      title: "explained exports, and exports that stay inside",
      files: {
        "packages/kernel/src/index.ts": 'export { a } from "./a.ts";\nexport type { Big } from "big.js";\n',
        "packages/kernel/src/a.ts":
          "/** The number one, for ever. */\nexport const a = 1;\nexport const inside = 2;\n",
      },
      fires: [],
    },
  ],
};
