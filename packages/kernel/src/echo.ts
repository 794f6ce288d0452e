import { isEqual } from "./value.ts";
import type { Fields } from "./value.ts";

/**
 * Echo recognition from stored facts alone, never from time or from who is said to have written: an
 * observation is ours when it has the version that our write was answered with, or when every field it shows
 * equals the image that the base holds, or the value we sent.
 */
export function isEcho(observation: {
  readonly version: string | null;
  readonly answeredVersion: string | null;
  readonly fields: Fields;
  readonly base: Fields;
  readonly sent: Fields;
}): boolean {
  if (observation.version !== null && observation.version === observation.answeredVersion) return true;
  return Object.entries(observation.fields).every(
    ([field, value]) => isEqual(value, observation.base[field]) || isEqual(value, observation.sent[field]),
  );
}
