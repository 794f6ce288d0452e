import type { LiveStage } from "./live-stage.ts";
import type { Pair } from "./pair.ts";

/** Where both live. A Tryton quote goes nowhere without an address. */
export const address = {
  billingAddress: {
    street: "1 Quay Road",
    street2: null,
    city: "Lille",
    postalCode: "59000",
    region: null,
    country: "FR",
  },
};

/** What a consolidation is tried on: a CRM twin and whatever ERP. */
export interface Consolidating extends Pick<Pair, "engine"> {
  readonly crm: LiveStage["crm"];
  readonly settleAll: () => Promise<unknown>;
  /** Makes documents of a customer; answers them as `<object of the CRM>/<id>`. */
  readonly papers?: (account: string) => Promise<readonly string[]>;
}
