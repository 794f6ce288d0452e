/** What connectors share that send several writes in one call of their system. */
import type { Failure } from "@crossfoot/kernel";
import { ConnectorError, failureRecord } from "./failure.ts";
import type { NativeWrite, WriteOutcome } from "./ports.ts";

/** A write, and where its outcome belongs. */
export interface PlacedWrite {
  readonly at: number;
  readonly write: NativeWrite;
}

/** Outcomes of one call of `write`; lives as long as that. */
export interface Outcomes {
  /** One for each write, in their order. */
  readonly all: WriteOutcome[];
  /** Says that something landed: from then on a failure is an outcome, never a rejection. */
  landed(): void;
  settle(at: number, outcome: WriteOutcome): void;
  /**
   * Settles a write by its error.
   *
   * @throws The error itself when the credentials were refused before anything landed or may have landed.
   */
  fail(at: number, error: unknown): void;
}

/** Outcomes before anything was sent. */
export function openOutcomes(): Outcomes {
  const all: WriteOutcome[] = [];
  let hasSent = false;
  return {
    all,
    landed: () => {
      hasSent = true;
    },
    settle: (at, outcome) => {
      all[at] = outcome;
      hasSent ||= outcome.kind === "done" || outcome.failure.failure === "in_doubt";
    },
    fail: (at, error) => {
      const failure = error instanceof ConnectorError ? error.failure : "defect";
      if (failure === "unauthorised" && !hasSent) throw error;
      hasSent ||= failure === "in_doubt";
      all[at] = { kind: "failed", failure: failureRecord(error) };
    },
  };
}

/**
 * Neighbours that may share a call: those that are alike, no record twice, so many at most. Their order is
 * kept. Never throws.
 */
export function runsOf(
  writes: readonly NativeWrite[],
  may: { readonly share: (first: NativeWrite, other: NativeWrite) => boolean; readonly max: number },
): readonly (readonly PlacedWrite[])[] {
  const runs: PlacedWrite[][] = [];
  for (const [at, write] of writes.entries()) {
    const run = runs.at(-1);
    const first = run?.[0]?.write;
    const isAlike = first?.entity === write.entity && may.share(first, write);
    const isTwice = write.id !== null && run?.some((each) => each.write.id === write.id) === true;
    if (run !== undefined && isAlike && !isTwice && run.length < may.max) run.push({ at, write });
    else runs.push([{ at, write }]);
  }
  return runs;
}

/** Failures that can be about one record of several. */
const ofOneRecord: readonly Failure[] = ["invalid", "stale", "unsupported"];

/**
 * Sends writes in one call, which their system does as a whole or not at all. When it refuses, nothing of it
 * was done, so halves are sent until the refused ones stand alone. A failure that says nothing about a single
 * record is the outcome of all. `send` answers the ids of the records, in the order of the writes.
 *
 * @throws What {@link Outcomes.fail} throws.
 */
export async function sendHalving<W extends PlacedWrite>(
  writes: readonly W[],
  by: {
    readonly outcomes: Outcomes;
    readonly send: (writes: readonly W[]) => Promise<readonly NonNullable<NativeWrite["id"]>[]>;
  },
): Promise<void> {
  if (writes.length === 0) return;
  try {
    const ids = await by.send(writes);
    by.outcomes.landed();
    for (const [place, { at }] of writes.entries()) {
      const id = ids[place];
      if (id === undefined) throw withoutIds();
      by.outcomes.settle(at, { kind: "done", id, record: null });
    }
  } catch (error) {
    const isOfOne = error instanceof ConnectorError && ofOneRecord.includes(error.failure);
    if (!isOfOne || writes.length === 1) {
      for (const { at } of writes) by.outcomes.fail(at, error);
      return;
    }
    const half = Math.ceil(writes.length / 2);
    await sendHalving(writes.slice(0, half), by);
    await sendHalving(writes.slice(half), by);
  }
}

/** A call that was answered without the ids of its records: they are there, and nobody knows which. */
export const withoutIds = (): ConnectorError =>
  new ConnectorError({
    failure: "in_doubt",
    code: "answer_unreadable",
    message: "the system answered a create without the ids of its records",
  });

/** A write that the connector does not offer. */
export const writeUnsupported = (title: string, { kind, entity }: NativeWrite): ConnectorError =>
  new ConnectorError({
    failure: "unsupported",
    code: "write_unsupported",
    message: `${title} offers no ${kind} of ${entity} here`,
  });

/** The outcome of a write that was not made, or of which nobody knows. */
export const failedWrite = (failure: Failure, code: string, message: string): WriteOutcome => ({
  kind: "failed",
  failure: failureRecord(new ConnectorError({ failure, code, message })),
});
