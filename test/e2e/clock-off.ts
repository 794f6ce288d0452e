/** Preloaded into a program (`node --import`): its wall clock is off by what stands in a file, ms. */
import { readFileSync } from "node:fs";

const file = process.env["CROSSFOOT_TEST_CLOCK"] ?? "";
const Real = Date;
const lookEveryMs = 20;
let offMs = 0;
let lookedAt = Number.NEGATIVE_INFINITY;

function now(): number {
  if (performance.now() - lookedAt >= lookEveryMs) {
    lookedAt = performance.now();
    offMs = Number(readFileSync(file, "utf8"));
  }
  return Real.now() + offMs;
}

globalThis.Date = new Proxy(Real, {
  construct: (real, given: [], target) =>
    Reflect.construct(real, given.length === 0 ? [now()] : given, target) as Date,
  apply: () => new Real(now()).toString(),
  get: (real, name) => (name === "now" ? now : (Reflect.get(real, name) as unknown)),
});
