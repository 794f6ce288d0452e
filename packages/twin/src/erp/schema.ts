import { CURRENCIES } from "../decimal.ts";
import {
  choice,
  flag,
  group,
  plain,
  reference,
  rows,
  text,
  type Field,
  type ObjectSchema,
} from "../field.ts";
import { ERP_COUNTRIES, ERP_INDUSTRIES, ERP_TAX_CODES, ERP_TERMS, ERP_UOMS } from "./reference.ts";

const searchable = { searchable: true };
const required = { required: true };
const key = { required: true, searchable: true };
const readOnly = { readOnly: true };
const externalRef = text("external_ref", searchable);
const neededCurrency = choice("currency", CURRENCIES, required);
const terms = choice("terms", ERP_TERMS);
const uom = choice("uom", ERP_UOMS, required);
const salesperson = reference("salesperson", "users", { by: "login" });
const price = (name: string, options: Partial<Field> = {}): Field =>
  plain(name, "decimal", { scale: 4, range: "unsigned", ...options });
const quantity = (name: string, options: Partial<Field> = {}): Field =>
  plain(name, "decimal", { scale: 3, ...options });
const percent = (name: string): Field => plain(name, "decimal", { scale: 2, range: "percent" });
const amount = (name: string, options: Partial<Field> = {}): Field => plain(name, "amount", options);
const active = flag("active", { initial: true, searchable: true });
const address: readonly Field[] = [
  text("line1"),
  text("line2"),
  text("city"),
  text("zip", { max: 20 }),
  text("state"),
  choice("country", ERP_COUNTRIES),
];
const amounts: readonly Field[] = [
  amount("net", readOnly),
  amount("tax", readOnly),
  amount("gross", readOnly),
];
/** Shown, and not stored (see `./desk.ts`). */
const companyTotals: readonly Field[] = [
  choice("company_currency", CURRENCIES, readOnly),
  ...["company_net", "company_tax", "company_gross"].map((name) => amount(name, readOnly)),
  plain("exchange_rate", "decimal", readOnly),
  plain("rate_date", "date", readOnly),
];
const parties: readonly Field[] = [
  reference("customer_id", "customers", key),
  reference("bill_to_id", "customers"),
  reference("ship_to_id", "customers"),
  group("ship_address", address),
];
const warehouse = reference("warehouse", "warehouses", { by: "code" });
const company = reference("company", "companies", { by: "code", initial: "NG01" });

const masters: readonly ObjectSchema[] = [
  {
    name: "customers",
    fields: [
      text("number", { readOnly: true, searchable: true }),
      text("name", key),
      reference("parent_id", "customers", searchable),
      rows("addresses", [choice("kind", ["invoice", "delivery", "other"], required), ...address]),
      text("phone", { max: 40 }),
      text("url"),
      text("email", searchable),
      choice("industry", ERP_INDUSTRIES),
      text("vat_number", { max: 30, searchable: true }),
      neededCurrency,
      choice("terms", ERP_TERMS, { initial: "N30" }),
      amount("credit_limit", { range: "unsigned" }),
      amount("credit_exposure", readOnly),
      text("customer_group", { max: 20, searchable: true }),
      flag("blocked", { initial: false }),
      active,
      flag("is_customer", { initial: true, searchable: true }),
      flag("is_supplier", { initial: false, searchable: true }),
      salesperson,
      externalRef,
    ],
  },
  {
    name: "contacts",
    fields: [
      text("first_name", { max: 60 }),
      text("last_name", { max: 60, required: true, searchable: true }),
      text("role", { max: 60 }),
      text("phone", { max: 40 }),
      text("mobile", { max: 40 }),
      text("email", searchable),
      reference("customer_id", "customers", key),
      active,
      flag("consent_email"),
      flag("consent_phone"),
      externalRef,
    ],
  },
  {
    name: "items",
    fields: [
      text("sku", { max: 40, required: true, searchable: true, unique: true }),
      text("name", key),
      text("description", { max: 2000 }),
      uom,
      choice("kind", ["stock", "service"], { initial: "stock" }),
      text("category", { max: 40, searchable: true }),
      choice("tax_code", ERP_TAX_CODES, required),
      active,
      price("list_price"),
      price("standard_cost"),
      text("ean", { max: 14, searchable: true }),
      choice("currency", CURRENCIES),
      plain("weight", "decimal", { scale: 3, range: "unsigned" }),
      externalRef,
    ],
  },
  {
    name: "price_lists",
    fields: [
      text("code", { max: 20, required: true, searchable: true, unique: true }),
      text("name", required),
      choice("currency", CURRENCIES, key),
      plain("valid_from", "date"),
      plain("valid_to", "date"),
      text("customer_group", { max: 20, searchable: true }),
      reference("customer_id", "customers", searchable),
      active,
      rows("entries", [
        reference("item_id", "items", required),
        uom,
        quantity("min_qty", { range: "unsigned" }),
        price("price", required),
        percent("discount_pct"),
        plain("valid_from", "date"),
        plain("valid_to", "date"),
      ]),
      externalRef,
    ],
  },
];

