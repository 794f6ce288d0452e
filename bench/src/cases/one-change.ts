import { memoryUsage } from "node:process";
import { createHttpApp } from "crossfoot/testing";
import { listen } from "crossfoot/testing";
import { startLoop } from "crossfoot/testing";
import { systemClock } from "crossfoot/testing";
import { sleep } from "crossfoot/testing";
import { bareReceiver } from "../bare.ts";
import { plainRow, quantile, round } from "../result.ts";
import { expectAgreement, expectWrites, openScene } from "./scene.ts";
import type { Case, Scene } from "./scene.ts";

const records = 1_000;
const counts = { small: 60, full: 300 } as const;
/** Between two changes, ms: long enough for everything to be idle again. */
const pauseMs = 60;
/** No entity is polled while this is measured. */
const neverMs = 3_600_000;
const warmUps = 20;

interface Up {
  readonly hook: string;
  readonly close: () => Promise<void>;
}

/** The server as `crossfoot up` runs it: webhooks in, and the loop that follows them. */
async function serveScene({ engine, project }: Scene): Promise<Up> {
  let wake = (): void => undefined;
  const app = createHttpApp(engine, {
    connections: project.connections.map(({ id }) => ({ id })),
    contractHash: project.contractHash,
    now: systemClock.now,
    onHints: () => wake(),
  });
  const server = await listen(app, { host: "127.0.0.1", port: 0 });
  const stopping = new AbortController();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const loop = startLoop({
    engine,
    entities: project.entities,
    cadenceMs: Object.fromEntries(project.entities.map((name) => [name, neverMs])) as never,
    clock: systemClock,
    sleep,
    signal: stopping.signal,
    tell: (event) => {
      if (event.kind === "failure") throw event.error;
      resolve(undefined);
    },
  });
  ({ wake } = loop);
  // The first run of the loop reads everything once; from then on there is nothing but hints.
  await promise;
  const close = async (): Promise<void> => {
    stopping.abort();
    await loop.ended;
    await server.close();
  };
  return { hook: `${server.url}/hooks/crm`, close };
}

/** One change from the webhook to the other side, everything idle. */
export const oneChange: Case = async (input) => {
  const scene = await openScene(input);
  const { yard, engine } = scene;
  try {
    await yard.ask("seed", { records, isPaired: true });
    expectWrites(await engine.run(), 0);
    const bare = await bareReceiver(yard);
    const count = counts[input.size];
    const asked = { pauseMs, hook: bare.hook };
    await yard.ask("changes", { ...asked, count: warmUps, mark: "warm" });
    const wire = await yard.ask("changes", { ...asked, count, mark: "wire" });
    await bare.close();
    expectWrites(await engine.run(), 0);
    const up = await serveScene(scene);
    await yard.ask("changes", { count: warmUps, mark: "up", hook: up.hook, pauseMs });
    const before = await yard.ask("counts", {});
    const times = await yard.ask("changes", { count, mark: "change", hook: up.hook, pauseMs });
    const after = await yard.ask("counts", {});
    await up.close();
    await expectAgreement(yard, records);
    const isServer = input.store.home === "server";
    const limitIs = "bare receiver: read, write";
    const line = (name: string, share: number, target: number): ReturnType<typeof plainRow> =>
      plainRow(`one change, webhook to visible, ${name}`, {
        unit: "ms",
        measured: quantile(times, share),
        limit: quantile(wire, share),
        limitIs,
        sense: "at most",
        ...(isServer ? { target } : {}),
      });
    const calls = (after.requests - before.requests) / count;
    return {
      rows: [
        line("p50", 0.5, 40),
        line("p95", 0.95, 80),
        plainRow("calls per changed record, one by one", {
          unit: "calls",
          measured: calls,
          sense: "at most",
          target: 2.1,
        }),
      ],
      residentMbMax: memoryUsage.rss() / 1_048_576,
      notes: { changes: count, fastestMs: round(Math.min(...times)), slowestMs: round(Math.max(...times)) },
    };
  } finally {
    await scene.close();
  }
};
