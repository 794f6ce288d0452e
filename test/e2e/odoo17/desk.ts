/** A person at version 17's own screens: JSON-RPC under a key of that person. */
import { odooPeople } from "crossfoot/testing";
import type { Desk, People } from "crossfoot/testing";
import { isMap, textIn } from "./values.ts";
import type { Json, Values } from "./values.ts";

interface Login {
  readonly url: string;
  readonly database: string;
  readonly user: number;
  readonly key: string;
}

/** Arguments that methods take by their place. */
const places: { readonly [method: string]: readonly string[] } = {
  create: ["vals_list"],
  write: ["vals"],
  search_read: ["domain"],
};

/** Opens a desk. Nothing is sent before the first call. */
export function desk17({ url, database, user, key }: Login): Desk {
  const call: Desk["call"] = async (model, method, body = {}) => {
    const { ids, ...rest } = body;
    const byPlace = (places[method] ?? []).map((name) => rest[name] ?? null);
    const named = Object.entries(rest).filter(([name]) => !(places[method] ?? []).includes(name));
    const args = [...(ids === undefined ? [] : [ids]), ...byPlace];
    const params = Object.fromEntries<Json>([
      ["service", "object"],
      ["method", "execute_kw"],
      ["args", [database, user, key, model, method, args, Object.fromEntries(named)]],
    ]);
    const request = { jsonrpc: "2.0", method: "call", id: 1, params };
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/jsonrpc`, {
      method: "POST",
      headers,
      body: JSON.stringify(request),
    });
    const answer = (await response.json()) as Values;
    const error = answer["error"];
    if (!isMap(error)) return answer["result"] ?? null;
    const about = Object.values(error).find(isMap);
    throw new Error(`${model}/${method}: ${textIn(about, "name")} ${textIn(about, "message")}`);
  };
  return {
    call,
    find: async (model, domain, fields) =>
      (await call(model, "search_read", { domain, fields, order: "id asc", load: null })) as Awaited<
        ReturnType<Desk["find"]>
      >,
  };
}

/** People at version 17: a payment names its invoices under another name than in 19. */
export function people17(desk: Desk): People {
  const people = odooPeople(asNineteen(desk));
  return people;
}

function asNineteen(desk: Desk): Desk {
  return {
    ...desk,
    find: async (model, domain, fields) => {
      if (model !== "account.payment") return desk.find(model, domain, fields);
      const wanted = domain.flatMap((term) => (Array.isArray(term) ? [term[2] as Json] : []))[0];
      const invoices = Array.isArray(wanted) ? (wanted as readonly Json[]) : [];
      const rows = await desk.find(model, [], [...fields, "reconciled_invoice_ids"]);
      return rows.filter((row) =>
        (row["reconciled_invoice_ids"] as readonly Json[]).some((id) => invoices.includes(id)),
      );
    },
  };
}
