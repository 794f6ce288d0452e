/** The connector on the server, and a person who works in it at the same time. */
import { odoo } from "@crossfoot/connector-odoo";
import { prepareOdoo } from "crossfoot/testing";
import type { Desk } from "crossfoot/testing";
import { closeOdooBooks } from "../../live/odoo/ground.ts";
import { LiveConnector } from "../../live/scenarios/live-connector.ts";
import { desk17, people17 } from "./desk.ts";
import { keys, seedCompany, users } from "./seed.ts";
import { openOdoo17 } from "./server.ts";

const database = "seventeen";
/** Records of the seed, by entity. */
const counts = {
  accounts: 6,
  contacts: 6,
  products: 9,
  pricebooks: 2,
  quotes: 3,
  orders: 2,
  invoices: 1,
  inventory: 16,
  shipments: 2,
};

/** What a case works with. */
export interface Connected {
  readonly live: LiveConnector;
  /** An administrator's desk. */
  readonly desk: Desk;
  close(): Promise<void>;
}

/** Opens all of it on a database that was seeded and not touched. */
export async function connected(): Promise<Connected> {
  const server = openOdoo17({ database, keys, clock: () => Date.now() });
  seedCompany(server, Date.now());
  const { url, close } = await server.listen();
  const desk = desk17({ url, database, user: users.admin, key: keys.admin });
  await prepareOdoo(desk);
  const live = await LiveConnector.open({
    connector: odoo,
    url,
    // The version is asked: the server has no page that tells it without JSON-RPC.
    options: { database, user: "sync", key: "erp-key", longestTransactionSeconds: 20 },
    secrets: { "erp-key": keys.sync },
    people: people17(desk),
    user: "sync",
    counts,
    isMaking: ({ body = "" }) => body.includes('"create",'),
    closeBooks: () => closeOdooBooks(desk),
    quote: { warehouse: "WH", unit: "pcs" },
    customer: "C00003",
    product: "P002",
  });
  return { live, desk, close };
}
