import type { ExternalId, FailureRecord } from "@crossfoot/kernel";
import type { Transition } from "./manifest.ts";

/**
 * What a system answers in the moment, while somebody waits. Each operation is optional, and what a
 * connection offers is what its manifest declares. None of them writes: `quoteToOrder` tells which write
 * leads on, and that write takes the way of every other (docs/decisions/0021-operations-tell-the-write.md).
 * Each rejects with a ConnectorError and nothing else; a row of a list that cannot be answered fails alone.
 *
 * Amounts, quantities and percentages are decimal text in normal form. Units and states are the system's own
 * codes, as in native records; {@link import("./operations-mapped.ts").mappedOperations} puts ours in their
 * place.
 */
export interface Operations {
  /** What the system would charge on an order that it made of these lines now. */
  readonly price?: (request: PriceRequest) => Promise<PriceAnswer>;
  /** What is there, and what can be promised. */
  readonly availability?: (request: AvailabilityRequest) => Promise<AvailabilityAnswer>;
  /** How far a customer's credit is used, and what the system would say to one more order. */
  readonly credit?: (request: CreditRequest) => Promise<CreditAnswer>;
  /** How far orders have come, from their lines, not from a word in their header. */
  readonly orderStatus?: (request: OrderStatusRequest) => Promise<readonly (OrderStatus | RefusedRow)[]>;
  /** The way from a quote to its order, see {@link OrderWay}. */
  readonly quoteToOrder?: (request: QuoteToOrderRequest) => Promise<OrderWay>;
}

/** Name of an operation. */
export type OperationName = keyof Operations;

/** All operations. */
export const operationNames: readonly OperationName[] = [
  "price",
  "availability",
  "credit",
  "orderStatus",
  "quoteToOrder",
];

/** A row that could not be answered: of an unknown record, in a wrong unit, without a right to see it. */
export interface RefusedRow {
  readonly ok: false;
  readonly failure: FailureRecord;
}

/** A quantity of a product. `unit` is a code of the system. */
export interface AskedLine {
  readonly product: ExternalId;
  readonly quantity: string;
  readonly unit: string;
}

/** What is to be priced. */
export interface PriceRequest {
  readonly customer: ExternalId;
  /** The price list to use; null takes the one that the system would take for this customer. */
  readonly pricebook: ExternalId | null;
  /** ISO 4217; null takes the one that the system would take. */
  readonly currency: string | null;
  /** Day of the order, `YYYY-MM-DD`; null is the system's today. */
  readonly date: string | null;
  /** Who is billed in the customer's place: taxes may go by that. Nobody when missing or null. */
  readonly billTo?: ExternalId | null;
  readonly lines: readonly AskedLine[];
}

/** Prices, one row per line asked for, in their order. */
export interface PriceAnswer {
  readonly currency: string;
  /** The price list that was used; null when none was. */
  readonly pricebook: ExternalId | null;
  readonly rows: readonly (PricedRow | RefusedRow)[];
  /**
   * Totals as the system would write them into the order's header, which by its way of rounding need not be
   * the sums of the rows; null when a row was refused.
   */
  readonly totals: { readonly net: string; readonly tax: string; readonly gross: string } | null;
}

/** One priced line. */
export interface PricedRow {
  readonly ok: true;
  readonly product: ExternalId;
  readonly quantity: string;
  readonly unit: string;
  /** Price of one unit before the discount, without tax; a row that has only a price with tax is refused. */
  readonly unitPrice: string;
  /** Zero when there is none. */
  readonly discountPercent: string;
  /** The line without tax. */
  readonly net: string;
  /** Taxes on the line; none for a customer who is exempt. */
  readonly taxes: readonly LineTax[];
  readonly rule: PriceRule;
}

/** A tax of a line. `percent` is null for a tax that is no percentage. */
export interface LineTax {
  readonly name: string;
  readonly percent: string | null;
}

/**
 * What made the price: a rule of a price list, the price list without any of its rules, or the price on the
 * product itself. `unknown`: the system does not tell.
 */
export interface PriceRule {
  readonly kind: "rule" | "pricebook" | "list_price" | "unknown";
  /** Id of the rule in the system, when `kind` is `rule`. */
  readonly id: string | null;
  /** From which quantity the rule holds, in the unit that the price list counts in; null for any. */
  readonly minQuantity: string | null;
}

/** Products whose stock is asked for. */
export interface AvailabilityRequest {
  readonly rows: readonly {
    readonly product: ExternalId;
    /** How much is wanted, to learn by when it can be promised; null asks for the levels alone. */
    readonly wanted: { readonly quantity: string; readonly unit: string } | null;
  }[];
  /** Codes of warehouses; null asks for all that the connection reads. */
  readonly warehouses: readonly string[] | null;
  /** Day for which `availableAt` is asked, `YYYY-MM-DD`; null, or a day gone by, is today. */
  readonly date: string | null;
}

/** Stock, one row per product asked for, in their order. */
export interface AvailabilityAnswer {
  readonly rows: readonly (StockedRow | RefusedRow)[];
}

/** Stock of one product. */
export interface StockedRow {
  readonly ok: true;
  readonly product: ExternalId;
  /** False for services and whatever else nobody counts: it has no places and can always be promised. */
  readonly isStocked: boolean;
  /** Unit of all quantities in `places`; the product's own. */
  readonly unit: string;
  /** What was wanted, in that unit; null when nothing was. */
  readonly wanted: string | null;
  readonly places: readonly StockPlace[];
  /**
   * First day on which the system itself would plan to send it, were it ordered today, also where all of it
   * is on hand: its lead time. Null or missing where it plans none, or does not tell.
   */
  readonly plannedFrom?: string | null;
}

