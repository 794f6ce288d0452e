import type { Connection, EntityMapping } from "@crossfoot/connector-sdk";
import type { EntityPolicy } from "@crossfoot/kernel";
import type { Side } from "./world.ts";

/** What sending one batch needs. */
export interface SendTarget {
  readonly side: Side;
  readonly connection: Connection;
  readonly mapping: EntityMapping;
  readonly policy: EntityPolicy;
}

/** How long after its claim a write may leave us, ms: a call waits for another one at most. */
export function sendWithinMs({ side }: SendTarget): number {
  return side.timeoutMs * 2;
}
