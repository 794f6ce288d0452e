import type { World } from "crossfoot/testing";
import type { Saboteur } from "./saboteur.ts";
import { withStore } from "./wrap.ts";

/** Only the programs of the operator, who consolidates; workers go on as they are. */
const ofOperator =
  (sabotage: (world: World) => World) =>
  (world: World): World =>
    world.holder.startsWith("op#") ? sabotage(world) : world;

/** Consolidating. */
export const joining: readonly Saboteur[] = [
  {
    name: "child-left-behind",
    invariant: "I28c",
    title: "what refers to a loser is not found, and goes on to refer to it",
    faults: ["T3"],
    consolidates: true,
    sabotage: ofOperator(
      withStore((store) => ({
        knownIds: async (connection, entity) =>
          entity === "contacts" ? [] : store.knownIds(connection, entity),
      })),
    ),
  },
  {
    name: "loser-value-lost",
    invariant: "I28c",
    title: "a value that only the loser has is not kept, and nobody is told",
    faults: ["T3"],
    consolidates: true,
    sabotage: ofOperator((world) => ({
      ...world,
      policies: world.policies.map((policy) => {
        const { phone: _phone, ...fields } = policy.fields;
        return { ...policy, fields };
      }),
    })),
  },
];
