import { hash } from "node:crypto";
import { isIP } from "node:net";
import { isPassword, passwordCost } from "../../runtime/password.ts";
import type { PasswordCost } from "../../runtime/password.ts";
import { personNameOf } from "../../runtime/person-secrets.ts";
import type { PersonRow, PersonStore, TryRule } from "../../store/port.ts";
import type { Refusals } from "../api/refusals.ts";

/** How long somebody waits after wrong passwords: half a minute, doubling, a quarter of an hour at most. */
export const tryRule: TryRule = { lockMsMin: 30_000, lockMsMax: 900_000, forgetMs: 86_400_000 };
/** Tries of one name, and of one address, before each further one waits. Many share an address. */
const freeOfName = 5;
const freeOfAddress = 30;

/** Somebody who wants in. */
export interface SignIn {
  readonly name: string;
  readonly password: string;
  readonly address: string | null;
}

/** What came of it: the person; or wrong, with how long the next try waits; or locked, for so long. */
export type SignedIn =
  | { readonly kind: "in"; readonly person: PersonRow }
  | { readonly kind: "wrong" | "locked"; readonly waitMs: number };

/** What addresses are counted by: an IPv6 network of 64 bits is one customer's. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const all = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return all.slice(0, 4).join(":");
}

/** What tries of a name are counted by: nobody reads there what somebody typed. */
export const nameCount = (name: string): string => `name:${hash("sha256", name, "hex")}`;

/**
 * Looks at a name and a password. The try is counted before it is made, so that a thousand at once are not a
 * thousand guesses. A name that nobody has is counted, hashed and answered like any other.
 */
export async function signIn(
  deps: {
    readonly access: Pick<PersonStore, "findPerson" | "trySignIn" | "settleTry">;
    readonly refusals: Refusals;
    readonly cost?: PasswordCost;
  },
  { name, password, address }: SignIn,
): Promise<SignedIn> {
  const { access, refusals, cost = passwordCost } = deps;
  // What somebody typed as a name may be a password: it is never kept as it is.
  const known = personNameOf(name) ?? name;
  const ofName = nameCount(known);
  const ofAddress = address === null ? null : `address:${networkOf(address)}`;
  const counts = [
    { what: ofName, free: freeOfName },
    ...(ofAddress === null ? [] : [{ what: ofAddress, free: freeOfAddress }]),
  ];
  const { lockedMs, nextMs } = await access.trySignIn(counts, tryRule);
  const person = await access.findPerson(known);
  const note = (kind: string, why: string): void =>
    refusals.note({
      ...{ kind, why, key: null, route: "signIn", from: address },
      ...(person === null ? {} : { person: person.name }),
    });
  if (lockedMs > 0) {
    note("sign_in_locked", "");
    return { kind: "locked", waitMs: lockedMs };
  }
  const isRight = await isPassword(password, person?.passwordHash ?? null, cost);
  if (person !== null && isRight && person.disabledAt === null) {
    await access.settleTry({ clear: ofName, release: ofAddress });
    return { kind: "in", person };
  }
  note("sign_in_failed", person === null ? "unknown" : isRight ? "disabled" : "wrong");
  if (nextMs > 0) note("locked_out", "");
  return { kind: "wrong", waitMs: nextMs };
}
