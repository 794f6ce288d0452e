import { hash } from "node:crypto";
import type { Json } from "@crossfoot/kernel";
import { leaseMs } from "../../runtime/holding.ts";
import type { AnswerClaim, AnswerName } from "../../store/port.ts";
import type { Answer, Bound, Call } from "./call.ts";
import { Problem } from "./problem.ts";
import { claimInTime, keepHold } from "./repeat-hold.ts";
import type { HoldDeps } from "./repeat-hold.ts";

/** How long the answer to a request is kept, ms. */
const keepMs = 24 * 3_600_000;
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
   * Answers a request once: whoever repeats it under the same name gets the same answer. Who repeats one that
   * is still at work waits for it within their own budget; past it they are told where to look (202), or
   * that it goes on (409). A request is held as a shard is: a server that lives renews its hold with each
   * sign of life, and one that died loses it when it loses its shards. It is worked on again then, which is
   * safe because the commands are.
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
export function createRepeats(deps: HoldDeps & { readonly uuid: () => string }): Repeats {
  const { access, uuid, sleep } = deps;
  const working = new Set<Promise<unknown>>();

  /** Works on a request, and keeps others out meanwhile. */
  const work = async ({ bound, call }: Keyed, claim: AnswerClaim): Promise<Written> => {
    const letGo = keepHold(deps, claim);
    const end = async (answer: Written | null): Promise<void> => {
      await letGo();
      await access.endAnswer(claim, answer as unknown as Json);
    };
    try {
      const answer = written(await bound.run(call));
      // What is not over yet, and what failed, is worked on again when it is asked for again.
      await end(answer.status === 202 ? null : answer);
      return answer;
    } catch (error) {
      await end(null).catch(() => undefined);
      throw error;
    }
  };

  return {
    async answer(request) {
      const { bound, call } = request;
      const claim = { ...claimOf(request), holder: uuid(), holdMs: leaseMs, keepMs };
      const { claimed, leftMs } = await claimInTime(deps, claim, call);
      if (claimed.kind === "other")
        throw new Problem("idempotency_key_reused", "give every request an Idempotency-Key of its own");
      if (claimed.kind === "running") return stillRunning(request, claimed.forMs);
      if (claimed.kind === "answered") {
        const kept = claimed.answer as unknown as Written;
        return { ...kept, headers: { ...kept.headers, "idempotency-replayed": "true" } };
      }
      const over = new AbortController();
      const left = { ...call, budgetMs: leftMs };
      const ending = work({ ...request, call: left }, claim).finally(() => over.abort());
      working.add(ending);
      const forget = (): void => void working.delete(ending);
      ending.then(forget, forget);
      if (!bound.isLong) return ending;
      return Promise.race([
        ending,
        sleep(leftMs, over.signal).then(() => (over.signal.aborted ? ending : goesOn)),
      ]);
    },
    async idle() {
      await Promise.allSettled([...working]);
    },
  };
}

/** The answer to a repeat whose first request is still at work. Throws a Problem where it has no 202. */
function stillRunning({ bound, call }: Keyed, forMs: number): Written {
  if (bound.pending !== undefined) return written(bound.pending(call));
  if (bound.isLong) return goesOn;
  const seconds = Math.min(lookAgainSeconds, Math.max(1, Math.ceil(forMs / 1_000)));
  const headers = { "retry-after": String(seconds) };
  throw new Problem("still_running", "ask again in a moment, with the same key", { headers });
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
