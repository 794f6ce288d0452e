import { createHash } from "node:crypto";
import type { ConnectionId, ExternalId, Json, LinkId } from "@crossfoot/kernel";
import { expect } from "vitest";
import type { Database } from "../../ports.ts";
import { dumpSql } from "../dump.ts";
import type { Dump } from "../dump.ts";
import { createMemoryStore } from "../memory/memory-store.ts";
import type { MemoryStore, Snapshot } from "../memory/memory-store.ts";
import { intentOf } from "../rows.ts";
import type { DueProof, HeldRow, Placed, ShardRight, Store } from "../port.ts";
import type { SealingDeps } from "../sealed/vault.ts";
import { createStore } from "../store.ts";
import type { Known } from "./known.ts";
import type { Call } from "./random-calls.ts";

/** What a call came to: its answer, or the class of its refusal. */
type Came = { readonly answer: unknown } | { readonly refused: string };

/** A SQL store and one in memory that are asked the same, on one clock that only calls move. */
export interface TwinStores {
  readonly memory: MemoryStore;
  /** Asks both. Answers come sorted where the port leaves their order open. */
  ask(call: Call): Promise<{ readonly args: readonly unknown[]; readonly sql: Came; readonly memory: Came }>;
  dumps(): Promise<{ readonly sql: Dump; readonly memory: Dump }>;
  /** Empties both. */
  clear(): Promise<void>;
}

/**
 * `now()` of the database as a function of ours: it comes before the one of PostgreSQL in the search path,
 * and tells what the setting `clocked.ms` says.
 */
const ownClock =
  "create schema clocked; create function clocked.now() returns timestamptz language sql stable as $$ " +
  "select to_timestamp(current_setting('clocked.ms')::double precision / 1000) $$; " +
  "create function clocked.clock_timestamp() returns timestamptz language sql stable as $$ select " +
  "clocked.now() $$; set search_path = public, clocked, pg_catalog; set clocked.ms = '0';";

/** Methods whose answers have an order; of all others a list is a set. */
const ordered: ReadonlySet<string> = new Set([
  ...[
    "listConnections",
    "listCursors",
    "loadNewcomers",
    "takeShards",
    "readiness",
    "unlinkedOf",
    "dueLinks",
    "claimIntents",
  ],
  ...["openTargets", "doubtfulIntents", "intentsOf", "listRuns", "counts", "openCounts", "listConflicts"],
  ...[
    "listCandidates",
    "listParks",
    "planMarks",
    "loadMoved",
    "loadReturned",
    "loadLinks",
    "lostValues",
    "dueTellings",
    "journalOf",
    "linksOfEntity",
    "proofNodes",
    "proofLeaves",
    "listKeys",
    "listAudit",
    "followJournal",
    "journalPlaces",
  ],
]);

function unordered(value: unknown): unknown {
  if (value instanceof Map) return unordered([...value]);
  if (Array.isArray(value)) {
    const keyed = value.map((each) => unordered(each)).map((each) => ({ each, key: JSON.stringify(each) }));
    return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ each }) => each);
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, unordered(member)]));
}

const instantForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?[+-]\d{2}:\d{2}$/;

/** How often a link was marked is each store's own affair. */
const withoutMarks = (due: readonly DueProof[]): readonly string[] => due.map(({ link }) => link);

/** Rows about a person, with instants as milliseconds: each store tells them in its own form. */
const withPlainInstants = (held: readonly HeldRow[]): unknown =>
  held.map(({ row, ...rest }) => {
    const { nr: _nr, ...columns } = row;
    const plain = Object.entries(columns).map(([column, value]) => [
      column,
      typeof value === "string" && instantForm.test(value) ? Date.parse(value) : value,
    ]);
    return { ...rest, row: Object.fromEntries(plain) as unknown };
  });

/** Asks one store. Answers come sorted where the port leaves their order open. */
export async function cameOf(store: Store, call: Call, args: readonly unknown[]): Promise<Came> {
  const method = store[call.method] as (...given: readonly unknown[]) => Promise<unknown>;
  try {
    const answer = await method(...args);
    if (call.method === "dueProofs")
      return { answer: unordered(withoutMarks(answer as readonly DueProof[])) };
    if (call.method === "heldOf")
      return { answer: unordered(withPlainInstants(answer as readonly HeldRow[])) };
    return { answer: ordered.has(call.method) ? answer : unordered(answer) };
  } catch (cause) {
    // Which of several rows is refused first is PostgreSQL's affair.
    const code: unknown = cause instanceof Error && "code" in cause ? cause.code : null;
    return { refused: typeof code === "string" ? code.slice(0, 2) : String(cause) };
  }
}

