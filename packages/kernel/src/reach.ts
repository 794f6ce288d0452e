import type { DecideInput, Wait } from "./plan.ts";
import type { ConnectionId, LinkId } from "./record.ts";
import { isLines, isReference } from "./value.ts";
import type { Value } from "./value.ts";

/** A reference as it stands in a value. */
export type Reference =
  | { readonly link: LinkId }
  | { readonly awaits: { readonly entity: string; readonly connection: string; readonly id: string } };

/** All references that a value carries, in lines and groups too, in their order. */
export function carried(value: Value | undefined): readonly Reference[] {
  if (value === undefined || value === null || typeof value !== "object") return [];
  if (isLines(value)) return value.flatMap((line) => Object.values(line.fields).flatMap(carried));
  if (isReference(value)) return [value as unknown as Reference];
  return Object.values(value).flatMap(carried);
}

/** Parents that a value refers to and that have no member on the target. */
export function unreachable(
  input: Pick<DecideInput, "reach">,
  target: ConnectionId,
  value: Value | undefined,
): readonly Wait["parent"][] {
  return carried(value)
    .filter((reference) => "awaits" in reference || !(input.reach[reference.link] ?? []).includes(target))
    .map((reference) => ("awaits" in reference ? reference.awaits : { link: reference.link }));
}
