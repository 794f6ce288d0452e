/** How much of an entity is proven equal, in SQL. */
import type { EntityName, LinkId } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";
import type { ProofMeasure, ProofState } from "./port.ts";

/** When a member `m` of a link was last read: stored, or listed in a sweep that found it the same. */
const readAt =
  "greatest(o.seen_at, case when not exists (select from park k where k.state = 'open' and k.reason = " +
  "'unreadable' and k.connection = o.connection and k.entity = o.entity and k.external_id = o.external_id) " +
  "then c.swept_at end)";
/** Leaves `p` of entity $1, of those that are asked for, with the older of the readings of their sides. */
const readLeaves = (wanted: string): string =>
  `select p.link_id, p.compared, p.equal, p.differs_since, min(${readAt}) as read_at from proof p join ` +
  "link_member m on m.link_id = p.link_id and m.until_at is null and not m.is_alias join observation o on " +
  "o.connection = m.connection and o.entity = m.entity and o.external_id = m.external_id left join cursor " +
  `c on c.connection = o.connection and c.entity = o.entity where p.entity = $1${wanted} group by p.link_id`;
/** Leaves that are not equal, or of which a side cannot be read: the rest is as fresh as the last sweep. */
const openLeaves =
  " and p.link_id in (select d.link_id from proof d where d.entity = $1 and d.differs_since is not null " +
  "union select x.link_id from park k join observation x on x.connection = k.connection and x.entity = " +
  "k.entity and x.external_id = k.external_id where k.state = 'open' and k.reason = 'unreadable' and " +
  "k.entity = $1)";
const msSince = (column: string): string =>
  `(extract(epoch from now() - ${column}) * 1000)::double precision`;
const since = "now() - make_interval(secs => $2::double precision / 1000)";
const isFresh = `read_at >= ${since}`;
/**
 * What differs in a field that waits, with what it waits for, and what that waits for in its turn: a record
 * that is on one side since its own parent is not wanted is not wanted either. Then which of it is apart.
 */
const apart =
  "awaited as (select w.link_id, w.field, w.parent_link, w.parent_entity from r join wait w on w.link_id = " +
  "r.link_id where r.differs_since is not null and w.field in (select " +
  "jsonb_array_elements_text($4::jsonb)) and not exists (select from conflict c where c.link_id = " +
  "w.link_id and c.field = w.field and c.state = 'open') union select a.link_id, a.field, w.parent_link, " +
  "w.parent_entity from awaited a join link l on l.id = a.parent_link and l.verdict = 'waiting' join wait " +
  "w on w.link_id = l.id and w.is_blocking), apart as (select r.link_id, least(count(distinct a.field), " +
  "r.compared - r.equal) as fields, count(distinct a.field) >= r.compared - r.equal as is_whole from " +
  "awaited a join r on r.link_id = a.link_id left join link l on l.id = a.parent_link where l.verdict = " +
  "'not_wanted' or (a.parent_link is null and a.parent_entity not in (select " +
  "jsonb_array_elements_text($3::jsonb))) group by r.link_id, r.compared, r.equal), sums as (select " +
  "count(*) filter (where is_whole) as records_apart, coalesce(sum(fields), 0) as fields_apart from apart)";
const oldestOpen =
  `select link_id, ${msSince("least(differs_since, read_at)")} as age from r where (differs_since is not ` +
  `null or not (${isFresh})) and link_id not in (select link_id from apart where is_whole) order by age ` +
  "desc, link_id limit 1";

interface StateRow {
  readonly records: string | number;
  readonly fields: string | null;
  readonly records_equal: string | number;
  readonly fields_equal: string | null;
  readonly records_proven: string | number;
  readonly fields_proven: string | null;
  readonly records_apart: string | number;
  readonly fields_apart: string | number;
  readonly link_id: string | null;
  readonly age: number | null;
  readonly [column: string]: unknown;
}

/** By the counts of the tree and what is open; no row unless both sides were read whole within the time. */
const stateOfSwept =
  `with recursive r as (${readLeaves(openLeaves)}), ${apart}, stale as (select count(*) filter (where ` +
  "differs_since is null) as records, coalesce(sum(equal), 0) as fields from r where not " +
  `(${isFresh})), oldest as (${oldestOpen}) select t.records, t.fields, t.records_equal, t.fields_equal, ` +
  "t.records_equal - s.records as records_proven, t.fields_equal - s.fields as fields_proven, u.*, " +
  "o.link_id, o.age from proof_terms t cross join stale s cross join sums u left join oldest o " +
  "on true where t.entity = $1 and (select count(*) >= 2 and " +
  `bool_and(coalesce(c.swept_at >= ${since}, false)) from cursor c where c.entity = $1)`;
/** By looking at every leaf. */
const stateOfAll =
  `with recursive r as (${readLeaves("")}), ${apart}, oldest as (${oldestOpen}) select n.*, u.*, ` +
  "o.link_id, o.age from (select count(*) as records, sum(compared) as fields, count(*) filter (where " +
  "differs_since is null) as " +
  `records_equal, sum(equal) as fields_equal, count(*) filter (where differs_since is null and ${isFresh}) ` +
  `as records_proven, sum(equal) filter (where ${isFresh}) as fields_proven from r) n cross join ` +
  "sums u left join oldest o on true";

/** How much of an entity is proven (see {@link ProofStore.proofState}). */
export async function stateOf(
  database: Queryable,
  entity: EntityName,
  { withinMs, carried, fields }: ProofMeasure,
): Promise<ProofState> {
  const given = [entity, withinMs, JSON.stringify(carried), JSON.stringify(fields)];
  const [swept] = await database.query<StateRow>(stateOfSwept, given);
  const [row] = swept === undefined ? await database.query<StateRow>(stateOfAll, given) : [swept];
  const count = (value: string | number | null | undefined): number => Number(value ?? 0);
  const [link, ageMs] = [row?.link_id ?? null, row?.age ?? null];
  return {
    entity,
    records: count(row?.records),
    fields: count(row?.fields),
    recordsEqual: count(row?.records_equal),
    fieldsEqual: count(row?.fields_equal),
    recordsProven: count(row?.records_proven),
    fieldsProven: count(row?.fields_proven),
    recordsApart: count(row?.records_apart),
    fieldsApart: count(row?.fields_apart),
    oldest: link === null || ageMs === null ? null : { link: link as LinkId, ageMs },
  };
}
