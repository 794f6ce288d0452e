import { catalogue } from "./catalogue.ts";
import type { Fault } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** Most occurrences of one fault in a run: repair must stay possible, or every run ends in "unknown". */
const occurrencesMax = 4;

/** Draws how often each live fault comes, and when. */
export function drawFaults(random: Random, scene: Scene): readonly Fault[] {
  return catalogue.flatMap(({ name, draw }) => {
    if (draw === null || !scene.mask.has(name)) return [];
    const count = random.between(1, occurrencesMax);
    return Array.from({ length: count }, (_, at): Fault => ({
      id: `${name}-${at + 1}`,
      name,
      ...draw(random, scene),
    }));
  });
}
