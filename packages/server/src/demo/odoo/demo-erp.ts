import type { DemoErpKind } from "../erp-stage.ts";
import { deskOf } from "./desk.ts";
import { startOdoo } from "./erp.ts";
import { odooPeople } from "./people.ts";
import { prepareOdoo } from "./prepare.ts";
import { odooSeed } from "./seed.ts";

/** The last customer in Germany; those after it are abroad. */
const lastAtHome = 13;

/** Odoo in the demo. */
export const odooInDemo: DemoErpKind = {
  name: "odoo",
  title: "Odoo 19",
  createsQuote: ({ path }) => path === "/json/2/sale.order/create",
  taxRates: { standard: "19" },
  // Every fifth may owe 1000.00 only, which daily work would meet.
  isForDailyWork: (customer) => customer % 5 !== 0 && customer <= lastAtHome,
  overLimit: {
    expected: "Odoo only warns, so that it is an order, once",
    isRight: ({ status }) => status === "converted",
  },
  bad: {
    // Odoo looks at a VAT number once it knows the country.
    fields: {
      name: "Marmalade Mills GmbH",
      taxId: "DE123456789",
      billingAddress: {
        street: "7 Jam Street",
        street2: null,
        city: "Marmelow",
        postalCode: "99199",
        region: null,
        country: "DE",
      },
    },
    why: "with a VAT number whose check digit is wrong",
    isBlamed: ({ code }) => code === "tax_id_invalid",
  },
  start: async (start) => {
    const erp = await startOdoo(start);
    const desk = deskOf({ ...erp, key: erp.adminKey });
    await prepareOdoo(desk);
    return {
      ...erp,
      people: odooPeople(desk),
      integration: erp.user,
      seed: () => odooSeed(desk),
      connectionAt: (address) => ({
        yaml: [
          "connector: odoo",
          "role: erp",
          `address: ${address}`,
          "timeoutSeconds: 120",
          "options:",
          `  database: ${erp.database}`,
          `  user: ${erp.user}`,
          "  key: key",
          "  warehouse: WH",
          "  # Nobody else works on this database; a company's own is left at the default, two minutes.",
          "  longestTransactionSeconds: 20",
          'secrets: { key: "file:secrets/erp-key" }',
        ],
        descriptions: [],
        secrets: { "erp-key": erp.key },
      }),
      hint: [
        `In a browser: ${erp.url}/web?db=${erp.database}, user ${erp.adminUser}, ` +
          `password ${erp.adminPassword}`,
      ],
    };
  },
};
