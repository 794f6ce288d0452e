import type { Bases, ConnectionId, ExternalId, Link, LinkId } from "@crossfoot/kernel";
import type { Note } from "../chain.ts";
import { areSamePlaces, consolidation, membersFrom, withdrawnNotes } from "../places.ts";
import type { Placed } from "../port.ts";
import { markLinks } from "./basics.ts";
import { isInDoubtForGood } from "./bundles.ts";
import { compareText, jsonb } from "./json.ts";
import type { State } from "./state.ts";

/** All live members and aliases of links. */
function placedIn(state: State, links: readonly LinkId[]): readonly Placed[] {
  return [...new Set(links)].flatMap((link) =>
    state.tables.member.by("link", link).map(({ connection, external_id, is_alias: isAlias }) => ({
      link,
      connection: connection as ConnectionId,
      id: external_id as ExternalId,
      isAlias,
    })),
  );
}

const inOrder = (a: Placed, b: Placed): number =>
  compareText(a.connection, b.connection) || Number(a.isAlias) - Number(b.isAlias) || compareText(a.id, b.id);

/** Links with all of their members. */
export function linksWhole(state: State, links: readonly LinkId[]): readonly Link[] {
  return [...new Set(links)].toSorted(compareText).flatMap((id) => {
    const row = state.tables.link.get(id);
    if (row === undefined) return [];
    const { entity, generation, state: at } = row;
    const members = membersFrom(placedIn(state, [id]).toSorted(inOrder));
    return [{ id, entity, generation, state: at, members }];
  });
}

/** Bases of a link by connection. */
export function basesOf(state: State, link: LinkId): Bases {
  return Object.fromEntries(
    state.tables.base.by("link", link).map(({ connection, kind, images }) => [connection, { kind, images }]),
  );
}

/** Whether a write of one of the links may still land without our knowing what it brings. */
export function areDoubtful(state: State, links: readonly LinkId[]): boolean {
  return links.some((link) =>
    state.tables.intent
      .by("link", link)
      .some(
        ({ kind, state: at, key }) =>
          at === "sending" ||
          at === "in_doubt" ||
          (kind === "create" && at === "parked" && isInDoubtForGood(state, key)),
      ),
  );
}

/** Takes back what was decided for these links, or names one of them, and was not sent. */
export function takeBackStored(state: State, links: readonly LinkId[], now: number): readonly Note[] {
  const { intent } = state.tables;
  const isFlying = (link: string, target: string): boolean =>
    intent
      .by("link", link)
      .some((row) => row.target === target && (row.state === "sending" || row.state === "in_doubt"));
  const rows = intent.by("state", "stored").filter((row) => {
    const text = JSON.stringify(row.fields);
    const isNamed = links.some((link) => row.link_id === link || text.includes(`"${link}"`));
    return isNamed && !isFlying(row.link_id, row.target);
  });
  for (const row of rows) intent.remove(row);
  markLinks(
    state,
    rows.map((row) => row.link_id as LinkId),
    { reason: "decided again", now },
  );
  return withdrawnNotes(rows);
}

/** Everybody that waits for one of these links is decided again. */
export function wakeWaiting(state: State, links: readonly LinkId[], now: number): void {
  const rows = links.flatMap((link) => state.tables.wait.by("parent", link));
  markLinks(
    state,
    rows.map((row) => row.link_id as LinkId),
    { reason: "parent moved", now },
  );
}

/** Makes these the live members of their links; what leaves one keeps its history there. */
export function place(
  state: State,
  at: { readonly entity: string; readonly links: readonly LinkId[]; readonly now: number },
  wanted: readonly Placed[],
): void {
  const { member, observation } = state.tables;
  const { entity, now } = at;
  const placedAt = ({ connection, id }: Placed) => member.by("record", entity, connection, id);
  const before = [...at.links.flatMap((link) => member.by("link", link)), ...wanted.flatMap(placedAt)];
  for (const row of new Set(before)) {
    const stays = wanted.some(
      ({ link, connection, id, isAlias }) =>
        row.link_id === link &&
        row.connection === connection &&
        row.external_id === id &&
        row.is_alias === isAlias,
    );
    if (!stays) member.change(row, { until_at: now });
  }
  for (const one of wanted) {
    const { link: link_id, connection, id: external_id, isAlias: is_alias } = one;
    if (placedAt(one).length === 0) {
      const columns = { link_id, connection, entity, external_id, is_alias };
      member.insert({ nr: state.nextNr(), ...columns, since_at: now, until_at: null });
    }
    const seen = observation.get(connection, entity, external_id);
    if (seen === undefined) continue;
    const isOpen = seen.resolution === "candidate" || seen.resolution === "waiting";
    observation.change(seen, { link_id, resolution: isOpen ? null : seen.resolution });
  }
}

/** Whether the members of these links are as they were when something was planned for them. */
export function areAsBefore(state: State, links: readonly LinkId[], before: readonly Placed[]): boolean {
  return areSamePlaces(placedIn(state, links), before);
}

/** Lists records that their own system has twice, each beside the link whose alias it is. */
export function listTwice(
  state: State,
  at: { readonly entity: string; readonly now: number },
  records: readonly Pick<Placed, "link" | "connection" | "id">[],
): void {
  const { candidate, observation } = state.tables;
  const { entity, now } = at;
  for (const { link, connection, id: external_id } of records) {
    if (observation.get(connection, entity, external_id)?.kind !== "present") continue;
    const columns = { links: jsonb([link]), keys: jsonb([consolidation]) };
    const row = candidate.get(connection, entity, external_id);
    const names = { connection, entity, external_id };
    if (row === undefined)
      candidate.insert({ ...names, ...columns, state: "open", opened_at: now, is_held: false });
    else candidate.change(row, { ...columns, state: row.state === "apart" ? "apart" : "open" });
  }
}
