import { readOnlyAbilities } from "@crossfoot/connector-sdk";
import type { EntityAbilities, Manifest } from "@crossfoot/connector-sdk";
import { orderTransitions } from "./cancel-order.ts";
import { operationAbilitiesOf } from "./operations.ts";
import type { Options } from "./options.ts";
import { quoteTransitions } from "./transition.ts";
import { writesAtOnce } from "./writer.ts";

/** Ids in one call: a thousand rows with their parts answer within seconds and stay below a few megabytes. */
const readBatchMax = 200;

const readOnly = (object: string): EntityAbilities => readOnlyAbilities(object, readBatchMax);

const party: EntityAbilities = {
  ...readOnly("party.party"),
  create: true,
  update: true,
  archive: true,
  unarchive: true,
  merge: true,
  unmerge: true,
  writeBatchMax: writesAtOnce,
  precondition: "conditional",
  createProof: "reference",
  referenceField: "reference",
};

/** What Tryton 6.0 can do. */
export function manifestOf(options: Options): Manifest {
  const commitLagMs = options.longestTransactionSeconds * 1000;
  return {
    system: "tryton",
    title: "Tryton 6.0",
    entities: {
      accounts: party,
      contacts: party,
      products: readOnly("product.product"),
      pricebooks: { ...readOnly("product.price_list"), readBatchMax: 20 },
      quotes: {
        ...readOnly("sale.sale"),
        create: true,
        update: true,
        writeBatchMax: 20,
        precondition: "conditional",
        createProof: "reference",
        referenceField: options.referenceField,
        transitions: quoteTransitions,
        initialStatus: "draft",
      },
      orders: {
        ...readOnly("sale.sale"),
        update: true,
        precondition: "conditional",
        lineRemoval: "zero",
        transitions: orderTransitions,
      },
      invoices: readOnly("account.invoice"),
      inventory: { ...readOnly("product.product × stock.location"), incremental: "all" },
      shipments: readOnly("stock.shipment.out"),
    },
    // A request that was given up runs on in the server; it is over when the longest transaction is.
    horizonMs: commitLagMs + 60_000,
    commitLagMs,
    stampGranularityMs: 1,
    webhooks: false,
    operations: operationAbilitiesOf(options),
  };
}
