/** One Odoo with a connector on it, and people who work in it at the same time. */
import { odoo } from "@crossfoot/connector-odoo";
import { deskOf, odooPeople, odooPlace, prepareOdoo, startOdoo } from "crossfoot/testing";
import type { Desk, RunningOdoo } from "crossfoot/testing";
import { LiveConnector } from "../scenarios/live-connector.ts";
import type { ConnectorGround } from "../scenarios/live-connector.ts";

/** What a case works with. */
export interface Ground {
  readonly erp: RunningOdoo;
  readonly live: LiveConnector;
  /** An administrator's desk. */
  readonly desk: Desk;
}

const counts = {
  accounts: 20,
  contacts: 20,
  products: 55,
  pricebooks: 2,
  quotes: 7,
  orders: 5,
  invoices: 2,
  inventory: 102,
  shipments: 6,
};

/** Locks all entries up to a day that is long gone, as the bookkeeper does. */
export async function closeOdooBooks(desk: Desk): Promise<string> {
  const day = "2020-12-31";
  const ids = (await desk.find("res.company", [], ["name"])).map((row) => Number(row["id"]));
  await desk.call("res.company", "write", { ids, vals: { fiscalyear_lock_date: day } });
  return day;
}

function groundOf(erp: RunningOdoo, desk: Desk): ConnectorGround {
  return {
    connector: odoo,
    url: erp.url,
    options: { database: erp.database, user: erp.user, key: "erp-key", longestTransactionSeconds: 20 },
    secrets: { "erp-key": erp.key },
    people: odooPeople(desk),
    user: erp.user,
    counts,
    isMaking: ({ path, body = "" }) => path.endsWith("/create") || body.includes('"create",'),
    closeBooks: () => closeOdooBooks(desk),
    quote: { warehouse: "WH", unit: "pcs" },
    customer: "C00009",
    product: "P002",
  };
}

/** The ground on a database that was seeded, prepared and not touched. */
export async function groundOn(erp: RunningOdoo, protocol: "json2" | "jsonrpc" = "json2"): Promise<Ground> {
  const desk = deskOf({ ...erp, key: erp.adminKey });
  await prepareOdoo(desk);
  const ground = groundOf(erp, desk);
  const options = { ...ground.options, protocol };
  return { erp, desk, live: await LiveConnector.open({ ...ground, options }) };
}

/** A ground on an Odoo that is started for it. */
export async function openGround(): Promise<Ground> {
  const erp = await startOdoo(odooPlace(process.env));
  console.log(`Odoo answers after ${erp.startedInMs} ms at ${erp.url}, database ${erp.database}`);
  return groundOn(erp);
}
