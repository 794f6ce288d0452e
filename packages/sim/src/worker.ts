import { createHash } from "node:crypto";
import { connectionId, defaultRetryPolicy } from "@crossfoot/kernel";
import type { GuardLimits, Json } from "@crossfoot/kernel";
import type { Connection, Mapping } from "@crossfoot/connector-sdk";
import type { Contract, EntityName } from "@crossfoot/model";
import { compilePolicy, isKnownCurrency } from "@crossfoot/model";
import { createEngine, startLoop } from "crossfoot/testing";
import type { Engine, RunSummary, Side, Sleep, World } from "crossfoot/testing";
import type { History } from "./history.ts";
import type { PartyClock } from "./party-clock.ts";
import { storeOver } from "./store-port.ts";
import type { StoreWay } from "./store-port.ts";
import type { Profile } from "./system/profile.ts";
import type { Timeline } from "./virtual-time.ts";
import type { Caller, Wire } from "./wire.ts";
import { connectOver } from "./wire.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What every worker of a simulation is made of. */
export interface WorkerParts {
  readonly timeline: Timeline;
  readonly history: History;
  readonly store: StoreWay;
  readonly wires: readonly Wire[];
  readonly mappings: { readonly [role in Profile["role"]]: Mapping };
  readonly contract: Contract;
  readonly entities: readonly EntityName[];
  readonly guard: GuardLimits;
  readonly cadenceMs: number;
  readonly sweepEveryMs: number;
  /** Changes the ports of an engine: the way in for saboteurs. */
  readonly sabotage: (world: World) => World;
}

function factsOf(error: unknown): Json {
  if (!(error instanceof Error)) return { name: "unknown", message: String(error) };
  return { name: error.name, message: error.message };
}

/** Outcome classes of a run, over all entities. */
function verdictsOf(summary: RunSummary): { readonly [verdict: string]: number } {
  const counts: Record<string, number> = {};
  for (const { verdicts } of summary.entities) {
    for (const [verdict, count] of Object.entries(verdicts)) counts[verdict] = (counts[verdict] ?? 0) + count;
  }
  return counts;
}

/** One program: it has a heap of its own, and dies with it. */
class Incarnation implements Caller {
  readonly name: string;
  readonly #worker: Worker;
  #isDead = false;
  #asleepUntil: number | null = null;
  readonly #backlog: (() => void)[] = [];

  /** Steps that this life has left; null for as many as it wants (fault X7). */
  #stepsLeft: number | null;

  constructor(name: string, worker: Worker, stepsMax: number | null) {
    this.name = name;
    this.#worker = worker;
    this.#stepsLeft = stepsMax;
  }

