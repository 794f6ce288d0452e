/** A document of a real ERP, as its people see it. */
export interface Paper {
  /** The ERP's id. */
  readonly id: string;
  /** What people call it; empty as long as it has no number. */
  readonly number: string;
  /** Number of the order that it belongs to; empty when it belongs to none. */
  readonly order: string;
}

/** A quote or order of a real ERP, which are one record there. */
export interface Sale {
  /** The ERP's id. */
  readonly id: string;
  /** Empty as long as it has none. */
  readonly number: string;
  /** Whether it was confirmed, and not cancelled since. */
  readonly isOrder: boolean;
}

/** A customer of a real ERP. */
interface Customer {
  /** The ERP's id. */
  readonly id: string;
  /** The customer's number; empty when it has none. */
  readonly number: string;
}

/** Everything that came of an order, each by its number; a payment by its amount. */
export interface Papers {
  readonly orders: readonly string[];
  /** Goods that were sent off. */
  readonly shipments: readonly string[];
  /** Posted ones, credit notes left out. */
  readonly invoices: readonly string[];
  readonly creditNotes: readonly string[];
  readonly payments: readonly string[];
}

/**
 * Whoever works at the screens of a real ERP: by its own protocol, with nothing of our connector. Each call
 * does one thing and commits it. Amounts are decimals in the company's currency. Rejects when the ERP
 * refuses.
 */
export interface People {
  /** Customers of this name that are not archived. */
  customersNamed(name: string): Promise<readonly Customer[]>;
  rename(customer: string, name: string): Promise<void>;
  setEmail(customer: string, email: string): Promise<void>;
  setWebsite(customer: string, website: string): Promise<void>;
  setCreditLimit(customer: string, limit: string): Promise<void>;
  /** Codes of goods that are sold. */
  goods(): Promise<readonly string[]>;
  setListPrice(code: string, price: string): Promise<void>;
  /** From here on orders are invoiced by what was delivered. */
  invoiceDeliveries(): Promise<void>;
  /** Shipments that wait to be sent off, of one order or of all. */
  waitingShipments(order?: string): Promise<readonly Paper[]>;
  /**
   * Sends a shipment off, whole or half of each line, whereupon the ERP plans another one for the rest.
   * Answers what was sent; null when stock is short.
   */
  deliver(shipment: string, share: "whole" | "half"): Promise<"whole" | "half" | null>;
  /** What can be invoiced just now, of one order or of all: a draft, or an order. */
  toInvoice(order?: string): Promise<readonly Paper[]>;
  /** Makes and posts the invoice. */
  invoice(paper: string): Promise<Paper>;
  /** Posted invoices of which something is open, of one order or of all. */
  unpaidInvoices(order?: string): Promise<readonly Paper[]>;
  /** Takes the payment of what is open. */
  pay(invoice: string): Promise<void>;
  /** Credits a posted invoice whole, and posts the credit note. */
  credit(invoice: string): Promise<void>;
  /** Turns a quote down, with the reason where the ERP's people would write it. */
  rejectQuote(number: string, reason: string): Promise<void>;
  /** Everything that came of the quote or order with this number. */
  papersOf(order: string): Promise<Papers>;
  /** Every sale that a user made, in whatever state. */
  salesOf(user: string): Promise<readonly Sale[]>;
  /** Our reference on each quote that a user made, one per document: twice the same is one made twice. */
  referencesOf(user: string): Promise<readonly string[]>;
}
