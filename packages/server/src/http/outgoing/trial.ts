import type { Clock } from "../../ports.ts";
import { testMessage } from "./message.ts";
import { signatureHeaders } from "./signature.ts";
import type { Subscription } from "./teller.ts";

/** What came of a trial: the status of the answer, or why there was none. */
export interface TrialEnd {
  readonly status: number | null;
  readonly why: string | null;
  /** How long it took. */
  readonly ms: number;
}

/** Sends one message that says nothing, signed as all are. Keeps nothing of it. Never rejects. */
export async function trySubscription(
  { name, keys, post }: Pick<Subscription, "name" | "keys" | "post">,
  clock: Clock,
): Promise<TrialEnd> {
  const { id, body } = testMessage(name, clock.now());
  const timestamp = Math.floor(clock.now() / 1_000);
  const signed = signatureHeaders({ id, body, timestamp }, keys());
  const began = clock.monotonic();
  const ms = (): number => Math.round(clock.monotonic() - began);
  try {
    const { status } = await post({ "content-type": "application/json", ...signed }, body);
    return { status, why: null, ms: ms() };
  } catch (error) {
    return { status: null, why: error instanceof Error ? error.message : "no answer", ms: ms() };
  }
}
