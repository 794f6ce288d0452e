import type { Crm, JsonMap, Random } from "@crossfoot/twin";

/**
 * What people do at the ERP, whichever it is. Each call does one thing, commits it and answers in words what
 * was done; null when there was nothing to do it to. Calls are made one at a time. Rejects when the ERP
 * refuses what people may do, which is a defect of the demo.
 */
export interface BackOffice {
  /** Sends an open order off, whole or a first part of it. */
  deliver(): Promise<string | null>;
  /** Posts an invoice. */
  invoice(): Promise<string | null>;
  /** Takes the payment of what is still open on an invoice. */
  takePayment(): Promise<string | null>;
  /** Changes one price. */
  changePrice(): Promise<string | null>;
  /** Sets how much a customer may owe; `limit` is a decimal in the customer's currency. */
  setCreditLimit(customer: string, limit: string): Promise<void>;
  /** Edits a customer's website, a field that both sides may edit. */
  setWebsite(customer: string, website: string): Promise<void>;
  /** The answer to the next quote that Crossfoot creates is lost, once, after the ERP has made it. */
  loseNextAnswer(): void;
  /** How many answers were lost. */
  answersLost(): number;
  /** Crossfoot's reference on each quote that it made, one per document: twice the same is one made twice. */
  quotesMade(): Promise<readonly string[]>;
  /** How many customers have this name. */
  customersNamed(name: string): Promise<number>;
}

/** A company that both systems know from the start. */
export interface Pair {
  readonly accountId: string;
  /** The id at the ERP. */
  readonly customer: string;
}

/** A product that a quote can be made of. */
export interface Article {
  readonly productId: string;
  readonly unit: string;
}

/** What an ERP does about a quote over the customer's credit limit, and how the CRM shows it. */
export interface OverLimit {
  readonly expected: string;
  /** Whether the quote, as the CRM shows it in the end, is what was expected. */
  readonly isRight: (quote: {
    readonly status: string;
    readonly approval: string;
    readonly reason: string;
  }) => boolean;
}

/** An ERP that holds such a quote until somebody decides. */
export const holdsOverLimit: OverLimit = {
  expected: "the ERP holds it, the CRM shows why",
  isRight: ({ approval, reason }) => approval === "pending" && reason.includes("credit limit"),
};

/** What the troubles need that is not the same at every ERP. */
export interface Ground {
  /** Its tax id is known to both sides. */
  readonly doubled: Pair;
  readonly contested: Pair;
  readonly limited: Pair;
  readonly article: Article;
  /** What a quote for a company says beside its lines, in the ERP's codes, such as the warehouse. */
  readonly quoteHead: (accountId: string) => JsonMap;
  /** What the ERP does about a quote over the customer's credit limit. */
  readonly overLimit: OverLimit;
  /** A customer that the ERP cannot take, and which of its fields is to blame. */
  readonly bad: {
    readonly fields: JsonMap;
    readonly why: string;
    readonly isBlamed: (failure: { readonly code: string; readonly field: string | null }) => boolean;
  };
}

/** Two departments, what they work with, and what is kept aside for the troubles. */
export interface Office {
  readonly crm: Crm;
  readonly erp: BackOffice;
  /** Companies that daily work is about. None of them plays a part in a trouble. */
  readonly pairs: readonly Pair[];
  readonly ground: Ground;
  readonly random: Random;
}
