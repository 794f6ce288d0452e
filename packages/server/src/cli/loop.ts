import type { EntityName } from "@crossfoot/model";
import type { Clock, Sleep } from "../ports.ts";
import type { DuplicateReport, Engine, Progress, RunSummary } from "../runtime/engine.ts";

/**
 * Longest time between two looks for hints that nobody woke us for (another worker may have taken a
 * delivery), ms.
 */
const hintPauseMs = 1_000;
/** First and longest pause after a failure of the store or a lease that another worker holds, ms. */
const failurePauseMsMin = 1_000;
const failurePauseMsMax = 60_000;

/**
 * An entity that another worker has read within this share of its cadence is not read again: workers have
 * clocks of their own, and none of them is to come a moment too early each time.
 */
const restShare = 0.8;

/** What the loop tells. */
export type LoopEvent =
  | { readonly kind: "run"; readonly what: string; readonly summary: RunSummary }
  | { readonly kind: "look"; readonly report: DuplicateReport }
  | { readonly kind: "failure"; readonly error: unknown; readonly pauseMs: number };

/** What the loop works with. */
export interface LoopOptions {
  readonly engine: Pick<Engine, "run" | "followHints" | "attend" | "lookWhenDue" | "forgetWhenDue">;
  readonly entities: readonly EntityName[];
  readonly cadenceMs: { readonly [entity in EntityName]: number };
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Ends the loop; what is under way ends at its next safe place. */
  readonly signal: AbortSignal;
  readonly tell: (event: LoopEvent) => void;
  readonly onProgress?: (progress: Progress) => void;
}

/** The loop of a server, while it goes on. */
export interface Loop {
  /** Ends the present pause, because there are hints to follow. */
  readonly wake: () => void;
  /** Null while all is well; else what is wrong. */
  readonly trouble: () => string | null;
  /** Resolves when the signal has ended the loop; never rejects. Answers how many runs were made. */
  readonly ended: Promise<number>;
}

/**
 * Starts the loop: every entity at its own cadence, hints as soon as they come, and what became due without
 * either; idle, it looks for duplicates at the contract's cadence. One run at a time; entities that are due
 * together run together, so that parents come before
 * children. Sweeps are the runtime's: a run finds deletions when the last look is too old. Several workers
 * run such a loop over one store: each entity is read by one of them at a time, at its one cadence.
 */
export function startLoop(options: LoopOptions): Loop {
  let pause = new AbortController();
  let trouble: string | null = null;
  const wake = (): void => pause.abort();
  options.signal.addEventListener("abort", wake, { once: true });
  const ended = turn(options, {
    rest: async (ms) => {
      // A wake that came during the run before must not be slept through.
      if (!pause.signal.aborted) await options.sleep(ms, pause.signal);
      pause = new AbortController();
      if (options.signal.aborted) pause.abort();
    },
    note: (text) => {
      trouble = text;
    },
  });
  return { wake, trouble: () => trouble, ended };
}

interface Turning {
  readonly rest: (ms: number) => Promise<void>;
  readonly note: (trouble: string | null) => void;
}

async function turn(options: LoopOptions, { rest, note }: Turning): Promise<number> {
  const { clock, signal, entities, tell } = options;
  const dueAt = new Map<EntityName, number>(entities.map((entity) => [entity, clock.monotonic()]));
  let runs = 0;
  let failures = 0;
  while (!signal.aborted) {
    try {
      runs += await once(options, dueAt);
      failures = 0;
      note(null);
      const next = Math.min(...dueAt.values(), clock.monotonic() + hintPauseMs);
      await rest(Math.max(0, next - clock.monotonic()));
    } catch (error) {
      failures += 1;
      const pauseMs = Math.min(failurePauseMsMin * 2 ** Math.min(failures - 1, 10), failurePauseMsMax);
      note(error instanceof Error ? error.message : "an error that is no Error");
      tell({ kind: "failure", error, pauseMs });
      await rest(pauseMs);
    }
  }
  return runs;
}

/**
 * Follows hints and runs what is due by its cadence; where nothing is, one look finds hints and what became
 * due otherwise. Answers how many runs were made.
 */
async function once(options: LoopOptions, dueAt: Map<EntityName, number>): Promise<number> {
  const { engine, clock, signal, cadenceMs, tell, onProgress } = options;
  const watched = { signal, ...(onProgress === undefined ? {} : { onProgress }) };
  const dueBy = (now: number): readonly EntityName[] =>
    [...dueAt].filter(([, at]) => at <= now).map(([entity]) => entity);
  await engine.forgetWhenDue();
  if (dueBy(clock.monotonic()).length === 0) {
    const attended = await engine.attend(watched);
    if (attended === null) {
      const report = await engine.lookWhenDue();
      if (report !== null) tell({ kind: "look", report });
      return 0;
    }
    tell({ kind: "run", ...attended });
    return 1;
  }
  let runs = 0;
  const followed = await engine.followHints();
  if (followed !== null) {
    runs += 1;
    tell({ kind: "run", what: "hints", summary: followed });
  }
  if (signal.aborted) return runs;
  const now = clock.monotonic();
  const due = dueBy(now);
  const restMs = Object.fromEntries(due.map((entity) => [entity, cadenceMs[entity] * restShare]));
  const summary = await engine.run({ only: due, restMs, isLoop: true, ...watched });
  // Due again from the start of this run, so that a slow one does not stretch the cadence. What a failure
  // left out stays due.
  for (const entity of due) dueAt.set(entity, now + cadenceMs[entity]);
  tell({ kind: "run", what: due.join(", "), summary });
  return runs + 1;
}
