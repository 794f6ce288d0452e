import { expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { Plan } from "./plan.ts";
import type { FieldPolicy } from "./policy.ts";
import { settledBases } from "./settle.ts";
import {
  abilities,
  crm,
  decideInput,
  entityPolicy,
  erp,
  fieldPolicy,
  memberOf,
  viewOf,
} from "./testing/fixtures.ts";
import type { TransitionStep } from "./transition.ts";
import { planTransitions } from "./transition.ts";

/**
 * The exhaustive small world of a document's state: the CRM keeps it as a value, the ERP changes it by its
 * own transitions. Every state agreed on, every state on each side, every policy, and every step refused on
 * its first try.
 */
const states = ["draft", "confirmed", "posted", "cancelled"] as const;
type State = (typeof states)[number];
const offered: readonly TransitionStep[] = [
  { from: "draft", to: "confirmed", via: "confirm" },
  { from: "confirmed", to: "posted", via: "post" },
  { from: "draft", to: "cancelled", via: "cancel" },
  { from: "confirmed", to: "draft", via: "reopen" },
];
const policies: readonly FieldPolicy[] = [
  ...(["master", "review"] as const).flatMap((policy) =>
    [crm, erp].map((master) => fieldPolicy({ field: "status", policy, master })),
  ),
  fieldPolicy({ field: "status", writers: [crm], targets: [erp] }),
  fieldPolicy({ field: "status", writers: [erp], targets: [crm], master: erp }),
];

interface Course {
  readonly policy: FieldPolicy;
  readonly base: State;
  readonly crm: State;
  readonly erp: State;
  /** The write that is refused once, counted from the first; -1 for none. */
  readonly refused: number;
}

class Documents {
  readonly faults: string[] = [];
  readonly #course: Course;
  readonly #truth: { crm: State; erp: State };
  readonly #base: { crm: State; erp: State };
  readonly #version = { crm: 1, erp: 1 };
  #sent = 0;

  constructor(course: Course) {
    this.#course = course;
    this.#truth = { crm: course.crm, erp: course.erp };
    this.#base = { crm: course.base, erp: course.base };
  }

  get truth(): { readonly crm: State; readonly erp: State } {
    return this.#truth;
  }

  plan(): Plan {
    const member = (connection: typeof crm, name: "crm" | "erp") =>
      memberOf(
        viewOf(connection, { fields: { status: this.#truth[name] }, version: String(this.#version[name]) }),
        { status: this.#base[name] },
      );
    const policy = entityPolicy([this.#course.policy], { statusField: "status" });
    const transitions = { transitions: offered, writes: new Set<string>(), initialStatus: "draft" };
    return decide(
      decideInput(policy, {
        sides: { crm: abilities(["status"]), erp: abilities(["status"], transitions) },
        members: { crm: member(crm, "crm"), erp: member(erp, "erp") },
      }),
    );
  }

  apply(plan: Plan): void {
    const decided = { ...this.#truth };
    const settled: Plan["writes"][number][] = [];
    for (const write of plan.writes) {
      const name = write.target === crm ? "crm" : "erp";
      this.#sent += 1;
      if (this.#sent - 1 === this.#course.refused) break;
      if (write.precondition !== null && write.precondition !== String(this.#version[name]))
        this.faults.push("a stale precondition");
      if (write.transition !== null && write.transition.from !== this.#truth[name])
        this.faults.push("a step from a state that is not there");
      this.#truth[name] = (write.transition?.to ?? write.fields["status"]) as State;
      this.#version[name] += 1;
      settled.push(write);
    }
    const isSettled = (write: Plan["writes"][number]) => settled.includes(write);
    for (const { connection, to } of settledBases({
      writes: plan.writes,
      isSettled,
      members: [crm, erp],
      statusField: "status",
    })) {
      const name = connection === crm ? "crm" : "erp";
      this.#base[name] = to === "now" ? this.#truth[name] : decided[name];
    }
    for (const { connection } of plan.baseMoves) {
      const name = connection === crm ? "crm" : "erp";
      this.#base[name] = decided[name];
    }
  }
}

it("a state arrives step by step, is parked where there is no way; a refused step starts no quarrel", () => {
  const ends = new Map<string, number>();
  const broken: Record<string, string> = {};
  let combinations = 0;
  for (const policy of policies) {
    for (const base of states) {
      for (const mine of states) {
        for (const theirs of states) {
          for (const refused of [-1, 0, 1, 2]) {
            combinations += 1;
            const course = { policy, base, crm: mine, erp: theirs, refused };
            const documents = new Documents(course);
            let plan = documents.plan();
            const isQuarrel = plan.conflicts.length > 0 || plan.discards.length > 0;
            for (let round = 0; round < 8 && plan.writes.length + plan.baseMoves.length > 0; round += 1) {
              documents.apply(plan);
              plan = documents.plan();
              if (!isQuarrel && plan.conflicts.length + plan.discards.length > 0)
                documents.faults.push("our own step was taken for somebody's edit");
            }
            if (plan.writes.length + plan.baseMoves.length > 0) documents.faults.push("no rest");
            const { truth } = documents;
            const isWay = planTransitions(offered, { from: truth.erp, to: truth.crm }) !== undefined;
            if (plan.verdict === "agreed" && truth.crm !== truth.erp)
              documents.faults.push("the systems disagree and nothing says so");
            if (plan.verdict === "parked" && isWay) documents.faults.push("parked although there is a way");
            ends.set(plan.verdict, (ends.get(plan.verdict) ?? 0) + 1);
            for (const fault of documents.faults) broken[fault] ??= JSON.stringify(course);
          }
        }
      }
    }
  }
  console.log(`states: ${combinations} combinations`, Object.fromEntries(ends));
  expect(broken).toEqual({});
  expect(combinations).toBe(1_536);
  expect([...ends.keys()].toSorted()).toEqual(["agreed", "conflict", "parked"]);
});
