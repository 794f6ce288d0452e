/** A first load in this process, on a disk that forgets what was not synced, cut by power failures. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { connectors, loadProject, openEngine, openWithCrashLayer, tempFolder } from "crossfoot/testing";
import type { CrashLayer, CrashLayerOptions, Engine, TempFolder } from "crossfoot/testing";
import { randomStream } from "@crossfoot/twin";
import type { Random } from "@crossfoot/twin";
import { audit, commitsOf } from "./kill-audit.ts";
import type { Audit } from "./kill-audit.ts";
import { keptOf, look } from "./kill-look.ts";
import type { Look } from "./kill-look.ts";
import { openKillStage } from "./kill-stage.ts";
import type { KillStage, StageSize } from "./kill-stage.ts";

type Database = CrashLayer["database"];
type Plan = Awaited<ReturnType<Engine["plan"]>>;

/** When the power fails: in the middle of a file operation, or when a write has reached a system. */
interface Cut {
  readonly at: "file operation" | "write";
  readonly nth: number;
}

/** One power failure: what was acknowledged before it, and what the disk gave back. */
interface Failure {
  readonly cut: Cut;
  /** Commits that the load had made by then. */
  readonly commits: number;
  readonly before: Look;
  readonly after: Look;
  /** Acknowledged facts that are gone, and breaks in the journal's chain. */
  readonly lost: readonly string[];
  /** Cursors that are not where they were acknowledged to be: the commit under way may have moved one. */
  readonly moved: readonly string[];
}

/** What a load showed. */
export interface CutLoad {
  readonly failures: readonly Failure[];
  readonly audit: Audit;
  /** Commits of a run that must find nothing to do. */
  readonly idleCommits: number;
  readonly brokenAtEnd: readonly string[];
}

/** What a load is asked for. */
export interface CutOptions extends CrashLayerOptions {
  readonly size: StageSize;
  readonly failures: number;
}

/**
 * The power fails within so many file operations from a start: enough to make the tables and begin to read;
 * later, when there are tables, a part of what a load takes.
 */
const operationsMax = { first: 600, later: 120 };
const writesMax = 4;

/** The machine that the engine runs on. While the power is off nothing leaves it. */
interface Machine {
  readonly layer: CrashLayer;
  isOn: boolean;
  /** Writes that still reach the systems before the power fails. */
  writesLeft: number;
  /** The newest look that was answered: whatever it shows was acknowledged. */
  acknowledged: Look;
}

/** The database, looked at after every commit that it acknowledges. */
function watched(machine: Machine): Database {
  const { database } = machine.layer;
  const noting = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!machine.isOn) throw new Error("the power is off");
    try {
      const answer = await work();
      const seen = await look(database);
      if (machine.isOn) machine.acknowledged = seen;
      return answer;
    } catch (error) {
      if (error instanceof Error && error.name === "StoreError") machine.isOn = false;
      throw error;
    }
  };
  return {
    home: database.home,
    query: (sql, parameters) =>
      /^\s*select/i.test(sql)
        ? database.query(sql, parameters)
        : noting(() => database.query(sql, parameters)),
    transaction: (work) => noting(() => database.transaction(work)),
    script: (sql) => noting(() => database.script(sql)),
    close: () => database.close(),
  };
}

/** A load that is under way: its systems, its disk as it is now, and what it has met. */
interface Load {
  readonly stage: KillStage;
  readonly options: CutOptions;
  readonly random: Random;
  readonly failures: Failure[];
  disk: TempFolder;
  plan: Plan | null;
}

function projectOf({ stage }: Load) {
  const { project, problems } = loadProject(stage.folder, { environment: {}, connectors });
  if (project === undefined) throw new Error(problems.map(({ message }) => message).join("; "));
  return project;
}

const isWrite = ({ method, url }: Request): boolean => method !== "GET" && !url.endsWith("/search");

/** The way to a system, closed while the power is off. The write at which the power fails still arrives. */
function wayTo(
  machine: Machine,
  answer: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!machine.isOn) throw new TypeError("fetch failed");
    if (isWrite(request)) machine.writesLeft -= 1;
    if (machine.writesLeft > 0) return answer(request);
    machine.isOn = false;
    await machine.layer.crash();
    await answer(request);
    throw new TypeError("fetch failed");
  };
}

