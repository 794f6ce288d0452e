import { bareInserts, openAlone } from "../alone.ts";
import { plainRow, round } from "../result.ts";
import { watched } from "../watch.ts";
import { crmAccount } from "../yard/records.ts";
import { expectWrites } from "./scene.ts";
import type { Case } from "./scene.ts";

const sizes = { small: 10_000, full: 50_000 } as const;
const targets = { server: 5_000, embedded: 2_000 } as const;

/**
 * The whole path of a record with journal, between two systems in this process: read, link, decide, write,
 * settle.
 */
export const engineAlone: Case = async (input) => {
  const records = sizes[input.size];
  const { crm, erp, database, engine } = await openAlone(input);
  try {
    crm.seed(records);
    const taken = await watched(input.profileTo, () => engine.run());
    const { value: summary, seconds, processorSeconds, residentMbMax } = taken;
    expectWrites(summary, records);
    if (erp.size !== records) throw new Error(`the ERP holds ${erp.size} of ${records}`);
    const accounts = Array.from({ length: records }, (_, at) => crmAccount(at));
    const limit = await bareInserts(database, accounts);
    return {
      rows: [
        plainRow("engine alone, full path with journal", {
          unit: "records/s",
          measured: records / seconds,
          limit,
          limitIs: "bulk inserts of record and journal row, 500 a commit",
          sense: "at least",
          target: targets[input.store.home],
        }),
      ],
      residentMbMax,
      notes: { records, seconds: round(seconds), processorSeconds: round(processorSeconds) },
    };
  } finally {
    await engine.close();
  }
};
