import { createMemoryStore } from "../store/memory/memory-store.ts";
import { editSuite } from "./testing/edit-suite.ts";

editSuite({ open: () => Promise.resolve((deps) => createMemoryStore(deps)) });
