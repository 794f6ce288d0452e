// Made from the OpenAPI document by packages/api/src/client-code.ts; a test keeps both equal.
import type { OperationRoute } from "../operation.ts";

/** What is asked and answered by the operations of "In the moment". */
export interface InTheMomentOperations {
  /** Make the order of a quote that is accepted in the CRM, or of a part of one. */
  readonly orderQuote: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly accepted?: readonly { readonly line: string; readonly quantity: string }[];
      readonly rest?: "keep" | "close";
      readonly olderRevision?: boolean;
    };
    readonly answer:
      | {
        readonly status: 200;
        readonly body: {
          readonly kind: "ordered";
          readonly order: {
            readonly names: readonly string[];
            readonly number: string | null;
          };
          readonly isMadeNow: boolean;
          readonly rest: string | null;
        };
      }
      | {
        readonly status: 202;
        readonly body: { readonly kind: "pending"; readonly message: unknown };
      };
  };
  /** Where a quote stands on its way to its order, without doing anything. */
  readonly orderOfQuote: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer:
      | {
        readonly status: 200;
        readonly body: {
          readonly kind: "ordered";
          readonly order: {
            readonly names: readonly string[];
            readonly number: string | null;
          };
          readonly isMadeNow: boolean;
          readonly rest: string | null;
        };
      }
      | {
        readonly status: 202;
        readonly body: { readonly kind: "pending"; readonly message: unknown };
      };
  };
  /** Everything about a quote before it becomes an order, without any effect. */
  readonly preflightQuote: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly quote: string;
      readonly accepted?: readonly { readonly line: string; readonly quantity: string }[];
    };
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly freshness: {
          readonly kind: "now" | "stale";
          readonly ageSeconds: number;
          readonly reason: string | null;
        };
        readonly answer: {
          readonly verdict: "blocked" | "differs" | "warning" | "ok";
          readonly findings: readonly ({
            readonly verdict: "blocked" | "differs" | "warning" | "ok";
            readonly code: string;
            readonly message: string;
            readonly quoted: string | null;
            readonly found: string | null;
            readonly fix: string;
          })[];
          readonly lines: readonly ({
            readonly key: string;
            readonly place: number;
            readonly product: string | null;
            readonly verdict: "blocked" | "differs" | "warning" | "ok";
            readonly findings: readonly ({
              readonly verdict: "blocked" | "differs" | "warning" | "ok";
              readonly code: string;
              readonly message: string;
              readonly quoted: string | null;
              readonly found: string | null;
              readonly fix: string;
            })[];
            readonly promisedFrom: string | null;
            readonly plannedFrom: string | null;
          })[];
          readonly totals:
            | {
                readonly net: string;
                readonly tax: string;
                readonly gross: string;
              }
            | null;
          readonly currency: string | null;
          readonly credit:
            | {
                readonly currency: string;
                readonly limit?: string | null;
                readonly openOrders: string;
                readonly notHeld: string;
                readonly openInvoices: string;
                readonly overdue: string;
                readonly exposure: string;
                readonly free?: string | null;
                readonly verdict: "no_limit" | "within" | "over";
                readonly isRefused: boolean;
                readonly isHeld: boolean;
              }
            | null;
        };
      };
    };
  };
  /** What the ERP would charge. */
  readonly askPrices: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly account: string;
      readonly pricebook?: string | null;
      readonly currency?: string | null;
      readonly date?: string | null;
      readonly lines: readonly ({
        readonly product: string;
        readonly quantity: string;
        readonly unit?: string | null;
      })[];
    };
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly freshness: {
          readonly kind: "now" | "stale";
          readonly ageSeconds: number;
          readonly reason: string | null;
        };
        readonly answer: {
          readonly currency: string;
          readonly pricebook: string | null;
          readonly rows: readonly (
            | {
                readonly ok: true;
                readonly product: string;
                readonly quantity: string;
                readonly unit: string;
                readonly unitPrice: string;
                readonly discountPercent: string;
                readonly net: string;
                readonly taxes: readonly ({
                  readonly name: string;
                  readonly percent: string | null;
                })[];
                readonly rule: {
                  readonly kind: "rule" | "pricebook" | "list_price" | "unknown";
                  readonly id: string | null;
                  readonly minQuantity: string | null;
                };
              }
            | {
                readonly ok: false;
                readonly failure: {
                  readonly failure: string;
                  readonly code: string;
                  readonly message: string;
                  readonly status: number | null;
                  readonly retryAt: number | null;
                  readonly requestId: string | null;
                  readonly field: string | null;
                };
              })[];
          readonly totals:
            | {
                readonly net: string;
                readonly tax: string;
                readonly gross: string;
              }
            | null;
        };
      };
    };
  };
  /** What is on hand, and what can be promised by when. */
  readonly askAvailability: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly rows: readonly ({
        readonly product: string;
        readonly quantity?: string | null;
        readonly unit?: string | null;
      })[];
      readonly warehouses?: readonly string[] | null;
      readonly date?: string | null;
    };
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly freshness: {
          readonly kind: "now" | "stale";
          readonly ageSeconds: number;
          readonly reason: string | null;
        };
        readonly answer: {
          readonly rows: readonly (
            | {
                readonly ok: true;
                readonly product: string;
                readonly isStocked: boolean;
                readonly unit: string;
                readonly wanted: string | null;
                readonly places: readonly ({
                  readonly warehouse: string;
                  readonly onHand: string;
                  readonly reserved: string;
                  readonly incoming: string;
                  readonly available: string;
                  readonly availableAt: string;
                  readonly promisedFrom: string | null;
                })[];
                readonly plannedFrom?: string | null;
              }
            | {
                readonly ok: false;
                readonly failure: {
                  readonly failure: string;
                  readonly code: string;
                  readonly message: string;
                  readonly status: number | null;
                  readonly retryAt: number | null;
                  readonly requestId: string | null;
                  readonly field: string | null;
                };
              })[];
        };
      };
    };
  };
  /** How far a customer's credit is used, and what the ERP would say to one more order. */
  readonly checkCredit: {
    readonly path: { readonly [key: string]: never };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly account: string;
      readonly order?:
        | { readonly amount: string; readonly currency: string }
        | null;
    };
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly freshness: {
          readonly kind: "now" | "stale";
          readonly ageSeconds: number;
          readonly reason: string | null;
        };
        readonly answer: {
          readonly currency: string;
          readonly limit?: string | null;
          readonly openOrders: string;
          readonly notHeld: string;
          readonly openInvoices: string;
          readonly overdue: string;
          readonly exposure: string;
          readonly free?: string | null;
          readonly verdict: "no_limit" | "within" | "over";
          readonly isRefused: boolean;
          readonly isHeld: boolean;
        };
      };
    };
  };
  /** How far an order has come. */
  readonly orderStatus: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly freshness: {
          readonly kind: "now" | "stale";
          readonly ageSeconds: number;
          readonly reason: string | null;
        };
        readonly answer: {
          readonly ok: true;
          readonly order: string;
          readonly number: string | null;
          readonly state: string;
          readonly delivered: "none" | "part" | "full";
          readonly invoiced: "none" | "part" | "full";
          readonly promisedDate: string | null;
          readonly lines: readonly ({
            readonly id: string;
            readonly product: string | null;
            readonly unit: string;
            readonly ordered: string;
            readonly delivered: string | null;
            readonly invoiced: string;
            readonly promisedDate: string | null;
          })[];
          readonly shipments: readonly ({
            readonly id: string;
            readonly number: string | null;
            readonly state: string;
            readonly plannedDate: string | null;
            readonly doneDate: string | null;
            readonly carrier: string | null;
            readonly tracking: string | null;
          })[];
        };
      };
    };
  };
  /** Have the ERP cancel an order, where the contract leaves that to the CRM. */
  readonly cancelOrder: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: { readonly reason: string };
    readonly answer:
      | {
        readonly status: 200;
        readonly body: {
          readonly kind: "cancelled";
          readonly order: {
            readonly names: readonly string[];
            readonly number: string | null;
          };
          readonly isDoneNow: boolean;
        };
      }
      | {
        readonly status: 202;
        readonly body: { readonly kind: "pending"; readonly message: unknown };
      };
  };
  /** Whether an order would be cancelled if somebody asked now, without doing anything. */
  readonly cancellationOfOrder: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer:
      | {
        readonly status: 200;
        readonly body:
          | {
              readonly kind: "cancelled";
              readonly order: {
                readonly names: readonly string[];
                readonly number: string | null;
              };
              readonly isDoneNow: boolean;
            }
          | { readonly kind: "possible"; readonly state: string };
      }
      | {
        readonly status: 202;
        readonly body: { readonly kind: "pending"; readonly message: unknown };
      };
  };
  /** Have the ERP change an order, as far as the contract leaves that to the CRM. */
  readonly changeOrder: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly lines?: readonly { readonly line: string; readonly quantity: string }[];
      readonly add?: readonly ({
        readonly name: string;
        readonly product: string;
        readonly quantity: string;
        readonly unit?: string | null;
      })[];
      readonly requestedDate?: string | null;
      readonly customerOrderNumber?: string | null;
      readonly quote?: string | null;
      readonly version?: string | null;
      readonly reason: string;
    };
    readonly answer:
      | {
        readonly status: 200;
        readonly body: {
          readonly kind: "changed";
          readonly order: {
            readonly names: readonly string[];
            readonly number: string | null;
          };
          readonly changes: readonly ({
            readonly line: string | null;
            readonly field: string;
            readonly from: string | null;
            readonly to: string | null;
          })[];
          readonly isDoneNow: boolean;
        };
      }
      | {
        readonly status: 202;
        readonly body: { readonly kind: "pending"; readonly message: unknown };
      };
  };
  /** How an order stands, line by line, and whether a change of it is under way. */
  readonly changeOfOrder: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: null;
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly kind: "standing";
        readonly order: {
          readonly names: readonly string[];
          readonly number: string | null;
        };
        readonly state: string;
        readonly version: string | null;
        readonly isUnderWay: boolean;
        readonly bound: string | null;
        readonly requestedDate: string | null;
        readonly customerOrderNumber: string | null;
        readonly lines: readonly ({
          readonly line: string;
          readonly product: string | null;
          readonly quantity: string | null;
          readonly unit: string | null;
          readonly done: string | null;
        })[];
      };
    };
  };
  /** What a change of an order would come to, and what of it would be refused, without doing anything. */
  readonly previewChange: {
    readonly path: { readonly id: string };
    readonly query: { readonly [key: string]: never };
    readonly body: {
      readonly lines?: readonly { readonly line: string; readonly quantity: string }[];
      readonly add?: readonly ({
        readonly name: string;
        readonly product: string;
        readonly quantity: string;
        readonly unit?: string | null;
      })[];
      readonly requestedDate?: string | null;
      readonly customerOrderNumber?: string | null;
      readonly quote?: string | null;
      readonly version?: string | null;
    };
    readonly answer: {
      readonly status: 200;
      readonly body: {
        readonly kind: "possible";
        readonly state: string;
        readonly version: string | null;
        readonly changes: readonly ({
          readonly line: string | null;
          readonly field: string;
          readonly from: string | null;
          readonly to: string | null;
        })[];
        readonly refusals: readonly ({
          readonly line: string | null;
          readonly code: string;
          readonly why: string;
        })[];
      };
    };
  };
}

