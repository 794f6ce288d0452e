import type { KeyRole, PersonRow, PersonStore } from "../store/port.ts";
import { linkMs, makePersonId, makeSecret } from "./person-secrets.ts";

/** How a person stands. */
type PersonState = "invited" | "active" | "disabled";

/** A person as others are told of them: nothing of a password. */
export interface PersonShown {
  readonly name: string;
  readonly role: KeyRole;
  readonly state: PersonState;
  /** Whether they come by OpenID Connect. */
  readonly isExternal: boolean;
  readonly createdAt: string;
  readonly signedInAt: string | null;
}

/** A person without what nobody is told. */
export function shownPerson(row: PersonRow): PersonShown {
  const { name, role, passwordHash, subject, disabledAt, createdAt, signedInAt } = row;
  const isExternal = subject !== null;
  const isActive = passwordHash !== null || isExternal;
  const state = disabledAt !== null ? "disabled" : isActive ? "active" : "invited";
  return { name, role, state, isExternal, createdAt, signedInAt };
}

/** The secret of a one-time link that sets a person's password; null for the first administrator's. */
export async function giveLink(
  access: Pick<PersonStore, "saveLink">,
  of: { readonly person: string | null; readonly by: string },
): Promise<string> {
  const { secret, hash } = makeSecret();
  await access.saveLink({ hash, ...of, expiresInMs: linkMs });
  return secret;
}

/** Invites a person: the secret of their link, or null when somebody has the name. */
export async function invitePerson(
  access: Pick<PersonStore, "saveLink" | "savePerson">,
  wanted: { readonly name: string; readonly role: KeyRole; readonly by: string },
): Promise<string | null> {
  const id = makePersonId();
  const { by } = wanted;
  return (await access.savePerson({ id, ...wanted })) ? giveLink(access, { person: id, by }) : null;
}
