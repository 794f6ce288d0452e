import type { Json } from "@crossfoot/kernel";
import type { Contract } from "@crossfoot/model";
import type { Dump, Store } from "crossfoot/testing";
import type { Entry, History } from "./history.ts";
import type { Scenario } from "./scenario.ts";
import type { ModelSystem } from "./system/model-system.ts";

/** A broken invariant. */
export interface Violation {
  /** `I01` to `I30`; `defect` for an exception of the runtime that no fault explains. */
  readonly invariant: string;
  readonly message: string;
  /** True time, ms since the start. */
  readonly at: number;
  readonly about: Json;
}

/** What a checker may look at: the truth, the workload and the contract; never the engine. */
export interface Sight {
  readonly scenario: Scenario;
  readonly contract: Contract;
  readonly systems: { readonly crm: ModelSystem; readonly erp: ModelSystem };
  readonly history: History;
}

/** What the store holds for people: what was decided, parked, told. Read when all is quiet. */
export interface StoreFacts {
  /** True time of the look, ms since the start. */
  readonly at: number;
  readonly conflicts: Awaited<ReturnType<Store["listConflicts"]>>;
  readonly candidates: Awaited<ReturnType<Store["listCandidates"]>>;
  readonly parks: Awaited<ReturnType<Store["listParks"]>>;
  readonly journal: { readonly entries: number; readonly broken: readonly string[] };
  /** Entries of the journal that the store has no more, since an older backup was restored (fault T4). */
  readonly forgotten: Dump[string];
  /** Those of them that were changed or lost one by one (fault T5). */
  readonly torn: Dump[string];
  /** Every table, row by row. */
  readonly dump: Dump;
}

/** One checker of one run. It reports and never ends the run: all violations are told. */
export interface Checker {
  readonly invariant: string;
  /** How many things it judged: a check that looked at nothing proves nothing. */
  readonly looked: () => number;
  /** After each entry of the history (safety). */
  readonly see?: (entry: Entry) => readonly Violation[];
  /** Once the run is quiet after the heal (liveness), before the idle cycles. */
  readonly atQuiet?: (facts: StoreFacts) => readonly Violation[];
  /** At the very end, after the idle cycles. */
  readonly atEnd?: (facts: StoreFacts) => readonly Violation[];
}

/** Makes a checker for one run. */
export type MakeChecker = (sight: Sight) => Checker;