/** Where the operations of "In the moment" are. */
export const inTheMomentRoutes: { readonly [id in keyof InTheMomentOperations]: OperationRoute } = {
  orderQuote: { method: "POST", path: "/quotes/{id}/order", isKeyed: true, isTimed: true },
  orderOfQuote: { method: "GET", path: "/quotes/{id}/order", isKeyed: false, isTimed: true },
  preflightQuote: { method: "POST", path: "/preflight", isKeyed: false, isTimed: true },
  askPrices: { method: "POST", path: "/prices", isKeyed: false, isTimed: true },
  askAvailability: { method: "POST", path: "/availability", isKeyed: false, isTimed: true },
  checkCredit: { method: "POST", path: "/credit-checks", isKeyed: false, isTimed: true },
  orderStatus: { method: "GET", path: "/orders/{id}/status", isKeyed: false, isTimed: true },
  cancelOrder: { method: "POST", path: "/orders/{id}/cancel", isKeyed: true, isTimed: true },
  cancellationOfOrder: { method: "GET", path: "/orders/{id}/cancel", isKeyed: false, isTimed: true },
  changeOrder: { method: "POST", path: "/orders/{id}/change", isKeyed: true, isTimed: true },
  changeOfOrder: { method: "GET", path: "/orders/{id}/change", isKeyed: false, isTimed: true },
  previewChange: {
    method: "POST",
    path: "/orders/{id}/change-preview",
    isKeyed: false,
    isTimed: true,
  },
};
