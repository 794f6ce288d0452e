/** What became of an attempt, in the order in which it is shown; `waiting` will be tried again. */
export const attemptStates = ["waiting", "delivered", "failed", "parked", "dropped"] as const;

/** What became of an attempt. */
export type AttemptState = (typeof attemptStates)[number];

/** Right to tell a subscription, with its fencing token. It runs out by the store's clock. */
export interface SubscriptionRight {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
}

/** What a worker asks for when it wants to tell a subscription, and again and again while it does. */
interface SubscriptionClaim {
  readonly name: string;
  readonly holder: string;
  /** How long the right lasts without another claim, ms. */
  readonly ttlMs: number;
  /** Where a subscription begins that the store does not know: the newest entry of every chain. */
  readonly places: readonly number[];
}

/** A subscription as its worker sees it. */
interface ClaimedSubscription {
  readonly right: SubscriptionRight;
  readonly state: "open" | "stopped";
  /** All entries of the journal to here are told, or have a waiting row; by shard. */
  readonly places: readonly number[];
}

/** An entry of the journal, by its place. */
export interface EventPlace {
  readonly shard: number;
  readonly seq: number;
}

/** An event that has to be told at a later time. */
export interface WaitingDelivery extends EventPlace {
  /** Attempts that were made. */
  readonly attempt: number;
  /** Whether somebody asked for it: it holds up nothing that comes after it. */
  readonly isAgain: boolean;
  /** ms until it is due by the store's clock; 0 when it is, or when that clock was set back meanwhile. */
  readonly dueInMs: number;
}

/** An attempt to be kept. */
export interface AttemptDraft extends EventPlace {
  /** Kind of the event; empty when it is not known any more. */
  readonly kind: string;
  /** From 1 on. */
  readonly attempt: number;
  readonly state: AttemptState;
  /** Status of the answer; null where there was none. */
  readonly status: number | null;
  /** Why it is not delivered, without a word of the answer's body; null when it is. */
  readonly cause: string | null;
  /** How long it took, ms. */
  readonly ms: number | null;
  /** When `waiting`: ms from now until the next attempt; else null. */
  readonly nextInMs: number | null;
  readonly isAgain: boolean;
}

/** What a worker keeps of its work; one commit. */
interface SubscriptionStep {
  /** How far the journal was told; null leaves it. */
  readonly places: readonly number[] | null;
  readonly attempt: AttemptDraft | null;
  /** Why nothing is told any more until somebody asks for it; null goes on. */
  readonly stop: string | null;
}

/** An attempt as it is shown. Instants are ISO texts of the store's clock. */
export interface AttemptRow extends EventPlace {
  /** From 1 on, by subscription. */
  readonly number: number;
  readonly kind: string;
  readonly attempt: number;
  readonly at: string;
  readonly state: AttemptState;
  readonly status: number | null;
  readonly cause: string | null;
  readonly ms: number | null;
  readonly nextAt: string | null;
  readonly isAgain: boolean;
  readonly askedBy: string | null;
}

/** How a subscription stands. */
export interface SubscriptionRow {
  readonly name: string;
  readonly state: "open" | "stopped";
  readonly reason: string | null;
  readonly places: readonly number[];
  readonly waiting: number;
  readonly parked: number;
  /** When something was last delivered; null before the first time. */
  readonly deliveredAt: string | null;
}

/** Attempts of a subscription, the newest first. */
interface AttemptQuery {
  readonly name: string;
  readonly limit: number;
  /** Only those with a smaller number; null for the newest. */
  readonly before: number | null;
}

/** Whom events are told to, and what came of it. */
export interface SubscriptionStore {
  /** Takes or keeps the right to tell a subscription; null while another worker holds it. */
  claimSubscription(claim: SubscriptionClaim): Promise<ClaimedSubscription | null>;
  /** Gives it back. */
  releaseSubscription(right: SubscriptionRight): Promise<void>;
  /**
   * Keeps an attempt and how far the journal was told. The event's waiting row is over. Rejects with a
   * LeaseLost when the right is another's by now: nothing is kept then.
   */
  commitStep(right: SubscriptionRight, step: SubscriptionStep): Promise<void>;
  /** What has to be told later: what holds the rest up first, then by when it is due. */
  waitingDeliveries(name: string, limit: number): Promise<readonly WaitingDelivery[]>;
  listSubscriptions(): Promise<readonly SubscriptionRow[]>;
  listAttempts(query: AttemptQuery): Promise<readonly AttemptRow[]>;
  /**
   * Asks for the event of an attempt, or of every parked one (`number` null), to be told again, and lets a
   * stopped subscription go on. Answers for how many; null when there is no such subscription or attempt.
   */
  redeliver(
    name: string,
    asked: { readonly number: number | null; readonly by: string },
  ): Promise<number | null>;
  /** Forgets a thousand attempts that are older than that and over; answers how many. */
  forgetAttempts(keepMs: number): Promise<number>;
}

/** Attempts that are forgotten at one time. */
export const forgottenAttemptsMax = 1_000;
