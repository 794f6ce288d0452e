/** What a store holds between two lives of its program. */
import { join } from "node:path";
import {
  breakName,
  createStore,
  openEmbedded,
  openServer,
  systemClock,
  systemEntropy,
} from "crossfoot/testing";
import type { Database } from "crossfoot/testing";
import type { KillStage, StoreChoice } from "./kill-stage.ts";

/** Facts that were acknowledged, and so must be there for ever. */
export interface Look {
  /** The newest entry of each chain of the journal: `shard/seq` and its hash, which covers all before it. */
  readonly heads: ReadonlyMap<string, string>;
  readonly entries: number;
  readonly settled: number;
  /** Keys of creates that settled: these never open again. */
  readonly created: readonly string[];
  /** Writes of which the last life did not learn what became of them. */
  readonly sending: number;
  readonly observations: number;
  /** How far each entity of each side is read. */
  readonly cursors: ReadonlyMap<string, string>;
}

interface Head {
  readonly shard: number;
  readonly seq: string;
  readonly hash: string;
}

function openStore(stage: KillStage, store: StoreChoice): Promise<Database> {
  return store.home === "server" ? openServer(store.url) : openEmbedded(join(stage.folder, "store"));
}

async function isMigrated(database: Database): Promise<boolean> {
  const [row] = await database.query<{ there: boolean }>(
    "select to_regclass('journal_head') is not null as there",
  );
  return row?.there === true;
}

const nothing: Look = {
  heads: new Map(),
  entries: 0,
  settled: 0,
  created: [],
  sending: 0,
  observations: 0,
  cursors: new Map(),
};

/** Looks at what there is; nothing where no program has got as far as making its tables. */
export async function look(database: Database): Promise<Look> {
  if (!(await isMigrated(database))) return nothing;
  const heads = await database.query<Head>("select shard, seq, hash from journal_head order by shard");
  const created = await database.query<{ key: string }>(
    "select key from intent where state = 'settled' and kind = 'create'",
  );
  const [counts] = await database.query<{ sending: number; settled: number; observations: number }>(
    "select (select count(*)::int from intent where state = 'sending') as sending, " +
      "(select count(*)::int from intent where state = 'settled') as settled, " +
      "(select count(*)::int from observation) as observations",
  );
  const cursors = await database.query<{ place: string; text: string }>(
    "select connection || ' ' || entity as place, to_jsonb(cursor)::text as text from cursor",
  );
  return {
    heads: new Map(heads.map(({ shard, seq, hash }) => [`${shard}/${seq}`, hash])),
    entries: heads.reduce((sum, { seq }) => sum + Number(seq), 0),
    settled: counts?.settled ?? 0,
    created: created.map(({ key }) => key),
    sending: counts?.sending ?? 0,
    observations: counts?.observations ?? 0,
    cursors: new Map(cursors.map(({ place, text }) => [place, text])),
  };
}

/** Opens the store beside no program, looks, and closes it. */
export async function lookAtStore(stage: KillStage, store: StoreChoice): Promise<Look> {
  const database = await openStore(stage, store);
  try {
    return await look(database);
  } finally {
    await database.close();
  }
}

/** When the last shard that a worker holds, dead or alive, is free; null when none is held any more. */
export async function heldUntil(stage: KillStage, store: StoreChoice): Promise<string | null> {
  const database = await openStore(stage, store);
  try {
    if (!(await isMigrated(database))) return null;
    const [row] = await database.query<{ until: string | null }>(
      "select max(expires_at)::text as until from lease where name like 'shard/%' and holder <> '' and " +
        "expires_at > now()",
    );
    return row?.until ?? null;
  } finally {
    await database.close();
  }
}

/** Whether an instant is over by the store's clock. */
export async function isOver(at: string, place: { stage: KillStage; store: StoreChoice }): Promise<boolean> {
  const database = await openStore(place.stage, place.store);
  try {
    const sql = "select now() > $1::timestamptz as over";
    return (await database.query<{ over: boolean }>(sql, [at]))[0]?.over === true;
  } finally {
    await database.close();
  }
}

/** Lets the leases of a killed worker run out at once: nobody wants to wait for their end each time. */
export async function expireLease(stage: KillStage, store: StoreChoice): Promise<void> {
  const database = await openStore(stage, store);
  try {
    if (!(await isMigrated(database))) return;
    await database.script(
      "update lease set expires_at = now() - interval '1 second'; delete from worker where true",
    );
  } finally {
    await database.close();
  }
}

/** What is left of earlier looks at the end, and whether the chain of the journal holds. */
export interface Kept {
  readonly final: Look;
  readonly broken: readonly string[];
  /** Acknowledged facts that are gone. */
  readonly lost: readonly string[];
  /** Times that a worker died between sending a write and storing what became of it. */
  readonly doubted: number;
}

/** Holds earlier looks against what an open store holds now. */
export async function keptOf(database: Database, looks: readonly Look[]): Promise<Kept> {
  const final = await look(database);
  const isThere = await isMigrated(database);
  const store = createStore({ database, entropy: systemEntropy, clock: systemClock });
  const broken = isThere ? (await store.verifyJournal()).broken.map(breakName) : [];
  const rows = isThere ? await database.query<Head>("select shard, seq, hash from journal") : [];
  const hashes = new Map(rows.map(({ shard, seq, hash }) => [`${shard}/${seq}`, hash]));
  const keys = new Set(final.created);
  const lost = looks.flatMap(({ heads, created }) => [
    ...[...heads].filter(([at, hash]) => hashes.get(at) !== hash).map(([at]) => `journal ${at}`),
    ...created.filter((key) => !keys.has(key)).map((key) => `settled create ${key}`),
  ]);
  const [doubts] = isThere
    ? await database.query<{ count: number }>(
        "select count(*)::int as count from journal where kind = 'intent_in_doubt' and " +
          "body ->> 'code' = 'worker_died'",
      )
    : [];
  return { final, broken, lost: [...new Set(lost)], doubted: doubts?.count ?? 0 };
}

/** Holds every earlier look against the store as it is now. */
export async function compareLooks(
  stage: KillStage,
  store: StoreChoice,
  looks: readonly Look[],
): Promise<Kept> {
  const database = await openStore(stage, store);
  try {
    return await keptOf(database, looks);
  } finally {
    await database.close();
  }
}
