import type { Kind } from "../kinds.ts";
import { countryOf } from "../normalise/countries.ts";
import { unitOf } from "../normalise/units.ts";

/** Kinds whose values are compared by what they mean. */
export const meaningKinds: ReadonlySet<Kind> = new Set(["country", "unit"]);

/**
 * What a country or a unit means, as one word whatever the language or code list; null for one that means
 * nothing, and for every other kind. Never throws.
 */
export function meaningOf(value: string, kind: Kind): string | null {
  if (kind === "country") return countryOf(value)?.code.toLowerCase() ?? null;
  return kind === "unit" ? unitOf(value) : null;
}
