import { isReplaced } from "@crossfoot/kernel";
import type { ConnectionId, Discard, EntityName } from "@crossfoot/kernel";
import { isEntityName } from "@crossfoot/model";
import type { LostEntry } from "../store/port.ts";
import type { World } from "./world.ts";

/** Whether the contract wants the people of a side to be told of values that lost. */
export function isTold(world: World, entity: EntityName, connection: ConnectionId): boolean {
  const role = world.sides.find(({ id }) => id === connection)?.role;
  return isEntityName(entity) && role !== undefined && world.contract.entities[entity].notes.includes(role);
}

/** Values that lose, marked where the contract wants a note about it on the record they stood on. */
export function toTell(world: World, entity: EntityName, losers: readonly Discard[]): readonly LostEntry[] {
  return losers.map((one) => {
    const isWanted = isReplaced(one) && isTold(world, entity, one.connection);
    return isWanted ? { ...one, tell: true } : one;
  });
}
