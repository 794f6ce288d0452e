import type { LinkId } from "@crossfoot/kernel";
import type { RecordLabel } from "@crossfoot/model";
import { labelOf, readBundles } from "./assess.ts";
import type { World } from "./world.ts";

/** Links that are looked up at once. */
const namedMax = 500;

/** What people call some linked records, as far as the contract knows their entity. */
export async function linkNames(world: World, links: ReadonlySet<string>): Promise<readonly RecordLabel[]> {
  const all = [...links] as unknown as readonly LinkId[];
  const names: RecordLabel[] = [];
  for (let from = 0; from < all.length; from += namedMax) {
    const bundles = await world.store.loadBundles(all.slice(from, from + namedMax));
    for (const policy of world.policies) {
      const { entity } = policy;
      const own = bundles.filter((bundle) => bundle.entity === entity);
      for (const { bundle, members } of await readBundles({ world, policy }, own)) {
        const views = Object.values(members).map(({ view }) => view);
        names.push({ entity, link: bundle.id, label: labelOf(entity, views) });
      }
    }
  }
  return names;
}
