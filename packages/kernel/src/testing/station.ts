import type { ConnectionId } from "../record.ts";
import type { Value } from "../value.ts";

/** How a system keeps what it is given: a lossy one shows something else afterwards. */
export type Keeping = (value: Value) => Value;

/** A system as the world sees it. `seen` is the newest observation; between observations it may be old. */
export interface Station {
  readonly connection: ConnectionId;
  readonly keep: Keeping;
  truth: Value | undefined;
  version: number;
  stamp: number;
  seen: { value: Value | undefined; version: number; stamp: number };
  base: readonly Value[] | undefined;
}
