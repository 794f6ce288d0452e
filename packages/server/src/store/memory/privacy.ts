import type { Json, JsonMap, LinkId } from "@crossfoot/kernel";
import {
  erasedRow,
  erasureNote,
  holdsText,
  isOfAnother,
  isOwnRow,
  leftDigest,
  places,
  proofOf,
  subjectOf,
} from "../erasing.ts";
import type { LeftEntry, Place, Subject } from "../erasing.ts";
import { isUnderWay } from "../port.ts";
import type { ErasureProof, HeldRow, PersonSought, PrivacyStore, RecordKey } from "../port.ts";
import { inOrder } from "./basics.ts";
import type { JournalTable, MemberTable } from "./columns.ts";
import { entryOf, writeNotes } from "./journal.ts";
import { compareText, jsonb } from "./json.ts";
import { SealedElsewhere } from "../sealed/vault.ts";
import type { State } from "./state.ts";
import type { Table } from "./table.ts";

type AnyTable = Table<JsonMap>;

function linksOf({ tables }: State, links: readonly LinkId[]): readonly LinkId[] {
  const all = tables.link.all();
  const mine = new Set(all.filter(({ id }) => links.some((link) => link === id)).map(({ id }) => id));
  for (let size = 0; size !== mine.size;) {
    size = mine.size;
    for (const { id, merged_into: into } of all) if (into !== null && mine.has(into)) mine.add(id);
  }
  return [...mine].toSorted(compareText) as LinkId[];
}

function recordsOf({ tables }: State, links: readonly LinkId[]): readonly RecordKey[] {
  const isAnothers = (row: MemberTable): boolean =>
    tables.observation
      .all()
      .some(
        (seen) =>
          seen.connection === row.connection &&
          seen.entity === row.entity &&
          seen.external_id === row.external_id &&
          !links.some((link) => link === seen.link_id),
      );
  const rows = links
    .flatMap((link) => tables.member.by("history", link))
    .filter((row) => row.until_at === null || !isAnothers(row));
  const keys = rows.map(
    ({ connection, entity, external_id: id }) => ({ connection, entity, id }) as unknown as RecordKey,
  );
  const byName = new Map(keys.map((key) => [JSON.stringify([key.connection, key.entity, key.id]), key]));
  return inOrder([...byName.values()], ({ connection, entity, id }) => [connection, entity, id]);
}

function wholeSubject(state: State, person: PersonSought): Subject {
  const links = linksOf(state, person.links);
  return subjectOf(person, { links, records: [...person.records, ...recordsOf(state, links)] });
}

/** Rows by table. */
interface Counts {
  readonly rows: { [table: string]: number };
  readonly elsewhere: { [table: string]: number };
}

/** What is known of persons (see the SQL store). */
export function privacyPart(state: State): PrivacyStore {
  const tables = Object.values(state.tables) as unknown as readonly AnyTable[];
  const tableOf = (place: Place): AnyTable => {
    const table = tables.find(({ spec }) => spec.name === place.table);
    if (table === undefined) throw new Error(`no table is called ${place.table}`);
    return table;
  };
  const rowsOf = (place: Place, subject: Subject): readonly JsonMap[] =>
    tableOf(place)
      .all()
      .filter((row) => isOwnRow(place, row, subject) || holdsText(row, subject.identifiers));
  return {
    // Nothing of it is ever stored: there is nothing to seal.
    sealingState: () => Promise.resolve(null),
    rewrapKeys: () => Promise.reject(new SealedElsewhere("a store in memory has no master key")),
    async recordsOfPerson(link) {
      return recordsOf(state, linksOf(state, [link]));
    },
    async heldOf(person) {
      const subject = wholeSubject(state, person);
      return places.flatMap((place) =>
        rowsOf(place, subject).map((row): HeldRow => ({
          table: place.table,
          row,
          isOwn: isOwnRow(place, row, subject),
        })),
      );
    },
    async erasePerson(order) {
      const subject = wholeSubject(state, order);
      const isEarly = places.some((place) =>
        rowsOf(place, subject).some((row) => isOwnRow(place, row, subject) && isUnderWay(place.table, row)),
      );
      if (isEarly) return null;
      return state.commit(() => {
        const done: Counts = { rows: {}, elsewhere: {} };
        const left: LeftEntry[] = [];
        for (const place of places) {
          const table = tableOf(place);
          for (const row of rowsOf(place, subject)) {
            const after = erasedRow(place, row, { order, subject });
            const isElsewhere = after === null && !isOwnRow(place, row, subject) && isOfAnother(place, row);
            if (isElsewhere) done.elsewhere[place.table] = (done.elsewhere[place.table] ?? 0) + 1;
            if (after === null) continue;
            done.rows[place.table] = (done.rows[place.table] ?? 0) + 1;
            if (after === "gone") table.remove(row);
            else {
              const next = table.change(row, jsonb<JsonMap>(after));
              if (place.table === "journal") left.push(leftOf(next as unknown as JournalTable));
            }
          }
        }
        const proof = proofOf(order, done, state.entropy.digest);
        const kept = { id: order.id, at: Date.parse(order.at), erased_by: order.by };
        state.tables.erasure.insert({ ...kept, proof: jsonb(proof as unknown as Json) });
        writeNotes(state, [erasureNote(order, left)], null);
        return proof;
      });
    },
    async listErasures() {
      const rows = inOrder(state.tables.erasure.all(), ({ at, id }) => [at, id]);
      return rows.map(({ proof }) => proof as unknown as ErasureProof);
    },
  };
  function leftOf(row: JournalTable): LeftEntry {
    const sealed = { before: row.before_hash, hash: row.hash };
    return [row.shard, row.seq, leftDigest(entryOf(row), sealed, state.entropy.digest)];
  }
}
