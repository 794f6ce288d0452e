import { holdsOverLimit } from "../back-office.ts";
import type { DemoErpKind } from "../erp-stage.ts";
import { loginAs } from "./admin.ts";
import { startTryton } from "./erp.ts";
import { trytonPeople } from "./people.ts";
import { trytonSeed } from "./seed.ts";

/** Tryton in the demo. */
export const trytonInDemo: DemoErpKind = {
  name: "tryton",
  title: "Tryton 6.0",
  createsQuote: ({ body }) =>
    (JSON.parse(body) as { readonly method?: string }).method === "model.sale.sale.create",
  taxRates: { standard: "20" },
  // Every fifth may owe 1000.00 only, which daily work would meet, and the third of each five is abroad and
  // pays no VAT, which the CRM's own sums do not know.
  isForDailyWork: (customer) => customer % 5 !== 0 && customer % 5 !== 3,
  overLimit: holdsOverLimit,
  bad: {
    fields: { name: "Marmalade Mills GmbH", taxId: "DE123456789" },
    why: "with a VAT number whose check digit is wrong",
    isBlamed: ({ code }) => code === "tax_id_invalid",
  },
  start: async (start) => {
    const erp = await startTryton(start);
    const admin = await loginAs({ ...erp, user: erp.adminUser, password: erp.adminPassword });
    return {
      ...erp,
      people: trytonPeople(admin),
      integration: erp.user,
      seed: () => trytonSeed(admin),
      connectionAt: (address) => ({
        yaml: [
          "connector: tryton",
          "role: erp",
          `address: ${address}`,
          "timeoutSeconds: 120",
          "options:",
          `  database: ${erp.database}`,
          `  user: ${erp.user}`,
          "  password: password",
          "  warehouse: WH",
          "  # Nobody else works on this database; a company's own is left at the default, three minutes.",
          "  longestTransactionSeconds: 20",
          'secrets: { password: "file:secrets/erp-password" }',
        ],
        descriptions: [],
        secrets: { "erp-password": erp.password },
      }),
      hint: [
        `With a Tryton client (version 6.0): server ${new URL(erp.url).host}, database ${erp.database},`,
        `user ${erp.adminUser}, password ${erp.adminPassword}`,
      ],
    };
  },
};
