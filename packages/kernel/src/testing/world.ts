import { decide } from "../decide.ts";
import type { CustomRule } from "../merge.ts";
import type { DecideInput, MemberState, Plan, PlannedWrite } from "../plan.ts";
import type { FieldPolicy } from "../policy.ts";
import type { ConnectionId } from "../record.ts";
import { settledBases } from "../settle.ts";
import type { Fields, Value } from "../value.ts";
import { abilities, decideInput, entityPolicy, viewOf } from "./fixtures.ts";
import { Judge } from "./judge.ts";
import { isGroup, same } from "./sameness.ts";
import type { Keeping, Station } from "./station.ts";

/** One system that holds the field: what it showed at the last agreement, and what is true there now. */
export interface Beginning {
  readonly connection: ConnectionId;
  readonly base: Value | undefined;
  readonly truth: Value | undefined;
  readonly stamp: number;
  readonly keep: Keeping;
}

/** The rules under which a world is judged. */
export interface WorldRules {
  readonly policy: FieldPolicy;
  readonly customRules?: { readonly [name: string]: CustomRule };
  readonly newestToleranceMs?: number;
  readonly stampGranularityMs?: number;
  /** Spoils each plan before it is judged, to prove that the judge sees it. */
  readonly sabotage?: (plan: Plan) => Plan;
}

/**
 * A few systems that hold one field, and a loop over them as the runtime drives it: observe, decide, write
 * under a precondition, move the bases.
 */
export class World {
  readonly stations: readonly Station[];
  readonly judge: Judge;
  readonly #rules: WorldRules;
  readonly #given: DecideInput;
  #resolution: Value | undefined;
  #clock = 1_000_000;

  constructor(rules: WorldRules, beginnings: readonly Beginning[]) {
    this.#rules = rules;
    this.stations = beginnings.map(({ connection, base, truth, stamp, keep }) => ({
      connection,
      keep,
      truth,
      version: same(base, truth) ? 0 : 1,
      stamp,
      seen: { value: base, version: 0, stamp: 0 },
      base: base === undefined ? undefined : [base],
    }));
    this.judge = new Judge(rules.policy, this.stations);
    const stampGranularityMs = rules.stampGranularityMs ?? 0;
    const { policy, customRules = {}, newestToleranceMs = 0 } = rules;
    this.#given = decideInput(entityPolicy([policy], { newestToleranceMs }), {
      sides: Object.fromEntries(
        beginnings.map(({ connection }) => [connection, abilities([policy.field], { stampGranularityMs })]),
      ),
      customRules,
    });
  }

  station(connection: string): Station {
    return this.stations.find((station) => station.connection === connection) as Station;
  }

  observe(connection: string): void {
    const station = this.station(connection);
    station.seen = { value: station.truth, version: station.version, stamp: station.stamp };
  }

  observeAll(): void {
    for (const { connection } of this.stations) this.observe(connection);
  }

  /** A person sets the field in one system. */
  edit(connection: string, value: Value): void {
    const station = this.station(connection);
    this.#store(station, station.keep(value));
    this.judge.noteEdit(station);
  }

  /** A person decides an open conflict; it holds until a plan with it has settled. */
  resolve(value: Value): void {
    this.#resolution = value;
    this.judge.noteEdit();
  }

  plan(): Plan {
    const { field } = this.#rules.policy;
    const members = Object.fromEntries(
      this.stations.map((station) => [station.connection, memberAt(station, field)]),
    );
    const resolutions: Fields = this.#resolution === undefined ? {} : { [field]: this.#resolution };
    const decided = decide({ ...this.#given, members, resolutions });
    const plan = this.#rules.sabotage?.(decided) ?? decided;
    this.judge.checkPlan(plan, this.#resolution);
    return plan;
  }

  /**
   * Applies a plan; true when all of it has settled. A write whose target moved on is refused, and observed
   * again.
   */
  apply(plan: Plan): boolean {
    const decided = new Map(this.stations.map((station) => [station.connection, station.seen.value]));
    const settled = plan.writes.filter((write) => this.#send(plan, write));
    const isWhole = settled.length === plan.writes.length;
    if (isWhole && settled.length > 0) this.#resolution = undefined;
    const steps = settledBases({
      writes: plan.writes,
      isSettled: (write) => settled.includes(write),
      members: [...decided.keys()],
      statusField: null,
    });
    for (const { connection, to } of steps) {
      const station = this.station(connection);
      const image = to === "now" ? station.seen.value : decided.get(connection);
      if (image !== undefined) station.base = [image];
    }
    for (const { connection, fields } of plan.baseMoves) {
      const image = decided.get(connection);
      this.judge.checkMove(connection, fields, image);
      this.station(connection).base = image === undefined ? undefined : [image];
    }
    return isWhole;
  }

  #send(plan: Plan, write: PlannedWrite): boolean {
    const station = this.station(write.target);
    if (write.precondition !== String(station.version)) {
      this.observe(write.target);
      return false;
    }
    const given = write.fields[this.#rules.policy.field] as Value;
    const next = station.keep(
      isGroup(given) && isGroup(station.truth) ? { ...station.truth, ...given } : given,
    );
    this.judge.checkLanding(plan, { station, next });
    this.#store(station, next);
    this.observe(write.target);
    return true;
  }

  #store(station: Station, value: Value): void {
    station.truth = value;
    station.version += 1;
    this.#clock += 100_000;
    station.stamp = this.#clock;
  }

  /** Decides and applies until nothing moves any more, at most `roundsMax` times. */
  settle(roundsMax = 6): Plan {
    let plan = this.plan();
    for (let round = 0; round < roundsMax && !isIdle(plan); round += 1) {
      this.apply(plan);
      plan = this.plan();
    }
    this.judge.checkEnd(plan, roundsMax);
    return plan;
  }
}

function memberAt(station: Station, field: string): MemberState {
  const { connection, seen, base } = station;
  const fields: Fields = seen.value === undefined ? {} : { [field]: seen.value };
  return {
    view: viewOf(connection, {
      fields,
      version: String(seen.version),
      modifiedAt: seen.stamp,
      actor: `${connection}-user`,
    }),
    base: base === undefined ? {} : { [field]: base },
    baseKind: "present",
  };
}

/** True when a plan changes nothing anywhere. */
export function isIdle(plan: Plan): boolean {
  return plan.writes.length === 0 && plan.baseMoves.length === 0 && plan.discards.length === 0;
}
