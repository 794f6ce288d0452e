import { connectionId, defaultGuardLimits } from "@crossfoot/kernel";
import type { JsonMap } from "@crossfoot/kernel";
import { readContract } from "@crossfoot/model";
import type { Contract } from "@crossfoot/model";
import type { World } from "crossfoot/testing";
import { Backups } from "./backups.ts";
import { witnessOutside } from "./witness.ts";
import { Desk } from "./command.ts";
import { FaultPort } from "./faults.ts";
import { History } from "./history.ts";
import { Operator } from "./operator.ts";
import { PartyClock } from "./party-clock.ts";
import { act } from "./people.ts";
import { Post } from "./post.ts";
import type { Door } from "./post.ts";
import type { ProgramParts } from "./program.ts";
import { prng } from "./random.ts";
import { react } from "./reactions.ts";
import type { Theatre } from "./reactions.ts";
import { Repairs } from "./repairs.ts";
import type { Scenario } from "./scenario.ts";
import { openHome } from "./store-home.ts";
import type { StoreHome } from "./store-home.ts";
import { receiveFrom } from "./system/hooks.ts";
import { compileFor } from "./system/mapping.ts";
import { Names } from "./system/names.ts";
import { ModelSystem } from "./system/model-system.ts";
import { Turnstile } from "./system/turnstile.ts";
import { Timeline } from "./virtual-time.ts";
import { Worker } from "./worker.ts";
import type { Wire } from "./wire.ts";

/** Everything that takes part in one run, ready to start. */
export interface Stage {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly history: History;
  readonly faults: FaultPort;
  readonly systems: { readonly crm: ModelSystem; readonly erp: ModelSystem };
  readonly home: StoreHome;
  readonly contract: Contract;
  readonly workers: readonly Worker[];
  readonly outages: Map<string, number>;
  readonly turnstiles: { readonly crm: Turnstile; readonly erp: Turnstile };
  /** Where operators type their commands. */
  readonly desk: Desk;
  readonly operator: Operator;
  /** An operator allows again what the default allows, and starts the workers again. */
  readonly liftGuard: () => void;
}

/** Builds the stage of a scenario: clocks, systems, network, store, workers, people, operators, faults. */
export async function setUp(scenario: Scenario, sabotage: (world: World) => World): Promise<Stage> {
  const timeline = new Timeline();
  const history = new History(() => timeline.now);
  const faults = new FaultPort(scenario.faults, (fault) => history.note({ kind: "fault", fault }));
  const home = await openHome(scenario.store, new PartyClock(timeline));
  const { contract, problems } = readContract(scenario.contract);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const hall: Worker[] = [];
  const ground: Ground = {
    scenario,
    timeline,
    history,
    faults,
    names: new Names(),
    repairs: new Repairs(),
    door: doorTo(scenario, hall),
  };
  const systems = { crm: systemOf(ground, "crm"), erp: systemOf(ground, "erp") };
  const outages = new Map<string, number>();
  const turnstileOf = (role: "crm" | "erp"): Turnstile =>
    new Turnstile(timeline, scenario.profiles[role].callsAMinute);
  const turnstiles = { crm: turnstileOf("crm"), erp: turnstileOf("erp") };
  let guard = scenario.guard ?? defaultGuardLimits;
  const liftGuard = (): void => {
    if (scenario.guard === null) return;
    guard = defaultGuardLimits;
    for (const worker of hall) worker.kill("the operator lifts the guard");
  };
  const parts: ProgramParts = {
    timeline,
    history,
    wires: wiresTo(ground, [systems.crm, systems.erp], { outages, turnstiles }),
    contract,
    store: {
      store: home.store,
      life: home.life,
      timeline,
      history,
      faults,
      random: prng(scenario.seed, "store"),
    },
    mappings: { crm: mappingOf(scenario, "crm"), erp: mappingOf(scenario, "erp") },
    entities: scenario.entities,
    get guard() {
      return guard;
    },
    cadenceMs: scenario.cadenceMs,
    sweepEveryMs: scenario.sweepEveryMs,
    ...(scenario.faults.some(({ name }) => name === "T4" || name === "T5")
      ? { witness: witnessOutside() }
      : {}),
    sabotage,
  };
  const workers = workersOf(ground, parts);
  hall.push(...workers);
  const operator = new Operator(parts, { name: "op", clock: new PartyClock(timeline) });
  const idOf = (role: "crm" | "erp", tag: string): string | null => systems[role].idOf("accounts", tag);
  const unite = ([one, other]: readonly [string, string]): void => ground.names.unite("accounts", one, other);
  const shown = (role: "crm" | "erp", native: JsonMap): JsonMap => systems[role].decode("accounts", native);
  const desk = new Desk(operator, { history, idOf, unite, shown, repairs: ground.repairs });
  const stage: Stage = {
    ...ground,
    systems,
    home,
    contract,
    workers,
    outages,
    turnstiles,
    desk,
    operator,
    liftGuard,
  };
  bringOn(stage);
  return stage;
}

