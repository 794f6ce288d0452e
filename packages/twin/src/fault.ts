import type { Json, RecordId } from "./json.ts";

/** What a fault does to a call; API.md section 4 tells each. */
export type FaultEffect =
  | { readonly kind: "drop" }
  | { readonly kind: "lose" }
  | { readonly kind: "delay"; readonly ms: number; readonly when?: "before" | "after" }
  | { readonly kind: "throttle"; readonly retryAfter?: number | string | null }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "html"; readonly applied?: boolean }
  | { readonly kind: "truncate"; readonly bytes?: number }
  | { readonly kind: "error-body" }
  | { readonly kind: "cursor-loop" }
  | { readonly kind: "repeat-page" }
  | { readonly kind: "endless" }
  | { readonly kind: "skip-rows"; readonly rows: readonly number[] }
  | { readonly kind: "twice"; readonly row: number }
  | { readonly kind: "poison"; readonly field: string; readonly value: Json; readonly id?: RecordId }
  | { readonly kind: "fail-rows"; readonly rows: readonly number[]; readonly code?: string }
  | { readonly kind: "shuffle" }
  | { readonly kind: "swallow" }
  | { readonly kind: "late-commit"; readonly ms: number };

/** When a fault fires, and what it does. */
export interface FaultRule {
  /** HTTP method; any when left out. */
  readonly method?: string;
  /** Path after the base, by segments from the start; `*` stands for one segment. Any when left out. */
  readonly path?: string;
  /** The path must match to its end. */
  readonly exact?: boolean;
  /** The first match that fires, from 1 (default). */
  readonly nth?: number;
  /** For how many matches it fires (default 1); 0 = for ever. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

/** A fault that fired. */
export interface FiredFault {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly effect: FaultEffect;
}

/** The stored form of a queue of faults. */
export interface FaultState {
  rules: { rule: FaultRule; matches: number }[];
  fired: FiredFault[];
}

function pathMatches(pattern: string, path: string, exact: boolean): boolean {
  const wanted = pattern.split("/").filter((part) => part !== "");
  const given = path.split("/").filter((part) => part !== "");
  if (given.length < wanted.length || (exact && given.length !== wanted.length)) return false;
  return wanted.every((part, index) => part === "*" || part === given[index]);
}

/** True for the n-th to (n + times - 1)-th match. */
export function firesAt(match: number, nth = 1, times = 1): boolean {
  return match >= nth && (times === 0 || match < nth + times);
}

/** The faults of one system, in the order they were added. */
export class Faults {
  state: FaultState = { rules: [], fired: [] };

  /** Adds a rule behind the others. */
  add(rule: FaultRule): void {
    this.state.rules.push({ rule, matches: 0 });
  }

  /** Removes all rules; what has fired stays listed. */
  clear(): void {
    this.state.rules = [];
  }

  /** The faults that fired, oldest first. */
  get fired(): readonly FiredFault[] {
    return this.state.fired;
  }

  /** Counts a call against all rules and gives the effect of the first that fires. */
  take(method: string, path: string, at: number): FaultEffect | null {
    let effect: FaultEffect | null = null;
    for (const entry of this.state.rules) {
      const { rule } = entry;
      if (rule.method !== undefined && rule.method.toUpperCase() !== method) continue;
      if (rule.path !== undefined && !pathMatches(rule.path, path, rule.exact === true)) continue;
      entry.matches += 1;
      if (effect === null && firesAt(entry.matches, rule.nth, rule.times)) effect = rule.effect;
    }
    if (effect !== null) this.state.fired.push({ at, method, path, effect });
    return effect;
  }
}
