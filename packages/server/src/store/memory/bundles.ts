import { isMap } from "@crossfoot/kernel";
import type { Store } from "../port.ts";
import { bundleOf, groupBy } from "../bundles.ts";
import type { Groups } from "../bundles.ts";
import type { Rows } from "./columns.ts";
import { compareText } from "./json.ts";
import type { State } from "./state.ts";

/** Reasons of a park that say: nobody knows whether this write landed. */
export const doubtReasons: ReadonlySet<string> = new Set(["doubt_unprovable", "not_unique"]);

/** Whether a write is parked since nobody knows whether it landed. */
export function isInDoubtForGood(state: State, key: string): boolean {
  return state.tables.park.by("openOfIntent", key).some(({ reason }) => doubtReasons.has(reason));
}

function groupsOf(state: State, ids: readonly string[]): Groups {
  const { member, observation, intent, line, conflict, wait, link, base, consolidated } = state.tables;
  const members = ids.flatMap((id) =>
    member
      .by("link", id)
      .filter((row) => !row.is_alias)
      .map(({ link_id, connection, external_id }) => {
        const known = base.get(link_id, connection);
        const { images = null, kind = null, undone = null } = known ?? {};
        return { link_id, connection, external_id, images, kind, undone };
      })
      .toSorted((a, b) => compareText(a.connection, b.connection)),
  );
  const intents = ids.flatMap((id) =>
    intent
      .by("link", id)
      .filter((row) => row.state !== "settled")
      .map((row) => {
        const isDoubted = row.kind === "create" && row.state === "parked" && isInDoubtForGood(state, row.key);
        const { link_id, target, state: at, content_hash, failure, key } = row;
        return { link_id, target, state: at, content_hash, failure, doubted_key: isDoubted ? key : null };
      }),
  );
  const isComing = (row: Rows["consolidated"], id: string): boolean =>
    isMap(row.body) && row.body["isBack"] === true && row.body["from"] === id;
  const isThere = (row: Rows["consolidated"], id: string) => (own: (typeof members)[number]) =>
    own.link_id === id && own.connection === row.connection;
  const coming = ids.flatMap((id) =>
    consolidated
      .all()
      .filter((row) => isComing(row, id) && !members.some(isThere(row, id)))
      .map(({ connection }) => {
        const of = { link_id: id, target: connection, state: "stored" as const, content_hash: "" };
        return { ...of, failure: null, doubted_key: null };
      }),
  );
  const demands = ids.flatMap((id) => {
    const wanted = wait.by("parent", id).flatMap((row) => {
      const entity = link.get(row.link_id)?.entity;
      return row.is_blocking && entity !== undefined ? [{ link_id: id, target: row.target, entity }] : [];
    });
    return [...new Map(wanted.map((each) => [`${each.target}\n${each.entity}`, each])).values()];
  });
  return {
    members: groupBy(members),
    observations: groupBy(ids.flatMap((id) => observation.by("link", id))),
    intents: groupBy([...intents, ...coming]),
    lines: groupBy(ids.flatMap((id) => line.by("link", id))),
    conflicts: groupBy(ids.flatMap((id) => conflict.by("link", id).filter((row) => row.state !== "closed"))),
    demands: groupBy(demands),
  };
}

/** Loads everything stored about a batch of links. */
export function bundlePart(state: State): Pick<Store, "loadBundles"> {
  const { link, work, tombstone, word } = state.tables;
  return {
    async loadBundles(links) {
      const ids = [...new Set<string>(links)].toSorted(compareText);
      const groups = groupsOf(state, ids);
      return ids.flatMap((id) => {
        const row = link.get(id);
        if (row === undefined) return [];
        const { entity, generation, state: at, verdict, adopted } = row;
        const marked = work.get(id)?.marked;
        const words = Object.fromEntries(word.by("link", id).map((said) => [said.about, said.word]));
        const has_tombstone = tombstone.by("link", id).length > 0;
        const facts = { id, entity, generation, state: at, verdict, has_tombstone, adopted, words };
        return [bundleOf({ ...facts, marked: marked === undefined ? null : String(marked) }, groups)];
      });
    },
  };
}
