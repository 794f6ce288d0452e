import type { Connection, EntityAbilities, EntityMapping } from "@crossfoot/connector-sdk";
import type { EntityPolicy } from "@crossfoot/kernel";
import type { Side } from "./world.ts";

/** What sending one batch needs. */
export interface SendTarget {
  readonly side: Side;
  readonly connection: Connection;
  readonly mapping: EntityMapping;
  readonly policy: EntityPolicy;
}

/** Calls that the connector makes of one batch of writes, as far as its manifest tells. */
export function callsOfBatch({ precondition, answersRecord }: EntityAbilities): number {
  return 1 + (precondition === "compare" ? 1 : 0) + (answersRecord ? 0 : 1);
}

/** How long after its claim a write may leave us, ms: a call waits for another one at most. */
export function sendWithinMs({ side }: SendTarget): number {
  return side.timeoutMs * 2;
}
