import { externalId } from "@crossfoot/kernel";
import { ConnectorError, failureRecord } from "../failure.ts";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { readOnlyAbilities } from "../manifest.ts";
import type { OperationAbilities, Transition } from "../manifest.ts";
import type { Operations, OrderStatus, RefusedRow, StockedRow } from "../operations.ts";
import type { Connection } from "../ports.ts";
import type { OperationCases } from "./check-operations.ts";

/** Asks the fake system for a path; `isWrite` is what the connector says of the call. */
export type Ask = (path: string, isWrite?: boolean) => Promise<void>;

/** Whether the fake system's own rules call a request a mere reading. */
export const isFakeRead = ({ path }: HttpRequest): boolean => path.startsWith("/read");

/** Answers every request with nothing. */
export const emptyHttp = async (): Promise<HttpAnswer> => ({ status: 200, headers: {}, body: "" });

const gone: RefusedRow = {
  ok: false,
  failure: failureRecord(
    new ConnectorError({ failure: "invalid", code: "record_gone", message: "no such record" }),
  ),
};
const isKnown = (id: string): boolean => id !== "404";
const confirm: Transition = { from: "sent", to: "converted", via: "confirm" };

const abilities: OperationAbilities = {
  price: { linesMax: 10, isDated: false, namesRule: true },
  availability: { rowsMax: 10 },
  credit: { refuses: "confirm", measuredBy: "net" },
  orderStatus: { rowsMax: 10, tracks: true },
  quoteToOrder: { keepsId: true },
};

/** Requests to every operation of the fake. */
export const fakeCases: OperationCases = {
  unknown: externalId("404"),
  price: [
    {
      customer: externalId("1"),
      pricebook: null,
      currency: null,
      date: null,
      lines: [
        { product: externalId("7"), quantity: "3", unit: "u" },
        { product: externalId("8"), quantity: "1", unit: "u" },
      ],
    },
  ],
  availability: [
    {
      rows: [{ product: externalId("7"), wanted: { quantity: "6", unit: "u" } }],
      warehouses: ["WH"],
      date: null,
    },
  ],
  credit: [{ customer: externalId("1"), order: { amount: "60", currency: "EUR" } }],
  orderStatus: [{ orders: [externalId("5")] }],
  quoteToOrder: [{ quote: externalId("5") }, { quote: externalId("6") }],
};

/** Operations of a system that does all as it should; each asks the system first. */
export function fakeOperations(ask: Ask): Required<Operations> {
  return {
    price: async ({ lines }) => {
      await ask("/read/price");
      const rows = lines.map(({ product, quantity, unit }) =>
        isKnown(product)
          ? {
              ok: true as const,
              product,
              quantity,
              unit,
              unitPrice: "0.33",
              discountPercent: "5",
              net: quantity === "3" ? "0.94" : "0.31",
              taxes: [{ name: "VAT", percent: "20" }],
              rule: { kind: "rule" as const, id: "9", minQuantity: null },
            }
          : gone,
      );
      const isWhole = rows.every(({ ok }) => ok);
      // 4 x 0.33 less 5 % is 1.254; the rows, rounded each, make 1.25.
      const totals = isWhole ? { net: "1.25", tax: "0.25", gross: "1.5" } : null;
      return { currency: "EUR", pricebook: externalId("2"), rows, totals };
    },
    availability: async ({ rows }) => {
      await ask("/read/stock");
      return {
        rows: rows.map(({ product, wanted }) =>
          isKnown(product) ? stocked(product, wanted?.quantity ?? null) : gone,
        ),
      };
    },
    credit: async ({ customer, order }) => {
      await ask("/read/credit");
      if (!isKnown(customer)) throw new ConnectorError({ ...gone.failure });
      const isOver = Number(order?.amount ?? "0") + 50 > 100;
      return {
        currency: "EUR",
        limit: "100",
        openOrders: "30",
        notHeld: "0",
        openInvoices: "20",
        overdue: "5",
        exposure: "50",
        free: "50",
        verdict: isOver ? "over" : "within",
        isRefused: isOver,
        isHeld: false,
      };
    },
    orderStatus: async ({ orders }) => {
      await ask("/read/orders");
      return orders.map((order) => (isKnown(order) ? status(order) : gone));
    },
    quoteToOrder: async ({ quote }) => {
      await ask("/read/quote");
      if (!isKnown(quote)) return { kind: "closed", failure: gone.failure };
      if (quote === "6") return { kind: "ordered", order: quote, number: "SO6" };
      const write = { entity: "quotes", kind: "transition", id: quote, precondition: "1" } as const;
      return { kind: "write", write: { ...write, transition: confirm }, concerns: [] };
    },
  };
}

function stocked(product: StockedRow["product"], wanted: string | null): StockedRow {
  const place = { warehouse: "WH", onHand: "10", reserved: "4", incoming: "0", available: "6" };
  const promisedFrom = wanted === null ? null : "2026-11-26";
  const places = [{ ...place, availableAt: "6", promisedFrom }];
  return { ok: true, product, isStocked: true, unit: "u", wanted, places };
}

function status(order: OrderStatus["order"]): OrderStatus {
  const line = { id: "1", product: externalId("7"), unit: "u", ordered: "5", promisedDate: "2026-12-01" };
  return {
    ok: true,
    order,
    number: "SO5",
    state: "part_delivered",
    delivered: "part",
    invoiced: "none",
    promisedDate: "2026-12-01",
    lines: [{ ...line, delivered: "2", invoiced: "0" }],
    shipments: [],
  };
}

/** A connection of which only the manifest and the operations are there. */
export function fakeConnection(operations: Operations, declared: OperationAbilities = abilities): Connection {
  const none = async (): Promise<never> => {
    throw new ConnectorError({ failure: "unsupported", code: "not_here", message: "a fake of operations" });
  };
  return {
    manifest: {
      system: "fake",
      title: "Fake",
      entities: {
        quotes: {
          ...readOnlyAbilities("quote", 1),
          precondition: "conditional",
          transitions: [confirm],
        },
      },
      horizonMs: 0,
      commitLagMs: 0,
      stampGranularityMs: 1,
      webhooks: false,
      operations: declared,
    },
    describe: none,
    read: none,
    readByIds: none,
    readIds: none,
    write: none,
    probe: none,
    recordUrl: () => null,
    receive: () => ({ ok: false, fault: "forged", reason: "no webhooks" }),
    operations,
  };
}
