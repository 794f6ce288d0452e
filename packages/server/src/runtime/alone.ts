import { LeaseTaken, underLease } from "./session.ts";
import type { Session, World } from "./world.ts";

/**
 * Does for somebody who waits what no decision does, while no other worker is at it: they give way for a
 * moment. Null where one does not.
 */
export async function alone<Told>(
  world: World,
  work: (session: Session) => Promise<Told | null>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Told | null> {
  const named = { runId: world.entropy.uuid(), options, lane: "interactive", isAlone: true } as const;
  return underLease(world, named, work).catch((error: unknown) => {
    if (error instanceof LeaseTaken) return null;
    throw error;
  });
}
