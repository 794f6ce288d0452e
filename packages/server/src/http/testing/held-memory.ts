import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What a program holds once all that nobody needs was swept, bytes. */
export interface HeldMemory {
  readonly heap: number;
  /** Of the whole program, as the system counts it. */
  readonly resident: number;
}

let sweep: (() => void) | null = null;

/** Sweeps and measures this program. */
export function heldMemory(): HeldMemory {
  if (sweep === null) {
    setFlagsFromString("--expose-gc");
    sweep = runInNewContext("gc") as () => void;
  }
  sweep();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, resident: rss };
}

/** What a program may hold more at its end than at its begin: caches fill, code is compiled. */
const growthMax = 8_000_000;

/**
 * By how many bytes the heap grew from the first third of some samples to the last, beyond what is nothing;
 * 0 where it did not. The first sample is left out: then the program warms up.
 */
export function growthOf(samples: readonly HeldMemory[]): number {
  const warm = samples.slice(1).map(({ heap }) => heap);
  const third = Math.floor(warm.length / 3);
  if (third === 0) return 0;
  const growth = Math.min(...warm.slice(-third)) - Math.max(...warm.slice(0, third));
  return growth > growthMax ? growth : 0;
}

/** Start, middle and end in words. */
export function memoryText(samples: readonly HeldMemory[]): string {
  const last = samples.length - 1;
  const at = (place: number): string => {
    const { heap = 0, resident = 0 } = samples[place] ?? {};
    return `${Math.round(heap / 1e6)} MB of ${Math.round(resident / 1e6)} MB`;
  };
  return `heap of resident memory: start ${at(0)}, middle ${at(Math.floor(last / 2))}, end ${at(last)}`;
}
