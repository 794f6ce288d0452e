import type { EntityPolicy, LinkId } from "@crossfoot/kernel";
import type { Intent } from "../store/port.ts";
import type { Unmade } from "./apply-judge.ts";
import { assess } from "./assess.ts";
import type { Assessed } from "./assess.ts";
import { directIntent } from "./direct-intent.ts";
import type { PlanDocument, PlanWrite } from "./plan-document.ts";
import { contextOf } from "./settle.ts";
import type { Settling } from "./settle.ts";
import type { World } from "./world.ts";

/** Intents that stand in a plan as they are, and what is not written after all. */
export interface PlannedIntents {
  readonly intents: readonly Intent[];
  readonly unmade: ReadonlyMap<number, Unmade>;
}

/**
 * The intents of writes that take others back, or put values right. Nothing is decided: what the plan shows
 * is what is written, on the versions it was made for (what it rests on was compared before). Their keys
 * follow from the plan, so that what was made is never made again.
 */
export async function undoIntents(
  settling: Settling,
  policy: EntityPolicy,
  at: { readonly plan: PlanDocument; readonly writes: readonly PlanWrite[] },
): Promise<PlannedIntents> {
  const { world } = settling.session;
  const { plan, writes } = at;
  const links = [...new Set(writes.map(({ link }) => link))];
  const context = await contextOf(settling, policy);
  const assessed = await assess(context, await world.store.loadBundles(links));
  const byLink = new Map<LinkId, Assessed>(assessed.map((one) => [one.bundle.id, one]));
  const intents: Intent[] = [];
  const unmade = new Map<number, Unmade>();
  for (const write of writes) {
    const one = byLink.get(write.link);
    const reason = whyNot(one, write);
    if (one === undefined || reason !== null)
      unmade.set(write.number, { why: "moved", reason: reason ?? "", observation: null });
    else {
      const { marked = [], link = null } = write.undo ?? {};
      const undo = plan.undo === undefined ? null : { by: plan.undo.by, marked, link };
      intents.push(intentAsPlanned(world, one, { plan, write, undo }));
    }
  }
  return { intents, unmade };
}

function whyNot(one: Assessed | undefined, { target, id }: PlanWrite): string | null {
  if (one === undefined) return "the record was joined with another";
  const member = one.bundle.members.find(({ connection }) => connection === target);
  if (member?.id !== id) return `another record of ${target} belongs to it now`;
  return one.bundle.openTargets.length > 0 ? "a write of the record is under way" : null;
}

/** The intent of a write that no decision makes: its key follows from its place in the plan. */
export function intentAsPlanned(
  world: World,
  one: Assessed,
  at: { readonly plan: PlanDocument; readonly undo: Intent["undo"]; readonly write: PlanWrite },
): Intent {
  const { bundle, input } = one;
  const { plan, undo, write } = at;
  const does = plan.repair === undefined ? "consolidate" : "repair";
  const { target, id, step, precondition, fields, transition, causes } = write;
  const intent = directIntent(world, bundle, {
    name: `${undo === null ? does : "undo"}\n${plan.id}\n${write.number}`,
    statusField: input.policy.statusField ?? "",
    kind: write.kind as Intent["kind"],
    ...{ target, id, step, precondition, fields, transition, causes },
  });
  return { ...intent, plan: { id: plan.id, number: write.number }, undo };
}
