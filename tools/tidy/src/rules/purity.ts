/** Kernel, model and insight are functions of their arguments. */
import type { Finding, Rule } from "../rule.ts";
import { pureCode } from "../scopes.ts";
import { child, isReference, walk, word, type Node } from "../syntax.ts";
import type { SourceFile } from "../tree.ts";

const bannedGlobals: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Date: "reads the clock or the time zone of the machine",
    performance: "reads a clock",
    Temporal: "reads a clock",
    Intl: "depends on the language data of the machine",
    crypto: "draws random numbers",
    setTimeout: "waits",
    setInterval: "waits",
    setImmediate: "waits",
    queueMicrotask: "waits",
    Promise: "waits",
    console: "speaks",
    fetch: "does I/O",
    process: "knows its process",
    globalThis: "reaches everything",
    WeakRef: "depends on the garbage collector",
  }),
);
const bannedMembers: ReadonlyMap<string, string> = new Map([
  ["localeCompare", "orders by the language data of the machine"],
  ["toLocaleString", "writes by the language data of the machine"],
  ["toLocaleLowerCase", "changes case by the language of the machine"],
  ["toLocaleUpperCase", "changes case by the language of the machine"],
]);

function faultOfMember(node: Node): string | null {
  const property = word(child(node, "property"), "name") ?? "";
  if (word(child(node, "object"), "name") === "Math" && property === "random")
    return "Math.random draws a number";
  const reason = bannedMembers.get(property);
  return reason === undefined ? null : `${property} ${reason}`;
}

function fault(node: Node, parents: readonly Node[]): string | null {
  if (node["async"] === true) return "an async function waits";
  if (node.type === "AwaitExpression" || node["await"] === true) return "await waits";
  if (node.type === "MemberExpression") return faultOfMember(node);
  if (node.type === "VariableDeclaration" && node["kind"] !== "const") {
    const isTopLevel = parents.length === 1 || parents.at(-1)?.type === "ExportNamedDeclaration";
    return isTopLevel ? "a variable of the module is state between calls" : null;
  }
  if (!isReference(node, parents)) return null;
  const name = word(node, "name") ?? "";
  const reason = bannedGlobals.get(name);
  return reason === undefined ? null : `${name} ${reason}`;
}

function check(file: SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  for (const each of file.imports) {
    if (!each.specifier.startsWith("node:")) continue;
    const message = `${each.specifier} is the outside world`;
    findings.push({ path: file.path, line: file.lineOf(each.start), message });
  }
  walk(file.root, (node, parents) => {
    const message = fault(node, parents);
    if (message !== null) findings.push({ path: file.path, line: file.lineOf(node.start), message });
  });
  return findings;
}

export const purity: Rule = {
  name: "purity",
  law: "kernel, model and insight read no clock, draw no random number, do not wait, speak or keep state.",
  scope: pureCode,
  *check(tree) {
    for (const file of tree.files(pureCode)) yield* check(file);
  },
  canaries: [
    {
      title: "each way to be impure",
      files: {
        "packages/kernel/src/a.ts": [
          "const now = Date.now();",
          "const n = Math.random();",
          "const f = async () => 1;",
          "setTimeout(f, 1);",
          'import { readFileSync } from "node:fs";',
          "export let calls = 0;",
          "const sorted = a.localeCompare(b);",
          "function g(at: Date): void {}",
          "type P = Promise<string>;",
          "const shorthand = { console };",
        ].join("\n"),
      },
      fires: [5, 1, 2, 3, 4, 6, 7, 8, 9, 10].map((line) => `packages/kernel/src/a.ts:${line}`),
    },
    {
      title: "words that only look like it, local variables, tests, and rooms that may",
      files: {
        "packages/kernel/src/a.ts": [
          "const kinds = { Date: 1, process: 2 };",
          "export function total(): number { let sum = 0; sum += kinds.Date; return sum; }",
          "const m = Math.max(1, 2);",
        ].join("\n"),
        "packages/kernel/src/a.test.ts": "const now = Date.now();\n",
        "packages/server/src/platform/clock.ts": "const now = Date.now();\n",
      },
      fires: [],
    },
  ],
};
