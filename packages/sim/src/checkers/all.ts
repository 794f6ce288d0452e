import type { MakeChecker } from "../checker.ts";
import { noLostUpdate } from "./i01-no-lost-update.ts";
import { noSilentOverwrite } from "./i02-no-silent-overwrite.ts";
import { noDuplicateCreate } from "./i03-no-duplicate-create.ts";
import { noResurrection } from "./i05-no-resurrection.ts";
import { convergence } from "./i06-convergence.ts";
import { noEcho } from "./i07-no-echo.ts";
import { watermarkSafe } from "./i08-watermark-safe.ts";
import { lateCommitsSeen } from "./i09-late-commits-seen.ts";
import { journalComplete } from "./i20-journal-complete.ts";
import { oneLeaseHolder } from "./i25-one-lease-holder.ts";
import { clocksDoNotDecide } from "./i26-clocks-do-not-decide.ts";

/** Every checker, in the order of the invariants. */
export const checkers: readonly MakeChecker[] = [
  noLostUpdate,
  noSilentOverwrite,
  noDuplicateCreate,
  noResurrection,
  convergence,
  noEcho,
  watermarkSafe,
  lateCommitsSeen,
  journalComplete,
  oneLeaseHolder,
  clocksDoNotDecide,
];