const salesQuotes: ObjectSchema = {
  name: "sales_quotes",
  fields: [
    text("number", { readOnly: true, searchable: true }),
    ...parties,
    plain("date", "date"),
    plain("valid_until", "date"),
    text("customer_reference", { max: 60, searchable: true }),
    plain("requested_date", "date"),
    terms,
    reference("price_list_id", "price_lists"),
    warehouse,
    amount("freight", { range: "unsigned" }),
    percent("discount_pct"),
    neededCurrency,
    company,
    salesperson,
    externalRef,
    choice("state", ["draft", "validated", "rejected", "confirmed", "cancelled", "expired"], {
      readOnly: true,
      initial: "draft",
      searchable: true,
    }),
    choice("approval", ["none", "pending", "approved", "rejected"], { readOnly: true, initial: "none" }),
    text("approval_reason", { readOnly: true, max: 2000 }),
    text("approval_by", { readOnly: true, max: 40 }),
    plain("approval_at", "instant", { readOnly: true }),
    plain("messages", "list", { readOnly: true, initial: [] }),
    rows("lines", [
      reference("item_id", "items", required),
      quantity("qty", { required: true, range: "positive" }),
      uom,
      price("price"),
      percent("discount_pct"),
      plain("requested_date", "date"),
      text("note", { max: 2000 }),
      text("external_ref"),
      amount("net", readOnly),
      amount("tax", readOnly),
    ]),
    ...amounts,
    reference("order_id", "sales_orders", { readOnly: true, searchable: true }),
  ],
};

/** Of an order that stands, callers may change the lines and what the customer said of it; no more. */
const kept = (field: Field): Field => ({ ...field, readOnly: true });
const salesOrders: ObjectSchema = {
  name: "sales_orders",
  fields: [
    ...[
      text("number", searchable),
      plain("date", "date"),
      reference("customer_id", "customers", searchable),
      ...parties.slice(1),
    ].map(kept),
    text("customer_reference", { max: 60 }),
    plain("requested_date", "date"),
    ...[
      terms,
      amount("freight"),
      percent("discount_pct"),
      warehouse,
      company,
      salesperson,
      choice("currency", CURRENCIES),
      choice("state", ["open", "part_delivered", "delivered", "invoiced", "closed", "cancelled"], searchable),
      reference("source_quote_id", "sales_quotes", searchable),
      externalRef,
    ].map(kept),
    rows("lines", [
      kept(plain("quote_line_id", "integer")),
      reference("item_id", "items", required),
      quantity("qty", { required: true, range: "positive" }),
      uom,
      price("price"),
      percent("discount_pct"),
      text("note", { max: 2000 }),
      text("external_ref"),
      ...[amount("net"), amount("tax"), quantity("delivered_qty"), quantity("invoiced_qty")].map(kept),
    ]),
    ...amounts,
    ...companyTotals,
  ],
};

const shipments: ObjectSchema = {
  name: "shipments",
  readOnly: true,
  fields: [
    text("number", searchable),
    reference("order_id", "sales_orders", searchable),
    plain("planned_date", "date"),
    plain("shipped_date", "date"),
    plain("delivered_date", "date"),
    choice("state", ["planned", "picked", "shipped", "delivered", "cancelled"], searchable),
    text("carrier"),
    text("tracking_no"),
    warehouse,
    rows("events", [
      plain("at", "instant"),
      choice("code", ["picked_up", "in_transit", "delayed", "delivered"]),
      text("text"),
    ]),
    rows("lines", [plain("order_line_id", "integer"), reference("item_id", "items"), quantity("qty"), uom]),
  ],
};

const invoices: ObjectSchema = {
  name: "invoices",
  readOnly: true,
  fields: [
    text("number", searchable),
    choice("kind", ["invoice", "credit_note"]),
    choice("state", ["draft", "posted", "paid", "cancelled"], searchable),
    plain("invoice_date", "date"),
    plain("due_date", "date"),
    reference("customer_id", "customers", searchable),
    reference("order_id", "sales_orders", searchable),
    reference("credited_invoice_id", "invoices"),
    salesperson,
    company,
    terms,
    text("customer_reference", { max: 60 }),
    choice("currency", CURRENCIES),
    rows("lines", [
      plain("order_line_id", "integer"),
      reference("item_id", "items"),
      quantity("qty"),
      uom,
      price("price"),
      percent("discount_pct"),
      amount("net"),
      amount("tax"),
    ]),
    amount("freight"),
    percent("discount_pct"),
    ...amounts,
    ...companyTotals,
    amount("paid"),
    amount("open_balance"),
    rows("payments", [
      plain("date", "date"),
      amount("amount"),
      choice("method", ["transfer", "card", "cash", "credit_note"]),
    ]),
  ],
};

const code = text("code", searchable);
const name = text("name");
const references: readonly ObjectSchema[] = [
  {
    name: "uoms",
    readOnly: true,
    fields: [
      code,
      name,
      choice("category", ["unit", "weight", "time"]),
      plain("factor", "decimal"),
      flag("whole_only"),
    ],
  },
  { name: "tax_codes", readOnly: true, fields: [code, name, percent("rate")] },
  { name: "payment_terms", readOnly: true, fields: [code, name, plain("days", "integer")] },
  { name: "warehouses", readOnly: true, fields: [code, name, flag("active")] },
  { name: "companies", readOnly: true, fields: [code, name, choice("currency", CURRENCIES)] },
  {
    name: "users",
    readOnly: true,
    fields: [text("login", searchable), name, text("email", searchable), flag("active")],
  },
];

/** What the ERP keeps for itself; shown by `/stock` only. */
const hidden: readonly ObjectSchema[] = [
  {
    name: "stock",
    readOnly: true,
    hidden: true,
    naturalKey: ["item_id", "warehouse"],
    fields: [reference("item_id", "items", searchable), warehouse, quantity("on_hand"), quantity("reserved")],
  },
  {
    name: "purchase_lines",
    readOnly: true,
    hidden: true,
    fields: [
      reference("item_id", "items", searchable),
      warehouse,
      plain("due_date", "date"),
      quantity("qty"),
      choice("state", ["open", "received"]),
    ],
  },
];

/** All objects of the ERP, in the order of API.md section 3.3. */
export const ERP_SCHEMAS: readonly ObjectSchema[] = [
  ...masters,
  salesQuotes,
  salesOrders,
  shipments,
  invoices,
  ...references,
  ...hidden,
];
