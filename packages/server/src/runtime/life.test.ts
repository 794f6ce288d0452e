import { createMemoryStore } from "../store/memory/memory-store.ts";
import { lifeSuite } from "./testing/life-suite.ts";

lifeSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
