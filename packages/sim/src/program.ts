import { createHash } from "node:crypto";
import { connectionId, defaultRetryPolicy } from "@crossfoot/kernel";
import type { GuardLimits } from "@crossfoot/kernel";
import type { Connection, Mapping } from "@crossfoot/connector-sdk";
import type { Contract, EntityName } from "@crossfoot/model";
import { compilePolicy, isKnownCurrency } from "@crossfoot/model";
import { createEngine } from "crossfoot/testing";
import type { Engine, Side, Sleep, World } from "crossfoot/testing";
import type { History } from "./history.ts";
import type { Incarnation } from "./incarnation.ts";
import type { PartyClock } from "./party-clock.ts";
import { storeOver } from "./store-port.ts";
import type { StoreWay } from "./store-port.ts";
import type { Profile } from "./system/profile.ts";
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
  const world = parts.sabotage(worldOf(parts, at));
  return { body: at.body, world, engine: createEngine(world) };
}

function worldOf(
  parts: ProgramParts,
  { body, clock }: { readonly body: Incarnation; readonly clock: PartyClock },
): World {
  const { contract, entities, guard, history, sweepEveryMs } = parts;
  const roles = { crm: connectionId("crm"), erp: connectionId("erp") };
  let runs = 0;
  return {
    store: storeOver(parts.store, body),
    sides: parts.wires.map((wire) => sideOf(parts, wire, body)),
    contract,
    contractHash: digest(JSON.stringify(contract)),
    policies: entities.map((entity) => compilePolicy(contract, entity, roles)),
    customRules: {},
    guard,
    retry: defaultRetryPolicy,
    clock: { now: clock.now, monotonic: clock.monotonic },
    sleep: sleepOn(parts.timeline, body),
    entropy: {
      digest,
      uuid: () => {
        runs += 1;
        return `${body.name}-${runs}`;
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

function sideOf(parts: ProgramParts, wire: Wire, body: Incarnation): Side {
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
