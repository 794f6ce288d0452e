import type { ConflictReason, Discard, DiscardReason } from "./conflict.ts";
import { hasAgreed, isChanged } from "./diff.ts";
import type { FieldPolicy } from "./policy.ts";
import type { ConnectionId } from "./record.ts";
import { isAlike, isBlank } from "./value.ts";
import type { Problem, Value } from "./value.ts";

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
  /** Fewer than two sides show it, or none of those that may write it: nothing can be said. */
  | { readonly kind: "unknown" }
  | { readonly kind: "agreed" }
  /** Both sides show values that count as agreed: the base moves to the views of these connections. */
  | { readonly kind: "converged" }
  /** A difference that stands, by the contract or between two blanks: the base of these connections moves. */
  | { readonly kind: "kept"; readonly connections: readonly ConnectionId[] }
  | {
      readonly kind: "write";
      readonly values: { readonly [target: string]: Value };
      /** Whose value each target gets: the winner of its value, or of the line that changed there last. */
      readonly winners: { readonly [target: string]: ConnectionId | "person" };
      /** Why that value. */
      readonly reason: FieldReason;
      readonly discards: readonly Discard[];
    }
  | {
      readonly kind: "conflict";
      readonly reason: ConflictReason;
      readonly values: { readonly [connection: string]: Value | undefined };
    }
  /** The user's own rule did not come to an answer: a person has to look at the rule. */
  | { readonly kind: "failed"; readonly problem: Problem };

/**
 * Why a field gets the value it gets. Closed list: `only_change` only this side changed it · `only_writer`
 * the other that changed it may not write · `put_back` edited where it may not be · `fills_blank` the other
 * shows nothing · `created` comes with a record that is made · `lines_merged` lines of both sides ·
 * `last_read` a projection.
 */
export type FieldReason =
  | "only_change"
  | "only_writer"
  | "master_wins"
  | "newest_wins"
  | "custom_rule"
  | "person_decided"
  | "put_back"
  | "first_link_master"
  | "fills_blank"
  | "lines_merged"
  | "last_read"
  | "created";

/** All reasons of a value. */
export const fieldReasons: readonly FieldReason[] = [
  "only_change",
  "only_writer",
  "master_wins",
  "newest_wins",
  "custom_rule",
  "person_decided",
  "put_back",
  "first_link_master",
  "fills_blank",
  "lines_merged",
  "last_read",
  "created",
];

/**
 * A user's rule: sees the values of the changed sides, in the order of their names, and says who wins, or
 * null to ask a person. Must be pure. One that names another asks; one that throws has failed, and parks the
 * record. The message of a {@link RuleFailed} says how.
 */
export type CustomRule = (sides: readonly SideValue[]) => ConnectionId | null;

/** What merging needs beside the sides. */
export interface MergeContext {
  readonly newestToleranceMs: number;
  readonly customRules: { readonly [name: string]: CustomRule };
  /** A person's decision for this field: the value that stands. */
  readonly resolution?: Value | undefined;
}

/**
 * Three-way merge of one value over any number of sides, each against its own base (INVARIANTS.md 1.6).
 * Total: every input gives one decision, whatever the order of the sides. A value that loses is in
 * `discards`, or the field is in conflict; nothing is dropped.
 */
export function mergeField(
  policy: FieldPolicy,
  sides: readonly SideValue[],
  context: MergeContext,
): FieldDecision {
  const seen = sides
    .filter((side) => side.view !== undefined)
    .toSorted((a, b) => (a.connection < b.connection ? -1 : 1));
  const isOwnerAway = policy.writers.length > 0 && !seen.some((side) => mayWrite(policy, side));
  if (seen.length < 2 || isOwnerAway) return { kind: "unknown" };
  if (context.resolution !== undefined) return decideByPerson(policy, seen, context.resolution);
  const fresh = seen.filter((side) => !hasAgreed(side.view, side.base));
  const changed = seen.filter((side) => isChanged(side.view, side.base));
  if (fresh.length === 0 && changed.length === 0) return { kind: "agreed" };
  if (areAllAlike(seen)) return { kind: "converged" };
  const isFirst = seen.length - fresh.length < 2 || changed.length === 0;
  const merging: Merging = { policy, seen, fresh, changed, isFirst };
  return isFirst ? mergeFirst(merging, context) : mergeChanged(merging, context);
}

