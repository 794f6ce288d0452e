import type { Log } from "../../ports.ts";
import type { AccessStore, AuditDraft } from "../../store/port.ts";

/** Something that was refused at the door. Never holds a secret. */
interface Refused {
  /** `key_refused`, `role_refused` ... */
  readonly kind: string;
  /** More of it, such as `expired`; "" without. */
  readonly why: string;
  /** The public part of a key that is known; null otherwise. */
  readonly key: string | null;
  /** The name of a person who is known. */
  readonly person?: string;
  readonly route: string;
  /** Whence it came, as far as is known. */
  readonly from: string | null;
}

/** Notes refusals, and brings them into the audit log. */
export interface Refusals {
  readonly note: (refused: Refused) => void;
  /** Stores what was noted. Never rejects: what cannot be stored is kept for the next time. */
  readonly flush: () => Promise<void>;
}

/** How long refusals are gathered, ms: a flood of bad keys is one commit a minute. */
const gatherMs = 60_000;
/** Different refusals of a minute that are told apart; the others are counted together. */
const differentMax = 200;

interface Gathered {
  readonly refused: Refused;
  count: number;
  readonly firstAt: number;
  lastAt: number;
}

const others: Refused = { kind: "others_refused", why: "", key: null, route: "", from: null };

/** Gathers refusals and stores them a minute after the first one, counted. */
export function createRefusals(deps: {
  readonly access: Pick<AccessStore, "appendAudit">;
  readonly now: () => number;
  /** Does something later; for the life of the program. */
  readonly later: (ms: number, work: () => Promise<void>) => void;
  readonly log?: Log;
}): Refusals {
  const { access, now, later, log } = deps;
  let gathered = new Map<string, Gathered>();
  const flush = async (): Promise<void> => {
    if (gathered.size === 0) return;
    const taken = gathered;
    gathered = new Map();
    try {
      await access.appendAudit([...taken.values()].map((each) => draftOf(each)));
    } catch (error) {
      log?.error("audit_failed", { reason: error instanceof Error ? error.message : "unknown" });
      for (const [name, each] of taken) {
        const since = gathered.get(name);
        gathered.set(name, since === undefined ? each : { ...each, count: each.count + since.count });
      }
      later(gatherMs, flush);
    }
  };
  return {
    note(refused) {
      const at = now();
      const own = JSON.stringify([
        refused.kind,
        refused.why,
        refused.key,
        refused.person,
        refused.route,
        refused.from,
      ]);
      const isTold = gathered.has(own) || gathered.size < differentMax;
      const name = isTold ? own : "others";
      if (gathered.size === 0) later(gatherMs, flush);
      const known = gathered.get(name);
      if (known === undefined)
        gathered.set(name, { refused: isTold ? refused : others, count: 1, firstAt: at, lastAt: at });
      else {
        known.count += 1;
        known.lastAt = at;
      }
    },
    flush,
  };
}

function draftOf({ refused, count, firstAt, lastAt }: Gathered): AuditDraft {
  const { kind, ...rest } = refused;
  const span = { firstAt: new Date(firstAt).toISOString(), lastAt: new Date(lastAt).toISOString() };
  return { at: span.lastAt, kind, body: { ...rest, count, ...span } };
}
