import { planFormat } from "./plan-document.ts";
import type { PlanDocument } from "./plan-document.ts";
import { pauseOver } from "./pausing.ts";
import { planId, tenantsOf } from "./planning-compose.ts";
import type { World } from "./world.ts";

/** A plan that may not be applied as it is. */
export class PlanRefused extends Error {
  constructor(message: string, advice = "make a new one with `crossfoot plan`") {
    super(`${message}; ${advice}`);
    this.name = "PlanRefused";
  }
}

/**
 * Refuses a plan that is not good for this store, this contract, these mappings and tenants, at this time.
 * Asks no system.
 */
export async function refuseUnfit(world: World, plan: PlanDocument): Promise<void> {
  const { id, ...head } = plan;
  if (plan.format !== planFormat)
    throw new PlanRefused(`the plan has form ${plan.format}, and this Crossfoot reads form ${planFormat}`);
  if (id !== planId(world.entropy.digest, head))
    throw new PlanRefused("the plan file was changed after it was made");
  if (plan.store !== (await world.store.storeId(world.entropy.uuid())))
    throw new PlanRefused("the plan was made by another store than the one that is to apply it");
  const known = await world.store.loadPlan(id);
  if (known === null) throw new PlanRefused("this store has made no plan of that name");
  if (known.isVoid)
    throw new PlanRefused("since the plan was made the store was restored, or a person in it erased");
  if (plan.contract !== world.contractHash) {
    if (plan.whatIf === null) throw new PlanRefused("the contract changed after the plan was made");
    const message = `the plan is of contract ${plan.contract.slice(0, 12)}, which is not in force`;
    throw new PlanRefused(message, "put it in the place of contract.yaml first, then apply the plan");
  }
  for (const side of world.sides) {
    if (plan.mappings[side.id] === side.mappingHash) continue;
    throw new PlanRefused(`the mapping of ${side.id} changed after the plan was made`);
  }
  const tenants = await tenantsOf(world);
  for (const { id: connection } of world.sides) {
    if (plan.tenants[connection] === tenants[connection]) continue;
    throw new PlanRefused(`${connection} led to another tenant when the plan was made`);
  }
  const [trouble] = plan.troubles;
  if (trouble !== undefined)
    throw new PlanRefused(
      `the plan was made while ${trouble.connection} could not be read (${trouble.code})`,
    );
  const pause = pauseOver(await world.store.listPauses(), plan.writes);
  if (pause !== undefined) {
    const message = `${pause.name} is paused since ${pause.since} by ${pause.by}`;
    throw new PlanRefused(message, `\`crossfoot resume ${pause.name}\` lets it go on`);
  }
  if (world.clock.now() > Date.parse(plan.expiresAt))
    throw new PlanRefused(`the plan was good until ${plan.expiresAt}`);
}
