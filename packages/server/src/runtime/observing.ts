import { isReplaced } from "@crossfoot/kernel";
import type { ConnectionId } from "@crossfoot/kernel";
import type { DecisionRecord, Intent } from "../store/port.ts";
import type { RunOptions } from "./engine.ts";
import type { World } from "./world.ts";

/** Connections that are only observed: everything is decided for them and shown, nothing is sent to them. */
export type Observes = ReadonlySet<ConnectionId>;

/** The connections that are only observed: by the settings, or all of them when this run only observes. */
export function observesOf(world: World, options: Pick<RunOptions, "observe">): Observes {
  return new Set(options.observe === true ? world.sides.map(({ id }) => id) : (world.observed ?? []));
}

/** A decision without what it would do to connections that are only observed, and the writes held back. */
export interface ObservedRecord {
  readonly record: DecisionRecord;
  readonly held: readonly Intent[];
}

/**
 * Keeps of a decision what is a fact of ours, and leaves out every write to a connection that is only
 * observed, with what would come of it: values that would lose there, a tombstone, the end of the link. The
 * link stays due, so that it is decided again, and shown in every plan, until somebody may write.
 */
export function observedRecord(record: DecisionRecord, observes: Observes): ObservedRecord {
  const held = record.intents.filter(({ target }) => observes.has(target));
  if (held.length === 0) return { record, held };
  return {
    held,
    record: {
      ...record,
      staysDue: true,
      intents: record.intents.filter(({ target }) => !observes.has(target)),
      discards: record.discards.filter((lost) => !isReplaced(lost) || !observes.has(lost.connection)),
      tombstone: null,
      state: record.state === "ended" ? null : record.state,
    },
  };
}

/** A connection that is only observed was to be written to. */
export class ObserveOnly extends Error {
  constructor(connections: readonly ConnectionId[]) {
    super(
      `${connections.join(" and ")} only observed: nothing is written there; take \`observe\` out of ` +
        "crossfoot.yaml when the links are right",
    );
    this.name = "ObserveOnly";
  }
}

/** Refuses a plan that writes to a connection which is only observed. Throws ObserveOnly. */
export function refuseObserved(
  world: World,
  plan: { readonly writes: readonly { readonly target: ConnectionId }[] },
): void {
  const observed = (world.observed ?? []).filter((id) => plan.writes.some(({ target }) => target === id));
  if (observed.length > 0) throw new ObserveOnly(observed);
}
