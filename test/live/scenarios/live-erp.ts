/** What the scenarios ask of a real ERP: each of them is run on every system that gives this. */
import type { People } from "crossfoot/testing";
import type { IsReading } from "./rude-proxy.ts";

/** A customer or a person as the ERP itself shows it, archived ones included. */
export interface Party {
  readonly id: number;
  readonly name: string;
  /** Its number; empty when it has none. */
  readonly code: string;
  readonly isActive: boolean;
  /** Our references on it. */
  readonly references: readonly string[];
  /** Email, phone and website by their kind, each with the values of all of that kind. */
  readonly reach: ReadonlyMap<string, readonly string[]>;
  /** Street, postal code and city of each of its addresses. */
  readonly addresses: readonly string[];
  /** Its payment terms, in the canonical code. */
  readonly terms: string;
}

/** A product as the ERP itself shows it. */
export interface Product {
  readonly code: string;
  readonly name: string;
}

/** A real ERP that runs, with a seeded database of its own. */
export interface LiveErp {
  readonly url: string;
  readonly startedInMs: number;
  readonly people: People;
  /** The user that Crossfoot works as. */
  readonly user: string;
  /** Whether a customer that it is given gets a number of its own. */
  readonly numbersCustomers: boolean;
  /** What of an order that stands can be changed from outside: its lines and dates, or quantities only. */
  readonly changesOrders: "all" | "quantities";
  /** A product of its seed that is sold by the piece, and the warehouse that has it in stock. */
  readonly goods: { readonly code: string; readonly warehouse: string };
  /** Share of the net that a domestic customer pays as tax, in percent. */
  readonly taxPercent: number;
  /** Whether a call only reads. Everything that is not known to may have written. */
  readonly isReading: IsReading;
  /**
   * What crossfoot.yaml says of it beside its address: the connector, its options and secrets. Nobody else
   * works on this database: what was given up is over `longestTransactionSeconds` after, and a minute more.
   */
  readonly connection: (longestTransactionSeconds: number) => {
    readonly yaml: readonly string[];
    readonly secrets: { readonly [name: string]: string };
  };
  /** Products up to the number wanted, as the back office would import them. */
  seedProducts(products: number): Promise<void>;
  /** Somebody deletes a customer for good. */
  deleteCustomer(id: string): Promise<void>;
  /** Everything that a first load is judged by. */
  tell(): Promise<{ readonly parties: readonly Party[]; readonly products: readonly Product[] }>;
  stop(): Promise<void>;
}

/** A system that the scenarios are run on. */
export interface LiveSystem {
  readonly name: "tryton" | "odoo";
  readonly title: string;
  /** Why it cannot be started here, or null when it can. */
  readonly reason: string | null;
  open(): Promise<LiveErp>;
}
