import { inMemory } from "./testing/random-world.ts";
import { undoProperties } from "./testing/undo-properties.ts";

undoProperties("memory", { worldCount: 100, openStore: inMemory });
