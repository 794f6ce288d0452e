/**
 * Read by vitest before each test file: random tests draw the same cases in every run of a commit, so that a
 * gate that was green stays green. `npm run soak -- properties` draws others.
 */
import fc from "fast-check";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Seed of every random test that has none of its own, a 32-bit integer. */
    readonly propertySeed: number;
  }
}

fc.configureGlobal({ seed: inject("propertySeed") });
