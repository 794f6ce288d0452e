/** First message of the twins: where they listen, and what is asked about, by the ids of each. */
export interface TwinsPlace {
  readonly crm: string;
  readonly erp: string;
  readonly account: { readonly crm: string; readonly erp: number };
  readonly products: readonly {
    readonly crm: string;
    readonly erp: number;
    readonly unit: string;
    readonly uom: string;
  }[];
  /** Id of an order in the ERP, from before. */
  readonly order: number;
}

/** What a case asks of the twins, which run in a process of their own; answers by the kind of question. */
export interface TwinsQuestions {
  /** Somebody wins a quote over all products in the CRM. */
  readonly quote: { readonly nth: number };
  /** The ERP gets so many contacts of its customers. */
  readonly contacts: { readonly count: number };
  readonly counts: object;
  /** Requests since the last time that were not marked as direct ones. */
  readonly seen: object;
  readonly stop: object;
}

/** Answers of the twins. */
export interface TwinsAnswers {
  /** The quote's id. */
  readonly quote: string;
  readonly contacts: null;
  readonly counts: TwinsCounts;
  /** `POST /rest/v1/operations/credit`, in the order in which they came. */
  readonly seen: readonly string[];
  readonly stop: null;
}

/** How both stand. */
export interface TwinsCounts {
  /** Contacts of the CRM. */
  readonly contacts: number;
  /** Orders of the ERP. */
  readonly orders: number;
}

/** A request with this header is the bench's own. */
export const directHeader = "x-bench-direct";
