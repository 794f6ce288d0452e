import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection, OperationAbilities, Operations, PriceRequest } from "@crossfoot/connector-sdk";
import type { FailureRecord, JsonMap } from "@crossfoot/kernel";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import type { MiniSystem } from "./mini-system.ts";
import { orderWay } from "./order-way.ts";
import { customer, miniWorld } from "./world.ts";
import type { MiniWorld, MiniWorldOptions } from "./world.ts";

/** Two small systems with orders, in agreement, whose ERP answers what is asked while somebody waits. */
export interface OrderStage extends MiniWorld {
  /** What the ERP's operations do instead of answering; null lets them answer. */
  trouble: (() => Promise<never>) | null;
  /** Called before each reading of the CRM's accounts. */
  onRead: (() => Promise<void>) | null;
  /** Called before an order of the ERP is read to be carried to the CRM. */
  onCarry: (() => Promise<void>) | null;
  /** Operations that the ERP does not offer. */
  lacks: readonly (keyof Operations)[];
  /** What the ERP waits for before it says where a quote stands. */
  silence: Promise<void> | null;
  /** What the ERP's connector foresees of each quote; null is nothing. */
  foreseen: FailureRecord | null;
  /** Warehouse of an order that names none. */
  warehouse: string | null;
  readonly product: { readonly crm: string; readonly erp: string };
  /** What the ERP was asked to price. */
  readonly pricesAsked: PriceRequest[];
}

/** The ERP makes an order of a quote that becomes accepted. */
function ordering(erp: MiniSystem): Operations["quoteToOrder"] {
  return ({ quote }) =>
    Promise.resolve(orderWay(quote, erp.rows("orders").find(({ fields }) => fields["source"] === quote)?.id));
}

function priced(erp: MiniSystem): Operations["price"] {
  return ({ lines, currency, pricebook }) =>
    Promise.resolve({
      currency: currency ?? "EUR",
      pricebook,
      rows: lines.map(({ product, quantity, unit }) => {
        const row = erp.rows("products").find(({ id }) => id === product);
        if (row === undefined) throw new Error("an unknown product was asked for");
        const rule = { kind: "list_price", id: null, minQuantity: null } as const;
        const unitPrice = "10";
        const net = String(Number(unitPrice) * Number(quantity));
        return { ok: true, product, quantity, unit, unitPrice, discountPercent: "0", net, taxes: [], rule };
      }),
      totals: { net: "20", tax: "0", gross: "20" },
    });
}

/** Builds that stage: one customer and one product, linked on both sides. */
export async function orderStage(
  options: Partial<Pick<MiniWorldOptions, "database" | "wrapStore" | "change">> = {},
): Promise<OrderStage> {
  const state: Omit<OrderStage, keyof MiniWorld | "product"> = {
    ...{ trouble: null, onRead: null, onCarry: null, lacks: [], silence: null },
    ...{ foreseen: null, warehouse: null, pricesAsked: [] },
  };
  let systems: MiniWorld | null = null;
  const withOperations = (connection: Connection): Connection => {
    const erp = (): MiniSystem => (systems as MiniWorld).erp;
    const operations: Operations = {
      price: async (request) => {
        state.pricesAsked.push(request);
        return (state.trouble === null ? priced(erp())?.(request) : state.trouble()) as never;
      },
      quoteToOrder: async (request) => {
        await state.silence;
        return ordering(erp())?.(request) as never;
      },
      availability: ({ rows }) =>
        Promise.resolve({
          rows: rows.map(({ product, wanted }) => ({
            ...{ ok: true, product, isStocked: true, unit: "pcs", wanted: wanted?.quantity ?? null },
            places: ["MAIN", "FAR"].map((warehouse) => ({
              ...{ warehouse, onHand: "1", reserved: "0", incoming: "0", available: "1", availableAt: "1" },
              promisedFrom: warehouse === "FAR" && state.warehouse !== null ? "2026-01-01" : null,
            })),
          })),
        }),
      credit: ({ order }) => {
        if (order !== null && order.currency !== "EUR") {
          const message = "credit is kept in EUR";
          return Promise.reject(
            new ConnectorError({ failure: "invalid", code: "currency_differs", message }),
          );
        }
        const verdict = order === null ? "within" : "over";
        return Promise.resolve({
          ...{ currency: "EUR", limit: "10", openOrders: "0", notHeld: "0", openInvoices: "5", overdue: "0" },
          ...{ exposure: "5", free: "5", verdict, isRefused: order !== null, isHeld: false },
        });
      },
    };
    const abilities: OperationAbilities = {
      price: { linesMax: 50, isDated: false, namesRule: false },
      availability: { rowsMax: 50 },
      credit: { refuses: "confirm", measuredBy: "gross" },
      quoteToOrder: {
        ...{ keepsId: false, refuses: ["address_missing"] },
        get warehouse() {
          return state.warehouse;
        },
      },
    };
    const write: Connection["write"] = async (writes) => {
      const done = await connection.write(writes);
      for (const quote of erp().rows("quotes")) {
        const isMade = erp()
          .rows("orders")
          .some(({ fields }) => fields["source"] === quote.id);
        if (quote.fields["status"] === "accepted" && !isMade)
          erp().add("orders", {
            ...quote.fields,
            number: `SO-${quote.id}`,
            status: "open",
            source: quote.id,
          });
      }
      return done;
    };
    const readByIds: Connection["readByIds"] = async (request) => {
      if (request.entity === "orders") await state.onCarry?.();
      return connection.readByIds(request);
    };
    const manifest = { ...connection.manifest, operations: abilities };
    const isOffered = ([name]: readonly [string, unknown]): boolean =>
      !state.lacks.some((each) => each === name);
    return {
      ...{ ...connection, write, manifest, readByIds },
      foreseeRefusal: () => Promise.resolve(state.foreseen),
      get operations(): Operations {
        return Object.fromEntries(Object.entries(operations).filter(isOffered));
      },
    };
  };
  const mini = await miniWorld({
    database: (deps) => createMemoryStore(deps),
    ...options,
    hasDocuments: true,
    wrapConnection: (id, connection) =>
      id === "erp"
        ? withOperations(connection)
        : {
            ...connection,
            read: async (request) => {
              if (request.entity === "accounts") await state.onRead?.();
              return connection.read(request);
            },
          },
  });
  systems = mini;
  mini.crm.add("accounts", customer);
  const erp = mini.erp.add("products", { sku: "P1", name: "Bolt", unit: "pcs" });
  await mini.engine.run();
  const crm = mini.crm.rows("products")[0]?.id ?? "";
  return Object.assign(state, mini, { product: { crm, erp } }) as OrderStage;
}

/** Adds an accepted quote to the CRM; answers its id there. */
export function quoteOf({ crm, product }: OrderStage, change: JsonMap = {}): string {
  const account = crm.rows("accounts")[0]?.id ?? "";
  return crm.add("quotes", {
    ...{ number: "Q1", date: "2026-01-05", account, status: "accepted", currency: "EUR" },
    lines: [{ id: "1", product: product.crm, qty: "2", unit: "pcs", price: "9" }],
    ...change,
  });
}

interface Door {
  /** Resolves when somebody stands at it. */
  readonly reached: Promise<unknown>;
  readonly open: () => void;
}

/** Holds an order where it is about to be carried to the CRM. */
export function holdCarrying(stage: OrderStage): Door {
  const reached = Promise.withResolvers<undefined>();
  const opened = Promise.withResolvers<undefined>();
  stage.onCarry = async () => {
    reached.resolve(undefined);
    await opened.promise;
  };
  return { reached: reached.promise, open: () => opened.resolve(undefined) };
}
