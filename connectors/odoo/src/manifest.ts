import { readOnlyAbilities } from "@crossfoot/connector-sdk";
import type { EntityAbilities, Manifest } from "@crossfoot/connector-sdk";
import { orderTransitions } from "./cancel-order.ts";
import { clockMarginMs } from "./cursor.ts";
import { operationAbilities } from "./operations.ts";
import type { Options } from "./options.ts";
import { quoteTransitions } from "./transition.ts";
import { createsAtOnce } from "./writer.ts";

/** Ids in one call: rows with their parts answer within seconds and stay below a few megabytes. */
const readBatchMax = 200;

const readOnly = (object: string): EntityAbilities => readOnlyAbilities(object, readBatchMax);

const partner: EntityAbilities = {
  ...readOnly("res.partner"),
  create: true,
  update: true,
  archive: true,
  unarchive: true,
  writeBatchMax: createsAtOnce,
  precondition: "compare",
  createProof: "reference",
  referenceField: "reference",
};

/** What Odoo can do. */
export function manifestOf(options: Options): Manifest {
  const transactionMs = options.longestTransactionSeconds * 1000;
  return {
    system: "odoo",
    title: "Odoo 17 to 19",
    entities: {
      accounts: partner,
      contacts: partner,
      products: readOnly("product.product"),
      // A rule does not move its list, and a deleted one leaves no trace: every reading is whole.
      pricebooks: { ...readOnly("product.pricelist"), incremental: "all", readBatchMax: 20 },
      quotes: {
        ...readOnly("sale.order"),
        create: true,
        update: true,
        writeBatchMax: 20,
        precondition: "compare",
        createProof: "reference",
        referenceField: "reference",
        transitions: quoteTransitions,
        initialStatus: "draft",
      },
      orders: {
        ...readOnly("sale.order"),
        update: true,
        precondition: "compare",
        lineRemoval: "zero",
        transitions: orderTransitions,
      },
      invoices: readOnly("account.move"),
      inventory: { ...readOnly("product.product × stock.warehouse"), incremental: "all" },
      shipments: readOnly("stock.picking"),
    },
    // A request that was given up runs on in the server; it is over when the longest transaction is.
    horizonMs: transactionMs + 60_000,
    // A stamp is that of its transaction's begin, and says whole seconds.
    commitLagMs: transactionMs + clockMarginMs,
    stampGranularityMs: 1000,
    webhooks: false,
    operations: operationAbilities,
  };
}