/** Stock of a product in one warehouse. */
export interface StockPlace {
  readonly warehouse: string;
  readonly onHand: string;
  /** Of what is on hand or comes, what is on its way to somebody. */
  readonly reserved: string;
  readonly incoming: string;
  /** What can be promised for today, less what was promised already. */
  readonly available: string;
  /** What can be promised for the day asked for. */
  readonly availableAt: string;
  /**
   * First day for which `wanted` can be promised from this warehouse alone; null when no movement that the
   * system knows of makes it so, or nothing was wanted.
   */
  readonly promisedFrom: string | null;
}

/** Whose credit is asked for. */
export interface CreditRequest {
  readonly customer: ExternalId;
  /**
   * An order that may come on top, measured as the manifest says (`measuredBy`); null asks for the present
   * state.
   */
  readonly order: { readonly amount: string; readonly currency: string } | null;
}

/** Credit of a customer, all amounts in `currency`. */
export interface CreditAnswer {
  readonly currency: string;
  /** Null when the customer has no limit. Zero is a limit. */
  readonly limit: string | null;
  /** Confirmed and not yet invoiced, as far as the system holds it against the limit. */
  readonly openOrders: string;
  /**
   * Confirmed and not yet invoiced, and not held against the limit: some systems count an order only once it
   * is delivered.
   */
  readonly notHeld: string;
  /** Invoiced and not yet paid. */
  readonly openInvoices: string;
  /** What fell due before today; more than `openInvoices` where money on account stands against it. */
  readonly overdue: string;
  /** What the system holds against the limit. */
  readonly exposure: string;
  /** Limit less exposure, negative beyond it; null without a limit. */
  readonly free: string | null;
  /** Of exposure and order together. */
  readonly verdict: "no_limit" | "within" | "over";
  /** Whether the system itself would refuse to confirm the order; a warning is no refusal. */
  readonly isRefused: boolean;
  /** Whether the system takes no order of this customer at all, whatever the amounts: a hold, a block. */
  readonly isHeld: boolean;
}

/** Orders that are asked for. */
export interface OrderStatusRequest {
  readonly orders: readonly ExternalId[];
}

/** How much of something is done. */
export type Share = "none" | "part" | "full";

/** How far an order has come. */
export interface OrderStatus {
  readonly ok: true;
  readonly order: ExternalId;
  readonly number: string | null;
  /** State as the mapping of orders reads it. */
  readonly state: string;
  /** From the sums of the lines that can be delivered, whatever the header says. `full` without any. */
  readonly delivered: Share;
  readonly invoiced: Share;
  /** Latest day promised for what is not delivered yet; null when all is, or nothing was promised. */
  readonly promisedDate: string | null;
  readonly lines: readonly OrderLineStatus[];
  readonly shipments: readonly ShipmentStatus[];
  /** What the system itself would refuse of the order now; missing where it tells nothing of it. */
  readonly limits?: OrderLimits;
}

/**
 * What a system refuses of an order that stands, beside what is delivered or invoiced of it. A failure of
 * class `unsupported` is one that no waiting mends: the system does not offer it.
 */
export interface OrderLimits {
  /** Why no quantity of a line can be changed now; null when one can. */
  readonly lines: FailureRecord | null;
  /** Why no line can be added now; null when one can. */
  readonly moreLines: FailureRecord | null;
  /** Why nothing else can be changed together with lines; null when it can. */
  readonly besideLines: FailureRecord | null;
  /** Why the order cannot be cancelled now; null when it can. */
  readonly cancel: FailureRecord | null;
  /** Of which lines, by their id, how much cannot be taken back any more, such as what is packed. */
  readonly held: { readonly [line: string]: string };
}

/** How far a line of an order has come; quantities are in `unit`. */
export interface OrderLineStatus {
  readonly id: string;
  readonly product: ExternalId | null;
  readonly unit: string;
  readonly ordered: string;
  /** Null for what is not delivered at all, such as freight or a service where nobody counts it. */
  readonly delivered: string | null;
  readonly invoiced: string;
  readonly promisedDate: string | null;
}

/** A shipment of an order. */
export interface ShipmentStatus {
  readonly id: ExternalId;
  readonly number: string | null;
  /** State as the mapping of shipments reads it. */
  readonly state: string;
  readonly plannedDate: string | null;
  readonly doneDate: string | null;
  readonly carrier: string | null;
  /** Null where the carrier gave none, or the system keeps none. */
  readonly tracking: string | null;
}

/** The quote that is to become an order. */
export interface QuoteToOrderRequest {
  readonly quote: ExternalId;
}

/**
 * Where a quote stands on its way to an order. Asked again after each write, it tells the next one, and in
 * the end the order: asking or writing twice makes no second order.
 */
export type OrderWay =
  | { readonly kind: "ordered"; readonly order: ExternalId; readonly number: string | null }
  | {
      readonly kind: "write";
      readonly write: OrderWrite;
      /** What the system is likely to refuse later on the way, in plain words; a hint, not a refusal. */
      readonly concerns: readonly string[];
    }
  /** No write leads from here to an order: the quote is gone, or cancelled. */
  | { readonly kind: "closed"; readonly failure: FailureRecord };

/**
 * The next state change of the quote, to be stored as an intent and sent like any other write: one that the
 * manifest offers for quotes, under the version that the answer rests on. A system that makes the order as a
 * record of its own does so on a state change of the quote.
 */
export interface OrderWrite {
  readonly entity: "quotes";
  readonly kind: "transition";
  readonly id: ExternalId;
  /** Null where the system has no versions. */
  readonly precondition: string | null;
  readonly transition: Transition;
}
