import type { Preparation, PrepareRequest } from "@crossfoot/connector-sdk";
import type { ConnectionId } from "@crossfoot/kernel";
import { openTerms } from "./gate.ts";
import type { World } from "./world.ts";

/** Has a connection add what it rests on, or only look. Rejects with a ConnectorError. */
export async function prepareSide(
  world: World,
  id: ConnectionId,
  request: PrepareRequest,
): Promise<readonly Preparation[] | undefined> {
  const side = world.sides.find((each) => each.id === id);
  if (side === undefined) return undefined;
  const connection = await side.open(openTerms("interactive"));
  return (await connection.prepare?.(request)) ?? [];
}
