import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Profile } from "./profile.ts";

/** What a system's own rule makes of a telephone number after each save (fault R8). */
const rules: { readonly [form in NonNullable<Profile["automation"]>["form"]]: (text: string) => string } = {
  stripped: (text) => text.replaceAll(" ", ""),
  dotted: (text) => text.trim().replaceAll(" ", "."),
  marked: (text) => (text.startsWith("T:") ? text : `T:${text}`),
  bare: (text) => (text.startsWith("T:") ? text.slice(2) : text),
};

/** Plain fields that the rule sets otherwise than they were saved; null when it leaves them. */
export function rewritten(
  automation: Profile["automation"],
  plain: JsonMap,
): { readonly phone: Json } | null {
  const { phone } = plain;
  if (automation === null || typeof phone !== "string") return null;
  const made = rules[automation.form](phone);
  return made === phone ? null : { phone: made };
}
