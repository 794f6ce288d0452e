import type { ConnectionId } from "@crossfoot/kernel";
import { epochNote, fenceJump, firstEpoch, forgottenNote } from "../epochs.ts";

import { breakName } from "../port.ts";
import type { EpochRow, EpochStore, JournalBreak } from "../port.ts";
import { inOrder, instantOrNull } from "./basics.ts";
import type { EpochTable } from "./columns.ts";
import { writeNotes } from "./journal.ts";
import type { State } from "./state.ts";
import { keyOf } from "./table.ts";

/** The epoch that a link which is made now counts to (see the SQL store). */
export function epochOfLinks({ tables }: State): number {
  const [row] = tables.epoch.all();
  if (row === undefined) return 1;
  return row.state === "confirmed" ? row.number : row.number - 1;
}

/** Whether the store may have forgotten what was made of a link, and since when it knows that. */
export function forgottenSince({ tables }: State, link: string): number | null {
  const [row] = tables.epoch.all();
  const epoch = tables.link.get(link)?.epoch;
  return row === undefined || epoch === undefined || epoch >= row.number ? null : row.confirmed_at;
}

function lockRow({ tables }: State): EpochTable {
  const [known] = tables.epoch.all();
  const first = { is_one: true, number: 1, state: "confirmed", home_mark: null, reason: null } as const;
  const instants = { noticed_at: null, confirmed_at: null, recovered_at: null };
  return known ?? tables.epoch.insert({ ...first, ...instants, confirmed_by: null });
}

function load(state: State): EpochRow {
  const [row] = state.tables.epoch.all();
  if (row === undefined) return firstEpoch;
  const swept = inOrder(state.tables.epochSweep.all(), ({ connection, entity }) => [connection, entity]);
  return {
    number: row.number,
    state: row.state,
    homeMark: row.home_mark,
    reason: row.reason,
    noticedAt: instantOrNull(row.noticed_at),
    confirmedAt: instantOrNull(row.confirmed_at),
    confirmedBy: row.confirmed_by,
    recoveredAt: instantOrNull(row.recovered_at),
    confirmedForMs: row.confirmed_at === null ? null : state.now() - row.confirmed_at,
    swept: swept.map(({ connection, entity }) => ({ connection: connection as ConnectionId, entity })),
  };
}

function beginNext(state: State, confirmed: Parameters<EpochStore["confirmEpoch"]>[0], now: number): void {
  const { epoch, epochSweep, lease, worker, plan, intent } = state.tables;
  const { above, by, homeMark: home_mark, broken } = confirmed;
  const known = lockRow(state);
  const number = Math.max(known.number, above) + 1;
  const stamps = { confirmed_at: now, confirmed_by: by, recovered_at: null };
  epoch.change(known, { number, state: "recovering", home_mark, ...stamps });
  for (const row of epochSweep.all()) epochSweep.remove(row);
  for (const row of lease.all())
    lease.change(row, {
      holder: "",
      fence: row.fence + fenceJump,
      expires_at: Math.min(row.expires_at, now - 1),
    });
  for (const row of worker.all()) worker.remove(row);
  for (const row of plan.all()) if (!row.is_void) plan.change(row, { is_void: true });
  const open = ["stored", "sending", "in_doubt"].flatMap((at) => intent.by("state", at));
  const instants = { send_deadline: now, abandoned_at: now, due_at: now, due_set_at: now };
  for (const row of open) intent.change(row, { state: "in_doubt", ...instants });
  const notes = open.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(forgottenNote);
  acceptBreaks(state, broken, now);
  const body = { number, by, ...(broken.length === 0 ? {} : { broken: broken.map(breakName) }) };
  writeNotes(state, [epochNote("epoch_confirmed", body), ...notes], null);
}

/** Chains go on from what stands: a head goes to the last entry, other places are remembered. */
function acceptBreaks({ tables }: State, broken: readonly JournalBreak[], now: number): void {
  for (const { shard, seq, mark } of broken) {
    if (seq !== null) {
      const known = tables.journalBreak.get(String(shard), String(seq));
      if (known === undefined) tables.journalBreak.insert({ shard, seq, mark, accepted_at: now });
      else tables.journalBreak.change(known, { mark });
      continue;
    }
    const head = tables.journalHead.get(String(shard));
    const rows = tables.journal.all().filter((row) => row.shard === shard);
    const last = rows.toSorted((a, b) => b.seq - a.seq)[0];
    const at = { seq: last?.seq ?? 0, hash: last?.hash ?? "" };
    if (head === undefined) tables.journalHead.insert({ shard, ...at });
    else tables.journalHead.change(head, at);
  }
}

/** Which life of the store this is (see the SQL store). */
export function epochPart(state: State): EpochStore {
  const { epoch, epochSweep, journal, journalHead } = state.tables;
  return {
    loadEpoch: () => Promise.resolve(load(state)),
    async holdEpoch(reason) {
      state.commit((now) => {
        const row = lockRow(state);
        if (row.state === "held") return;
        epoch.change(row, { state: "held", reason, noticed_at: now });
        writeNotes(state, [epochNote("epoch_held", { number: row.number, reason })], null);
      });
    },
    async markHome(mark) {
      state.commit(() => {
        epoch.change(lockRow(state), { home_mark: mark });
      });
    },
    async confirmEpoch(confirmed) {
      return state.commit((now) => {
        beginNext(state, confirmed, now);
        return load(state);
      });
    },
    async noteSwept(swept) {
      state.commit((now) => {
        for (const { connection, entity } of swept)
          if (epochSweep.get(connection, entity) === undefined)
            epochSweep.insert({ connection, entity, swept_at: now });
      });
    },
    async endRecovery(number) {
      return state.commit((now) => {
        const [row] = epoch.all();
        if (row === undefined || row.number !== number || row.state !== "recovering") return false;
        epoch.change(row, { state: "confirmed", recovered_at: now });
        writeNotes(state, [epochNote("epoch_recovered", { number })], null);
        return true;
      });
    },
    async journalHeads() {
      const heads = journalHead.all().filter(({ seq }) => seq > 0);
      return inOrder(heads, ({ shard }) => [shard]).map(({ shard, seq, hash }) => ({ shard, seq, hash }));
    },
    async knownEntries(entries) {
      const has = (shard: number, seq: number, hash: string): boolean =>
        journal.get(String(shard), String(seq))?.hash === hash;
      const known = entries.filter(({ shard, seq, hash }) => has(shard, seq, hash));
      return inOrder(known, ({ shard, seq }) => [keyOf(String(shard).padStart(3, "0")), seq]);
    },
    homeMark: () => Promise.resolve(null),
  };
}
