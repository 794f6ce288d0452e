import { matchingName, shardCount } from "../port.ts";
import type { Lease, Rights, Store } from "../port.ts";

const ttlMs = 60_000;

/** Makes somebody a worker that holds every shard nobody else holds. */
export async function takeAll(store: Store, holder: string): Promise<Rights> {
  const sign = { holder, isAlone: false, ttlMs };
  await store.beat(sign);
  const taken = await store.takeShards(sign, shardCount);
  return { holder, shards: taken.map(({ shard, fence }) => ({ shard, fence })) };
}

/** The lease under which accounts get their links; it is free on a store that a test has to itself. */
export async function matchAccounts(store: Store, holder: string): Promise<Lease> {
  const lease = await store.acquireLease(matchingName("accounts"), { holder, ttlMs });
  if (lease === null) throw new Error("somebody else is matching accounts");
  return lease;
}
