import { createMemoryStore } from "../store/memory/memory-store.ts";
import { parentSuite } from "./testing/parent-suite.ts";

parentSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
