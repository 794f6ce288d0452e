/** Declared names say what they name. */
import { bannedWordIn, forcedNames, wordsOf } from "../banned-words.ts";
import type { Finding, Rule } from "../rule.ts";
import { allCode } from "../scopes.ts";
import { boundNames, child, children, isFunction, walk, word, type Node } from "../syntax.ts";
import type { SourceFile } from "../tree.ts";

const named: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "ClassDeclaration",
  "TSTypeAliasDeclaration",
  "TSInterfaceDeclaration",
  "TSEnumDeclaration",
  "TSDeclareFunction",
]);
const withParams: ReadonlySet<string> = new Set([
  "TSFunctionType",
  "TSMethodSignature",
  "TSDeclareFunction",
  "TSEmptyBodyFunctionExpression",
]);

function ownMember(node: Node): readonly Node[] {
  const isOurs = node["computed"] !== true && node["override"] !== true;
  return isOurs ? boundNames(child(node, "key")) : [];
}

/** A renaming import declares a name of ours; a plain one takes over the name its module gave. */
function renamedImport(node: Node): readonly Node[] {
  const imported = word(child(node, "imported"), "name");
  const local = child(node, "local");
  return local !== undefined && imported !== undefined && word(local, "name") !== imported ? [local] : [];
}

/** The Identifier nodes that this node declares. */
function declaredBy(node: Node): readonly Node[] {
  const names: Node[] = [];
  if (named.has(node.type)) names.push(...boundNames(child(node, "id")));
  if (isFunction(node) || withParams.has(node.type)) {
    names.push(...children(node, "params").flatMap((param) => boundNames(param)));
  }
  switch (node.type) {
    case "VariableDeclarator":
      return boundNames(child(node, "id"));
    case "CatchClause":
      return boundNames(child(node, "param"));
    case "MethodDefinition":
    case "PropertyDefinition":
      return ownMember(node);
    case "ImportSpecifier":
      return renamedImport(node);
    case "TSTypeParameter":
      return boundNames(child(node, "name"));
    default:
      return names;
  }
}

function check(file: SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  walk(file.root, (node) => {
    for (const declared of declaredBy(node)) {
      const name = word(declared, "name") ?? "";
      const banned = bannedWordIn(wordsOf(name));
      if (banned === null || forcedNames.has(name)) continue;
      const message = `${name}: "${banned}" says nothing; name what it is in the domain`;
      findings.push({ path: file.path, line: file.lineOf(declared.start), message });
    }
  });
  return findings;
}

export const names: Rule = {
  name: "names",
  law: "No declared name contains a word that says nothing (banned-words.ts has the list).",
  scope: allCode,
  *check(tree) {
    for (const file of tree.files(allCode)) yield* check(file);
  },
  canaries: [
    {
      title:
        "types, functions, constants, parameters, destructured and caught names, members, renamed imports",
      files: {
        "packages/kernel/src/a.ts": [
          "type AccountData = string;",
          "interface LinkInfo { readonly id: string }",
          "function handleChange(): void {}",
          "const newState = 1;",
          "const f = (item: string, ...services: string[]): void => {};",
          "const { rows: data } = page;",
          "try { f(); } catch (oldMagic) { g(); }",
          "class Pool { processAll(): void {} }",
          'import { rows as items } from "x";',
          "const exactlyOnceKey = 1;",
          "type Call = (obj: string) => void;",
        ].join("\n"),
      },
      fires: [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11].map((line) => `packages/kernel/src/a.ts:${line}`),
    },
    {
      title: "names that only look like it, wire names and what the language gives",
      files: {
        "packages/kernel/src/a.ts": [
          "const newest = 1; const metadata = 2; const database = 3; const informed = 4;",
          'const body = { data: 1, items: [], "new": 2 };',
          "const first = answer.data.items;",
          'import process from "node:process";',
          "const handler = process.env; const object = 'res.partner';",
          "class Disk extends Base { override handle(): void {} }",
        ].join("\n"),
      },
      fires: [],
    },
  ],
};
