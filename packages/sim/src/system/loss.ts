import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Loss } from "./profile.ts";

/** What is left of a text that a system stores (fault R9). */
function lose(loss: Loss, text: string): string {
  switch (loss.kind) {
    case "cut":
      return Array.from(text).slice(0, loss.length).join("");
    case "upper":
      return text.toUpperCase();
    case "trim":
      return text.trim();
    case "collapse":
      return text.replaceAll(/\s+/g, " ");
    case "accents":
      return text.normalize("NFD").replaceAll(/\p{M}/gu, "");
  }
}

/** A native record as it is stored; only texts are touched. */
export function stored(losses: { readonly [root: string]: Loss }, native: JsonMap): JsonMap {
  const kept = Object.entries(native).map(([root, value]): [string, Json] => {
    const loss = losses[root];
    return loss === undefined || typeof value !== "string" ? [root, value] : [root, lose(loss, value)];
  });
  return Object.fromEntries(kept);
}
