import type { StoredObservation } from "../store/port.ts";
import type { ReadSpan } from "./observe.ts";

/**
 * A record that its system refused to change and does not give out either. That proves no deletion: nobody
 * may write to it until it shows again, or a complete listing of ids without it proves that it is gone.
 */
export function notSeen(known: StoredObservation, { start, end, via }: ReadSpan): StoredObservation {
  return { ...known, kind: "not_seen", via, readStart: start, readEnd: end };
}
