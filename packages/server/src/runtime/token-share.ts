import type { AccessToken, TokenRequest } from "@crossfoot/connector-sdk";
import { isMap } from "@crossfoot/kernel";
import type { ConnectionId, Json } from "@crossfoot/kernel";
import type { Sleep } from "../ports.ts";
import type { SharedStore } from "../store/port.ts";

/** How long a worker that takes a token is waited for, ms by the store's clock; then another takes one. */
const takingMs = 30_000;
/** Who waits for another worker's token looks again after this, ms. */
const lookMs = 250;

/** Seals texts for the store. `open` answers null for what was sealed with another key, or is damaged. */
interface Sealer {
  readonly seal: (text: string) => string;
  readonly open: (sealed: string) => string | null;
}

/** What a shared token is kept with. */
export interface TokenShareOptions {
  readonly store: Pick<SharedStore, "loadToken" | "saveToken">;
  readonly connection: ConnectionId;
  readonly sealer: Sealer;
  readonly sleep: Sleep;
  /** Names this worker among all others. */
  readonly worker: string;
}

/** The document in the store. */
interface Kept {
  /** A sealed {@link AccessToken}, or null. */
  readonly sealed: string | null;
  /** Who takes another one now, and until when they are waited for, ms by the store's clock. */
  readonly taking: { readonly worker: string; readonly until: number } | null;
}

const nothing: Kept = { sealed: null, taking: null };
const keptOf = (state: Json | null): Kept =>
  isMap(state ?? undefined) ? { ...nothing, ...(state as unknown as Partial<Kept>) } : nothing;

/**
 * One access token for all workers of a store. Whoever finds none that is good says so in the store first,
 * in a commit that only one of them makes, takes one, and keeps it there sealed; the others wait for it. A
 * worker that dies meanwhile is waited for 30 s. Where the store cannot keep it, its worker alone uses it.
 */
export function createTokenShare(
  options: TokenShareOptions,
): (request: TokenRequest, now: number) => Promise<AccessToken> {
  const { store, connection, sealer, sleep, worker } = options;
  const known = ({ sealed }: Kept): AccessToken | null => {
    const text = sealed === null ? null : sealer.open(sealed);
    return text === null ? null : (JSON.parse(text) as AccessToken);
  };
  const keep = async (rev: number, kept: Kept): Promise<boolean> =>
    store.saveToken(connection, { rev, state: kept as unknown as Json });
  // What cannot be kept is good all the same, and who waits gives up by the clock.
  const keepQuietly = (rev: number, kept: Kept): Promise<boolean> => keep(rev, kept).catch(() => false);
  const take = async ({ take: ask }: TokenRequest, rev: number, before: Kept): Promise<AccessToken> => {
    try {
      const token = await ask();
      await keepQuietly(rev, { sealed: sealer.seal(JSON.stringify(token)), taking: null });
      return token;
    } catch (error) {
      await keepQuietly(rev, { ...before, taking: null });
      throw error;
    }
  };
  const share = async (request: TokenRequest, now: number): Promise<AccessToken> => {
    for (;;) {
      const { state, rev, now: storeNow } = await store.loadToken(connection);
      const kept = keptOf(state);
      const token = known(kept);
      if (token !== null && token.token !== request.refused && token.expiresAt - request.renewBeforeMs > now)
        return token;
      const { taking } = kept;
      if (taking !== null && taking.until > storeNow) await sleep(lookMs);
      else if (await keep(rev, { ...kept, taking: { worker, until: storeNow + takingMs } }))
        return take(request, rev + 1, kept);
    }
  };
  let underWay: Promise<AccessToken> | null = null;
  return (request, now) => {
    underWay ??= share(request, now).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}
