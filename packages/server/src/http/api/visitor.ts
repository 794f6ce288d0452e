import type { KeyRole } from "../../store/port.ts";

/** Whoever passed the door: a key, or a person with a session. */
export interface Visitor {
  readonly kind: "key" | "person";
  /** Public part of the key, or `person-<id>`: what rates and repeats are kept by. */
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly scopes: readonly string[];
  /** When the key or the session ends; null for a key that does not. */
  readonly expiresAt: string | null;
  /** What unsafe requests of a session carry in `x-csrf-token`; null for a key. */
  readonly csrfToken: string | null;
}

/** How the journal names a visitor. */
export const nameOf = ({ kind, name, id }: Visitor): string =>
  kind === "key" ? `key ${name} (cf_${id})` : `person ${name}`;

/** What the audit log says of whoever is known: the public part of a key, or a person's name. */
export const markOf = (
  visitor: Visitor | null,
): { readonly key: string | null; readonly person?: string } => {
  if (visitor === null) return { key: null };
  return visitor.kind === "key" ? { key: visitor.id } : { key: null, person: visitor.name };
};
