import type { ConflictReason, Discard, DiscardReason } from "./conflict.ts";
import { isChanged } from "./diff.ts";
import type { FieldPolicy } from "./policy.ts";
import type { ConnectionId } from "./record.ts";
import { isBlank, isEqual } from "./value.ts";
import type { Value } from "./value.ts";

/** One side of one field. `view` undefined: not delivered. `base` undefined: never agreed on this side. */
export interface SideValue {
  readonly connection: ConnectionId;
  readonly view: Value | undefined;
  /** Images that count as unchanged: one, or two while an update is in doubt (old and sent). */
  readonly base: readonly Value[] | undefined;
  /** The system's own stamp of the record, ms since 1970; its clock may lie. */
  readonly stampMs: number | null;
  readonly stampGranularityMs: number;
  readonly actor: string | null;
}

/** What becomes of one field. */
export type FieldDecision =
  | { readonly kind: "unknown" }
  | { readonly kind: "agreed" }
  /** Both sides show values that count as agreed: the base moves to the views of these connections. */
  | { readonly kind: "converged" }
  /** A side that nobody may write keeps its value, as an explained difference: the base of these connections moves. */
  | { readonly kind: "kept"; readonly connections: readonly ConnectionId[] }
  | {
      readonly kind: "write";
      readonly values: { readonly [target: string]: Value };
      readonly winner: ConnectionId | "person";
      readonly discards: readonly Discard[];
    }
  | {
      readonly kind: "conflict";
      readonly reason: ConflictReason;
      readonly values: { readonly [connection: string]: Value | undefined };
    };

/** A user's rule: sees the values of the changed sides and names the winner, or null to ask a person. Must be pure. */
export type CustomRule = (sides: readonly SideValue[]) => ConnectionId | null;

/** What merging needs beside the sides. */
export interface MergeContext {
  readonly newestToleranceMs: number;
  readonly customRules: { readonly [name: string]: CustomRule };
  /** A person's decision for this field: the value that stands. */
  readonly resolution?: Value;
}

/**
 * Three-way merge of one value over any number of sides, each against its own base (INVARIANTS.md 1.6). Total: every
 * input gives one decision. A value that loses is in `discards`, or the field is in conflict; nothing is dropped.
 */
export function mergeField(policy: FieldPolicy, sides: readonly SideValue[], context: MergeContext): FieldDecision {
  const seen = sides.filter((side) => side.view !== undefined);
  if (seen.length < 2) return { kind: "unknown" };
  if (context.resolution !== undefined) return decideByPerson(policy, seen, context.resolution);
  const isFirst = seen.some((side) => side.base === undefined);
  const changed = seen.filter((side) => isChanged(side.view, side.base));
  if (!isFirst && changed.length === 0) return { kind: "agreed" };
  if (allEqual(seen)) return { kind: "converged" };
  if (isFirst) return mergeFirst(policy, seen, context);
  return mergeChanged({ policy, seen, changed }, context);
}

interface Changed {
  readonly policy: FieldPolicy;
  readonly seen: readonly SideValue[];
  readonly changed: readonly SideValue[];
}

function allEqual(sides: readonly SideValue[]): boolean {
  const first = sides[0];
  return first !== undefined && sides.every((side) => isEqual(side.view, first.view));
}

/** The winner's value goes to every target that shows another one. A target that shows another value loses it. */
function win(all: Changed, winner: SideValue, reason: DiscardReason): FieldDecision {
  const value = winner.view as Value;
  const values: Record<string, Value> = {};
  const discards: Discard[] = [];
  for (const side of all.seen) {
    if (side.connection === winner.connection || isEqual(side.view, value)) continue;
    if (!all.policy.targets.includes(side.connection)) continue;
    values[side.connection] = value;
    const isWriter = all.policy.writers.includes(side.connection);
    if (!all.changed.includes(side)) continue;
    discards.push(discard(all.policy.field, side, winner.connection, isWriter ? reason : "not_a_writer"));
  }
  if (Object.keys(values).length === 0) return keepAll(all.seen);
  return { kind: "write", values, winner: winner.connection, discards };
}

function discard(
  field: string,
  side: SideValue,
  winner: ConnectionId | "person",
  reason: DiscardReason,
): Discard {
  const { connection, actor } = side;
  return { field, connection, value: side.view as Value, actor, reason, winner };
}

function conflict(reason: ConflictReason, sides: readonly SideValue[]): FieldDecision {
  return { kind: "conflict", reason, values: Object.fromEntries(sides.map((side) => [side.connection, side.view])) };
}

