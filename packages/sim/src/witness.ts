import type { World } from "crossfoot/testing";

type Witness = NonNullable<World["witness"]>;

/** The witness of a simulation: it outlives every program, and no backup brings it back. */
export function witnessOutside(): Witness {
  let testimony: Awaited<ReturnType<Witness["load"]>> = null;
  return {
    load: () => Promise.resolve(testimony),
    save: (said) => {
      testimony = said;
      return Promise.resolve();
    },
  };
}
