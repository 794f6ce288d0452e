/** A node of a JSONata tree, read only by what it says: the tree has no full type of its own. */
interface Node {
  readonly [key: string]: unknown;
}

/** What an expression reads of its input: roots by name, and whether it takes the input as a whole. */
export interface ExpressionRoots {
  readonly roots: readonly string[];
  readonly isWhole: boolean;
  /** Functions that it may not call: their answer is not decided by the record. */
  readonly refused: readonly string[];
}

const refusedFunctions = ["now", "millis", "random", "shuffle", "eval"];
/** Keys of nodes whose context is that of the node. */
const sameContext = [
  "lhs",
  "rhs",
  "arguments",
  "expressions",
  "body",
  "procedure",
  "condition",
  "then",
  "else",
  "pattern",
];
/** Keys of nodes that are evaluated inside of what the node found. */
const innerContext = ["stages", "predicate", "group", "expr", "terms", "expression", "update", "delete"];

/**
 * The roots of its input that an expression reads, from its syntax tree. Errs to the safe side: what it
 * cannot tell counts as reading the whole input. Never throws on a tree that the parser made.
 */
export function rootsOfTree(tree: unknown): ExpressionRoots {
  const walk = new RootWalk();
  walk.visit(tree, true);
  return { roots: [...walk.roots].toSorted(), isWhole: walk.isWhole, refused: [...walk.refused] };
}

/** One walk through a tree; lives for the length of a call. */
class RootWalk {
  readonly roots: Set<string> = new Set();
  readonly refused: Set<string> = new Set();
  isWhole = false;

  visit(part: unknown, isAtRoot: boolean): void {
    if (Array.isArray(part)) {
      for (const each of part as readonly unknown[]) this.visit(each, isAtRoot);
      return;
    }
    if (typeof part !== "object" || part === null || part instanceof RegExp) return;
    const node = part as Node;
    if (node["type"] === "path") this.#visitPath(node["steps"] as readonly Node[], isAtRoot);
    else this.#visitName(node, isAtRoot);
    for (const key of sameContext) this.visit(node[key], isAtRoot);
    for (const key of innerContext) this.visit(node[key], false);
  }

  #visitName(node: Node, isAtRoot: boolean): void {
    const value = String(node["value"]);
    switch (node["type"]) {
      case "name":
        if (isAtRoot) this.roots.add(value);
        break;
      case "variable":
        if (value === "$" || (value === "" && isAtRoot)) this.isWhole = true;
        if (refusedFunctions.includes(value)) this.refused.add(`$${value}`);
        break;
      case "wildcard":
      case "descendant":
        if (isAtRoot) this.isWhole = true;
        break;
      case "parent":
        this.isWhole = true;
        break;
      default:
    }
  }

  /** A path starts in its context; `$` stays there, `$$` goes back to the input wherever it stands. */
  #visitPath(steps: readonly Node[], startsAtRoot: boolean): void {
    let isAtRoot = startsAtRoot;
    for (const [at, step] of steps.entries()) {
      const isInput = step["type"] === "variable" && step["value"] === "$";
      const isContext = step["type"] === "variable" && step["value"] === "" && isAtRoot;
      if ((isInput || isContext) && steps[at + 1]?.["type"] === "name") {
        for (const key of innerContext) this.visit(step[key], false);
        isAtRoot = true;
        continue;
      }
      this.visit(step, isAtRoot);
      isAtRoot = false;
    }
  }
}
