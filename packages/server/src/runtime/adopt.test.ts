import { createMemoryStore } from "../store/memory/memory-store.ts";
import { adoptSuite } from "./testing/adopt-suite.ts";

adoptSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
