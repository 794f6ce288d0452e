import { createHash } from "node:crypto";
import { connectionId, defaultRetryPolicy, unlimited } from "@crossfoot/kernel";
import type { GuardLimits, QuotaLimits } from "@crossfoot/kernel";
import type { Connection, Mapping } from "@crossfoot/connector-sdk";
import type { Contract, EntityName } from "@crossfoot/model";
import { compilePolicy, isKnownCurrency } from "@crossfoot/model";
import { createDaySpan, createEngine, createGate, gatedConnection } from "crossfoot/testing";
import type { Engine, Side, Sleep, Store, World } from "crossfoot/testing";
import type { History } from "./history.ts";
import type { Incarnation } from "./incarnation.ts";
import type { PartyClock } from "./party-clock.ts";
import { storeOver } from "./store-port.ts";
import type { StoreWay } from "./store-port.ts";
import type { Profile } from "./system/profile.ts";
import { limitWindowMs } from "./system/turnstile.ts";
import type { Timeline } from "./virtual-time.ts";
import type { Wire } from "./wire.ts";
import { connectOver } from "./wire.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What every program of a simulation is made of. */
export interface ProgramParts {
  readonly timeline: Timeline;
  readonly history: History;
  readonly store: StoreWay;
  readonly wires: readonly Wire[];
  readonly mappings: { readonly [role in Profile["role"]]: Mapping };
  /** The contract as the file stands when a program starts. */
  readonly contract: Contract;
  readonly entities: readonly EntityName[];
  readonly guard: GuardLimits;
  readonly cadenceMs: number;
  readonly sweepEveryMs: number;
  /** Missing where no backup is restored. */
  readonly witness?: World["witness"];
  /** Changes the ports of an engine: the way in for saboteurs. */
  readonly sabotage: (world: World) => World;
}

/** A program that has started: the production engine over ports of its own, with nothing remembered. */
export interface Program {
  readonly body: Incarnation;
  readonly world: World;
  readonly engine: Engine;
}

/** Starts a program on a machine. */
export function startProgram(
  parts: ProgramParts,
  at: { readonly body: Incarnation; readonly clock: PartyClock },
): Program {
  const late: LateStore = { store: storeOver(parts.store, at.body) };
  const world = parts.sabotage(worldOf(parts, { ...at, late }));
  late.store = world.store;
  return { body: at.body, world, engine: createEngine(world) };
}

/** The store of a program, which its gates use too once it may have been changed. */
interface LateStore {
  store: Store;
}

function worldOf(
  parts: ProgramParts,
  { body, clock, late }: { readonly body: Incarnation; readonly clock: PartyClock; readonly late: LateStore },
): World {
  const { contract, entities, guard, history, sweepEveryMs } = parts;
  const roles = { crm: connectionId("crm"), erp: connectionId("erp") };
  let runs = 0;
  const ports = {
    store: late.store,
    clock: { now: clock.now, monotonic: clock.monotonic },
    sleep: sleepOn(parts.timeline, body),
    log: logOf(history, body),
  };
  return {
    ...ports,
    sides: parts.wires.map((wire) => sideOf(parts, wire, { body, ports, late })),
    contract,
    contractHash: digest(JSON.stringify(contract)),
    policies: entities.map((entity) => compilePolicy(contract, entity, roles)),
    customRules: {},
    guard,
    retry: defaultRetryPolicy,
    entropy: {
      digest,
      uuid: () => {
        runs += 1;
        return `${body.name}-${runs}`;
      },
    },
    holder: body.name,
    isKnownCurrency,
    sweepEveryMs,
    ...(parts.witness === undefined ? {} : { witness: parts.witness }),
  };
}

function logOf(history: History, body: Incarnation): World["log"] {
  return {
    info: () => undefined,
    warn: () => undefined,
    error: (name, facts) => {
      const message = JSON.stringify(facts ?? null);
      history.note({ kind: "worker", worker: body.name, event: "defect", facts: { name, message } });
    },
  };
}

function sleepOn(timeline: Timeline, body: Incarnation): Sleep {
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

/** What the system declares of its limits. */
function limitsOf({ callsAMinute }: Profile): QuotaLimits {
  if (callsAMinute === null) return unlimited;
  const windows = [{ name: "minute", requests: callsAMinute, windowMs: limitWindowMs, zone: null }];
  return { ...unlimited, windows };
}

function sideOf(
  parts: ProgramParts,
  wire: Wire,
  {
    body,
    ports,
    late,
  }: { body: Incarnation; ports: Pick<World, "store" | "clock" | "sleep" | "log">; late: LateStore },
): Side {
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
  const mapping = parts.mappings[name];
  let requests = 0;
  const gate = createGate({
    ...ports,
    store: {
      loadQuota: (connectionOf) => late.store.loadQuota(connectionOf),
      saveQuota: (connectionOf, change) => late.store.saveQuota(connectionOf, change),
    },
    connection: connectionId(name),
    rules: { limits: limitsOf(profile), daySpan: createDaySpan() },
    concurrency: profile.concurrency,
    isShared: true,
    callMsMax: profile.timeoutMs,
    uuid: () => `${body.name}-${name}-${(requests += 1)}`,
  });
  const { now } = ports.clock;
  return {
    id: connectionId(name),
    role: name,
    system: `model-${name}`,
    mapping,
    mappingHash: "mapping-1",
    open: (terms): Promise<Connection> => Promise.resolve(gatedConnection(connection, { gate, terms, now })),
    gate,
    forgetTokens: () => undefined,
    calls: () => calls,
    timeoutMs: profile.timeoutMs,
    concurrency: profile.concurrency,
  };
}
