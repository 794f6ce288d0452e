/** How much of an entity is proven equal, in memory. */
import type { EntityName, LinkId } from "@crossfoot/kernel";
import type { ProofMeasure, ProofState } from "../port.ts";
import { inOrder } from "./basics.ts";
import type { WaitTable } from "./columns.ts";
import type { ProofTable } from "./columns-statement.ts";
import type { State } from "./state.ts";

/** When each leaf's sides were last read, the older of the two; null for a leaf without sightings. */
function readAt(state: State, link: string): number | null {
  const { member, observation, cursor, park } = state.tables;
  const reads = member.by("link", link).flatMap((row) => {
    const seen = observation.get(row.connection, row.entity, row.external_id);
    if (seen === undefined || row.is_alias) return [];
    const isUnreadable = park
      .by("open", "")
      .some(
        (each) =>
          each.reason === "unreadable" &&
          each.connection === row.connection &&
          each.entity === row.entity &&
          each.external_id === row.external_id,
      );
    const swept = isUnreadable ? null : (cursor.get(row.connection, row.entity)?.swept_at ?? null);
    return [Math.max(seen.seen_at, swept ?? seen.seen_at)];
  });
  return reads.length === 0 ? null : Math.min(...reads);
}

/** Whether both sides were read whole within a time, so that what is equal and readable is fresh. */
function isSwept(state: State, entity: EntityName, since: number): boolean {
  const cursors = state.tables.cursor.all().filter((row) => row.entity === entity);
  return cursors.length >= 2 && cursors.every(({ swept_at }) => swept_at !== null && swept_at >= since);
}

/** Links of which a record cannot be read. */
function unreadable(state: State): ReadonlySet<string> {
  const { park, observation } = state.tables;
  return new Set(
    park.by("open", "").flatMap((row) => {
      if (row.reason !== "unreadable" || row.connection === null || row.external_id === null) return [];
      return observation.get(row.connection, row.entity, row.external_id)?.link_id ?? [];
    }),
  );
}

/** What a field waits for, or the record on one side that it waits for in its turn. */
type Awaited = Pick<WaitTable, "parent_link" | "parent_entity">;

/** Whether it waits for a record that the contract does not want, or does not carry (see the SQL store). */
function isUnwanted(state: State, awaited: Awaited, carried: readonly EntityName[]): boolean {
  const seen = new Set<string>();
  const open = [awaited];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    const { parent_link: link, parent_entity: entity } = each;
    if (link === null) {
      if (entity !== null && !carried.includes(entity)) return true;
      continue;
    }
    const verdict = state.tables.link.get(link)?.verdict;
    if (verdict === "not_wanted") return true;
    if (verdict !== "waiting" || seen.has(link)) continue;
    seen.add(link);
    open.push(...state.tables.wait.by("link", link).filter(({ is_blocking: isBlocking }) => isBlocking));
  }
  return false;
}

/** In how many fields a leaf differs by the contract, and whether in no others. */
function apartOf(
  state: State,
  row: ProofTable,
  { carried, fields }: ProofMeasure,
): { readonly fields: number; readonly isWhole: boolean } {
  const differing = row.compared - row.equal;
  if (row.differs_since === null) return { fields: 0, isWhole: false };
  const waits = state.tables.wait
    .by("link", row.link_id)
    .filter(({ field }) => fields.includes(field))
    .filter(({ field }) => state.tables.conflict.get(row.link_id, field)?.state !== "open")
    .filter((wait) => isUnwanted(state, wait, carried));
  const { size } = new Set(waits.map(({ field }) => field));
  return { fields: Math.min(size, differing), isWhole: size > 0 && size >= differing };
}

/** How much of an entity is proven (see the SQL store). */
export function stateOf(state: State, entity: EntityName, measure: ProofMeasure): ProofState {
  const now = state.now();
  const since = now - measure.withinMs;
  const terms = state.tables.proofTerms.get(entity);
  const swept = terms !== undefined && isSwept(state, entity, since) ? terms : null;
  const closed = swept === null ? null : unreadable(state);
  const leaves = state.tables.proof.by("entity", entity);
  const looked =
    closed === null ? leaves : leaves.filter((row) => row.differs_since !== null || closed.has(row.link_id));
  const rows = looked.flatMap((row) => {
    const read = readAt(state, row.link_id);
    return read === null ? [] : [{ row, read, isFresh: read >= since, apart: apartOf(state, row, measure) }];
  });
  const sum = (of: readonly (typeof rows)[number][], column: "compared" | "equal"): number =>
    of.reduce((total, { row }) => total + row[column], 0);
  const open = rows
    .filter(({ row, isFresh, apart }) => (row.differs_since !== null || !isFresh) && !apart.isWhole)
    .map(({ row, read }) => ({
      link: row.link_id as LinkId,
      ageMs: now - Math.min(row.differs_since ?? read, read),
    }));
  const [oldest = null] = inOrder(open, ({ ageMs, link }) => [-ageMs, link]);
  const equal = rows.filter(({ row }) => row.differs_since === null);
  const stale = rows.filter(({ isFresh }) => !isFresh);
  const staleEqual = stale.filter(({ row }) => row.differs_since === null).length;
  const counts =
    swept === null
      ? {
          records: rows.length,
          fields: sum(rows, "compared"),
          recordsEqual: equal.length,
          fieldsEqual: sum(rows, "equal"),
        }
      : {
          records: swept.records,
          fields: swept.fields,
          recordsEqual: swept.records_equal,
          fieldsEqual: swept.fields_equal,
        };
  return {
    entity,
    ...counts,
    recordsProven: counts.recordsEqual - staleEqual,
    fieldsProven: counts.fieldsEqual - sum(stale, "equal"),
    recordsApart: rows.filter(({ apart }) => apart.isWhole).length,
    fieldsApart: rows.reduce((total, { apart }) => total + apart.fields, 0),
    oldest,
  };
}
