import { inject } from "vitest";
import { planProperties } from "./testing/plan-properties.ts";
import { inMemory } from "./testing/random-world.ts";

// `npm run soak -- plan` asks for more worlds.
const { worlds: worldCount, seed } = inject("planSoak") ?? { worlds: 40, seed: undefined };
planProperties("memory", { worldCount, openStore: inMemory, ...(seed === undefined ? {} : { seed }) });
