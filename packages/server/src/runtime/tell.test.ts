import { createMemoryStore } from "../store/memory/memory-store.ts";
import { tellSuite } from "./testing/tell-suite.ts";

tellSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
