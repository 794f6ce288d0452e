import type { Testimony, Witness } from "../../ports.ts";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import type { MemoryStore } from "../../store/memory/memory-store.ts";
import type { MiniWorld, MiniWorldOptions } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

/** A witness that a test can look into and send away. */
function memoryWitness(): Witness & { testimony: Testimony | null } {
  const witness: Witness & { testimony: Testimony | null } = {
    testimony: null,
    load: () => Promise.resolve(witness.testimony),
    save: (testimony) => {
      witness.testimony = testimony;
      return Promise.resolve();
    },
  };
  return witness;
}

/** A world whose store can be put back to what it was. */
export interface Stage extends MiniWorld {
  readonly memory: MemoryStore;
  readonly witness: ReturnType<typeof memoryWitness>;
  /** The store is as it was when `backup` was called last. */
  readonly backup: () => void;
  readonly restore: () => void;
  /** A person confirms, the horizons pass, and it runs until nothing is left to recover. */
  readonly recover: () => Promise<void>;
}

/** A world with a backup of its store, taken as it begins. */
export async function stage(options: Partial<MiniWorldOptions> = {}): Promise<Stage> {
  const opened: { memory?: MemoryStore } = {};
  const witness = memoryWitness();
  const mini = await miniWorld({
    database: (deps) => {
      opened.memory = createMemoryStore(deps);
      return opened.memory;
    },
    ...options,
    change: { ...options.change, witness },
  });
  const { memory } = opened;
  if (memory === undefined) throw new Error("no store was opened");
  let kept = memory.snapshot();
  return {
    ...mini,
    memory,
    witness,
    backup: () => {
      kept = memory.snapshot();
    },
    restore: () => memory.restore(kept),
    recover: async () => {
      await mini.engine.confirmEpoch("ada");
      mini.pass(60_000);
      await mini.engine.run();
      mini.pass(60_000);
      await mini.engine.run();
    },
  };
}

/** A second customer, with nothing in common with the first. */
export const other: typeof customer = {
  ...customer,
  name: "Other",
  email: "other@example.com",
  taxId: "DE222222222",
  number: "C-2",
};
/** So many accounts are there on each side. */
export const live = (stageOf: Stage): readonly number[] => [
  stageOf.crm.rows("accounts").length,
  stageOf.erp.rows("accounts").length,
];
