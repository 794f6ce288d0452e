import type { EpochRow } from "../store/port.ts";
import { moment } from "./text.ts";

/** Which life of the store this is, in a few lines. */
export function showEpoch(epoch: EpochRow): string {
  const { number, state, reason, confirmedAt, confirmedBy, recoveredAt } = epoch;
  if (state === "held")
    return [
      `Epoch ${number} is held: the store was restored, or is not the one it was.`,
      `Why: ${reason ?? ""}. Nothing is sent before \`crossfoot epoch --confirm\`.`,
    ].join("\n");
  const since = confirmedAt === null ? "" : `, confirmed by ${confirmedBy ?? ""} ${moment(confirmedAt)}`;
  const head = `Epoch ${number}${since}.`;
  if (state === "recovering")
    return [
      head,
      "Everything is being read again. What was made meanwhile is found by our reference and not made twice;",
      "new records are linked when both systems have been read as a whole.",
    ].join("\n");
  return recoveredAt === null ? head : `${head} Recovered ${moment(recoveredAt)}.`;
}
