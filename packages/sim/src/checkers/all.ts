import type { MakeChecker } from "../checker.ts";
import { noLostUpdate } from "./i01-no-lost-update.ts";
import { noDuplicateCreate } from "./i03-no-duplicate-create.ts";
import { convergence } from "./i06-convergence.ts";

/** Every checker, in the order of the invariants. */
export const checkers: readonly MakeChecker[] = [noLostUpdate, noDuplicateCreate, convergence];
