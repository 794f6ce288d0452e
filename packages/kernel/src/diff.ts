import { isAlike, isEqual, isPlainGroup } from "./value.ts";
import type { Fields, Value } from "./value.ts";

/**
 * The image that a side is compared with. While an update is in doubt there are two: the one that the view
 * shows, else the older. Undefined when the side has never agreed.
 */
export function imageOf(view: Value | undefined, base: readonly Value[] | undefined): Value | undefined {
  if (base === undefined) return undefined;
  const shown = base.findIndex((image) => isAlike(image, view));
  return base[Math.max(shown, 0)];
}

/**
 * INVARIANTS.md 1.6: a side changed a field when its view differs from each image that counts as its base.
 * Absent is no change (the system did not deliver the field, or that part of it); a side without a base has
 * never agreed and cannot have changed.
 */
export function isChanged(view: Value | undefined, base: readonly Value[] | undefined): boolean {
  return !isAlike(imageOf(view, base), view);
}

/**
 * True when a side has agreed on all that it shows. It has not when there is no base, or when it shows a part
 * of a group that its base lacks: then nothing says who changed what.
 */
export function hasAgreed(view: Value | undefined, base: readonly Value[] | undefined): boolean {
  const image = imageOf(view, base);
  return view !== undefined && image !== undefined && covers(image, view);
}

function covers(image: Value, view: Value): boolean {
  if (!isPlainGroup(image) || !isPlainGroup(view)) return true;
  return Object.entries(view).every(([part, value]) => {
    const known = image[part];
    return known !== undefined && covers(known, value);
  });
}

/** Difference of one field. `before` or `after` undefined means absent. */
export interface FieldChange {
  readonly field: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** Fields in which two records differ, in the order of their names. Never throws. */
export function diffFields(before: Fields, after: Fields): readonly FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names
    .filter((field) => !isEqual(before[field], after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}
