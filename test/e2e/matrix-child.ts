/**
 * Program of the crash matrix: several worlds at once, each with a project of its own and a gate around its
 * ports. Its parent tells it what to do, and kills it.
 */
import { join } from "node:path";
import {
  breakName,
  connectors,
  createHttpApp,
  createStore,
  listen,
  loadProject,
  openEmbedded,
  openEngine,
  openServer,
  sleep,
  systemClock,
  systemEntropy,
} from "crossfoot/testing";
import type { Database, Engine, Project } from "crossfoot/testing";
import { gatedDatabase, gatedSide, gatedStore, makeGate } from "./matrix-gate.ts";
import type { Gate, Point, SystemManner } from "./matrix-gate.ts";
import { replayFaults } from "./matrix-replay.ts";

/** A plan, as it is kept between two lives. */
export type Plan = Awaited<ReturnType<Engine["plan"]>>;

/** What a world can be asked for. */
export type Order =
  | {
      readonly kind: "open";
      readonly folder: string;
      readonly manner: SystemManner;
      readonly takesOver: boolean;
    }
  | { readonly kind: "arm"; readonly point: Point | null }
  | { readonly kind: "run"; readonly sweep?: boolean; readonly waitMsMax?: number }
  | { readonly kind: "plan" }
  | { readonly kind: "apply"; readonly plan: Plan }
  | { readonly kind: "sync"; readonly entity: string; readonly id: string }
  | { readonly kind: "listen" }
  /** Never comes to its end. */
  | { readonly kind: "wait" }
  | { readonly kind: "hints" }
  | { readonly kind: "statement" }
  | { readonly kind: "deadLetters" }
  | { readonly kind: "query"; readonly sql: string }
  | { readonly kind: "verify" }
  | { readonly kind: "close" };

/** An order to one world. */
export interface Ordered {
  readonly world: string;
  readonly at: number;
  readonly order: Order;
}

/** What the child tells. */
export type Told =
  | { readonly world: string; readonly at: number; readonly answer: unknown }
  | { readonly world: string; readonly at: number; readonly error: string }
  | { readonly world: string; readonly reached: true };

interface World {
  readonly gate: Gate;
  readonly project: Project;
  readonly database: Database;
  readonly engine: Engine;
  closing: () => Promise<void>;
}

const worlds = new Map<string, World>();
const tell = (told: Told): void => void process.send?.(told);

/** Whether a sign of life is due is looked at every few seconds; here at once. */
const hasty = (ms: number, signal?: AbortSignal): Promise<boolean> => sleep(ms === 2_250 ? 40 : ms, signal);

function openDatabase(project: Project, folder: string): Promise<Database> {
  return project.store.home === "server"
    ? openServer(project.store.url())
    : openEmbedded(join(folder, "store"));
}

async function open(world: string, order: Extract<Order, { kind: "open" }>): Promise<void> {
  const { folder, manner, takesOver } = order;
  const { project, problems } = loadProject(folder, { environment: {}, connectors });
  if (project === undefined) throw new Error(problems.map(({ message }) => message).join("; "));
  const gate = makeGate(() => tell({ world, reached: true }));
  const database = await openDatabase(project, folder);
  // Nobody waits for the end of a dead worker's leases; that others do has its own test.
  if (takesOver) {
    await database.script(
      "update lease set expires_at = now() - interval '1 second'; delete from worker where true",
    );
  }
  const engine = await openEngine(project, {
    database: gatedDatabase(gate, database),
    sleep: hasty,
    wrap: { store: gatedStore(gate), side: gatedSide(gate, manner) },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  worlds.set(world, { gate, project, database, engine, closing: () => engine.close() });
}

async function serve(world: World): Promise<string> {
  const { engine, project } = world;
  const connections = project.connections.map(({ id }) => ({ id }));
  const app = createHttpApp(engine, { connections, contractHash: project.contractHash, now: Date.now });
  const server = await listen(app, { host: "127.0.0.1", port: 0 });
  world.closing = async () => {
    await server.close();
    await engine.close();
  };
  return server.url;
}

/** Whether the chain of the journal holds, and whether the tables are what it tells. */
async function verify(database: Database): Promise<readonly string[]> {
  const store = createStore({ database, entropy: systemEntropy, clock: systemClock });
  const { broken } = await store.verifyJournal();
  return [
    ...broken.map((at) => `the chain is broken at ${breakName(at)}`),
    ...(await replayFaults(database)),
  ];
}

async function follow(name: string, order: Order): Promise<unknown> {
  if (order.kind === "open") return open(name, order);
  const world = worlds.get(name);
  if (world === undefined) throw new Error(`no world is called ${name}`);
  const { engine, database, gate } = world;
  switch (order.kind) {
    case "arm":
      return gate.arm(order.point);
    case "run":
      return engine.run({ sweep: order.sweep === true, waitMsMax: order.waitMsMax ?? 30_000 });
    case "plan":
      return engine.plan();
    case "apply":
      return engine.apply(order.plan, { onDrift: "skip" });
    case "sync":
      return engine.syncRecord({ entity: order.entity, id: order.id });
    case "listen":
      return serve(world);
    case "wait":
      return new Promise(() => undefined);
    case "hints":
      return engine.followHints();
    case "statement":
      return engine.statement();
    case "deadLetters":
      return engine.deadLetters();
    case "query":
      return database.query(order.sql);
    case "verify":
      return verify(database);
    case "close":
      return world.closing();
  }
}

process.on("message", ({ world, at, order }: Ordered) => {
  follow(world, order)
    .then(async (answer) => {
      // The caller is answered by what is told to the parent.
      if (order.kind === "sync") await worlds.get(world)?.gate.pass("answer", "before", []);
      tell({ world, at, answer: answer ?? null });
      if (order.kind === "sync") await worlds.get(world)?.gate.pass("answer", "after", []);
    })
    .catch((error: unknown) => {
      tell({ world, at, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    });
});
