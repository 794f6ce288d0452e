import type { DecideInput, MemberState } from "./plan.ts";
import type { Shown } from "./policy.ts";
import type { ConnectionId } from "./record.ts";

/** A member with the name of its connection. */
export type NamedMember = readonly [ConnectionId, MemberState];

/** The members of the link in the order of their connections' names, whatever the order of the keys. */
export function membersOf(input: Pick<DecideInput, "members">): readonly NamedMember[] {
  const members = Object.entries(input.members) as [ConnectionId, MemberState][];
  return members.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** What the members of a link show now, by field. */
export function shownIn({ members }: Pick<DecideInput, "members">): Shown {
  return (connection, field) => members[connection]?.view.fields[field];
}

/** Canonical status that a member shows, or undefined. */
export function statusAt(
  input: Pick<DecideInput, "members" | "policy">,
  connection: ConnectionId,
): string | undefined {
  const status = input.members[connection]?.view.fields[input.policy.statusField ?? ""];
  return typeof status === "string" ? status : undefined;
}
