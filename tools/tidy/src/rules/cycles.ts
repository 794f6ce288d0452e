/** No file may reach itself through imports, type imports included. */
import { targetFile, targetOf } from "../imports.ts";
import type { Finding, Rule } from "../rule.ts";
import { allCode } from "../scopes.ts";
import type { SourceFile, Tree } from "../tree.ts";

type Edge = { readonly to: string; readonly line: number };

function edgesOf(file: SourceFile, tree: Tree): readonly Edge[] {
  return file.imports.flatMap((each) => {
    const to = targetFile(targetOf(file.path, each.specifier));
    return to !== null && tree.exists(to) ? [{ to, line: file.lineOf(each.start) }] : [];
  });
}

/** The shortest way from a file back to itself, as the files passed, or null when there is none. */
function shortestLoop(graph: ReadonlyMap<string, readonly Edge[]>, start: string): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const edge of graph.get(path) ?? []) {
      if (edge.to === start) {
        const loop = [path];
        for (let at = path; at !== start; loop.unshift(at)) at = cameFrom.get(at) ?? start;
        return loop;
      }
      if (cameFrom.has(edge.to)) continue;
      cameFrom.set(edge.to, path);
      queue.push(edge.to);
    }
  }
  return null;
}

function* check(tree: Tree): Iterable<Finding> {
  const graph = new Map<string, readonly Edge[]>();
  for (const file of tree.files(allCode)) graph.set(file.path, edgesOf(file, tree));
  const told = new Set<string>();
  for (const path of graph.keys()) {
    if (told.has(path)) continue;
    const loop = shortestLoop(graph, path);
    if (loop === null) continue;
    for (const each of loop) told.add(each);
    const next = loop[1] ?? path;
    const line = graph.get(path)?.find((edge) => edge.to === next)?.line ?? 1;
    yield { path, line, message: `imports itself: ${[...loop, path].join(" -> ")}` };
  }
}

export const cycles: Rule = {
  name: "cycles",
  law: "No file reaches itself through imports, type imports and package doors included.",
  scope: allCode,
  check,
  canaries: [
    {
      title: "a loop of three files, once through a type import, and a file that imports itself",
      files: {
        "packages/kernel/src/a.ts": 'import { b } from "./b.ts";\n',
        "packages/kernel/src/b.ts": 'export const b = 1;\nimport type { C } from "./c.ts";\n',
        "packages/kernel/src/c.ts": 'export { a } from "./a.ts";\n',
        "packages/kernel/src/d.ts": 'import { d } from "./d.ts";\n',
      },
      fires: ["packages/kernel/src/a.ts:1", "packages/kernel/src/d.ts:1"],
    },
    {
      title: "a loop through the door of a package",
      files: {
        "packages/kernel/src/index.ts": 'export * from "./a.ts";\n',
        "packages/kernel/src/a.ts": 'import { x } from "@crossfoot/kernel";\n',
      },
      fires: ["packages/kernel/src/a.ts:1"],
    },
    {
      title: "a diamond is no loop",
      files: {
        "packages/kernel/src/a.ts": 'import { b } from "./b.ts";\nimport { c } from "./c.ts";\n',
        "packages/kernel/src/b.ts": 'import { d } from "./d.ts";\n',
        "packages/kernel/src/c.ts": 'import { d } from "./d.ts";\n',
        "packages/kernel/src/d.ts": "export const d = 1;\n",
      },
      fires: [],
    },
  ],
};