  readonly step = (): boolean => {
    if (this.#isDead) return false;
    if (this.#stepsLeft === null) return true;
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) this.kill("in a crash loop");
    return !this.#isDead;
  };

  /** Takes back that this life is short. */
  readonly spare = (): void => {
    this.#stepsLeft = null;
  };

  readonly isAlive = (): boolean => !this.#isDead;
  readonly now = (): number => this.#worker.clock.now();

  readonly deliver = (run: () => void): void => {
    if (this.#isDead) return;
    if (this.#asleepUntil === null) run();
    else this.#backlog.push(run);
  };

  readonly kill = (why: string): void => {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#worker.died(this, why);
  };

  readonly pause = (ms: number, why: string): void => {
    if (this.#isDead || this.#asleepUntil !== null) return;
    const { timeline, history } = this.#worker.parts;
    this.#asleepUntil = timeline.now + ms;
    history.note({ kind: "worker", worker: this.name, event: "paused", facts: { why, ms } });
    this.#worker.clock.suspend(ms);
    timeline.after(ms, () => this.#wake());
  };

  #wake(): void {
    if (this.#isDead) return;
    this.#asleepUntil = null;
    this.#worker.parts.history.note({ kind: "worker", worker: this.name, event: "woken", facts: null });
    for (const run of this.#backlog.splice(0)) run();
  }
}

/**
 * A worker's place: a machine with a clock on which one incarnation of the production runtime runs after
 * the other, over the same store. A killed one is followed by the next after `restartMs`.
 */
export class Worker {
  readonly name: string;
  readonly clock: PartyClock;
  readonly parts: WorkerParts;
  readonly #restartMs: () => number;
  #count = 0;
  #runs = 0;
  readonly #doom: number[] = [];
  #current: { readonly body: Incarnation; readonly engine: Engine; readonly stop: AbortController } | null =
    null;

  constructor(
    parts: WorkerParts,
    own: { readonly name: string; readonly clock: PartyClock; readonly restartMs: () => number },
  ) {
    this.parts = parts;
    this.name = own.name;
    this.clock = own.clock;
    this.#restartMs = own.restartMs;
  }

  /** The running engine, or null while the program is down. */
  get engine(): Engine | null {
    return this.#current?.engine ?? null;
  }

  get isUp(): boolean {
    return this.#current !== null;
  }

  /** Starts the program: engine and production loop, with nothing remembered. */
  start(): void {
    this.#count += 1;
    const body = new Incarnation(`${this.name}#${this.#count}`, this, this.#doom.shift() ?? null);
    const { history, entities, cadenceMs } = this.parts;
    const world = this.parts.sabotage(this.#world(body));
    const engine = createEngine(world);
    const stop = new AbortController();
    this.#current = { body, engine, stop };
    const tell = (event: "start" | "run" | "trouble" | "defect", facts: Json): void =>
      history.note({ kind: "worker", worker: body.name, event, facts });
    tell("start", null);
    const loop = startLoop({
      engine,
      entities,
      cadenceMs: Object.fromEntries(entities.map((entity) => [entity, cadenceMs])) as never,
      clock: world.clock,
      sleep: world.sleep,
      signal: stop.signal,
      tell: (event) => {
        if (!body.isAlive()) return;
        if (event.kind === "run") {
          const { state } = event.summary;
          tell("run", { what: event.what, state, verdicts: verdictsOf(event.summary) });
        } else tell("trouble", factsOf(event.error));
      },
    });
    loop.ended.catch((error: unknown) => tell("defect", factsOf(error)));
  }

  /** Kills the program at an instant of the scenario's. */
  kill(why: string): void {
    this.#current?.body.kill(why);
  }

  pause(ms: number, why: string): void {
    this.#current?.body.pause(ms, why);
  }

  /** The program dies now, and its next lives after so many steps each (fault X7). */
  doom(lives: readonly number[]): void {
    this.#doom.push(...lives);
    this.kill("in a crash loop");
  }

  /** No more doomed lives: all that goes wrong is healed. */
  heal(): void {
    this.#doom.length = 0;
    this.#current?.body.spare();
  }

  /** Called by an incarnation that has died. */
  died(body: Incarnation, why: string): void {
    const { history, timeline } = this.parts;
    history.note({ kind: "worker", worker: body.name, event: "killed", facts: why });
    if (this.#current?.body === body) this.#current = null;
    timeline.after(this.#restartMs(), () => {
      if (this.#current === null) this.start();
    });
  }

  #world(body: Incarnation): World {
    const { contract, entities, guard, history, sweepEveryMs } = this.parts;
    const roles = { crm: connectionId("crm"), erp: connectionId("erp") };
    return {
      store: storeOver(this.parts.store, body),
      sides: this.parts.wires.map((wire) => this.#side(wire, body)),
      contract,
      contractHash: digest(JSON.stringify(contract)),
      policies: entities.map((entity) => compilePolicy(contract, entity, roles)),
      customRules: {},
      guard,
      retry: defaultRetryPolicy,
      clock: { now: this.clock.now, monotonic: this.clock.monotonic },
      sleep: this.#sleep(body),
      entropy: {
        digest,
        uuid: () => {
          this.#runs += 1;
          return `${body.name}-${this.#runs}`;
        },
      },
      log: {
        info: () => undefined,
        warn: () => undefined,
        error: (name, facts) => {
          const message = JSON.stringify(facts ?? null);
          history.note({ kind: "worker", worker: body.name, event: "defect", facts: { name, message } });
        },
      },
      holder: body.name,
      isKnownCurrency,
      sweepEveryMs,
    };
  }

  #sleep(body: Incarnation): Sleep {
    const { timeline } = this.parts;
    return (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve(false);
          return;
        }
        const ended = (): void => {
          timer.cancel();
          body.deliver(() => resolve(false));
        };
        const timer = timeline.after(ms, () => {
          signal?.removeEventListener("abort", ended);
          body.deliver(() => resolve(true));
        });
        signal?.addEventListener("abort", ended, { once: true });
      });
  }

  #side(wire: Wire, body: Incarnation): Side {
    const { profile, name } = wire.system;
    let calls = 0;
    const connection = connectOver(
      {
        ...wire,
        nextCall: () => {
          calls += 1;
          return wire.nextCall();
        },
      },
      body,
    );
    const mapping = this.parts.mappings[name];
    return {
      id: connectionId(name),
      role: name,
      system: `model-${name}`,
      mapping,
      mappingHash: "mapping-1",
      open: (): Promise<Connection> => Promise.resolve(connection),
      forgetTokens: () => undefined,
      calls: () => calls,
      timeoutMs: profile.timeoutMs,
      concurrency: profile.concurrency,
    };
  }
}
