import type { Connection } from "@crossfoot/connector-sdk";
import type { Store, World } from "crossfoot/testing";

/** A build whose connections are changed by `change`, which also learns what it may remember for a run. */
export const withConnections =
  (change: (connection: Connection) => Connection) =>
  (world: World): World => ({
    ...world,
    sides: world.sides.map((side) => ({ ...side, open: async (terms) => change(await side.open(terms)) })),
  });

/** A build whose store has other methods in some places. */
export const withStore =
  (change: (store: Store, world: World) => Partial<Store>) =>
  (world: World): World => {
    const changed = change(world.store, world);
    const store = new Proxy(world.store, {
      get: (given, name): unknown =>
        (changed as Record<string | symbol, unknown>)[name] ?? (Reflect.get(given, name) as unknown),
    });
    return { ...world, store };
  };

type DecisionRecord = Parameters<Store["commitDecisions"]>[0][number];

/** A store that keeps something else of each decision than was decided. */
export const keeping =
  (change: (record: DecisionRecord) => DecisionRecord) =>
  (store: Store): Pick<Store, "commitDecisions"> => ({
    commitDecisions: (records, runId, rights) => store.commitDecisions(records.map(change), runId, rights),
  });

/** Something remembered for one run, over all its programs. */
export function perRun<T>(make: () => T): (world: World) => T {
  const kept = new WeakMap<object, T>();
  return (world) => {
    const known = kept.get(world.contract) ?? make();
    kept.set(world.contract, known);
    return known;
  };
}
