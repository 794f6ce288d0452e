import type { EntityMapping } from "@crossfoot/connector-sdk";

/** Native roots by field, without those of expressions, which are ours. */
export function pathRoots(mapping: EntityMapping): readonly (readonly [string, readonly string[]])[] {
  return Object.values(mapping.fields).map(({ field, roots }) => [
    field,
    roots.filter((root) => !root.startsWith("=")),
  ]);
}
