import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audit } from "./kill-audit.ts";
import { keptOf, look } from "./kill-look.ts";
import type { Look } from "./kill-look.ts";
import { allowWrites, openFaultyStage, refuseWrites, workerRole } from "./store-faults.ts";
import type { FaultyStage, WatchedWorker } from "./store-faults.ts";

const size = { seed: 20_260_106, accounts: 40, products: 10, history: 4, quotes: 4 };
/** Customers that people make in the CRM before each fault, and again while it lasts. */
const madeEach = 12;
/** Longest wait for what the worker does, on a machine that is busy. */
const waiting = { timeout: 150_000, interval: 200 } as const;
const patience = { timeout: 400_000 };
const hourMs = 3_600_000;

/** Something that happens to the store, and how it ends. */
interface Fault {
  /** `work` has people make customers, and waits until all is on the other side. */
  readonly come: (at: FaultyStage, work: () => Promise<void>, worker: WatchedWorker) => Promise<void>;
  readonly go?: (at: FaultyStage) => Promise<void>;
  /** What the operator is told; null where the worker may get over it without a word. */
  readonly told: RegExp | null;
}

const own = `from pg_stat_activity where usename = '${workerRole}'`;
const endBackends = async ({ database }: FaultyStage): Promise<void> => {
  await database.query(`select pg_terminate_backend(pid) ${own}`);
};
const shut = async ({ database }: FaultyStage): Promise<void> => {
  await database.query(`alter role ${workerRole} connection limit 0`);
};

const faults: { readonly [name: string]: Fault } = {
  "all its backends are ended, five times": {
    come: async (at) => {
      for (let time = 0; time < 5; time += 1) {
        await expect
          .poll(async () => (await at.database.query(`select 1 ${own}`)).length, waiting)
          .toBeGreaterThan(0);
        await endBackends(at);
      }
    },
    told: null,
  },
  "PostgreSQL is restarted": { come: ({ server }) => server.restart("fast"), told: null },
  "PostgreSQL is killed and started again": { come: ({ server }) => server.restart("kill"), told: null },
  "PostgreSQL has no connection left for it": {
    come: async (at) => {
      await shut(at);
      await endBackends(at);
    },
    go: async ({ database }) => {
      await database.query(`alter role ${workerRole} connection limit -1`);
    },
    told: /no connection to the store \(too many connections/,
  },
  "its disk is full": {
    come: async ({ database, disk }) => {
      if (disk !== null) disk.fill();
      else await refuseWrites(database, "53100", "could not extend file: No space left on device");
    },
    go: async ({ database, disk }) => {
      if (disk !== null) disk.free();
      else await allowWrites(database);
    },
    told: /the store failed: could not extend file .*No space left on device/,
  },
  "its disk can only be read": {
    come: ({ database }) => refuseWrites(database, "42501", "could not open file: Read-only file system"),
    go: ({ database }) => allowWrites(database),
    told: /the store failed: could not open file: Read-only file system/,
  },
  "its clock steps to and fro by hours": {
    come: async ({ setClock }, work) => {
      for (const hours of [5, -9, 2, -1]) {
        await setClock(hours * hourMs);
        await work();
      }
    },
    told: null,
  },
  "the worker's own clock steps to and fro by hours": {
    come: async (_, work, worker) => {
      for (const hours of [-7, 3, 11, -2, 0]) {
        worker.setClock(hours * hourMs);
        await work();
      }
    },
    told: null,
  },
};

describe("a worker over a PostgreSQL to which things happen while it works", () => {
  let at: FaultyStage;
  let worker: WatchedWorker | null = null;
  let made = 0;
  const looks: Look[] = [];
  const make = (): void => {
    for (let count = 0; count < madeEach; count += 1) {
      made += 1;
      const nr = String(made).padStart(6, "0");
      const mine = { name: `Fault ${nr} Ltd`, taxId: `DE800${nr}`, email: `fault${nr}@example.com` };
      at.stage.crm.people.createAccount({ ...mine, status: "customer", currency: "EUR" });
    }
  };
  /** What is not on the other side yet, or not as it is to be there. */
  const open = (): readonly string[] => {
    const { lost, wrong } = audit(at.stage);
    return [...lost, ...wrong];
  };
  const work = async (): Promise<void> => {
    make();
    await expect.poll(open, waiting).toEqual([]);
  };

  beforeAll(async () => {
    at = await openFaultyStage(size);
    worker = at.startWorker();
  }, 240_000);
  afterAll(async () => {
    worker?.kill();
    await at.close();
  });

  it("loads both systems while all is well", patience, async () => {
    await expect.poll(open, waiting).toEqual([]);
  });

  it.each(Object.keys(faults))(
    "%s: it goes on by itself, and tells what it could not do",
    patience,
    async (name) => {
      const fault = faults[name];
      if (fault === undefined || worker === null) throw new Error("it was not started");
      const { since } = worker;
      make();
      looks.push(await look(at.database));
      const place = worker.told.length;
      await fault.come(at, work, worker);
      make();
      if (fault.told !== null) await expect.poll(() => since(place), waiting).toMatch(fault.told);
      await fault.go?.(at);
      await expect.poll(open, waiting).toEqual([]);
      expect(worker.isAlive).toBe(true);
      looks.push(await look(at.database));
      const said = worker
        .since(place)
        .split("\n")
        .filter((line) => line.includes("!"));
      console.log(`${name}: ${looks.at(-1)?.settled} writes settled; told: ${said.join(" | ") || "nothing"}`);
    },
  );

  it("nothing acknowledged was lost, and nothing was made twice", patience, async () => {
    const { doubled, wrong, created } = audit(at.stage);
    const kept = await keptOf(at.database, looks);
    const { settled } = kept.final;
    console.log(
      `${looks.length} looks, ${settled} writes acknowledged, ${created} records made, ` +
        `${kept.lost.length} lost, ${doubled.length} doubled`,
    );
    expect({ doubled, wrong, lost: kept.lost, broken: kept.broken }).toEqual({
      doubled: [],
      wrong: [],
      lost: [],
      broken: [],
    });
    expect(settled).toBeGreaterThan(Object.keys(faults).length * madeEach);
    expect(await worker?.stop()).toBe(0);
  });
});
