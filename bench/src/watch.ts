import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

/** What watched work came to, and how long it took. */
export interface Watched<T> {
  readonly value: T;
  readonly seconds: number;
}

/**
 * Runs the work that a case is about and tells its time. With a file, a processor profile of exactly this
 * work is written there; the time is then longer than without.
 */
export async function watched<T>(profileTo: string | null, work: () => Promise<T>): Promise<Watched<T>> {
  const session = profileTo === null ? null : new Session();
  if (session !== null) {
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
  }
  const startedAt = performance.now();
  const value = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  if (session !== null && profileTo !== null) {
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    writeFileSync(profileTo, JSON.stringify(profile));
  }
  return { value, seconds };
}
