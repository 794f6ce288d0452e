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
  postalCode: "zip",
  region: "state",
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
  number: shown("ref"),
  parent: { path: "parent", ref: "accounts" },
  billingAddress: address("invoice_address."),
  shippingAddress: address("delivery_address."),
  addresses: { list: "addresses", key: "id", fields: { label: { path: "name" }, address: address("") } },
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
  name: { parts: { given: { path: "person.given" }, family: { path: "person.family" } } },
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
  date: { path: "date", ...more },
  account: { path: "partner", ref: "accounts", ...more },
  billTo: { path: "invoice_partner", ref: "accounts", ...more },
  shipTo: { path: "shipping_partner", ref: "accounts", ...more },
  customerOrderNumber: {
    path: options.orderReference === "client_order_ref" ? "origin" : "client_order_ref",
    ...more,
  },
  requestedDate: { path: "commitment_date", ...more },
  paymentTerms: { path: "payment_term", values: "paymentTerms", ...more },
  freight: money("freight.amount", "freight.currency", { digits: 2, ...more }),
  warehouse: { path: "warehouse", ...more },
  company: { path: "company", ...more },
  currency: { path: "currency", ...more },
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
  lines: {
    list: "lines",
    key: "id",
    fields: {
      product: { path: "product", ref: "products" },
      quantity: { value: "quantity", unit },
      unitPrice: money("unit_price", "^currency"),
      discountPercent: { path: "discount_percent" },
      remarks: { path: "note" },
    },
  },
  ...totals,
  erpNumber: shown("name"),
  validation: shown("validation"),
  approval: shown("approval"),
  approvalReason: shown("approval_reason"),
});

/** Lines of an order or an invoice: net prices, and the tax that Odoo shows for the line. */
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
  number: shown("name"),
  ...documentHead(options, { write: false }),
  status: shown("order_state"),
  quote: shown("id", { ref: "quotes" }),
  lines: bookedLines,
  ...totals,
});

const invoices: JsonMap = {
  number: shown("number"),
  account: shown("partner", { ref: "accounts" }),
  date: shown("invoice_date"),
  dueDate: shown("due_date"),
  currency: shown("currency"),
  status: shown("invoice_state"),
  order: shown("order", { ref: "orders" }),
  lines: bookedLines,
  payments: {
    list: "payments",
    key: "id",
    write: false,
    fields: { date: { path: "date" }, amount: money("amount", "^currency"), method: { path: "method" } },
  },
  ...totals,
  openBalance: total("amount_residual"),
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
  number: shown("name"),
  order: shown("sale", { ref: "orders" }),
  expectedShipDate: shown("planned_date"),
  confirmedDeliveryDate: shown("done_date"),
  status: shown("shipment_state"),
  carrier: shown("carrier"),
  trackingNumber: shown("tracking_number"),
  lines: {
    list: "lines",
    key: "id",
    write: false,
    fields: { product: { path: "product", ref: "products" }, quantity: { value: "quantity", unit } },
  },
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
  const entities: { readonly [entity: string]: JsonMap } = {
    accounts,
    contacts: contacts(options),
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
