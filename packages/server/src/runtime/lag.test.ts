import { createMemoryStore } from "../store/memory/memory-store.ts";
import { lagSuite } from "./testing/lag-suite.ts";

lagSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
