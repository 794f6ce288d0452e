/** The stores of both homes as the tests of kills and power failures look into them from outside. */
import { createHash } from "node:crypto";
import { canonicalBytes } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { openWithCrashLayer } from "crossfoot/testing";
import type { CrashLayer } from "crossfoot/testing";
import { Client } from "pg";

/** Reads a store, and little else. */
export interface Peephole {
  query<Row>(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** Looks into the database of an address. */
export async function peepServer(url: string): Promise<Peephole> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    query: async <Row>(sql: string) => (await client.query(sql)).rows as Row[],
    close: () => client.end(),
  };
}

/** Looks into the store folder of a project that no program has open. */
export async function peepFolder(folder: string): Promise<Peephole> {
  const layer: CrashLayer = await openWithCrashLayer(folder);
  return {
    query: <Row>(sql: string) => layer.database.query<Row>(sql),
    close: async () => {
      await layer.database.close();
      layer.remove();
    },
  };
}

interface Entry {
  readonly shard: number;
  readonly seq: string;
  readonly at: string | Date;
  readonly run_id: string | null;
  readonly entity: string | null;
  readonly link_id: string | null;
  readonly kind: string;
  readonly body: Json;
  readonly before_hash: string;
  readonly hash: string;
}

/** Follows the chains of the journal and answers the places where one is broken. */
export async function brokenChains(store: Pick<Peephole, "query">): Promise<readonly string[]> {
  const rows = await store.query<Entry>("select * from journal order by shard, seq");
  const broken: string[] = [];
  const last = new Map<number, { seq: number; hash: string }>();
  for (const row of rows) {
    const { shard, entity, kind, body, run_id: runId, link_id: link } = row;
    const seq = Number(row.seq);
    const before = last.get(shard) ?? { seq: 0, hash: "" };
    const told = { shard, seq, at: new Date(row.at).toISOString(), runId, entity, link, kind, body };
    const bytes = `${before.hash}\n${canonicalBytes(told)}`;
    const isNext = seq === before.seq + 1 && row.before_hash === before.hash;
    const isWhole = createHash("sha256").update(bytes).digest("hex") === row.hash;
    if (!isNext || !isWhole) broken.push(`${shard}/${seq}`);
    last.set(shard, { seq, hash: row.hash });
  }
  return broken;
}
