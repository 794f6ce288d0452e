import type { DecideInput, Wait } from "./plan.ts";
import type { ConnectionId, LinkId } from "./record.ts";
import { canonicalBytes, isLines, isReference } from "./value.ts";
import type { Value } from "./value.ts";

/** A reference as it stands in a value. */
export type Reference =
  | { readonly link: LinkId }
  | { readonly awaits: { readonly entity: string; readonly connection: string; readonly id: string } };

/** All references that a value carries, in lines and groups too, in their order. */
export function carried(value: Value | undefined): readonly Reference[] {
  if (value === null || typeof value !== "object") return [];
  if (isLines(value)) return value.flatMap((line) => Object.values(line.fields).flatMap(carried));
  if (isReference(value)) return [value as unknown as Reference];
  return Object.values(value).flatMap(carried);
}

/** Parents that a value refers to and that have no member on the target, each once. */
export function unreachable(
  input: Pick<DecideInput, "reach">,
  target: ConnectionId,
  value: Value | undefined,
): readonly Wait["parent"][] {
  const missing = new Map<string, Wait["parent"]>();
  for (const reference of carried(value)) {
    const isThere = "link" in reference && (input.reach[reference.link] ?? []).includes(target);
    if (!isThere)
      missing.set(canonicalBytes(reference), "awaits" in reference ? reference.awaits : reference);
  }
  return [...missing.values()];
}
