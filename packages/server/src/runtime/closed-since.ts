import { isInClosedBooks, policyInState } from "@crossfoot/kernel";
import type { Intent, StoredObservation } from "../store/port.ts";
import { readContext, readObservation } from "./canonical.ts";
import { giversOf } from "./outcome.ts";
import type { SendTarget } from "./target.ts";
import type { World } from "./world.ts";

/**
 * Whether a write would touch closed books: it goes to a record that is dated in them, makes one, or dates
 * one so. Asked again when it is sent, since they may have been closed after it was decided, and a person may
 * have put it back.
 */
export function isInClosedPeriod(
  world: World,
  { side, mapping, policy: { closed } }: SendTarget,
  { intent, seen }: { readonly intent: Intent; readonly seen: StoredObservation | null },
): boolean {
  if (closed === undefined || closed.at !== side.id) return false;
  if (isInClosedBooks(closed, intent.fields[closed.field])) return true;
  if (seen === null) return false;
  const context = readContext(world, new Map(), { connection: side.id, lines: [] });
  return isInClosedBooks(closed, readObservation(mapping, seen, context).fields[closed.field]);
}

/**
 * Whether the state in which the target holds a document now takes a field of the write away from those who
 * gave it (INVARIANTS.md I14): it may have moved on since the write was decided, and where no version tells
 * that the target would still take it.
 */
export function isClosedSince(
  world: World,
  { side, mapping, policy }: SendTarget,
  { intent, seen }: { readonly intent: Intent; readonly seen: StoredObservation },
): boolean {
  if (policy.ownership.length === 0) return false;
  const context = readContext(world, new Map(), { connection: side.id, lines: [] });
  const { fields } = readObservation(mapping, seen, context);
  const givers = giversOf(intent);
  return Object.keys(intent.fields).some((name) => {
    const field = policy.fields[name];
    if (field === undefined) return false;
    const now = policyInState(policy, field, (connection, each) =>
      connection === side.id ? fields[each] : undefined,
    );
    return now !== field && !now.writers.some((writer) => givers.includes(writer));
  });
}
