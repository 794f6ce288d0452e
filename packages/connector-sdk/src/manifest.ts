/**
 * What a system can and cannot do. The engine adapts to it; claiming a stronger form than the system has is
 * a defect.
 */
export interface Manifest {
  /** Kind of system, such as `tryton` or `http`. */
  readonly system: string;
  readonly title: string;
  readonly entities: { readonly [entity: string]: EntityAbilities };
  /** Horizon of INVARIANTS.md 1.11 in ms: after it, a probe that finds nothing proves absence. */
  readonly horizonMs: number;
  /**
   * Longest time between a record's stamp and the moment it can be read, in ms; the overlap read again each
   * poll.
   */
  readonly commitLagMs: number;
  /**
   * How long a reading may still show what was there before an answered write, ms (fault R1). Missing or 0:
   * what is read is what is.
   */
  readonly readLagMs?: number;
  /** Granularity of the system's own stamps in ms. */
  readonly stampGranularityMs: number;
  /** Scopes that the connection asks for when it signs in, where the system has such. */
  readonly scopes?: readonly string[];
  /** Whether webhooks are offered. */
  readonly webhooks: boolean;
  /**
   * Status that makes the sender try again later when we have no room: 429 when it is missing. Some give a
   * delivery up for good on 429.
   */
  readonly webhookBusyStatus?: 429 | 503;
  /** What is answered in the moment; an operation that is missing here is not offered. */
  readonly operations?: OperationAbilities;
}

/** Abilities of the operations of a system. */
export interface OperationAbilities {
  readonly price?: {
    /** Lines in one request. */
    readonly linesMax: number;
    /** Whether the day of the order chooses among the rules of a price list. */
    readonly isDated: boolean;
    /** Whether the answer names the rule that made a price. */
    readonly namesRule: boolean;
  };
  readonly availability?: {
    /** Products in one request. */
    readonly rowsMax: number;
  };
  readonly credit?: {
    /** When an order beyond the limit is refused by the system itself. */
    readonly refuses: "confirm" | "never";
    /** What of an order counts against the limit: its amount without or with tax. */
    readonly measuredBy: "net" | "gross";
    /** Whose limit an order counts against: that of its customer, as without, or of whom is billed. */
    readonly of?: "account" | "billTo";
  };
  readonly orderStatus?: {
    /** Orders in one request. */
    readonly rowsMax: number;
    /** Whether shipments can carry a tracking number. */
    readonly tracks: boolean;
  };
  readonly quoteToOrder?: {
    /** Whether the order has the id of its quote. */
    readonly keepsId: boolean;
    /** What makes the system refuse an order, where no answer of the other operations tells it. */
    readonly refuses?: readonly OrderRule[];
    /** Code of the warehouse that an order gets which names none; null or missing where it gets none. */
    readonly warehouse?: string | null;
    /** Whether all of an order is planned for the latest day of its lines; each for its own when missing. */
    readonly sendsTogether?: boolean;
  };
}

/**
 * A rule by which a system refuses an order: a line without a price; a line whose price is zero; counted
 * goods without a warehouse; a warehouse that is not among the places of its own stock answers; a customer
 * without any address.
 */
export type OrderRule =
  | "price_missing"
  | "price_zero"
  | "warehouse_missing"
  | "warehouse_unknown"
  | "address_missing";

/** Abilities of one entity in one system. */
export interface EntityAbilities {
  /** Native record type or types this entity is read from, for messages. */
  readonly object: string;
  /** `since`: changes since a stamp; `all`: every read is a full listing (a projection without stamps). */
  readonly incremental: "since" | "all";
  /** Whether `readIds` is complete, so that an id missing from it proves a delete. */
  readonly listsIds: boolean;
  readonly create: boolean;
  readonly update: boolean;
  readonly archive: boolean;
  /** Whether an archived record can be brought back; false when missing. */
  readonly unarchive?: boolean;
  /**
   * Whether the system joins two records by itself: what referred to the one refers to the other, and readers
   * are told that it was merged; false when missing.
   */
  readonly merge?: boolean;
  /** Whether a record that was merged can be one of its own again, under its id; false when missing. */
  readonly unmerge?: boolean;
  /**
   * Whether a note can be put on a record, which the system keeps once under our key however often it is
   * sent; false when missing.
   */
  readonly notes?: boolean;
  /** Writes one record moves in one call; 1 when there is no batch. */
  readonly writeBatchMax: number;
  /** Ids that `readByIds` takes in one call. */
  readonly readBatchMax: number;
  /**
   * `conditional`: the system refuses a stale version; `compare`: read before write; the window is
   * measured.
   */
  readonly precondition: "conditional" | "compare" | "none";
  /** Strongest way to settle a create in doubt. */
  readonly createProof: "unique_key" | "reference" | "fingerprint" | "none";
  /** Native field (root) that stores our reference, when there is one. */
  readonly referenceField: string | null;
  /** Whether an answer to a write carries the record as stored, so that no read-back is needed. */
  readonly answersRecord: boolean;
  /**
   * How a line goes away from a document that stands: its row does, or it stays with the quantity zero; `row`
   * when missing.
   */
  readonly lineRemoval?: "row" | "zero";
  /** State changes the system offers, for the canonical status field. */
  readonly transitions: readonly Transition[];
  /** Canonical status of a record just created by us, before any transition; null when it has none. */
  readonly initialStatus: string | null;
}

/**
 * Abilities of an entity that is read by stamps and never written: the least that an entity offers, which a
 * written one is spread over. It has no precondition because nothing is ever written to it.
 */
export const readOnlyAbilities = (object: string, readBatchMax: number): EntityAbilities => ({
  object,
  incremental: "since",
  listsIds: true,
  create: false,
  update: false,
  archive: false,
  writeBatchMax: 1,
  readBatchMax,
  precondition: "none",
  createProof: "none",
  referenceField: null,
  answersRecord: false,
  transitions: [],
  initialStatus: null,
});

/**
 * State changes of a quote in a system that gives out, confirms, cancels and reopens one by an action each.
 * Confirming makes an order of it, which is read as the quote `converted`; it is offered for both names of
 * what the CRM wants.
 */
export const quoteTransitionsBy = (via: {
  readonly send: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly reopen: string;
}): readonly Transition[] => [
  { from: "draft", to: "sent", via: via.send },
  { from: "sent", to: "accepted", via: via.confirm },
  { from: "sent", to: "converted", via: via.confirm },
  { from: "draft", to: "cancelled", via: via.cancel },
  { from: "sent", to: "cancelled", via: via.cancel },
  { from: "sent", to: "draft", via: via.reopen },
  { from: "cancelled", to: "draft", via: via.reopen },
];

/** One state change: from one canonical status to another, by a native action. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  /** Native name of the action, such as a button or an endpoint. */
  readonly via: string;
}
