import type { OrderRule } from "@crossfoot/connector-sdk";
import type { Condition } from "./path.ts";
import type { ChildSpec, RequestSpec } from "./request-language.ts";
import type { JsonMap } from "./wire.ts";

/** What is answered in the moment, as a description says it; the words are in docs/connect/http.md. */
export interface OperationsSpec {
  readonly days?: DaySpec;
  /** How quantities and amounts are sent: text when nothing is said. */
  readonly decimals?: "text" | "number";
  readonly price?: PriceSpec;
  readonly availability?: AvailabilitySpec;
  readonly credit?: CreditSpec;
  readonly orderStatus?: OrderStatusSpec;
  readonly quoteToOrder?: QuoteToOrderSpec;
}

/** How days are written, and the zone in which an instant is one. */
export interface DaySpec {
  readonly form?: "YYYY-MM-DD" | "YYYYMMDD";
  readonly zone?: string;
}

/** How an answer, or a row of one, says no. */
export interface RefusalSpec {
  readonly refused?: Condition;
  readonly code?: string;
  readonly field?: string;
}

/** Requests that go before the main one, by name. */
export interface BeforeSpec {
  readonly before?: { readonly [name: string]: RequestSpec };
}

/** A question about several rows: one request for all of them, or one for each. */
export interface RowsSpec extends RequestSpec, BeforeSpec, RefusalSpec {
  readonly max: number;
  /** What one row looks like in the variable `lines`; without it each row is a request of its own. */
  readonly line?: JsonMap;
  /** Where the rows of the answer stand. */
  readonly rows?: string;
  /** Where the row stands in the answer of a request of its own. */
  readonly at?: string;
  readonly match?: { readonly path: string; readonly to: "product" | "index"; readonly many?: boolean };
  readonly limit?: number;
  readonly split?: boolean;
}

/** Where the parts of a price stand. */
export interface PriceSpec extends RowsSpec {
  readonly currency: string;
  readonly pricebook?: string;
  readonly product?: string;
  readonly unit?: string;
  readonly unitPrice: string;
  readonly discountPercent?: string;
  readonly net: string;
  readonly tax?: string;
  readonly taxes: { readonly rows?: string; readonly name: string; readonly percent?: string };
  readonly rule?: {
    readonly id?: string;
    readonly minQuantity?: string;
    readonly else?: "pricebook" | "list_price" | "unknown";
  };
  readonly totals: "sum" | { readonly net?: string; readonly tax?: string; readonly gross?: string };
}

/** Where the parts of a product's stock stand. */
export interface AvailabilitySpec extends RowsSpec {
  readonly isStocked?: Condition;
  readonly unit: string;
  readonly wanted?: string;
  readonly places: string;
  readonly place: PlaceSpec;
}

/** Where the stock of one warehouse stands. */
export interface PlaceSpec {
  readonly warehouse: string;
  readonly onHand: string;
  readonly reserved?: string;
  readonly incoming?: string;
  readonly available: string;
  readonly availableAt?: string;
  readonly promisedFrom?: string;
  readonly byDate?: { readonly rows: string; readonly date: string; readonly quantity: string };
}

/** Where the credit of a customer stands. */
export interface CreditSpec extends RequestSpec, BeforeSpec, RefusalSpec {
  readonly currency: string;
  readonly limit?: string;
  readonly noLimit?: Condition;
  readonly openOrders?: string;
  readonly notHeld?: string;
  readonly openInvoices?: string;
  readonly overdue: string;
  readonly exposure?: string;
  readonly refuses: "confirm" | "never";
  readonly stops?: Condition;
  readonly held?: Condition;
  readonly measuredBy: "net" | "gross";
}

/** Where the parts of an order stand in its row. */
export interface OrderStatusSpec {
  readonly max: number;
  readonly number?: string;
  readonly state: string;
  readonly lines: {
    readonly rows: string;
    readonly id: string;
    readonly product?: string;
    readonly unit: string;
    readonly ordered: string;
    readonly delivered: string;
    readonly isDelivered?: Condition;
    readonly invoiced: string;
    readonly promisedDate?: string;
  };
  readonly shipments?: ShipmentsSpec;
}

/** Shipments of an order: in its row, or by a request of their own. */
export interface ShipmentsSpec extends Partial<Omit<ChildSpec, "rows">> {
  readonly rows: string;
  readonly id: string;
  readonly number?: string;
  readonly state: string;
  readonly plannedDate?: string;
  readonly doneDate?: string;
  readonly carrier?: string;
  readonly tracking?: string;
  /** Holds for a shipment that is still to come; its day is promised to the lines it names. */
  readonly open?: Condition;
  readonly lines?: { readonly rows: string; readonly line: string };
}

/** How a quote becomes an order. */
export interface QuoteToOrderSpec {
  readonly ordered?: Condition;
  readonly order?: string;
  readonly find?: RequestSpec & { readonly rows: string; readonly id: string; readonly number?: string };
  readonly number?: string;
  readonly orderNumber?: string;
  readonly steps: readonly StepSpec[];
  readonly refuses?: readonly OrderRule[];
  readonly concerns?: readonly (string | { readonly rows: string; readonly text: string })[];
}

/** What a quote in some state needs: a state change, or somebody else. */
export interface StepSpec {
  readonly when: Condition;
  readonly via?: string;
  readonly from?: string;
  readonly to?: string;
  readonly closed?: string;
}
