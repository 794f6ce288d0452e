import type { Failure } from "./failure.ts";

/**
 * States of an intent, a write that is stored before it is sent:
 * `stored` not sent, or proved not to have landed · `sending` the request may be on its way · `in_doubt`
 * sent, outcome unknown · `settled` landed · `refused` the system said no, nothing landed · `parked` set
 * aside for a person.
 */
export type IntentState = "stored" | "sending" | "in_doubt" | "settled" | "refused" | "parked";

/** What happens to an intent. */
export type IntentEvent =
  | "send"
  | "confirm"
  | "refuse"
  | "doubt"
  | "prove_absent"
  | "prove_landed"
  | "postpone"
  | "give_up"
  | "redrive";

/** All intent states, in the order of a life. */
export const intentStates: readonly IntentState[] = [
  "stored",
  "sending",
  "in_doubt",
  "settled",
  "refused",
  "parked",
];

/**
 * The transitions; a pair that is missing is a defect. `postpone` is a failure proved not to have left us.
 */
export const intentTransitions: {
  readonly [state in IntentState]: { readonly [event in IntentEvent]?: IntentState };
} = {
  stored: { send: "sending", give_up: "parked", refuse: "refused" },
  sending: {
    confirm: "settled",
    refuse: "refused",
    doubt: "in_doubt",
    postpone: "stored",
    give_up: "parked",
  },
  in_doubt: { prove_landed: "settled", prove_absent: "stored", give_up: "parked" },
  settled: {},
  refused: { redrive: "stored" },
  parked: { redrive: "stored", prove_landed: "settled" },
};

/** Next state of an intent, or undefined when the event has no place in that state. */
export function transitionIntent(state: IntentState, event: IntentEvent): IntentState | undefined {
  return intentTransitions[state][event];
}

/** True while an intent keeps its link from being decided anew. */
export function isOpen(state: IntentState): boolean {
  return state === "stored" || state === "sending" || state === "in_doubt";
}

/**
 * What a failed attempt means for the intent. A failure that the connector cannot classify after the first
 * byte of a write is in doubt; our own defect is treated the same, since we do not know how far we came.
 */
export function eventOfFailure(failure: Failure): IntentEvent {
  switch (failure) {
    case "transient":
    case "throttled":
    case "unauthorised":
      return "postpone";
    case "stale":
    case "invalid":
    case "unsupported":
      return "refuse";
    case "in_doubt":
    case "defect":
      return "doubt";
  }
}

/** What the target shows of an update in doubt. */
export type UpdateEvidence = "landed" | "not_landed" | "mixed";

/**
 * Settles an update in doubt from what the target shows now, field by field: the value sent, the value
 * before, or something else. One field at the sent value and none at the old one proves that it landed, the
 * reverse that it did not; a value that is neither is a later edit or a lossy image. Where nothing is proved,
 * as with no field at all, a `mixed` answer leaves it to a fresh decision.
 */
export function settleUpdate(
  fields: readonly { readonly isSent: boolean; readonly isOld: boolean }[],
): UpdateEvidence {
  const sent = fields.some((field) => field.isSent && !field.isOld);
  const old = fields.some((field) => field.isOld && !field.isSent);
  if (sent && !old) return "landed";
  if (old && !sent) return "not_landed";
  return fields.length > 0 && fields.every((field) => field.isSent) ? "landed" : "mixed";
}

/**
 * INVARIANTS.md 1.11: whether a probe that found nothing proves absence. `quietForMs` is how long ago, when
 * the probe began, the last moment was at which the request may have left us, on one clock: the store's. A
 * system that enforces our unique key needs no wait.
 */
export function provesAbsence(probe: {
  readonly quietForMs: number;
  readonly horizonMs: number;
  readonly isKeyEnforced: boolean;
}): boolean {
  return probe.isKeyEnforced || probe.quietForMs > probe.horizonMs;
}
