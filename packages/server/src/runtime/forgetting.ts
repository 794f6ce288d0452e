import type { World } from "./world.ts";

/** Between two times that things are forgotten, ms. */
const forgetEveryMs = 3_600_000;

/** Forgets what is kept longer than the project says: at the first call, then once an hour. */
export function createForgetting(world: Pick<World, "store" | "clock" | "keepPlansMs">): () => Promise<void> {
  const { store, clock, keepPlansMs } = world;
  let dueAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = clock.monotonic();
    if (now < dueAt) return;
    await store.forgetAnswers();
    if (keepPlansMs !== undefined) await store.forgetPlans(keepPlansMs);
    dueAt = now + forgetEveryMs;
  };
}
