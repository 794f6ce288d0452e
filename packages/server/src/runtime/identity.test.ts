import { createMemoryStore } from "../store/memory/memory-store.ts";
import { mergeSuite } from "./testing/merge-suite.ts";

/** The database's clock is the machine's: it is later than the small world's, so that all there is due. */
const storeClock = { now: () => Date.UTC(2027, 0, 1) };

mergeSuite({ open: () => Promise.resolve((deps) => createMemoryStore({ ...deps, storeClock })) });
