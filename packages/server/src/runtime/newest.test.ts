import { createMemoryStore } from "../store/memory/memory-store.ts";
import { newestSuite } from "./testing/newest-suite.ts";

newestSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
