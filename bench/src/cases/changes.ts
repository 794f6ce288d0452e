import { bareChanges, batches, singles } from "../bare.ts";
import { plainRow, quantile, round, timed, timeRow } from "../result.ts";
import { watched } from "../watch.ts";
import { callsOf, expectAgreement, expectWrites, openScene } from "./scene.ts";
import type { Case } from "./scene.ts";

const records = 10_000;
const count = 1_000;
const limitRuns = 3;
const targets = { server: { batches: { target: 10 }, singles: { target: 2 } }, embedded: {} } as const;

/** A thousand changes in the CRM, among ten thousand linked records, found by the next poll. */
export const changes: Case = async (input) => {
  const scene = await openScene(input);
  const { yard, engine } = scene;
  try {
    await yard.ask("seed", { records, isPaired: true });
    expectWrites(await engine.run(), 0);
    expectWrites(await engine.run(), 0);
    const since = new Date().toISOString();
    await yard.ask("edit", { count, mark: "edited" });
    const taken = await watched(input.profileTo, () => engine.run());
    const { value: summary, seconds, processorSeconds, residentMbMax } = taken;
    expectWrites(summary, count);
    await expectAgreement(yard, records);
    const limits: { batches: number[]; singles: number[] } = { batches: [], singles: [] };
    for (let run = 0; run < limitRuns; run += 1) {
      const change = { count, mark: `bare ${run}`, since };
      limits.batches.push(await timed(() => bareChanges(yard, change, batches)));
      limits.singles.push(await timed(() => bareChanges(yard, change, singles)));
    }
    const of: { readonly batches?: { target: number }; readonly singles?: { target: number } } =
      targets[input.store.home];
    const head = `${count} changes among ${records}`;
    const limit = (way: "batches" | "singles"): number => quantile(limits[way], 0.5);
    return {
      rows: [
        timeRow(`${head}: batches`, {
          seconds,
          limit: limit("batches"),
          limitIs: "bare client, batches of 100, 16 wide",
          ...of.batches,
        }),
        timeRow(`${head}: singles`, {
          seconds,
          limit: limit("singles"),
          limitIs: "bare client, single, 128 wide",
          ...of.singles,
        }),
        plainRow("calls per changed record, in batches", {
          unit: "calls",
          measured: callsOf(summary) / count,
          sense: "at most",
          target: (2.1 / 100) * 1.1,
        }),
      ],
      residentMbMax,
      notes: {
        records,
        changes: count,
        processorSeconds: round(processorSeconds),
        calls: callsOf(summary),
      },
    };
  } finally {
    await scene.close();
  }
};
