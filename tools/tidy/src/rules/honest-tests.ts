/** A test runs, does not sleep, and tests our code instead of a mock of it. */
import type { Finding, Rule } from "../rule.ts";
import { testFiles } from "../scopes.ts";
import { child, walk, word, type Node } from "../syntax.ts";
import { startersIn } from "../test-calls.ts";
import type { SourceFile } from "../tree.ts";

const switchedOff: ReadonlySet<string> = new Set(["only", "skip", "todo", "fails"]);
const mocks: ReadonlySet<string> = new Set(["mock", "doMock", "unmock"]);
/** Suites that kill and watch real processes have to let real time pass. */
const realTime = /\.pgserver\.test\.ts$|^test\/(e2e|live|browser|soak)\//;

function memberCall(
  node: Node,
): { readonly object: string; readonly property: string; readonly first: string } | null {
  const callee = child(node, "callee");
  if (node.type !== "CallExpression" || callee?.type !== "MemberExpression") return null;
  const [first] = node["arguments"] as readonly Node[];
  return {
    object: word(child(callee, "object"), "name") ?? "",
    property: word(child(callee, "property"), "name") ?? "",
    first: word(first, "value") ?? "",
  };
}

/** `new Promise((done) => setTimeout(done, 50))`, however it is written. */
function isSleep(node: Node): boolean {
  if (node.type !== "NewExpression" || word(child(node, "callee"), "name") !== "Promise") return false;
  let waits = false;
  walk(node, (inner) => {
    waits ||= inner.type === "CallExpression" && word(child(inner, "callee"), "name") === "setTimeout";
  });
  return waits;
}

function fault(file: SourceFile, node: Node): string | null {
  const call = memberCall(node);
  if (call?.object === "vi" && mocks.has(call.property) && /^(\.|@crossfoot\/|crossfoot$)/.test(call.first)) {
    return `mocks ${call.first}; use a fake that passes the port's own suite`;
  }
  if (!realTime.test(file.path) && isSleep(node)) return "sleeps; move the clock or wait for the event";
  return null;
}

function check(file: SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  const told = new Set<number>();
  for (const { node, starter, modifiers } of startersIn(file.root)) {
    const off = modifiers.find((modifier) => switchedOff.has(modifier));
    const line = file.lineOf(node.start);
    if (off === undefined || told.has(line)) continue;
    told.add(line);
    findings.push({ path: file.path, line, message: `${starter}.${off} leaves tests out of the run` });
  }
  walk(file.root, (node) => {
    const message = fault(file, node);
    if (message !== null) findings.push({ path: file.path, line: file.lineOf(node.start), message });
  });
  const timers = file.imports.find((each) => each.specifier === "node:timers/promises");
  if (timers !== undefined && !realTime.test(file.path)) {
    findings.push({ path: file.path, line: file.lineOf(timers.start), message: "sleeps; move the clock" });
  }
  return findings;
}

export const honestTests: Rule = {
  name: "honest-tests",
  law: "No only, skip, todo or fails; no sleep outside suites of real processes; no mock of our own.",
  scope: testFiles,
  *check(tree) {
    for (const file of tree.files(testFiles)) yield* check(file);
  },
  canaries: [
    {
      title: "tests left out, a sleep, a mock of our own",
      files: {
        "packages/kernel/src/a.test.ts": [
          'it.only("x", () => {});',
          'describe.skip("x", () => {});',
          'test.skip.each([1])("x", () => {});',
          'it.todo("x");',
          'vi.mock("./merge.ts");',
          "await new Promise((done) => setTimeout(done, 50));",
          'import { setTimeout as sleep } from "node:timers/promises";',
          'it.fails("x", () => {});',
        ].join("\n"),
      },
      fires: [1, 2, 3, 4, 5, 6, 7, 8].map((line) => `packages/kernel/src/a.test.ts:${line}`),
    },
    {
      title: "a table of cases, a reasoned condition, a suite of real processes",
      files: {
        "packages/kernel/src/a.test.ts": [
          'it.each([1])("x", () => {});',
          'it.skipIf(isWindows)("x", () => {});',
          "page.only(1); list.skip(2);",
          'vi.mock("node:fs");',
        ].join("\n"),
        "test/e2e/kill.test.ts": "await new Promise((done) => setTimeout(done, 50));\n",
      },
      fires: [],
    },
  ],
};
