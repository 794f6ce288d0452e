import { erpMapping } from "@crossfoot/connector-sdk";
import type { Json, JsonMap } from "./native.ts";
import { readOptions } from "./options.ts";
import type { Options } from "./options.ts";

const { shown, money, total, unit } = erpMapping;

const address = erpMapping.addressAt({
  street: "street",
  street2: "street2",
  city: "city",
  postalCode: "postal_code",
  region: "subdivision",
  country: "country",
});

const accounts: JsonMap = {
  name: { path: "name" },
  number: shown("code"),
  parent: { path: "parent.id", ref: "accounts" },
  ...erpMapping.accountAddresses(address),
  phone: { path: "phone.value" },
  email: { path: "email.value" },
  website: { path: "website.value" },
  taxId: { path: "tax_identifier.code" },
  paymentTerms: { path: "customer_payment_term", values: "paymentTerms" },
  creditLimit: money("credit_limit.amount", "credit_limit.currency", { digits: 2, write: false }),
  status: { path: "status" },
};

const contacts: JsonMap = {
  name: erpMapping.personName,
  phone: { path: "phone.value" },
  mobile: { path: "mobile.value" },
  email: { path: "email.value" },
  account: { path: "account.id", ref: "accounts" },
  status: { path: "status" },
};

const products: JsonMap = {
  sku: shown("code"),
  name: shown("name"),
  description: shown("description"),
  unit: { ...unit, write: false },
  kind: shown("type", { values: "kinds" }),
  category: shown("category"),
  taxCategory: shown("tax_category", { values: "taxCategories" }),
  active: shown("active"),
  listPrice: money("list_price.amount", "list_price.currency", { write: false }),
  cost: money("cost.amount", "cost.currency", { write: false }),
  gtin: shown("gtin"),
};

/** Where the customer's number stands; an order that stands takes it too. */
const customerNumber = ({ referenceField }: Options): string =>
  referenceField === "reference" ? "description" : "reference";

/** Fields that quotes and orders share. */
const documentHead = (options: Options, more: JsonMap): JsonMap =>
  erpMapping.documentHead(
    {
      date: "sale_date",
      account: "party",
      billTo: "invoice_party",
      shipTo: "shipment_party",
      customerOrderNumber: customerNumber(options),
      requestedDate: "shipping_date",
    },
    more,
  );

const totals: JsonMap = {
  net: total("untaxed_amount"),
  tax: total("tax_amount"),
  gross: total("total_amount"),
};

const quotes = (options: Options): JsonMap => ({
  ...documentHead(options, {}),
  shipToAddress: address("shipment_address."),
  pricebook: { path: "price_list", ref: "pricebooks" },
  discountPercent: { path: "discount_percent", read: false, onCreate: true },
  status: shown("quote_state", {
    values: { draft: "draft", sent: "quotation", converted: "ordered", cancelled: "cancelled" },
  }),
  lines: erpMapping.quoteLines({ digits: 4 }),
  ...totals,
  ...erpMapping.quoteChecks("number"),
});

const orders = (options: Options): JsonMap => ({
  number: shown("number"),
  ...documentHead(options, { write: false }),
  customerOrderNumber: { path: customerNumber(options) },
  discountPercent: shown("discount_percent"),
  status: shown("order_state"),
  quote: shown("id", { ref: "quotes" }),
  lines: erpMapping.changedLines,
  ...totals,
});

const invoices: JsonMap = {
  number: shown("number"),
  account: shown("party", { ref: "accounts" }),
  date: shown("invoice_date"),
  dueDate: shown("due_date"),
  currency: shown("currency"),
  freight: money("freight.amount", "freight.currency", { write: false }),
  discountPercent: shown("discount_percent"),
  status: shown("invoice_state"),
  order: shown("sale", { ref: "orders" }),
  lines: erpMapping.bookedLines,
  payments: erpMapping.payments,
  ...totals,
  openBalance: total("amount_to_pay"),
  ...erpMapping.companyTotals,
};

const shipments: JsonMap = {
  number: shown("number"),
  order: shown("sale", { ref: "orders" }),
  expectedShipDate: shown("planned_date"),
  confirmedDeliveryDate: shown("effective_date"),
  status: shown("shipment_state"),
  carrier: shown("carrier"),
  lines: erpMapping.shippedLines,
};

/**
 * Value maps by canonical code. Names of terms and categories are the installation's own: a mapping file
 * replaces them.
 */
const valueMaps: JsonMap = {
  paymentTerms: { immediate: "Immediate", net30: "30 days net", net60: "60 days net", "*": "*" },
  units: { pcs: "u", dz: "dz", "*": "*" },
  kinds: { goods: "goods", service: "service", "*": "*" },
  taxCategories: { standard: "Goods (accounting)", "*": "*" },
};

/** The default mapping of a Tryton connection, as the parsed form of `mappings/<connection>.yaml`. */
export function defaultMapping(given: JsonMap): Json {
  const options = readOptions(given);
  return erpMapping.mappingOf(valueMaps, {
    accounts,
    contacts,
    products,
    pricebooks: erpMapping.pricebooks,
    quotes: quotes(options),
    orders: orders(options),
    invoices,
    inventory: erpMapping.inventory,
    shipments,
  });
}
