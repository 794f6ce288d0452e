import type { EntityPolicy } from "./policy.ts";
import { canonicalBytes, isBlank } from "./value.ts";
import type { Fields, Value } from "./value.ts";

/** Words that many records share because nobody knew the true value; they never identify anything. */
const placeholders = new Set(["n/a", "na", "none", "null", "unknown", "test", "tbd"]);

/**
 * The declared match keys of a record as texts, one per set of fields that is complete. Two records with an
 * equal text are the same thing. Text is compared trimmed, in lower case, with single spaces; `taxId`,
 * `phone` and the like by their letters and digits only. A blank or a shared placeholder gives no key.
 */
export function matchKeysOf(policy: EntityPolicy, fields: Fields): readonly string[] {
  const keys: string[] = [];
  for (const names of policy.matchKeys) {
    const parts = names.map((name) => matchText(name, fields[name]));
    const isComplete = parts.length > 0 && parts.every((part) => part !== undefined);
    if (isComplete) keys.push(`${names.join("+")}=${canonicalBytes(parts)}`);
  }
  return keys;
}

/** One mark over and over, as people type where something must stand. The numbers 1 to 99 are numbers. */
const repeated = /^(?:(\D)\1*|0+|(\d)\2{2,})$/u;

const compactFields = new Set(["taxId", "phone", "mobile"]);

function matchText(name: string, value: Value | undefined): string | undefined {
  if (isBlank(value) || value === undefined || value === null) return undefined;
  if (typeof value === "object") return canonicalBytes(value).toLowerCase();
  const text = String(value).normalize("NFKC").toLowerCase();
  const normal = compactFields.has(name)
    ? text.replace(/[^\p{L}\p{N}]/gu, "")
    : text.trim().replace(/\s+/g, " ");
  return normal === "" || placeholders.has(normal) || repeated.test(normal) ? undefined : normal;
}

/** What is known about records of the other side that share a key with a newcomer. */
export type MatchVerdict =
  | { readonly kind: "none" }
  | { readonly kind: "link"; readonly link: string }
  /** Several records claim the key, or the one found is taken: a person decides. */
  | { readonly kind: "review"; readonly links: readonly string[] };

/**
 * Certain, uncertain or no match. Certain: exactly one open link of another connection shares a key, and no
 * other record of the newcomer's own side claims the same link. Everything else that shares a key goes to
 * review.
 */
export function decideMatch(found: {
  /** Links of other connections that share at least one key, and have no member on the newcomer's side. */
  readonly open: readonly string[];
  /** Links that share a key, and already have another member on the newcomer's side: likely duplicates. */
  readonly taken: readonly string[];
  /** Other unlinked records of the newcomer's own side with an equal key. */
  readonly rivals: number;
}): MatchVerdict {
  const links = [...new Set([...found.open, ...found.taken])];
  const [only] = links;
  if (only === undefined) return { kind: "none" };
  const isCertain = links.length === 1 && found.taken.length === 0 && found.rivals === 0;
  return isCertain ? { kind: "link", link: only } : { kind: "review", links };
}
