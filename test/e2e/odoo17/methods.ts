/** The methods that clients call: `execute_kw` with arguments by place or by name. */
import type { At } from "./database.ts";
import { answerQuestion, assign, validate } from "./deliveries.ts";
import { createInvoices, createPayments, post, refund } from "./invoices.ts";
import { labelOf } from "./look.ts";
import { onchange } from "./onchange.ts";
import { accessError, Refusal, userError } from "./refusal.ts";
import { fieldsGet, read, searchRows, shownRows } from "./rows.ts";
import { orderButtons } from "./sales.ts";
import { idOf, idsIn, isList, isMap } from "./values.ts";
import type { Json, Row, Values } from "./values.ts";
import { isAdmin, writers } from "./writers.ts";

/** One call as it came. */
export interface Called {
  readonly model: string;
  readonly method: string;
  readonly places: readonly Json[];
  /** Arguments by name, without the context. */
  readonly named: Values;
}

/** Names of arguments of methods of a model, by their place. */
const ofModel: { readonly [method: string]: readonly string[] } = {
  create: ["vals_list"],
  search: ["domain", "offset", "limit", "order"],
  search_read: ["domain", "fields", "offset", "limit", "order"],
  search_count: ["domain"],
  fields_get: ["allfields", "attributes"],
  check_access_rights: ["operation", "raise_exception"],
  context_get: [],
};

type Method = (at: At, model: string, asked: Values) => Json;

const names = (asked: Values): readonly string[] =>
  isList(asked["fields"]) ? asked["fields"].map(String) : [];

/** How a many2one is shown: `load: null` asks for its id alone. */
const loadIn = ({ load = "_classic_read" }: Values): Json => load;

const modelMethods: { readonly [method: string]: Method } = {
  create: (at, model, { vals_list: given = null }) => {
    const made = (isList(given) ? given : [given]).map((each) =>
      idOf(writers.create(at, model, isMap(each) ? each : {})),
    );
    return isList(given) ? made : (made[0] ?? false);
  },
  search: (at, model, asked) => searchRows(at, model, asked).map(idOf),
  search_read: (at, model, asked) =>
    shownRows(at, { model, rows: searchRows(at, model, asked), load: loadIn(asked) }, names(asked)),
  search_count: (at, model, asked) => searchRows(at, model, asked).length,
  fields_get: fieldsGet,
  name_search: (at, model, { name = "" }) =>
    at.db.rows(model).flatMap((row) => {
      const label = labelOf(at, row, model);
      return label === name ? [[idOf(row), label]] : [];
    }),
  check_access_rights: (at, model) => at.db.fieldsOf(model).size > 0,
  context_get: (at) => ({ lang: "en_US", tz: false, uid: at.tx.user }),
};

type RowMethod = (at: At, rows: readonly Row[], asked: Asked) => Json;
interface Asked {
  readonly model: string;
  readonly places: readonly Json[];
  readonly named: Values;
}

const rowMethods: { readonly [method: string]: RowMethod } = {
  write: (at, rows, { model, places, named }) => {
    const values = places[0] ?? named["vals"] ?? {};
    for (const row of rows) writers.write(at, model, row, isMap(values) ? values : {});
    return true;
  },
  unlink: (at, rows, { model }) => {
    for (const row of rows) writers.unlink(at, model, row);
    return true;
  },
  action_archive: (at, rows, { model }) => {
    for (const row of rows) writers.write(at, model, row, { active: false });
    return null;
  },
};

const wizardOf = ([row]: readonly Row[]): Row => {
  if (row === undefined) throw userError("The wizard is gone.");
  return row;
};

const buttons: { readonly [name: string]: RowMethod } = {
  ...Object.fromEntries(Object.entries(orderButtons).map(([name, press]) => [`sale.order.${name}`, press])),
  "sale.order.message_post": (at, [row], { named }) => {
    const { body = "", message_type = "notification" } = named;
    const told = { model: "sale.order", res_id: row?.["id"] ?? 0, body, message_type, date: at.tx.stamp };
    return at.db.insert("mail.message", told, at.tx)["id"] ?? null;
  },
  "stock.picking.button_validate": validate,
  "stock.picking.action_assign": assign,
  "confirm.stock.sms.dont_send_sms": answerQuestion,
  "stock.backorder.confirmation.process": answerQuestion,
  "sale.advance.payment.inv.create_invoices": (at, rows) => createInvoices(at, wizardOf(rows)),
  "account.move.action_post": post,
  "account.payment.register.action_create_payments": (at, rows) => createPayments(at, wizardOf(rows)),
  "account.move.reversal.refund_moves": (at, rows) => refund(at, wizardOf(rows)),
};

/** Carries out one call, or throws a refusal. */
export function carryOutCall(at: At, { model, method, places, named }: Called): Json {
  at.db.fieldsOf(model);
  if (method.startsWith("_"))
    throw accessError(`Private methods (such as '${model}.${method}') cannot be called remotely.`);
  refuseForeignCompany(at);
  const own = modelMethods[method];
  if (own !== undefined) {
    const byPlace = Object.fromEntries(
      places.map((value, place) => [ofModel[method]?.[place] ?? `argument ${place}`, value]),
    );
    return own(at, model, { ...byPlace, ...named });
  }
  const [ids, ...rest] = places;
  if (method === "onchange") return onchange(at, model, rest);
  if (method === "read") {
    const fields = isList(rest[0]) ? rest[0] : (named["fields"] ?? []);
    const load = loadIn(named);
    return shownRows(at, { model, rows: read(at, model, idsIn(ids)), load }, names({ fields }));
  }
  const press = rowMethods[method] ?? buttons[`${model}.${method}`];
  if (press === undefined)
    throw new Refusal("builtins.AttributeError", `The method '${model}.${method}' does not exist`);
  const rows = idsIn(typeof ids === "number" ? [ids] : ids).map((id) => at.db.get(model, id, at.tx));
  return press(at, rows, { model, places: rest, named });
}

/** A context may name companies of the user only. */
function refuseForeignCompany(at: At): void {
  const named = at.tx.context["allowed_company_ids"];
  const own = idsIn(at.db.find("res.users", at.tx.user)?.["company_ids"]);
  if (isList(named) && !isAdmin(at) && named.some((id) => !own.includes(Number(id))))
    throw accessError("Access to unauthorized or invalid companies.");
}
