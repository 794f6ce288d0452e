import { canonicalBytes } from "@crossfoot/kernel";
import { openAlone } from "../alone.ts";
import { systemEntropy } from "crossfoot/testing";
import { plainRow, round } from "../result.ts";
import { watched } from "../watch.ts";
import { crmAccount, erpAccount } from "../yard/records.ts";
import { expectWrites, writesOf } from "./scene.ts";
import type { Case } from "./scene.ts";

const sizes = { small: 10_000, full: 100_000 } as const;

/** The limit: hash each record once and compare it with a hash in memory. Records per second. */
function bareCompare(pairs: number): number {
  const list = Array.from({ length: pairs }, (_, at) => crmAccount(at)).flatMap((one) => [
    one,
    erpAccount(one),
  ]);
  const print = (record: object): string => systemEntropy.digest(canonicalBytes(record));
  const known = new Map(list.map((record, at) => [at, print(record)]));
  const startedAt = performance.now();
  const changed = list.filter((record, at) => print(record) !== known.get(at)).length;
  if (changed > 0) throw new Error("a record differs from itself");
  return list.length / ((performance.now() - startedAt) / 1000);
}

/** A sweep over linked pairs of which none changed: everything is read and compared, nothing is written. */
export const sweep: Case = async (input) => {
  const pairs = sizes[input.size];
  const { crm, erp, engine } = await openAlone(input);
  try {
    crm.seed(pairs);
    erp.seed(pairs);
    const linking = await watched(null, () => engine.run());
    expectWrites(linking.value, 0);
    const taken = await watched(input.profileTo, () => engine.run({ sweep: true }));
    const { value: summary, seconds, processorSeconds, residentMbMax } = taken;
    const counts = summary.entities.flatMap(({ read }) => Object.values(read));
    const same = counts.reduce((sum, count) => sum + count.same, 0);
    if (same !== pairs * 2) throw new Error(`${same} of ${pairs * 2} records were found unchanged`);
    return {
      rows: [
        plainRow(`no-change sweep of ${pairs} pairs, both sides`, {
          unit: "records/s",
          measured: (pairs * 2) / seconds,
          limit: bareCompare(pairs),
          limitIs: "hash and compare in memory",
          sense: "at least",
          target: 50_000,
        }),
        plainRow("writes of a no-change sweep", {
          unit: "writes",
          measured: writesOf(summary),
          sense: "at most",
          target: 0,
        }),
        plainRow("first linking of equal pairs", {
          unit: "pairs/s",
          measured: pairs / linking.seconds,
          sense: "at least",
        }),
      ],
      residentMbMax,
      notes: {
        pairs,
        seconds: round(seconds),
        processorSeconds: round(processorSeconds),
        linkingSeconds: round(linking.seconds),
        linkingProcessorSeconds: round(linking.processorSeconds),
      },
    };
  } finally {
    await engine.close();
  }
};
