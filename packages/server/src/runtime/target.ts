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
