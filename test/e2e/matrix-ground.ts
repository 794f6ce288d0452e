/** What every case of the crash matrix starts from: two small systems in agreement, and their store. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { seedDemo } from "@crossfoot/twin";
import type { TwinSnapshot } from "@crossfoot/twin";
import { openServer, tempFolder } from "crossfoot/testing";
import type { TempFolder, TestPostgres } from "crossfoot/testing";
import { runThrough } from "./busy.ts";
import { openStage } from "./kill-stage.ts";
import type { KillStage, StoreChoice } from "./kill-stage.ts";
import { startLife } from "./matrix-life.ts";

const size = { seed: 20_260_107, accounts: 5, products: 3, history: 1, quotes: 2, calm: true };

/** The ground, and worlds that stand on it. */
export interface Ground {
  /** A stage of its own: both systems as they were, over a copy of the store. */
  open(): Promise<KillStage>;
  remove(): Promise<void>;
}

/** Where copies of the store come from. */
interface Shelf {
  readonly first: StoreChoice;
  /** Called once nobody has the first store open. */
  keep(folder: string): void;
  /** Where the next world has its store. */
  next(): Promise<StoreChoice>;
  remove(): void;
}

function embeddedShelf(): Shelf {
  const kept: TempFolder = tempFolder("memory");
  return {
    first: { home: "embedded" },
    keep: (folder) => cpSync(join(folder, "store"), kept.path, { recursive: true }),
    next: () => Promise.resolve({ home: "embedded", copyOf: kept.path }),
    remove: () => kept.remove(),
  };
}

async function serverShelf(server: TestPostgres): Promise<Shelf> {
  const first: StoreChoice = { home: "server", url: await server.createDatabase({ name: "ground" }) };
  let made = 0;
  return {
    first,
    keep: () => undefined,
    next: async () => {
      made += 1;
      const name = `world_${made}`;
      const admin = await openServer(server.url);
      await admin.query(`create database ${name} template ground`);
      await admin.close();
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return { home: "server", url: url.href };
    },
    remove: () => undefined,
  };
}

/** Loads both systems for the first time, and keeps what came of it. */
export async function makeGround(server: TestPostgres | null): Promise<Ground> {
  const shelf = server === null ? embeddedShelf() : await serverShelf(server);
  const stage = await openStage({ store: shelf.first, seed: size.seed }, (twins) => ({
    contents: seedDemo({ ...twins, ...size }),
  }));
  const life = startLife();
  try {
    const { folder } = stage;
    await life.order("ground", { kind: "open", folder, manner: {}, takesOver: false });
    // What came of the load itself, such as numbers and orders, comes back with the second run.
    for (let run = 0; run < 2; run += 1) await runThrough(() => life.order("ground", { kind: "run" }));
    await life.order("ground", { kind: "close" });
  } finally {
    await life.kill();
  }
  shelf.keep(stage.folder);
  const { contents } = stage;
  const [crm, erp]: [TwinSnapshot, TwinSnapshot] = [stage.crm.snapshot(), stage.erp.snapshot()];
  await stage.close();
  return {
    open: async () => {
      const store = await shelf.next();
      return openStage({ store, seed: size.seed }, (twins) => {
        twins.crm.restore(crm);
        twins.erp.restore(erp);
        return { contents, acceptedQuoteIds: [] };
      });
    },
    remove: () => Promise.resolve(shelf.remove()),
  };
}
