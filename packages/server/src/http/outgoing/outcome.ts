import type { AttemptDraft } from "../../store/port.ts";

/** The first pause after an attempt that failed, ms; each one after it is four times as long. */
const pauseMsMin = 5_000;
const pauseGrowth = 4;
/** The longest pause that we choose, and that a receiver may ask for, ms. */
const pauseMsMax = 12 * 3_600_000;
const askedMsMax = 24 * 3_600_000;
/** Who fails together is not asked together: a pause is so much shorter or longer, drawn by lot. */
const jitter = 0.2;
/** Longest cause that is kept, characters. */
const causeMax = 200;

/** What a receiver answered, or why nothing did. Header names in lower case. */
export type Reply =
  | { readonly status: number; readonly headers: { readonly [name: string]: string } }
  | { readonly status: null; readonly why: string };

/** What became of an attempt. */
export type Outcome = Pick<AttemptDraft, "state" | "status" | "cause" | "nextInMs"> & {
  /** Why the subscription stops; null while it goes on. */
  readonly stop: string | null;
};

/** How long a receiver asks to be left alone, ms; null when it does not. RFC 9110, section 10.2.3. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** How long to wait after the attempt of that number, ms. `random` is drawn from 0 to 1. */
export function pauseMs(attempt: number, random: number): number {
  const plain = Math.min(pauseMsMax, pauseMsMin * pauseGrowth ** (attempt - 1));
  return Math.round(plain * (1 - jitter + 2 * jitter * random));
}

/** What follows from an attempt. Any 2xx is a delivery; a redirect is none, and is not followed. Pure. */
export function outcomeOf(
  reply: Reply,
  at: {
    readonly attempt: number;
    readonly attemptsMax: number;
    /** Our clock, ms since 1970. */
    readonly now: number;
    readonly random: number;
  },
): Outcome {
  const { status } = reply;
  if (status !== null && status >= 200 && status < 300)
    return { state: "delivered", status, cause: null, nextInMs: null, stop: null };
  if (status === 410) {
    const cause = "the receiver answered 410: it wants no more";
    return { state: "parked", status, cause, nextInMs: null, stop: cause };
  }
  const cause = causeOf(reply);
  if (at.attempt >= at.attemptsMax) return { state: "parked", status, cause, nextInMs: null, stop: null };
  const asked = status === null ? null : retryAfterMs(reply.headers["retry-after"], at.now);
  const own = pauseMs(at.attempt, at.random);
  const nextInMs = asked === null ? own : Math.max(own, Math.min(asked, askedMsMax));
  return { state: "waiting", status, cause, nextInMs, stop: null };
}

function causeOf(reply: Reply): string {
  if (reply.status === null) return reply.why.slice(0, causeMax);
  const isRedirect = reply.status >= 300 && reply.status < 400;
  return `the receiver answered ${reply.status}${isRedirect ? "; a redirect is not followed" : ""}`;
}
