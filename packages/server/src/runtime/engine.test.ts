import { createMemoryStore } from "../store/memory/memory-store.ts";
import { engineSuite } from "./testing/engine-suite.ts";

engineSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
