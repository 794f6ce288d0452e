/** The calls that somebody waits for: as the ERP answers them itself, and as Crossfoot's API does. */
import { Pool } from "undici";
import { CRM_TOKEN, ERP_API_KEY } from "@crossfoot/twin";
import type { Twins } from "./open.ts";
import { directHeader } from "./talk.ts";

/** One call in both ways. `prepare` makes what is asked about; its time counts for neither. */
export interface Ask {
  readonly name: string;
  readonly isWrite: boolean;
  readonly prepare: (nth: number) => Promise<string>;
  /** Answers nothing; rejects when the answer is not what it should be. */
  readonly direct: (about: string) => Promise<unknown>;
  readonly through: (about: string) => Promise<unknown>;
}

/** Where both are asked. */
export interface AskPlace {
  readonly twins: Twins;
  /** Address of Crossfoot, and a key of its API. */
  readonly url: string;
  readonly token: string;
}

/** What calls go through, and the end of it. */
export interface Asks {
  readonly all: readonly Ask[];
  readonly close: () => Promise<void>;
}

interface Sent {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
}
type Send = (sent: Sent) => Promise<{ readonly [field: string]: unknown }>;

function sender(pool: Pool, headers: { readonly [name: string]: string }): Send {
  return async ({ method, path, body }) => {
    const own = body !== undefined ? { ...headers, "content-type": "application/json" } : { ...headers };
    const text = body === undefined ? null : JSON.stringify(body);
    const answer = await pool.request({ method, path, headers: own, body: text });
    const shown = await answer.body.text();
    if (answer.statusCode >= 202) throw new Error(`${method} ${path}: ${answer.statusCode} ${shown}`);
    return JSON.parse(shown) as { readonly [field: string]: unknown };
  };
}

/** Opens keep-alive clients to both. */
export function openAsks({ twins, url, token }: AskPlace): Asks {
  const pools = {
    crm: new Pool(twins.crm, { connections: 4 }),
    erp: new Pool(twins.erp, { connections: 4 }),
    api: new Pool(url, { connections: 4 }),
  };
  const crm = sender(pools.crm, { authorization: `Bearer ${CRM_TOKEN}`, [directHeader]: "1" });
  const erp = sender(pools.erp, { "x-api-key": ERP_API_KEY, [directHeader]: "1" });
  const send = sender(pools.api, { authorization: `Bearer ${token}` });
  const api: Send = async (sent) => {
    const body = await send({ ...sent, path: `/api/v1${sent.path}` });
    const { freshness } = body as { readonly freshness?: { readonly kind: string } };
    if (freshness !== undefined && freshness.kind !== "now") throw new Error(`${sent.path}: a stale answer`);
    return body;
  };
  const ways = { crm, erp, api };
  return {
    all: [...questions(twins, ways), preflight(twins, ways), order({ twins, pools, token }, ways)],
    close: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.close()));
    },
  };
}

interface Ordering extends Pick<AskPlace, "twins" | "token"> {
  readonly pools: { readonly api: Pool };
}

interface Ways {
  readonly crm: Send;
  readonly erp: Send;
  readonly api: Send;
}

const nothing = (): Promise<string> => Promise.resolve("");

/** What is asked of the ERP by one question each. */
function erpQuestions(
  { account, products }: Twins,
  erp: Send,
): { readonly [name in "price" | "availability" | "credit"]: () => Promise<unknown> } {
  const operation = (name: string, body: object): Promise<unknown> =>
    erp({ method: "POST", path: `/rest/v1/operations/${name}`, body });
  const lines = products.map(({ erp: id, uom }) => ({ item_id: id, qty: "1", uom }));
  return {
    price: () => operation("order_preview", { customer_id: account.erp, currency: "EUR", lines }),
    availability: () => operation("availability", { lines }),
    credit: () => operation("credit", { customer_id: account.erp, amount: "1.00", currency: "EUR" }),
  };
}

function questions(twins: Twins, { erp, api }: Ways): readonly Ask[] {
  const { account, products, order: id } = twins;
  const direct = erpQuestions(twins, erp);
  const ask = (name: string, ways: Pick<Ask, "direct" | "through">): Ask => {
    return { name, isWrite: false, prepare: nothing, ...ways };
  };
  const rows = products.map((each) => ({ product: `crm:${each.crm}`, quantity: "1", unit: each.unit }));
  const customer = `crm:${account.crm}`;
  return [
    ask("order status", {
      direct: async () => {
        await erp({ method: "GET", path: `/rest/v1/sales_orders?id=${id}&limit=1` });
        await erp({ method: "GET", path: `/rest/v1/shipments?order_id=${id}&limit=200` });
      },
      through: () => api({ method: "GET", path: `/orders/erp:${id}/status` }),
    }),
    ask("availability", {
      direct: direct.availability,
      through: () => api({ method: "POST", path: "/availability", body: { rows } }),
    }),
    ask("price", {
      direct: direct.price,
      through: () =>
        api({ method: "POST", path: "/prices", body: { account: customer, currency: "EUR", lines: rows } }),
    }),
    ask("credit", {
      direct: direct.credit,
      through: () => {
        const body = { account: customer, order: { amount: "1.00", currency: "EUR" } };
        return api({ method: "POST", path: "/credit-checks", body });
      },
    }),
  ];
}

/** What the CRM and the ERP are asked about a quote: the price comes before what needs its totals. */
function preflight(twins: Twins, { crm, erp, api }: Ways): Ask {
  const direct = erpQuestions(twins, erp);
  let quote: string | null = null;
  return {
    name: "preflight",
    isWrite: false,
    prepare: async (nth) => (quote ??= await twins.ask("quote", { nth })),
    direct: async (about) => {
      await crm({ method: "GET", path: `/api/v2/quotes/${about}` });
      await direct.price();
      await Promise.all([direct.availability(), direct.credit()]);
    },
    through: (about) => api({ method: "POST", path: "/preflight", body: { quote: `crm:${about}` } }),
  };
}

/** A won quote becomes an order. Directly: written into the ERP, validated and confirmed, and no more. */
function order({ twins, pools: { api: pool }, token }: Ordering, { erp }: Ways): Ask {
  const { account, products } = twins;
  const step = async (path: string, body: object): Promise<{ readonly [field: string]: unknown }> =>
    erp({ method: "POST", path: `/rest/v1/sales_quotes${path}`, body });
  return {
    name: "quote to order",
    isWrite: true,
    prepare: (nth) => twins.ask("quote", { nth }),
    direct: async (about) => {
      const { id } = await step("", {
        ...{ customer_id: account.erp, currency: "EUR", warehouse: "MAIN", terms: "N30" },
        ...{ external_ref: `direct-${about}`, customer_reference: `PO-${about}` },
        lines: products.map((each) => ({ item_id: each.erp, qty: "1", uom: each.uom, price: "0.02" })),
      });
      await step(`/${String(id)}/actions/validate`, {});
      const { order_id } = await step(`/${String(id)}/actions/confirm`, {});
      if (typeof order_id !== "number") throw new Error(`the ERP made no order of ${String(id)}`);
    },
    through: async (about) => {
      const headers = { authorization: `Bearer ${token}`, "idempotency-key": `bench-${about}` };
      const { kind } = await sender(
        pool,
        headers,
      )({
        method: "POST",
        path: `/api/v1/quotes/crm:${about}/order`,
      });
      if (kind !== "ordered") throw new Error(`the quote ${about} is ${String(kind)}`);
    },
  };
}
