import type { MemberState } from "@crossfoot/kernel";
import { labelOf } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { isThere } from "./prove.ts";

/** What a statement as of a day makes of a link: it counts, it is of a later day, or why nobody knows. */
export type Standing = { readonly is: "in" | "out" } | { readonly is: "unknown"; readonly why: string };

/** The last instant of a day, ms since 1970; days end by UTC. */
const endOf = (day: string): number => Date.parse(`${day}T23:59:59.999Z`);

function dayOf(member: MemberState): string | null {
  const { date } = member.view.fields;
  return typeof date === "string" ? date : null;
}

/** When a record was last changed, by its system's own stamps; null where it has none. */
function changedAt(one: Assessed, member: MemberState): number | null {
  const { connection } = member.view;
  const seen = one.bundle.members.find((each) => each.connection === connection)?.observation;
  const stamps = [seen?.modifiedAt ?? null, seen?.ownStamp ?? null].filter((stamp) => stamp !== null);
  return stamps.length === 0 ? null : Math.max(...stamps);
}

/**
 * Whether a document is part of a statement as of a day. Only what its systems have not changed since that
 * day is as it was then; of anything else nobody knows what it was, and nothing is guessed.
 */
export function standingOn(one: Assessed, day: string): Standing {
  const members = Object.values(one.input.members);
  const shown = members.filter(isThere);
  const label = labelOf(
    one.bundle.entity,
    members.map(({ view }) => view),
  );
  const name = `${one.bundle.entity} ${label}`;
  const dates = shown.map(dayOf).filter((date) => date !== null);
  if (dates.length > 0 && dates.every((date) => date > day)) return { is: "out" };
  if (shown.length === 0) return { is: "out" };
  if (dates.length === 0) return { is: "unknown", why: `${name}: it shows no date` };
  const gone = members.find(({ view }) => view.kind === "deleted");
  if (gone !== undefined)
    return {
      is: "unknown",
      why: `${name}: ${gone.view.connection} has it no more, and nobody knows since when`,
    };
  for (const member of shown) {
    const at = changedAt(one, member);
    const { connection } = member.view;
    if (at === null) return { is: "unknown", why: `${name}: ${connection} tells not when it was changed` };
    if (at > endOf(day)) {
      const when = new Date(at).toISOString().slice(0, 10);
      return {
        is: "unknown",
        why: `${name}: changed in ${connection} on ${when}; what it was before is not known`,
      };
    }
  }
  return { is: "in" };
}
