import type {
  AdoptedTerms,
  ConnectionId,
  ExternalId,
  FailureRecord,
  Fields,
  JsonMap,
  LinkId,
  LinkState,
  Verdict,
} from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import type { LineLink, LinkBundle, MemberBundle, Store, StoredObservation } from "./port.ts";
import { isOpenIntent } from "./port.ts";
import { observationColumns, observationOf, perId } from "./rows.ts";
import type { ObservationRow } from "./rows.ts";

/** A link, with what else is one per link. */
export interface LinkRow {
  readonly id: string;
  readonly entity: string;
  readonly generation: number;
  readonly state: LinkState;
  readonly verdict: Verdict | null;
  readonly marked: string | null;
  readonly has_tombstone: boolean;
  readonly adopted: AdoptedTerms | null;
  readonly words: LinkBundle["words"] | null;
}
interface MemberRow {
  readonly link_id: string;
  readonly connection: string;
  readonly external_id: string;
  readonly images: { readonly [field: string]: JsonMap } | null;
  readonly undone: MemberBundle["undone"] | null;
  readonly kind: StoredObservation["kind"] | null;
}
interface IntentRow {
  readonly link_id: string;
  readonly target: string;
  readonly state: string;
  readonly content_hash: string;
  readonly failure: FailureRecord | null;
  /** Its key, when it is a create of which nobody knows whether it landed. */
  readonly doubted_key: string | null;
}
interface LineRow {
  readonly link_id: string;
  readonly connection: string;
  readonly field: string;
  readonly native_id: string;
  readonly key: string;
}
interface ConflictRow {
  readonly link_id: string;
  readonly field: string;
  readonly state: string;
  readonly resolution: { readonly value: Fields[string]; readonly take?: string } | null;
}

/** Rows by their link. */
export function groupBy<Row extends { readonly link_id: string | null }>(
  rows: readonly Row[],
): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.link_id ?? "");
    if (group === undefined) groups.set(row.link_id ?? "", [row]);
    else group.push(row);
  }
  return groups;
}

/**
 * A write that was refused is not sent again as it was; one that was stale is, since the target has moved.
 */
const isRefused = (row: IntentRow): boolean =>
  row.state === "parked" || (row.state === "refused" && row.failure?.failure !== "stale");

/** Writes of a link that have not settled. */
const openIntents =
  "select link_id, target, state, content_hash, failure, case when kind = 'create' and " +
  "state = 'parked' and exists (select from park p where p.intent_key = intent.key and " +
  "p.state = 'open' and p.reason in ('doubt_unprovable', 'not_unique')) then key end as " +
  "doubted_key from intent where state <> 'settled' and link_id = wanted.id union all " +
  // A record that is on its way back to its link is as good as a write that is under way.
  "select body->>'from', connection, 'stored', '', null, null from consolidated where " +
  "body->>'isBack' = 'true' and body->>'from' = wanted.id and not exists (select from link_member m " +
  "where m.link_id = wanted.id and m.connection = consolidated.connection and m.until_at is null and not " +
  "m.is_alias)";

