import { planProperties } from "./testing/plan-properties.ts";
import { inMemory } from "./testing/random-world.ts";

planProperties("memory", { worldCount: 40, openStore: inMemory });
