import type { ConnectionId, ExternalId } from "@crossfoot/kernel";
import { duplicateNotes, isLost, mergedBy } from "../duplicates.ts";
import type { ConsolidatedRow, DuplicateLook, DuplicateStore, StoredObservation } from "../port.ts";
import { inOrder, instant } from "./basics.ts";
import type { Rows } from "./columns.ts";
import { writeNotes } from "./journal.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

const rowOf = (row: Rows["consolidated"]): ConsolidatedRow => ({
  connection: row.connection as ConnectionId,
  entity: row.entity,
  loser: row.loser as ExternalId,
  survivor: row.survivor as ExternalId,
  plan: row.plan,
  body: row.body,
});

/** Likely duplicates, and records that were consolidated (see the SQL store). */
export function duplicatePart(state: State): DuplicateStore {
  const { duplicate, consolidated } = state.tables;
  return {
    ...lookPart(state),
    async listDuplicates(entity) {
      const rows = duplicate.all().filter((row) => row.entity === entity);
      return inOrder(rows, ({ id }) => [id]);
    },
    async saveDuplicates(rows, said) {
      state.commit(() => {
        for (const { id, entity, state: stands, body } of rows) {
          const columns = { id, entity, state: stands, body: jsonb(body) };
          const known = duplicate.get(id);
          if (known === undefined) duplicate.insert(columns);
          else duplicate.change(known, columns);
        }
        writeNotes(state, duplicateNotes(rows, said), null);
      });
    },
    async saveConsolidated(rows) {
      state.commit(() => {
        for (const row of rows) {
          const columns = { ...row, body: jsonb(row.body) };
          const known = consolidated.get(row.connection, row.entity, row.loser);
          if (known === undefined) consolidated.insert(columns);
          else consolidated.change(known, columns);
        }
      });
    },
    async consolidatedOf(records) {
      const rows = records.flatMap(({ connection, entity, id }) => {
        const row = consolidated.get(connection, entity, id);
        return row === undefined ? [] : [row];
      });
      return inOrder(rows, (row) => [row.connection, row.entity, row.loser]).map(rowOf);
    },
    async consolidatedBy(plan) {
      const rows = consolidated.all().filter((row) => row.plan === plan);
      return inOrder(rows, (row) => [row.connection, row.entity, row.loser]).map(rowOf);
    },
    async forgetConsolidated(records) {
      state.commit(() => {
        for (const { connection, entity, id } of records) {
          const known = consolidated.get(connection, entity, id);
          if (known !== undefined) consolidated.remove(known);
        }
      });
    },
  };
}

function lookPart(state: State): Pick<DuplicateStore, "takeLook" | "endLook" | "listLooks"> {
  const { duplicateLook } = state.tables;
  return {
    async takeLook(entity, { everyMs, patienceMs }) {
      return state.commit((now) => {
        const known = duplicateLook.get(entity);
        if (known === undefined) {
          duplicateLook.insert({ entity, looked_at: null, taken_at: now, body: null });
          return true;
        }
        const isOver = (at: number | null, ms: number): boolean => at === null || at <= now - ms;
        const isDue = isOver(known.looked_at, everyMs) && isOver(known.taken_at, patienceMs);
        if (isDue) duplicateLook.change(known, { taken_at: now });
        return isDue;
      });
    },
    async endLook(entity, body) {
      state.commit((now) => {
        const columns = { entity, looked_at: now, taken_at: null, body: jsonb(body) };
        const known = duplicateLook.get(entity);
        if (known === undefined) duplicateLook.insert(columns);
        else duplicateLook.change(known, columns);
      });
    },
    async listLooks() {
      return inOrder(duplicateLook.all(), ({ entity }) => [entity]).map(
        ({ entity, looked_at, body }): DuplicateLook => ({
          entity,
          lookedAt: looked_at === null ? null : instant(looked_at),
          body,
        }),
      );
    },
  };
}

/** Sightings in which what is gone because it was consolidated is merged (see the SQL store). */
export function asConsolidated(
  state: State,
  seen: readonly StoredObservation[],
): readonly StoredObservation[] {
  const { consolidated } = state.tables;
  const rows = seen.filter(isLost).flatMap(({ connection, entity, id }) => {
    const row = consolidated.get(connection, entity, id);
    return row === undefined ? [] : [rowOf(row)];
  });
  return mergedBy(rows, seen);
}
