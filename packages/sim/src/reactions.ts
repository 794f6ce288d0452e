import type { Action } from "./action.ts";
import type { Fault } from "./faults.ts";
import type { History } from "./history.ts";
import type { PartyClock } from "./party-clock.ts";
import { act } from "./people.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { Turnstile } from "./system/turnstile.ts";
import type { ModelSystem } from "./system/model-system.ts";
import type { Timeline } from "./virtual-time.ts";
import type { Worker } from "./worker.ts";
import { editOf } from "./workload.ts";

/** What faults that are no fate of a single call work on. */
export interface Theatre {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly history: History;
  readonly systems: { readonly crm: ModelSystem; readonly erp: ModelSystem };
  readonly workers: readonly Worker[];
  readonly clocks: ReadonlyMap<string, PartyClock>;
  readonly outages: Map<string, number>;
  readonly turnstiles: { readonly crm: Turnstile; readonly erp: Turnstile };
  readonly random: Random;
  /** The store is as it was so long ago, ms (fault T4). */
  readonly restore: (backMs: number) => void;
  /** A row of the journal is another or gone (fault T5). */
  readonly tear: (what: string, share: number) => void;
}

const numberIn = (fault: Fault, name: string): number => {
  const value = fault.params[name];
  return typeof value === "number" ? value : 0;
};
const textIn = (fault: Fault, name: string): string => {
  const value = fault.params[name];
  return typeof value === "string" ? value : "";
};

const reactions: { readonly [name: string]: (theatre: Theatre, fault: Fault) => void } = {
  N1: ({ outages, timeline }, fault) => {
    const { trigger } = fault;
    const system = trigger.on === "time" ? textIn(fault, "system") : (trigger.where["system"] ?? "");
    outages.set(system, timeline.now + numberIn(fault, "ms"));
  },
  X7: ({ workers }, fault) => {
    const { lives } = fault.params;
    const steps = Array.isArray(lives) ? lives.filter((each) => typeof each === "number") : [];
    workers.find(({ name }) => name === fault.params["worker"])?.doom(steps);
  },
  C2: ({ clocks }, fault) => clocks.get(textIn(fault, "party"))?.step(numberIn(fault, "ms")),
  C4: ({ workers }, fault) => {
    workers.find(({ name }) => name === fault.params["worker"])?.pause(numberIn(fault, "ms"), "its machine");
  },
  Q2: ({ turnstiles }, fault) => turnstiles[roleIn(fault)].spend(numberIn(fault, "calls")),
  Q3: ({ turnstiles }, fault) => turnstiles[roleIn(fault)].lower(numberIn(fault, "share")),
  R12: ({ systems, scenario, timeline }, fault) => {
    const ms = Math.min(numberIn(fault, "ms"), scenario.endsAt - timeline.now);
    systems[roleIn(fault)].hide(fault.params["what"] === "lists" ? "lists" : "everything", ms);
  },
  D9: (theatre, fault) => poison(theatre, roleIn(fault)),
  T4: ({ restore }, fault) => restore(numberIn(fault, "backMs")),
  T5: ({ tear }, fault) => tear(textIn(fault, "what"), numberIn(fault, "share")),
  P1: (theatre, fault) => interrupt(theatre, fault),
};

/** What a fault does beyond the call or step at which it came. */
export function react(theatre: Theatre, fault: Fault): void {
  reactions[fault.name]?.(theatre, fault);
}

/** One of the records of the workload can neither be read nor written from now on, until all is healed. */
function poison({ systems, scenario, random, timeline }: Theatre, role: "crm" | "erp"): void {
  const rows = scenario.entities.flatMap((entity) => systems[role].rows(entity));
  if (rows.length === 0) return;
  const row = random.pick(rows);
  row.isPoisoned = true;
  row.poisoned = { from: timeline.now, until: scenario.endsAt };
  timeline.after(scenario.endsAt - timeline.now, () => {
    row.isPoisoned = false;
  });
}

const roleIn = (fault: Fault): "crm" | "erp" => (textIn(fault, "system") === "crm" ? "crm" : "erp");

/** A person edits one of the records of the workload at this very moment. */
function interrupt(theatre: Theatre, fault: Fault): void {
  const { scenario, systems, history, timeline, random } = theatre;
  const { trigger } = fault;
  const system = trigger.on !== "time" && trigger.where["system"] === "crm" ? "crm" : "erp";
  const known = scenario.actions.filter(({ deed, at }) => deed.kind === "create" && at < timeline.now);
  if (known.length === 0) return;
  const { entity, tag } = random.pick(known);
  const at = timeline.now;
  const fields = editOf(random, { entity, at });
  const action: Action = {
    id: `${fault.id} at ${at}`,
    at,
    system,
    who: "zoe",
    entity,
    tag,
    deed: { kind: "edit", fields },
  };
  const isDone = act(timeline, systems[system], action);
  history.note({ kind: "action", action, outcome: isDone ? "done" : "skipped" });
}
