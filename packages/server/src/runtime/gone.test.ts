import { createMemoryStore } from "../store/memory/memory-store.ts";
import { goneSuite } from "./testing/gone-suite.ts";

goneSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
