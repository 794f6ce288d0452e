import type { JsonMap } from "@crossfoot/kernel";
import type { Store } from "crossfoot/testing";
import type { Saboteur } from "./saboteur.ts";
import { withStore } from "./wrap.ts";

type Made = Awaited<ReturnType<Store["madeWrites"]>>[number];
type Images = NonNullable<Made["after"]>;

/** A store that tells other things of the writes that an undo is to take back. */
const retelling = (change: (made: Made, store: Store) => Made | Promise<Made>): Saboteur["sabotage"] =>
  withStore((store) => ({
    madeWrites: async (query) =>
      Promise.all((await store.madeWrites(query)).map(async (made) => change(made, store))),
  }));

function withoutFirst(images: Images, field: string | undefined): Images {
  return Object.fromEntries(Object.entries(images).filter(([name]) => name !== field));
}

/** The same roots as the target shows them now. */
const shownNow = (images: Images, native: JsonMap): Images =>
  Object.fromEntries(
    Object.entries(images).map(([field, image]) => [
      field,
      Object.fromEntries(Object.keys(image).map((root) => [root, native[root] ?? null])),
    ]),
  );

/** Taking back. */
export const undoing: readonly Saboteur[] = [
  {
    name: "undo-overwrites",
    invariant: "I19",
    title: "an undo takes what a person changed since for what was written, and writes over it",
    faults: ["T3"],
    sabotage: retelling(async (made, store) => {
      const { target: connection, entity, id } = made;
      if (id === null || made.after === null) return made;
      const [seen] = await store.observationsOf([{ connection, entity, id }]);
      return seen === undefined ? made : { ...made, after: shownNow(made.after, seen.native) };
    }),
  },
  {
    name: "undo-leaves-field",
    invariant: "I19",
    title: "an undo forgets one field, and does not say so",
    faults: ["T3"],
    sabotage: retelling((made) => {
      const [field] = Object.keys(made.before).toSorted();
      if (made.kind !== "update") return made;
      const after = made.after === null ? null : withoutFirst(made.after, field);
      return { ...made, before: withoutFirst(made.before, field), after };
    }),
  },
  {
    name: "undo-not-kept",
    invariant: "I19",
    title: "that a value was put back is not noted, so that it is written once more",
    faults: ["T3"],
    sabotage: withStore((store) => ({
      commitOutcomes: (outcomes, runId, rights) =>
        store.commitOutcomes(
          outcomes.map((outcome) =>
            outcome.intent.undo === null ? outcome : { ...outcome, baseMoves: [], landedImages: null },
          ),
          runId,
          rights,
        ),
    })),
  },
];
