import type { At } from "./database.ts";
import { follow, followAll, look } from "./look.ts";
import { cents, idOf, numberIn, textIn } from "./values.ts";
import type { Json, Row } from "./values.ts";

const model = "stock.picking";
const moveModel = "stock.move";

/** Where customers are. */
const customers = (at: At): Json =>
  at.db.rows("stock.location").find((row) => row["usage"] === "customer")?.["id"] ?? false;

const isOpen = (move: Row): boolean => !["done", "cancel"].includes(textIn(move, "state"));
const isCounted = (at: At, product: Row): boolean =>
  look(at, "product.product", product, "type") === "product";

function quantOf(at: At, move: Row): Row | undefined {
  return at.db
    .rows("stock.quant")
    .find((row) => row["product_id"] === move["product_id"] && row["location_id"] === move["location_id"]);
}

/** Sets goods aside for a move, as many as there are; goods that are not counted are always there. */
function reserve(at: At, move: Row): void {
  const product = at.db.find("product.product", move["product_id"]);
  if (product === undefined || !isOpen(move)) return;
  const wanted = numberIn(move, "product_uom_qty");
  const missing = wanted - numberIn(move, "quantity");
  const quant = quantOf(at, move);
  const free = numberIn(quant, "quantity") - numberIn(quant, "reserved_quantity");
  const taken = isCounted(at, product) ? Math.max(0, Math.min(missing, free)) : missing;
  setAside(at, move, numberIn(move, "quantity") + taken);
}

/** Lets a move hold so many pieces. */
function setAside(at: At, move: Row, quantity: number): void {
  const product = at.db.find("product.product", move["product_id"]);
  const change = quantity - numberIn(move, "quantity");
  const quant = quantOf(at, move);
  if (product !== undefined && quant !== undefined && isCounted(at, product) && change !== 0)
    at.db.update(
      "stock.quant",
      quant,
      { reserved_quantity: cents(numberIn(quant, "reserved_quantity") + change) },
      at.tx,
    );
  const wanted = numberIn(move, "product_uom_qty");
  const state = quantity >= wanted ? "assigned" : quantity > 0 ? "partially_available" : "confirmed";
  at.db.update(moveModel, move, { quantity, state }, at.tx);
}

/** The state of a picking is that of its moves; one that holds a part shows as assigned. */
function settleState(at: At, picking: Row): void {
  const moves = followAll(at, model, picking, "move_ids");
  const open = moves.filter(isOpen);
  const state = open.some((move) => numberIn(move, "quantity") > 0) ? "assigned" : "confirmed";
  if (open.length > 0) at.db.update(model, picking, { state }, at.tx);
}

function insertPicking(at: At, order: Row, more: { readonly [name: string]: Json }): Row {
  const warehouse = follow(at, "sale.order", order, "warehouse_id");
  const code = textIn(warehouse, "code");
  return at.db.insert(
    model,
    {
      name: `${code}/OUT/${String(at.db.next(`${code}/OUT`)).padStart(5, "0")}`,
      ...{ origin: order["name"] ?? false, sale_id: idOf(order), state: "confirmed" },
      ...{ partner_id: order["partner_shipping_id"] ?? false, picking_type_code: "outgoing" },
      ...{ scheduled_date: at.tx.stamp, date_deadline: at.tx.stamp, company_id: at.tx.company },
      location_id: warehouse?.["lot_stock_id"] ?? false,
      ...more,
    },
    at.tx,
  );
}

/** What a confirmed order has to deliver: one picking with a move for each line of goods. */
export function planDelivery(at: At, order: Row, lines: readonly Row[]): void {
  const goods = lines.filter((line) => {
    const product = at.db.find("product.product", line["product_id"]);
    return product !== undefined && look(at, "product.product", product, "type") !== "service";
  });
  if (goods.length === 0) return;
  const open = followAll(at, "sale.order", order, "picking_ids").find(isOpen);
  const picking = open ?? insertPicking(at, order, {});
  for (const line of goods) {
    const move = at.db.insert(
      moveModel,
      {
        ...{ product_id: line["product_id"] ?? false, product_uom: line["product_uom"] ?? false },
        ...{ product_uom_qty: line["product_uom_qty"] ?? 0, quantity: 0, picked: false },
        ...{ picking_id: idOf(picking), sale_line_id: idOf(line), state: "confirmed", date: at.tx.stamp },
        ...{ location_id: picking["location_id"] ?? false, location_dest_id: customers(at) },
        company_id: at.tx.company,
      },
      at.tx,
    );
    reserve(at, move);
  }
  settleState(at, picking);
}

/** A confirmed line that gets another quantity changes what is still to be delivered. */
export function changeDemand(at: At, line: Row): void {
  const moves = at.db.rows(moveModel).filter((move) => move["sale_line_id"] === line["id"]);
  const delivered = moves.reduce(
    (sum, move) => sum + (move["state"] === "done" ? numberIn(move, "quantity") : 0),
    0,
  );
  const open = moves.find(isOpen);
  if (open === undefined) return;
  const wanted = Math.max(0, numberIn(line, "product_uom_qty") - delivered);
  setAside(at, open, Math.min(numberIn(open, "quantity"), wanted));
  at.db.update(moveModel, open, { product_uom_qty: wanted }, at.tx);
  reserve(at, open);
}

