import { policyInState } from "@crossfoot/kernel";
import type { Intent, StoredObservation } from "../store/port.ts";
import { readContext, readObservation } from "./canonical.ts";
import { causesOf } from "./outcome.ts";
import type { SendTarget } from "./target.ts";
import type { World } from "./world.ts";

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
  const { statusField } = policy;
  if (statusField === null || policy.ownership.length === 0) return false;
  const context = readContext(world, new Map(), { connection: side.id, lines: [] });
  const status = readObservation(mapping, seen, context).fields[statusField];
  if (typeof status !== "string") return false;
  const givers = causesOf(intent.causes);
  return Object.keys(intent.fields).some((name) => {
    const field = policy.fields[name];
    if (field === undefined) return false;
    const now = policyInState(policy, field, (connection) => (connection === side.id ? status : undefined));
    return now !== field && !now.writers.some((writer) => givers.includes(writer));
  });
}
