/**
 * Reading the syntax tree of oxc-parser: a typed handle on its nodes, a walk, and the facts rules ask for.
 */
import { parseSync, visitorKeys } from "oxc-parser";

/** One node of the tree. Offsets count UTF-16 units from the start of the file. */
export type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
};

/** A comment with its text between the markers. */
export type Comment = {
  readonly block: boolean;
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

/** A parsed file. `errors` is empty when the parser understood it. */
export type Syntax = {
  readonly root: Node;
  readonly comments: readonly Comment[];
  readonly errors: readonly string[];
};

function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}

/** Parses TypeScript. Never throws: what the parser could not read is in `errors`. */
export function parse(path: string, text: string): Syntax {
  const result = parseSync(path, text);
  const root: unknown = result.program;
  return {
    root: isNode(root) ? root : { type: "Program", start: 0, end: 0 },
    comments: result.comments.map((comment) => ({
      block: comment.type === "Block",
      text: comment.value,
      start: comment.start,
      end: comment.end,
    })),
    errors: result.errors.map((error) => error.message),
  };
}

/** The child node under a key, or undefined when there is none. */
export function child(node: Node | undefined, key: string): Node | undefined {
  const value = node?.[key];
  return isNode(value) ? value : undefined;
}

/** The child nodes under a key that holds a list (holes in a list are left out). */
export function children(node: Node | undefined, key: string): readonly Node[] {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter((element: unknown) => isNode(element)) : [];
}

/** The text under a key (an identifier's `name`, a literal's `value`), or undefined. */
export function word(node: Node | undefined, key: string): string | undefined {
  const value = node?.[key];
  return typeof value === "string" ? value : undefined;
}

/**
 * Visits a node and everything below it, parents first; `parents` runs from the root to the direct parent.
 */
export function walk(root: Node, visit: (node: Node, parents: readonly Node[]) => void): void {
  const parents: Node[] = [];
  const enter = (node: Node): void => {
    visit(node, parents);
    parents.push(node);
    for (const key of visitorKeys[node.type] ?? []) {
      const value = node[key];
      if (Array.isArray(value)) {
        for (const element of value as readonly unknown[]) if (isNode(element)) enter(element);
      } else if (isNode(value)) {
        enter(value);
      }
    }
    parents.pop();
  };
  enter(root);
}

const functionTypes: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);

/** Whether the node is a function with a body of its own (not a type). */
export function isFunction(node: Node): boolean {
  return functionTypes.has(node.type);
}

/**
 * The name a function is known by: its own, its variable's, its property's; `null` for a nameless callback.
 */
export function functionName(node: Node, parents: readonly Node[]): string | null {
  const own = word(child(node, "id"), "name");
  if (own !== undefined) return own;
  const parent = parents.at(-1);
  if (parent?.type === "VariableDeclarator") return word(child(parent, "id"), "name") ?? null;
  if (
    parent?.type === "MethodDefinition" ||
    parent?.type === "Property" ||
    parent?.type === "PropertyDefinition"
  ) {
    return word(child(parent, "key"), "name") ?? null;
  }
  return null;
}

/** The names that a pattern binds: a plain name, or every name inside a destructuring. */
export function boundNames(pattern: Node | undefined): readonly Node[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return children(pattern, "properties").flatMap((property) =>
        boundNames(property.type === "RestElement" ? property : child(property, "value")),
      );
    case "ArrayPattern":
      return children(pattern, "elements").flatMap((element) => boundNames(element));
    case "AssignmentPattern":
      return boundNames(child(pattern, "left"));
    case "RestElement":
      return boundNames(child(pattern, "argument"));
    case "TSParameterProperty":
      return boundNames(child(pattern, "parameter"));
    case undefined:
    default:
      return [];
  }
}

/**
 * Whether an Identifier node stands for a value or a type that is looked up in scope, as against a name
 * that only labels something: a property after a dot, a key, a label, the outer name in an import.
 */
export function isReference(node: Node, parents: readonly Node[]): boolean {
  if (node.type !== "Identifier") return false;
  const parent = parents.at(-1);
  if (parent === undefined) return true;
  const labels: Readonly<Record<string, readonly string[]>> = {
    MemberExpression: parent["computed"] === true ? [] : ["property"],
    Property: parent["computed"] === true ? [] : ["key"],
    MethodDefinition: ["key"],
    PropertyDefinition: ["key"],
    TSPropertySignature: ["key"],
    TSMethodSignature: ["key"],
    TSQualifiedName: ["right"],
    ImportSpecifier: ["imported", "local"],
    ImportDefaultSpecifier: ["local"],
    ImportNamespaceSpecifier: ["local"],
    ExportSpecifier: ["exported", "local"],
    TSNamedTupleMember: ["label"],
    LabeledStatement: ["label"],
    MetaProperty: ["meta", "property"],
  };
  return !(labels[parent.type] ?? []).some((key) => parent[key] === node);
}
