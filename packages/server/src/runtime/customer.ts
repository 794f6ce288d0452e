import type { LinkId } from "@crossfoot/kernel";
import type { Customer, LinkedRecord, RelatedRecords } from "./looking-port.ts";
import { recordsOf } from "./linked-records.ts";
import type { World } from "./world.ts";

/** Records of one entity that are looked at: what a page of totals can be made of in a moment. */
const relatedMax = 1_000;

/**
 * An account with everything that names it: contacts, documents, subsidiaries, prices, and what names its
 * orders. It reads the store only, as fresh as the last pass. Rejects with a StoreError.
 */
export async function customerOf(world: World, account: LinkedRecord): Promise<Customer> {
  const { store } = world;
  const counts = await store.referringCounts(account.link);
  const related: RelatedRecords[] = [];
  for (const { entity, count } of counts) {
    const links = await store.referringTo([account.link], entity, relatedMax);
    related.push({ entity, count, records: await recordsAt(world, links) });
  }
  const orders = related.find(({ entity }) => entity === "orders")?.records ?? [];
  const shipments = await store.referringTo(
    orders.map(({ link }) => link),
    "shipments",
    relatedMax,
  );
  if (shipments.length > 0)
    related.push({
      entity: "shipments",
      count: shipments.length,
      records: await recordsAt(world, shipments),
    });
  return { erp: world.sides.find(({ role }) => role === "erp")?.id ?? null, account, related };
}

async function recordsAt(world: World, links: readonly LinkId[]): Promise<readonly LinkedRecord[]> {
  return recordsOf(world, await world.store.loadBundles(links), links);
}
