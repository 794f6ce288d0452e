import { bareLoad, batches, singles } from "../bare.ts";
import { plainRow, quantile, round, timed, timeRow } from "../result.ts";
import { watched } from "../watch.ts";
import { callsOf, expectAgreement, expectWrites, openScene } from "./scene.ts";
import type { Case } from "./scene.ts";

const limitRuns = 3;
const targets = {
  server: { batches: { target: 10, stretch: 5 }, singles: { target: 2.5, stretch: 1.2 } },
  embedded: { batches: { target: 20 }, singles: { target: 5 } },
} as const;

/**
 * First load over HTTP: the CRM holds all accounts, the ERP none. Judged at 10,000 records, whatever the
 * size.
 */
export const firstLoad: Case = async (input) => {
  const records = 10_000;
  const scene = await openScene(input);
  const { yard, engine } = scene;
  try {
    await yard.ask("seed", { records, isPaired: false });
    const taken = await watched(input.profileTo, () => engine.run());
    const { value: summary, seconds, processorSeconds, residentMbMax } = taken;
    expectWrites(summary, records);
    await expectAgreement(yard, records);
    const limits: { batches: number[]; singles: number[] } = { batches: [], singles: [] };
    for (let run = 0; run < limitRuns; run += 1) {
      await yard.ask("emptyErp", {});
      limits.batches.push(await timed(() => bareLoad(yard, records, batches)));
      await yard.ask("emptyErp", {});
      limits.singles.push(await timed(() => bareLoad(yard, records, singles)));
    }
    const calls = callsOf(summary);
    const of = targets[input.store.home];
    const head = `first load of ${records} over HTTP`;
    return {
      rows: [
        timeRow(`${head}: batches`, {
          seconds,
          limit: quantile(limits.batches, 0.5),
          limitIs: "bare client, batches of 100, 16 wide",
          ...of.batches,
        }),
        timeRow(`${head}: singles`, {
          seconds,
          limit: quantile(limits.singles, 0.5),
          limitIs: "bare client, single, 128 wide",
          ...of.singles,
        }),
        plainRow("calls per record, first load", {
          unit: "calls",
          measured: calls / records,
          sense: "at most",
          target: (2.1 / 100) * 1.1,
        }),
      ],
      residentMbMax,
      notes: {
        records,
        recordsPerSecond: Math.round(records / seconds),
        processorSeconds: round(processorSeconds),
        calls,
      },
    };
  } finally {
    await scene.close();
  }
};
