import type { Connection } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName, EntityPolicy, Json, Lane } from "@crossfoot/kernel";
import type { EntitySummary, RunOptions, RunSummary } from "./engine.ts";
import { policiesOf } from "./closed-books.ts";
import { endRecovery, isSweptWhole } from "./epoch.ts";
import { observesOf } from "./observing.ts";
import { refreshProofs } from "./prove.ts";
import { openSides, readAll, underLease } from "./session.ts";
import { enterContract } from "./signing.ts";
import type { Reads } from "./session.ts";
import { emptyTally } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { tellLosers } from "./tell.ts";
import { takeTerms } from "./terms.ts";
import type { Session, World } from "./world.ts";

/** Longest wait for writes in doubt or to be retried, when nobody says another, ms. */
export const waitMsDefault = 30_000;

/** A settling with nothing done yet. */
export function settlingOf(
  session: Session,
  at: {
    readonly policies: readonly EntityPolicy[];
    readonly opened: ReadonlyMap<ConnectionId, Connection>;
    readonly options: RunOptions;
  },
): Settling {
  return {
    session,
    policies: at.policies,
    opened: at.opened,
    waitMsMax: at.options.waitMsMax ?? waitMsDefault,
    observes: observesOf(session.world, at.options),
    tallies: new Map(),
    guardStops: [],
    withheld: new Set(),
    deferred: new Set(),
  };
}

interface Ended {
  readonly settling: Settling;
  readonly reads: Reads;
  readonly deletions: ReadonlyMap<EntityName, number>;
  readonly startedAt: number;
  readonly callsBefore: ReadonlyMap<ConnectionId, number>;
}

function entitySummaries({ settling, reads, deletions }: Ended): readonly EntitySummary[] {
  return settling.policies.map(({ entity }) => {
    const tally = settling.tallies.get(entity) ?? emptyTally();
    return { entity, read: reads.get(entity) ?? {}, deleted: deletions.get(entity) ?? 0, ...tally };
  });
}

/** A run that did nothing says why. */
async function whyNothing(
  world: World,
  ended: Ended,
  summaries: readonly EntitySummary[],
): Promise<string | null> {
  const wrote = summaries.some(({ settled }) =>
    Object.values(settled).some((kinds) => Object.keys(kinds).length > 0),
  );
  if (wrote) return null;
  const { settling } = ended;
  const reasons: string[] = [];
  const held = summaries.flatMap(({ observed }) => Object.values(observed).flatMap(Object.values<number>));
  if (held.length > 0) {
    const count = held.reduce((total, each) => total + each, 0);
    reasons.push(
      `${count} writes were decided and held back: ${[...settling.observes].join(" and ")} only observed`,
    );
  }
  if (settling.guardStops.length > 0) reasons.push("the guard stopped what was to be written");
  for (const [connection, failure] of settling.session.away)
    reasons.push(`${connection} was not usable: ${failure.message}`);
  const recovery = settling.session.epoch?.recovery ?? null;
  if (recovery !== null && !settling.policies.every(({ entity }) => isSweptWhole(world, recovery, entity)))
    reasons.push("the store was restored, and nothing is decided before all was read again");
  const { pauses } = settling.session.holding;
  const paused = pauses.filter(({ kind }) => kind === "entity").map(({ name }) => name);
  if (paused.length > 0) reasons.push(`${paused.join(" and ")} paused`);
  const counts = await world.store.openCounts();
  const sum = (name: "parks" | "conflicts" | "waits" | "candidates" | "openIntents"): number =>
    counts.reduce((total, row) => total + row[name], 0);
  if (sum("openIntents") > 0)
    reasons.push(`${sum("openIntents")} writes wait for an answer or for another try`);
  const changed = summaries.some(({ read }) =>
    Object.values(read).some((count) => count.added + count.changed > 0),
  );
  reasons.push(
    changed ? "what changed calls for no write by the contract" : "nothing changed on either side",
  );
  const left = [
    `${sum("parks")} parked`,
    `${sum("conflicts")} in conflict`,
    `${sum("waits")} waiting`,
    `${sum("candidates")} to review`,
  ];
  const open = left.filter((text) => !text.startsWith("0 "));
  return open.length === 0 ? reasons.join("; ") : `${reasons.join("; ")} (${open.join(", ")})`;
}

async function summarise(world: World, ended: Ended, runId: string): Promise<RunSummary> {
  const { settling, startedAt, callsBefore } = ended;
  const { session } = settling;
  const entities = entitySummaries(ended);
  const counts = (await world.store.openCounts()).filter(({ entity }) =>
    settling.policies.some((policy) => policy.entity === entity),
  );
  const left =
    counts.some((row) => row.parks + row.conflicts + row.openIntents + row.candidates > 0) ||
    session.troubles.length > 0;
  const state = settling.guardStops.length > 0 ? "stopped" : left ? "differences" : "done";
  return {
    runId,
    state,
    entities,
    troubles: session.troubles,
    guardStops: settling.guardStops,
    whyNothing: await whyNothing(world, ended, entities),
    calls: Object.fromEntries(
      world.sides.map((side) => [side.id, side.calls() - (callsBefore.get(side.id) ?? 0)]),
    ),
    durationMs: Math.round(world.clock.monotonic() - startedAt),
  };
}

/** One run, from the lease to the stored summary. `work` settles; its result goes into the answer. */
export async function runCommand(
  world: World,
  at: {
    readonly command: string;
    readonly options: RunOptions;
    readonly reads: boolean;
    readonly lane: Lane;
    readonly isAlone?: boolean;
    /** Nothing of it can reach a system, so that it needs no signed contract. */
    readonly isHarmless?: boolean;
  },
  work: (settling: Settling) => Promise<void>,
): Promise<RunSummary> {
  const runId = world.entropy.uuid();
  const startedAt = world.clock.monotonic();
  const callsBefore = new Map(world.sides.map((side) => [side.id, side.calls()]));
  const { options, lane, isAlone = false } = at;
  return underLease(world, { runId, options, lane, isAlone }, async (session) => {
    if (at.isHarmless !== true) await enterContract(world, options);
    await world.store.startRun(runId, at.command, session.holding.holder);
    try {
      const opened = await openSides(session, { trusts: !at.reads });
      const policies = policiesOf(world, at.options.only);
      const settling = settlingOf(session, { policies, opened, options: at.options });
      const deletions = new Map<EntityName, number>();
      const mode = at.options.sweep === true ? "sweep" : "incremental";
      const reads: Reads = at.reads
        ? await readAll(session, {
            policies,
            mode,
            deletions,
            ...(options.restMs === undefined ? {} : { restMs: options.restMs }),
          })
        : new Map();
      await takeTerms(settling);
      // What is stored for a connection that is only observed by now is decided again, and held back.
      if (settling.observes.size > 0) await world.store.markStored();
      await session.holding.withdraw(session.runId);
      await work(settling);
      // Whoever lost a shard on the way has not done what it was to do.
      session.holding.lost.throwIfAborted();
      await tellLosers(settling);
      await refreshProofs(world);
      await endRecovery(session);
      const summary = await summarise(world, { settling, reads, deletions, startedAt, callsBefore }, runId);
      await world.store.endRun(runId, summary.state, summary as unknown as Json);
      return summary;
    } catch (error) {
      const message = error instanceof Error ? error.message : "unknown";
      await world.store.endRun(runId, "failed", { message }).catch(() => undefined);
      throw error;
    }
  });
}
