import { createMemoryStore } from "../store/memory/memory-store.ts";
import { undoSuite } from "./testing/undo-suite.ts";

undoSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
