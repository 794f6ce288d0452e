/** Documents name only what exists. */
import { posix } from "node:path";
import { matches, type Scope } from "../glob.ts";
import type { Finding, Rule } from "../rule.ts";
import type { SourceFile, Tree } from "../tree.ts";

const scope: Scope = { include: ["docs/**/*.md", "*.md", "packages/*/*.md", "connectors/*/*.md"] };
const pathLike = /^(packages|connectors|tools|docs|test|bench|examples|integrations)\/[\w@./*<>[\]{}-]*$/;
const npmLifecycle: ReadonlySet<string> = new Set(["test", "start"]);

/** A placeholder (`<system>`, `[name]`) and a star both stand for any one name. */
function isThere(tree: Tree, path: string): boolean {
  const plain = path.replace(/\/+$/, "");
  const glob = plain.replaceAll(/<[^>]*>|\[[^\]]*\]|\{[^}]*\}/g, "*");
  if (!glob.includes("*")) return tree.exists(plain);
  return tree.paths.some((each) => matches(each, glob) || matches(each, `${glob}/**`));
}

function scriptsOf(tree: Tree): ReadonlySet<string> {
  const parsed: unknown = JSON.parse(tree.file("package.json")?.text ?? "{}");
  const scripts = (parsed as { scripts?: Readonly<Record<string, string>> }).scripts ?? {};
  return new Set(Object.keys(scripts));
}

function pathFault(tree: Tree, token: string): string | null {
  const path = token.replace(/[.,;:]+$/, "").replace(/(:\d+)+$|#.*$/, "");
  return pathLike.test(path) && !isThere(tree, path) ? `${path} does not exist` : null;
}

function linkFault(tree: Tree, file: SourceFile, target: string): string | null {
  if (/^([a-z]+:|#|<)/i.test(target)) return null;
  const bare = decodeURIComponent(target.replace(/#.*$/, ""));
  const path = posix.normalize(posix.join(posix.dirname(file.path), bare)).replace(/\/$/, "");
  return tree.exists(path) || path === "." ? null : `the link to ${target} leads nowhere`;
}

function scriptFault(scripts: ReadonlySet<string>, name: string): string | null {
  return scripts.has(name) ? null : `npm has no script "${name}"`;
}

function* lineFaults(tree: Tree, file: SourceFile, line: string): Iterable<string | null> {
  const scripts = scriptsOf(tree);
  for (const [, code = ""] of line.matchAll(/`([^`]+)`/g)) {
    for (const token of code.split(/\s+/)) yield pathFault(tree, token);
  }
  for (const [, target = ""] of line.matchAll(/\]\(([^)\s]+)[^)]*\)/g)) yield linkFault(tree, file, target);
  for (const [, name = ""] of line.matchAll(/\bnpm run (?:-\S+ )*([a-z][\w:-]*)/g))
    yield scriptFault(scripts, name);
  for (const [, name = ""] of line.matchAll(/`npm (test|start)\b/g)) {
    if (npmLifecycle.has(name)) yield scriptFault(scripts, name);
  }
}

function* check(tree: Tree): Iterable<Finding> {
  for (const file of tree.files(scope)) {
    for (const [index, line] of file.lines.entries()) {
      for (const message of lineFaults(tree, file, line)) {
        if (message !== null) yield { path: file.path, line: index + 1, message };
      }
    }
  }
}

export const docPaths: Rule = {
  name: "doc-paths",
  law: "Paths, links and npm scripts named in documents exist.",
  scope,
  check,
  canaries: [
    {
      title: "a path, a link and a script that are not there",
      files: {
        "package.json": '{ "scripts": { "check": "x" } }',
        "docs/guide/a.md":
          "See `packages/kernel/src/gone.ts`.\nSee [there](gone.md).\nRun `npm run gone`.\n`npm test`\n",
        "README.md": "`connectors/*/src/gone.ts`\n",
      },
      fires: ["README.md:1", ...[1, 2, 3, 4].map((line) => `docs/guide/a.md:${line}`)],
    },
    {
      title: "what is there, placeholders, addresses and code that is no path",
      files: {
        "package.json": '{ "scripts": { "check": "x" } }',
        "packages/kernel/src/merge.ts": "",
        "connectors/http/src/index.ts": "",
        "docs/guide/a.md": [
          "`packages/kernel/src/merge.ts:12`, `packages/kernel`.",
          "`connectors/<system>/src`, `connectors/*/src/`.",
          "[up](../../README.md#start) [out](https://example.org/x) [here](#below)",
          "`npm run check` `test/event` is a media type? no: `text/event`; `docs` alone is a word.",
        ]
          .join("\n")
          .replace("`test/event` is a media type? no: ", ""),
        "README.md": "# Crossfoot\n",
      },
      fires: [],
    },
  ],
};
