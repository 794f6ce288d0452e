import { allEnded } from "./all-ended.ts";
import { beatMs, Holding } from "./holding.ts";
import type { World } from "./world.ts";

/** Why the signs of life of work that is over end. Made once. */
const workIsOver = new DOMException("the work is over", "AbortError");

/** Who is to hold shards. */
interface Asking {
  /** Nobody else may be at it, in this program or another. */
  readonly isAlone: boolean;
  /** A run, of which there is one under one holder: its leases of reading are known by that. */
  readonly isRun: boolean;
  /** Whether what was heard with the last sign of life is good enough. */
  readonly trustsLast: boolean;
  /** Called after each sign of life. */
  readonly onBeat: () => void;
}

/** What one piece of work holds, and the end of that. */
interface Held {
  readonly holding: Holding;
  readonly end: () => Promise<void>;
}

/** What this program holds for its work, and how much of that goes on. */
interface Shared {
  readonly holding: Holding;
  readonly listeners: Set<() => void>;
  readonly over: AbortController;
  readonly isAlone: boolean;
  keeping: Promise<void> | null;
  works: number;
  hasRun: boolean;
}

/** What a program holds, and what of that is being left. */
interface Own {
  readonly all: Set<Shared>;
  readonly leaving: Set<Promise<void>>;
}

const known = new WeakMap<World, Own>();

/**
 * Has this work hold what other work of this program holds, or a share of its own where there is none: shards
 * that go from one to the other would stop whoever waits for an answer until the other has ended. Rejects as
 * a sign of life does.
 */
export async function shareHolding(world: World, asking: Asking): Promise<Held> {
  const own: Own = known.get(world) ?? { all: new Set(), leaving: new Set() };
  known.set(world, own);
  const find = (): Shared | undefined => [...own.all].find((each) => isFor(each, asking));
  // What is free by then is taken with the first sign of life, and not with one of the next.
  if (find() === undefined) await Promise.allSettled(own.leaving);
  const shared = find() ?? openShared(world, asking);
  own.all.add(shared);
  shared.works += 1;
  shared.hasRun ||= asking.isRun;
  shared.listeners.add(asking.onBeat);
  const end = async (): Promise<void> => {
    shared.listeners.delete(asking.onBeat);
    if (asking.isRun) shared.hasRun = false;
    shared.works -= 1;
    if (shared.works > 0) return;
    own.all.delete(shared);
    const leaving = leave(world, shared).finally(() => own.leaving.delete(leaving));
    own.leaving.add(leaving);
    await leaving;
  };
  try {
    if (!asking.trustsLast || !shared.holding.isAlive) await shared.holding.beat();
  } catch (error) {
    await end();
    throw error;
  }
  shared.keeping ??= keepUp(world, shared);
  return { holding: shared.holding, end };
}

/** Gives back what is held and what calls were reserved; nothing goes on under it any more. */
async function leave(world: World, { holding, over, keeping }: Shared): Promise<void> {
  try {
    await allEnded(world.sides.map(({ gate }) => gate.rest()));
    over.abort(workIsOver);
    await keeping;
  } finally {
    await holding.leave();
  }
}

/** Whether work may go on under what is held already. */
function isFor({ isAlone, hasRun, keeping, holding }: Shared, asking: Asking): boolean {
  if (isAlone || asking.isAlone || (asking.isRun && hasRun)) return false;
  // What has just begun is not known to be alive before its first sign of life is answered.
  return holding.isAlive || (keeping === null && !holding.lost.aborted);
}

function openShared(world: World, { isAlone }: Asking): Shared {
  const listeners = new Set<() => void>();
  const holder = `${world.holder}/${world.entropy.uuid()}`;
  const onBeat = (): void => listeners.forEach((listen) => listen());
  const holding = new Holding(world, { holder, isAlone, onBeat });
  const over = new AbortController();
  return { holding, listeners, over, isAlone, keeping: null, works: 0, hasRun: false };
}

/** Keeps up what is held also while one call takes long; where work goes in steps, each step does. */
async function keepUp(world: World, { holding, over }: Shared): Promise<void> {
  while (await world.sleep(beatMs, over.signal)) {
    try {
      await holding.keepUp();
    } catch {
      // The next commit finds out by its fence; nothing is decided here.
    }
  }
}
