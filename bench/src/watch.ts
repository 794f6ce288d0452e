import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { cpuUsage, memoryUsage } from "node:process";

const lookEveryMs = 25;

/** What watched work came to, and what it took. */
export interface Watched<T> {
  readonly value: T;
  readonly seconds: number;
  /**
   * Time of the processor that this process used, all its threads together; other work does not lengthen
   * it.
   */
  readonly processorSeconds: number;
  /** Largest resident size of this process until the work was done, MB. */
  readonly residentMbMax: number;
}

async function profiled<T>(profileTo: string | null, work: () => Promise<T>): Promise<T> {
  if (profileTo === null) return work();
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  const value = await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  writeFileSync(profileTo, JSON.stringify(profile));
  return value;
}

/**
 * Runs the work that a case is about and tells what it took. With a file, a processor profile of exactly
 * this work is written there; the time is then longer than without.
 */
export async function watched<T>(profileTo: string | null, work: () => Promise<T>): Promise<Watched<T>> {
  let most = memoryUsage.rss();
  const look = setInterval(() => {
    most = Math.max(most, memoryUsage.rss());
  }, lookEveryMs);
  const before = cpuUsage();
  const startedAt = performance.now();
  const value = await profiled(profileTo, work);
  const seconds = (performance.now() - startedAt) / 1000;
  const used = cpuUsage(before);
  clearInterval(look);
  const processorSeconds = (used.user + used.system) / 1_000_000;
  return { value, seconds, processorSeconds, residentMbMax: Math.max(most, memoryUsage.rss()) / 1_048_576 };
}