interface Ground extends Pick<Stage, "scenario" | "timeline" | "history" | "faults"> {
  readonly names: Names;
  readonly repairs: Repairs;
  readonly door: Door;
}

const mappingOf = ({ entities, filtered }: Scenario, role: "crm" | "erp"): ProgramParts["mappings"]["crm"] =>
  compileFor(role, entities, { isFiltered: filtered === role });

/** Deliveries go to any of the workers that are up, as behind one address. */
function doorTo({ seed }: Scenario, hall: readonly Worker[]): Door {
  const random = prng(seed, "door");
  return (system, sent, answer) => {
    const up = hall.filter(({ isUp }) => isUp);
    if (up.length === 0) answer(null);
    else random.pick(up).receive(connectionId(system), sent, answer);
  };
}

function systemOf(ground: Ground, role: "crm" | "erp"): ModelSystem {
  const { scenario, timeline, history, faults, names, door } = ground;
  const profile = scenario.profiles[role];
  const clock = new PartyClock(timeline, { offsetMs: profile.clockOffsetMs, rate: profile.clockRate });
  const tell = (commit: ModelSystem["log"][number]): void => {
    history.note({ kind: "commit", commit });
    const { system, entity, op, actor } = commit;
    faults.at("commit", { system, entity, op, actor: actor.kind });
    post.tell(model, commit);
  };
  const felt = (name: string): void => faults.felt(name);
  if (profile.clockOffsetMs !== 0) felt("C1");
  if (profile.clockRate !== 1) felt("C5");
  const random = prng(scenario.seed, `${role}/commit`);
  const post = new Post({ timeline, history, faults, random: prng(scenario.seed, `${role}/post`), door });
  const model = new ModelSystem({ profile, timeline, clock, random, names, tell, felt });
  return model;
}

function wiresTo(
  { scenario, timeline, history, faults, repairs }: Ground,
  systems: readonly ModelSystem[],
  { outages, turnstiles }: Pick<Stage, "turnstiles"> & { readonly outages: ReadonlyMap<string, number> },
): readonly Wire[] {
  let calls = 0;
  return systems.map((system): Wire => {
    return {
      timeline,
      history,
      faults,
      system,
      outages,
      turnstile: turnstiles[system.name],
      entities: scenario.entities,
      random: prng(scenario.seed, `${system.name}/wire`),
      nextCall: () => (calls += 1),
      editOf: (key) => repairs.editOf(key),
      receive: (delivery) => receiveFrom(system.profile, delivery),
    };
  });
}

function workersOf({ scenario, timeline }: Ground, parts: ProgramParts): readonly Worker[] {
  const restart = prng(scenario.seed, "restart");
  return scenario.workers.map(({ name, startAt, clockOffsetMs }) => {
    const clock = new PartyClock(timeline, { offsetMs: clockOffsetMs });
    const worker = new Worker(parts, { name, clock, restartMs: () => restart.between(500, 20_000) });
    timeline.after(startAt, () => worker.start());
    return worker;
  });
}

/** Everything that comes at an instant of the scenario: what people and operators do, and faults. */
function bringOn(stage: Stage): void {
  const { scenario, timeline, history, faults, systems, workers, outages, turnstiles } = stage;
  for (const action of scenario.actions) {
    timeline.after(action.at, () => {
      const isDone = act(timeline, systems[action.system], action);
      if (isDone && action.fault !== undefined) faults.felt(action.fault);
      history.note({ kind: "action", action, outcome: isDone ? "done" : "skipped" });
    });
  }
  for (const command of scenario.commands) timeline.after(command.at, () => stage.desk.carryOut(command));
  const clocks = new Map<string, PartyClock>([
    ["crm", systems.crm.clock],
    ["erp", systems.erp.clock],
    ...workers.map(({ name, clock }) => [name, clock] as const),
  ]);
  const random = prng(scenario.seed, "reactions");
  const backups = new Backups(stage, stage.operator);
  const theatre: Theatre = {
    scenario,
    timeline,
    history,
    systems,
    workers,
    clocks,
    outages,
    turnstiles,
    random,
    restore: (backMs) => backups.restore(backMs),
    tear: (what, share) => backups.tear(what, share),
  };
  faults.reaction = (fault) => react(theatre, fault);
  for (const fault of scenario.faults) {
    if (fault.trigger.on === "time") timeline.after(fault.trigger.at, () => faults.fire(fault));
  }
}