const placedOf = (row: Snapshot["link_member"][number]): Placed => ({
  link: row.link_id as LinkId,
  connection: row.connection as ConnectionId,
  id: row.external_id as ExternalId,
  isAlias: row.is_alias,
});

/** What a store in memory holds, for calls that refer to it. */
export function knownOf(memory: MemoryStore, taken: Pick<Known, "leases" | "rights">): Known {
  const { intent, park, work, link, link_member, journal, link_merge, observation } = memory.snapshot();
  return {
    ...taken,
    intents: intent.map(intentOf),
    parks: park
      .filter(({ state }) => state === "open")
      .map(({ id }) => id)
      .toSorted(),
    lost: journal.filter(({ kind }) => kind === "discarded").map(({ shard, seq }) => `${shard}/${seq}`),
    marked: new Map(work.map(({ link_id, marked }) => [link_id, marked])),
    links: new Map(link.map(({ id, entity }) => [id, entity])),
    merges: link_merge.filter(({ unmerged_at }) => unmerged_at === null),
    placed: link_member.filter(({ until_at }) => until_at === null).map(placedOf),
    readEnds: new Map(
      observation.map((row) => [`${row.connection}/${row.entity}/${row.external_id}`, row.read_end]),
    ),
    members: new Set(link_member.map((row) => `${row.connection}/${row.entity}/${row.external_id}`)),
  };
}

/** What a worker holds after it took some shards more. */
function rightsAfter(
  before: Known["rights"],
  args: readonly unknown[],
  taken: readonly ShardRight[],
): Known["rights"][number] {
  const { holder } = args[0] as { readonly holder: string };
  const held = before.findLast((rights) => rights.holder === holder)?.shards ?? [];
  const kept = held.filter(({ shard }) => !taken.some((right) => right.shard === shard));
  const rights = taken.map(({ shard, fence }) => ({ shard, fence }));
  return { holder, shards: [...kept, ...rights].toSorted((a, b) => a.shard - b.shard) };
}

/** Opens both over an empty database; the values of the one in SQL are sealed when that is given. */
export async function twinStores(database: Database, sealing?: SealingDeps): Promise<TwinStores> {
  let now = Date.UTC(2026, 0, 5, 8);
  let leases: Known["leases"] = [];
  let rights: Known["rights"] = [];
  const clock = { now: () => now + 1_234, monotonic: () => now };
  const entropy = {
    digest: (text: string): string => createHash("sha256").update(text).digest("hex"),
    uuid: () => "u",
  };
  await database.script(ownClock);
  const sql = createStore({ database, entropy, clock, ...(sealing === undefined ? {} : { sealing }) });
  await sql.migrate();
  const memory = createMemoryStore({ entropy, clock, storeClock: { now: () => now } });
  const empty = memory.snapshot();
  return {
    memory,
    async ask(call) {
      now += call.pass;
      await database.script(`set clocked.ms = '${now}'`);
      const args = call.args(knownOf(memory, { leases, rights }));
      const [ofMemory, ofSql] = [await cameOf(memory, call, args), await cameOf(sql, call, args)];
      const lease = "answer" in ofMemory && call.method === "acquireLease" ? ofMemory.answer : null;
      if (lease !== null) leases = [...leases, lease as Known["leases"][number]];
      if ("answer" in ofMemory && call.method === "takeShards")
        rights = [...rights, rightsAfter(rights, args, ofMemory.answer as readonly ShardRight[])];
      return { args, sql: ofSql, memory: ofMemory };
    },
    async dumps() {
      return { sql: await dumpSql(database), memory: memory.dump() };
    },
    async clear() {
      const names = Object.keys(memory.dump()).map((name) => `"${name}"`);
      await database.script(`truncate ${names.join(", ")} cascade`);
      await database.script(
        "select set_config('crossfoot.has_keys', 'on', true); " +
          "insert into lease (name, holder, fence, expires_at) select 'shard/' || lpad(shard::text, 2, '0')" +
          ", '', 0, to_timestamp(0) from generate_series(0, 15) shard",
      );
      memory.restore(empty);
      leases = [];
      rights = [];
    },
  };
}

/** Fails when the two differ, and tells the calls that led there. */
export function expectSame(
  of: { readonly sql: unknown; readonly memory: unknown },
  told: readonly string[],
): void {
  try {
    expect(of.memory).toEqual(of.sql);
  } catch (cause) {
    const difference = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`after\n${told.join("\n")}\nthe memory store differs: ${difference}`, { cause });
  }
}

/** A value as the column `jsonb` gives it back. */
export async function throughJsonb(database: Database, value: Json): Promise<Json | undefined> {
  const [row] = await database.query<{ value: Json }>("select $1::jsonb as value", [JSON.stringify(value)]);
  return row?.value;
}
