/**
 * States of a link: `single` one member, waiting for or not allowed a counterpart · `live` members agree or
 * are being brought into agreement · `dormant` a member is out of scope or not permitted: no writes · `ended`
 * a member was deleted, the tombstone blocks every create · `merged` its members live on in another link.
 */
export type LinkState = "single" | "live" | "dormant" | "ended" | "merged";

/** What happens to a link. */
export type LinkEvent =
  | "join"
  | "leave_scope"
  | "return"
  | "end"
  | "merge"
  | "unmerge"
  | "restore"
  | "lose_member";

/** All link states. */
export const linkStates: readonly LinkState[] = ["single", "live", "dormant", "ended", "merged"];

/** The transitions of a link; a pair that is missing is a defect. */
export const linkTransitions: {
  readonly [state in LinkState]: { readonly [event in LinkEvent]?: LinkState };
} = {
  single: { join: "live", leave_scope: "dormant", end: "ended", merge: "merged" },
  live: { join: "live", leave_scope: "dormant", end: "ended", merge: "merged", lose_member: "single" },
  dormant: { return: "live", end: "ended", merge: "merged", join: "dormant" },
  ended: { restore: "live", merge: "merged" },
  merged: { unmerge: "live" },
};

/** Next state of a link, or undefined when the event has no place in that state. */
export function transitionLink(state: LinkState, event: LinkEvent): LinkState | undefined {
  return linkTransitions[state][event];
}

/**
 * States of a run: `running` · `done` all settled · `differences` ended with something left to a person ·
 * `stopped` a guard or a stale plan refused it · `failed` a defect or a store that was away · `abandoned` its
 * worker died.
 */
export type RunState = "running" | "done" | "differences" | "stopped" | "failed" | "abandoned";

/** What happens to a run. */
export type RunEvent = "finish" | "finish_with_differences" | "refuse" | "fail" | "abandon";

/** All run states. */
export const runStates: readonly RunState[] = [
  "running",
  "done",
  "differences",
  "stopped",
  "failed",
  "abandoned",
];

/** The transitions of a run. */
export const runTransitions: { readonly [state in RunState]: { readonly [event in RunEvent]?: RunState } } = {
  running: {
    finish: "done",
    finish_with_differences: "differences",
    refuse: "stopped",
    fail: "failed",
    abandon: "abandoned",
  },
  done: {},
  differences: {},
  stopped: {},
  failed: {},
  abandoned: {},
};

/** Next state of a run, or undefined when the event has no place in that state. */
export function transitionRun(state: RunState, event: RunEvent): RunState | undefined {
  return runTransitions[state][event];
}

/**
 * States of a connection: `new` never reached · `ready` · `unreachable` transient failures, tried again with
 * backoff · `refused` wrong credentials, stopped until a person acts · `foreign` its tenant is not the one
 * known, stopped · `paused`.
 */
export type ConnectionState = "new" | "ready" | "unreachable" | "refused" | "foreign" | "paused";

/** What happens to a connection. */
export type ConnectionEvent = "answer" | "fail" | "refuse" | "differ" | "pause" | "resume";

/** All connection states. */
export const connectionStates: readonly ConnectionState[] = [
  "new",
  "ready",
  "unreachable",
  "refused",
  "foreign",
  "paused",
];

/** The transitions of a connection. */
export const connectionTransitions: {
  readonly [state in ConnectionState]: { readonly [event in ConnectionEvent]?: ConnectionState };
} = {
  new: { answer: "ready", fail: "unreachable", refuse: "refused", differ: "foreign", pause: "paused" },
  ready: { answer: "ready", fail: "unreachable", refuse: "refused", differ: "foreign", pause: "paused" },
  unreachable: {
    answer: "ready",
    fail: "unreachable",
    refuse: "refused",
    differ: "foreign",
    pause: "paused",
  },
  refused: { answer: "ready", fail: "refused", refuse: "refused", differ: "foreign", pause: "paused" },
  foreign: { answer: "ready", fail: "foreign", refuse: "refused", differ: "foreign", pause: "paused" },
  paused: { resume: "ready" },
};

/** Next state of a connection, or undefined when the event has no place in that state. */
export function transitionConnection(
  state: ConnectionState,
  event: ConnectionEvent,
): ConnectionState | undefined {
  return connectionTransitions[state][event];
}
