import { dec } from "crossfoot/testing";
import { idOf } from "./stage.ts";
import type { JsonMap, Stage } from "./stage.ts";

type Json = JsonMap[string];

/** Errors as Tryton answers them, by what provokes them. A provocation that Tryton lets pass is left out. */
export async function errorTexts(stage: Stage): Promise<{ readonly [about: string]: Json }> {
  const post = await poster(stage);
  const [party, product] = [await stage.party("C00001"), await stage.product("P002")];
  const provocations: { readonly [about: string]: readonly [method: string, ...parameters: Json[]] } = {
    "a field that does not exist": ["party.party.create", [{ nope: "x" }]],
    "a model that does not exist": ["no.such.search", []],
    "a null byte": ["party.party.create", [{ name: "a\u0000b" }]],
    "a code taken": ["party.party.create", [{ name: "x", code: "C00001" }]],
    "a bad identifier": [
      "party.party.create",
      [{ name: "x", identifiers: [["create", [{ type: "eu_vat", code: "DE1" }]]] }],
    ],
    "a missing reference": ["party.address.create", [{ party: 999_999 }]],
    "an unknown option": ["party.contact_mechanism.create", [{ party, type: "pigeon", value: "x" }]],
    "a required value": ["sale.line.create", [{ sale: 1, type: "line", product, quantity: 1 }]],
    "too many digits": ["product.template.write", [product], { list_price: dec("1.00001") }],
    "a value outside of its domain": ["sale.sale.write", [1], { invoice_address: 30 }],
    "a model without right": ["currency.currency.create", [{ name: "x", code: "XXX" }]],
    "a field without right": ["party.party.write", [party], { credit_limit_amount: dec("5.00") }],
    "a record that is gone": ["party.party.write", [999_999], { name: "x" }],
    "a button without right": ["sale.sale.process", [2]],
    "a quote without address": ["sale.sale.quote", [await bareSale(stage, party)]],
    "a parent of itself": ["product.category.write", [2], { parent: 2 }],
    "a stale record": [
      "party.party.write",
      [party],
      { name: "x" },
      { _timestamp: { [`party.party,${party}`]: "1.0" } },
    ],
  };
  const found: Record<string, Json> = {};
  for (const [about, [method, ...parameters]] of Object.entries(provocations)) {
    const error = await post(method, parameters);
    if (error !== null) found[about] = withoutDomain(error);
  }
  const crowd = await crowded(stage, post);
  return { ...found, ...crowd };
}

type Post = (method: string, parameters: readonly Json[]) => Promise<Json>;

async function bareSale(stage: Stage, party: number): Promise<number> {
  const created = await stage.admin.call("sale.sale.create", [{ party }]);
  return (created as readonly number[])[0] ?? 0;
}

/** Calls as the integration's user; answers the error, or null. A context may follow the parameters. */
async function poster(stage: Stage): Promise<Post> {
  const { url, database, user, password } = stage.erp;
  const send = async (
    method: string,
    params: readonly Json[],
    authorization?: string,
  ): Promise<{ result?: Json; error?: Json }> => {
    const response = await fetch(`${url}/${database}/`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify({ id: 1, method, params }),
    });
    return (await response.json()) as { result?: Json; error?: Json };
  };
  const { result } = await send("common.db.login", [user, { password }, "en"]);
  const [id, key] = result as readonly [number, string];
  const authorization = `Session ${Buffer.from(`${user}:${id}:${key}`).toString("base64")}`;
  const own = (await send("model.res.user.get_preferences", [true, {}], authorization)).result as JsonMap;
  return async (method, parameters) => {
    const last = parameters.at(-1);
    const isContext = typeof last === "object" && last !== null && "_timestamp" in last;
    const sent = isContext ? parameters.slice(0, -1) : parameters;
    const context = isContext ? { ...own, ...last } : own;
    return (await send(`model.${method}`, [...sent, context], authorization)).error ?? null;
  };
}

/** A domain error repeats the whole form, hundreds of kilobytes; nobody reads it. */
function withoutDomain(error: Json): Json {
  if (!Array.isArray(error) || error[0] !== "UserError" || !Array.isArray(error[1])) return error;
  return ["UserError", [error[1][0] as Json, error[1][1] as Json, null]];
}

/** Six confirms at once of a customer with a credit limit: each locks whole tables, without waiting. */
async function crowded(stage: Stage, post: Post): Promise<{ readonly [about: string]: Json }> {
  for (let round = 0; round < 10; round += 1) {
    const quotes = await Promise.all(Array.from({ length: 6 }, async () => stage.quote("C00001")));
    const ids = (await stage.send(...quotes)).map(idOf).map(Number);
    await stage.admin.call("sale.sale.quote", ids);
    const errors = await Promise.all(ids.map(async (id) => post("sale.sale.confirm", [[id]])));
    const locked = errors.find((error) => JSON.stringify(error).includes("could not obtain lock"));
    if (locked !== undefined) return { "a table that is locked": locked };
  }
  return {};
}
