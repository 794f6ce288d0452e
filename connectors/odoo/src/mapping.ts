import { erpMapping } from "@crossfoot/connector-sdk";
import type { Json, JsonMap } from "./native.ts";
import { readOptions } from "./options.ts";
import type { Options } from "./options.ts";

const { shown, money, total, unit } = erpMapping;

const address = erpMapping.addressAt({
  street: "street",
  street2: "street2",
  city: "city",
  postalCode: "zip",
  region: "state",
  country: "country",
});

const accounts: JsonMap = {
  name: { path: "name" },
  number: shown("ref"),
  parent: { path: "parent", ref: "accounts" },
  ...erpMapping.accountAddresses(address),
  phone: { path: "phone" },
  email: { path: "email" },
  website: { path: "website" },
  taxId: { path: "vat" },
  paymentTerms: { path: "payment_term", values: "paymentTerms" },
  creditLimit: money("credit_limit.amount", "credit_limit.currency", { digits: 2, write: false }),
  status: { path: "status" },
};

/** Version 19 has no field for a mobile number; it is mapped where the options name an earlier version. */
const hasMobile = ({ version }: Options): boolean => version !== null && version < 19;

const contacts = (options: Options): JsonMap => ({
  name: erpMapping.personName,
  title: { path: "title" },
  phone: { path: "phone" },
  ...(hasMobile(options) ? { mobile: { path: "mobile" } } : {}),
  email: { path: "email" },
  account: { path: "account", ref: "accounts" },
  status: { path: "status" },
});

const products: JsonMap = {
  sku: shown("default_code"),
  name: shown("name"),
  description: shown("description"),
  unit: { ...unit, write: false },
  kind: shown("kind"),
  category: shown("category"),
  taxCategory: shown("tax_category", { values: "taxCategories" }),
  active: shown("active"),
  listPrice: money("list_price.amount", "list_price.currency", { write: false }),
  cost: money("cost.amount", "cost.currency", { write: false }),
  gtin: shown("barcode"),
};

/** Fields that quotes and orders share. */
const documentHead = (options: Options, more: JsonMap): JsonMap =>
  erpMapping.documentHead(
    {
      date: "date",
      account: "partner",
      billTo: "invoice_partner",
      shipTo: "shipping_partner",
      ...changedHead(options),
    },
    more,
  );

/** Fields of the head that an order which stands takes too. */
const changedHead = (options: Options) => ({
  customerOrderNumber: options.orderReference === "client_order_ref" ? "origin" : "client_order_ref",
  requestedDate: "commitment_date",
});

const totals: JsonMap = {
  net: total("amount_untaxed"),
  tax: total("amount_tax"),
  gross: total("amount_total"),
};

const quotes = (options: Options): JsonMap => ({
  ...documentHead(options, {}),
  validUntil: { path: "validity_date" },
  shipToAddress: address("shipping_address."),
  pricebook: { path: "price_list", ref: "pricebooks" },
  discountPercent: { path: "discount_percent", read: false, onCreate: true },
  status: shown("quote_state", {
    values: { draft: "draft", sent: "sent", converted: "ordered", cancelled: "cancel" },
  }),
  lines: erpMapping.quoteLines(),
  ...totals,
  ...erpMapping.quoteChecks("name"),
});

const orders = (options: Options): JsonMap => ({
  number: shown("name"),
  ...documentHead(options, { write: false }),
  customerOrderNumber: { path: changedHead(options).customerOrderNumber },
  requestedDate: { path: changedHead(options).requestedDate },
  discountPercent: shown("discount_percent"),
  status: shown("order_state"),
  quote: shown("id", { ref: "quotes" }),
  lines: erpMapping.changedLines,
  ...totals,
  companyRate: shown("company_rate"),
  companyRateDate: shown("company_rate_date"),
});

const invoices: JsonMap = {
  number: shown("number"),
  account: shown("partner", { ref: "accounts" }),
  date: shown("invoice_date"),
  dueDate: shown("due_date"),
  currency: shown("currency"),
  freight: money("freight.amount", "freight.currency", { write: false }),
  discountPercent: shown("discount_percent"),
  status: shown("invoice_state"),
  order: shown("order", { ref: "orders" }),
  lines: erpMapping.bookedLines,
  payments: erpMapping.payments,
  ...totals,
  openBalance: total("amount_residual"),
  ...erpMapping.companyTotals,
  companyRate: shown("company_rate"),
};

const shipments: JsonMap = {
  number: shown("name"),
  order: shown("sale", { ref: "orders" }),
  expectedShipDate: shown("planned_date"),
  confirmedDeliveryDate: shown("done_date"),
  status: shown("shipment_state"),
  carrier: shown("carrier"),
  trackingNumber: shown("tracking_number"),
  lines: erpMapping.shippedLines,
};

/** Value maps by canonical code. Names are the installation's own: a mapping file replaces them. */
const valueMaps: JsonMap = {
  paymentTerms: {
    immediate: "Immediate Payment",
    net15: "15 Days",
    net30: "30 Days",
    net45: "45 Days",
    net60: "60 Days",
    "*": "*",
  },
  units: { pcs: "Units", dz: "Dozens", "*": "*" },
  taxCategories: { standard: "19%", reduced: "7%", "*": "*" },
};

/** The default mapping of an Odoo connection, as the parsed form of `mappings/<connection>.yaml`. */
export function defaultMapping(given: JsonMap): Json {
  const options = readOptions(given);
  return erpMapping.mappingOf(valueMaps, {
    accounts,
    contacts: contacts(options),
    products,
    pricebooks: erpMapping.pricebooks,
    quotes: quotes(options),
    orders: orders(options),
    invoices,
    inventory: erpMapping.inventory,
    shipments,
  });
}
