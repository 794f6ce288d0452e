import type { JsonMap } from "@crossfoot/twin";

/** A customer of a real ERP's seed. */
export interface SeedCustomer {
  /** The ERP's id. */
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly email: string;
  /** A tax id that the CRM knows too; null when it knows none. */
  readonly taxId: string | null;
  /** Where goods are delivered, in the fields of an address of the CRM. */
  readonly dock: JsonMap;
  /** Name of the price list that its quotes get. */
  readonly pricebook: string;
}

/** What a real ERP's seed holds that the CRM is to know too. */
export interface ErpSeed {
  /** What the ERP's documents call the company. */
  readonly company: string;
  readonly pricebooks: readonly string[];
  readonly customers: readonly SeedCustomer[];
  /** Goods taxed at the standard rate, with their unit in the words of the CRM. */
  readonly articles: readonly { readonly code: string; readonly name: string; readonly unit: string }[];
}

/** An address in the fields of the CRM; empty texts are null. */
export function dockOf(parts: {
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  readonly region: string;
  readonly country: string;
}): JsonMap {
  const said = Object.entries(parts).map(([part, value]) => [part, value === "" ? null : value] as const);
  return { ...Object.fromEntries(said), street2: null };
}
