import type { ArithmeticSettings } from "./arithmetic.ts";
import type { Field } from "./field.ts";
import type { QuotaSettings } from "./quota.ts";
import type { Automation } from "./records.ts";

/** What both systems can be told at creation. */
export interface TwinOptions {
  /** The system's clock, ms since 1970. */
  readonly clock: () => number;
  /** Root of the random streams (default 1). */
  readonly seed?: number;
  /** Calls allowed per window; unlimited when left out. */
  readonly quota?: QuotaSettings;
  readonly arithmetic?: Partial<ArithmeticSettings>;
  /** Lists and searches show commits only when they are this old, ms (default 0). Reads by id do not lag. */
  readonly listLagMs?: number;
  /** Change stamps are cut to this, ms (default: CRM 1, ERP 1000). */
  readonly stampGranularityMs?: number;
  /** Preconditions are accepted and ignored. */
  readonly ignorePreconditions?: boolean;
  /** Rewrites records after each write, as user `automation`. */
  readonly automation?: Automation;
  /** Further fields per object. */
  readonly customFields?: Readonly<Record<string, readonly Field[]>>;
  /** How a delay fault waits in `fetch`; without it `fetch` does not wait. `listen` uses real timers. */
  readonly sleep?: (ms: number) => Promise<void>;
}
