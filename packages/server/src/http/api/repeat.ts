import { hash } from "node:crypto";
import type { Json } from "@crossfoot/kernel";
import type { AccessStore, AnswerName } from "../../store/port.ts";
import type { Answer, Bound, Call } from "./call.ts";
import { Problem } from "./problem.ts";

/** How long the answer to a request is kept, ms. */
const keepMs = 24 * 3_600_000;
/**
 * How long nobody else may work on a request, ms; said again while the work goes on. Whoever asked a server
 * that was killed waits for so long: as for its shards, not much longer than a restart.
 */
export const holdMs = 12_000;
/** How long a caller whose request goes on is asked to wait, s. */
const lookAgainSeconds = 5;
const nameForm = /^[A-Za-z0-9._:-]{8,128}$/;

/** An answer as it goes out: text, so that a repeat gets the same bytes. */
export interface Written {
  readonly status: number;
  readonly text: string;
  readonly headers: { readonly [name: string]: string };
}

/** What works on keyed requests. */
export interface Repeats {
  /**
   * Answers a request once: whoever repeats it under the same name gets the same answer. A request whose
   * server died is worked on again once its hold is over, which is safe because the commands are.
   */
  readonly answer: (request: Keyed) => Promise<Written>;
  /** Resolves when nothing goes on any more. */
  readonly idle: () => Promise<void>;
}

interface Keyed {
  readonly bound: Bound;
  readonly call: Call;
  /** What the header says. */
  readonly name: string | null;
}

/** An answer as text. */
export function written({ status, body, location, retryAfterSeconds }: Answer): Written {
  return {
    status,
    text: JSON.stringify(body),
    headers: {
      ...(location === undefined ? {} : { location }),
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
  };
}

const goesOn: Written = written({
  status: 202,
  body: { kind: "pending", message: "it goes on; ask again with the same Idempotency-Key" },
  retryAfterSeconds: lookAgainSeconds,
});

/** Answers to keyed requests, kept in the store. */
export function createRepeats(deps: {
  readonly access: AccessStore;
  readonly uuid: () => string;
  readonly later: (ms: number, work: () => Promise<void>) => void;
  /** Waits, and ends early when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
}): Repeats {
  const { access, uuid, later, sleep } = deps;
  const working = new Set<Promise<unknown>>();

  /** Keeps others out for as long as the work goes on. */
  const keepHold = (claim: Parameters<AccessStore["claimAnswer"]>[0], over: AbortSignal): void =>
    later(holdMs / 3, async () => {
      if (over.aborted) return;
      await access.claimAnswer(claim).catch(() => undefined);
      keepHold(claim, over);
    });

  const work = async ({ bound, call }: Keyed, claim: AnswerName & { readonly holder: string }) => {
    try {
      const answer = written(await bound.run(call));
      // What is not over yet, and what failed, is worked on again when it is asked for again.
      await access.endAnswer(claim, answer.status === 202 ? null : (answer as unknown as Json));
      return answer;
    } catch (error) {
      await access.endAnswer(claim, null).catch(() => undefined);
      throw error;
    }
  };

  return {
    async answer(request) {
      const { bound, call } = request;
      const claim = { ...claimOf(request), holder: uuid(), holdMs, keepMs };
      const claimed = await access.claimAnswer(claim);
      if (claimed.kind === "other")
        throw new Problem("idempotency_key_reused", "give every request an Idempotency-Key of its own");
      if (claimed.kind === "running") {
        const seconds = Math.min(lookAgainSeconds, Math.max(1, Math.ceil(claimed.forMs / 1_000)));
        const headers = { "retry-after": String(seconds) };
        throw new Problem("still_running", "ask again in a moment, with the same key", { headers });
      }
      if (claimed.kind === "answered") {
        const kept = claimed.answer as unknown as Written;
        return { ...kept, headers: { ...kept.headers, "idempotency-replayed": "true" } };
      }
      const over = new AbortController();
      const ending = work(request, claim).finally(() => over.abort());
      working.add(ending);
      const forget = (): void => void working.delete(ending);
      ending.then(forget, forget);
      keepHold(claim, over.signal);
      if (!bound.isLong) return ending;
      return Promise.race([
        ending,
        sleep(call.budgetMs, over.signal).then(() => (over.signal.aborted ? ending : goesOn)),
      ]);
    },
    async idle() {
      await Promise.allSettled([...working]);
    },
  };
}

function claimOf({ bound, call, name }: Keyed): AnswerName & { readonly digest: string } {
  if (name === null || !nameForm.test(name)) {
    const form = "8 to 128 letters, digits and `._:-`, such as a UUID";
    throw new Problem("idempotency_key_missing", `send a header Idempotency-Key: ${form}`);
  }
  const { route } = bound;
  const asked = JSON.stringify([call.params, call.query, call.body]);
  const digest = hash("sha256", asked, "hex");
  return { key: call.caller.visitor.id, name, route: route.id, digest };
}
