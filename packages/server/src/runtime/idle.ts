import { runCommand } from "./command.ts";
import { deadlineIn } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import type { Attended, RunOptions, RunSummary } from "./engine.ts";
import { leaseMs } from "./holding.ts";
import { settle } from "./settle.ts";
import type { Look } from "../store/port.ts";
import type { World } from "./world.ts";

/** Pauses between two tries at what is due and was not done, ms: it may be the guard's, or a person's. */
const vainPauseMsMin = 1_000;
const vainPauseMsMax = 30_000;

/**
 * Looks once, and does what it finds: follows hints, or settles what is due although this worker read nothing
 * (what another one read, what waited for its time, what a dead one left). Null when there is nothing of the
 * kind, or when it was tried in vain a moment ago.
 */
export type Idle = (options: RunOptions) => Promise<Attended | null>;

/** Makes the look of an idle worker; it remembers what it tried in vain. */
export function createIdle(world: World, followHints: () => Promise<RunSummary | null>): Idle {
  let vain = 0;
  let rest: Deadline = deadlineIn(world.clock, -1);
  const entities = world.policies.map(({ entity }) => entity);
  return async (options) => {
    const { hasHints, hasOrphans, due } = await world.store.look(entities, leaseMs);
    if (hasHints) {
      const followed = await followHints();
      if (followed !== null) return { what: "hints", summary: followed };
    }
    if (!hasOrphans && (!rest.isOver() || !(await isDue(world, due)))) return null;
    const given = { ...options, isLoop: true };
    const work = { command: "settle", options: given, reads: false, lane: "poll" } as const;
    const summary = await runCommand(world, work, settle);
    vain = isVain(summary) ? vain + 1 : 0;
    const pauseMs = vain === 0 ? -1 : Math.min(vainPauseMsMin * 2 ** (vain - 1), vainPauseMsMax);
    rest = deadlineIn(world.clock, pauseMs);
    return isVain(summary) ? null : { what: "due", summary };
  };
}

/** Whether something may be done now. Records that wait for the link of a parent are left to the next run. */
async function isDue({ store }: World, due: Look["due"]): Promise<boolean> {
  if (due.some(({ work, intents, moved }) => work || intents || moved)) return true;
  for (const { entity, newcomers } of due)
    if (newcomers && (await store.readiness(entity)).some(({ hasNewcomers }) => hasNewcomers)) return true;
  return false;
}

const isVain = ({ entities }: RunSummary): boolean =>
  entities.every(
    ({ decided, refused, probed, settled }) => decided + refused + probed === 0 && isEmpty(settled),
  );

const isEmpty = (settled: { readonly [target: string]: { readonly [kind: string]: number } }): boolean =>
  Object.values(settled).every((kinds) => Object.keys(kinds).length === 0);
