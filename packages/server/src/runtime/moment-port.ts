import type { AvailabilityAnswer, CreditAnswer, OrderStatus, PriceAnswer } from "@crossfoot/connector-sdk";
import type { FailureRecord } from "@crossfoot/kernel";
import type { AcceptedPart } from "./accept-port.ts";
import type { ChangeMoment } from "./change-port.ts";
import type { Refusal } from "./refusal-port.ts";

export type { Refusal, RefusalCode } from "./refusal-port.ts";

/**
 * What is asked and answered while somebody waits. A record is named as `<connection>:<native id>` of either
 * system or by the id of its link; answers name it as it was asked for. Units, states, amounts and days are
 * ours, as in {@link import("@crossfoot/connector-sdk").Operations}. Nothing here writes to a system but
 * {@link Moment.quoteToOrder}, {@link Moment.cancelOrder} and {@link Moment.changeOrder}, whose writes go the
 * way of all others (docs/decisions/0021).
 */
export interface Moment extends ChangeMoment {
  /** What the ERP would charge. */
  price(question: PriceQuestion): Promise<Answered<PriceAnswer>>;
  availability(question: AvailabilityQuestion): Promise<Answered<AvailabilityAnswer>>;
  credit(question: CreditQuestion): Promise<Answered<CreditAnswer>>;
  /** How far one order has come. */
  orderStatus(question: { readonly order: string } & Budget): Promise<Answered<OrderStatus>>;
  /** Everything about a quote before it becomes an order; no side effect. */
  preflight(
    question: {
      readonly quote: string;
      /** The part that the customer accepts; missing or empty where it is all. */
      readonly accepted?: AcceptedPart["lines"];
    } & Budget,
  ): Promise<Answered<Preflight>>;
  /**
   * Makes the order of a quote that the CRM shows as accepted, or of a part that it then does. Asked again
   * it answers the same order, whoever asks, however often and at the same time.
   */
  quoteToOrder(question: OrderQuestion): Promise<Ordering>;
  /** Where that stands, without doing anything. */
  orderOf(question: { readonly quote: string } & Budget): Promise<Ordering>;
  /**
   * Has the ERP cancel an order, while the contract leaves its state to the CRM and nothing of it is
   * delivered or invoiced. Asked again it is cancelled once, and says so.
   */
  cancelOrder(question: CancelQuestion): Promise<Cancelling>;
  /** Whether it would be cancelled, without doing anything. */
  cancellationOf(question: { readonly order: string } & Budget): Promise<Cancelling>;
}

/** How long somebody waits for an answer. */
interface Budget {
  /** ms; past it the answer is a stale one, or that it is not there yet. */
  readonly budgetMs: number;
}

/** Which order is to be cancelled, by whom, and why: the reason is told on the CRM's order. */
export interface CancelQuestion extends Budget {
  readonly order: string;
  readonly by: string;
  readonly reason: string;
}

/** Lines as they are asked for: a product, how much, and a unit of ours (null is the product's own). */
export interface QuestionLine {
  readonly product: string;
  readonly quantity: string;
  readonly unit: string | null;
}

/** What is to be priced. */
interface PriceQuestion extends Budget {
  readonly account: string;
  readonly pricebook: string | null;
  readonly currency: string | null;
  /** `YYYY-MM-DD`; null is the ERP's today. */
  readonly date: string | null;
  readonly lines: readonly QuestionLine[];
}

/** What is to be promised. Without a quantity the levels alone are asked for. */
interface AvailabilityQuestion extends Budget {
  readonly rows: readonly {
    readonly product: string;
    readonly quantity: string | null;
    readonly unit: string | null;
  }[];
  readonly warehouses: readonly string[] | null;
  readonly date: string | null;
}

/** Which quote, or which part of one, is to become an order. */
interface OrderQuestion extends Budget {
  readonly quote: string;
  readonly by: string;
  /** What the customer accepts of it: the quote is split first. Missing where all of it is. */
  readonly part?: AcceptedPart;
  /** Whether it is ordered on purpose though a newer revision of it is there; not when missing. */
  readonly isOlderRevision?: boolean;
  /**
   * How far it is waited for: until the ERP has the order, which is carried to the CRM behind the answer
   * then, or until the CRM shows it too. `carried` when missing.
   */
  readonly until?: "ordered" | "carried";
}

