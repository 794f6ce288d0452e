import type { ConnectionId } from "@crossfoot/kernel";
import type { DecisionRecord } from "../port.ts";
import { isOpenIntent } from "../port.ts";
import { claimsIn, keptClaims } from "../sole.ts";
import { isInDoubtForGood } from "./bundles.ts";
import type { State } from "./state.ts";

/** Connections that a link has a record on. */
export const membersOn = (state: State, link: string): readonly ConnectionId[] =>
  state.tables.member
    .by("link", link)
    .flatMap((each) => (each.is_alias ? [] : [each.connection as ConnectionId]));

/** Targets of creates of a link that are to be sent, are on their way, or may have landed. */
export const comingOn = (state: State, link: string): readonly string[] =>
  state.tables.intent.by("link", link).flatMap((row) => {
    const isLost = row.state === "parked" && isInDoubtForGood(state, row.key);
    return row.kind === "create" && (isOpenIntent(row) || isLost) ? [row.target] : [];
  });

/** Decisions whose claims still hold (see the SQL store). */
export function stillSole(state: State, records: readonly DecisionRecord[]): readonly DecisionRecord[] {
  const { matchKey, link } = state.tables;
  const lost = claimsIn(records).filter((claim) =>
    matchKey.by("key", claim.entity, claim.key).some((row) => {
      const owner = link.get(row.link_id);
      const isRival = row.connection === claim.connection && row.link_id !== claim.link;
      if (owner === undefined || !isRival || owner.state === "merged" || owner.state === "ended")
        return false;
      const on: readonly string[] = [...membersOn(state, owner.id), ...comingOn(state, owner.id)];
      return on.includes(claim.target) && !claim.judged.some((id) => id === owner.id);
    }),
  );
  return keptClaims(records, new Set(lost.map((claim) => claim.link)));
}
