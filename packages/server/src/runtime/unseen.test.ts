import { createMemoryStore } from "../store/memory/memory-store.ts";
import { unseenSuite } from "./testing/unseen-suite.ts";

unseenSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
