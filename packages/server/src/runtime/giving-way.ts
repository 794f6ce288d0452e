import type { Holding } from "./holding.ts";
import { within } from "./moment-answer.ts";
import type { Session } from "./world.ts";

/** Longest time that one step of other work gives way for, ms: it goes on, however many ask. */
const giveWayMsMax = 100;

/** What somebody waits for now, by what it works under, each with the promise of its answer. */
const awaited = new WeakMap<Holding, Map<Session, PromiseWithResolvers<void>>>();

/** Somebody waits for this work: what goes on beside it under the same shards gives way. */
export function somebodyWaits(session: Session): void {
  const all = awaited.get(session.holding) ?? new Map<Session, PromiseWithResolvers<void>>();
  awaited.set(session.holding, all.set(session, Promise.withResolvers()));
}

/** Whoever waited for this work has been answered, or is not to be. */
export function nobodyWaits(session: Session): void {
  const all = awaited.get(session.holding);
  all?.get(session)?.resolve();
  all?.delete(session);
}

/**
 * Lets what somebody waits for go first, before a commit of hundreds of records: each keeps the ends of the
 * journal's chains locked, and a conversion has ten commits that need one of them.
 */
export async function giveWay({ holding, lane, world }: Session): Promise<void> {
  const all = awaited.get(holding);
  if (lane === "interactive" || all === undefined || all.size === 0) return;
  const answers = [...all.values()].map(({ promise }) => promise);
  await within(world, giveWayMsMax, { ask: () => Promise.all(answers), late: [] });
}
