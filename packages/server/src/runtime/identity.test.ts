import { createMemoryStore } from "../store/memory/memory-store.ts";
import { mergeSuite } from "./testing/merge-suite.ts";

mergeSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