/** Loads everything stored about a batch of links, one statement per table. */
export function bundleStore(database: Database): Pick<Store, "loadBundles"> {
  return {
    async loadBundles(links) {
      if (links.length === 0) return [];
      const ids = [JSON.stringify(links)];
      const [rows, members, observations, intents, lines, conflicts, demands] = await Promise.all([
        database.query<LinkRow>(
          `${perId(
            "select l.id, l.entity, l.generation, l.state, l.verdict, w.marked, exists (select " +
              "from tombstone t where t.link_id = l.id) as has_tombstone, l.adopted, (select " +
              "jsonb_object_agg(about, word) from word where link_id = l.id) as words from link l left " +
              "join work " +
              "w on w.link_id = l.id where l.id = wanted.id",
          )} order by found.id`,
          ids,
        ),
        database.query<MemberRow>(
          `${perId(
            "select m.link_id, m.connection, m.external_id, b.images, b.undone, b.kind from link_member m " +
              "left join base b on b.link_id = m.link_id and b.connection = m.connection where " +
              "m.until_at is null and not m.is_alias and m.link_id = wanted.id",
          )} order by found.connection`,
          ids,
        ),
        database.query<ObservationRow>(
          perId(`select ${observationColumns} from observation o where o.link_id = wanted.id`),
          ids,
        ),
        database.query<IntentRow>(perId(openIntents), ids),
        database.query<LineRow>(
          perId("select link_id, connection, field, native_id, key from line_link where link_id = wanted.id"),
          ids,
        ),
        database.query<ConflictRow>(
          perId(
            "select link_id, field, state, resolution from conflict where state <> 'closed' and " +
              "link_id = wanted.id",
          ),
          ids,
        ),
        database.query<{ link_id: string; target: string; entity: string }>(
          perId(
            "select distinct w.parent_link as link_id, w.target, l.entity from wait w join link l " +
              "on l.id = w.link_id where w.is_blocking and w.parent_link = wanted.id",
          ),
          ids,
        ),
      ]);
      const groups = {
        members: groupBy(members),
        observations: groupBy(observations),
        intents: groupBy(intents),
        lines: groupBy(lines),
        conflicts: groupBy(conflicts),
        demands: groupBy(demands),
      };
      return rows.map((row) => bundleOf(row, groups));
    },
  };
}

/** Rows of a batch of links, by link. */
export interface Groups {
  readonly members: ReadonlyMap<string, MemberRow[]>;
  readonly observations: ReadonlyMap<string, ObservationRow[]>;
  readonly intents: ReadonlyMap<string, IntentRow[]>;
  readonly lines: ReadonlyMap<string, LineRow[]>;
  readonly conflicts: ReadonlyMap<string, ConflictRow[]>;
  readonly demands: ReadonlyMap<string, { link_id: string; target: string; entity: string }[]>;
}

/** Puts the rows of one link together. */
export function bundleOf(row: LinkRow, groups: Groups): LinkBundle {
  const intents = groups.intents.get(row.id) ?? [];
  const conflicts = groups.conflicts.get(row.id) ?? [];
  const decided = conflicts.filter(({ state, resolution }) => state === "decided" && resolution !== null);
  return {
    id: row.id as LinkId,
    entity: row.entity,
    generation: row.generation,
    state: row.state,
    verdict: row.verdict,
    members: (groups.members.get(row.id) ?? []).map((member) =>
      memberOf(member, groups.observations.get(row.id) ?? []),
    ),
    openTargets: intents.filter(isOpenIntent).map(({ target }) => target as ConnectionId),
    hasTombstone: row.has_tombstone,
    adopted: row.adopted,
    words: row.words ?? {},
    demands: (groups.demands.get(row.id) ?? []).map(({ target, entity }) => ({
      target: target as ConnectionId,
      entity,
    })),
    resolutions: Object.fromEntries(
      decided.map(({ field, resolution }): [string, Fields[string]] => [field, resolution?.value ?? null]),
    ),
    resolutionSides: Object.fromEntries(
      decided.flatMap(({ field, resolution }) =>
        resolution?.take === undefined ? [] : [[field, resolution.take as ConnectionId]],
      ),
    ),
    openConflicts: conflicts.map(({ field }) => field),
    lines: (groups.lines.get(row.id) ?? []).map((line): LineLink => ({
      connection: line.connection as ConnectionId,
      field: line.field,
      nativeId: line.native_id,
      key: line.key,
    })),
    refused: intents.filter(isRefused).map((row) => row.doubted_key ?? row.content_hash),
    marked: row.marked === null ? null : Number(row.marked),
  };
}

function memberOf(row: MemberRow, observations: readonly ObservationRow[]): MemberBundle {
  const seen = observations.find(
    (candidate) => candidate.connection === row.connection && candidate.external_id === row.external_id,
  );
  return {
    connection: row.connection as ConnectionId,
    id: row.external_id as ExternalId,
    observation: seen === undefined ? null : observationOf(seen),
    images: row.images ?? {},
    baseKind: row.kind,
    undone: Object.fromEntries(Object.entries(row.undone ?? {}).filter(([, mark]) => mark !== null)),
  };
}
