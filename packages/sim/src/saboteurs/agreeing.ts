import type { NativeWrite } from "@crossfoot/connector-sdk";
import type { Store } from "crossfoot/testing";
import type { Saboteur } from "./saboteur.ts";
import { keeping, perRun, withConnections, withStore } from "./wrap.ts";

type Outcomes = Parameters<Store["commitOutcomes"]>[0];
type Decision = Parameters<Store["commitDecisions"]>[0][number];

/** Changes the writes of a decision that a plan asked for. */
const planned =
  (change: (intent: Decision["intents"][number]) => Decision["intents"][number]) =>
  (record: Decision): Decision => ({
    ...record,
    intents: record.intents.map((intent) => (intent.plan === null ? intent : change(intent))),
  });

const documents: ReadonlySet<string> = new Set(["quotes", "orders", "invoices", "shipments"]);

const revisions = perRun(() => ({ count: 0 }));

/** What the contract, a plan and a doubt are worth. */
export const agreeing: readonly Saboteur[] = [
  {
    name: "revision-as-document",
    invariant: "I04",
    title: "a changed document is sent as one more document",
    sabotage: (world) => {
      const made = revisions(world);
      return withConnections((connection) => ({
        ...connection,
        write: (writes) =>
          connection.write(
            writes.map((one): NativeWrite => {
              if (one.kind !== "update" || !documents.has(one.entity) || made.count > 1) return one;
              made.count += 1;
              const patch = { ...one.current, ...one.patch };
              return { ...one, kind: "create", id: null, patch, reference: `${one.reference}-${made.count}` };
            }),
          ),
      }))(world);
    },
  },
  {
    name: "children-first",
    invariant: "I10",
    title: "a record is made although what it belongs to is not there",
    faults: ["N2", "N3", "Q4"],
    sabotage: (world) => ({
      ...world,
      policies: world.policies.map((policy) => ({
        ...policy,
        fields: Object.fromEntries(
          Object.entries(policy.fields).map(([name, field]) => [name, { ...field, isMandatory: false }]),
        ),
      })),
    }),
  },
  {
    name: "create-without-base",
    invariant: "I13",
    title: "what a system kept of a record we made is not noted, so that a cut value goes back",
    faults: ["R9"],
    sabotage: withStore((store) => ({
      commitOutcomes: (outcomes, runId, lease) =>
        store.commitOutcomes(
          outcomes.map((outcome) =>
            outcome.intent.kind === "create" ? { ...outcome, baseMoves: [], landedImages: null } : outcome,
          ),
          runId,
          lease,
        ),
    })),
  },
  {
    name: "ownership-ignored",
    invariant: "I14",
    title: "what a state closes is written all the same",
    faults: ["P1"],
    sabotage: (world) => ({
      ...world,
      policies: world.policies.map((policy) => ({ ...policy, ownership: [] })),
    }),
  },
  {
    name: "both-may-write",
    invariant: "I14",
    title: "a value goes to the side that alone may write it",
    sabotage: (world) => {
      const everywhere = world.sides.map(({ id }) => id);
      return {
        ...world,
        policies: world.policies.map((policy) => ({
          ...policy,
          fields: Object.fromEntries(
            Object.entries(policy.fields).map(([name, field]) => [
              name,
              field.targets.length === 0 ? field : { ...field, writers: everywhere, targets: everywhere },
            ]),
          ),
        })),
      };
    },
  },
  {
    name: "plan-rewritten",
    invariant: "I18",
    title: "an apply sends other values than its plan showed",
    faults: ["T3"],
    sabotage: withStore(keeping(planned(rewritten))),
  },
  {
    name: "beside-the-plan",
    invariant: "I18",
    title: "an apply sends writes of which its plan says nothing",
    faults: ["T3"],
    sabotage: withStore(keeping(planned((intent) => ({ ...intent, plan: null })))),
  },
  {
    name: "crash-to-person",
    invariant: "I24",
    title: "what a dead worker left in doubt is parked for a person",
    faults: ["X4", "X1", "X2"],
    sabotage: withStore((store) => ({
      commitOutcomes: (outcomes, runId, lease) => store.commitOutcomes(outcomes.map(parked), runId, lease),
    })),
  },
];

function rewritten(intent: Decision["intents"][number]): Decision["intents"][number] {
  const [first, ...rest] = Object.entries(intent.fields);
  return first === undefined || rest.length === 0 ? intent : { ...intent, fields: Object.fromEntries(rest) };
}

function parked(outcome: Outcomes[number]): Outcomes[number] {
  const { intent } = outcome;
  if (intent.state !== "in_doubt" || outcome.state === "in_doubt") return outcome;
  return {
    ...outcome,
    state: "parked",
    baseMoves: [],
    landedImages: null,
    isToDecide: false,
    park: {
      reason: "doubt_unprovable",
      connection: intent.target,
      externalId: intent.id,
      intentKey: intent.key,
      problems: {},
      failure: null,
    },
  };
}
