import { coins } from "../currency.ts";
import { plainRules } from "./rules.ts";
import type { RuleSet } from "./rules.ts";

/** Names of rule sets. Where each fact is from, and what is unsure: SOURCES.md of this package. */
export type SystemRules =
  | "tryton"
  | "tryton_per_line"
  | "odoo_17_per_line"
  | "odoo_17_globally"
  | "odoo_19_per_line"
  | "odoo_19_globally"
  | "erpnext"
  | "erpnext_per_row"
  | "business_central"
  | "netsuite_line_level"
  | "netsuite_transaction_level"
  | "s4hana_group_condition"
  | "s4hana_per_condition"
  | "salesforce"
  | "hubspot"
  | "dataverse";

const odoo: RuleSet = {
  ...plainRules,
  quantityDigits: 2,
  pricePer: "divided",
  unitConversion: "price",
  documentDiscount: "each_line",
  taxShares: "own",
  deposits: "lines",
  exchange: "lines",
};
const globally = { taxRounding: "group", taxBase: "exact" } as const;
const tryton: RuleSet = {
  ...plainRules,
  priceDigits: 4,
  pricePer: "divided",
  unitConversion: "price",
  lineDiscount: "price",
  taxRounding: "group",
  taxBase: "exact",
  mode: "half_even",
  credit: "negative",
  exchange: "lines",
};
const erpnext: RuleSet = {
  ...plainRules,
  priceDigits: 2,
  pricePer: "divided",
  unitConversion: "price",
  lineDiscount: "price",
  documentDiscount: "sum_last",
  taxShares: "own",
  mode: "half_even",
  cash: { steps: { CHF: coins.CHF, INR: coins.INR }, mode: "half_even" },
  credit: "negative",
};
const netsuite: RuleSet = { ...plainRules, lineDiscount: "amount", pricePer: "divided" };
const s4hana: RuleSet = { ...plainRules, lineDiscount: "amount", quantityDigits: 3 };

/** The rule sets of the systems that Crossfoot knows. */
export const systemRules: { readonly [name in SystemRules]: RuleSet } = {
  tryton,
  tryton_per_line: { ...tryton, taxRounding: "running" },
  odoo_17_per_line: { ...odoo, priceDigits: 2, taxRounding: "line" },
  odoo_17_globally: { ...odoo, priceDigits: 2, ...globally },
  odoo_19_per_line: { ...odoo, taxRounding: "line" },
  odoo_19_globally: { ...odoo, ...globally, sum: "of_exact" },
  erpnext,
  erpnext_per_row: { ...erpnext, taxRounding: "line" },
  business_central: {
    ...plainRules,
    quantityDigits: 5,
    pricePer: "divided",
    lineDiscount: "amount",
    taxShares: "carried",
    taxSigns: "apart",
  },
  netsuite_line_level: { ...netsuite, taxRounding: "line" },
  netsuite_transaction_level: { ...netsuite, taxRounding: "group", taxShares: "last" },
  s4hana_group_condition: { ...s4hana, taxRounding: "group", taxShares: "biggest" },
  s4hana_per_condition: { ...s4hana, taxRounding: "line" },
  salesforce: {
    ...plainRules,
    quantityDigits: 2,
    priceDigits: 2,
    pricePer: "divided",
    taxRounding: "document",
  },
  hubspot: { ...plainRules, pricePer: "divided", taxRounding: "line", discountOrder: "as_given" },
  dataverse: {
    ...plainRules,
    quantityDigits: 5,
    priceDigits: 4,
    pricePer: "divided",
    discountOrder: "percent_first",
    discountChain: "summed",
    taxRounding: "line",
  },
};
