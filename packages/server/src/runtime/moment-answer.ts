import { ConnectorError, failureRecord, mappedOperations } from "@crossfoot/connector-sdk";
import type { Manifest, OperationName, Operations } from "@crossfoot/connector-sdk";
import { openTerms } from "./gate.ts";
import { Refused } from "./moment-names.ts";
import type { Answered, Refusal } from "./moment-port.ts";
import type { Side, World } from "./world.ts";

/** Answers that are kept for the time when the ERP does not answer. */
const keptMax = 5_000;
/** Older answers are not told any more, ms. */
const keptMsMax = 86_400_000;

/** Last answers by question, in memory of one program: the oldest go first. */
export class KeptAnswers {
  readonly #answers: Map<string, { readonly answer: unknown; readonly at: number }> = new Map();
  readonly #clock: World["clock"];

  constructor(clock: World["clock"]) {
    this.#clock = clock;
  }

  keep(question: string, answer: unknown): void {
    this.#answers.delete(question);
    this.#answers.set(question, { answer, at: this.#clock.monotonic() });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > keptMax && oldest !== undefined) this.#answers.delete(oldest);
  }

  find(question: string): { readonly answer: unknown; readonly ageMs: number } | null {
    const kept = this.#answers.get(question);
    if (kept === undefined) return null;
    const ageMs = Math.round(this.#clock.monotonic() - kept.at);
    return ageMs > keptMsMax ? null : { answer: kept.answer, ageMs };
  }
}

/** A question to be answered within its budget. */
interface Question<A> {
  /** The same for the same question: answers are kept under it. */
  readonly name: string;
  readonly budgetMs: number;
  /** Rejects with a Refused or a ConnectorError. `signal` aborts when nobody waits any more. */
  readonly ask: (signal: AbortSignal) => Promise<A>;
}

/** Why an abort happens: the one who asked has been answered. Made once. */
const isAnswered = new DOMException("nobody waits any more", "AbortError");

/**
 * Answers a question within its budget: as of now; else as of before, with its age; else why not. What comes
 * after the budget is kept for the next one who asks. Rejects with a defect or a StoreError.
 */
export async function answered<A>(
  world: World,
  kept: KeptAnswers,
  { name, budgetMs, ask }: Question<A>,
): Promise<Answered<A>> {
  const waiting = new AbortController();
  const asking = ask(waiting.signal).then(
    (answer): Answered<A> => {
      kept.keep(name, answer);
      return { kind: "now", answer };
    },
    (error: unknown) => refusedBy<A>(error),
  );
  const tired = world.sleep(budgetMs, waiting.signal).then((): Answered<A> => late());
  try {
    const first = await Promise.race([asking, tired]);
    if (first.kind !== "refused" || first.refusal.code !== "erp_away") return first;
    const before = kept.find(name);
    if (before === null || first.refusal.failure === null) return first;
    return {
      kind: "stale",
      answer: before.answer as A,
      ageMs: before.ageMs,
      why: first.refusal.failure,
    };
  } finally {
    waiting.abort(isAnswered);
    // Whoever asked is gone: what fails from now on is nobody's.
    asking.catch(() => undefined);
  }
}

/** The answer to somebody whose time was over. */
export function late(): { readonly kind: "refused"; readonly refusal: Refusal } {
  const failure = failureRecord(
    new ConnectorError({
      failure: "transient",
      code: "over_budget",
      message: "the ERP did not answer within the time that was given",
    }),
  );
  return { kind: "refused", refusal: { code: "erp_away", message: failure.message, failure } };
}

/** What a failure means to somebody who waits. Throws what is no failure of the world. */
function refusedBy<A>(error: unknown): Answered<A> {
  if (error instanceof Refused) return { kind: "refused", refusal: error.refusal };
  if (!(error instanceof ConnectorError)) throw error;
  const failure = failureRecord(error);
  const code =
    failure.failure === "invalid" || failure.failure === "stale"
      ? "refused_by_erp"
      : failure.failure === "unsupported"
        ? "not_offered"
        : "erp_away";
  return { kind: "refused", refusal: { code, message: failure.message, failure } };
}

/** An operation of a side with our codes, and its manifest. Rejects with a Refused where there is none. */
export async function operationOf<Name extends OperationName>(
  side: Side,
  name: Name,
  signal: AbortSignal | undefined,
): Promise<{ readonly ask: NonNullable<Operations[Name]>; readonly manifest: Manifest }> {
  const { manifest, operations } = await side.open(openTerms("interactive", signal));
  const abilities = manifest.operations;
  const mapped =
    operations === undefined || abilities === undefined
      ? undefined
      : mappedOperations({ operations, abilities, mapping: side.mapping })[name];
  if (mapped === undefined) throw new Refused("not_offered", `${side.id} does not offer ${name}`);
  return { ask: mapped, manifest };
}

/** What is answered in time, or else `late`. The signal aborts when nobody waits any more. */
export async function within<Told>(
  world: World,
  budgetMs: number,
  at: { readonly ask: (signal: AbortSignal) => Promise<Told>; readonly late: Told },
): Promise<Told> {
  const waiting = new AbortController();
  const tired = world.sleep(budgetMs, waiting.signal).then(() => at.late);
  try {
    return await Promise.race([at.ask(waiting.signal), tired]);
  } finally {
    waiting.abort();
  }
}

/** What is answered, or why not. Rejects with a defect or a StoreError. */
export async function told<Told>(
  work: () => Promise<Told>,
): Promise<Told | Extract<Answered<never>, { kind: "refused" }>> {
  try {
    return await work();
  } catch (error) {
    const refused = refusedBy<never>(error);
    if (refused.kind === "refused") return refused;
    throw error;
  }
}
