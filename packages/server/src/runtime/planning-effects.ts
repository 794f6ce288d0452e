import type { ConnectionId, EntityName } from "@crossfoot/kernel";
import { isEntityName } from "@crossfoot/model";
import type { EffectTerms } from "@crossfoot/model";
import type { PlanDocument, PlanEffect, PlanWrite } from "./plan-document.ts";
import type { Settling } from "./settle.ts";
import { isTold } from "./to-tell.ts";

/**
 * What the writes of a plan set off in the systems, as far as it is known: automations that the contract
 * declares, and webhooks by which a system tells about our own writes.
 */
export function effectsOf(settling: Settling, writes: readonly PlanWrite[]): readonly PlanEffect[] {
  const { world } = settling.session;
  const direct = writes.filter(({ answers }) => answers.length === 0);
  const groups = Map.groupBy(direct, ({ entity, target }) => `${entity}\n${target}`);
  return [...groups.values()].flatMap((own): readonly PlanEffect[] => {
    const [{ entity, target }] = own as [PlanWrite];
    const role = world.sides.find(({ id }) => id === target)?.role;
    const terms = isEntityName(entity) ? world.contract.entities[entity].effects : [];
    const declared = terms
      .filter(({ at }) => at === role)
      .map((effect) => {
        const { length: count } = own.filter((write) => isSetOff(effect, write));
        return { entity, target, on: onText(effect), does: effect.does, by: "contract" as const, count };
      });
    return [...declared.filter(({ count }) => count > 0), ...webhooks(settling, { entity, target, own })];
  });
}

/** Notes on records whose values give way, where the contract wants them and the system takes them. */
export function notesOf(settling: Settling, losses: PlanDocument["losses"]): readonly PlanEffect[] {
  const { world } = settling.session;
  const told = losses.filter(
    ({ entity, connection }) =>
      isTold(world, entity, connection) &&
      settling.opened.get(connection)?.manifest.entities[entity]?.notes === true,
  );
  const groups = Map.groupBy(told, ({ entity, connection }) => `${entity}\n${connection}`);
  return [...groups.values()].map((own): PlanEffect => {
    const [{ entity, connection: target }] = own as [(typeof own)[number]];
    const does = "puts a note on the record that tells of it, and how to bring it back";
    return { entity, target, on: "a value that gives way", does, by: "contract", count: own.length };
  });
}

function isSetOff(effect: EffectTerms, { kind, transition }: PlanWrite): boolean {
  if (effect.on !== kind) return false;
  return effect.statuses === undefined || effect.statuses.includes(transition?.to ?? "");
}

function onText({ on, statuses }: EffectTerms): string {
  return statuses === undefined ? on : `${on} to ${statuses.join(" or ")}`;
}

function webhooks(
  settling: Settling,
  at: { readonly entity: EntityName; readonly target: ConnectionId; readonly own: readonly PlanWrite[] },
): readonly PlanEffect[] {
  const { entity, target, own } = at;
  if (settling.opened.get(target)?.manifest.webhooks !== true) return [];
  const count = new Set(own.map(({ link }) => link)).size;
  const does = "may send a webhook for each, which reads the record again and writes nothing";
  return [{ entity, target, on: "any write", does, by: "webhooks", count }];
}
