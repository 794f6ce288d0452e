import { defaultContract } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import type { Attended, Engine, RunOptions } from "../runtime/engine.ts";
import { startLoop } from "./loop.ts";
import type { LoopEvent } from "./loop.ts";
import { quietRun } from "./testing.ts";

const names = Object.keys(defaultContract.entities) as EntityName[];
const cadenceMs = Object.fromEntries(names.map((name) => [name, 60_000])) as {
  [entity in EntityName]: number;
};

/** A loop over a clock that only its own pauses move; it ends after some pauses. */
function loopOver(more: {
  readonly pausesMax: number;
  readonly run?: (options?: RunOptions) => Promise<typeof quietRun>;
  readonly followHints?: () => Promise<typeof quietRun | null>;
  readonly attend?: () => Promise<Attended | null>;
  readonly lookWhenDue?: Engine["lookWhenDue"];
}): {
  readonly runs: string[];
  readonly events: LoopEvent[];
  readonly pauses: number[];
  readonly loop: ReturnType<typeof startLoop>;
} {
  const stopping = new AbortController();
  const runs: string[] = [];
  const events: LoopEvent[] = [];
  const pauses: number[] = [];
  let now = 0;
  const loop = startLoop({
    engine: {
      run: (options) => {
        runs.push(`${now}: ${(options?.only ?? []).join(" ")}`);
        return more.run === undefined ? Promise.resolve(quietRun) : more.run(options);
      },
      followHints: more.followHints ?? (() => Promise.resolve(null)),
      attend: more.attend ?? (() => Promise.resolve(null)),
      forgetWhenDue: () => Promise.resolve(),
      lookWhenDue: more.lookWhenDue ?? (() => Promise.resolve(null)),
    },
    entities: ["accounts", "quotes"],
    cadenceMs: { ...cadenceMs, accounts: 3_000, quotes: 2_000 },
    clock: { now: () => now, monotonic: () => now },
    sleep: (ms) => {
      now += ms;
      pauses.push(ms);
      if (pauses.length >= more.pausesMax) stopping.abort();
      return Promise.resolve(true);
    },
    signal: stopping.signal,
    tell: (event) => events.push(event),
  });
  return { runs, events, pauses, loop };
}

describe("the loop of a server", () => {
  it("runs every entity at its own cadence, and those that are due together in one run", async () => {
    const { runs, loop } = loopOver({ pausesMax: 7 });
    expect(await loop.ended).toBe(5);
    expect(runs).toEqual([
      "0: accounts quotes",
      "2000: quotes",
      "3000: accounts",
      "4000: quotes",
      "6000: accounts quotes",
    ]);
  });

  it("follows hints before anything else, and looks for them every second", async () => {
    let hints = 2;
    const followHints = (): Promise<typeof quietRun | null> => Promise.resolve(hints-- > 0 ? quietRun : null);
    const attend = async (): Promise<Attended | null> => {
      const summary = await followHints();
      return summary === null ? null : { what: "hints", summary };
    };
    const { events, pauses, loop } = loopOver({ pausesMax: 3, followHints, attend });
    await loop.ended;
    expect(events.map((event) => (event.kind === "run" ? event.what : "failure")).slice(0, 3)).toEqual([
      "hints",
      "accounts, quotes",
      "hints",
    ]);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1_000);
  });

  it("an idle turn asks once what there is to do", async () => {
    let looks = 0;
    let asked = 0;
    const { runs, pauses, loop } = loopOver({
      pausesMax: 2,
      attend: () => {
        looks += 1;
        return Promise.resolve(null);
      },
      followHints: () => {
        asked += 1;
        return Promise.resolve(null);
      },
    });
    await loop.ended;
    expect({ runs, pauses, looks, asked }).toEqual({
      runs: ["0: accounts quotes"],
      pauses: [1_000, 1_000],
      looks: 1,
      asked: 1,
    });
  });

  it("goes on after a failure with growing pauses, says so, and is well again after a success", async () => {
    let failures = 3;
    const troubles: (string | null)[] = [];
    const started = loopOver({
      pausesMax: 5,
      run: () => {
        troubles.push(started.loop.trouble());
        if (failures > 0) {
          failures -= 1;
          return Promise.reject(new Error("the store is away"));
        }
        return Promise.resolve(quietRun);
      },
    });
    await started.loop.ended;
    expect(started.events.flatMap((event) => (event.kind === "failure" ? [event.pauseMs] : []))).toEqual([
      1_000, 2_000, 4_000,
    ]);
    expect(troubles.slice(0, 4)).toEqual(
      [null, ...Array.from({ length: 3 }, () => "the store is away")].slice(0, 4),
    );
    expect(started.loop.trouble()).toBeNull();
  });

  it("looks for duplicates when there is nothing else to do, and tells what it came to", async () => {
    const report = { at: "", looked: [], clusters: [], fresh: ["d-1"], overdue: 0, trend: [], troubles: [] };
    let asked = 0;
    const { events, loop } = loopOver({
      pausesMax: 3,
      lookWhenDue: () => Promise.resolve((asked += 1) === 1 ? report : null),
    });
    await loop.ended;
    expect(asked).toBeGreaterThan(0);
    expect(events.filter(({ kind }) => kind === "look")).toEqual([{ kind: "look", report }]);
  });

  it("a wake that comes during a run is not slept through", async () => {
    const started = loopOver({
      pausesMax: 1,
      run: () => {
        started.loop.wake();
        return Promise.resolve(quietRun);
      },
    });
    await started.loop.ended;
    expect(started.runs).toHaveLength(1);
    expect(started.pauses).toHaveLength(1);
    expect(started.events).toHaveLength(1);
  });

  it("ends when it is told, and tells the run that is under way", async () => {
    const stopping = new AbortController();
    let seen: AbortSignal | undefined;
    const loop = startLoop({
      engine: {
        run: (options) => {
          seen = options?.signal;
          stopping.abort();
          return Promise.resolve(quietRun);
        },
        followHints: () => Promise.resolve(null),
        attend: () => Promise.resolve(null),
        forgetWhenDue: () => Promise.resolve(),
        lookWhenDue: () => Promise.resolve(null),
      },
      entities: ["accounts"],
      cadenceMs,
      clock: { now: () => 0, monotonic: () => 0 },
      sleep: (_ms, signal) => Promise.resolve(signal?.aborted !== true),
      signal: stopping.signal,
      tell: () => undefined,
    });
    expect(await loop.ended).toBe(1);
    expect(seen?.aborted).toBe(true);
  });
});
