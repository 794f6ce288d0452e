/** The server as the scenarios of the real systems want one. */
import { prepareOdoo } from "crossfoot/testing";
import type { Desk } from "crossfoot/testing";
import type { LiveErp, LiveSystem } from "../../live/scenarios/live-erp.ts";
import { deleteOdooPartner, isReadingOdoo, seedOdooProducts, tellOdoo } from "../../live/odoo/live-erp.ts";
import { desk17, people17 } from "./desk.ts";
import { keys, seedCompany, users } from "./seed.ts";
import { openOdoo17 } from "./server.ts";

const database = "seventeen";

/** Odoo 17 as it was recorded. */
export const odoo17: LiveSystem = {
  name: "odoo",
  title: "Odoo 17 as it was recorded",
  reason: null,
  open: () => openOdoo17System(),
};

/** Odoo 17 as it was recorded, with an administrator's desk. */
export async function openOdoo17System(): Promise<LiveErp & { readonly desk: Desk }> {
  const begun = performance.now();
  const odoo = openOdoo17({ database, keys, clock: () => Date.now() });
  seedCompany(odoo, Date.now());
  const { url, close } = await odoo.listen();
  const desk = desk17({ url, database, user: users.admin, key: keys.admin });
  await prepareOdoo(desk);
  return {
    desk,
    url,
    startedInMs: Math.round(performance.now() - begun),
    people: people17(desk),
    user: "sync",
    numbersCustomers: false,
    changesOrders: "all",
    goods: { code: "P002", warehouse: "WH" },
    taxPercent: 19,
    isReading: isReadingOdoo,
    connection: (longestTransactionSeconds) => ({
      yaml: [
        "connector: odoo",
        "options:",
        `  database: ${database}`,
        "  user: sync",
        "  key: key",
        "  version: 17",
        "  warehouse: WH",
        `  longestTransactionSeconds: ${longestTransactionSeconds}`,
        'secrets: { key: "file:secrets/key" }',
      ],
      secrets: { key: keys.sync },
    }),
    seedProducts: (products) => seedOdooProducts(desk, { products, kind: { type: "product" } }),
    deleteCustomer: (id) => deleteOdooPartner(desk, id),
    tell: () => tellOdoo(desk),
    stop: close,
  };
}
