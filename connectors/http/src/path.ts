import { isList, isMap, own, textOf } from "./wire.ts";
import type { Json } from "./wire.ts";

/**
 * The value at a dotted path: `$` is the whole, a number walks a list, and a key that has a point in it is
 * found as it stands (the longest key that fits is taken). Undefined when there is nothing.
 */
export function at(value: Json | undefined, path: string): Json | undefined {
  if (path === "$" || value === undefined) return value;
  if (isList(value)) {
    const [first, rest] = cut(path);
    if (!/^\d+$/.test(first)) return undefined;
    return rest === undefined ? value[Number(first)] : at(value[Number(first)], rest);
  }
  if (!isMap(value)) return undefined;
  if (Object.hasOwn(value, path)) return own(value, path);
  for (let end = path.lastIndexOf("."); end > 0; end = path.lastIndexOf(".", end - 1)) {
    const key = path.slice(0, end);
    if (Object.hasOwn(value, key)) return at(own(value, key), path.slice(end + 1));
  }
  return undefined;
}

function cut(path: string): readonly [string, string?] {
  const point = path.indexOf(".");
  return point < 0 ? [path] : [path.slice(0, point), path.slice(point + 1)];
}

/** A test of an answer or a row. */
export interface Condition {
  readonly path?: string;
  readonly header?: string;
  readonly in?: readonly Json[];
  readonly exists?: boolean;
  readonly startsWith?: string;
}

/** Whether a condition holds. Values are compared as they are; `exists` means there and not null. */
export function holds(
  condition: Condition,
  seen: { readonly body: Json | undefined; readonly headers?: { readonly [name: string]: string } },
): boolean {
  const value =
    condition.header === undefined
      ? at(seen.body, condition.path ?? "$")
      : (seen.headers?.[condition.header.toLowerCase()] ?? undefined);
  if (condition.exists !== undefined && condition.exists !== (value !== undefined && value !== null))
    return false;
  if (condition.in !== undefined && !condition.in.some((one) => one === (value ?? null))) return false;
  if (condition.startsWith !== undefined && !(textOf(value)?.startsWith(condition.startsWith) ?? false))
    return false;
  return true;
}
