import { customerOf } from "./customer.ts";
import { recordsOf } from "./linked-records.ts";
import type { LinkedRecord, Looking } from "./looking-port.ts";
import type { PlanDocument } from "./plan-document.ts";
import { findLink } from "./why.ts";
import type { World } from "./world.ts";

/** What is shown from the store alone. */
export function lookingOf(world: World): Looking {
  const { store } = world;
  const linkedRecord: Looking["linkedRecord"] = async (record) => {
    const link = await findLink(world, record);
    if (link === null) return null;
    const [found] = recordsOf(world, await store.loadBundles([link]), [link]);
    return found === undefined || (record.entity ?? found.entity) !== found.entity ? null : found;
  };
  return {
    linkedRecord,
    async linkedRecords({ entity, limit, after }) {
      const found: LinkedRecord[] = [];
      for (let from = after; found.length < limit;) {
        const asked = limit - found.length;
        const links = await store.linksOfEntity(entity, asked, from);
        found.push(...recordsOf(world, await store.loadBundles(links), links));
        from = links.at(-1) ?? null;
        if (links.length < asked) break;
      }
      return found;
    },
    async customer(id) {
      const account: LinkedRecord | null = await linkedRecord({ entity: "accounts", id });
      return account === null ? null : customerOf(world, account);
    },
    async keptPlan(id) {
      const row = await store.loadPlan(id);
      const body = row === null ? null : await store.planBody(id);
      if (row === null || body === null) return null;
      const { id: _id, ...rest } = row;
      return { ...rest, plan: body as unknown as PlanDocument };
    },
    runs: (limit) => store.listRuns(limit),
    pauses: () => store.listPauses(),
  };
}
