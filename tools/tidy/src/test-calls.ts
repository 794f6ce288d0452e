/** Finding the tests in a test file. */
import { child, walk, word, type Node } from "./syntax.ts";

/** One call of `it` or `test` with a body. `modifiers` are the members between the name and the call. */
export type TestCall = {
  readonly node: Node;
  readonly modifiers: readonly string[];
  readonly body: Node | null;
};

const starters: ReadonlySet<string> = new Set(["it", "test", "describe", "suite", "bench"]);

/** The root name and members of a callee such as `it.skip.each(table)`: `it`, `["skip", "each"]`. */
function chainOf(
  callee: Node | undefined,
): { readonly root: string; readonly modifiers: readonly string[] } | null {
  const modifiers: string[] = [];
  let at = callee;
  while (at !== undefined) {
    if (at.type === "Identifier") return { root: word(at, "name") ?? "", modifiers };
    if (at.type === "MemberExpression") {
      modifiers.unshift(word(child(at, "property"), "name") ?? "");
      at = child(at, "object");
    } else if (at.type === "CallExpression") at = child(at, "callee");
    else if (at.type === "TaggedTemplateExpression") at = child(at, "tag");
    else return null;
  }
  return null;
}

function bodyOf(node: Node): Node | null {
  const inputs = (node["arguments"] ?? []) as readonly Node[];
  return (
    inputs.find((each, at) => at > 0 && (/Function/.test(each.type) || each.type === "Identifier")) ?? null
  );
}

/** Calls every starter of a file (`describe` included) with its name and its modifiers. */
export function startersIn(root: Node): readonly (TestCall & { readonly starter: string })[] {
  const found: (TestCall & { starter: string })[] = [];
  walk(root, (node) => {
    if (node.type !== "CallExpression" && node.type !== "MemberExpression") return;
    const chain = chainOf(node.type === "CallExpression" ? child(node, "callee") : node);
    if (chain === null || !starters.has(chain.root)) return;
    found.push({
      node,
      starter: chain.root,
      modifiers: chain.modifiers,
      body: node.type === "CallExpression" ? bodyOf(node) : null,
    });
  });
  return found;
}
