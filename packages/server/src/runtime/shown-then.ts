import type { FormerState, RecordHistory, StoredObservation } from "../store/port.ts";

/**
 * What a record showed at an instant. `reading`: it was read so; `stamp`: it was not read then, and its
 * system says that it was not changed between. Absent: it was not there, or gone already.
 */
export type ShownThen =
  | {
      readonly is: "shown";
      readonly seen: StoredObservation;
      readonly by: "reading" | "stamp";
      /** Whether it shows something else by now. */
      readonly isFormer: boolean;
    }
  | { readonly is: "absent" }
  | { readonly is: "unknown"; readonly why: string };

/** One of the states of a record, the newest included. */
interface State {
  readonly seen: StoredObservation;
  readonly since: number;
  /** Until when readings found it so; null for what it shows now. */
  readonly heldUntil: number | null;
}

const gone: ReadonlySet<string> = new Set(["deleted", "merged", "converted", "out_of_scope"]);
const unseen: ReadonlySet<string> = new Set(["not_permitted", "not_seen"]);

const stampOf = ({ seen }: State): number | null => {
  const stamps = [seen.modifiedAt, seen.ownStamp ?? null].filter((stamp) => stamp !== null);
  return stamps.length === 0 ? null : Math.max(...stamps);
};

function statesOf({ now, since, before }: RecordHistory): readonly State[] {
  const former = before.map(
    ({ kind, native, modifiedAt, ownStamp, madeAt, ...each }: FormerState): State => ({
      seen: { ...now, kind, native, modifiedAt, ownStamp, madeAt },
      since: each.since,
      heldUntil: each.heldUntil,
    }),
  );
  return [...former, { seen: now, since, heldUntil: null }];
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ");

/** Of a state that was shown: what it is worth as an answer. */
function answer(state: State, by: "reading" | "stamp"): ShownThen {
  const { kind } = state.seen;
  if (gone.has(kind)) return { is: "absent" };
  if (unseen.has(kind)) return { is: "unknown", why: "it could not be read then" };
  return { is: "shown", seen: state.seen, by, isFormer: state.heldUntil !== null };
}

/** At an instant between the last reading of a state and the first of the next one. */
function between(state: State, next: State, at: number): ShownThen {
  const held = state.heldUntil ?? state.since;
  const stamp = stampOf(next);
  // Only a stamp of that time tells when it was changed: one before it was given to something else, or by a
  // clock that is behind, or to a change that was committed late.
  if (stamp !== null && stamp > held && stamp <= at) return answer(next, "stamp");
  const span = `between ${dayOf(held)} and ${dayOf(next.since)}`;
  return { is: "unknown", why: `it was changed ${span}, and nobody knows what it was when` };
}

/** At an instant before the record was seen first. */
function beforeAll(first: State, absentUntil: number | null, at: number): ShownThen {
  if (absentUntil !== null && at <= absentUntil) return { is: "absent" };
  const { madeAt = null } = first.seen;
  if (madeAt !== null && madeAt > at) return { is: "absent" };
  const stamp = stampOf(first);
  if (stamp === null) return { is: "unknown", why: "its system does not tell when it was changed" };
  if (stamp <= at) return answer(first, "stamp");
  const when = `changed on ${dayOf(stamp)}, before it was first read on ${dayOf(first.since)}`;
  return { is: "unknown", why: `${when}; what it was before is not known` };
}

/**
 * What a record showed at an instant, by all that is kept of it. Readings go before stamps: a system's
 * clock may be wrong, a payment may leave no stamp, and a change may be stamped before it can be seen. Where
 * neither tells, nobody knows, and nothing is guessed. Never throws.
 * @param at ms since 1970
 */
export function shownThen(history: RecordHistory, at: number): ShownThen {
  const states = statesOf(history);
  const [first] = states;
  if (first === undefined || at < first.since) {
    return first === undefined ? { is: "absent" } : beforeAll(first, history.absentUntil, at);
  }
  const place = states.findLastIndex(({ since }) => since <= at);
  const state = states[place] ?? first;
  const next = states[place + 1];
  if (next === undefined || state.heldUntil === null || at <= state.heldUntil)
    return answer(state, "reading");
  return between(state, next, at);
}
