import type { JsonMap } from "../json.ts";

const text: JsonMap = { type: "string" };
const whole: JsonMap = { type: "integer" };
const flag: JsonMap = { type: "boolean" };
const date: JsonMap = { type: "string", pattern: "^[0-9]{8}$" };
const decimal: JsonMap = { type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?$" };

const map = (properties: JsonMap, required: readonly string[] = []): JsonMap => ({
  type: "object",
  properties,
  ...(required.length === 0 ? {} : { required }),
});
const list = (row: JsonMap): JsonMap => ({ type: "array", items: row });
/** What a row says instead, when it is refused. */
const refusal = { code: text, text, field: text };
const levels = { on_hand: decimal, reserved: decimal, incoming: decimal, available: decimal };
const priced = {
  uom: text,
  price: decimal,
  discount_pct: decimal,
  min_qty: decimal,
  price_list_id: whole,
  entry_id: whole,
  tax_code: text,
  tax_rate: decimal,
};
const amounts = { net: decimal, tax: decimal, gross: decimal };

/** What is asked and answered by a question to the ERP, for the OpenAPI document. */
export interface QuestionSchema {
  readonly request: JsonMap;
  readonly response: JsonMap;
}

/** The questions, by the last part of their path. */
export const QUESTIONS: Readonly<
  Record<"price" | "order_preview" | "availability" | "credit", QuestionSchema>
> = {
  price: {
    request: map(
      {
        customer_id: whole,
        item_id: whole,
        qty: decimal,
        uom: text,
        currency: text,
        date,
        price_list_id: whole,
      },
      ["customer_id", "item_id", "qty", "uom", "currency"],
    ),
    response: map({ ...priced, currency: text, price_list: text }),
  },
  order_preview: {
    request: map(
      {
        customer_id: whole,
        currency: text,
        date,
        price_list_id: whole,
        lines: list(map({ item_id: whole, qty: decimal, uom: text }, ["item_id", "qty", "uom"])),
      },
      ["customer_id", "lines"],
    ),
    response: map({
      currency: text,
      date,
      price_list_id: whole,
      rows: list(map({ item_id: whole, qty: decimal, ...priced, net: decimal, tax: decimal, ...refusal })),
      ...amounts,
    }),
  },
  availability: {
    request: map(
      {
        date,
        warehouses: list(text),
        lines: list(map({ item_id: whole, qty: decimal, uom: text, warehouse: text, date }, ["item_id"])),
      },
      ["lines"],
    ),
    response: map({
      rows: list(
        map({
          item_id: whole,
          warehouse: text,
          uom: text,
          stocked: flag,
          needed: decimal,
          ...levels,
          ok: flag,
          promise_date: date,
          places: list(map({ warehouse: text, ...levels, available_at: decimal, promise_date: date })),
          ...refusal,
        }),
      ),
    }),
  },
  credit: {
    request: map({ customer_id: whole, amount: decimal, currency: text }, ["customer_id"]),
    response: map({
      ok: flag,
      blocked: flag,
      currency: text,
      limit: decimal,
      open_orders: decimal,
      open_invoices: decimal,
      overdue: decimal,
      exposure: decimal,
      available: decimal,
      reason: text,
    }),
  },
};
