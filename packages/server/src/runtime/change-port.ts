import type { Refusal } from "./refusal-port.ts";

/** What somebody wants changed of an order that stands; what is not named stays as it is. */
export interface ChangeWish {
  /**
   * Lines by their name, as {@link ChangeMoment.changeOf} tells it, and how much is wanted of each in the
   * line's own unit; `0` takes the line away.
   */
  readonly lines: readonly { readonly line: string; readonly quantity: string }[];
  /** New lines. Asked for again under the same name, one is added once. The ERP prices them. */
  readonly add: readonly {
    readonly name: string;
    readonly product: string;
    readonly quantity: string;
    /** A unit of ours; null is the product's own. */
    readonly unit: string | null;
  }[];
  /** `YYYY-MM-DD`; null takes it away, undefined leaves it. */
  readonly requestedDate?: string | null;
  readonly customerOrderNumber?: string | null;
}

/** What is to be changed, and on which state of the order that rests. */
export interface ChangeQuestion {
  readonly order: string;
  /** Or a quote of the CRM by its name, whose lines, date and number the order is to have. */
  readonly wish: ChangeWish | { readonly quote: string };
  /** Version of the order as it was told; another one by now is refused. Null changes what there is. */
  readonly version: string | null;
  /** ms; past it the answer is that it is not there yet. */
  readonly budgetMs: number;
}

/** One thing that changes; values as people read them, null where there is none. */
export interface ChangeRow {
  /** The line, under its name; null for a field of the head. */
  readonly line: string | null;
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Why a part of a wish cannot be granted. */
export interface ChangeRefusal {
  readonly line: string | null;
  readonly code:
    | "line_unknown"
    | "line_done"
    | "below_done"
    | "progress_unknown"
    | "quantity_invalid"
    | "product_unknown"
    | "unit_unknown"
    | "date_invalid"
    | "no_lines"
    | "field_bound"
    | "field_not_offered";
  readonly why: string;
}

/** A line of an order as it stands. */
interface StandingLine {
  readonly line: string;
  /** The product's name in the ERP, `<connection>:<id>`; null where nobody knows it. */
  readonly product: string | null;
  readonly quantity: string | null;
  readonly unit: string | null;
  /** What is delivered or invoiced of it, whichever is more; null where the ERP does not tell. */
  readonly done: string | null;
}

/** Where a change of an order stands. */
export type Changing =
  /** The order is as it was wanted. */
  | {
      readonly kind: "changed";
      readonly order: { readonly names: readonly string[]; readonly number: string | null };
      /** What this very call changed; empty when it was so before. */
      readonly changes: readonly ChangeRow[];
      readonly isDoneNow: boolean;
    }
  /** What would change, told by {@link ChangeMoment.wouldChange} alone; it would be made without refusals. */
  | {
      readonly kind: "possible";
      readonly state: string;
      readonly version: string | null;
      readonly changes: readonly ChangeRow[];
      readonly refusals: readonly ChangeRefusal[];
    }
  /** How the order stands, told by {@link ChangeMoment.changeOf} alone. */
  | {
      readonly kind: "standing";
      readonly order: { readonly names: readonly string[]; readonly number: string | null };
      readonly state: string;
      readonly version: string | null;
      /** Whether a change is stored or on its way. */
      readonly isUnderWay: boolean;
      /** Why nothing of it may be changed from the CRM; null while something may. */
      readonly bound: string | null;
      readonly requestedDate: string | null;
      readonly customerOrderNumber: string | null;
      readonly lines: readonly StandingLine[];
    }
  /** It is not known yet; ask again. */
  | { readonly kind: "pending"; readonly message: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Changes of orders at the CRM's word. */
export interface ChangeMoment {
  /**
   * Has the ERP change an order, as far as the contract leaves it to the CRM and nothing goes below what is
   * delivered or invoiced; all of the wish, or nothing. Asked again it is changed once, and says so.
   */
  changeOrder(question: ChangeQuestion & { readonly by: string; readonly reason: string }): Promise<Changing>;
  /** What a change would come to, and what of it would be refused, without doing anything. */
  wouldChange(question: ChangeQuestion): Promise<Changing>;
  /** How the order stands, and whether a change is under way. */
  changeOf(question: { readonly order: string; readonly budgetMs: number }): Promise<Changing>;
}
