import type { Via } from "@crossfoot/kernel";
import type { StoredObservation } from "../store/port.ts";

/**
 * A record that its system refused to change and does not give out either, or that vanished together with all
 * others. That proves no deletion: nobody may write to it until it shows again, or a complete listing of ids
 * that shows others, or a person's word, proves that it is gone.
 */
export function notSeen(
  known: StoredObservation,
  { start, end, via }: { readonly start: number; readonly end: number; readonly via: Via },
): StoredObservation {
  return { ...known, kind: "not_seen", via, readStart: start, readEnd: end };
}
