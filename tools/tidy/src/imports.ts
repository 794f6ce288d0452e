/** What a file imports, in every form TypeScript has for it, and where each import leads. */
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { child, walk, word, type Node } from "./syntax.ts";

/**
 * One import: `import`, `export … from`, `import()`, `import("…")` in a type, or `new URL(…,
 * import.meta.url)`.
 */
export type Import = { readonly specifier: string; readonly typeOnly: boolean; readonly start: number };

function literal(node: Node | undefined): string | undefined {
  return node?.type === "Literal" ? word(node, "value") : undefined;
}

function isTypeOnly(node: Node, listKey: string): boolean {
  if (node["importKind"] === "type" || node["exportKind"] === "type") return true;
  const list = node[listKey];
  if (!Array.isArray(list) || list.length === 0) return false;
  return (list as readonly Node[]).every(
    (each) => each["importKind"] === "type" || each["exportKind"] === "type",
  );
}

/** `new URL("./worker.ts", import.meta.url)` starts code in that file, so it is an import in effect. */
function workerFile(node: Node): string | undefined {
  if (word(child(node, "callee"), "name") !== "URL") return undefined;
  const [file, base] = node["arguments"] as readonly Node[];
  const specifier = literal(file);
  return child(base, "object")?.type === "MetaProperty" && specifier?.endsWith(".ts") === true
    ? specifier
    : undefined;
}

function importIn(
  node: Node,
): { readonly specifier: string | undefined; readonly typeOnly: boolean } | undefined {
  switch (node.type) {
    case "ImportDeclaration":
      return { specifier: literal(child(node, "source")), typeOnly: isTypeOnly(node, "specifiers") };
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return { specifier: literal(child(node, "source")), typeOnly: isTypeOnly(node, "specifiers") };
    case "ImportExpression":
      return { specifier: literal(child(node, "source")), typeOnly: false };
    case "TSImportType":
      return { specifier: literal(child(node, "source")), typeOnly: true };
    case "NewExpression":
      return { specifier: workerFile(node), typeOnly: false };
    default:
      return undefined;
  }
}

/**
 * All imports of a file whose target is written as a literal; a computed target cannot be read and is left
 * out.
 */
export function importsOf(root: Node): readonly Import[] {
  const found: Import[] = [];
  walk(root, (node) => {
    const seen = importIn(node);
    if (seen?.specifier === undefined) return;
    found.push({ specifier: seen.specifier, typeOnly: seen.typeOnly, start: node.start });
  });
  return found;
}

/**
 * Where an import leads. `own` is a package of this repository by its bare name, with what follows the name.
 */
export type Target =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "own"; readonly folder: string; readonly subpath: string }
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "npm"; readonly name: string };

/** The folder of a package of ours by its published name, or undefined for somebody else's package. */
function ownFolder(name: string): string | undefined {
  if (name === "crossfoot") return "packages/server";
  if (!name.startsWith("@crossfoot/")) return undefined;
  const short = name.slice("@crossfoot/".length);
  if (short.startsWith("connector-") && short !== "connector-sdk") {
    return `connectors/${short.slice("connector-".length)}`;
  }
  return short === "tidy" || short === "gates" ? `tools/${short}` : `packages/${short}`;
}

/** Says where a specifier leads from the file that imports it. Relative paths are taken as written. */
export function targetOf(importer: string, specifier: string): Target {
  if (specifier.startsWith(".")) {
    return { kind: "file", path: posix.join(posix.dirname(importer), specifier) };
  }
  if (isBuiltin(specifier)) {
    return { kind: "builtin", name: specifier.startsWith("node:") ? specifier : `node:${specifier}` };
  }
  const parts = specifier.split("/");
  const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const folder = ownFolder(name);
  if (folder === undefined) return { kind: "npm", name };
  return { kind: "own", folder, subpath: specifier.slice(name.length + 1) };
}

/**
 * The file a target stands for: the file itself, or the door of one of our packages; `null` for foreign code.
 */
export function targetFile(target: Target): string | null {
  if (target.kind === "file") return target.path;
  if (target.kind !== "own") return null;
  if (target.subpath !== "testing") return `${target.folder}/src/index.ts`;
  // HOUSE: the server's testing code is one file, that of other packages a folder.
  return `${target.folder}/src/testing${target.folder === "packages/server" ? "" : "/index"}.ts`;
}
