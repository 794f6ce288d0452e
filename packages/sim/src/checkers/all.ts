import type { MakeChecker } from "../checker.ts";
import { noLostUpdate } from "./i01-no-lost-update.ts";
import { noSilentOverwrite } from "./i02-no-silent-overwrite.ts";
import { noDuplicateCreate } from "./i03-no-duplicate-create.ts";
import { oneLiveDocument } from "./i04-one-live-document.ts";
import { noResurrection } from "./i05-no-resurrection.ts";
import { convergence } from "./i06-convergence.ts";
import { noEcho } from "./i07-no-echo.ts";
import { watermarkSafe } from "./i08-watermark-safe.ts";
import { lateCommitsSeen } from "./i09-late-commits-seen.ts";
import { parentBeforeChild } from "./i10-parent-before-child.ts";
import { conservationOfMoney } from "./i11-conservation-of-money.ts";
import { unitAndCurrencyKept } from "./i12-unit-and-currency-kept.ts";
import { lossyTargetStable } from "./i13-lossy-target-stable.ts";
import { ownershipByState } from "./i14-ownership-by-state.ts";
import { guardHolds } from "./i15-guard-holds.ts";
import { quotaHolds } from "./i16-quota-holds.ts";
import { planIsApply } from "./i18-plan-is-apply.ts";
import { undoRestores } from "./i19-undo-restores.ts";
import { journalComplete } from "./i20-journal-complete.ts";
import { webhooksHarmless } from "./i21-webhooks-harmless.ts";
import { crashHarmless } from "./i24-crash-harmless.ts";
import { oneLeaseHolder } from "./i25-one-lease-holder.ts";
import { clocksDoNotDecide } from "./i26-clocks-do-not-decide.ts";
import { idReuseCaught } from "./i27-id-reuse-caught.ts";
import { identitySurvives } from "./i28-identity-survives.ts";
import { scopeIsNotExistence } from "./i29-scope-is-not-existence.ts";

/** Every checker, in the order of the invariants. */
export const checkers: readonly MakeChecker[] = [
  noLostUpdate,
  noSilentOverwrite,
  noDuplicateCreate,
  oneLiveDocument,
  noResurrection,
  convergence,
  noEcho,
  watermarkSafe,
  lateCommitsSeen,
  parentBeforeChild,
  conservationOfMoney,
  unitAndCurrencyKept,
  lossyTargetStable,
  ownershipByState,
  guardHolds,
  quotaHolds,
  planIsApply,
  undoRestores,
  journalComplete,
  webhooksHarmless,
  crashHarmless,
  oneLeaseHolder,
  clocksDoNotDecide,
  idReuseCaught,
  identitySurvives,
  scopeIsNotExistence,
];
