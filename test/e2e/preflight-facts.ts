/** What a preflight says of a quote, and what the ERP did of it. */
import type { Engine } from "crossfoot/testing";

type Told = Awaited<ReturnType<Engine["moment"]["preflight"]>>;
/** What a preflight says. */
export type Preflight = Extract<Told, { readonly kind: "now" }>["answer"];

/** A line of a quote in the ERP itself. */
export interface LineThen {
  /** Whether the ERP's own price is another one than the line's; null when nobody can tell. */
  readonly isOtherPrice: boolean | null;
  /** Whether the whole quantity was on hand for it when it was ordered; null for what nobody counts. */
  readonly isThere: boolean | null;
  /** First day on which some of it comes into the same warehouse; null or missing where none is to come. */
  readonly arrives?: string | null;
  /** What other open shipments are to take of it from the same warehouse; missing where nobody looked. */
  readonly othersNeed?: number;
  /**
   * Day on which the ERP itself plans to send it; that of the order with the longest lead time of its
   * products, which goes for all that is sent together; and the day that the order asks for.
   */
  readonly planned?: { readonly on: string; readonly byLeadTime: string; readonly wanted: string | null };
}

/** What the ERP did, by its own records. */
export interface Then {
  /** Orders that it made of the quote. */
  readonly orders: number;
  /** Why it made none, in its own code; null where it made one, or was never asked. */
  readonly refusal: string | null;
  /** Totals of the order; null without one. */
  readonly totals: { readonly net: string; readonly tax: string; readonly gross: string } | null;
  /** By line; empty without an order. */
  readonly lines: readonly LineThen[];
  /** Whether the ERP made the order and can do nothing with it: none of its goods is planned to be sent. */
  readonly isStuck?: boolean;
  /** Whether the ERP holds the order back for the customer's credit or standing. */
  readonly isCredit: boolean;
}
