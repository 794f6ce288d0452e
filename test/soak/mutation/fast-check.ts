/**
 * What the kernel's tests see as fast-check in a mutation run: one seed for all runs, no search for a smaller
 * example, and in the first round fewer examples.
 */
import real from "fast-check";

const runsMax = process.env["MUTATION_WORLDS"] === "yes" ? Number.POSITIVE_INFINITY : 200;
const runsDefault = 100;

export * from "fast-check";

type Assert = typeof real.assert;

const assert = ((property, parameters) => {
  const numRuns = Math.min(parameters?.numRuns ?? runsDefault, runsMax);
  return real.assert(property, { seed: 20_261_126, ...parameters, numRuns, endOnFailure: true });
}) as Assert;

export default { ...real, assert };
