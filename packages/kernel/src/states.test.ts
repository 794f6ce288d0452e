import { describe, expect, it } from "vitest";
import type { Failure } from "./failure.ts";
import { failures } from "./failure.ts";
import {
  connectionStates,
  connectionTransitions,
  linkStates,
  linkTransitions,
  runStates,
  runTransitions,
  transitionConnection,
  transitionLink,
  transitionRun,
} from "./lifecycle.ts";
import { eventOfFailure, intentStates, intentTransitions, isOpen, transitionIntent } from "./write.ts";

interface Machine {
  readonly title: string;
  readonly states: readonly string[];
  readonly start: readonly string[];
  readonly terminal: readonly string[];
  readonly events: readonly string[];
  readonly table: { readonly [state: string]: { readonly [event: string]: string | undefined } };
  readonly next: (state: never, event: never) => string | undefined;
}

const machines: readonly Machine[] = [
  {
    title: "intent",
    states: intentStates,
    start: ["stored"],
    terminal: ["settled"],
    events: [
      "send",
      "confirm",
      "refuse",
      "doubt",
      "prove_absent",
      "prove_landed",
      "postpone",
      "give_up",
      "redrive",
    ],
    table: intentTransitions,
    next: transitionIntent,
  },
  {
    title: "link",
    states: linkStates,
    start: ["single"],
    terminal: [],
    events: ["join", "leave_scope", "return", "end", "merge", "unmerge", "restore", "lose_member"],
    table: linkTransitions,
    next: transitionLink,
  },
  {
    title: "run",
    states: runStates,
    start: ["running"],
    terminal: ["done", "differences", "stopped", "failed", "abandoned"],
    events: ["finish", "finish_with_differences", "refuse", "fail", "abandon"],
    table: runTransitions,
    next: transitionRun,
  },
  {
    title: "connection",
    states: connectionStates,
    start: ["new"],
    terminal: [],
    events: ["answer", "fail", "refuse", "differ", "pause", "resume"],
    table: connectionTransitions,
    next: transitionConnection,
  },
];

function reachable({ table, start }: Machine): ReadonlySet<string> {
  const reached = new Set(start);
  for (const state of reached)
    for (const next of Object.values(table[state] ?? {})) if (next !== undefined) reached.add(next);
  return reached;
}

describe.each(machines)("the states of a $title", (machine) => {
  it("are listed once, each with its row, and an event leads to a listed state or has no place", () => {
    expect(new Set(machine.states).size).toBe(machine.states.length);
    expect(Object.keys(machine.table).toSorted()).toEqual(machine.states.toSorted());
    let answered = 0;
    for (const state of machine.states) {
      for (const event of machine.events) {
        const next = machine.next(state as never, event as never);
        expect(next).toBe(machine.table[state]?.[event]);
        if (next === undefined) continue;
        expect(machine.states).toContain(next);
        answered += 1;
      }
      for (const event of Object.keys(machine.table[state] ?? {})) expect(machine.events).toContain(event);
    }
    expect(answered).toBeGreaterThan(4);
  });

  it("can all be reached, and every event happens somewhere", () => {
    expect([...reachable(machine)].toSorted()).toEqual(machine.states.toSorted());
    const used = new Set(Object.values(machine.table).flatMap((row) => Object.keys(row)));
    expect([...used].toSorted()).toEqual(machine.events.toSorted());
  });

  it("end where they are said to end", () => {
    expect(machine.states.filter((state) => Object.keys(machine.table[state] ?? {}).length === 0)).toEqual(
      machine.terminal,
    );
  });
});

describe("an intent", () => {
  it("is sent from stored alone: what may have landed is never sent again without proof (I03)", () => {
    expect(intentStates.filter((state) => transitionIntent(state, "send") !== undefined)).toEqual(["stored"]);
    expect(transitionIntent("in_doubt", "redrive")).toBeUndefined();
    expect(transitionIntent("in_doubt", "postpone")).toBeUndefined();
    expect(transitionIntent("settled", "redrive")).toBeUndefined();
    expect(transitionIntent("in_doubt", "prove_absent")).toBe("stored");
  });

  it("keeps its link waiting exactly while it may still land", () => {
    expect(intentStates.filter((state) => isOpen(state))).toEqual(["stored", "sending", "in_doubt"]);
  });

  it("knows what each failure means, and takes what nobody recognises for doubt", () => {
    const events = Object.fromEntries(failures.map((failure) => [failure, eventOfFailure(failure)])) as {
      [failure in Failure]: string;
    };
    expect(events).toEqual({
      transient: "postpone",
      throttled: "postpone",
      unauthorised: "postpone",
      stale: "refuse",
      invalid: "refuse",
      unsupported: "refuse",
      in_doubt: "doubt",
      defect: "doubt",
    });
    for (const failure of failures)
      expect(transitionIntent("sending", eventOfFailure(failure))).toBeDefined();
  });
});

it("a link that ended comes back only by a person, one that left the scope by returning (I05, I29)", () => {
  expect(Object.keys(linkTransitions.ended)).toEqual(["restore", "merge"]);
  expect(transitionLink("dormant", "return")).toBe("live");
  expect(transitionLink("merged", "join")).toBeUndefined();
});

it("a connection that was refused, or is another tenant's, is not taken for a passing failure", () => {
  expect(transitionConnection("refused", "fail")).toBe("refused");
  expect(transitionConnection("foreign", "fail")).toBe("foreign");
  expect(transitionConnection("paused", "answer")).toBeUndefined();
});
