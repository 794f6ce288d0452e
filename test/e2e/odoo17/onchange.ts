import { amountsOf, saleLine, totalsOf } from "./amounts.ts";
import type { At } from "./database.ts";
import { look } from "./look.ts";
import { filledHead, filledLine } from "./sales.ts";
import { isList, isMap } from "./values.ts";
import type { Json, Row, Values } from "./values.ts";

/** A many2many as `onchange` answers it: commands that add, each with what was asked for of its row. */
const added = (value: Json): Json => (isList(value) ? value.map((id): Json => [4, id, { id }]) : value);

/** What `onchange` answers of values: what was asked for, and is not at its default. */
function told(values: Values, spec: Values): Values {
  return Object.fromEntries(
    Object.keys(spec).flatMap((name) => {
      const value = values[name];
      const isDefault = value === undefined || value === false || value === 0;
      return isDefault ? [] : [[name, name === "tax_id" ? added(value) : value]];
    }),
  );
}

function lineOf(at: At, values: Values, order: Row | undefined): Values {
  const filled = { ...filledLine(at, values, order), ...values };
  const { net, tax } = amountsOf(at, saleLine(filled));
  const rule = at.db.computed["sale.order.line.pricelist_item_id"];
  const listRule = rule?.(at, filled, "sale.order.line") ?? false;
  return { ...filled, price_subtotal: net, price_total: net + tax, pricelist_item_id: listRule };
}

/** What Odoo would fill in on an order or a line that nobody saves. */
export function onchange(at: At, model: string, asked: readonly Json[]): Json {
  const [values, , spec] = [asked[0] ?? {}, asked[1], asked[2] ?? {}].map((each) =>
    isMap(each) ? each : {},
  );
  if (values === undefined || spec === undefined) return { value: {} };
  if (model === "sale.order.line") {
    const order = at.db.find("sale.order", values["order_id"]);
    return { value: told(lineOf(at, values, order), spec) };
  }
  const head = { ...filledHead(at, values), ...values };
  const order: Row = { ...head, id: -1 };
  const currency = look(at, "sale.order", order, "currency_id");
  const commands = isList(values["order_line"]) ? values["order_line"] : [];
  const rows = commands.map((command) => (isList(command) && isMap(command[2]) ? command[2] : {}));
  const lines = rows.map((row) => lineOf(at, row, order));
  const { net, tax } = totalsOf(at, lines.map(saleLine));
  const sums = { amount_untaxed: net, amount_tax: tax, amount_total: net + tax, currency_id: currency };
  const lineSpec =
    isMap(spec["order_line"]) && isMap(spec["order_line"]["fields"]) ? spec["order_line"]["fields"] : {};
  const order_line = lines.map((line, at_): Json => [0, `virtual_${at_}`, told(line, lineSpec)]);
  const { order_line: _lines, ...plain } = spec;
  return {
    value: {
      ...told({ ...head, ...sums, date_order: at.tx.stamp.slice(0, 19) }, plain),
      ...(lines.length === 0 ? {} : { order_line }),
    },
  };
}
