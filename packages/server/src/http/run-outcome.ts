import { isMap } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";

/** Writes of a stored run by entity: `12 accounts, 3 orders`; empty when it made none. */
function writtenOf(entities: Json | undefined): string {
  const list: readonly Json[] = Array.isArray(entities) ? entities : [];
  const told = list.flatMap((each): readonly string[] => {
    if (!isMap(each) || typeof each["entity"] !== "string" || !isMap(each["settled"])) return [];
    const counts = Object.values(each["settled"]).flatMap((kinds) =>
      isMap(kinds) ? Object.values(kinds) : [],
    );
    const count = counts.reduce<number>((sum, one) => sum + (typeof one === "number" ? one : 0), 0);
    return count === 0 ? [] : [`${count} ${each["entity"]}`];
  });
  return told.join(", ");
}

/** What a stored run says of itself: how much it wrote, why it wrote nothing, or why it failed. */
export function runOutcome(summary: Json): string {
  if (!isMap(summary)) return "";
  const { whyNothing, message, entities } = summary;
  if (typeof message === "string") return message;
  if (typeof whyNothing === "string") return `wrote nothing: ${whyNothing}`;
  const written = writtenOf(entities);
  return written === "" ? "" : `wrote ${written}`;
}
