/** A connector says what to ask; when, how often and over which socket is the runtime's business. */
import type { Finding, Rule } from "../rule.ts";
import { testCode } from "../scopes.ts";
import type { Scope } from "../glob.ts";
import { child, isReference, walk, word, type Node } from "../syntax.ts";
import type { SourceFile } from "../tree.ts";

const scope: Scope = { include: ["connectors/*/src/**/*.ts"], exclude: testCode.include };
const banned: ReadonlyMap<string, string> = new Map([
  ["fetch", "opens a socket of its own; use the runtime's http"],
  ["WebSocket", "opens a socket of its own"],
  ["setTimeout", "waits; retry and quota live in the runtime"],
  ["setInterval", "waits; retry and quota live in the runtime"],
  ["process", "knows its process"],
  ["console", "speaks; return a failure instead"],
]);
const stores: ReadonlySet<string> = new Set(["Map", "Set", "WeakMap", "WeakSet"]);

/** A collection at the top of a module that starts empty is there to be filled by calls. */
function isEmptyStore(node: Node): boolean {
  const init = child(node, "init");
  if (init?.type !== "NewExpression" || !stores.has(word(child(init, "callee"), "name") ?? "")) return false;
  return (init["arguments"] as readonly unknown[]).length === 0;
}

function fault(node: Node, parents: readonly Node[]): string | null {
  const isTopLevel =
    parents.length === 1 || (parents.length === 2 && parents[1]?.type === "ExportNamedDeclaration");
  if (node.type === "VariableDeclaration" && isTopLevel) {
    const declarators = (node["declarations"] ?? []) as readonly Node[];
    const isState = node["kind"] !== "const" || declarators.some((each) => isEmptyStore(each));
    return isState ? "keeps state between calls" : null;
  }
  if (!isReference(node, parents)) return null;
  const name = word(node, "name") ?? "";
  const reason = banned.get(name);
  return reason === undefined ? null : `${name} ${reason}`;
}

function check(file: SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  walk(file.root, (node, parents) => {
    const message = fault(node, parents);
    if (message !== null) findings.push({ path: file.path, line: file.lineOf(node.start), message });
  });
  return findings;
}

export const connectorsQuiet: Rule = {
  name: "connectors-quiet",
  law: "A connector opens no socket, keeps no state between calls, does not wait and does not speak.",
  scope,
  *check(tree) {
    for (const file of tree.files(scope)) yield* check(file);
  },
  canaries: [
    {
      title: "a socket, a wait, a counter, a cache",
      files: {
        "connectors/http/src/reader.ts": [
          'const page = await fetch("x");',
          "setTimeout(() => page, 1000);",
          "let calls = 0;",
          "export const cache = new Map<string, string>();",
        ].join("\n"),
      },
      fires: [1, 2, 3, 4].map((line) => `connectors/http/src/reader.ts:${line}`),
    },
    {
      title: "the runtime's http, a constant table, local variables",
      files: {
        "connectors/http/src/reader.ts": [
          'export const kinds = new Map([["a", 1]]);',
          "export function read(ports: Ports): unknown { let n = 0; n += 1; return ports.http.fetch(n); }",
        ].join("\n"),
        "connectors/http/test/a.test.ts": "let calls = 0;\n",
      },
      fires: [],
    },
  ],
};