function mergeChanged(all: Changed, context: MergeContext): FieldDecision {
  const { policy, seen, changed } = all;
  const writing = changed.filter((side) => policy.writers.includes(side.connection));
  if (writing.length === 0) return mergeForeign(all);
  if (allEqual(writing)) {
    const winner = writing.find((side) => side.connection === policy.master) ?? (writing[0] as SideValue);
    return win(all, winner, "master_wins");
  }
  switch (policy.policy) {
    case "master": {
      const master = writing.find((side) => side.connection === policy.master);
      return master === undefined ? conflict("master_unchanged", seen) : win(all, master, "master_wins");
    }
    case "newest": {
      const newest = newestOf(writing, context.newestToleranceMs);
      return newest === undefined ? conflict("stamps_too_close", seen) : win(all, newest, "newest_wins");
    }
    case "review":
      return conflict("both_changed", seen);
    case "custom": {
      const rule = context.customRules[policy.custom ?? ""];
      const winner = rule === undefined ? null : rule(writing);
      const side = writing.find((candidate) => candidate.connection === winner);
      return side === undefined ? conflict("custom_rule_asks", seen) : win(all, side, "custom_rule");
    }
  }
}

/** Only sides that may not write changed it: the owner's value is put back, or the difference is kept as explained. */
function mergeForeign(all: Changed): FieldDecision {
  const { policy, seen, changed } = all;
  const connections = changed.map((side) => side.connection);
  if (policy.onForeignEdit === "keep") return { kind: "kept", connections };
  const owner =
    seen.find((side) => side.connection === policy.master && !changed.includes(side)) ??
    seen.find((side) => policy.writers.includes(side.connection));
  return owner === undefined ? { kind: "kept", connections } : win(all, owner, "master_wins");
}

/** INVARIANTS.md I26: stamps decide only when they differ by more than the tolerance plus both granularities. */
function newestOf(sides: readonly SideValue[], toleranceMs: number): SideValue | undefined {
  const sorted = sides.toSorted((a, b) => (b.stampMs ?? 0) - (a.stampMs ?? 0));
  const [first, second] = sorted;
  if (first === undefined || second === undefined) return first;
  if (first.stampMs === null || sorted.some((side) => side.stampMs === null)) return undefined;
  const needed = toleranceMs + first.stampGranularityMs + second.stampGranularityMs;
  return first.stampMs - (second.stampMs as number) > needed ? first : undefined;
}

/** Records that existed on both sides before they were linked: nothing says who changed what. */
function mergeFirst(policy: FieldPolicy, seen: readonly SideValue[], context: MergeContext): FieldDecision {
  const all: Changed = { policy, seen, changed: seen.filter((side) => !isBlank(side.view)) };
  const based = seen.filter((side) => side.base !== undefined);
  const pool = based.length > 1 ? based : seen;
  const writers = pool.filter((side) => policy.writers.includes(side.connection));
  const speaking = policy.onFirstLink === "fill" ? writers.filter((side) => !isBlank(side.view)) : writers;
  if (policy.onFirstLink === "review" && speaking.length > 1 && !allEqual(speaking)) {
    return conflict("first_link_differs", seen);
  }
  const candidates = speaking.length > 0 ? speaking : writers;
  const master = candidates.find((side) => side.connection === policy.master);
  if (master !== undefined) return win(all, master, "first_link_master");
  if (candidates.length === 0) return keepAll(seen);
  if (allEqual(candidates)) return win(all, candidates[0] as SideValue, "first_link_master");
  const newest = policy.policy === "newest" ? newestOf(candidates, context.newestToleranceMs) : undefined;
  return newest === undefined ? conflict("first_link_differs", seen) : win(all, newest, "newest_wins");
}

function keepAll(seen: readonly SideValue[]): FieldDecision {
  return { kind: "kept", connections: seen.map((side) => side.connection) };
}

function decideByPerson(policy: FieldPolicy, seen: readonly SideValue[], value: Value): FieldDecision {
  const values: Record<string, Value> = {};
  const discards: Discard[] = [];
  for (const side of seen) {
    if (isEqual(side.view, value)) continue;
    values[side.connection] = value;
    if (!isBlank(side.view)) discards.push(discard(policy.field, side, "person", "person_decided"));
  }
  return Object.keys(values).length === 0 ? { kind: "converged" } : { kind: "write", values, winner: "person", discards };
}
