import { connectionId } from "@crossfoot/kernel";
import type { Backlog } from "../port.ts";
import { compareText } from "./json.ts";
import type { State } from "./state.ts";

const openStates = ["stored", "sending", "in_doubt"];

/** Counts pairs of an entity and a connection, in their order. */
function counted(
  pairs: readonly (readonly [entity: string, connection: string])[],
): readonly { readonly entity: string; readonly connection: string; readonly count: number }[] {
  const groups = Map.groupBy(pairs, ([entity, connection]) => `${entity}\n${connection}`);
  return [...groups.values()]
    .map((own) => ({ entity: own[0]?.[0] ?? "", connection: own[0]?.[1] ?? "", count: own.length }))
    .toSorted((a, b) => compareText(a.entity, b.entity) || compareText(a.connection, b.connection));
}

/** Work that is stored and not done (see the SQL store). */
export function backlogOf(state: State): Backlog {
  const { intent, work, observation } = state.tables;
  const open = openStates.flatMap((at) => intent.by("state", at));
  const written = new Set(open.map((row) => row.link_id));
  const dueLinks = work.all().flatMap((row): (readonly [string, string])[] => {
    if (written.has(row.link_id)) return [];
    const [newest] = observation
      .by("link", row.link_id)
      .toSorted((a, b) => b.read_end - a.read_end || compareText(a.connection, b.connection));
    return newest === undefined ? [] : [[row.entity, newest.connection]];
  });
  const newcomers = observation
    .all()
    .filter((row) => row.link_id === null && row.resolution === null)
    .filter(({ kind }) => kind === "present" || kind === "archived");
  const due = [
    ...dueLinks,
    ...newcomers.map((row): readonly [string, string] => [row.entity, row.connection]),
  ];
  return {
    writes: counted(open.map((row) => [row.entity, row.target])).map(({ entity, connection, count }) => {
      return { entity, target: connectionId(connection), count };
    }),
    due: counted(due).map(({ entity, connection, count }) => {
      return { entity, source: connectionId(connection), count };
    }),
  };
}
