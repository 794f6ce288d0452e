import { ConnectorError } from "@crossfoot/connector-sdk";
import { emptyQuota, reserveCalls } from "@crossfoot/kernel";
import type {
  ConnectionId,
  Json,
  QuotaAnswer,
  QuotaRequest,
  QuotaRules,
  QuotaState,
} from "@crossfoot/kernel";
import type { SharedStore } from "../store/port.ts";

/** Attempts to store a reservation while other workers are first: each of them has got on meanwhile. */
const attemptsMax = 200;

/** The stored form of a quota; what an older version did not know is empty. */
export function quotaOf(state: Json | null): QuotaState {
  return { ...emptyQuota, ...(state as Partial<QuotaState> | null) };
}

/**
 * Reserves calls in one commit. The charge is stored before the answer is used (INVARIANTS.md I16):
 * 1. A and B read revision 7, both find room for the last call.
 * 2. A stores revision 8 with its charge.
 * 3. B's store is refused; it reads again, and finds none.
 * A commit whose outcome is unknown is decided again: what it may have charged lapses unused.
 */
export async function reserve(
  at: {
    readonly store: Pick<SharedStore, "loadQuota" | "saveQuota">;
    readonly connection: ConnectionId;
    readonly rules: QuotaRules;
  },
  request: QuotaRequest,
): Promise<QuotaAnswer> {
  const { store, connection, rules } = at;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const { state: known, rev, now } = await store.loadQuota(connection);
    const { state, answer } = reserveCalls(quotaOf(known), rules, { request, now });
    if (await store.saveQuota(connection, { rev, state: state as unknown as Json })) return answer;
  }
  throw new ConnectorError({
    failure: "throttled",
    code: "quota_contended",
    message: `the quota of ${connection} could not be stored: too many workers at one time`,
  });
}
