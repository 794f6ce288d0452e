import type { MakeChecker } from "../checker.ts";
import { noDuplicateCreate } from "./i03-no-duplicate-create.ts";
import { idleCyclesWriteNothing } from "./i06-convergence.ts";

/** Every checker, in the order of the invariants. */
export const checkers: readonly MakeChecker[] = [noDuplicateCreate, idleCyclesWriteNothing];