/** Whose credit is asked for, and what may come on top. */
interface CreditQuestion extends Budget {
  readonly account: string;
  readonly order: { readonly amount: string; readonly currency: string } | null;
}

/**
 * An answer of now; one from before with its age, since the ERP did not answer in time; or none, with why.
 */
export type Answered<A> =
  | { readonly kind: "now"; readonly answer: A }
  | { readonly kind: "stale"; readonly answer: A; readonly ageMs: number; readonly why: FailureRecord }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Where a quote stands on its way to its order. */
export type Ordering =
  | {
      readonly kind: "ordered";
      readonly order: {
        /** Names of the order, by connection; the CRM's is missing until it is carried over. */
        readonly names: readonly string[];
        readonly number: string | null;
      };
      /** Whether this very call made it. */
      readonly isMadeNow: boolean;
      /** Name of the quote in the CRM that is left of it, where a part was accepted; else null. */
      readonly rest: string | null;
    }
  /** It goes on by itself; ask again. */
  | { readonly kind: "pending"; readonly message: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Where the cancellation of an order stands. */
export type Cancelling =
  | {
      readonly kind: "cancelled";
      /** As in {@link Ordering}. */
      readonly order: { readonly names: readonly string[]; readonly number: string | null };
      /** Whether this very call did it. */
      readonly isDoneNow: boolean;
    }
  /** It would be cancelled; told by {@link Moment.cancellationOf} alone. `state` is ours. */
  | { readonly kind: "possible"; readonly state: string }
  /** It is not known yet; ask again. */
  | { readonly kind: "pending"; readonly message: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** What stands in the way of an order, from worst to least. */
export type PreflightVerdict = "blocked" | "differs" | "warning" | "ok";

/** One finding of a preflight. */
export interface PreflightFinding {
  readonly verdict: Exclude<PreflightVerdict, "ok">;
  readonly code:
    | "price_differs"
    | "price_unknown"
    | "discount_differs"
    | "tax_differs"
    | "total_differs"
    | "stock_short"
    | "stock_unknown"
    | "promised_later"
    | "product_missing"
    | "product_blocked"
    | "unit_unknown"
    | "account_missing"
    | "account_blocked"
    | "credit_over"
    | "credit_unknown"
    | "quote_state"
    | "quote_superseded"
    | "warehouse_missing"
    | "warehouse_unknown"
    | "not_sendable"
    | "data_missing";
  readonly message: string;
  /** What the CRM's quote says, and what the ERP says; null where there is no such thing. */
  readonly quoted: string | null;
  readonly found: string | null;
  /** What would settle it, as an instruction. */
  readonly fix: string;
}

/** Everything about a quote before it becomes an order. */
export interface Preflight {
  readonly verdict: PreflightVerdict;
  /** About the quote as a whole. */
  readonly findings: readonly PreflightFinding[];
  readonly lines: readonly {
    /** Our key of the line, and its place from 1. */
    readonly key: string;
    readonly place: number;
    readonly product: string | null;
    readonly verdict: PreflightVerdict;
    readonly findings: readonly PreflightFinding[];
    /**
     * First day on which the whole line can be promised from one warehouse, and which is not before
     * `plannedFrom`; null when none is known.
     */
    readonly promisedFrom: string | null;
    /** First day on which the ERP itself would plan to send it, by lead times; null where it tells none. */
    readonly plannedFrom: string | null;
  }[];
  /**
   * What the ERP would write into the header of an order at its own prices; null when a line has no price,
   * and where freight or a discount of the whole quote comes on top, which no question asks about.
   */
  readonly totals: { readonly net: string; readonly tax: string; readonly gross: string } | null;
  readonly currency: string | null;
  readonly credit: CreditAnswer | null;
}
