import type { GuardLimits } from "@crossfoot/kernel";
import type { Random } from "./random.ts";

/**
 * A guard that stops mass changes of the few records of a run; null leaves the one that ships, which none of
 * them ever meets. It is drawn where people change or delete everything at once (fault P7).
 */
export function drawGuard(random: Random, mask: ReadonlySet<string>): GuardLimits | null {
  if (!mask.has("P7") || random.chance(0.4)) return null;
  return {
    update: { countMax: random.between(2, 4), shareMax: 0.6, countFree: random.between(1, 2) },
    archive: { countMax: random.between(1, 2), shareMax: 0.5, countFree: 1 },
  };
}
