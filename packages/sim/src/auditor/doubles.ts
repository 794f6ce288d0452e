import type { Commit } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";
import type { Role } from "./things.ts";

const isOurs = ({ commits: [first] }: Row): boolean => first?.actor.kind === "us";

/**
 * Whether what we made is the counterpart of another record than `of` or its partner: people had made the
 * same thing more than once, and each of theirs may have one of ours.
 * @param rows every record of that thing so far, on both sides
 */
export function isOfAnotherDouble(
  of: { readonly row: Row; readonly role: Role },
  made: Commit,
  rows: { readonly [role in Role]: readonly Row[] },
): boolean {
  const { row, role } = of;
  const other = made.system === "crm" ? "erp" : "crm";
  const ours = rows[made.system].filter((one) => one !== row && isOurs(one)).length;
  const theirs = rows[other].filter((one) => one !== row && !isOurs(one)).length;
  // The partner is among them: on the side where we make, or as somebody's on the other one.
  if (made.system === role) return ours <= theirs - (isOurs(row) ? 1 : 0);
  return ours - (isOurs(row) ? 0 : 1) <= theirs;
}
