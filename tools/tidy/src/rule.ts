/** What a house rule is: a sentence, a scope, a check, and the canaries that prove the check can fail. */
import type { Scope } from "./glob.ts";
import type { Tree } from "./tree.ts";

/** One breach of a rule. Line 1 stands for the whole file. */
export type Finding = { readonly path: string; readonly line: number; readonly message: string };

/**
 * A few files held in memory. `fires` lists every finding the rule must make on them as `path:line`;
 * an empty list makes the canary the clean twin that must stay quiet.
 */
export type Canary = {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly fires: readonly string[];
};

/** One house rule. */
export type Rule = {
  /** Kebab-case, the name of its file. */
  readonly name: string;
  /** The rule as one sentence. */
  readonly law: string;
  /** The files it must open; the runner compares the count with git's own. */
  readonly scope: Scope;
  /** Why there may be nothing to look at yet; without it a rule that saw no file fails. */
  readonly mayBeEmpty?: string;
  readonly check: (tree: Tree) => Iterable<Finding>;
  readonly canaries: readonly Canary[];
};
