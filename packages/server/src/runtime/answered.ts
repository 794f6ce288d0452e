import { imagesOf } from "@crossfoot/connector-sdk";
import type { ExternalId, FailureRecord, JsonMap } from "@crossfoot/kernel";
import type { Intent, IntentOutcome, StoredObservation } from "../store/port.ts";
import { noteDoubt } from "./doubts.ts";
import { blank } from "./outcome.ts";
import { prepare } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";
import type { SendTarget } from "./target.ts";
import type { Session } from "./world.ts";

/** A write that was answered well is looked for again after this time, ms. */
const lookPauseMs = 10;
/** And then at least so often, until its horizon is over, ms. */
export const lookPauseMsMax = 5_000;

const notShownYet: FailureRecord = {
  failure: "in_doubt",
  code: "not_shown_yet",
  message: "the target answered well to the write and does not show it yet",
  status: null,
  retryAt: null,
  requestId: null,
  field: null,
};

/** What was answered well and is not there after the horizon: it is sent once more. */
export const showsNothing: FailureRecord = { ...notShownYet, failure: "transient", code: "shows_nothing" };

/** Whether a write in doubt was answered well, and is only waited for until it shows. */
export const isAnswered = ({ failure }: Intent): boolean => failure?.code === notShownYet.code;

/**
 * Whether a record that was read back after a write shows what was known before it. A system may lag behind
 * its own answer (fault R1), or answer well and do nothing (fault N0): nobody can say which of the two yet.
 * Null, when it could not be read, shows nothing either. What shows nothing at a second try is what the
 * target makes of the value.
 */
export function isNotShown({ intent, current }: Prepared, seen: StoredObservation | null): boolean {
  if (seen === null) return true;
  if (intent.kind === "create" || current === null) return false;
  if (intent.failure?.code === showsNothing.code) return false;
  if (seen.version !== null && current.version !== null) return seen.version === current.version;
  return seen.contentHash === current.contentHash && seen.kind === current.kind;
}

/** The outcome of a write that was answered well and that nobody has seen yet: its link waits. */
export function notShown(session: Session, intent: Intent, id: ExternalId): IntentOutcome {
  noteDoubt(session.world, intent);
  return {
    ...blank(intent),
    state: "in_doubt",
    id,
    failure: notShownYet,
    isAbandoned: true,
    dueInMs: lookPauseMs,
  };
}

/**
 * Images of fields as the target held them when it answered, for those of which it shows the old value
 * again: somebody put it back since (INVARIANTS.md I02).
 */
export async function sentImages(
  session: Session,
  target: SendTarget,
  at: { readonly intent: Intent; readonly seen: StoredObservation; readonly fields: readonly string[] },
): Promise<{ readonly [field: string]: JsonMap }> {
  const { intent, seen, fields } = at;
  if (fields.length === 0) return {};
  // Only what would be sent is asked for, whatever the record has become since.
  const { ready } = await prepare(session, target, [{ ...intent, precondition: null, before: {} }]);
  const [made] = ready;
  if (made === undefined) return {};
  const images = imagesOf(target.mapping, { ...seen.native, ...made.write.patch });
  return Object.fromEntries(
    fields.flatMap((field) => (images[field] === undefined ? [] : [[field, images[field]] as const])),
  );
}
