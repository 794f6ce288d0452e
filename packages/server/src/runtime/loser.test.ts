import { createMemoryStore } from "../store/memory/memory-store.ts";
import { loserSuite } from "./testing/loser-suite.ts";

loserSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
