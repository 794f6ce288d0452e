import type { ConnectionId, LinkId } from "@crossfoot/kernel";
import type { Note } from "../chain.ts";
import { consolidation, withdrawnNotes } from "../places.ts";
import type { CandidateState, DecisionTakenBack, IdentityStore, RecordKey } from "../port.ts";
import { takenBackNotes } from "../taking-back.ts";
import { place } from "./identity-rows.ts";
import { writeNotes } from "./journal.ts";
import { wakeByParent } from "./links.ts";
import type { State } from "./state.ts";

/** What a person decided about records, and how that is taken back (see the SQL store). */
export function takingBack(state: State): Pick<IdentityStore, "candidateStateOf" | "reopenCandidate"> {
  const stateOf = ({ connection, entity, id }: RecordKey): CandidateState | null =>
    (state.tables.candidate.get(connection, entity, id)?.state as CandidateState | undefined) ?? null;
  return {
    async candidateStateOf(record) {
      return stateOf(record);
    },
    async reopenCandidate(record, by) {
      return state.commit((now): DecisionTakenBack => {
        const { member, intent, candidate } = state.tables;
        const { connection, entity, id } = record;
        const decided = stateOf(record);
        if (decided === "open") return "done";
        if (decided === null || decided === "closed") return "unknown";
        const [at] = member.by("record", entity, connection, id);
        const link = at === undefined ? null : (at.link_id as LinkId);
        const isOwn = at?.is_alias === false;
        const others = at === undefined ? 0 : member.by("link", at.link_id).length - 1;
        if (isOwn && (decided === "linked" || others > 0)) return "taken";
        const sent = link === null ? [] : intent.by("link", link).filter((row) => row.state !== "stored");
        if (isOwn && sent.length > 0) return "busy";
        const twin = twinLinkOf(state, record);
        if (twin === null) leave(state, record, now);
        else place(state, { entity, links: [], now }, [{ ...record, link: twin, isAlias: true }]);
        const withdrawn = isOwn && link !== null ? retire(state, { link, connection, now }) : [];
        const row = candidate.get(connection, entity, id);
        if (row !== undefined) candidate.change(row, { state: "open" });
        writeNotes(state, [...withdrawn, ...takenBackNotes(record, { link, state: decided, by })], null);
        return "done";
      });
    },
  };
}

/** The link whose alias a record was when it was asked about, as long as that link stands. */
function twinLinkOf(state: State, { connection, entity, id }: RecordKey): LinkId | null {
  const asked = state.tables.candidate.get(connection, entity, id);
  const isTwice = asked?.keys.includes(consolidation) === true;
  const [first] = asked?.links ?? [];
  const link = !isTwice || first === undefined ? undefined : state.tables.link.get(first);
  return link === undefined || link.state === "ended" || link.state === "merged" ? null : (first as LinkId);
}

function leave(state: State, { connection, entity, id }: RecordKey, now: number): void {
  const { observation, member } = state.tables;
  const seen = observation.get(connection, entity, id);
  if (seen !== undefined) observation.change(seen, { link_id: null, resolution: "candidate" });
  for (const row of member.by("record", entity, connection, id)) member.change(row, { until_at: now });
}

function retire(
  state: State,
  at: { readonly link: LinkId; readonly connection: ConnectionId; readonly now: number },
): readonly Note[] {
  const { link: id, connection, now } = at;
  const { intent, link, matchKey, base, work, wait, park } = state.tables;
  const taken = intent.by("link", id).filter((row) => row.state === "stored");
  for (const row of taken) intent.remove(row);
  const own = link.get(id);
  if (own !== undefined) link.change(own, { state: "ended", adopted: null });
  wakeByParent(state, [id], now);
  for (const row of matchKey.by("link", id)) matchKey.remove(row);
  const known = base.get(id, connection);
  if (known !== undefined) base.remove(known);
  const due = work.get(id);
  if (due !== undefined) work.remove(due);
  for (const row of wait.by("link", id)) wait.remove(row);
  for (const row of park.by("openOfLink", id)) park.change(row, { state: "closed", closed_at: now });
  return withdrawnNotes(taken);
}
