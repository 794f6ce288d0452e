import { odoo } from "@crossfoot/connector-odoo";
import { prepareOdoo } from "crossfoot/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { bookCases, quoteCases, readingCases, writingCases } from "../live/scenarios/connector-cases.ts";
import { closeOdooBooks } from "../live/odoo/ground.ts";
import { LiveConnector } from "../live/scenarios/live-connector.ts";
import { questionCases } from "../live/scenarios/question-cases.ts";
import { desk17, people17 } from "./odoo17/desk.ts";
import { keys, seedCompany, users } from "./odoo17/seed.ts";
import { openOdoo17 } from "./odoo17/server.ts";

const database = "seventeen";
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

describe("the Odoo connector against Odoo 17 as it was recorded", () => {
  let opened: LiveConnector | undefined;
  let close: () => Promise<void> = async () => undefined;
  const live = (): LiveConnector => {
    if (opened === undefined) throw new Error("the server is not up");
    return opened;
  };
  beforeAll(async () => {
    const server = openOdoo17({ database, keys, clock: () => Date.now() });
    seedCompany(server, Date.now());
    const up = await server.listen();
    close = up.close;
    const desk = desk17({ url: up.url, database, user: users.admin, key: keys.admin });
    await prepareOdoo(desk);
    opened = await LiveConnector.open({
      connector: odoo,
      url: up.url,
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
  });
  afterAll(async () => close());

  readingCases(live);
  writingCases(live);
  quoteCases(live);
  questionCases(live);
  bookCases(live);
});
