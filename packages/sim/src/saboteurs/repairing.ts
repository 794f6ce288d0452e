import { isMap } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import type { Store } from "crossfoot/testing";
import type { Saboteur } from "./saboteur.ts";
import { perRun, withConnections, withStore } from "./wrap.ts";

type Outcome = Parameters<Store["commitOutcomes"]>[0][number];

const isRepairing = ({ intent: { causes } }: Pick<Outcome, "intent">): boolean =>
  Array.isArray(causes) &&
  (causes as readonly Json[]).some((cause) => isMap(cause) && cause["isRepair"] === true);

const keysOfRepairs = perRun(() => new Set<string>());

/** Putting right. */
export const repairing: readonly Saboteur[] = [
  {
    name: "repair-agreed",
    invariant: "I06",
    title: "what was put right in one system counts as agreed, and never gets to the other",
    faults: ["T3"],
    repairs: true,
    sabotage: withStore((store) => ({
      commitOutcomes: (outcomes, runId, rights) =>
        store.commitOutcomes(
          outcomes.map((outcome) =>
            !isRepairing(outcome) || outcome.after === null
              ? outcome
              : {
                  ...outcome,
                  baseMoves: [{ connection: outcome.intent.target, images: outcome.after, kind: null }],
                },
          ),
          runId,
          rights,
        ),
    })),
  },
  {
    name: "repair-overdone",
    invariant: "I18r",
    title: "a repair writes another value than its plan shows",
    faults: ["T3"],
    repairs: true,
    sabotage: withStore((store) => ({
      storeIntents: (intents, runId, rights) =>
        store.storeIntents(
          intents.map((intent) => {
            const fields = Object.fromEntries(
              Object.entries(intent.fields).map(([field, value]) => [
                field,
                typeof value === "string" ? `${value}!` : value,
              ]),
            );
            return intent.plan === null ? intent : { ...intent, fields };
          }),
          runId,
          rights,
        ),
    })),
  },
  {
    name: "repair-twice",
    invariant: "I18r",
    title: "a repair is sent a second time, although its answer was heard",
    faults: ["T3"],
    repairs: true,
    sabotage: (world) => {
      const keys = keysOfRepairs(world);
      const noting = withStore((store) => ({
        storeIntents: (intents, runId, rights) => {
          for (const intent of intents) if (isRepairing({ intent })) keys.add(intent.key);
          return store.storeIntents(intents, runId, rights);
        },
      }));
      const repeating = withConnections((connection) => ({
        ...connection,
        write: async (writes) => {
          const outcomes = await connection.write(writes);
          const again = writes.filter(({ key }, at) => keys.has(key) && outcomes[at]?.kind === "done");
          if (again.length > 0) await connection.write(again.map((one) => ({ ...one, precondition: null })));
          return outcomes;
        },
      }));
      return repeating(noting(world));
    },
  },
];
