import type { Json, JsonMap } from "./native.ts";
import { readOptions } from "./options.ts";
import type { Options } from "./options.ts";

/** A field that is read only. */
const shown = (path: string, more: JsonMap = {}): JsonMap => ({ path, write: false, ...more });
const money = (amount: string, currency: string, more: JsonMap = {}): JsonMap => ({
  amount,
  currency,
  ...more,
});
const total = (path: string): JsonMap => money(path, "currency", { write: false });

const addressKeys = {
  street: "street",
  street2: "street2",
  city: "city",
  postalCode: "postal_code",
  region: "subdivision",
  country: "country",
} as const;

/** The parts of an address under a path; `prefix` ends in a point or is empty. */
const address = (prefix: string): JsonMap => ({
  parts: Object.fromEntries(
    Object.entries(addressKeys).map(([part, key]) => [part, { path: `${prefix}${key}` }]),
  ),
});

const unit: JsonMap = { path: "unit", values: "units" };

const accounts: JsonMap = {
  name: { path: "name" },
  number: shown("code"),
  parent: { path: "parent.id", ref: "accounts" },
  billingAddress: address("invoice_address."),
  shippingAddress: address("delivery_address."),
  addresses: { list: "addresses", key: "id", fields: { label: { path: "name" }, address: address("") } },
  phone: { path: "phone.value" },
  email: { path: "email.value" },
  website: { path: "website.value" },
  taxId: { path: "tax_identifier.code" },
  paymentTerms: { path: "customer_payment_term", values: "paymentTerms" },
  creditLimit: money("credit_limit.amount", "credit_limit.currency", { digits: 2, write: false }),
  status: { path: "status" },
};

const contacts: JsonMap = {
  name: { parts: { given: { path: "person.given" }, family: { path: "person.family" } } },
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
};

const pricebooks: JsonMap = {
  code: shown("name"),
  name: shown("name"),
  currency: shown("currency"),
  active: shown("active"),
  entries: {
    list: "entries",
    key: "id",
    write: false,
    fields: {
      product: { path: "product", ref: "products" },
      price: {
        parts: { unitPrice: money("unit_price", "currency"), unit, minQuantity: { path: "min_quantity" } },
      },
    },
  },
};

/** Fields that quotes and orders share. */
const documentHead = (options: Options, more: JsonMap): JsonMap => ({
  date: { path: "sale_date", ...more },
  account: { path: "party", ref: "accounts", ...more },
  billTo: { path: "invoice_party", ref: "accounts", ...more },
  shipTo: { path: "shipment_party", ref: "accounts", ...more },
  customerOrderNumber: {
    path: options.referenceField === "reference" ? "description" : "reference",
    ...more,
  },
  requestedDate: { path: "shipping_date", ...more },
  paymentTerms: { path: "payment_term", values: "paymentTerms", ...more },
  freight: money("freight.amount", "freight.currency", { digits: 2, ...more }),
  warehouse: { path: "warehouse", ...more },
  company: { path: "company", ...more },
  currency: { path: "currency", ...more },
});

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
  lines: {
    list: "lines",
    key: "id",
    fields: {
      product: { path: "product", ref: "products" },
      quantity: { value: "quantity", unit },
      unitPrice: money("unit_price", "^currency", { digits: 4 }),
      discountPercent: { path: "discount_percent" },
      remarks: { path: "note" },
    },
  },
  ...totals,
  erpNumber: shown("number"),
  validation: shown("validation"),
  approval: shown("approval"),
  approvalReason: shown("approval_reason"),
});

/** Lines of an order or an invoice: net prices, with the line's share of the tax. */
const bookedLines: JsonMap = {
  list: "lines",
  key: "id",
  write: false,
  fields: {
    product: { path: "product", ref: "products" },
    quantity: { value: "quantity", unit },
    unitPrice: money("unit_price", "^currency"),
    net: money("amount", "^currency"),
    tax: money("tax", "^currency"),
  },
};

const orders = (options: Options): JsonMap => ({
  number: shown("number"),
  ...documentHead(options, { write: false }),
  status: shown("order_state"),
  quote: shown("id", { ref: "quotes" }),
  lines: bookedLines,
  ...totals,
});

const invoices: JsonMap = {
  number: shown("number"),
  account: shown("party", { ref: "accounts" }),
  date: shown("invoice_date"),
  dueDate: shown("due_date"),
  currency: shown("currency"),
  status: shown("invoice_state"),
  order: shown("sale", { ref: "orders" }),
  lines: bookedLines,
  payments: {
    list: "payments",
    key: "id",
    write: false,
    fields: { date: { path: "date" }, amount: money("amount", "^currency"), method: { path: "method" } },
  },
  ...totals,
  openBalance: total("amount_to_pay"),
};

const inventory: JsonMap = {
  product: shown("product", { ref: "products" }),
  warehouse: shown("warehouse"),
  unit: { ...unit, write: false },
  onHand: shown("on_hand"),
  reserved: shown("reserved"),
  incoming: shown("incoming"),
  available: shown("available"),
  availableByDate: {
    list: "available_by_date",
    key: "date",
    write: false,
    fields: { date: { path: "date" }, quantity: { path: "quantity" } },
  },
};

const shipments: JsonMap = {
  number: shown("number"),
  order: shown("sale", { ref: "orders" }),
  expectedShipDate: shown("planned_date"),
  confirmedDeliveryDate: shown("effective_date"),
  status: shown("shipment_state"),
  carrier: shown("carrier"),
  lines: {
    list: "lines",
    key: "id",
    write: false,
    fields: { product: { path: "product", ref: "products" }, quantity: { value: "quantity", unit } },
  },
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
  const entities: { readonly [entity: string]: JsonMap } = {
    accounts,
    contacts,
    products,
    pricebooks,
    quotes: quotes(options),
    orders: orders(options),
    invoices,
    inventory,
    shipments,
  };
  const described = Object.entries(entities).map(([entity, fields]) => [entity, { fields }]);
  return { valueMaps, entities: Object.fromEntries(described) as JsonMap };
}