/** Deliveries of an order that is cancelled, as far as they are not done. */
export function cancelDeliveries(at: At, order: Row): void {
  for (const picking of followAll(at, "sale.order", order, "picking_ids").filter(isOpen)) {
    for (const move of followAll(at, model, picking, "move_ids").filter(isOpen)) {
      setAside(at, move, 0);
      at.db.update(moveModel, move, { state: "cancel" }, at.tx);
    }
    at.db.update(model, picking, { state: "cancel" }, at.tx);
  }
}

/** A person who says how much was picked sets that aside. */
export function writeMove(at: At, row: Row, values: { readonly [name: string]: Json }): void {
  const { quantity, ...others } = values;
  if (quantity !== undefined) setAside(at, row, Number(quantity));
  at.db.update(moveModel, row, others, at.tx);
}

/** What leaves with a move: what was picked, or, where nobody said so, all that was set aside. */
function leaving(moves: readonly Row[]): (move: Row) => number {
  const isPicked = moves.some((move) => move["picked"] === true);
  return (move) => (isPicked && move["picked"] !== true ? 0 : numberIn(move, "quantity"));
}

function send(at: At, picking: Row): void {
  const order = follow(at, model, picking, "sale_id");
  const moves = followAll(at, model, picking, "move_ids").filter(isOpen);
  const sent = leaving(moves);
  let rest: Row | undefined;
  for (const move of moves) {
    const [quantity, wanted] = [sent(move), numberIn(move, "product_uom_qty")];
    const quant = quantOf(at, move);
    setAside(at, move, 0);
    if (quant !== undefined)
      at.db.update("stock.quant", quant, { quantity: cents(numberIn(quant, "quantity") - quantity) }, at.tx);
    const done = { quantity, product_uom_qty: quantity, picked: true, state: "done", date: at.tx.stamp };
    if (quantity > 0) at.db.update(moveModel, move, done, at.tx);
    if (quantity >= wanted || order === undefined) continue;
    rest ??= insertPicking(at, order, { backorder_id: idOf(picking) });
    const left = {
      product_uom_qty: cents(wanted - quantity),
      quantity: 0,
      picked: false,
      state: "confirmed",
    };
    const { id: _id, ...like } = move;
    const open =
      quantity > 0 ? at.db.insert(moveModel, { ...like, ...left, picking_id: idOf(rest) }, at.tx) : move;
    if (quantity === 0) at.db.update(moveModel, move, { ...left, picking_id: idOf(rest) }, at.tx);
    reserve(at, open);
  }
  at.db.update(model, picking, { state: "done", date_done: at.tx.stamp }, at.tx);
  if (rest !== undefined) settleState(at, rest);
  for (const move of moves)
    at.db.touch("sale.order.line", follow(at, moveModel, move, "sale_line_id"), at.tx);
  at.db.touch("sale.order", order, at.tx);
}

const question = (
  at: At,
  asks: { readonly name: string; readonly wizard: string; readonly view: number },
): Json => ({
  name: asks.name,
  type: "ir.actions.act_window",
  view_mode: "form",
  res_model: asks.wizard,
  views: [[asks.view, "form"]],
  view_id: asks.view,
  target: "new",
  ...(asks.wizard === "confirm.stock.sms" ? { res_id: idOf(at.db.insert(asks.wizard, {}, at.tx)) } : {}),
});

/** Sends pickings off, unless there is a question left: to make a backorder, to write a text message. */
export function validate(at: At, rows: readonly Row[]): Json {
  const ids = rows.map(idOf);
  const open = rows.filter(isOpen);
  const { context } = at.tx;
  const isPart = (picking: Row): boolean => {
    const moves = followAll(at, model, picking, "move_ids").filter(isOpen);
    const sent = leaving(moves);
    return moves.some((move) => sent(move) < numberIn(move, "product_uom_qty"));
  };
  const parts = open.filter(isPart).map(idOf);
  if (parts.length > 0 && context["skip_backorder"] !== true) {
    const asks = { name: "Create Backorder?", wizard: "stock.backorder.confirmation", view: 927 };
    const more = { default_show_transfers: false, default_pick_ids: parts.map((id) => [4, id]) };
    return { ...(question(at, asks) as object), context: { button_validate_picking_ids: ids, ...more } };
  }
  if (open.length > 0 && context["skip_sms"] !== true) {
    const asks = { name: "SMS", wizard: "confirm.stock.sms", view: 1135 };
    return { ...(question(at, asks) as object), context: { button_validate_picking_ids: ids } };
  }
  for (const picking of open) send(at, picking);
  return true;
}

/** A wizard's answer: the pickings that it was opened for are sent off. */
export function answerQuestion(at: At): Json {
  const ids = at.tx.context["button_validate_picking_ids"];
  const rows = (Array.isArray(ids) ? ids : []).map((id) => at.db.find(model, id as number));
  const context = { ...at.tx.context, skip_sms: true, skip_backorder: true };
  return validate(
    { ...at, tx: { ...at.tx, context } },
    rows.filter((row) => row !== undefined),
  );
}

/** Sets goods aside for pickings anew. */
export function assign(at: At, rows: readonly Row[]): Json {
  for (const picking of rows) {
    for (const move of followAll(at, model, picking, "move_ids")) reserve(at, move);
    settleState(at, picking);
  }
  return true;
}