/** One merge. A side in neither list shows what it agreed to. */
interface Merging {
  readonly policy: FieldPolicy;
  /** All sides that show the field, in the order of their names. */
  readonly seen: readonly SideValue[];
  /** Those that have not agreed on all that they show. */
  readonly fresh: readonly SideValue[];
  /** Those that moved away from their base. */
  readonly changed: readonly SideValue[];
  /** Nothing says who changed what: fewer than two sides have agreed, or only those that have not differ. */
  readonly isFirst: boolean;
}

/** Whether nothing that any two of these sides show differs. */
export function areAllAlike(sides: readonly SideValue[]): boolean {
  return sides.every((side) => sides.every((other) => isAlike(side.view, other.view)));
}

const mayWrite = (policy: FieldPolicy, side: SideValue): boolean => policy.writers.includes(side.connection);

/** The master among these sides, else the first. */
function leading(policy: FieldPolicy, sides: readonly SideValue[]): SideValue | undefined {
  return sides.find((side) => side.connection === policy.master) ?? sides[0];
}

/**
 * The winner's value goes to every target that shows another one, but for those that agreed with the winner
 * before, each in its own image. What a target loses is discarded by name, when a person may have meant it.
 */
function win(
  merging: Merging,
  winner: SideValue,
  because: { readonly loss: DiscardReason; readonly reason: FieldReason },
): FieldDecision {
  const { policy, seen, fresh, changed } = merging;
  const value = winner.view as Value;
  const isSettled = (side: SideValue): boolean => !fresh.includes(side) && !changed.includes(side);
  const differing = seen.filter(
    (side) => !isAlike(side.view, value) && !(isSettled(side) && isSettled(winner)),
  );
  if (differing.length === 0) return { kind: "converged" };
  const losing = differing.filter((side) => policy.targets.includes(side.connection));
  const mayMiss = (side: SideValue): boolean =>
    (merging.isFirst || fresh.includes(side)) && !isBlank(side.view);
  const discards = losing
    .filter((side) => changed.includes(side) || mayMiss(side))
    .map((side) =>
      discard(policy, side, {
        reason: mayWrite(policy, side) ? because.loss : "not_a_writer",
        winner: winner.connection,
      }),
    );
  if (losing.length === 0) return keep(seen);
  return write(losing, { value, winner: winner.connection, reason: because.reason, discards });
}

function write(
  targets: readonly SideValue[],
  outcome: {
    readonly value: Value;
    readonly winner: ConnectionId | "person";
    readonly reason: FieldReason;
    readonly discards: readonly Discard[];
  },
): FieldDecision {
  const { value, winner, reason, discards } = outcome;
  const values = Object.fromEntries(targets.map((side) => [side.connection, value]));
  const winners = Object.fromEntries(targets.map((side) => [side.connection, winner]));
  return { kind: "write", values, winners, reason, discards };
}

function discard(
  { field }: FieldPolicy,
  { connection, view, actor }: SideValue,
  { reason, winner }: Pick<Discard, "reason" | "winner">,
): Discard {
  return { field, connection, value: view as Value, actor, reason, winner };
}

function conflict(reason: ConflictReason, sides: readonly SideValue[]): FieldDecision {
  return {
    kind: "conflict",
    reason,
    values: Object.fromEntries(sides.map((side) => [side.connection, side.view])),
  };
}

function keep(sides: readonly SideValue[]): FieldDecision {
  return { kind: "kept", connections: sides.map((side) => side.connection) };
}

function mergeChanged(merging: Merging, context: MergeContext): FieldDecision {
  const { policy, seen, changed } = merging;
  const writing = changed.filter((side) => mayWrite(policy, side));
  const first = leading(policy, writing);
  if (first === undefined) return mergeForeign(merging);
  if (areAllAlike(writing)) {
    const reason = writing.length === changed.length ? "only_change" : "only_writer";
    return win(merging, first, { loss: "master_wins", reason });
  }
  switch (policy.policy) {
    case "master": {
      const master = writing.find((side) => side.connection === policy.master);
      return master === undefined
        ? conflict("master_unchanged", seen)
        : win(merging, master, { loss: "master_wins", reason: "master_wins" });
    }
    case "newest": {
      const newest = newestOf(writing, context.newestToleranceMs);
      return newest === undefined
        ? conflict("stamps_too_close", seen)
        : win(merging, newest, { loss: "newest_wins", reason: "newest_wins" });
    }
    case "review":
      return conflict("both_changed", seen);
    case "custom": {
      const answer = askRule(context.customRules, policy.custom ?? "", writing);
      if (answer.problem !== null) return { kind: "failed", problem: answer.problem };
      return answer.winner === undefined
        ? conflict("custom_rule_asks", seen)
        : win(merging, answer.winner, { loss: "custom_rule", reason: "custom_rule" });
    }
  }
}

