import { hasAgreed } from "./diff.ts";
import type { FieldDecision, SideValue } from "./merge.ts";
import type { ConnectionId } from "./record.ts";

/**
 * What becomes of differences on a link that was taken over from another integration, in fields on which its
 * sides never agreed: `review` asks a person, also about a value against a blank, and before a counterpart is
 * made; `keep` lets them stand.
 */
export type AdoptedTerms = "review" | "keep";

/** All of {@link AdoptedTerms}. */
export const adoptedTerms: readonly AdoptedTerms[] = ["review", "keep"];

/**
 * The decision of a field on a link that was taken over. The table that it came from says that two records
 * are one thing, not whose value is right: where the sides never agreed, nothing is written because of it.
 * Once they did agree, the field is decided like any other. Never throws.
 */
export function decideAdopted(
  decision: FieldDecision,
  sides: readonly SideValue[],
  terms: AdoptedTerms,
): FieldDecision {
  const seen = sides.filter((side) => side.view !== undefined);
  const agreed = seen.filter((side) => hasAgreed(side.view, side.base));
  const isFirst = agreed.length < 2;
  if (!isFirst || (decision.kind !== "write" && decision.kind !== "conflict")) return decision;
  const connections = seen.map(({ connection }): ConnectionId => connection);
  if (terms === "keep")
    return { kind: "kept", connections: connections.toSorted((a, b) => (a < b ? -1 : 1)) };
  const values = Object.fromEntries(seen.map(({ connection, view }) => [connection, view]));
  return { kind: "conflict", reason: "first_link_differs", values };
}
