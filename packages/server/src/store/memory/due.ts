import type { ConnectionId, EntityName, LinkId } from "@crossfoot/kernel";
import { allShards, readingName, shardOf } from "../port.ts";
import type { DueStore, DueWork } from "../port.ts";
import type { ObservationTable } from "./columns.ts";
import { inOrder, isDue } from "./basics.ts";
import { hasMoved } from "./identity.ts";
import { compareText } from "./json.ts";
import { hasOrphans } from "./leases.ts";
import { isPaused } from "./pauses.ts";
import type { State } from "./state.ts";

const byShardAndLink = (
  a: { readonly shard: number; readonly link_id: string },
  b: { readonly shard: number; readonly link_id: string },
): number => a.shard - b.shard || compareText(a.link_id, b.link_id);

/** Whether a link comes after another in the order of shards and links. */
const isAfter = (link: LinkId, other: LinkId): boolean =>
  byShardAndLink({ shard: shardOf(link), link_id: link }, { shard: shardOf(other), link_id: other }) > 0;

/** Records of an entity that have no link. */
const newcomers = (state: State, entity: string): readonly ObservationTable[] =>
  state.tables.observation
    .by("unlinked", entity)
    .filter(({ kind }) => kind === "present" || kind === "archived");

/** Those of the entities that have something due in the shards. */
function dueIn(state: State, entities: readonly EntityName[], shards: readonly number[]): readonly DueWork[] {
  const { work, intent } = state.tables;
  const now = state.now();
  const open = ["stored", "in_doubt"]
    .flatMap((at) => intent.by("state", at))
    .filter((row) => shards.includes(row.shard) && isDue(row, now));
  const rows = entities.map((entity) => ({
    entity,
    newcomers: newcomers(state, entity).some(({ resolution }) => resolution !== "candidate"),
    moved: hasMoved(state, entity),
    work: work.by("entity", entity).some(({ shard }) => shards.includes(shard)),
    intents: open.some((row) => row.entity === entity),
  }));
  return rows.filter((row) => row.newcomers || row.moved || row.work || row.intents);
}

/** What is due, and how far everything is known. */
export function duePart(state: State): DueStore {
  const { work, intent, cursor, lease, hint, pause } = state.tables;
  return {
    dueEntities: async (entities, shards = allShards) => dueIn(state, entities, shards),
    async look(entities, ttlMs) {
      const running = entities.filter((entity) => pause.get("entity", entity) === undefined);
      return {
        hasHints: hint.all().some((row) => !isPaused(state, row)),
        hasOrphans: hasOrphans(state, { now: state.now(), ttlMs }),
        due: dueIn(state, running, allShards),
      };
    },
    async countDue(entity, shards = allShards) {
      return work.by("entity", entity).filter(({ shard }) => shards.includes(shard)).length;
    },
    async dueLinks({ entity, limit, after, shards = allShards }) {
      const rows = work
        .by("entity", entity)
        .filter(({ shard }) => shards.includes(shard))
        .toSorted(byShardAndLink)
        .map((row) => row.link_id as LinkId);
      // Where the last link is due no more, its place in the order is what counts.
      const from = after === null ? 0 : rows.findIndex((link) => isAfter(link, after));
      return from < 0 ? [] : rows.slice(from, from + limit);
    },
    async openTargets(shards = allShards) {
      const now = state.now();
      const places = new Map<string, { target: ConnectionId; entity: string; due: number; later: number }>();
      for (const row of ["stored", "in_doubt"].flatMap((at) => intent.by("state", at))) {
        const { target, entity, shard } = row;
        if (!shards.includes(shard)) continue;
        const name = `${target}\n${entity}`;
        const place = places.get(name) ?? { target: target as ConnectionId, entity, due: 0, later: 0 };
        if (isDue(row, now)) place.due += 1;
        else place.later += 1;
        places.set(name, place);
      }
      return inOrder([...places.values()], ({ target, entity }) => [target, entity]);
    },
    async readiness(entity) {
      const now = state.now();
      const unresolved = newcomers(state, entity).filter(({ resolution }) => resolution === null);
      const read = cursor.all().filter((row) => row.entity === entity);
      return inOrder(read, ({ connection }) => [connection]).map((row) => {
        const reading = lease.get(readingName(row.connection, entity));
        const isHeld = reading !== undefined && reading.holder !== "" && reading.expires_at > now;
        return {
          connection: row.connection as ConnectionId,
          isRead: row.backfilled_at !== null,
          isBeingRead: row.backfilled_at === null && isHeld,
          hasNewcomers: unresolved.some(({ connection }) => connection === row.connection),
        };
      });
    },
  };
}