/** A rule that did not come to an answer. The message says what was expected, never a value. */
export class RuleFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RuleFailed";
  }
}

/** The rule is not ours: whatever it does, the merge stays total. */
function askRule(
  rules: MergeContext["customRules"],
  name: string,
  writing: readonly SideValue[],
): { readonly winner: SideValue | undefined; readonly problem: Problem | null } {
  try {
    const named = rules[name]?.(writing);
    return { winner: writing.find((side) => side.connection === named), problem: null };
  } catch (error) {
    const said = error instanceof RuleFailed ? error.message : "an answer without an error";
    const expected = `of the rule \`${name}\`: ${said}`;
    return { winner: undefined, problem: { code: "rule_failed", expected } };
  }
}

/**
 * Only sides that may not write changed it: the owner's value is put back, or the difference is kept as
 * explained.
 */
function mergeForeign(merging: Merging): FieldDecision {
  const { policy, seen, changed } = merging;
  const owner = leading(
    policy,
    seen.filter((side) => mayWrite(policy, side)),
  );
  return owner === undefined || policy.onForeignEdit === "keep"
    ? keep(changed)
    : win(merging, owner, { loss: "master_wins", reason: "put_back" });
}

/**
 * INVARIANTS.md I26: stamps decide only when they differ by more than the tolerance plus both granularities.
 */
function newestOf(sides: readonly SideValue[], toleranceMs: number): SideValue | undefined {
  return sides.find((side) =>
    sides.every((other) => {
      if (other === side) return true;
      if (side.stampMs === null || other.stampMs === null) return false;
      return side.stampMs - other.stampMs > toleranceMs + side.stampGranularityMs + other.stampGranularityMs;
    }),
  );
}

/**
 * Sides that never agreed: records that existed before they were linked, or a part that a system begins to
 * show. Nothing says who changed what. Sides that do agree with one another speak with one voice.
 */
function mergeFirst(merging: Merging, context: MergeContext): FieldDecision {
  const { policy, seen, fresh } = merging;
  // Nothing here, nothing there: one system says so with null, the other with empty text or an empty list.
  if (seen.every((side) => isBlank(side.view))) return keep(seen);
  const agreed = seen.filter((side) => !fresh.includes(side));
  const voice = leading(
    policy,
    agreed.filter((side) => mayWrite(policy, side)),
  );
  const writers = seen.filter((side) => mayWrite(policy, side) && (side === voice || fresh.includes(side)));
  const speaking = policy.onFirstLink === "master" ? writers : writers.filter((side) => !isBlank(side.view));
  if (policy.onFirstLink === "review" && !areAllAlike(speaking)) return conflict("first_link_differs", seen);
  const candidates = speaking.length > 0 ? speaking : writers;
  const winner = leading(policy, candidates);
  if (winner === undefined) return keep(seen);
  // What somebody edited since his side agreed is no record that was there before.
  const isEdited = merging.changed.length > 0 && policy.policy !== "master";
  if ((winner.connection === policy.master && !isEdited) || areAllAlike(candidates))
    return win(merging, winner, { loss: "first_link_master", reason: firstReason(seen, winner) });
  const newest = policy.policy === "newest" ? newestOf(candidates, context.newestToleranceMs) : undefined;
  return newest === undefined
    ? conflict("first_link_differs", seen)
    : win(merging, newest, { loss: "newest_wins", reason: "newest_wins" });
}

/** Nobody loses anything where all that show another value show nothing. */
function firstReason(seen: readonly SideValue[], winner: SideValue): FieldReason {
  const others = seen.filter((side) => !isAlike(side.view, winner.view));
  return others.every((side) => isBlank(side.view)) ? "fills_blank" : "first_link_master";
}

/** A person's word goes to every side that may receive the field; a side that may not keeps what it shows. */
function decideByPerson(policy: FieldPolicy, seen: readonly SideValue[], value: Value): FieldDecision {
  const targets = seen.filter(
    (side) => policy.targets.includes(side.connection) && !isAlike(side.view, value),
  );
  if (targets.length === 0) return areAllAlike(seen) ? { kind: "converged" } : keep(seen);
  const discards = targets
    .filter((side) => !isBlank(side.view))
    .map((side) => discard(policy, side, { reason: "person_decided", winner: "person" }));
  return write(targets, { value, winner: "person", reason: "person_decided", discards });
}