function start(load: Load, machine: Machine): Promise<Engine> {
  const { crm, erp } = load.stage;
  return openEngine(projectOf(load), {
    database: watched(machine),
    fetch: {
      crm: wayTo(machine, (request) => crm.fetch(request)),
      erp: wayTo(machine, (request) => erp.fetch(request)),
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
}

/**
 * Every third failure comes with a write on its way, so that an outcome nobody knows is among them; on a
 * disk that does not sync the only one does, so that much was acknowledged by then.
 */
function drawCut({ random, failures, options }: Load, isFirst: boolean): Cut {
  if (options.syncs === "none" || failures.length % 3 === 2) {
    return { at: "write", nth: random.between(1, writesMax) };
  }
  const operations = isFirst ? operationsMax.first : operationsMax.later;
  return { at: "file operation", nth: random.between(1, operations) };
}

async function work(load: Load, engine: Engine): Promise<void> {
  load.plan ??= await engine.plan();
  const approve = { plan: load.plan.id, by: "test" };
  await engine.apply(load.plan, { onDrift: "skip", approve });
}

/** Moves the disk as the failure left it to a folder of its own. */
async function takeDisk(load: Load, layer: CrashLayer): Promise<void> {
  const next = tempFolder("memory");
  renameSync(join(await layer.crash(), "database"), join(next.path, "database"));
  await layer.database.close();
  layer.remove();
  load.disk.remove();
  load.disk = next;
}

/** One life of the machine, which ends when its power fails. Answers whether it did. */
async function liveAndFail(load: Load): Promise<boolean> {
  const { stage, options } = load;
  const layer = await openWithCrashLayer(load.disk.path, options);
  const acknowledged = await look(layer.database);
  const cut = drawCut(load, acknowledged.entries === 0);
  const writesLeft = cut.at === "write" ? cut.nth : Number.POSITIVE_INFINITY;
  const machine: Machine = { layer, isOn: true, writesLeft, acknowledged };
  if (cut.at === "file operation") layer.crashAfter(cut.nth);
  try {
    await work(load, await start(load, machine));
  } catch (error) {
    // Whatever fails while the power is on is none of its doing.
    if (machine.isOn) throw error;
  }
  const hasFailed = !machine.isOn;
  const commits = commitsOf(stage);
  await takeDisk(load, layer);
  if (!hasFailed) return false;
  const reopened = await openWithCrashLayer(load.disk.path);
  const before = machine.acknowledged;
  const { final: after, lost, broken } = await keptOf(reopened.database, [before]);
  await reopened.database.close();
  reopened.remove();
  const moved = [...before.cursors].filter(([place, text]) => after.cursors.get(place) !== text);
  load.failures.push({
    cut,
    commits,
    before,
    after,
    lost: [...lost, ...broken.map((at) => `chain at ${at}`)],
    moved: moved.map(([place]) => place),
  });
  return true;
}

/** The last life, in which the power stays on. */
async function liveOn(load: Load): Promise<Omit<CutLoad, "failures">> {
  const { stage, options } = load;
  const layer = await openWithCrashLayer(load.disk.path, options);
  const acknowledged = await look(layer.database);
  const writesLeft = Number.POSITIVE_INFINITY;
  const machine: Machine = { layer, isOn: true, writesLeft, acknowledged };
  const engine = await start(load, machine);
  await work(load, engine);
  await engine.run();
  const before = commitsOf(stage);
  await engine.run();
  const idleCommits = commitsOf(stage) - before;
  const { broken } = await keptOf(layer.database, []);
  await engine.close();
  layer.remove();
  return { audit: audit(stage), idleCommits, brokenAtEnd: broken };
}

/** Loads both systems, with so many power failures before the load is let finish. */
export async function loadWithFailures(options: CutOptions): Promise<CutLoad> {
  const stage = await openKillStage(options.size, { home: "embedded" });
  const random = randomStream(options.size.seed, "crash/operations");
  const load: Load = { stage, options, random, failures: [], disk: tempFolder("memory"), plan: null };
  try {
    for (let life = 0; load.failures.length < options.failures && life < options.failures * 3; life += 1) {
      await liveAndFail(load);
      // A disk that loses what it promised has shown it; nothing can be built upon it.
      if (options.syncs === "none") break;
    }
    if (options.syncs === "none") {
      return { failures: load.failures, audit: audit(stage), idleCommits: 0, brokenAtEnd: [] };
    }
    return { failures: load.failures, ...(await liveOn(load)) };
  } finally {
    load.disk.remove();
    await stage.close();
  }
}
